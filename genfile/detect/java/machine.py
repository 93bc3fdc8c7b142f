"""What a developer's own machine has left in the files of a project, and what the image has in its place."""

import itertools
import re
from collections.abc import Iterator

from genfile.detect.java.build import Build
from genfile.detect.java.documents import read_settings
from genfile.evidence import Draft, Evidence
from genfile.parsers.data import parse_properties

_FILE = "gradle.properties"
# The JDK that runs Gradle itself, by its path: a build stops where nothing is there.
_HOME = "org.gradle.java.home"
# `C:/data`, `D:\\data`, `file:///C:/data`: on Linux a name like any other, below the working folder.
_WINDOWS = re.compile(r"(?:file:/{0,3})?[A-Za-z]:[\\/]\S")
MAX_TOLD = 3
MAX_DEPTH = 8


def machine_flags(build: Build) -> list[str]:
    """What replaces settings of one machine, as words for the build tool; they beat its files."""
    return [f'-D{_HOME}="$JAVA_HOME"'] if _named_home(build) is not None else []


def put_machine(build: Build, draft: Draft) -> None:
    """Say that such a setting is replaced, and which of the program's own lead to a disk that no container has."""
    says = _named_home(build)
    if says is not None:
        text = f"{says}: a path of one machine, so the image's own JDK is given; move it to ~/.gradle/{_FILE}"
        draft.note("info", text, says.path, says.line)
    for key, told in itertools.islice(_windows_paths(build), MAX_TOLD):
        # As Spring asks the environment for a key.
        name = key.replace("-", "").replace(".", "_").upper()
        text = f"{told}: a path of a Windows machine: give {name} to the container, with a folder that it may write to"
        draft.note("warning", text, told.path, told.line)


def _windows_paths(build: Build) -> Iterator[tuple[str, Evidence]]:
    """The settings of the configuration that are such a path, each once."""
    seen: set[str] = set()
    for name, document in read_settings(build.folder):
        for path, text in _texts(document.value, ()):
            key = ".".join(path)
            if key not in seen and re.fullmatch(r"[A-Za-z][\w.-]{0,80}", key) and _WINDOWS.match(text):
                seen.add(key)
                yield key, build.folder.says(name, document.line(*path), f"{key} is {text}")


def _texts(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict) and len(path) < MAX_DEPTH:
        for key, inner in value.items():
            yield from _texts(inner, (*path, str(key)))
    elif isinstance(value, str):
        yield path, value


def _named_home(build: Build) -> Evidence | None:
    known = build.root.parse(parse_properties, _FILE) if build.tool == "gradle" and build.root.has(_FILE) else None
    value = known.text(_HOME) if known is not None else None
    return build.root.says(_FILE, known.line(_HOME), f"{_HOME} is {value}") if known is not None and value else None
