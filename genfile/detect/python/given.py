"""Values that the project's own Dockerfile gives to variables: defaults of what the code reads without one."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from genfile.data import backing_services, load_table
from genfile.data.weakening import weakens
from genfile.detect.hosting import hosting
from genfile.detect.meanings import is_address
from genfile.detect.python.keys import with_fallback
from genfile.detect.python.manifest import PythonProject
from genfile.detect.shared import is_secret
from genfile.detect.written import DATA, add_written, put_apart
from genfile.evidence import BesideCode, Draft, Fact
from genfile.parsers.python import PyModule

_SQLITE = re.compile(r"(sqlite(?:\+\w+)?:///)([^?#:]+)(\?\S*)?")
# An address on the internet, without anybody's name and password.
_PUBLIC = re.compile(r"https?://(?!localhost)(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[:/?][^@\s]*)?", re.IGNORECASE)
_MAX_VALUE = 200


def put_given(project: PythonProject, draft: Draft, loaded: Iterable[PyModule]) -> None:
    """Give the listed variables the values that the last stage of the project's own Dockerfile gives them, where the
    code has no default: no secret, no address of another container, no path of that image. A file of SQLite's that the
    value names is kept like one that the code names."""
    own = {name for module in loaded for name in _with_default(module)}
    given = hosting(project.folder).given
    for item in draft.values.get("environment", ()):
        fact, name = given.get(item["name"]), item["name"]
        if fact is None or item["phase"] != "run" or item.get("value") is not None or name in own:
            continue
        database = _SQLITE.fullmatch(fact.value)
        if database is not None:
            value = _put_database(project, draft, fact, database)
        else:
            value = fact.value if _is_plain(name, fact.value) else None
        if value is not None:
            item["value"] = value
            item["secret"] = False
            _add_evidence(draft, fact.but(value))


def _with_default(module: PyModule) -> Iterator[str]:
    yield from with_fallback(module)
    yield from (field.name for field in module.settings if not field.required)


def _is_plain(name: str, value: str) -> bool:
    """Whether a value means the same in any container of the program, and is nobody's secret."""
    if is_secret(name) or weakens(name, value) or not value.isprintable() or not 0 < len(value) <= _MAX_VALUE:
        return False
    if _PUBLIC.fullmatch(value) is not None:
        return True
    return "$" not in value and "/" not in value.removesuffix("/")[:1] and not is_address(name, value)


def _put_database(project: PythonProject, draft: Draft, fact: Fact[str], database: "re.Match[str]") -> str | None:
    """The address of a database that is a file, in a folder that the program may write to; None beside the driver of
    another database, since a file is then what it falls back to."""
    home, path = hosting(project.folder).home, database[2]
    if any(project.depends(*backing_services()[name].pypi) for name in load_table("connections")["sql"]):
        return None
    inner = posixpath.normpath(posixpath.relpath(path, home) if path.startswith(f"{home.rstrip('/')}/") else path)
    if inner.startswith("/"):
        put_apart(draft, [fact.but(posixpath.dirname(inner))])
    elif inner.startswith(".."):
        return None
    elif project.folder.has(inner):
        draft.beside.append(BesideCode(fact.evidence[0], inner, database=True))
    else:
        inner = inner if "/" in inner else f"{DATA}/{inner}"
        add_written(draft, project.folder.full(posixpath.dirname(inner)), fact.evidence[0])
    return f"{database[1]}{inner}{database[3] or ''}"


def _add_evidence(draft: Draft, fact: Fact[str]) -> None:
    old = draft.evidence["/environment"].evidence if "/environment" in draft.evidence else ()
    draft.put("environment", Fact(draft.values["environment"], (*old, *fact.evidence)))
