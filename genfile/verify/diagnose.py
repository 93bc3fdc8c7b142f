"""What a failed build or start means, according to its log, and the setting that fixes it."""

import posixpath
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from genfile.data.entries import read_list
from genfile.verify.causes import Diagnosis, by_finding, loopback, not_ending, wrong_port
from genfile.verify.gates import Report
from genfile.verify.log import failed_lines
from genfile.verify.mends import MENDS, NOTHING, MendTree
from genfile.verify.running import GateOutcome

if TYPE_CHECKING:
    from genfile.spec.project import Spec

# The application's folder in an image; folders that it writes to are named relative to this one.
_HOME = "/app"
__all__ = ["Diagnosis", "diagnose"]
_PLACEHOLDER = re.compile(r"\{(\w+)(?:!(\w+))?\}")


def diagnose(report: Report, spec: "Spec", tree: MendTree = NOTHING) -> Diagnosis | None:
    """The cause of a report's failure; None if all gates passed, or the cause is unknown.

    What was observed of the container takes precedence over its log. ``tree``: the project's files.
    """
    failed = next((gate for gate in report.gates if not gate.passed), None)
    if failed is None:
        return None
    if report.finding is not None and (seen := by_finding(failed.name, report.finding, spec)) is not None:
        return seen
    # What is due before the start runs in the same image, and fails as the start does.
    gate = "start" if failed.name == "release" else failed.name
    found = _by_log(gate, failed_lines(report.log), spec, tree)
    # The address of a database that does not answer is not one that the program listens on.
    if found is not None and found.id == "database":
        return found
    return (_by_gate(report.finding, report.log, spec) if report.finding is not None else None) or found


def _by_gate(finding: GateOutcome, log: str, spec: "Spec") -> Diagnosis | None:
    """The cause that the gate itself shows, or the port in the log if the container could not be inspected."""
    if finding.silent:
        found = re.search(r"(?:127\.0\.0\.1|localhost|\[::1\]):(\d+)", log)
        if found is not None:
            return loopback(found[0], spec)
        other = re.search(r"(?:[Ll]isten\w*|[Rr]unning|[Ss]tart\w*|[Ss]erv\w*)[^\n]{0,60}?:?\b(\d{4,5})\b", log)
        if other is not None and int(other[1]) != spec.port and 1024 <= int(other[1]) <= 65535:
            return wrong_port(int(other[1]), spec)
    return not_ending(spec) if finding.stuck else None


def _by_log(gate: str, log: str, spec: "Spec", tree: MendTree) -> Diagnosis | None:
    for known in _known():
        applies = gate in known.gates and (not known.languages or spec.language in known.languages)
        match = re.search(known.pattern, log) if applies else None
        if match is None:
            continue
        name = next((value for value in match.groupdict().values() if value), "")
        if known.mend is not None:
            made = MENDS[known.mend](name, spec, tree)
            # Another cause produces the same message.
            if made is None:
                continue
            text, settings = made.text or known.text, dict(made.settings)
        else:
            text = known.text
            settings = {key: _filled(value, name, spec, key) for key, value in known.set.items()}
        if any(value is None for value in settings.values()) or not _fits(spec, settings):
            settings = {}
        certain = bool(settings) and not known.needs_person
        return Diagnosis(known.id, _told(text, name), _told(known.hint, name), settings, certain)
    return None


class _Known(Struct, frozen=True):
    """An entry of diagnoses.toml; the head of that file explains the fields."""

    id: str
    gates: tuple[str, ...]
    pattern: str
    text: str
    hint: str
    set: dict[str, Any] = field(default_factory=dict)
    needs_person: bool = False
    mend: str | None = None
    languages: tuple[str, ...] = ()


@cache
def _known() -> tuple[_Known, ...]:
    return read_list(_Known, "diagnoses", "diagnoses")


def _told(text: str, name: str) -> str:
    return text.replace("{name}", name or "it")


def _fits(spec: "Spec", settings: Mapping[str, Any]) -> bool:
    """Whether this service's spec has the fields that are set; options are up to the preset."""
    fields = type(spec).model_fields
    return all(key.split(".")[0] in fields or key in ("ca", "index_secret") for key in settings)


def _filled(value: Any, name: str, spec: "Spec", key: str) -> Any:
    """A value with its placeholders filled in; a list extends the spec's. None if a placeholder can't be filled."""
    if isinstance(value, list):
        items = [_text(item, name) for item in value]
        if any(item is None for item in items):
            return None
        return list(dict.fromkeys([*_there(spec, key), *items]))
    return _text(value, name) if isinstance(value, str) else value


def _there(spec: "Spec", key: str) -> list[str]:
    value: Any = spec
    for part in key.split("."):
        value = getattr(value, part, None)
    return list(value) if isinstance(value, list | tuple) else []


def _text(text: str, name: str) -> str | None:
    match = _PLACEHOLDER.search(text)
    if match is None:
        return text
    made = {"package": _package, "distribution": _distribution, "folder": _folder}.get(match[2] or "", str)(name)
    return None if made is None else text.replace(match[0], made)


def _package(library: str) -> str | None:
    """The Debian package of a shared library: from Debian's index, else by its naming policy (chapter 8.1)."""
    from genfile.data import debian_libraries

    known = debian_libraries().get(library)
    if known is not None:
        return known
    match = re.fullmatch(r"(lib[a-z0-9.+_-]*?)\.so\.(\d+)(?:\.\d+)*", library.lower())
    if match is None:
        return None
    stem = match[1].replace("_", "-")
    return f"{stem}-{match[2]}" if stem[-1].isdigit() else stem + match[2]


def _distribution(module: str) -> str | None:
    from genfile.data import distribution_of

    return distribution_of(module)


def _folder(path: str) -> str | None:
    folder = posixpath.dirname(path)
    if folder == _HOME or not folder.startswith(_HOME + "/"):
        return None
    return posixpath.relpath(folder, _HOME)
