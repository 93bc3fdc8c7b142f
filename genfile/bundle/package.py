"""A bundle out of an installed Python package that offers one by an entry point; the package is not imported.

[project.entry-points."genfile.presets"]
acme = "acme_presets.node"          # the folder acme_presets/node of the package, with its preset.toml
"""

from pathlib import Path

from genfile.bundle.folder import read_folder
from genfile.bundle.model import BOUNDS, Bounds
from genfile.errors import SourceError, UsageError


def read_package(
    name: str, group: str, reference: str, bounds: Bounds = BOUNDS
) -> tuple[dict[str, bytes], frozenset[str], str, Path]:
    """The files behind an entry point, which are executable, the package's version, and the folder.

    Raises UsageError for a name that no package offers, SourceError when the package holds no such folder.
    """
    from importlib.metadata import entry_points

    offered = entry_points(group=group)
    found = next((point for point in offered if point.name == name), None)
    if found is None:
        known = ", ".join(sorted({point.name for point in offered}))
        raise UsageError(
            f"no installed package provides {name!r} in the entry point group {group}",
            hint=f"installed: {known}" if known else "install the package into genfile's environment",
        )
    folder = _locate(found.module, found.attr)
    if folder is None:
        raise SourceError(f"{reference}: {found.value} is not a folder of an installed package")
    files, executable = read_folder(folder, reference, bounds)
    version = found.dist.version if found.dist is not None else ""
    return {path: data for path, data in files.items() if path != "__init__.py"}, executable, version, folder


def _locate(module: str, attribute: str | None) -> Path | None:
    from importlib.util import find_spec

    top, *rest = [*module.split("."), *(attribute or "").split(".")]
    if not all(part.isidentifier() for part in (top, *filter(None, rest))):
        return None
    try:
        # Finding a top-level package imports nothing; finding one inside it would import the outer one.
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    for root in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(root).joinpath(*filter(None, rest))
        if folder.is_dir():
            return folder
    return None
