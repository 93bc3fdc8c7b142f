"""Where presets are, and how one is read: a folder with preset.toml and its templates."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from genfile.bundle.builtin import builtin_folder
from genfile.errors import PresetError, UsageError
from genfile.preset.manifest import Manifest, Option, OutputFile, parse_manifest

# Ordered: the first that applies to a spec is chosen. `static` stands first, for a front end is a Node project too.
BUILTIN = ("static", "node", "python", "go", "java")

MAX_CHAIN = 8


@dataclass(frozen=True)
class Preset:
    """A preset with all that it inherits: options and files merged, templates of the whole chain by name."""

    name: str
    summary: str
    chain: tuple[str, ...]
    manifest: Manifest
    options: dict[str, Option]
    files: tuple[OutputFile, ...]
    templates: dict[str, str]


@cache
def load_preset(name: str) -> Preset:
    """A built-in preset by name. Raises UsageError when there is none of that name, PresetError when it is at fault."""
    if name not in BUILTIN:
        raise UsageError(f"preset {name!r} is not known", hint=f"one of {', '.join(BUILTIN)}")
    return _load(builtin_folder("presets"), name, ())


def choose_preset(language: str, *, static: bool) -> Preset:
    """The first built-in preset that applies to a spec."""
    for name in BUILTIN:
        preset = load_preset(name)
        applies = preset.manifest.applies
        if (not applies.language or language in applies.language) and applies.static in (None, static):
            return preset
    raise PresetError(f"no preset applies to a service in {language}")


def _load(root: Path, name: str, below: tuple[str, ...]) -> Preset:
    if name in below or len(below) >= MAX_CHAIN:
        raise PresetError(f"presets extend each other in a circle: {' -> '.join((*below, name))}")
    folder = root / name
    manifest = parse_manifest(_read_toml(folder / "preset.toml"), f"{name}/preset.toml")
    if manifest.extends is None:
        # A server of any language may have a front end: the stage for it is Node's.
        templates = _read_templates(root, "common") | _read_templates(root, "node")
        options: dict[str, Option] = {}
        files: tuple[OutputFile, ...] = ()
        chain: tuple[str, ...] = ()
    else:
        parent = _load(root, manifest.extends, (*below, name))
        templates, options, files, chain = (
            dict(parent.templates),
            dict(parent.options),
            parent.files,
            parent.chain,
        )
    templates |= _read_templates(root, name)
    options |= manifest.options
    own = {file.path for file in manifest.files}
    files = (*(file for file in files if file.path not in own), *manifest.files)
    return Preset(manifest.name, manifest.summary, (name, *chain), manifest, options, files, templates)


def _read_toml(path: Path) -> dict[str, object]:
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_toml

    try:
        value = parse_toml(path.read_text("utf-8")).value
    except (OSError, ParseError) as error:
        raise PresetError(f"{path}: {error}") from None
    return value if isinstance(value, dict) else {}


def _read_templates(root: Path, name: str) -> dict[str, str]:
    try:
        return {
            path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted((root / name).rglob("*.j2"))
        }
    except OSError as error:
        raise PresetError(f"{root / name}: {error}") from None


__all__ = ["BUILTIN", "MAX_CHAIN", "Preset", "builtin_folder", "choose_preset", "load_preset"]
