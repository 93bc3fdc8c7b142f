"""The folders in its own tree that a program writes to, where the code belongs to root."""

import ast
import posixpath
from collections.abc import Iterator

from genfile.data import load_table
from genfile.detect.hosting import hosting
from genfile.detect.python.application import modules
from genfile.detect.python.hosted import working_folder
from genfile.detect.python.imports import started
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.places import scope_of
from genfile.detect.python.releases import is_below
from genfile.detect.written import add_volumes, overwrites, put_apart
from genfile.evidence import BesideCode, Draft, Evidence, Fact
from genfile.parsers.pypaths import PathPlace, Scope
from genfile.parsers.python import PyModule
from genfile.parsers.pywrites import PythonWritten, settings, written

MAX_FOLDERS = 8
# Code that runs on a developer's machine, or by hand.
_BY_HAND = frozenset(
    {"scripts", "management", "commands", "tools", "bin", "notebooks", "data", "dev", "contrib", "deploy"}
)


def put_writes(project: PythonProject, draft: Draft) -> None:
    """Put /writable: folders that are made or logged to, and the one of a database that is a file."""
    folder = project.folder
    listed = list(draft.values.get("writable", ()))
    evidence: list[Evidence] = list(draft.evidence["/writable"].evidence) if "/writable" in draft.evidence else []
    made = {posixpath.normpath(path) for path in draft.values.get("outputs", ())}
    start = draft.values.get("start", [])
    served, working = started(project, start), working_folder(start)
    apart: list[Fact[str]] = []
    kept: list[Fact[str]] = []
    for path, module in modules(project):
        if by_hand(path):
            continue
        for item in (*written(scope_of(project, path) or Scope(module)), *_by_setting(project, module)):
            if item.file and path not in served:
                continue
            home = (item.place.parent if item.database else item.place).below_home
            if home is not None and (not served or path in served):
                kept.append(folder.fact(home, path, item.line, f"writes to {home}"))
            if item.database and item.place.absolute:
                outside = f"/{'/'.join(item.place.parent.parts)}"
                apart.append(folder.fact(outside, path, item.line, f"its database is a file in {outside}"))
            where, file = (_from_there(project, place, working) for place in _where(project, path, item))
            if file is not None and _is_own(file):
                overwrites(folder, draft, file, folder.says(path, item.line, f"writes {file}"))
            if where is None or not _is_own(where):
                continue
            if where == ".":
                what = "its database is a file" if item.database else f"writes {file or 'files'}"
                says = folder.says(path, item.line, what)
                draft.beside.append(BesideCode(says, file, item.database, item.variable, item.before))
                continue
            full = folder.full(where) or "."
            if full not in (*listed, draft.values.get("data")) and full not in made and len(listed) < MAX_FOLDERS:
                listed.append(full)
                what = "its database is a file" if item.database else f"writes to {where}"
                evidence.append(folder.says(path, item.line, what))
    listed = [path for path in listed if not any(path.startswith(f"{other}/") for other in listed)]
    if listed and evidence:
        draft.put("writable", Fact(listed, tuple(evidence)))
    put_apart(draft, apart)
    add_volumes(draft, kept)


def _from_there(project: PythonProject, place: str | None, working: str) -> str | None:
    """A place as seen from the folder of the service, unless it is one that the tree has there."""
    if not working or place is None or f"{place}/".startswith(f"{working}/"):
        return place
    stays = place != "." and (project.folder.has_folder(place) or project.folder.has(place))
    return place if stays else posixpath.normpath(f"{working}/{place}")


def _where(project: PythonProject, path: str, item: PythonWritten) -> tuple[str | None, str | None]:
    """The folder that is written to, and the file where it is known."""
    where = item.place.inside(path)
    file = item.name.inside(path) if item.name is not None else None
    if item.database and where is not None:
        where = posixpath.dirname(where) or "."
        if where == "." and item.place.up is None and "flask-sqlalchemy" in project.dependencies:
            # Its own place for what is not absolute: the instance folder since 3.0, before that the package's.
            older = is_below(project, "flask-sqlalchemy", "3")
            where = _package(project) if older else "instance"
            return where, posixpath.normpath(f"{where}/{file}") if file is not None else None
    return where, file


def _package(project: PythonProject) -> str:
    """The folder of the module that creates the Flask application: its `root_path`."""
    for path, module in modules(project):
        if any(call.callee in ("flask.Flask", "flask.app.Flask") for call in module.calls):
            return posixpath.dirname(path) or "."
    return "."


def _by_setting(project: PythonProject, module: PyModule) -> Iterator[PythonWritten]:
    """Folders that a package makes because of a setting, where no other setting says which."""
    for package, entry in load_table("folders")["python"].items():
        if package not in project.dependencies:
            continue
        for value, line in settings(module, entry["setting"]):
            chosen = isinstance(value, ast.Constant) and value.value == entry["value"]
            if chosen and not any(any(settings(other, entry["unless"])) for _, other in modules(project)):
                yield PythonWritten(PathPlace(None, (entry["folder"],)), line)


def by_hand(path: str) -> bool:
    """Whether a module is for a developer's machine, or a test: a running service does nothing of it."""
    parts = path.split("/")[:-1]
    return bool(_BY_HAND & set(parts)) or any(
        part.startswith("test") or part.endswith(("tests", "e2e")) for part in parts
    )


def _is_own(where: str) -> bool:
    """A folder that may be in an image: printable, short, none of the tools' own."""
    return (
        len(where) < 120
        and where.isprintable()
        and "\\" not in where
        and not where.startswith((".git", ".venv", "~"))
        and not any(char in where for char in "{}*?<>|%$ ")
    )


def named_paths(project: PythonProject) -> Iterator[str]:
    """The texts of the code that may be paths, or parts of them."""
    for path, module in modules(project):
        for node in module.of(ast.Constant) if not by_hand(path) else ():
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and 0 < len(text) < 120 and text.isprintable():
                yield text


def put_volumes(project: PythonProject, draft: Draft) -> None:
    """Put /volumes: what the project's own container files keep, where the code or the command names it too."""
    named = [word for word in draft.values.get("start", [])[1:] if word.startswith("/")]
    # A folder that the command itself is given.
    given = [draft.evidence["/start"].but(word) for word in named if "." not in word.rsplit("/", 1)[-1]]
    named += [text for _, module in modules(project) for text, _ in module.paths if text.startswith("/")]
    listed = [fact.but(fact.value.rstrip("/")) for fact in (*given, *hosting(project.folder).volumes)]
    add_volumes(draft, [fact for fact in listed if any(f"{text}/".startswith(f"{fact.value}/") for text in named)])
