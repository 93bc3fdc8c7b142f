"""Everything that is printed. rich is imported only for a terminal."""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genfile.errors import GenfileError
from genfile.evidence import Fact, Note
from genfile.terminal import Styled, escaped, is_unsafe, prompt_text, visible, write, write_data

if TYPE_CHECKING:
    from genfile.detect.inspection import InspectedService
    from genfile.guard import Guard

# What a reader wants to see first, of all the fields of a spec.
SHOWN = tuple(
    """
    /runtime/version /package_manager/name /framework /build /main_package /start /static /port /frontend /data
    /system_packages /backing_services /workspace
    """.split()
)


def is_terminal() -> bool:
    """Whether a person is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def wants_colour() -> bool:
    """NO_COLOR (no-color.org) beats everything."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def out(*parts: str | Styled) -> None:
    """One line for a person, made of its parts; no text in it begins another line."""
    write(sys.stdout, *parts, colour=wants_colour())


def error_out(*parts: str) -> None:
    """One line on stderr for a person."""
    write(sys.stderr, *parts)


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
    """One line of what went wrong, one of how to mend it."""
    error_out(f"error: {problem.message}")
    if problem.hint:
        error_out(f"hint: {problem.hint}")


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


def show_service(service: "InspectedService") -> None:
    """A service in a few lines: what it is, then the facts that matter with their evidence."""
    out(styled(summary(service), "bold"))
    rows = [(pointer, service.facts[pointer]) for pointer in SHOWN if pointer in service.facts]
    if wants_colour():
        _show_table(rows)
        return
    for pointer, fact in rows:
        out(f"  {pointer[1:].replace('/', '.'):<22} {_value(fact):<28} {_evidence(fact)}")


def _show_table(rows: list[tuple[str, Fact[Any]]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for pointer, fact in rows:
        table.add_row(
            Text("  " + visible(pointer[1:].replace("/", ".")), style="cyan"),
            Text(visible(_value(fact)), style="yellow" if fact.guess else ""),
            Text(visible(_evidence(fact)), style="dim"),
        )
    Console().print(table)


def summary(service: "InspectedService") -> str:
    """One line: `shop  node 22, pnpm 9.12.1, nextjs, port 3000`."""
    spec = service.spec
    parts = [f"{spec.language} {spec.runtime.version}" if spec.runtime else spec.language]
    if spec.package_manager:
        parts.append(" ".join(filter(None, (spec.package_manager.name, spec.package_manager.version))))
    if spec.framework:
        parts.append(spec.framework)
    if spec.static:
        parts.append("static files")
    parts.append(f"port {spec.port}" if spec.port else "no port")
    where = "" if spec.path == "." else f" ({spec.path})"
    return f"{spec.name}{where}  {', '.join(parts)}"


def _value(fact: Fact[Any]) -> str:
    return shown(fact.value)


def shown(value: Any) -> str:
    """A value of a spec in words."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(shown(item) for item in value) or "none"
    if isinstance(value, dict) and "target" in value:
        return f"{value['path']} for {value['target']}"
    if isinstance(value, dict):
        return (
            ", ".join(f"{key} {shown(item)}" for key, item in value.items() if item not in (None, False, [], {}))
            or "none"
        )
    return str(value)


def _evidence(fact: Fact[Any]) -> str:
    text = ", ".join(map(str, fact.evidence[:2]))
    return f"{text} [a guess]" if fact.guess else text


def show_notes(notes: Iterable[Note]) -> None:
    """Notes go to stderr: stdout may be read by a program."""
    for note in notes:
        place = "" if note.path is None else f"{note.path}: " if note.line is None else f"{note.path}:{note.line}: "
        text = note.text if place.split(":")[0] and note.text.startswith(place.split(":")[0]) else place + note.text
        label = "note" if note.level == "info" else note.level
        error_out(f"{label}: {text}")


def write_file(target: Path, text: str) -> None:
    """Write a file that the command line names, in place of one that is there. Raises WriteError."""
    from genfile.project.apply import apply_plan
    from genfile.project.plan import make_plan

    apply_plan(make_plan(target.parent, {target.name: text}, force=True))


GuardOption = Annotated[
    bool,
    typer.Option(
        "--guard",
        help="Read the tree in a child process with limits of time and memory and, on Linux, no network; "
        "its own genfile.toml is not read.",
    ),
]

SaveOption = Annotated[
    bool,
    typer.Option("--save", help="Put what this command line says into genfile.toml, where it holds from then on."),
]


def guarded(path: Path) -> "Guard":
    """The guard that --guard asks for; what it can't do here, and what it leaves unread, is said."""
    from genfile.guard import Guard

    guard = Guard()
    for limit in guard.missing():
        error_out(f"warning: --guard does without a limit: {limit}")
    if (path / "genfile.toml").exists():
        error_out("note: --guard: the genfile.toml of the tree was not read")
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
        raise UsageError(f"{name!r} is no name for a preset", hint="lower-case letters, digits and hyphens")
    if name == "builtin" or (builtin_folder("presets") / name).is_dir():
        raise UsageError(f"{name} is the name of something built in", hint="choose another name")
