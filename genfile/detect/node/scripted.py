"""Committed shell scripts that a process runs: the command that they end in."""

import posixpath

from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import MANAGERS
from genfile.parsers.small import parse_shell

_INSTALLS = frozenset({"install", "i", "ci"})


def behind_script(project: NodeProject, text: str) -> str:
    """The command that a script of the tree ends in, if it only sets variables and installs before that: the image has
    the dependencies, and its user can't install any. For anything else the text itself."""
    commands = parse_shell(text)
    if commands is None or len(commands) != 1 or not commands[0].words:
        return text
    script = posixpath.normpath(commands[0].words[0])
    if "/" not in commands[0].words[0] or not project.folder.has(script):
        return text
    from genfile.container.command import understand

    words = (script, *commands[0].words[1:])
    found = understand(words, lambda path: (path, project.folder.text(path) or "") if path == script else None)
    if found is None or not found.scripts or not found.words or found.beside or found.folder:
        return text
    if found.assignments or not all(_installs(line) for line in found.before):
        return text
    # A package's program goes by its name.
    bin_, name = "node_modules/.bin/", posixpath.normpath(found.words[0])
    inner = found.text.removeprefix(found.words[0]) if name.startswith(bin_) else None
    return name.removeprefix(bin_) + inner if inner is not None else found.text


def _installs(text: str) -> bool:
    """Whether a command installs what package.json lists."""
    words = text.split()
    names = [word for word in words[1:] if not word.startswith("-")]
    return words[:1] != [] and words[0] in MANAGERS and (not names or (names[0] in _INSTALLS and len(names) == 1))
