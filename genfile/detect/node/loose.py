"""A Node program without any package.json: what it loads is the only evidence of what must be installed."""

import re

from genfile.detect.node.lasting import stays
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import FILE, PackageJson, package_of
from genfile.detect.node.sources import source_files
from genfile.detect.node.start import ENTRY_NAMES
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers import Document
from genfile.parsers.jsloads import BUILTIN

_ENDINGS = (".js", ".mjs", ".cjs")
_NAME = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*")
# Calls that keep a program running, without those that a page or a window also makes.
_WAITING = frozenset("listen serve createServer login".split())
# Modules that only a host other than Node provides.
_HOSTS = frozenset("electron vscode".split())


def is_candidate(names: frozenset[str]) -> bool:
    """Whether the files of a folder have a usual name of a program among them."""
    return any(f"{name}{ending}" in names for name in ENTRY_NAMES for ending in _ENDINGS)


def loose_package(folder: Project) -> PackageJson | None:
    """The package.json that such a program would have; None if the folder has no such program, or the tree has any
    package.json."""
    key, memory = ("node-loose", folder.path), folder.tree.memory
    if key not in memory:
        memory[key] = None
        memory[key] = _read(folder)
    found: PackageJson | None = memory[key]
    return found


def is_loose(package: PackageJson) -> bool:
    """Whether a package stands for a program without a package.json."""
    return package.file.endswith(_ENDINGS)


def put_loose(project: NodeProject, draft: Draft) -> None:
    """Put /extra_packages, with what the user should do instead."""
    listed = loaded(project)
    draft.values["manifests"] = []
    if not listed:
        return
    says = next(iter(listed.values()))
    draft.put("extra_packages", Fact(list(listed), tuple(listed.values()), guess=True, remedy=f"add a {FILE}"))
    text = f"no {FILE} found; the image installs the newest {', '.join(listed)}. Add a {FILE} and its lockfile"
    draft.note("warning", text, says.path, says.line)


def loaded(project: NodeProject) -> dict[str, Evidence]:
    """The third-party packages that a program and its modules load, each with where; sorted."""
    found: dict[str, Evidence] = {}
    for name, module in source_files(project, ("node", project.package.file)):
        for item in module.imports:
            package = package_of(item.module)
            if not item.module.startswith((".", "/", "node:")) and package not in BUILTIN and _NAME.fullmatch(package):
                found.setdefault(package, project.folder.says(name, item.line, f"loads {package}"))
    return dict(sorted(found.items()))


def _read(folder: Project) -> PackageJson | None:
    names = (f"{name}{ending}" for name in ENTRY_NAMES for ending in _ENDINGS)
    entry = next((name for name in names if folder.has(name)), None)
    if entry is None or folder.has("index.html") or any(FILE in items for items in folder.tree.folders.values()):
        return None
    value = {"name": folder.folder_name, "private": True}
    project = NodeProject(folder, PackageJson(folder, Document(value), entry), None)
    packages = loaded(project)
    given = PackageJson(folder, Document({**value, "dependencies": dict.fromkeys(packages, "*")}), entry)
    modules = source_files(NodeProject(folder, given, None), ("node", entry))
    asked = [item.module for _, module in modules for item in module.imports]
    known = any(name.startswith("node:") or name in BUILTIN for name in asked)
    if not (packages or known) or _HOSTS & packages.keys():
        return None
    return given if stays(NodeProject(folder, given, None), ("node", entry), only=_WAITING) else None
