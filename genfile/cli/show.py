"""Shows what genfile found to a person: services with their facts and notes, in words, or why there is none."""

import os
import posixpath
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genfile.cli import ui
from genfile.errors import NothingFoundError
from genfile.evidence import Asked, Fact, Note
from genfile.terminal import Styled, fold, visible, width_of

if TYPE_CHECKING:
    from genfile.detect.inspection import InspectedService, Inspection

# The fields that a reader wants to see first.
SHOWN = tuple(
    """
    /runtime/version /package_manager/name /framework /build /main_package /start /static /port /frontend /data
    /system_packages /backing_services /workspace
    """.split()
)
# The widths of the columns of names and values if there is no terminal to ask.
_NAME, _VALUE = 22, 28
_LEAST = 16
# What to add to a project, by the extension of a file that it has.
_ADD = {
    ".py": "a requirements.txt or a pyproject.toml",
    ".js": "a package.json",
    ".mjs": "a package.json",
    ".ts": "a package.json",
    ".go": "a go.mod",
    ".java": "a pom.xml or a build.gradle",
    ".kt": "a build.gradle.kts",
    ".htm": "an index.html",
    ".html": "an index.html",
}
_ENTRIES = 8
_SCANNED = 2000


def show_service(service: "InspectedService", base: Path, *, log: Iterable[Asked] = ()) -> None:
    """Show a service: its kind, then the important facts with their evidence. ``log``: also every signal of each
    fact."""
    ui.out(Styled(summary(service), "bold"))
    names = [*SHOWN, *(pointer for pointer in service.facts if pointer not in SHOWN)] if log else SHOWN
    facts = {pointer: service.facts[pointer] for pointer in names if pointer in service.facts}
    rows = [(_field(key), value(key, fact.value), _because(fact, base), fact.guess) for key, fact in facts.items()]
    widths = _widths([row[:2] for row in rows], width_of(sys.stdout))
    # Places that are too long for their column go below it unbroken, so that a terminal can still open them.
    stacked = any(_overflows(row[2], widths[2]) for row in rows)
    asked = {pointer: _asked(fact, log) for pointer, fact in facts.items()}
    for (pointer, found), row in zip(asked.items(), rows, strict=True):
        (_show_stacked if stacked else _show_row)(row, widths)
        for line in _signals(found, facts[pointer], base):
            ui.paragraph(line, indent="      ", style="dim")


def show_guesses(service: "InspectedService") -> None:
    """Say how to make each guess certain, if there is a way."""
    for pointer, fact in service.guesses.items():
        if fact.remedy:
            ui.message("hint", f"{_field(pointer)} is a guess; to make it certain, {fact.remedy}", indent="  ")


def summary(service: "InspectedService") -> str:
    """One line: `shop  node 22, pnpm 9.12.1, nextjs, port 3000`."""
    spec = service.spec
    # The language of what Bun runs is Node's, its version is Bun's.
    engine = getattr(spec, "engine", spec.language)
    parts = [f"{engine} {spec.runtime.version}" if spec.runtime else engine]
    if spec.package_manager and spec.package_manager.name != engine:
        parts.append(" ".join(filter(None, (spec.package_manager.name, spec.package_manager.version))))
    if spec.framework:
        parts.append(spec.framework)
    if spec.static:
        parts.append("static files")
    parts.append(f"port {spec.port}" if spec.port else "no port")
    where = "" if spec.path in (".", spec.name) else f" ({spec.path})"
    return f"{spec.name}{where}  {', '.join(parts)}"


def value(pointer: str, given: Any) -> str:
    """A field's value in words."""
    told = _IN_WORDS.get(pointer)
    return told(given) if told is not None and given else shown(given)


def shown(given: Any) -> str:
    """Any value of a spec in words: `none`, `yes`, `dist, spa`."""
    if given is None:
        return "none"
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, list | tuple):
        return " ".join(map(shown, given)) or "none"
    if isinstance(given, dict) and "target" in given:
        return f"{given['path']} for {given['target']}"
    if isinstance(given, dict):
        parts = [key if item is True else f"{key} {shown(item)}" for key, item in given.items() if item or item == 0]
        return ", ".join(part for part in parts if part) or "none"
    return str(given)


def show_nothing(inspection: "Inspection", path: Path) -> NothingFoundError:
    """Show everything known about a tree without a service; returns the error that the command ends with."""
    *notes, last = inspection.notes or (Note("info", "no service was found"),)
    ui.show_notes(notes, path)
    there, add = _there(path) if path.is_dir() else ([], None)
    text, _, looked = last.text.partition(": ")
    hint = f"add {add}" if add else "name the folder that holds the project"
    if add and _refused(path, notes, add):
        hint = "if it is a service all the same, add it to genfile.toml with its `language`"
    ui.message("error", f"{text} in {path.resolve() if str(path) == '.' else path}")
    if looked:
        ui.message("note", looked[:1].lower() + looked[1:])
    if path.is_dir():
        ui.message("note", f"the folder holds {', '.join(there)}" if there else "the folder is empty")
    ui.message("hint", f"{hint}; `genfile new --list` shows templates to start from")
    return NothingFoundError(last.text, hint=hint)


ACTION_COLOURS = {
    "create": "green",
    "replace": "yellow",
    "merge": "yellow",
    "delete": "red",
    "conflict": "red",
    "keep": "dim",
    "unchanged": "dim",
}


def show_changes(changes: Iterable[tuple[str, str]], base: Path, *, dry_run: bool = False) -> None:
    """Show what was done, or would be done, to each file: `create shop/Dockerfile`."""
    rows = []
    for action, path in changes:
        does = action not in ("unchanged", "conflict", "keep")
        rows.append((f"would {action}" if dry_run and does else action, action, path))
    width = max((len(text) for text, *_ in rows), default=0)
    for text, action, path in rows:
        ui.out(Styled(f"{text:<{width}}", ACTION_COLOURS.get(action, "")), f"  {ui.placed(path, base)}")


def _there(path: Path) -> tuple[list[str], str | None]:
    """What a folder holds, and what is missing for it to be a service."""
    names: list[str] = []
    endings: dict[str, int] = {}
    try:
        with os.scandir(path) as entries:
            for at, entry in enumerate(entries):
                if at >= _SCANNED:
                    break
                names.append(entry.name + ("/" if entry.is_dir(follow_symlinks=False) else ""))
                ending = os.path.splitext(entry.name)[1]  # noqa: PTH122
                endings[ending] = endings.get(ending, 0) + 1
    except OSError:
        return [], None
    names.sort(key=lambda name: (name.startswith("."), name))
    more = [f"{len(names) - _ENTRIES} more"] if len(names) > _ENTRIES else []
    known = max((ending for ending in endings if ending in _ADD), key=lambda ending: endings[ending], default=None)
    return names[:_ENTRIES] + more, _ADD[known] if known else None


def _refused(path: Path, notes: Iterable[Note], add: str) -> bool:
    """Whether a file that could be added is there, beside a file that the notes are about: they say why it makes no
    service."""
    folders = dict.fromkeys(posixpath.dirname(note.path) for note in notes if note.path)
    return any((path / folder / name).is_file() for folder in ("", *folders) for name in add.split())


def _field(pointer: str) -> str:
    return pointer[1:].replace("/", ".")


def _because(fact: Fact[Any], base: Path) -> str:
    text = ", ".join(ui.evidence(item, base) for item in fact.evidence[:2])
    return f"{text} [a guess]" if fact.guess else text


def _widths(rows: "list[tuple[str, str]]", width: int | None) -> tuple[int, int, int | None]:
    """The widths of the columns of names, values and evidence; the last is None if lines are not broken."""
    if width is None:
        return _NAME, _VALUE, None
    names = max((len(visible(name)) for name, _ in rows), default=0)
    widest = max((len(visible(text)) for _, text in rows), default=0)
    values = min(widest, max(_LEAST, (width - names - 6) // 2))
    return names, values, max(width - names - values - 6, _LEAST)


def _show_row(row: tuple[str, str, str, bool], widths: tuple[int, int, int | None]) -> None:
    name, text, because, guess = row
    names, values, rest = widths
    left = fold(text, None if rest is None else values)
    right = fold(because, rest)
    gap = " " if rest is None else "  "
    for at in range(max(len(left), len(right))):
        said = f"{left[at] if at < len(left) else '':<{values}}"
        ui.out(
            "  ",
            Styled(f"{name if at == 0 else '':<{names}}", "cyan"),
            gap,
            Styled(said, "yellow") if guess else said,
            gap,
            Styled(right[at] if at < len(right) else "", "dim"),
        )


def _overflows(because: str, rest: int | None) -> bool:
    return rest is not None and max(map(len, visible(because).split()), default=0) > rest


def _show_stacked(row: tuple[str, str, str, bool], widths: tuple[int, int, int | None]) -> None:
    name, text, because, guess = row
    names, values, rest = widths
    width = values + (rest or 0)
    for at, line in enumerate(fold(text, width)):
        ui.out(
            "  ", Styled(f"{name if at == 0 else '':<{names}}", "cyan"), "  ", Styled(line, "yellow") if guess else line
        )
    for line in fold(because, width + names, ""):
        ui.out("      ", Styled(line, "dim"))


def _asked(fact: Fact[Any], log: Iterable[Asked]) -> Asked | None:
    same = (item for item in log if item.decided is not None and item.decided.evidence == fact.evidence)
    return next(same, None) if fact.evidence else None


def _signals(asked: Asked | None, fact: Fact[Any], base: Path) -> Iterator[str]:
    """Every signal of a decision, in order, with its answer."""
    for signal, answer in asked.answers if asked is not None else ():
        if answer is None:
            yield f"- {signal}: nothing"
            continue
        places = ", ".join(ui.evidence(item, base) for item in answer.evidence[:1]) or shown(answer.value)
        yield f"- {signal}: {places}" + (" (used)" if asked is not None and answer is asked.decided else "")


def _packages(given: Any) -> str:
    parts = [f"{' '.join(given[phase])} ({phase})" for phase in ("build", "run") if given.get(phase)]
    return ", ".join(parts) or "none"


def _site(given: Any) -> str:
    return ", ".join(filter(None, (str(given.get("root")), "single-page app" if given.get("spa") else "")))


def _plain(given: Any) -> Any:
    return given.model_dump(mode="json") if hasattr(given, "model_dump") else given


_IN_WORDS: dict[str, Callable[[Any], str]] = {
    "/start": lambda given: shlex.join(map(str, given)) if isinstance(given, list | tuple) else shown(given),
    "/build": lambda given: " && ".join(map(str, given)) if isinstance(given, list | tuple) else shown(given),
    "/system_packages": lambda given: _packages(_plain(given)) if isinstance(_plain(given), dict) else shown(given),
    "/static": lambda given: _site(_plain(given)) if isinstance(_plain(given), dict) else shown(given),
    "/backing_services": lambda given: ", ".join(map(str, given)),
}
