"""What the project's own image does before its server starts: the commands of its entry point's scripts, in order."""

import posixpath
import re
from collections.abc import Iterator

from genfile.container import Image
from genfile.container.shell import script_commands
from genfile.detect.tree import Project
from genfile.parsers.small import parse_shell

_WRAPPERS = (("uv", "run"), ("poetry", "run"), ("pipenv", "run"), ("pdm", "run"))
_SHELLS = frozenset({"sh", "bash", "/bin/sh", "/bin/bash", "."})
# Words that begin what may not run, or runs more than once.
_CONDITION = re.compile(r"^\s*(?:if|case|while|until|for|function)\b|\(\)\s*\{|^\s*\[|\|\||&&\s*\[", re.MULTILINE)
MAX_COMMANDS = 12
_MAX_DEPTH = 3


def prepared(folder: Project, image: Image, context: str) -> list[str]:
    """The commands before the server, with those of the scripts that they run; none if a script has conditions."""
    command = image.command.value if image.command is not None else None
    scripts = [text for path in (command.scripts if command else ()) if (text := _text(folder, image, context, path))]
    if command is None or any(_CONDITION.search(text) for text in scripts):
        return []
    found: list[str] = []
    for text in command.before:
        listed = _expanded(folder, image, context, text, 0)
        if listed is None:
            return []
        found += listed
    return found[:MAX_COMMANDS]


def _expanded(folder: Project, image: Image, context: str, text: str, depth: int) -> list[str] | None:
    """A command, or the commands of the script that it runs; None if that has conditions."""
    commands = parse_shell(text)
    words = list(commands[0].words) if commands and len(commands) == 1 else []
    words = words[2:] if tuple(words[:2]) in _WRAPPERS else words
    words = words[1:] if words[:1] and words[0] in _SHELLS else words
    script = _text(folder, image, context, words[0]) if words and words[0].endswith((".sh", ".bash")) else None
    if script is None:
        return [text]
    if depth >= _MAX_DEPTH or _CONDITION.search(script):
        return None
    found: list[str] = []
    for item in script_commands(script):
        listed = _expanded(folder, image, context, item.text, depth + 1)
        if listed is None:
            return None
        found += listed
    return found


def _text(folder: Project, image: Image, context: str, path: str) -> str | None:
    """A script by its path in the image, or in the build context."""
    return next((text for name in _places(image, context, path) if (text := folder.tree.text(name)) is not None), None)


def _places(image: Image, context: str, path: str) -> Iterator[str]:
    for source in (*image.from_context(posixpath.join(image.folder, path)), path):
        full = posixpath.normpath(posixpath.join(context, source.lstrip("/")))
        if not full.startswith(".."):
            yield full
