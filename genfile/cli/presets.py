"""`genfile presets list` and `show`: the presets to choose from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genfile.cli import ui
from genfile.cli.complete import preset_names
from genfile.terminal import Styled

if TYPE_CHECKING:
    from genfile.options import Option
    from genfile.preset.find import Preset


def list_presets(
    path: Annotated[Path, typer.Option("--path", metavar="DIR", help="Folder of the project.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the built-in presets, in the order in which they are tried, and those of the project."""
    from genfile.preset.find import BUILTIN, load_preset
    from genfile.project.config import read_config

    presets = [load_preset(name) for name in BUILTIN]
    config = read_config(path)
    own = {name: (entry.source, _state(name, path)) for name, entry in config.presets.items()}
    if as_json:
        found = [{"name": p.name, "summary": p.summary} for p in presets]
        named = [{"name": name, "source": source, "fetched": state is None} for name, (source, state) in own.items()]
        ui.json_out({"version": 1, "presets": found, "project": named})
        return
    width = max(map(len, [*BUILTIN, *own]))
    for preset in presets:
        ui.paragraph(f"{preset.name:<{width}}  {preset.summary}", hang=" " * (width + 2))
    for name, (source, state) in own.items():
        default = ", default" if name == config.preset else ""
        told = f"  {state}" if state else ""
        ui.out(f"{name:<{width}}  {source}  (of this project{default})", Styled(told, "yellow"))
    if any(state == _NOT_FETCHED for _, state in own.values()):
        ui.message("hint", "`genfile presets fetch` fetches what genfile.lock pins")


_NOT_FETCHED = "not fetched"


def _state(name: str, path: Path) -> str | None:
    """Why a preset of the project can't be used as it is; None if it can. Nothing is fetched."""
    from genfile.api import Choice
    from genfile.errors import GenfileError, SourceError

    try:
        source = Choice(name, path, by_tree=True).source
    except SourceError:
        return _NOT_FETCHED
    except GenfileError as error:
        return error.message
    return None if source is not None else _NOT_FETCHED


def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A preset's name or reference.", autocompletion=preset_names)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show what a preset is for, the files it writes, its options, and the blocks that a template can override."""
    from genfile.api import Choice
    from genfile.preset.find import load_preset
    from genfile.spec.base import plain

    preset = load_preset(Choice(name, Path()).source or name)
    if as_json:
        options = {key: plain(option) for key, option in preset.options.items()}
        ui.json_out(
            {
                "version": 1,
                "name": preset.name,
                "summary": preset.summary,
                "applies_to": preset.applies.text if preset.applies else None,
                "chain": list(preset.chain),
                "options": options,
                "files": [f.path for f in preset.files],
                "blocks": _blocks(preset),
            }
        )
        return
    ui.out(Styled(preset.name, "bold"), f": {preset.summary}")
    if len(preset.chain) > 1:
        ui.out(f"extends: {' -> '.join(preset.chain[1:])}")
    if preset.applies:
        ui.paragraph(f"applies to: {preset.applies.text}", indent="")
    if preset.files:
        ui.out(f"files: {', '.join(file.path for file in preset.files)}")
    ui.out("options:")
    for key, option in preset.options.items():
        _show_option(key, option)
    blocks = _blocks(preset)
    if blocks:
        ui.out("blocks of the Dockerfile:")
        ui.paragraph(", ".join(blocks), indent="  ")


def _show_option(key: str, option: "Option") -> None:
    ui.out("  ", Styled(key, "cyan"), f" ({option.type})")
    ui.paragraph(option.help, indent="    ")
    width = max(map(len, option.choices), default=0)
    told = any(option.choices.values())
    if option.choices and not told:
        ui.paragraph(f"one of: {', '.join(option.choices)}", indent="    ")
    for choice, meaning in option.choices.items() if told else ():
        ui.paragraph(f"{choice:<{width}}  {meaning}".rstrip(), indent="      ", hang=" " * (width + 8))
    word, value = ("fixed", option.fixed) if option.fixed is not None else ("default", option.default)
    ui.paragraph(f"{word}: {_in_words(value)}", indent="    ", style="dim")


def _in_words(value: object) -> str:
    """A default in words; for an expression, "depends on the service"."""
    from genfile.options import show_value

    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, "", []):
        return "none"
    text = show_value(value)
    return "depends on the service" if "{{" in text or "{%" in text else text


def _blocks(preset: "Preset") -> list[str]:
    """The blocks that a template of a preset that extends this one can override."""
    from genfile.preset.blocks import inherited_blocks
    from genfile.preset.environment import PresetEnvironment

    name = next((file.template for file in preset.files if file.path == "Dockerfile" and file.template), None)
    if name is None:
        return []
    return sorted(inherited_blocks(PresetEnvironment(preset.templates), preset.templates, name))
