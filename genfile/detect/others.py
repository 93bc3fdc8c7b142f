"""Services inside of another one's folder that the outer one does not read: a change in a server beside a front end's
sources must not build the front end again."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from genfile.detect.paths import inside, relative
from genfile.detect.tree import Project

# Scripts that the package manager runs by itself when it installs.
_ON_INSTALL = ("preinstall", "install", "postinstall", "prepare")
# Keys of package.json that name no files of the build: scripts are read one by one, and only a development server has
# the other.
_APART = ("scripts", "proxy")
_URL = re.compile(r"(?!file:)\b[a-z][a-z0-9+.-]*://[^\s\"'`]*", re.IGNORECASE)
_JVM_SCRIPTS = ("pom.xml", "*.gradle", "*.gradle.kts")
_TYPESCRIPT = ("*.ts", "*.tsx", "*.mts", "*.cts")


def services_within(folder: Project, services: Iterable[str]) -> list[str]:
    """The folders inside of this one that hold other services, relative to it, the outermost of each."""
    within = sorted(
        relative(path, folder.path) for path in services if path != folder.path and inside(path, folder.path)
    )
    return [name for name in within if not any(name.startswith(f"{other}/") for other in within)]


def unnamed(folder: Project, names: list[str], commands: Iterable[str]) -> list[str]:
    """Those of some folders that no configuration at the top names, nor a command, nor a script that one runs."""
    run = " ".join(commands)
    texts = [run, *_manifest(folder, run), *_configurations(folder)]
    left = [name for name in names if not any(_mentions(text, name) for text in texts)]
    return [name for name in left if not (_compiles_all(folder) and _has_typescript(folder, name))] if left else []


def unscripted(folder: Project, names: list[str]) -> list[str]:
    """Those of some folders that no build script of a JVM build names."""
    scripts = [folder.text(name) or "" for pattern in _JVM_SCRIPTS for name in folder.files(pattern)] if names else []
    return [name for name in names if not any(_mentions(text, name) for text in scripts)]


def _manifest(folder: Project, commands: str) -> Iterator[str]:
    """package.json without its scripts, and those of them that run in the image or its build."""
    document = folder.json("package.json")
    values = document.value if document is not None else None
    if not isinstance(values, dict):
        return
    yield from (str(value) for key, value in values.items() if key not in _APART)
    scripts: Any = values.get("scripts")
    left = {str(name): str(text) for name, text in scripts.items()} if isinstance(scripts, dict) else {}
    reached = [commands, *(left.pop(name) for name in _ON_INSTALL if name in left)]
    while reached:
        text = reached.pop()
        yield text
        called = [name for name in left if _mentions(text, name.removeprefix("pre").removeprefix("post"))]
        reached += [left.pop(name) for name in called]


def _configurations(folder: Project) -> Iterator[str]:
    for name in sorted(folder.names()):
        if fnmatchcase(name, "tsconfig*.json"):
            yield folder.text(name) or ""


def _compiles_all(folder: Project) -> bool:
    """Whether tsc, without a list of its files, would compile the other services' as well and lay out its output so."""
    document = folder.jsonc("tsconfig.json")
    values = document.value if document is not None else None
    return isinstance(values, dict) and not {"include", "files"} & set(values)


def _has_typescript(folder: Project, name: str) -> bool:
    return any(True for pattern in _TYPESCRIPT for _ in folder.files(pattern, below=name))


def _mentions(text: str, name: str) -> bool:
    """Whether a text has a name as a word outside of URLs, in whatever way: `cd server`, `./server/x`."""
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    return word.search(text) is not None and word.search(_URL.sub("", text)) is not None
