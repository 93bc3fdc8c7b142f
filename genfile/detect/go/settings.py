"""Configuration files of a Go program in the tree: the port that they set."""

import itertools
import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from genfile.detect.aside import is_aside
from genfile.detect.go.envkeys import keyed_variable
from genfile.detect.go.module import GoModule
from genfile.detect.hosting import HostedPort, dotenv_port
from genfile.detect.hosting.images import quietly
from genfile.detect.shared import leaves
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Fact
from genfile.parsers import Document
from genfile.parsers.data import parse_dotenv, parse_ini, parse_properties
from genfile.parsers.go import GoFile
from genfile.parsers.values import port_of

Sources = list[tuple[str, GoFile]]
_ENDINGS = (".yaml", ".yml", ".toml", ".json", ".ini", ".conf", ".env")
_FOLDERS = ("", "config", "configs", "conf", "etc", "cfg", "settings")
# A file for production before one for all, and both before one for a developer's machine.
_RANKS = (re.compile(r"prod"), re.compile(r"^(?:config|app|application|settings|server|default)\b"))
_LOCAL = re.compile(r"dev|local|test|example|sample")
_ENVIRONMENT = re.compile(r"prod(?:uction)?|dev(?:elop|elopment)?|test(?:ing)?|stag(?:e|ing)|local", re.IGNORECASE)
_NAMES = re.compile(r"config|conf|app|application|settings|server|default|prod|production|dev|development|local")
_KEYS = re.compile(
    r"(?:(?:http|server|app|listen|api|web)[_-]?)?(?:port|addr|address)|(?:listen|bind)(?:_?(?:on|addr|address))?",
    re.IGNORECASE,
)
_SECTIONS = re.compile(r"(?:http|server|app|application|service|api|web|rest|gin|echo|fiber|listen)", re.IGNORECASE)
# What reads such a file into a struct, or key by key.
_READERS = ("github.com/spf13/viper", "github.com/ilyakaznacheev/cleanenv", "gopkg.in/yaml.v3", "gopkg.in/yaml.v2",
            "github.com/BurntSushi/toml", "github.com/knadh/koanf", "github.com/goccy/go-yaml", "encoding/json",
            "github.com/jinzhu/configor", "github.com/pelletier/go-toml", "sigs.k8s.io/yaml", "gopkg.in/ini.v1",
            "github.com/go-ini/ini", "github.com/joho/godotenv", "github.com/zeromicro/go-zero/core/conf",
            "github.com/beego/beego/v2/server/web", "github.com/astaxie/beego")  # fmt: skip
# Keys of a framework's own structure, which no struct of the tree has a field for.
_FRAMEWORK_KEYS = {
    "github.com/zeromicro/go-zero": ("Port", "ListenOn"),
    "github.com/beego/beego/v2": ("httpport", "HTTPPort"),
    "github.com/astaxie/beego": ("httpport", "HTTPPort"),
}
# Keys of a tag that give a field its name in a file.
FIELD_TAGS = ("mapstructure", "yaml", "toml", "json", "koanf")
_GETTERS = frozenset({"GetString", "GetInt", "Get", "GetUint", "String", "Int", "UnmarshalKey"})
MAX_FILES = 12
MAX_DEPTH = 4


def configured_port(module: GoModule, sources: Sources) -> Fact[HostedPort] | None:
    """The port in a configuration file of the tree, at a key that the code asks for or at one of a usual name."""
    imported = {name for _, file in sources for name in file.imports}
    if not any(name == item or name.startswith(item + "/") for name in imported for item in _READERS):
        return None
    asked = [key for _, file in sources for key in _asked(file)]
    for path, document in _files(module, sources):
        found = _named(document, asked) or _usual(document, sources)
        if found is not None:
            number, key = found
            return module.folder.fact(
                HostedPort(number, keyed_variable(sources, ".".join(key))),
                path,
                document.line(*key),
                f"{'.'.join(map(str, key))} is {number}",
            )
    return _set_default(module, sources)


def overridden(module: GoModule, sources: Sources) -> Iterator[tuple[str, str, Evidence]]:
    """The variables that override a key of a configuration file, or a default of viper's: the name, the value there."""
    for path, file in sources:
        for call in file.calls:
            key = call.arguments[0] if call.callee.endswith(".SetDefault") and len(call.arguments) > 1 else None
            name = keyed_variable(sources, key) if isinstance(key, str) else None
            if name is not None:
                yield name, str(call.arguments[1]), module.folder.says(path, call.line, str(key))
    if any(call.callee.endswith(".AutomaticEnv") for _, file in sources for call in file.calls):
        for path, document in _files(module, sources):
            for place, value in leaves(document.value):
                name = keyed_variable(sources, ".".join(place))
                if name is not None:
                    yield name, str(value), module.folder.says(path, document.line(*place), ".".join(place))


def handed_port(module: GoModule, sources: Sources) -> Fact[HostedPort] | None:
    """The port in a configuration file whose path the code gives to a function of another module: at a key of a usual
    name, since the struct that it fills is not in the tree."""
    texts = {
        value
        for _, file in sources
        for call in file.calls
        if _is_of_another(module, file, call.callee)
        for value in call.arguments
        if isinstance(value, str) and value.endswith(_ENDINGS)
    }
    paths = {path for text in texts if (path := _opened(module.folder, sources, text)) is not None}
    for path in sorted(paths, key=_rank)[:MAX_FILES]:
        document = _read(module.folder, path)
        keys = {key[-1] for key, _ in leaves(document.value)} if document is not None else set()
        found = _agreed(document, keys) if document is not None else None
        if document is not None and found is not None:
            number, key = found
            says = f"{'.'.join(key)} is {number}"
            return module.folder.fact(HostedPort(number), path, document.line(*key), says)
    return None


def _is_of_another(module: GoModule, file: GoFile, callee: str) -> bool:
    """Whether a function is of a module that the tree does not have: `config.Load`."""
    package = callee.partition(".")[0]
    paths = [name for name in file.imports if package in re.split(r"[/.-]", name)[-2:]]
    return any("." in name.partition("/")[0] and module.inside(name) is None for name in paths)


def keyed_port(
    module: GoModule, sources: Sources, key: tuple[str, ...], named: bool = False
) -> Fact[HostedPort] | None:
    """The port at a key of a configuration file, or the one that `SetDefault` gives to it. A key alone is at the top of
    the file, or in a section that is the service's own by its name. ``named``: only of a file that the code names."""
    for path, document, place, value in _at_key(module, sources, key, named):
        number = port_of(value)[0]
        own = len(key) > 1 or len(place) == 1 or _SECTIONS.match(place[-2]) is not None
        if number is not None and number > 79 and own:
            says = f"{'.'.join(place)} is {number}"
            variable = keyed_variable(sources, ".".join(place))
            return module.folder.fact(HostedPort(number, variable), path, document.line(*place), says)
    return None if named else _set_default(module, sources, ".".join(map(str.lower, key)))


def keyed_texts(module: GoModule, sources: Sources, key: tuple[str, ...]) -> set[str]:
    """The texts at a key of the configuration files, whatever it is in."""
    return {value for *_, value in _at_key(module, sources, key) if isinstance(value, str)}


def _at_key(
    module: GoModule, sources: Sources, key: tuple[str, ...], named: bool = False
) -> Iterator[tuple[str, Document, tuple[str, ...], Any]]:
    """The values of the configuration files at a key in any section, which may have capitals or not: the file, its
    document, the whole key, the value. ``named``: only of files that the code names."""
    wanted = tuple(map(str.lower, key))
    for path, document in _files(module, sources, named):
        for place, value in leaves(document.value):
            if tuple(map(str.lower, place[-len(wanted) :])) == wanted:
                yield path, document, place, value


def _set_default(module: GoModule, sources: Sources, wanted: str | None = None) -> Fact[HostedPort] | None:
    """`viper.SetDefault("server.port", 8080)`: of the key that is wanted, else of one of a usual name."""
    for path, file in sources:
        for key, value, line in _defaults(file):
            parts = key.split(".")
            usual = _KEYS.fullmatch(parts[-1]) and (len(parts) == 1 or _SECTIONS.fullmatch(parts[-2]))
            number = port_of(value)[0]
            if number is not None and (key.lower() == wanted if wanted is not None else usual):
                port = HostedPort(number, keyed_variable(sources, key))
                return module.folder.fact(port, path, line, f"{key} is {number} by default")
    return None


def _defaults(file: GoFile) -> Iterator[tuple[str, Any, int]]:
    """The keys that the code gives a value to, by viper's `SetDefault` or a table for koanf, each with its line."""
    for call in file.calls:
        key = call.arguments[0] if len(call.arguments) == 2 else None
        if call.callee.rsplit(".", 1)[-1] == "SetDefault" and isinstance(key, str):
            yield key, call.arguments[1], call.line
    if any(name.endswith("/providers/confmap") for name in file.imports):
        for kind, key, value, line in file.fields:
            if kind.startswith("map[string]") and key.startswith('"'):
                yield key.strip('"'), value, line


def _asked(file: GoFile) -> Iterator[tuple[str, ...]]:
    """`viper.GetString("server.port")`: the keys of ports that the code asks for, as paths."""
    for call in file.calls:
        first = call.arguments[0] if call.arguments else None
        last = call.callee.rsplit(".", 1)[-1]
        if last in ("Key", *_GETTERS) and isinstance(first, str) and len(first) < 80:
            # `Section("server").Key("HTTP_PORT")`: the section is said elsewhere.
            path = ("*", first) if last == "Key" else tuple(first.split("."))
            if _KEYS.fullmatch(path[-1]):
                yield path


def _named(document: Document, asked: Sequence[tuple[str, ...]]) -> tuple[int, tuple[str, ...]] | None:
    for path in asked:
        # viper's keys know no upper case.
        found = [key for key, _ in leaves(document.value) if _is_at(key, path)]
        number = port_of(document.get(*found[0]))[0] if found else None
        if number is not None and number > 79 and not (len(found[0]) > 1 and not _SECTIONS.match(found[0][-2])):
            return number, found[0]
    return None


def _is_at(key: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a key of a document is the one that is asked for; `*` stands for any section."""
    if len(key) != len(path):
        return path[0] == "*" and len(key) == 1 and key[0].lower() == path[1].lower()
    return all(asked in ("*", has) for has, asked in zip(map(str.lower, key), map(str.lower, path), strict=True))


def _usual(document: Document, sources: Sources) -> tuple[int, tuple[str, ...]] | None:
    """A key of a usual name that a struct of the code has a field for; none where several give different ports."""
    tags = {value.split(",")[0] for _, file in sources for _, tag, _ in file.tags for value in tag.values()}
    imported = {name for _, file in sources for name in file.imports}
    for framework, keys in _FRAMEWORK_KEYS.items():
        tags |= set(keys) if any(name == framework or name.startswith(framework + "/") for name in imported) else set()
    return _agreed(document, tags)


def _agreed(document: Document, names: Collection[str]) -> tuple[int, tuple[str, ...]] | None:
    """A key of a usual name among ``names``, at the top or in a section of the service's own; none where several give
    different ports. Of sections for environments, the one that fits production best counts."""
    environments = _environments(document)
    found = {
        key: number
        for key, value in leaves(document.value)
        if key[-1] in names and _KEYS.fullmatch(key[-1]) and key[0] not in environments[1:]
        if len(key) == 1 or _SECTIONS.match(key[-2]) or key[:-1] == tuple(environments[:1])
        if (number := port_of(value)[0]) is not None and number > 79 and number not in (443, 8443)
    }
    return next(((number, key) for key, number in found.items()), None) if len(set(found.values())) == 1 else None


def _environments(document: Document) -> list[str]:
    """The sections of which each is for one environment, production's first: `prod` and `dev`, which have the same
    keys."""
    table = document.value if isinstance(document.value, dict) else {}
    shapes = {str(name): frozenset(inner) for name, inner in table.items() if isinstance(inner, dict)}
    named = [name for name in shapes if _ENVIRONMENT.fullmatch(name)]
    found = [name for name in shapes if named and shapes[name] == shapes[named[0]]]
    return sorted(found, key=_rank) if len(found) > 1 else []


def _files(module: GoModule, sources: Sources, named_alone: bool = False) -> Iterator[tuple[str, Document]]:
    """The configuration files, those of the program's own name first: `configs/server/prod.yaml` is cmd/server's."""
    folder = module.folder
    program = posixpath.basename(posixpath.dirname(sources[0][0])) if sources else ""
    names = [
        f"{place}/{name}" if place else name
        for place in _FOLDERS
        for name in folder.names(place)
        if name.endswith(_ENDINGS) and _NAMES.search(name.lower()) and not name.startswith(".")
    ]
    inner = [f"{place}/{program}" for place in _FOLDERS if place and program]
    own = [f"{place}/{name}" for place in inner for name in folder.names(place) if name.endswith(_ENDINGS)]
    texts = [text for _, file in sources for text, _ in file.strings if text.endswith(_ENDINGS)]
    named = [path for text in texts if (path := _opened(folder, sources, text)) is not None]
    others = [] if named_alone else [*sorted(own, key=_rank), *sorted(names, key=_rank)]
    for path in list(dict.fromkeys([*sorted(named, key=_rank), *others]))[:MAX_FILES]:
        document = _read(folder, path)
        if document is not None:
            yield path, document
    if not named_alone:
        key = ("fitting", sources[0][0] if sources else "")
        if key not in module.reaches:
            module.reaches[key] = list(_fitting(folder, sources, {*named, *others}))
        yield from module.reaches[key]


def _opened(folder: Project, sources: Sources, text: str) -> str | None:
    """A file by the path that the code opens it by: from the module, else from the program's folder, which it is then
    started in."""
    starts = ("", posixpath.dirname(sources[0][0]))
    paths = [posixpath.normpath(posixpath.join(start, text.strip() or "/")) for start in starts]
    return next((path for path in paths if folder.has(path)), None)


def _fitting(folder: Project, sources: Sources, known: Collection[str]) -> Iterator[tuple[str, Document]]:
    """Files elsewhere that a struct of the program describes, as what a variable names may be: all of their keys are
    the struct's, and sections are among them."""
    structs = [fields.values() for _, file in sources for fields in file.structs.values()]
    shapes = [
        {tag[name].split(",")[0] for _, tag in fields for name in FIELD_TAGS if tag.get(name)} for fields in structs
    ]
    paths = (path for ending in ("*.yaml", "*.yml") for path in folder.files(ending, depth=MAX_DEPTH))
    listed = (path for path in paths if path not in known and not is_aside(path))
    for path in itertools.islice(listed, MAX_FILES) if any(len(shape) > 1 for shape in shapes) else ():
        document = quietly(folder, path)
        table = document.value if document is not None and isinstance(document.value, dict) else {}
        sections = any(isinstance(value, dict) for value in table.values())
        if (
            document is not None
            and len(table) > 1
            and sections
            and any(set(map(str, table)) <= shape for shape in shapes)
        ):
            yield path, document


def _read(folder: Project, path: str) -> Document | None:
    """A configuration file by its ending; one of variables, or of keys without sections, is flat."""
    readers = {".toml": folder.toml, ".json": folder.json, ".yaml": folder.yaml, ".yml": folder.yaml}
    ending = posixpath.splitext(path)[1] or posixpath.basename(path)
    if ending in readers:
        return readers[ending](path)
    text = folder.text(path) or ""
    if ending == ".env":
        found = parse_dotenv(text)
        values = {name: value for name, (value, _) in found.items()}
        return Document(values, lambda key: found[key[0]][1] if key and key[0] in found else None)
    sections = text.lstrip().startswith("[") or (ending == ".ini" and "\n[" in text)
    return folder.parse(parse_ini if sections else parse_properties, path)


def _rank(path: str) -> tuple[int, str]:
    name = path.rsplit("/", 1)[-1].lower()
    rank = next((at for at, pattern in enumerate(_RANKS) if pattern.search(name)), len(_RANKS))
    return (rank if not _LOCAL.search(name) else len(_RANKS) + 1), path


LOADERS = ("github.com/joho/godotenv", "github.com/subosito/gotenv")


def loaded_port(module: GoModule, sources: Sources) -> Fact[HostedPort] | None:
    """The port in the .env that the program loads."""
    if not any(name.startswith(LOADERS) for _, file in sources for name in file.imports):
        return None
    return dotenv_port(module.folder, {item.name for _, file in sources for item in file.env_names})
