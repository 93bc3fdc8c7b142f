"""Users and groups that a step creates are not in the base image already."""

import posixpath
import re
from collections.abc import Iterator

from genfile.image.bases import Base
from genfile.image.build import Built
from genfile.image.finding import Finding
from genfile.image.needs import Needs
from genfile.image.stage import RunStep

ID = "account-is-new"
REASON = "The build fails if a step creates a user, a group or a number that the base image already has."
_PROGRAMS = frozenset({"addgroup", "adduser", "groupadd", "useradd"})
_VALUED = frozenset("-g --gid -u --uid -G --groups --ingroup -d --home --home-dir -h -s --shell -c -k --gecos".split())
# What a step does that expects an account to be there, or takes it away.
_EXPECTS = re.compile(
    r"\|\||\bgetent\b|\bid\s+-|\bif\b|set \+e|\b(?:userdel|deluser|groupdel|delgroup|usermod|groupmod)\b"
)
_MAX_COMMAND = 8_000


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    for stage in built.needed:
        runs = [item for item in built.dockerfile.stages[stage.index].instructions if item.keyword == "RUN"]
        if stage.base is None or any(_EXPECTS.search(item.value[:_MAX_COMMAND]) for item in runs):
            continue
        for step in stage.steps:
            taken = _taken(step, stage.base)
            if taken is not None:
                text = f"{' '.join(step.words)[:60]}: {stage.reference} already has {taken}"
                yield Finding(ID, text, built.path, step.line, "use that account, or take another name and number")
                break


def _taken(step: RunStep, base: Base) -> str | None:
    """The account of the base image that a step tries to create again."""
    program = posixpath.basename(step.words[0])
    if program not in _PROGRAMS or not {"-o", "--non-unique", "-f", "--force"}.isdisjoint(step.words):
        return None
    names, number = _operands(step.words[1:])
    if len(names) != 1 or (program.startswith("add") and base.distribution != "alpine" and "--system" in step.words):
        # `adduser USER GROUP` adds to a group; Debian's adduser is content with a system account that is there.
        return None
    kind = "group" if "group" in program else "user"
    if names[0] in base.accounts:
        return f"the {kind} {names[0]}"
    owner = next((name for name, taken in base.accounts.items() if str(taken) == number), None)
    return f"the {kind} number {number}, of {owner}" if owner is not None else None


def _operands(words: tuple[str, ...]) -> tuple[list[str], str | None]:
    """The names that a step gives, and the number that it asks for."""
    names: list[str] = []
    number = None
    at = 0
    while at < len(words):
        word, sign, value = words[at].partition("=")
        if word in _VALUED:
            value = value if sign else words[at + 1] if at + 1 < len(words) else ""
            number = value if word in ("-u", "--uid") or (word in ("-g", "--gid") and number is None) else number
            at += 1 if sign else 2
            continue
        if not word.startswith("-"):
            names.append(word)
        at += 1
    return names, number
