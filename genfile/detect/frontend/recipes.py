"""A front end whose output the project's Makefile, or a script, moves to where the server embeds or serves it."""

import posixpath
import shlex
from collections.abc import Iterator

from genfile.detect.frontend.signals import Served
from genfile.detect.paths import inside, relative
from genfile.detect.survey import FoundService
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.small import parse_shell

_MOVES = ("mv", "cp", "rsync")


def moves(server: FoundService, site: Project, output: str) -> Served | None:
    """A recipe in the project's Makefile, or a script, moves the site's build output to a folder of the server."""
    above: Project | None = server.project
    while above is not None:
        for name in ("Makefile", "makefile", "GNUmakefile"):
            for number, lines in _recipes(above.text(name) or "" if above.has(name) else ""):
                says = above.says(name, number, " ; ".join(lines)[:100])
                found = _in_recipe(above, server.project, site, output, lines, says)
                if found is not None:
                    return found
        for name in _scripts(above):
            found = _in_script(above, server.project, site, output, name)
            if found is not None:
                return found
        above = above.parent()
    return None


def _scripts(folder: Project) -> list[str]:
    """The shell scripts of a folder, and those in its folder for scripts."""
    places = [("", name) for name in folder.names()] + [("scripts/", name) for name in folder.names("scripts")]
    return sorted(f"{place}{name}" for place, name in places if name.endswith(".sh"))[:MAX_SCRIPTS]


def _in_script(place: Project, server: Project, site: Project, output: str, name: str) -> Served | None:
    """What a script moves, one line after the other in one shell."""
    text = place.text(name) or ""
    if len(text) > MAX_SCRIPT or not any(f"{word} " in text for word in _MOVES):
        return None
    for number, line in enumerate(text.splitlines(), 1):
        # Scripts go back to where they began, so that a line on its own says what it moves.
        found = _in_recipe(place, server, site, output, [line.strip()], place.says(name, number, line.strip()[:100]))
        if found is not None:
            return found
    return None


MAX_SCRIPTS = 10
MAX_SCRIPT = 64 * 1024


def _recipes(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of a Makefile's recipes, those that go on joined: each runs in a shell of its own (GNU make, 5.3)."""
    parts: list[str] = []
    start = 0
    for number, raw in enumerate([*text.splitlines(), ""], 1):
        if raw.startswith("\t") or (parts and parts[-1].endswith("\\")):
            start = start or number
            parts.append(raw.strip().lstrip("@-"))
        elif parts:
            yield start, "\n".join(parts).replace("\\\n", " ").split("\n")
            parts, start = [], 0


def _in_recipe(
    place: Project, server: Project, site: Project, output: str, lines: list[str], evidence: Evidence
) -> Served | None:
    before: list[str] = []
    commands = [(at, command) for at, line in enumerate(lines) for command in parse_shell(line) or ()]
    folder, line = place.path, 0
    for at, command in commands:
        folder, line = (folder if at == line else place.path), at
        words = [word for word in command.words if not word.startswith("-")]
        if words[:1] == ["cd"] and len(words) == 2:
            folder = posixpath.normpath(posixpath.join(folder, words[1]))
        if len(words) < 3 or words[0] not in _MOVES or any("$" in word or "*" in word[:-1] for word in words):
            continue
        source, target = (posixpath.normpath(posixpath.join(folder, word.removesuffix("*"))) for word in words[-2:])
        if source == output and inside(target, server.path) and not inside(target, site.path):
            return Served(site, target, evidence, after=tuple(before))
        if inside(source, output) and inside(target, output) and len(words) == 3:
            paths = (relative(path, site.path) for path in (source, target))
            before.append(shlex.join([words[0], *paths]))
    return None
