"""What is installed from the tree together with a project, and whether its dependencies can be installed first."""

import posixpath
from typing import Any

from genfile.detect.python.groups import listed_groups
from genfile.detect.python.locks import reach
from genfile.detect.python.manifest import PythonProject, python_project
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence
from genfile.parsers.requirements import normalise

# The first Python with a TOML parser.
_TOMLLIB = (3, 11)


def put_listed(project: PythonProject, draft: Draft) -> None:
    """Put /dependencies_listed if pip can install what pyproject.toml lists; a note if it can't."""
    folder, table = project.folder, project.project_table
    dynamic = table.get("dynamic")
    if _is_listed(project, table, draft.values.get("extras", ()), dynamic if isinstance(dynamic, list) else []):
        line = project.pyproject.line("project", "dependencies") if project.pyproject else None
        draft.put("dependencies_listed", folder.fact(True, "pyproject.toml", line, "[project] dependencies"))
    elif project.dependencies:
        name = next((name for name in ("setup.py", "setup.cfg") if folder.has(name)), "pyproject.toml")
        text = (
            f"{name}: pip learns the dependencies only when it builds the project, so every source change "
            "reinstalls them; list them under [project] dependencies in pyproject.toml"
        )
        draft.note("info", text, folder.full(name))


def _is_listed(project: PythonProject, table: dict[str, Any], extras: list[str], dynamic: list[Any]) -> bool:
    version = tuple(int(part) for part in (project.python or "3.11").split(".")[:2] if part.isdecimal())
    if not isinstance(table.get("dependencies"), list) or "dependencies" in dynamic or version < _TOMLLIB:
        return False
    _, known = listed_groups(project)
    texts = [text for name in extras for text in known.get(name, ())]
    own = normalise(project.name or "")
    if extras and ("optional-dependencies" in dynamic or any(name not in known for name in extras)):
        return False
    # An extra that names the project itself, or a folder: both need the sources.
    listed = [str(text) for text in (*table["dependencies"], *texts)]
    return not any("file:" in text or (own and normalise(text.partition("[")[0].strip()) == own) for text in listed)


def needed_folders(project: PythonProject) -> dict[str, bool]:
    """The other folders in the tree that a project depends on, directly or not, and whether each is installed itself.

    By the lockfile; if it lacks the project, by the workspace members in [tool.uv.sources].
    """
    own = normalise(project.name or "")
    if own not in project.packages and project.workspace is not None:
        return dict.fromkeys(_sources(project, project.workspace[1]), True)
    asked = [own, *project.dependencies]
    found: dict[str, bool] = {}
    for name in dict.fromkeys([*asked, *reach(project.packages, asked)]):
        package = project.packages.get(name)
        if package is None or package.folder is None or name == own:
            continue
        path = posixpath.normpath(posixpath.join(project.root.path, package.folder))
        if not path.startswith("..") and path != project.folder.path:
            found[path] = not package.virtual
    return dict(sorted(found.items()))


def path_dependencies(project: PythonProject) -> dict[str, Evidence]:
    """The folders of the tree that the manifest takes dependencies from, those of their own manifests included; each
    with the line that says so."""
    tree = project.folder.tree
    queue, found = [project], dict[str, Evidence]()
    for item in queue:
        for table in (("tool", "poetry", "dependencies"), ("tool", "uv", "sources")):
            for name, entry in (item.pyproject.table(*table) if item.pyproject else {}).items():
                place = entry.get("path") if isinstance(entry, dict) and not entry.get("optional") else None
                path = posixpath.normpath(posixpath.join(item.folder.path, place)) if isinstance(place, str) else ".."
                folder = Project(tree, path)
                if path.startswith(("..", "/")) or path in (*found, ".", project.folder.path):
                    continue
                if folder.has("pyproject.toml") or folder.has("setup.py"):
                    line = item.pyproject.line(*table, name) if item.pyproject else None
                    found[path] = item.folder.says("pyproject.toml", line, f"{name} is in {place}")
                    queue.append(python_project(folder))
    return found


def _sources(project: PythonProject, members: tuple[str, ...]) -> list[str]:
    """The members that a member's sources name, directly or not."""
    tree = project.folder.tree
    manifests = {path: python_project(Project(tree, path)) for path in members}
    names = {normalise(item.name or ""): path for path, item in manifests.items()}
    queue, found = [project], dict.fromkeys([project.folder.path])
    for item in queue:
        sources = item.pyproject.table("tool", "uv", "sources") if item.pyproject else {}
        for path in (names[normalise(name)] for name in sources if normalise(name) in names):
            if path not in found:
                found[path] = None
                queue.append(manifests[path])
    return sorted(path for path in found if path != project.folder.path)
