"""The acceptance list: what holds for every Dockerfile and .dockerignore that genfile writes."""

from genfile.lint import generic, house
from genfile.lint.case import Case, Check

__all__ = ["Case", "Check", "faults"]


def faults(case: Case, *, own: bool = True) -> list[str]:
    """Every fault of a case, each with the name of the check that found it.

    ``own``: the files come from a built-in preset, so that its style and its base images are checked too.
    """
    checks = (*generic.CHECKS, *house.CHECKS) if own else generic.CHECKS
    return [f"{check.__name__}: {fault}" for check in checks for fault in check(case)]
