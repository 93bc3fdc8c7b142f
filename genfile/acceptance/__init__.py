"""The acceptance checks: what holds for every Dockerfile and .dockerignore that a preset renders."""

from genfile.acceptance import generic, house
from genfile.acceptance.case import Case, Check

__all__ = ["Case", "Check", "acceptance_checks", "faults"]


def acceptance_checks(*, own: bool = True) -> tuple[Check, ...]:
    """Every acceptance check, in order; ``own``: also those of the built-in presets' style and base images."""
    return (*generic.CHECKS, *house.CHECKS) if own else generic.CHECKS


def faults(case: Case, *, own: bool = True) -> list[str]:
    """Every fault of a case, each as `check: fault`; ``own``: the files come from a built-in preset."""
    return [f"{check.__name__}: {fault}" for check in acceptance_checks(own=own) for fault in check(case)]
