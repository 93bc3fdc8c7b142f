"""Questions at the prompt, and values from the command line and from files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genfile.cli import ui
from genfile.errors import SourceError, UsageError

if TYPE_CHECKING:
    from genfile.options import Option

MAX_ANSWERS = 1024 * 1024


def ask_option(name: str, option: "Option", default: Any, /) -> Any:
    """Ask until the value is valid; Enter takes the default."""
    from genfile.options import parse_value, show_value, takes

    ui.out(ui.styled(option.help, "bold"))
    for choice, meaning in option.choices.items():
        ui.out(f"  {choice}{'  ' + meaning if meaning else ''}")
    proposed = None if default is None else show_value(default)
    while True:
        text = ui.prompt(
            f"  {name}",
            proposed or "",
            show_default=bool(proposed) and not option.secret,
            hide_input=option.secret,
        )
        try:
            return parse_value(option, text)
        except ValueError as fault:
            shown = "that" if option.secret else repr(text)
            ui.message("error", f"{shown} {fault}; {name} takes {takes(option)}", indent="  ")


def collect(settings: Sequence[str], files: Sequence[Path]) -> dict[str, Any]:
    """The values of answer files, later files before earlier ones, and `--set` before all files."""
    values: dict[str, Any] = {}
    for path in files:
        values |= read_answers_file(path)
    for item in settings:
        key, sign, value = item.partition("=")
        if not sign or not key.strip():
            raise UsageError(f"--set {item}: it takes KEY=VALUE", hint="for example --set name=shop")
        values[key.strip()] = value
    return values


def read_answers_file(path: Path) -> dict[str, Any]:
    """Answers from TOML, JSON or YAML: a table, or one under `answers` (or `cookiecutter`, in its replay files)."""
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_json, parse_toml, parse_yaml

    parsers = {".toml": parse_toml, ".json": parse_json, ".yaml": parse_yaml, ".yml": parse_yaml}
    parse = parsers.get(path.suffix.lower())
    if parse is None:
        raise UsageError(f"--answers {path}: it takes a file in .toml, .json or .yaml")
    try:
        content = path.read_bytes()
        if len(content) > MAX_ANSWERS:
            raise SourceError(f"--answers {path}: larger than 1 MiB")
        value = parse(content.decode("utf-8")).value
    except OSError as error:
        raise SourceError(f"--answers {path} can't be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise SourceError(f"--answers {path}: not UTF-8 text") from None
    except ParseError as error:
        raise UsageError(f"--answers {path}: {error}") from None
    for table in ("answers", "cookiecutter"):
        if isinstance(value, dict) and isinstance(value.get(table), dict):
            value = value[table]
    if not isinstance(value, dict):
        raise UsageError(f"--answers {path}: it holds no table of values")
    return {str(key): item for key, item in value.items() if not str(key).startswith("_")}
