"""The named blocks of templates: the part of a preset that others override."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from genfile.errors import PresetError
from genfile.preset.faults import close_name

if TYPE_CHECKING:
    from jinja2.nodes import Block, Node

    from genfile.preset.environment import PresetEnvironment
    from genfile.preset.load import Preset


# The blocks that only some languages have, because only some have the stage. A preset for every language may override
# them nevertheless: without such a stage, the block has no effect.
STAGE_BLOCKS = frozenset({"base_setup", "build_setup"})


def check_blocks(environment: "PresetEnvironment", templates: Mapping[str, str], own: str) -> None:
    """Refuse a block that overrides nothing, in the templates of the preset ``own``: Jinja would drop it silently."""
    for name in templates:
        if not name.startswith(own + "/"):
            continue
        blocks, parent = _read(environment, templates, name)
        if parent is None:
            continue
        known = inherited_blocks(environment, templates, parent)
        nested = set(blocks.values()) - {None}
        for block, outer in blocks.items():
            # A block inside one that is overridden is the template's own.
            if known and block not in known and outer is None:
                if parent.startswith("builtin/") and block in _anywhere(parent.removeprefix("builtin/")):
                    # For other languages: the built-in that applies has nothing there.
                    continue
                line = _line(templates[name], block)
                raise PresetError(
                    f"{name}:{line}: {parent} has no block {block!r} to override",
                    hint=close_name(block, sorted(known - nested)),
                )


@cache
def _anywhere(template: str) -> frozenset[str]:
    """The blocks that one of the built-in presets has in a template of that name."""
    from genfile.preset.environment import PresetEnvironment
    from genfile.preset.load import BUILTIN, load_builtin

    found: set[str] = set()
    for name in BUILTIN:
        templates = load_builtin(name).templates
        found |= inherited_blocks(PresetEnvironment(templates), templates, f"{name}/{template}")
    return frozenset(found)


def inherited_blocks(environment: "PresetEnvironment", templates: Mapping[str, str], name: str) -> set[str]:
    """Every block of a template and of the templates that it extends; empty if that can't be known."""
    found: set[str] = set()
    current: str | None = name
    seen: set[str] = set()
    while current is not None and current in templates and current not in seen:
        seen.add(current)
        blocks, parent = _read(environment, templates, current)
        found |= set(blocks)
        if current.startswith("builtin/"):
            found |= STAGE_BLOCKS
        current = parent
    return found


def _read(
    environment: "PresetEnvironment", templates: Mapping[str, str], name: str
) -> tuple[dict[str, str | None], str | None]:
    """The blocks of one template, each with its enclosing block, and the template that it extends."""
    from jinja2 import TemplateSyntaxError, nodes

    try:
        tree = environment.parse(templates[name], name, name)
    except TemplateSyntaxError as error:
        raise PresetError(f"{error.name or name}:{error.lineno}: {error.message}") from None
    extends = next(tree.find_all(nodes.Extends), None)
    parent = extends.template.value if extends and isinstance(extends.template, nodes.Const) else None
    blocks: dict[str, str | None] = {}
    for block in tree.find_all(nodes.Block):
        blocks.setdefault(block.name, None)
        for inner in block.find_all(nodes.Block):
            blocks[inner.name] = block.name
    return blocks, parent


def _line(text: str, block: str) -> int:
    return next((n for n, line in enumerate(text.splitlines(), 1) if f"block {block}" in line), 1)


def filled_blocks(preset: "Preset") -> set[str]:
    """The blocks of a preset's Dockerfile that hold more than blanks."""
    from jinja2 import nodes

    from genfile.preset.environment import PresetEnvironment

    environment = PresetEnvironment(preset.templates)
    found: set[str] = set()
    name: str | None = next((file.template for file in preset.files if file.path == "Dockerfile"), None)
    while name is not None:
        tree = environment.parse(preset.templates[name], name, name)
        found |= {
            block.name
            for block in tree.find_all(nodes.Block)
            if any(not isinstance(node, nodes.TemplateData) or node.data.strip() for node in _inside(block))
        }
        name = _read(environment, preset.templates, name)[1]
    return found


def _inside(block: "Block") -> "list[Node]":
    from jinja2 import nodes

    return [inner for node in block.body for inner in (node.nodes if isinstance(node, nodes.Output) else [node])]
