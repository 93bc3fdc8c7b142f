"""`.genfile-answers.toml`: the record of a project's template, kept in the project. It never holds a secret."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from genfile import __version__
from genfile.errors import UsageError
from genfile.template.project import Earlier

FILE = ".genfile-answers.toml"
_HINT = "fix it, or restore it from version control"
_HEAD = """\
# The template that this project was created from. `genfile update` reads this file to apply newer template versions.
# Commit it with the project.
"""


class Answers(Struct, frozen=True):
    """The reference to a template, the version that was used, and the answers.

    ``reference`` of a folder or an archive is relative to the project. ``folder`` and ``service`` are the names that
    the template and the container files saw. ``pending``: an update to that version stands in the project with
    conflicts in the files ``conflicts``; it is recorded when none of them is left. ``defaulted``: the answers that
    nobody gave; of a record without them, all count as given.
    """

    reference: str
    kind: str
    commit: str | None
    values: Mapping[str, Any]
    checkout: str | None = None
    directory: str | None = None
    folder: str = ""
    service: str = ""
    containers: bool = False
    genfile: str = __version__
    pending: "Answers | None" = None
    conflicts: tuple[str, ...] = field(default=())
    defaulted: tuple[str, ...] = ()

    def earlier(self) -> Earlier:
        """The answers for the next rendering."""
        return Earlier(self.values, frozenset(self.defaulted))


def write_answers(answers: Answers) -> str:
    """The text of the file."""
    import tomlkit

    document = {"version": 1, "genfile": answers.genfile, **_tables(answers)}
    if answers.pending is not None:
        document["pending"] = {
            "genfile": answers.pending.genfile,
            "conflicts": list(answers.conflicts),
            **_tables(answers.pending),
        }
    return _HEAD + tomlkit.dumps(document)


def read_answers(text: str) -> Answers:
    """Read the file. Raises UsageError if it is not what genfile wrote."""
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_toml

    try:
        value = parse_toml(text).value
    except ParseError as error:
        raise UsageError(f"{FILE}: {error}", hint=_HINT) from None
    if value.get("version") != 1:
        raise UsageError(f"{FILE}: unknown version {value.get('version')!r}", hint="this genfile reads version 1")
    pending = value.get("pending")
    if pending is None:
        return _answers(value, None, ())
    if not isinstance(pending, dict):
        raise UsageError(f"{FILE}: pending is not a table", hint=_HINT)
    return _answers(value, _answers(pending, None, ()), _texts(pending, "conflicts"))


def _answers(value: Mapping[str, Any], pending: Answers | None, conflicts: tuple[str, ...]) -> Answers:
    template, values = value.get("template"), value.get("answers", {})
    if not isinstance(template, dict) or not isinstance(values, dict):
        raise UsageError(f"{FILE}: the tables template and answers are missing", hint=_HINT)

    def text(name: str) -> str | None:
        found = template.get(name)
        if found is not None and not isinstance(found, str):
            raise UsageError(f"{FILE}: template.{name} is not a string", hint=_HINT)
        return found

    reference = text("reference")
    if not reference:
        raise UsageError(f"{FILE}: template.reference is missing", hint=_HINT)
    return Answers(
        reference=reference,
        kind=text("kind") or "",
        commit=text("commit"),
        values=values,
        checkout=text("checkout"),
        directory=text("directory"),
        folder=text("folder") or "",
        service=text("service") or "",
        containers=template.get("containers") is True,
        genfile=str(value.get("genfile", "")),
        pending=pending,
        conflicts=conflicts,
        defaulted=_texts(value, "defaulted"),
    )


def _texts(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = value.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise UsageError(f"{FILE}: {name} is not a list of strings", hint=_HINT)
    return tuple(found)


def _tables(answers: Answers) -> dict[str, Any]:
    names = ("reference", "kind", "commit", "checkout", "directory", "folder", "service", "containers")
    template = {name: getattr(answers, name) for name in names}
    tables: dict[str, Any] = {"defaulted": list(answers.defaulted)} if answers.defaulted else {}
    tables["template"] = {name: value for name, value in template.items() if value}
    return tables | {"answers": _plain(answers.values)}


def _plain(value: Any) -> Any:
    """Without what TOML has no word for: nothing."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value if item is not None]
    return value
