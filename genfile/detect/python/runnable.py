"""Programs in a subfolder that import from folders above: how to start them so that they find those modules."""

import posixpath
import sys
from collections.abc import Iterator

from genfile.detect.code import parse_code
from genfile.detect.python.application import modules
from genfile.detect.python.imports import loaded_by
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.servers import served_file
from genfile.evidence import Draft, Fact
from genfile.parsers.data import parse_ini
from genfile.parsers.pyimports import required_imports
from genfile.parsers.python import parse_python
from genfile.parsers.requirements import normalise

# Commands that run a Python file, whose folder is where imports are looked for.
_RUNNERS = (("python",), ("streamlit", "run"), ("chainlit", "run"))


def put_runnable(project: PythonProject, draft: Draft) -> None:
    """Make /start and /processes find their imports: by `python -m src.main` if the file alone can't, else by
    /python_path.

    A command that somebody wrote down keeps its words.
    """
    if draft.values.get("package") or "python_path" in draft.values:
        return
    # A relative import only works in a package, whatever else imports the package by its name.
    if _put_packaged(project, draft):
        return
    above = named_from_above(project)
    if above is not None:
        draft.put("python_path", above)
        return
    _put_path_of_migrations(project, draft)
    commands = {"/start": draft.values.get("start", [])}
    commands |= {f"/processes/{name}": words for name, words in draft.values.get("processes", {}).items()}
    for pointer, words in commands.items():
        path = _file_of(project, words)
        place = imported_from(project, path) if path is not None else None
        if path is None or place is None:
            continue
        evidence = draft.evidence.get(pointer)
        own = evidence is not None and any(item.path == project.folder.full(path) for item in evidence.evidence[:1])
        if own and evidence is not None and words[0] == "python" and _is_module(project, path, place):
            changed = ["python", "-m", path.removesuffix(".py").replace("/", "."), *words[2:]]
            _put_words(draft, pointer, changed)
            draft.evidence[pointer] = evidence.but(changed)
        else:
            draft.values["python_path"] = project.folder.full(place) if place else project.folder.spec_path


def _put_path_of_migrations(project: PythonProject, draft: Draft) -> None:
    """Put /python_path where Alembic's env.py, or a program that the release runs, imports the project: each looks
    beside itself, unless alembic.ini names a folder."""
    words = [part for word in draft.values.get("release") or [] for part in word.split()]
    files = [word.removeprefix("./") for word in words if word.endswith(".py") and "/" in word.removeprefix("./")]
    document = project.folder.parse(parse_ini, "alembic.ini") if "alembic" in words else None
    if document is not None and document.text("alembic", "prepend_sys_path") is None:
        place = (document.text("alembic", "script_location") or "").removeprefix("%(here)s/")
        files.append(posixpath.join(posixpath.normpath(place), "env.py"))
    for path in files:
        module = parse_code(project.folder, parse_python, path) if project.folder.has(path) else None
        if module is None or any(call.callee in ("sys.path.append", "sys.path.insert") for call in module.calls):
            continue
        for item in required_imports(module):
            first = item.name.partition(".")[0]
            beside = _has(project, posixpath.dirname(path), first) or normalise(first) in project.dependencies
            if not item.level and not beside and _has(project, "", first):
                found = project.folder.fact(project.folder.spec_path, path, item.line, f"import {first}")
                draft.put("python_path", found)
                return


def named_from_above(project: PythonProject) -> Fact[str] | None:
    """The folder above, if the code imports itself by its own folder's name: `from backend.db import …` in backend/,
    which has no module with that name."""
    folder, name = project.folder, project.folder.folder_name
    above = folder.parent()
    if above is None or not name.isidentifier() or _has(project, "", name) or normalise(name) in project.dependencies:
        return None
    for path, module in modules(project):
        if name in (item.partition(".")[0] for item in module.imports):
            line = next((item.line for item in required_imports(module) if item.name.partition(".")[0] == name), None)
            if line is not None:
                return folder.fact(above.spec_path, path, line, f"import {name}, the name of this folder")
    return None


def packaged(project: PythonProject, path: str) -> Fact[str] | None:
    """The folder above, if a module of this folder only loads as one of the folder's package: `from .db import …`."""
    folder = project.folder
    above = folder.parent()
    module = parse_code(folder, parse_python, path) if "/" not in path and folder.has(path) else None
    if above is None or module is None or not folder.folder_name.isidentifier():
        return None
    line = next((item.line for item in required_imports(module) if item.level), None)
    says = f"a relative import, so {folder.folder_name} is a package"
    return folder.fact(above.spec_path, path, line, says) if line is not None else None


def _put_packaged(project: PythonProject, draft: Draft) -> bool:
    """Start a module of the folder's package by its whole name: `uvicorn api.main:app`, `python -m api.main`."""
    words, prefix = list(draft.values.get("start", [])), f"{project.folder.folder_name}."
    for index, word in enumerate(words):
        file = word.removeprefix("./") if words[:1] == ["python"] and index == 1 else ""
        module = file.removesuffix(".py") if file.endswith(".py") else word.split(":")[0] if ":" in word else ""
        above = packaged(project, f"{module.removeprefix(prefix)}.py") if module else None
        if above is None:
            continue
        named = word if word.startswith(prefix) else f"{prefix}{word}"
        words[index : index + 1] = ["-m", f"{prefix}{module}"] if file else [named]
        _put_words(draft, "/start", words)
        known = draft.evidence.get("/start")
        draft.evidence["/start"] = Fact(words, (*(known.evidence if known is not None else ()), *above.evidence))
        draft.put("python_path", above)
        return True
    return False


def _put_words(draft: Draft, pointer: str, words: list[str]) -> None:
    if pointer == "/start":
        draft.values["start"] = words
    else:
        draft.values["processes"][pointer.removeprefix("/processes/")] = words


def _file_of(project: PythonProject, words: list[str]) -> str | None:
    """The file in a folder that a command runs, or that uWSGI is given."""
    served = served_file(words)
    if served is not None:
        return served if "/" in served and project.folder.has(served) else None
    for runner in _RUNNERS:
        if tuple(words[: len(runner)]) == runner and len(words) > len(runner):
            path = words[len(runner)].removeprefix("./")
            return path if path.endswith(".py") and "/" in path and project.folder.has(path) else None
    return None


def imported_from(project: PythonProject, path: str) -> str | None:
    """The folder above a program that something it loads is imported from; None if its own folder has everything."""
    own = posixpath.dirname(path)
    for folder in _above(own):
        if any(_has(project, folder, name) for name in _missing(project, path, own)):
            return folder
    return None


def _above(folder: str) -> Iterator[str]:
    while folder:
        folder = posixpath.dirname(folder)
        yield folder


def _missing(project: PythonProject, path: str, own: str) -> set[str]:
    """The top-level names that a program loads and that neither its folder, Python, nor a package provides."""
    found: set[str] = set()
    for other in loaded_by(project, path):
        module = parse_code(project.folder, parse_python, other)
        for item in required_imports(module) if module is not None else ():
            name = item.name.split(".")[0]
            if not item.level and name not in sys.stdlib_module_names and not _has(project, own, name):
                found.add(name)
    return {name for name in found if normalise(name) not in project.dependencies}


def _has(project: PythonProject, folder: str, name: str) -> bool:
    """Whether a folder has a module, or a package with code in it."""
    path = f"{folder}/{name}" if folder else name
    return project.folder.has(f"{path}.py") or next(project.folder.files("*.py", below=path, depth=3), None) is not None


def _is_module(project: PythonProject, path: str, place: str) -> bool:
    """Whether a file can be a module of the root, without bare imports from its own folder."""
    parts = path.removesuffix(".py").split("/")
    module = parse_code(project.folder, parse_python, path)
    if place or module is None or not all(part.isidentifier() for part in parts):
        return False
    own = posixpath.dirname(path)
    beside = {item.name.split(".")[0] for item in required_imports(module) if not item.level}
    return not any(_has(project, own, name) for name in beside if name not in sys.stdlib_module_names)
