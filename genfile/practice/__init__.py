"""What is wrong with a Dockerfile that builds and starts, judged by its project and by good practice.

Each check is one function, with its id and reason beside it. It sees the interpreted image, the facts about the service
that do not come from the Dockerfile itself, and the build context. Unknowns never produce a finding. Layout and shell
are left to hadolint.
"""

from collections.abc import Iterator

from genfile.practice import (
    addresses,
    base,
    checkout,
    configured,
    development,
    handed,
    install,
    jar,
    keys,
    mode,
    order,
    overridden,
    programs,
    proxy,
    reach,
    read,
    requirements,
    secrets,
    sources,
    start,
    steps,
    system,
    unread,
    weight,
    work,
)
from genfile.practice.subject import Practice, Subject, Wrong

PRACTICES: tuple[Practice, ...] = (
    *base.PRACTICES,
    *checkout.PRACTICES,
    *install.PRACTICES,
    *order.PRACTICES,
    *requirements.PRACTICES,
    *development.PRACTICES,
    *read.PRACTICES,
    *secrets.PRACTICES,
    *handed.PRACTICES,
    *jar.PRACTICES,
    *configured.PRACTICES,
    *keys.PRACTICES,
    *mode.PRACTICES,
    *steps.PRACTICES,
    *sources.PRACTICES,
    *system.PRACTICES,
    *start.PRACTICES,
    *reach.PRACTICES,
    *overridden.PRACTICES,
    *proxy.PRACTICES,
    *addresses.PRACTICES,
    *unread.PRACTICES,
    *weight.PRACTICES,
    *work.PRACTICES,
    *programs.PRACTICES,
)
LEVELS = {item.id: item.level for item in PRACTICES}


def practise(subject: Subject) -> Iterator[Wrong]:
    """Every finding of every check, in order."""
    for item in PRACTICES:
        yield from item.find(subject)


__all__ = ["LEVELS", "PRACTICES", "Practice", "Subject", "Wrong", "practise"]
