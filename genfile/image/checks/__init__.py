"""The checks over an image on paper: one function for each, with its reason.

A check is a function from a built image and the service's known needs to findings. What is unknown is never a finding.
``CHECKS`` is their order, and the list in the documentation.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from genfile.image.build import Built
from genfile.image.checks import (
    accounts,
    command,
    copied,
    git,
    inputs,
    loads,
    native,
    packages,
    ports,
    variables,
    writable,
)
from genfile.image.finding import Finding
from genfile.image.needs import NOTHING_KNOWN, Needs


class Check(Struct, frozen=True):
    """A check: its id, the reason for it in one sentence, and the function."""

    id: str
    reason: str
    find: Callable[[Built, Needs], Iterator[Finding]]


CHECKS: tuple[Check, ...] = tuple(
    Check(module.ID, module.REASON, module.find)
    for module in (copied, inputs, accounts, git, command, loads, packages, native, writable, ports, variables)
)


def check(built: Built, needs: Needs = NOTHING_KNOWN) -> tuple[Finding, ...]:
    """Every finding of every check, in the order of the checks, each once."""
    found: dict[Finding, None] = {}
    for item in CHECKS:
        found.update(dict.fromkeys(item.find(built, needs)))
    return tuple(found)
