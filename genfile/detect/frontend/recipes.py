"""A front end whose output a Makefile of the project moves to where its server embeds or serves it."""

import shlex
from collections.abc import Iterator

from genfile.detect.frontend.scripts import MOVES, Place, moved
from genfile.detect.frontend.signals import Served
from genfile.detect.paths import relative
from genfile.detect.survey import Found, inside
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.small import parse_shell


def moves(server: Found, site: Project, output: str) -> Served | None:
    """A recipe of the project's Makefile moves what the site's build makes to a folder of the server's."""
    above: Project | None = server.project
    while above is not None:
        for name in ("Makefile", "makefile", "GNUmakefile"):
            for number, lines in _recipes(above.text(name) or "" if above.has(name) else ""):
                says = above.says(name, number, " ; ".join(lines)[:100])
                found = _in_recipe(above, server.project, site, output, lines, says)
                if found is not None:
                    return found
        above = above.parent()
    return None


def _recipes(text: str) -> Iterator[tuple[int, list[str]]]:
    """The commands of a Makefile's recipes, a list each: what make gives to a shell of its own. Lines that go on are
    joined; with .ONESHELL one shell gets the whole recipe."""
    whole = ".ONESHELL:" in text
    parts: list[str] = []
    start = 0
    for number, raw in enumerate([*text.splitlines(), ""], 1):
        goes_on = bool(parts) and parts[-1].endswith("\\")
        if raw.startswith("\t") or goes_on:
            start = start or number
            line = raw.strip().lstrip("@-")
            if goes_on:
                parts[-1] = parts[-1][:-1] + line
            else:
                parts.append(line)
        elif parts:
            yield start, [" ; ".join(parts)] if whole else parts
            parts, start = [], 0


def _in_recipe(
    place: Project, server: Project, site: Project, output: str, lines: list[str], evidence: Evidence
) -> Served | None:
    before: list[str] = []
    removed: set[str] = set()
    for line in lines:
        shell = Place(place.path, removed)
        for command in parse_shell(line) or ():
            words = shell.follow(command.words)
            if len(words) < 3 or words[0] not in MOVES or any("$" in word for word in words):
                continue
            move = moved(place, shell, words, output)
            if move is not None and inside(move.target, server.path) and not inside(move.target, site.path):
                return Served(site, move.target, evidence, after=tuple(before))
            operands = [word for word in words[1:] if not word.startswith("-")]
            paths = [shell.at(word) for word in operands]
            if len(operands) == 2 and all(inside(path, output) and "*" not in path for path in paths):
                before.append(shlex.join([words[0], *(relative(path, site.path) for path in paths)]))
    return None
