"""Decisions put into the file that holds them; comments, order and all else in it stay as they are."""

import copy
import itertools
import json
from collections.abc import Mapping, MutableMapping
from typing import Any

from msgspec import Struct, field

from genfile.errors import WriteError
from genfile.project.decided import TABLES
from genfile.project.reading import CONFIG

# The file of `genfile schema config > genfile.schema.json`, which editors check the file with.
SCHEMA = "genfile.schema.json"


class ToSave(Struct, frozen=True):
    """New decisions; None and empty change nothing. ``service``: the path of the service that they are for."""

    preset: str | None = None
    comments: str | None = None
    compose: bool | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    service: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """Those that a single service may have, too."""
        named = {"preset": self.preset, "comments": self.comments}
        return {key: value for key, value in named.items() if value is not None}


def save_text(text: str | None, saved: ToSave, name: str = CONFIG, *, schema: bool = False) -> str:
    """The new text of genfile.toml or pyproject.toml. ``schema``: a new file refers to the schema next to it.

    Raises WriteError if the text can't be changed without changing something else.
    """
    import tomli
    import tomlkit

    document = tomlkit.parse(text or "")
    expected = tomli.loads(text or "")
    for tables in (document, expected):
        _put(tables, saved, TABLES[name])
    dumped = tomlkit.dumps(document)
    changed = next((form for form in (_spaced(dumped, text or ""), dumped) if _holds(form, expected)), None)
    if changed is None:
        raise WriteError(f"{name} can't be changed without damage to its other content", hint="edit the file yourself")
    return f"#:schema ./{SCHEMA}\n\n{changed}" if schema and text is None else changed


def _holds(text: str, expected: dict[str, Any]) -> bool:
    import tomli

    try:
        return tomli.loads(text) == expected
    except ValueError:
        return False


def _spaced(text: str, before: str) -> str:
    """The text with an empty line before each header that had one before."""
    lines = before.splitlines()
    apart = {line for above, line in itertools.pairwise(lines) if line.startswith("[") and not above.strip()}
    spaced: list[str] = []
    for line in text.splitlines(keepends=True):
        if spaced and spaced[-1].strip() and line.rstrip("\r\n") in apart:
            spaced.append("\n")
        spaced.append(line)
    return "".join(spaced)


def _put(document: MutableMapping[str, Any], saved: ToSave, path: tuple[str, ...]) -> None:
    root = document
    for key in path:
        root = _table(root, key)
    target = root
    if saved.service is not None and (saved.values or saved.settings):
        target = _table(_table(root, "services", above=True), saved.service, above=not saved.values)
    for key, value in saved.values.items():
        target[key] = value
    if saved.compose is not None:
        root["compose"] = saved.compose
    if saved.settings:
        table = _table(target, "set")
        for key, text in saved.settings.items():
            _set(table, key, native(text))


def _table(parent: MutableMapping[str, Any], key: str, *, above: bool = False) -> MutableMapping[str, Any]:
    """The table with a name inside another, created if missing; ``above``: it contains only tables."""
    import tomlkit
    from tomlkit.items import InlineTable

    if key not in parent:
        if type(parent) is dict:
            parent[key] = {}
        elif isinstance(parent, InlineTable):
            parent[key] = tomlkit.inline_table()
        else:
            parent[key] = tomlkit.table(is_super_table=above)
    found = parent[key]
    if not isinstance(found, MutableMapping):
        raise WriteError(f"{key} is not a table", hint="edit the file yourself")
    return found


def _set(table: MutableMapping[str, Any], key: str, value: Any) -> None:
    """Set a dotted name where it stands already, as one key or in tables; else as one key."""
    first, _, rest = key.partition(".")
    if key not in table and rest and isinstance(table.get(first), MutableMapping):
        _set(table[first], rest, value)
    else:
        table[key] = copy.deepcopy(value) if type(table) is dict else _written(value)


def _written(value: Any) -> Any:
    """A value as it is written: tables of a list stand on its own line."""
    import tomlkit

    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return copy.copy(value)
    array = tomlkit.array()
    for item in value:
        table = tomlkit.inline_table()
        table.update(item)
        array.append(table)
    return array


def native(text: str) -> Any:
    """The plain value with the same meaning as a text of `--set`, or else the text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(value, bool) or (isinstance(value, int) and str(value) == text and abs(value) < 1 << 63):
        return value
    if not isinstance(value, list) or not value:
        return text
    texts = all(isinstance(item, str) for item in value)
    tables = all(
        isinstance(item, dict) and all(isinstance(part, str | bool) for part in item.values()) for item in value
    )
    return value if texts or tables else text
