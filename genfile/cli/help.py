"""Help in one style: what a command does, usage, arguments, options in groups, examples.

It is plain text and made here rather than by typer, so that `genfile --help` fits on one screen, placeholders look the
same everywhere, and no line is cut off.
"""

import shutil
import textwrap
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

MAX_WIDTH = 100
# The groups that options are shown in, and their options; options outside every group come first.
GROUPS: dict[str, frozenset[str]] = {
    "Settings": frozenset(
        "--preset --set --service --compose --comments --save --answers --defaults --extends --env".split()
    ),
    "Template": frozenset("--checkout --directory --trust --offline --to --from".split()),
    "Conflicts": frozenset("--force --ours --theirs --conflict".split()),
    "Output": frozenset(
        "--dry-run --diff --stdout --output --json --sarif --github --html --junit --print --quiet --verbose".split()
    ),
    "General": frozenset("--yes --guard --help --version --install-completion --show-completion".split()),
}
# The groups of commands, in the order of a project's life.
STAGES = ("Start", "Maintain", "Build", "Presets", "Data")


class HelpCommand(TyperCommand):
    """A command with help in genfile's style. ``epilog`` holds its examples, one a line."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(command_help(self, ctx, columns()))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            # Some errors don't say which command they belong to.
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise


class LateCommand(TyperCommand):
    """A command as its group lists it. Its callback gives the function that it runs, whose module is imported once
    the command itself is run, completed or asked for its help."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        return self.whole().make_context(info_name, args, parent, **extra)

    def whole(self) -> Any:
        """The command with its parameters."""
        load = cast(Callable[[], Callable[..., Any]], self.callback)
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(self.name, cls=HelpCommand, short_help=self.short_help, epilog=self.epilog)(load())
        return typer.main.get_command(alone)


class Group(TyperGroup):
    """A group of commands; without arguments it shows its help and succeeds."""

    command_class = HelpCommand

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(group_help(self, ctx, columns()))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        wants_help = not args and not ctx.resilient_parsing
        return super().parse_args(ctx, [ctx.help_option_names[-1]] if wants_help else args)


def columns() -> int:
    """The width of help texts."""
    return max(40, min(shutil.get_terminal_size().columns, MAX_WIDTH))


def usage(command: Any, ctx: Any) -> str:
    """`genfile init [OPTIONS] [PATH]`."""
    if isinstance(command, TyperGroup):
        return f"{ctx.command_path} COMMAND [OPTIONS]"
    words = [placeholder(item) if item.required else f"[{placeholder(item)}]" for item in _arguments(command)]
    return " ".join((ctx.command_path, "[OPTIONS]", *words))


def command_help(command: Any, ctx: Any, width: int) -> str:
    """The whole help of one command."""
    parts = [_filled(command.help or "", width), f"Usage: {usage(command, ctx)}\n"]
    arguments = [(placeholder(item), _described(item)) for item in _arguments(command)]
    if arguments:
        parts.append("Arguments:\n" + _rows(arguments, width))
    parts += [f"{title}:\n" + _rows(rows, width) for title, rows in _grouped(command, ctx)]
    if command.epilog:
        parts.append("Examples:\n" + "".join(f"  {line}\n" for line in command.epilog.splitlines()))
    return "\n".join(parts).rstrip("\n")


def group_help(group: Any, ctx: Any, width: int) -> str:
    """The help of a group: its commands, on one screen."""
    commands = [(name, group.get_command(ctx, name)) for name in group.list_commands(ctx)]
    stages = {command.rich_help_panel for _, command in commands}
    parts = [_filled(group.help or "", width), f"Usage: {usage(group, ctx)}\n"]
    rows = []
    for stage in STAGES if len(stages) > 1 else (next(iter(stages)),):
        found = [(name, command) for name, command in commands if command.rich_help_panel == stage]
        label = f"{stage or ''}" if len(stages) > 1 else ""
        for name, command in found:
            rows.append((f"{label:<{max(map(len, STAGES)) + 2}}{name}" if len(stages) > 1 else name, _summary(command)))
            label = ""
    parts.append(_rows(rows, width))
    names = ", ".join("/".join(sorted(item.opts, key=len)) for item in group.get_params(ctx) if not item.hidden)
    parts.append(_filled(f"Options: {names}", width))
    if group.epilog:
        parts.append("".join(f"{line}\n" for line in group.epilog.splitlines()))
    return "\n".join(parts).rstrip("\n")


def placeholder(param: Any) -> str:
    """The placeholder for a value: `PATH`, `KEY=VALUE`, `none|brief|teach`."""
    given = param.metavar
    if given:
        return str(given[1:-1] if given.startswith("[") and given.endswith("]") else given)
    return "|".join(choices_of(param)) or param.name.upper().replace("_", "-")


def choices_of(param: Any) -> list[str]:
    """The values that an argument or an option accepts, if they are listed."""
    kind = getattr(param, "type_descriptor", None) or getattr(param, "type", None)
    return [str(getattr(choice, "value", choice)) for choice in getattr(kind, "choices", None) or ()]


def option_names(command: Any, ctx: Any) -> list[str]:
    """Every spelling of a command's options."""
    shown = (item for item in command.get_params(ctx) if _is_option(item) and not item.hidden)
    return [name for item in shown for name in (*item.opts, *item.secondary_opts)]


def _is_option(param: Any) -> bool:
    return str(param.param_type_name) == "option"


def _arguments(command: Any) -> list[Any]:
    return [item for item in command.params if not _is_option(item) and not item.hidden]


def _grouped(command: Any, ctx: Any) -> "list[tuple[str, list[tuple[str, str]]]]":
    found: dict[str, list[tuple[str, str]]] = {title: [] for title in ("Options", *GROUPS)}
    for param in command.get_params(ctx):
        if not _is_option(param) or param.hidden:
            continue
        title = next((title for title, names in GROUPS.items() if names & {*param.opts}), "Options")
        found[title].append((_spelled(param), _described(param)))
    return [(title, rows) for title, rows in found.items() if rows]


def _spelled(param: Any) -> str:
    names = ", ".join(sorted(param.opts, key=len))
    start = names if names.startswith("-") and not names.startswith("--") else f"    {names}"
    if param.secondary_opts:
        start += f", {', '.join(param.secondary_opts)}"
    return start if param.is_flag else f"{start} {placeholder(param)}"


def _described(param: Any) -> str:
    text = param.help or ""
    choices = choices_of(param)
    if choices and param.metavar:
        text = f"{text.rstrip('.')}: {', '.join(choices)}."
    default = getattr(param.default, "value", param.default)
    plain = isinstance(default, str | int | PurePath) and not isinstance(default, bool) and default != ""
    return f"{text} [default: {default}]" if plain and "default" not in text else text


def _summary(command: Any) -> str:
    return str(command.short_help or (command.help or "").split("\n")[0]).rstrip(".")


def _filled(text: str, width: int) -> str:
    return "\n".join(textwrap.fill(line, width) for line in text.splitlines()) + "\n"


def _rows(rows: Iterable[tuple[str, str]], width: int) -> str:
    """Names and explanations in two columns; a long name gets a line of its own."""
    rows = list(rows)
    column = min(max(len(name) for name, _ in rows), 32) + 4
    lines = []
    for name, text in rows:
        wrapped = textwrap.wrap(text, max(width - column, 20), break_long_words=False, break_on_hyphens=False)
        first = f"  {name}"
        if len(first) > column - 2:
            lines.append(first)
            first = ""
        lines += [f"{first if at == 0 else '':<{column}}{line}".rstrip() for at, line in enumerate(wrapped or [""])]
    return "\n".join(line for line in lines if line) + "\n"
