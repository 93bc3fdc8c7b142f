"""Folders of files that somebody else wrote, presets and templates, read into memory from wherever they lie.

A bundle comes from the built-in ones, a folder, an archive, git, or an installed package. Nothing of it runs, and
nothing of it is trusted: sizes and counts are bounded, no path and no link leads out of it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genfile.bundle.model import BOUNDS, Bounds, Bundle
    from genfile.bundle.open import open_bundle
    from genfile.bundle.origin import OriginTree, project_tree
    from genfile.bundle.reference import BundleReference, parse_reference

_HOMES = {
    "genfile.bundle.model": ("BOUNDS", "Bounds", "Bundle"),
    "genfile.bundle.open": ("open_bundle",),
    "genfile.bundle.origin": ("OriginTree", "project_tree"),
    "genfile.bundle.reference": ("BundleReference", "parse_reference"),
}

__all__ = [
    "BOUNDS",
    "Bounds",
    "Bundle",
    "BundleReference",
    "OriginTree",
    "open_bundle",
    "parse_reference",
    "project_tree",
]


def __getattr__(name: str) -> Any:
    """Load a name on first use: a run with a built-in preset opens no bundle."""
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'genfile.bundle' has no attribute {name!r}")
