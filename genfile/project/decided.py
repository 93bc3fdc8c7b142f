"""The user's decisions for a project, with the place of each: genfile.toml, or another file of the project.

`[tool.genfile]` of pyproject.toml and `genfile` of package.json say the same as a genfile.toml. Only the first of
the three counts: decisions that are spread over two files are complete in neither.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from genfile.errors import SourceError, UsageError
from genfile.project.faults import Origin, open_toml, validate
from genfile.project.reading import CONFIG, read_text
from genfile.spec.settings import Setting, as_text, leaves

if TYPE_CHECKING:
    from genfile.spec.config import Config

PYPROJECT, PACKAGE = "pyproject.toml", "package.json"
# Of all tables `set` of a project: each one costs the work of a validation.
MAX_SETTINGS = 500
# The table with the decisions in each file.
TABLES = {CONFIG: (), PYPROJECT: ("tool", "genfile"), PACKAGE: ("genfile",)}


class Decided(Struct, frozen=True):
    """The decisions of a project. ``settings``: for all services; ``services``: for single ones, by path.

    ``others``: files that have decisions too, which do not count.
    """

    config: "Config"
    origin: Origin
    settings: dict[str, Setting]
    services: dict[str, dict[str, Setting]]
    others: tuple[str, ...] = field(default=())

    @property
    def file(self) -> str:
        return self.origin.name


def find_decided(base: Path, texts: Mapping[str, str | None] | None = None) -> Decided | None:
    """The decisions of the project in a folder; None if there are not.

    ``texts``: the new content of files that are about to be written. Raises UsageError that names the place of
    a mistake, SourceError for a genfile.toml that can't be read.
    """
    found: list[Origin] = []
    for name, opened in _OPEN.items():
        origin = opened(texts[name] if texts and name in texts else _text(base, name))
        if origin is not None:
            found.append(origin)
    return _decided(found[0], tuple(_named(other) for other in found[1:])) if found else None


def file_to_write(decided: Decided | None) -> str:
    """The file that decisions are put into: the one that has them, else genfile.toml.

    Raises UsageError for package.json, which a person may have laid out in any way.
    """
    if decided is not None and decided.file == PACKAGE:
        raise UsageError(
            f'the settings are in {PACKAGE} under "genfile", which genfile does not change',
            hint=f"move them into {CONFIG}",
        )
    return CONFIG if decided is None else decided.file


def _decided(origin: Origin, others: tuple[str, ...]) -> Decided:
    from genfile.spec.config import Config

    config = validate(Config, origin)
    tables = [config.set, *(service.set for service in config.services.values())]
    if sum(1 for table in tables for _ in leaves(table)) > MAX_SETTINGS:
        raise UsageError(f"{origin.name}: more than {MAX_SETTINGS:,} settings")
    services = {
        path: settings_of(origin, service.set, ("services", path, "set")) for path, service in config.services.items()
    }
    return Decided(config, origin, settings_of(origin, config.set, ("set",)), services, others)


def settings_of(
    origin: Origin, table: Mapping[str, Any], path: tuple[str, ...], *, mild: bool = False
) -> dict[str, Setting]:
    """The values of a table `set` as texts with their places. Raises UsageError for one that no field can hold."""
    found: dict[str, Setting] = {}
    for keys, value in leaves(table):
        place = origin.place(*path, *keys)
        name = ".".join(keys)
        if name in found:
            raise UsageError(f"{place}: {name} is set twice, also at {found[name].place}")
        try:
            found[name] = Setting(as_text(value), place, mild)
        except ValueError as error:
            raise UsageError(f"{place}: {name}: {error}") from None
    return found


def _text(base: Path, name: str) -> str | None:
    try:
        return read_text(base, name)
    except SourceError:
        # A manifest that can't be read decides nothing; detection reports it if it matters.
        if name == CONFIG:
            raise
        return None


def _open_config(text: str | None) -> Origin | None:
    return None if text is None else open_toml(text, CONFIG)


def _open_pyproject(text: str | None) -> Origin | None:
    if text is None or "genfile" not in text:
        return None
    try:
        origin = open_toml(text, PYPROJECT)
    except UsageError:
        return None
    return _table(Origin(PYPROJECT, text, origin.document, TABLES[PYPROJECT]))


def _open_package(text: str | None) -> Origin | None:
    if text is None or '"genfile"' not in text:
        return None
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_json

    try:
        return _table(Origin(PACKAGE, text, parse_json(text), TABLES[PACKAGE]))
    except ParseError:
        return None


def _table(origin: Origin) -> Origin | None:
    """An origin whose table exists; its model reports a value that is not a table."""
    outer = origin.document.get(*origin.table[:-1])
    return origin if isinstance(outer, dict) and origin.table[-1] in outer else None


def _named(origin: Origin) -> str:
    """`pyproject.toml [tool.genfile]`."""
    if origin.name == PACKAGE:
        return f'{PACKAGE} "genfile"'
    return f"{origin.name} [{'.'.join(map(str, origin.table))}]" if origin.table else origin.name


_OPEN: dict[str, Callable[[str | None], Origin | None]] = {
    CONFIG: _open_config,
    PYPROJECT: _open_pyproject,
    PACKAGE: _open_package,
}
# The files that may hold decisions, the strongest first.
DECIDING = tuple(_OPEN)
