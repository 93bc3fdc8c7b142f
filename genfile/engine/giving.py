"""What of the user's own is given to a build: variables, files of the home folder and the SSH agent.

A Dockerfile only names what it wants. What genfile wrote itself is given without a question; for a Dockerfile of
anybody else, and for what somebody added to one of genfile's, the user names it by a flag or says yes.
"""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from genfile.engine.asks import NOTHING, Asks, how_to_give, secret_source
from genfile.errors import UsageError

# What a shell takes for the name of a variable; a longer text would be read as a value by the flag.
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# An id without a comma or a sign, which begin another part of the flag's value: a file of the user's, for instance.
_ID = re.compile(r"[A-Za-z0-9_.-]+")

# Asked with a Dockerfile's path and what it would get; True: the user gives it.
Confirm = Callable[[str, "Sequence[Offer]"], bool]


def nobody(path: str, offers: "Sequence[Offer]") -> bool:
    """Where no person is there to be asked."""
    return False


class Offer(Struct, frozen=True):
    """Something that a Dockerfile asks for and the user has: the flag that gives it, and the line that asks.

    ``value``: as the flag takes it; never what is in the variable or the file. ``ours``: genfile wrote the line.
    """

    flag: Literal["secret", "ssh", "build-arg"]
    value: str
    line: int
    ours: bool

    def __str__(self) -> str:
        return f"--{self.flag} {shlex.quote(self.value)}"


class BuildInputs(Struct, frozen=True):
    """What a build gets, each as its flag takes it, and what is worth saying about the rest."""

    secrets: tuple[str, ...]
    ssh: tuple[str, ...]
    arguments: tuple[str, ...]
    notes: tuple[str, ...]


class Named(Struct, frozen=True):
    """What the user named by flags: ids of secrets and names of arguments; ``ssh``: any agent."""

    secrets: frozenset[str]
    arguments: frozenset[str]
    ssh: bool


def give(
    path: str,
    asks: Asks,
    named: Named,
    environment: Mapping[str, str],
    home: Path,
    *,
    ours: Asks = NOTHING,
    confirm: Confirm = nobody,
) -> BuildInputs:
    """Decide what the build of the Dockerfile at ``path`` gets beside what the user named.

    ``ours``: what the Dockerfile asks for as genfile wrote it. Raises UsageError for a secret that a step can't do
    without and that is not given.
    """
    offers = _offers(asks, named, environment, home, ours)
    theirs = [offer for offer in offers if not offer.ours]
    agreed = bool(theirs) and confirm(path, theirs)
    kept = [offer for offer in offers if offer.ours or agreed]
    withheld = [] if agreed else theirs
    notes = [
        f"{path}:{item.line} asks for what genfile did not write there: it is not given; to give it, add {item}"
        for item in withheld
    ]
    notes += _missing(path, asks, named, {item.value for item in kept}, withheld, environment, home)
    values = {flag: tuple(item.value for item in kept if item.flag == flag) for flag in ("secret", "ssh", "build-arg")}
    return BuildInputs(values["secret"], values["ssh"], values["build-arg"], tuple(notes))


def _offers(asks: Asks, named: Named, environment: Mapping[str, str], home: Path, ours: Asks) -> list[Offer]:
    known = {item.asked for item in ours.secrets}
    found = []
    for secret in asks.secrets:
        source = None if secret.id in named.secrets else secret_source(secret, environment, home)
        if source is not None and _ID.fullmatch(secret.id):
            found.append(Offer("secret", source, secret.line, secret.asked in known))
    for agent in () if named.ssh else asks.ssh:
        mine = any(agent.name == item.name for item in ours.ssh)
        if (mine or environment.get("SSH_AUTH_SOCK")) and _ID.fullmatch(agent.name):
            found.append(Offer("ssh", agent.name, agent.line, mine))
    arguments = {item.name for item in ours.arguments}
    found += [
        Offer("build-arg", item.name, item.line, item.name in arguments)
        for item in asks.arguments
        if item.name not in named.arguments and item.name in environment and _VARIABLE.fullmatch(item.name)
    ]
    return found


def _missing(
    path: str,
    asks: Asks,
    named: Named,
    given: set[str],
    withheld: Sequence[Offer],
    environment: Mapping[str, str],
    home: Path,
) -> list[str]:
    """What is asked for and not there. Raises UsageError where a step can't do without it."""
    notes = []
    for secret in asks.secrets:
        source = secret_source(secret, environment, home)
        if secret.id in named.secrets or source in given:
            continue
        place = f"{path}:{secret.line} asks for the secret {secret.id}, and there is none"
        if any(item.value == source for item in withheld):
            if secret.required:
                raise UsageError(
                    f"{path}:{secret.line} needs the secret {secret.id}, and genfile did not write that line",
                    hint=f"to give it, add --secret {shlex.quote(source or '')}",
                )
        elif secret.required:
            raise UsageError(place, hint=how_to_give(secret))
        else:
            notes.append(f"{place}: {how_to_give(secret)}")
    notes += [
        f"{path}:{item.line}: the build argument {item.name} has no value: set it in the shell, "
        f"or add --build-arg {item.name}=VALUE"
        for item in asks.arguments
        if item.name not in environment and item.name not in named.arguments
    ]
    return notes
