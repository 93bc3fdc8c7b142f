"""The acceptance list lives in the package, for `genfile presets test` holds other people's presets to it too."""

from genfile.lint import Case, faults

__all__ = ["Case", "faults"]
