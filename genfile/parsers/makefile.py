"""Makefiles: targets with their prerequisites and recipes, with plain variables expanded."""

import re

from msgspec import Struct, field

_ASSIGNMENT = re.compile(r"^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*(?:\?=|::?=|=)\s*(.*)$")
_RULE = re.compile(r"^([A-Za-z0-9_./ \t-]++)::?(?!=)\s*([^#]*)")
_REFERENCE = re.compile(r"\$[({]([A-Za-z_][A-Za-z0-9_]*)[)}]")
MAX_LINES = 5000
MAX_LINE = 2000
MAX_TARGETS = 50
MAX_REFERENCES = 50
MAX_COMMANDS = 5000


class MakeTarget(Struct):
    """A target: its prerequisites, and its commands with variables expanded."""

    line: int
    prerequisites: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


def parse_makefile(text: str) -> dict[str, MakeTarget]:
    """Read a Makefile. Never raises: lines it does not understand are left out."""
    variables: dict[str, str] = {}
    targets: dict[str, MakeTarget] = {}
    current: list[MakeTarget] = []
    left = MAX_COMMANDS
    lines = re.sub(r"\\\n[ \t]*", " ", text).splitlines()
    for number, line in enumerate(lines[:MAX_LINES], 1):
        if len(line) > MAX_LINE:
            current = current if line.startswith("\t") else []
        elif line.startswith("\t"):
            command = _expand(line.strip().lstrip("@-+"), variables)
            # A recipe for several targets belongs to each of them.
            left -= len(current)
            for target in current if left >= 0 else ():
                target.commands.append(command)
        elif (assignment := _ASSIGNMENT.match(line)) is not None:
            variables[assignment[1]] = _expand(assignment[2].split(" #")[0].strip(), variables)
        elif (rule := _RULE.match(line)) is not None and not rule[1].startswith("."):
            current = [targets.setdefault(name, MakeTarget(number)) for name in rule[1].split()[:MAX_TARGETS]]
            for target in current:
                target.prerequisites += _expand(rule[2].split(";")[0], variables).split()
        elif line.strip() and not line.startswith("#"):
            current = []
    return targets


def _expand(text: str, variables: dict[str, str]) -> str:
    return _REFERENCE.sub(lambda match: variables.get(match[1], match[0]), text, count=MAX_REFERENCES)[:4000]
