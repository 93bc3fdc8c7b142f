"""The built-in presets and templates, and their paths."""

from pathlib import Path

from genfile.errors import PresetError

_MANIFESTS = {"presets": "preset.toml", "templates": "template.toml"}


def builtin_folder(kind: str) -> Path:
    """The folder of built-in `presets` or `templates`: in the wheel, or at the top of a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "builtin" / kind, package.parent / kind):
        if folder.is_dir():
            return folder
    raise PresetError(f"the built-in {kind} are missing from this installation", hint="reinstall genfile")


def builtin_names(kind: str) -> tuple[str, ...]:
    """The names of the built-in `presets` or `templates`: the folders that hold a manifest."""
    manifest = _MANIFESTS[kind]
    return tuple(sorted(path.parent.name for path in builtin_folder(kind).glob(f"*/{manifest}")))
