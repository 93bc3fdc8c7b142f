"""What people are told to start a project by: the tasks of its tools, its scripts, the README. Weaker than what a host
is told; it says which of several programs is meant, never that one is a service."""

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.container.prose import fenced
from genfile.evidence import Evidence
from genfile.parsers.makefile import parse_makefile
from genfile.parsers.requirements import normalise
from genfile.parsers.small import ShellCommand, parse_shell

if TYPE_CHECKING:
    from genfile.detect.python.manifest import PythonProject

MAX_COMMANDS = 60
_WRAPPERS = ("poetry", "pipenv", "uv", "pdm", "rye", "hatch", "pixi")
_SERVERS = frozenset({"uvicorn", "gunicorn", "hypercorn", "granian", "daphne", "waitress-serve"})
# Commands that are given a file, by the word before it.
_FILES = frozenset(
    [
        *(("streamlit", "run"), ("chainlit", "run"), ("fastapi", "run"), ("fastapi", "dev"), ("panel", "serve")),
        *(("bokeh", "serve"), ("shiny", "run"), ("solara", "run"), ("marimo", "run")),
    ]
)
_TARGET = re.compile(r"([A-Za-z_][\w.]*)(?::[A-Za-z_][\w.]*(?:\(.*\))?)?")
_EXTRAS, _VERSION = r"(?:\[[A-Za-z0-9,._-]+\])?", r"(?:[=<>~!]=?[0-9][A-Za-z0-9.*+!,<>=~]*)?"
_REQUIREMENT = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]*{_EXTRAS}{_VERSION}")
_ITEM = re.compile(r"\s*(?:[-*+]|[0-9]+[.)])\s+`?([A-Za-z0-9][A-Za-z0-9._-]*)`?\s*")
_VALUED = ("-r", "--requirement", "-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-t", "--target",
           "-e", "--editable", "-f", "--find-links")  # fmt: skip
_TOOLS = frozenset({"pip", "setuptools", "wheel", "virtualenv", "pipenv", "poetry", "uv", "pdm", "requirements.txt"})
_READMES = ("readme.md", "readme.markdown", "readme")
_SCRIPTS = ("run.sh", "start.sh", "entrypoint.sh", "docker-entrypoint.sh", "serve.sh")


class StartedFile(Struct, frozen=True):
    """A file of the project that a command starts; ``serves``: as an application that a server is given."""

    path: str
    serves: bool
    says: Evidence


def told(project: "PythonProject") -> list[StartedFile]:
    """The files that commands name which people are told, each once, the tools' own tasks before prose; read once."""
    return list(project.folder.tree.once(("python-told", project.folder.path), lambda: _told(project)))


def _told(project: "PythonProject") -> list[StartedFile]:
    found: dict[tuple[str, bool], StartedFile] = {}
    for text, says in itertools.islice(_commands(project), MAX_COMMANDS):
        for command in parse_shell(text) or ():
            for item in _named(project, command, says):
                found.setdefault((item.path, item.serves), item)
    return list(found.values())


def told_programs(project: "PythonProject") -> list[str]:
    """The files of them that are run as they are."""
    return [item.path for item in told(project) if not item.serves]


def told_installs(project: "PythonProject") -> list[tuple[str, Evidence]]:
    """The requirements that people and images are told to install by hand: `pip install flask requests==2.31`."""
    found: dict[str, Evidence] = {}
    for name in project.folder.names():
        if name in ("Dockerfile", *_SCRIPTS) or name.lower() in _READMES:
            text = project.folder.text(name) or ""
            text = fenced(text) if name.lower() in _READMES else text.replace("\\\n", " ")
            for line, says in _lines(text, name, project):
                for command in parse_shell(line.removeprefix("RUN ").removeprefix("!")) or ():
                    for item in _installs(list(command.words)):
                        found.setdefault(item, says)
    return list(found.items())[:MAX_COMMANDS]


def told_names(project: "PythonProject") -> dict[str, Evidence]:
    """The words that are whole items of a list in the README, normalised: the names of what a project depends on."""
    found: dict[str, Evidence] = {}
    for name in project.folder.names():
        lines = (project.folder.text(name) or "").splitlines() if name.lower() in _READMES else ()
        for number, line in enumerate(lines, 1):
            match = _ITEM.fullmatch(line)
            if match is not None:
                found.setdefault(normalise(match[1]), project.folder.says(name, number, line.strip()))
    return found


def _installs(words: list[str]) -> Iterator[str]:
    if len(words) > 2 and _is_python(words[0]) and words[1] == "-m":
        words = words[2:]
    if words[:1] not in (["pip"], ["pip3"]) or words[1:2] != ["install"]:
        return
    valued = False
    for word in words[2:]:
        if valued or word.startswith("-"):
            valued = word in _VALUED
        elif _REQUIREMENT.fullmatch(word) and _is_wanted(word):
            yield word


def _is_wanted(text: str) -> bool:
    """Whether a word is a requirement, and not one of the tools that install."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text).name.lower() not in _TOOLS
    except InvalidRequirement:
        return False


def _commands(project: "PythonProject") -> Iterator[tuple[str, Evidence]]:
    folder = project.folder
    entry = project.pyproject.text("tool", "fastapi", "entrypoint") if project.pyproject is not None else None
    if entry is not None and _TARGET.fullmatch(entry):
        # What `fastapi run` serves.
        line = project.pyproject.line("tool", "fastapi", "entrypoint") if project.pyproject is not None else None
        yield f"uvicorn {entry}", folder.says("pyproject.toml", line, f"tool.fastapi.entrypoint: {entry}")
    for document, name, path in (
        (project.pyproject, "pyproject.toml", ("tool", "pdm", "scripts")),
        (project.pyproject, "pyproject.toml", ("tool", "poe", "tasks")),
        (project.pyproject, "pyproject.toml", ("tool", "taskipy", "tasks")),
        (project.pyproject, "pyproject.toml", ("tool", "hatch", "envs", "default", "scripts")),
        (project.pyproject, "pyproject.toml", ("tool", "pixi", "tasks")),
        (project.pipfile, "Pipfile", ("scripts",)),
        (project.pixi, "pixi.toml", ("tasks",)),
    ):
        for task, value in (document.table(*path) if document is not None else {}).items():
            for text in _texts(value):
                yield text, folder.says(name, document.line(*path, task) if document else None, f"{task}: {text}")
    targets = folder.parse(parse_makefile, "Makefile") if folder.has("Makefile") else None
    for name in ("run", "start", "serve", "dev"):
        target = (targets or {}).get(name)
        for text in target.commands if target is not None else ():
            yield text, folder.says("Makefile", target.line if target else None, f"make {name}")
    for name in _SCRIPTS:
        yield from _lines(folder.text(name) or "" if folder.has(name) else "", name, project)
    for name in folder.names():
        if name.lower() in _READMES:
            yield from _lines(fenced(folder.text(name) or ""), name, project)


def _texts(value: Any) -> Iterator[str]:
    """The commands of a task: its text, or what its table holds under the tools' usual keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
    elif isinstance(value, dict):
        for key in ("cmd", "shell", "command"):
            yield from _texts(value.get(key))


def _lines(text: str, name: str, project: "PythonProject") -> Iterator[tuple[str, Evidence]]:
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.strip().removeprefix("$ ").removeprefix("> ").strip()
        if plain and not plain.startswith("#"):
            yield plain, project.folder.says(name, number, plain)


def _named(project: "PythonProject", command: ShellCommand, says: Evidence) -> Iterator[StartedFile]:
    """The file that one command starts, where it is there."""
    words = [word for word in command.words if word not in ("exec", "-u")]
    if len(words) > 2 and words[0] in _WRAPPERS and words[1] == "run":
        words = words[2:]
    if len(words) > 2 and _is_python(words[0]) and words[1] == "-m" and words[2] in (*_SERVERS, "flask", "streamlit"):
        words = words[2:]
    rest = [word for word in words[1:] if not word.startswith("-")]
    if not words or not rest:
        return
    flask = _flask(command, words)
    if _is_python(words[0]) and words[1] == "-m" and len(words) > 2:
        paths, serves = _module(words[2]), False
    elif _is_python(words[0]):
        paths, serves = [rest[0]], False
    elif (words[0], words[1]) in _FILES and len(rest) > 1:
        paths, serves = [rest[1]], words[0] == "fastapi"
    elif words[0] in _SERVERS or flask is not None:
        name = flask or next((word for word in rest if ":" in word and _TARGET.fullmatch(word)), "")
        paths, serves = _module(name.partition(":")[0]), True
    else:
        return
    for path in paths:
        path = path.removeprefix("./")
        if (
            path.endswith(".py")
            and path.rsplit("/", 1)[-1] not in ("manage.py", "setup.py")
            and project.folder.has(path)
        ):
            yield StartedFile(path, serves, says)
            return


def _is_python(word: str) -> bool:
    return re.fullmatch(r"python3?(\.\d+)?|py", word) is not None


def _flask(command: ShellCommand, words: list[str]) -> str | None:
    """The application that Flask's own command is told: by its option, else by its variable."""
    if words[0] != "flask":
        return None
    for index, word in enumerate(words[:-1]):
        if word in ("--app", "-A"):
            return words[index + 1]
        if word.startswith("--app="):
            return word.removeprefix("--app=")
    return next((value for name, value in command.assignments if name == "FLASK_APP"), None)


def _module(name: str) -> list[str]:
    """The files that a dotted name may stand for, below the root or `src`."""
    path = name.removesuffix(".py").replace(".", "/")
    return [f"{base}{path}{end}" for base in ("", "src/") for end in (".py", "/__init__.py", "/__main__.py") if path]
