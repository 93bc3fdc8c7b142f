"""What is wrong with a Dockerfile by the measure of its project and of good practice, where it does build and start.

Each check is one function with its id and its reason beside it. It knows the interpreted image, the facts of the
service that the Dockerfile itself does not testify, and the build context; what is unknown is never a finding. Layout
and shell are left to hadolint.
"""

from collections.abc import Iterator

from genfile.practice import base, install, secrets, start
from genfile.practice.subject import Practice, Subject, Wrong

PRACTICES: tuple[Practice, ...] = (*base.PRACTICES, *install.PRACTICES, *secrets.PRACTICES, *start.PRACTICES)


def practise(subject: Subject) -> Iterator[Wrong]:
    """Every finding of every check, in their order."""
    for item in PRACTICES:
        yield from item.find(subject)


__all__ = ["PRACTICES", "Practice", "Subject", "Wrong", "practise"]
