"""`genfile presets`: what there is to choose from."""

from pathlib import Path
from typing import Annotated

import typer

from genfile.cli import ui
from genfile.cli.help import Group

app = typer.Typer(cls=Group, help="List, inspect, create, test and pin presets.", rich_markup_mode=None)


def list_presets(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List the built-in presets, in the order in which they are tried, and those that this project has names for."""
    from genfile.preset.find import BUILTIN, load_preset
    from genfile.project.config import read_config

    presets = [load_preset(name) for name in BUILTIN]
    own = read_config(Path()).presets
    if as_json:
        found = [{"name": p.name, "summary": p.summary} for p in presets]
        named = [{"name": name, "source": entry.source} for name, entry in own.items()]
        ui.json_out({"version": 1, "presets": found, "project": named})
        return
    for preset in presets:
        ui.out(f"{preset.name:<10} {preset.summary}")
    for name, entry in own.items():
        ui.out(f"{name:<10} {entry.source} (of this project)")


def show(
    name: Annotated[str, typer.Argument(help="The preset's name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show a preset: what it applies to, its options, the files that it writes."""
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
            }
        )
        return
    ui.out(f"{preset.name}: {preset.summary}")
    if len(preset.chain) > 1:
        ui.out(f"extends: {' -> '.join(preset.chain[1:])}")
    if preset.applies:
        ui.out(f"applies to: {preset.applies.text}")
    ui.out(f"files: {', '.join(file.path for file in preset.files)}")
    ui.out("options:")
    for key, option in preset.options.items():
        ui.out(f"  {key} ({option.type}): {option.help}")
        if option.fixed is not None:
            ui.out(f"    fixed: {option.fixed}")
        elif option.default not in (None, "", []):
            ui.out(f"    default: {option.default}")
