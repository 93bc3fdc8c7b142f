"""Data files: JSON, JSON with comments, TOML, YAML, .properties, INI, dotenv. Text in, Document out."""

import itertools
import json
from collections.abc import Callable
from functools import cache
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from genfile.parsers import Document, Key, ParseError, reason_of
from genfile.parsers.bounds import check

Path = tuple[Key, ...]
# What parsers raise for a text that needs too much stack, memory, or too many digits.
_FAILURES = (RecursionError, ValueError, MemoryError)


def parse_json(text: str) -> Document:
    """JSON, strictly; a byte order mark is dropped. Raises ParseError."""

    def refuse(constant: str) -> Any:
        raise ParseError(f"{constant} is not a JSON value")

    check(text, "json")
    try:
        value = json.loads(text.removeprefix("\ufeff"), parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise ParseError(f"not valid JSON: {reason_of(error)}", error.lineno, error.colno) from None
    except _FAILURES as error:
        raise ParseError(f"not valid JSON: {reason_of(error)}") from None
    return Document(value, _lazily(text, _json_lines))


def parse_jsonc(text: str) -> Document:
    """JSON with comments and trailing commas, as tsconfig.json and bun.lock are. Raises ParseError."""
    import pyjson5

    check(text, "jsonc")
    try:
        value = pyjson5.decode(text.removeprefix("\ufeff"), 200)
    except (pyjson5.Json5Exception, *_FAILURES) as error:
        raise ParseError(f"not valid JSON: {reason_of(error)}") from None
    return Document(value)


def parse_toml(text: str) -> Document:
    """TOML 1.0. Raises ParseError."""
    import tomli

    check(text, "toml")
    try:
        value = tomli.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except tomli.TOMLDecodeError as error:
        place = getattr(error, "lineno", None), getattr(error, "colno", None)
        raise ParseError(f"not valid TOML: {reason_of(error)}", *place) from None
    except _FAILURES as error:
        raise ParseError(f"not valid TOML: {reason_of(error)}") from None
    return Document(value, _lazily(text, _toml_lines))


def parse_yaml(text: str) -> Document:
    """The first document in a YAML file, without language-specific tags; whole numbers, booleans and null are
    converted, every other scalar stays text. Raises ParseError."""
    import yaml

    check(text, "yaml")
    try:
        value = _yaml_value(_compose(text), {}, [0])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ParseError(f"not valid YAML: {reason_of(error)}", mark.line + 1 if mark else None) from None
    except _FAILURES as error:
        raise ParseError(f"not valid YAML: {reason_of(error)}") from None
    return Document(value, _lazily(text, _yaml_lines))


MAX_DOCUMENTS = 60


def parse_documents(text: str) -> tuple[Document, ...]:
    """Every document in a YAML file up to a malformed one, read like parse_yaml's; lines are the file's. Raises
    ParseError if the first one is malformed."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("---") and line[3:4] in ("", " ", "\t")]
    bounds = [0, *starts, len(lines)]
    found: list[Document] = []
    for start, end in list(itertools.pairwise(bounds))[:MAX_DOCUMENTS]:
        own = lines[start:end]
        if any(line.strip() and not line.lstrip().startswith(("#", "---")) for line in own):
            try:
                found.append(parse_yaml("\n" * start + "\n".join(own)))
            except ParseError:
                if not found:
                    raise
                break
    return tuple(found)


def parse_properties(text: str) -> Document:
    """A Java .properties file: a flat mapping of key to text. Never raises."""
    values: dict[str, str] = {}
    lines: dict[Path, int] = {}
    pending: list[str] = []
    start = 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.lstrip()
        if not pending:
            if not line or line[0] in "#!":
                continue
            start = number
        # An odd number of backslashes at the end continues the line (java.util.Properties).
        if (len(line) - len(line.rstrip("\\"))) % 2:
            pending.append(line[:-1])
            continue
        key, value = _split_property("".join((*pending, line)))
        pending = []
        values[key] = value
        lines[(key,)] = start
    return Document(values, lines.get)


def parse_ini(text: str) -> Document:
    """An INI file as setup.cfg is: {section: {key: text}}. Raises ParseError."""
    import configparser

    check(text, "ini")
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, default_section="\0")
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ParseError(f"not a valid INI file: {reason_of(error)}", getattr(error, "lineno", None)) from None
    values = {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}
    return Document(values, _lazily(text, _ini_lines))


def parse_dotenv(text: str) -> dict[str, tuple[str, int]]:
    """The names in a .env file, each with its value and line. Never raises; other lines are skipped."""
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        name = name.strip()
        if sign and name.isidentifier() and name.isascii():
            found[name] = (value.split(" #")[0].strip().strip("'\""), number)
    return found


def _split_property(line: str) -> tuple[str, str]:
    escaped = False
    for at, char in enumerate(line):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in "=: \t":
            rest = line[at:].lstrip(" \t")
            if rest[:1] in ("=", ":"):
                rest = rest[1:].lstrip(" \t")
            return line[:at].replace("\\", ""), rest
    return line.replace("\\", ""), ""


def _lazily(text: str, index: Callable[[str], dict[Path, int]]) -> Callable[[Path], int | None]:
    """A line lookup that reads the text a second time, and only when it is needed."""

    @cache
    def lines() -> dict[Path, int]:
        try:
            return index(text)
        except Exception:  # Lines are a courtesy: the value has been parsed already.
            return {}

    return lambda path: lines().get(tuple(path))


MAX_NODES = 300_000
MAX_DEPTH = 100
MAX_EVENTS = 200_000
# How many keys get a line, and how long their paths may be.
MAX_LINES = 200_000
MAX_STEPS = 30
MAX_TOML_LINES = 50_000


def _compose(text: str) -> Any:
    import yaml

    kind = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # The C composer recurses without a bound, so the flat event stream is checked for nesting first.
    depth = 0
    for count, event in enumerate(yaml.parse(text.removeprefix("\ufeff"), Loader=kind)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ValueError("too deeply nested")
        if count > MAX_EVENTS:
            raise ValueError("too many values")
    loader = kind(text.removeprefix("\ufeff"))
    try:
        return loader.get_node() if loader.check_node() else None
    finally:
        loader.dispose()


def _yaml_value(node: Any, known: dict[int, Any], count: list[int]) -> Any:
    """The plain value of a node tree; each use of an alias counts, so aliases can't make it grow exponentially."""
    import yaml

    count[0] += 1
    if count[0] > MAX_NODES:
        raise ValueError("too many values")
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else str(key.start_mark.line)
            inner = _yaml_value(value, known, count)
            if name == "<<" and isinstance(inner, dict):
                result = inner | result
            else:
                result[name] = inner
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_yaml_value(item, known, count) for item in node.value]
    return _scalar(node) if node is not None else None


def _scalar(node: Any) -> Any:
    kind, text = node.tag.removeprefix("tag:yaml.org,2002:"), node.value
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    # 3.10 and 5.4 are versions far more often than numbers: only whole numbers are taken as such.
    if kind == "int" and text.lstrip("+-").isdecimal() and not text.lstrip("+-").startswith("0"):
        return int(text)
    return 0 if kind == "int" and text == "0" else text


def _json_lines(text: str) -> dict[Path, int]:
    """The line of each key and item of valid JSON, in one pass over its tokens."""
    lines: dict[Path, int] = {}
    path: list[Key] = []
    at, line = 0, 1
    expects_key: list[bool] = []

    def put() -> None:
        if len(path) <= MAX_STEPS:
            lines[tuple(path)] = line

    while at < len(text) and len(lines) < MAX_LINES:
        char = text[at]
        if char == '"':
            word, end = scanstring(text, at + 1)
            if expects_key and expects_key[-1]:
                path[-1] = word
                put()
                expects_key[-1] = False
            at = end
            continue
        if char == "\n":
            line += 1
        elif char == "{":
            path.append("")
            expects_key.append(True)
        elif char == "[":
            path.append(0)
            expects_key.append(False)
            put()
        elif char in "}]":
            path.pop()
            expects_key.pop()
        elif char == "," and path:
            last = path[-1]
            if isinstance(last, int):
                path[-1] = last + 1
                put()
            else:
                expects_key[-1] = True
        at += 1
    return lines


def _yaml_lines(text: str) -> dict[Path, int]:
    import yaml

    lines: dict[Path, int] = {}

    def walk(node: Any, path: Path) -> None:
        if len(lines) > MAX_NODES:
            return
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    lines[(*path, key.value)] = key.start_mark.line + 1
                    walk(value, (*path, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                lines[(*path, index)] = value.start_mark.line + 1
                walk(value, (*path, index))

    walk(_compose(text), ())
    return lines


def _toml_lines(text: str) -> dict[Path, int]:
    """The line of each key in valid TOML: headers and `key =` at the start of a line."""
    import tomli

    lines: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    open_string = ""
    for number, raw in enumerate(text.splitlines()[:MAX_TOML_LINES], 1):
        if open_string:
            open_string = "" if open_string in raw else open_string
            continue
        line = raw.strip()
        if line.startswith("[") and not line.startswith("[["):
            table = _toml_key(tomli, line[1 : line.rfind("]")])
            lines.setdefault(table, number)
        elif line.startswith("[["):
            name = _toml_key(tomli, line[2 : line.rfind("]]")])
            counts[name] = counts.get(name, -1) + 1
            table = (*name, counts[name])
            lines.setdefault(name, number)
            lines[table] = number
        elif ("=" in line and line[0] not in "#\"'[]{},") or (line[:1] in "\"'" and "=" in line):
            key, _, value = line.partition("=")
            lines.setdefault((*table, *_toml_key(tomli, key)), number)
            for quotes in ('"""', "'''"):
                if value.count(quotes) % 2:
                    open_string = quotes
    return lines


def _toml_key(tomli: Any, text: str) -> Path:
    """`tool."a.b".c` as a path, split by the real parser."""
    try:
        value = tomli.loads(f"{text.strip()} = 0")
    except ValueError:
        return ("",)
    path: list[Key] = []
    while isinstance(value, dict):
        key, value = next(iter(value.items()))
        path.append(key)
    return tuple(path)


def _ini_lines(text: str) -> dict[Path, int]:
    lines: dict[Path, int] = {}
    section = ""
    for number, raw in enumerate(text.splitlines(), 1):
        if raw.startswith("[") and "]" in raw:
            section = raw[1 : raw.index("]")]
            lines[(section,)] = number
        elif raw and not raw[0].isspace() and raw[0] not in "#;":
            key = raw.replace(":", "=", 1).partition("=")[0].strip().lower()
            lines.setdefault((section, key), number)
    return lines
