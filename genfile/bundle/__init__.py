"""Folders of files that somebody else wrote, presets and templates, read into memory from wherever they lie.

A bundle comes from the built-in ones, a folder, an archive, git, or an installed package. Nothing of it runs, and
nothing of it is trusted: sizes and counts are bounded, no path and no link leads out of it.
"""

from genfile.bundle.model import BOUNDS, Bounds, Bundle
from genfile.bundle.open import open_bundle
from genfile.bundle.reference import Reference, parse_reference

__all__ = ["BOUNDS", "Bounds", "Bundle", "Reference", "open_bundle", "parse_reference"]
