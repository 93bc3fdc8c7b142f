"""What a Python program uses outside its own folder: files and folders that it reads, modules beside it."""

import ast
import posixpath
from collections.abc import Iterator

from genfile.detect.outside import OutsidePath, put_outside
from genfile.detect.python.application import modules
from genfile.detect.python.imports import started
from genfile.detect.python.local import local_references
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.writes import by_hand
from genfile.evidence import Draft
from genfile.parsers.pypaths import PathPlace, Scope, place
from genfile.parsers.python import PyModule

# Without one of these words, no path in a module leads out of its folder.
_LEADING = ("..", "parent", "dirname", "pardir")


def put_references(project: PythonProject, draft: Draft) -> None:
    """Put /beside; nothing is outside the root of a tree, or a workspace there."""
    root = project.root if "workspace" in draft.values else project.folder
    if root.path:
        put_outside(root, draft, _references(project, draft))


def _references(project: PythonProject, draft: Draft) -> Iterator[OutsidePath]:
    yield from local_references(project)
    installed = draft.evidence.get("/local_packages")
    for path in installed.value if installed is not None else ():
        yield OutsidePath(path, installed.evidence[0], runs=False)  # type: ignore[union-attr]
    served = started(project, draft.values.get("start", []))
    # Django loads its settings and applications by name.
    whole = not served or draft.values.get("framework") == "django"
    for path, module in modules(project):
        text = project.folder.text(path) or ""
        if (path in served or (whole and not by_hand(path))) and any(word in text for word in _LEADING):
            yield from _of_paths(project, path, module)
            yield from _of_modules(project, path, module)


def _of_paths(project: PythonProject, path: str, module: PyModule) -> Iterator[OutsidePath]:
    """Paths that lead out of the folder, whatever the module does with them."""
    scope = Scope(module)
    for node in module.of(ast.Call, ast.BinOp, ast.Constant):
        if not isinstance(node, ast.Call | ast.BinOp | ast.Constant):
            continue
        found = place(scope, node)
        for outside in _outside(project, path, found) if found is not None else ():
            yield OutsidePath(outside, project.folder.says(path, node.lineno, ast.unparse(node)), runs=True)


def _of_modules(project: PythonProject, path: str, module: PyModule) -> Iterator[OutsidePath]:
    """Modules in a folder above, which `sys.path.append(…)` adds."""
    scope = Scope(module)
    folder = project.folder
    for node in module.of(ast.Call):
        if not isinstance(node, ast.Call) or module.dotted(node.func) not in ("sys.path.append", "sys.path.insert"):
            continue
        added = place(scope, node.args[-1]) if node.args else None
        for base in _outside(project, path, added) if added is not None else ():
            for name in sorted({item.partition(".")[0] for _, other in modules(project) for item in other.imports}):
                if folder.has(f"{name}.py") or folder.has_folder(name):
                    continue
                for candidate in (posixpath.join(base, name), posixpath.join(base, f"{name}.py")):
                    yield OutsidePath(candidate, folder.says(path, node.lineno, ast.unparse(node)), runs=True)


def _outside(project: PythonProject, path: str, found: PathPlace) -> Iterator[str]:
    """The paths in the tree that an expression means, if they are outside the project."""
    if found.up == 0 or found.absolute:
        return
    base = posixpath.dirname(path) if found.up is not None else ""
    up = [".."] * (found.up - 1) if found.up is not None else []
    inner = posixpath.normpath(posixpath.join(base, *up, *found.parts))
    if inner.split("/")[0] == "..":
        yield posixpath.normpath(posixpath.join(project.folder.path, inner))
