"""A listener's address in a configuration field: the values that the field is set to."""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from genfile.detect.go.envkeys import tagged_variable
from genfile.detect.go.module import GoModule
from genfile.detect.go.settings import FIELD_TAGS, keyed_port, keyed_texts
from genfile.detect.hosting import HostedPort
from genfile.evidence import Fact
from genfile.parsers.go import GoFile
from genfile.parsers.values import FieldRead, port_of

Sources = list[tuple[str, GoFile]]
# Default addresses of databases, queues and caches: a field with such a value belongs to another struct.
STORES = frozenset({1433, 1521, 2181, 3306, 5432, 5672, 6379, 9042, 9092, 9200, 11211, 19530, 27017})
_DEFAULTS = ("default", "env-default", "envDefault")
MAX_READS = 16


class Owner(Struct, frozen=True):
    """A struct with the field: its folder, package and name, and the field's tag and name."""

    folder: str
    package: str
    name: str
    tag: tuple[tuple[str, str], ...]
    field: str


def resolve(
    module: GoModule, sources: Sources, path: str, read: FieldRead, seen: frozenset[str] | set[str] = frozenset()
) -> Fact[HostedPort] | None:
    """The port in a field: from a struct literal, an assignment, the field's key in a configuration file, or its tag's
    default.

    ``path``: the file that reads it; ``seen``: the reads that led here.
    """
    owners = owners_of(sources, path, read)
    asked = seen if isinstance(seen, set) else set(seen)
    if read.path in asked or len(asked) > MAX_READS or not owners:
        return None
    asked.add(read.path)
    for name, value, line, text in _given(sources, owners, read.name):
        if isinstance(value, FieldRead):
            found = resolve(module, sources, name, value, asked)
            if found is not None:
                return found
            continue
        number, variable = port_of(value)
        if number is not None and number not in STORES:
            tagged = (variable_of(sources, item) for item in owners)
            told = variable or next((named for named in tagged if named is not None), None)
            # A configuration file overrides what the program sets itself.
            over = _in_file(module, sources, owners, read, named=True)
            if over is not None:
                return over.but(HostedPort(over.value.number, told))
            return module.folder.fact(HostedPort(number, told), name, line, f"{text} is {number}")
    return _assigned(module, sources, owners, read) or _tagged(module, sources, owners, read)


def variable_of(sources: Sources, owner: Owner) -> str | None:
    """The variable that sets the field, by its tag."""
    return tagged_variable(sources, owner.name, owner.field, dict(owner.tag))


def owners_of(sources: Sources, path: str, read: FieldRead) -> list[Owner]:
    """The structs that may have the field. For `s.cfg.Port`, the type of a field `cfg`; else those in the reading
    package, if there are any."""
    parts = read.path.split(".")
    found: list[Owner] = []
    kinds: set[str] = set()
    for name, file in sources:
        for struct, _, tag in file.struct_fields.get(read.name, ()):
            found.append(Owner(posixpath.dirname(name), file.package or "", struct, tuple(tag.items()), read.name))
        for _, kind, _ in file.struct_fields.get(parts[-2], ()) if len(parts) > 2 else ():
            kinds.add(kind.rsplit(".", 1)[-1])
    typed = [item for item in found if item.name in kinds]
    near = [item for item in typed or found if item.folder == posixpath.dirname(path)]
    return near or typed or found


def _given(sources: Sources, owners: list[Owner], field: str) -> Iterator[tuple[str, Any, int, str]]:
    """The values that struct literals give to the field, those in the program's own package first."""
    for path, file in sources:
        for kind, fields, line in file.literals:
            package, _, name = kind.lstrip("&").rpartition(".")
            if field in fields and any(
                name == item.name
                and (package == item.package or (not package and posixpath.dirname(path) == item.folder))
                for item in owners
            ):
                yield path, fields[field], line, f"{kind}.{field}"


def _assigned(module: GoModule, sources: Sources, owners: list[Owner], read: FieldRead) -> Fact[HostedPort] | None:
    """`c.Port = os.Getenv("PORT")`, and the fallback for an empty value."""
    folders = {item.folder for item in owners}
    number: int | None = None
    variable: str | None = None
    place: tuple[str, int] | None = None
    for path, file in sources:
        for target, value, line in file.set_fields if posixpath.dirname(path) in folders else ():
            if target.rsplit(".", 1)[-1] == read.name and "." in target:
                port, name = port_of(value)
                if port in STORES:
                    continue
                place = (path, line) if port is not None and number is None else place
                number, variable = number or port, variable or name
    if number is None or place is None:
        return None
    return module.folder.fact(HostedPort(number, variable), *place, f"{read.path} is {number}")


def _tagged(module: GoModule, sources: Sources, owners: list[Owner], read: FieldRead) -> Fact[HostedPort] | None:
    """The configuration key in the field's tag, else the tag's default."""
    for item in owners:
        tag = dict(item.tag)
        variable = variable_of(sources, item)
        found = _in_file(module, sources, [item], read)
        if found is not None:
            return found.but(HostedPort(found.value.number, variable))
        number = next((port for name in _DEFAULTS if (port := port_of(tag.get(name))[0]) is not None), None)
        if number is not None:
            path, line = _line(sources, item, read.name)
            return module.folder.fact(HostedPort(number, variable), path, line, f"{read.name} is {number} by default")
    return None


def _in_file(
    module: GoModule, sources: Sources, owners: list[Owner], read: FieldRead, named: bool = False
) -> Fact[HostedPort] | None:
    """The port under the field's key in a configuration file; ``named``: by its tag, in a file that the code names."""
    section = _section(sources, read)
    for item in owners:
        key = _file_key(dict(item.tag), None if named else read.name)
        found = keyed_port(module, sources, (*section, key), named) if key else None
        if found is not None:
            return found
    return None


def _file_key(tag: Mapping[str, str], default: str | None = None) -> str | None:
    """The key that a field's tag gives it in a configuration file; ``default``: that of a field without such a tag."""
    return next((tag[name].split(",")[0] for name in FIELD_TAGS if tag.get(name)), default)


def _section(sources: Sources, read: FieldRead) -> tuple[str, ...]:
    """The struct's own key in the outer one: `cfg.Server.Port` is under `server`."""
    parts = read.path.split(".")
    for _, file in sources if len(parts) > 2 else ():
        for fields in file.structs.values():
            if parts[-2] in fields:
                named = _file_key(fields[parts[-2]][1])
                if named is not None or read.name not in fields:
                    return (named or parts[-2],)
    return ()


def configured_text(module: GoModule, sources: Sources, path: str, read: FieldRead) -> str | None:
    """The text that configuration files give to a field by its tag; None if there is none, or several."""
    section = _section(sources, read)
    for item in owners_of(sources, path, read):
        key = _file_key(dict(item.tag))
        found = keyed_texts(module, sources, (*section, key)) if key else set()
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _line(sources: Sources, owner: Owner, field: str) -> tuple[str, int | None]:
    for path, file in sources:
        if posixpath.dirname(path) == owner.folder and owner.name in file.structs:
            return path, next((line for name, tag, line in file.tags if name == field and tag == dict(owner.tag)), None)
    return sources[0][0], None
