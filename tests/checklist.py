"""The acceptance checks are part of the package, since `genfile presets test` runs them on other people's presets."""

from genfile.acceptance import Case, acceptance_checks, faults

__all__ = ["Case", "acceptance_checks", "faults"]
