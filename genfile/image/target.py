"""The target of an image's command: the program, and the file or module that it runs."""

import posixpath
import re

from msgspec import Struct

from genfile.image.build import Built
from genfile.image.files import Answer, FoundPath
from genfile.image.stage import StageState

_NODES = frozenset({"node", "nodejs", "bun", "tsx", "ts-node", "ts-node-dev", "tsnd", "babel-node", "deno"})
_PYTHONS = re.compile(r"python(3(\.\d+)?)?$")
# Flags of Node and similar programs that take the next word.
_NODE_VALUED = frozenset(
    "-r --require --import --loader --experimental-loader --env-file -C --conditions --project -P".split()
)
_SERVERS = frozenset({"uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "waitress-serve"})
_APPLICATION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_][\w.]*(\(.*\))?")
NODE_ENDINGS = (
    "",
    ".js",
    ".cjs",
    ".mjs",
    ".json",
    ".ts",
    ".node",
    "/index.js",
    "/index.ts",
    "/index.cjs",
    "/package.json",
)


class StartTarget(Struct, frozen=True):
    """``kind``: `node` or `python` for a file, `module` for a Python module, `jar`; ``name``: as in the command;
    ``path``: in the image; ``roots``: where modules are looked for."""

    kind: str
    name: str
    path: str | None = None
    roots: tuple[str, ...] = ()


def words_of(built: Built) -> tuple[tuple[str, ...], str] | None:
    """The program's own words, without wrappers, and its working folder."""
    command = built.image.command
    if command is None or not command.value.words:
        return None
    folder = built.final.at(command.value.folder) if command.value.folder else built.final.folder
    return command.value.words, folder


def target_of(stage: StageState, words: tuple[str, ...], folder: str) -> StartTarget | None:
    """The file or module that a command starts; None if unknown."""
    program, rest = posixpath.basename(words[0]), words[1:]
    if any("$" in word or "*" in word for word in words):
        return None
    if program in _NODES:
        script = program == "bun" and rest and not rest[0].startswith("-") and "." not in rest[0] and "/" not in rest[0]
        return None if script else _node(rest, folder)
    if _PYTHONS.match(program):
        return _python(stage, rest, folder)
    if program in _SERVERS:
        return _served(stage, program, rest, folder)
    if program in ("streamlit", "chainlit") and rest[:1] == ("run",) and len(rest) > 1:
        return StartTarget("python", rest[1], posixpath.join(folder, rest[1]))
    if program in ("fastapi",) and rest[:1] in (("run",), ("dev",)):
        files = [word for word in rest[1:] if word.endswith(".py")]
        return StartTarget("python", files[0], posixpath.join(folder, files[0])) if files else None
    if program == "java" and "-jar" in rest[:-1]:
        name = next((word for word in rest[rest.index("-jar") + 1 :] if not word.startswith("-")), rest[-1])
        return StartTarget("jar", name, posixpath.join(folder, name))
    return None


def _node(rest: tuple[str, ...], folder: str) -> StartTarget | None:
    at = 0
    while at < len(rest) and rest[at].startswith("-"):
        if rest[at] in ("-e", "--eval", "-p", "--print"):
            return None
        at += 2 if rest[at] in _NODE_VALUED else 1
    words = rest[at:]
    if words[:1] in (("run",), ("watch",), ("x",)):
        words = words[1:] if len(words) > 1 and "." in words[1] else ()
    if not words:
        return None
    return StartTarget("node", words[0], posixpath.normpath(posixpath.join(folder, words[0])))


def _python(stage: StageState, rest: tuple[str, ...], folder: str) -> StartTarget | None:
    at = 0
    while at < len(rest) and rest[at].startswith("-") and rest[at] not in ("-m", "-c"):
        at += 2 if rest[at] in ("-W", "-X") else 1
    if at >= len(rest) or rest[at] == "-c":
        return None
    if rest[at] == "-m":
        words = rest[at + 1 :]
        if words and words[0] in _SERVERS:
            return _served(stage, words[0], words[1:], folder)
        return StartTarget("module", words[0], roots=_roots(stage, folder)) if words else None
    name = rest[at]
    return StartTarget("python", name, posixpath.normpath(posixpath.join(folder, name)))


def _served(stage: StageState, program: str, rest: tuple[str, ...], folder: str) -> StartTarget | None:
    moved = next((rest[at + 1] for at, word in enumerate(rest[:-1]) if word in ("--app-dir", "--chdir")), None)
    moved = moved or next(
        (word.partition("=")[2] for word in rest if word.startswith(("--app-dir=", "--chdir="))), None
    )
    name = next((word for word in rest if _APPLICATION.fullmatch(word)), None)
    if name is None:
        return None
    top = posixpath.normpath(posixpath.join(folder, moved)) if moved else folder
    return StartTarget("module", name.partition(":")[0], roots=_roots(stage, top))


def _roots(stage: StageState, folder: str) -> tuple[str, ...]:
    """Where Python looks for the project's modules: the start folder, then PYTHONPATH."""
    added = stage.variables.get("PYTHONPATH", "")
    more = (posixpath.normpath(posixpath.join(folder, part)) for part in added.split(":") if part)
    return tuple(dict.fromkeys((folder, *more)))


def find_file(stage: StageState, path: str, endings: tuple[str, ...]) -> tuple[str, FoundPath]:
    """The first existing name for a file; else the surest *no*, or what is unknown of them."""
    unknown: tuple[str, FoundPath] | None = None
    for ending in endings:
        found = stage.files.find(path + ending)
        if found.answer is Answer.YES and not found.folder:
            return path + ending, found
        if found.answer is Answer.UNKNOWN and unknown is None:
            unknown = (path + ending, found)
    return unknown or (path, FoundPath(Answer.NO))


def find_module(stage: StageState, name: str, roots: tuple[str, ...]) -> tuple[str, FoundPath]:
    """A Python module by its dotted name."""
    inner = name.replace(".", "/")
    unknown: tuple[str, FoundPath] | None = None
    for root in roots:
        for ending in (".py", "/__init__.py", "/__main__.py"):
            path = posixpath.join(root, inner + ending)
            found = stage.files.find(path)
            if found.answer is Answer.YES:
                return path, found
            unknown = unknown or ((path, found) if found.answer is Answer.UNKNOWN else None)
        package = stage.files.find(posixpath.join(root, inner))
        if package.answer is Answer.YES and package.folder:
            # A package without __init__.py.
            return posixpath.join(root, inner), package
    return unknown or (inner, FoundPath(Answer.NO))
