"""Everything that is printed: lines, messages, data, questions."""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genfile import terminal
from genfile.cli.complete import preset_names, service_names, setting_names
from genfile.errors import GenfileError
from genfile.evidence import Evidence, Note
from genfile.terminal import Styled, escaped, fold, is_unsafe, prompt_text, visible, width_of, write, write_data

if TYPE_CHECKING:
    from genfile.guard import Guard


def is_terminal() -> bool:
    """Whether a person is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def wants_live() -> bool:
    """Whether what is printed can be drawn over: on a terminal that obeys."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def out(*parts: str | Styled) -> None:
    """One line for a person, made of its parts; no text in it begins another line."""
    write(sys.stdout, *parts, colour=terminal.wants_colour(sys.stdout))


def error_out(*parts: str | Styled) -> None:
    """One line on stderr for a person."""
    # What stdout holds was said before.
    sys.stdout.flush()
    write(sys.stderr, *parts, colour=terminal.wants_colour(sys.stderr))


def message(label: str, text: str, *, indent: str = "") -> None:
    """A message on stderr as `warning: text`, broken at the width of the terminal."""
    width = width_of(sys.stderr)
    first, *others = fold(f"{indent}{label}: {text}", width, indent + "  ")
    start = f"{indent}{label}:"
    error_out(indent, Styled(f"{label}:", label), visible(first)[len(start) :])
    for line in others:
        error_out(line)


def paragraph(text: str, *, indent: str = "", style: str = "") -> None:
    """Text for a person, broken at the width of the terminal, each line indented."""
    for line in fold(indent + text, width_of(sys.stdout), indent):
        out(Styled(line, style) if style else line)


def diff(text: str) -> None:
    """A unified diff, in colours on a terminal."""
    terminal.write_diff(sys.stdout, text)


def data(text: str) -> None:
    """Text that is the product itself: as it is for a program, made visible for a person."""
    write_data(sys.stdout, text)


def json_out(value: Any) -> None:
    """A value as JSON. What a terminal could obey is escaped as JSON escapes it: the value stays the same."""
    plain = sys.stdout.isatty() and (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    text = json.dumps(value, indent=2, ensure_ascii=plain)
    text = "".join(escaped(char) if is_unsafe(char) and char != "\n" else char for char in text)
    write_data(sys.stdout, text + "\n")


def error(problem: GenfileError) -> None:
    """What went wrong, how to put it right, and for a command line how the command is called."""
    message("error", problem.message)
    if problem.hint:
        message("hint", problem.hint)
    usage = getattr(problem, "usage", None)
    if usage:
        message("usage", usage)


def prompt(text: str, default: str = "", *, show_default: bool = True, hide_input: bool = False) -> str:
    """Ask for one line; Enter takes the default as it is, shown as it may be."""
    import typer

    shown = f" [{default}]" if show_default else ""
    return str(
        typer.prompt(prompt_text(sys.stdout, text + shown), default=default, show_default=False, hide_input=hide_input)
    )


def confirm(text: str, *, default: bool = False) -> bool:
    """Ask for yes or no; Enter takes the default."""
    import typer

    return typer.confirm(prompt_text(sys.stdout, text), default=default)


def styled(text: str, style: str) -> Styled:
    """Text in a style, where colours are wanted: a part of `out`."""
    return Styled(text, style)


def parse_settings(settings: Iterable[str]) -> dict[str, str]:
    """The values of --set. Raises UsageError for one that is not KEY=VALUE."""
    from genfile.errors import UsageError

    chosen: dict[str, str] = {}
    for item in settings:
        key, sign, value = item.partition("=")
        if not sign or not key:
            raise UsageError(f"--set {item}: it takes KEY=VALUE", hint="for example --set port=8080")
        chosen[key.strip()] = value
    return chosen


def placed(path: str, base: Path) -> str:
    """A path of a project from where the user stands, so that a terminal can open it."""
    if path.startswith("--") or not base.is_dir():
        return path
    return os.path.normpath(base / path).replace(os.sep, "/")


def evidence(item: Evidence, base: Path = Path()) -> str:
    """`shop/package.json:9 (dependencies has express)`."""
    place = placed(item.path, base) + ("" if item.line is None else f":{item.line}")
    return f"{place} ({item.says})"


def show_notes(notes: Iterable[Note], base: Path = Path(), *, indent: str = "") -> None:
    """Notes go to stderr: stdout may be read by a program. ``base``: the project that their paths are of."""
    for note in notes:
        message("note" if note.level == "info" else note.level, _noted(note, base), indent=indent)


def _noted(note: Note, base: Path) -> str:
    if note.path is None:
        return note.text
    place = placed(note.path, base) + ("" if note.line is None else f":{note.line}")
    if not note.text.startswith(note.path):
        return f"{place}: {note.text}"
    # The text begins with the file itself, and maybe its line: the place stands in its stead.
    named = f"{note.path}:{note.line}"
    rest = note.text[len(named if note.text.startswith((f"{named} ", f"{named}:")) else note.path) :]
    return f"{place}{rest}" if rest[:1] in (":", " ") else note.text


def write_file(target: Path, text: str) -> None:
    """Write a file that the command line names, in place of one that is there. Raises WriteError."""
    from genfile.project.apply import apply_plan
    from genfile.project.plan import make_plan

    apply_plan(make_plan(target.parent, {target.name: text}, force=True))


PresetOption = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="PRESET",
        help="Preset: a name, a folder, an archive, or git+URL@TAG#FOLDER.",
        autocompletion=preset_names,
    ),
]

ServiceOption = Annotated[
    str | None,
    typer.Option(
        "--service",
        metavar="PATH",
        help="Only the service at this path, or of this name.",
        autocompletion=service_names,
    ),
]

SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Set a field of the spec (port=8080, runtime.version=22) or an option of the preset.",
        autocompletion=setting_names,
    ),
]

QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print warnings and errors only; never ask.")]

GuardOption = Annotated[
    bool,
    typer.Option(
        "--guard",
        help="Read the tree in a child process with limits on time and memory, and without network on Linux; "
        "its genfile.toml is not read.",
    ),
]

SaveOption = Annotated[
    bool,
    typer.Option("--save", help="Save what this command line says to genfile.toml."),
]


def guarded(path: Path) -> "Guard":
    """The guard that --guard asks for; what it can't do here, and what it leaves unread, is said."""
    from genfile.guard import Guard

    guard = Guard()
    for limit in guard.missing():
        message("warning", f"--guard does without a limit: {limit}")
    if (path / "genfile.toml").exists():
        message("note", "--guard: the genfile.toml of the tree was not read")
    return guard


def exit_for(notes: Iterable[Note]) -> None:
    """End with exit code 1 where a note tells of an error: what is there is right, and something is missing."""
    if any(note.level == "error" for note in notes):
        raise typer.Exit(GenfileError.exit_code)


def check_preset_name(name: str) -> None:
    """Refuse a name that no preset of a user's can have: what is built in keeps its own."""
    import re

    from genfile.bundle.builtin import builtin_folder
    from genfile.errors import UsageError

    if not re.fullmatch(r"[a-z][a-z0-9-]{0,40}", name):
        raise UsageError(f"{name!r} is not a valid preset name", hint="lower-case letters, digits and hyphens")
    if name == "builtin" or (builtin_folder("presets") / name).is_dir():
        raise UsageError(f"{name} is the name of something built in", hint="choose another name")
