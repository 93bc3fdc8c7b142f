"""A copy of a built-in preset with every template of its chain, so that a new release of genfile does not change it."""

import re

from genfile.errors import UsageError
from genfile.preset.load import BUILTIN, Preset, load_builtin

_NAME = re.compile(r"""["']([a-z][a-z0-9-]*/[A-Za-z0-9_./-]+\.j2)["']""")


def eject(name: str) -> dict[str, str]:
    """The files of a built-in preset by path. Templates from other presets are in folders with their names.

    Options and the list of files still come from the built-in preset, which the copy extends.
    Raises UsageError for a name that is not a built-in preset.
    """
    if name not in BUILTIN:
        raise UsageError(f"preset {name!r} is not a built-in preset", hint=f"use one of {', '.join(BUILTIN)}")
    preset = load_builtin(name)
    files = {"preset.toml": _manifest(preset)}
    for template in sorted(_needed(preset)):
        path = template.removeprefix(f"{name}/")
        files[path] = _renamed(preset.templates[template], preset)
    return files


def _needed(preset: Preset) -> set[str]:
    """The templates of the output files, and all that they name."""
    found: set[str] = set()
    queue = [file.template for file in preset.files if file.template]
    while queue:
        template = queue.pop()
        if template not in found and template in preset.templates:
            found.add(template)
            queue += _NAME.findall(preset.templates[template])
    return found


def _renamed(text: str, preset: Preset) -> str:
    """A template with the names that the others have in the copy: `common/x.j2` is `node/common/x.j2` there."""

    def rename(match: re.Match[str]) -> str:
        template = match.group(1)
        if template not in preset.templates or template.startswith(f"{preset.name}/"):
            return match.group(0)
        return match.group(0).replace(template, f"{preset.name}/{template}")

    return _NAME.sub(rename, text)


def _manifest(preset: Preset) -> str:
    options = "".join(f"# {name}.default = …    {option.help}\n" for name, option in preset.options.items())
    return (
        f'manifest = 1\nname = "{preset.name}"\nsummary = "{preset.summary}"\n'
        f"# The options are those of the built-in preset; all of its templates are here for you to change.\n"
        f'extends = "{preset.name}"\n\n'
        f"[options]\n{options}"
    )
