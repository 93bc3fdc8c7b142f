"""The application object, found in the syntax tree of the sources; they are never imported."""

import posixpath
import sys
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.detect.aside import NOT_SERVICES
from genfile.detect.code import parse_code
from genfile.parsers.python import PyModule, parse_python
from genfile.parsers.requirements import normalise

if TYPE_CHECKING:
    from genfile.detect.python.manifest import PythonProject

# Files that usually hold the application, best first; then every other module near the root.
NAMES = tuple(
    """
    wsgi.py asgi.py main.py app.py application.py server.py api.py run.py __init__.py __main__.py index.py
    web.py
    """.split()
)
MAX_MODULES = 250
# If nothing is at the root, a demonstration is what the project has to run.
_BESIDE_DEMOS = NOT_SERVICES - {"scripts", "demo", "demos"}


class Application(Struct, frozen=True):
    """An application object: the file, its module, the name, whether it is a factory to call.

    ``root``: the folder that the module is imported from, if that is not the start folder.
    """

    file: str
    module: str
    name: str
    factory: bool = False
    root: str = ""
    asgi: bool = False

    @property
    def reference(self) -> str:
        """`package.module:object`, or `:factory()`."""
        return f"{self.module}:{self.name}{'()' if self.factory else ''}"


def modules(project: "PythonProject") -> list[tuple[str, PyModule]]:
    """The project's own modules, likely ones first, without tests, migrations and examples. Bounded."""
    cached = getattr(project, "_modules", None)
    if cached is not None:
        return list(cached)
    bare = not project.has_build_system and not any(name.endswith(".py") for name in project.folder.names())
    paths = [path for path in project.folder.files("*.py", depth=5) if not _is_aside(path, demos=not bare)]
    paths.sort(
        key=lambda path: (
            # Command-line programs come last, since there may be more modules than are read.
            path.startswith("scripts/"),
            _depth(path),
            NAMES.index(posixpath.basename(path)) if posixpath.basename(path) in NAMES else 50,
            path,
        )
    )
    found: list[tuple[str, PyModule]] = []
    for path in paths[:MAX_MODULES]:
        parsed = parse_code(project.folder, parse_python, path)
        if parsed is not None and not ("invoke" in parsed.imports and path == "tasks.py"):
            found.append((path, parsed))
    _share_environments(found)
    project._modules = found  # type: ignore[attr-defined]
    return found


def _share_environments(found: list[tuple[str, PyModule]]) -> None:
    """Let each module know the objects of the others that read the environment: `from config.env import env`."""
    names: set[str] = set()
    for path, module in found:
        if not module.imports.isdisjoint(("environ", "environs")):
            parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
            # As imported from any of the folders above, or from its own.
            places = [".".join(parts[index:]) for index in range(len(parts))]
            names |= {f"{place}.{name}" for place in places for name in module.environments}
    for _, module in found if names else ():
        module.calls_env(names)


def _depth(path: str) -> int:
    return path.removeprefix("src/").count("/")


def _is_aside(path: str, *, demos: bool = True) -> bool:
    """Whether a file does not belong to the service; ``demos``: demonstrations don't, since the project has more than
    those."""
    parts = path.split("/")
    return (
        any(
            part in (NOT_SERVICES - {"scripts"} if demos else _BESIDE_DEMOS)
            or part in ("migrations", "versions", "alembic")
            or part.startswith(".")
            for part in parts[:-1]
        )
        or parts[-1].startswith(("test_", "conftest"))
        or parts[-1] in ("setup.py", "noxfile.py", "fabfile.py", "tests.py")
    )


def import_root(project: "PythonProject", path: str) -> str:
    """The folder that a file's modules are imported from: `src`, the file's own where it imports its neighbours so."""
    key = ("python-root", project.folder.path, path)
    return project.folder.tree.once(key, lambda: _find_root(project, path))


def _find_root(project: "PythonProject", path: str) -> str:
    folder = posixpath.dirname(path)
    module = parse_code(project.folder, parse_python, path)
    if path.startswith("src/"):
        return "" if module is not None and "src" in module.imports else "src"
    if not folder or module is None:
        return ""
    named = {name.split(".")[0] for name in module.imports}
    while folder:
        neighbours = {name.removesuffix(".py") for name in project.folder.names(folder) if name.endswith(".py")}
        neighbours |= set(project.folder.subfolders(folder))
        own = {
            name
            for name in named & neighbours
            if not project.folder.has(f"{name}.py")
            and not project.folder.has_folder(name)
            and normalise(name) not in project.dependencies
            and name not in sys.stdlib_module_names
        }
        if own:
            return folder
        folder = posixpath.dirname(folder)
    return ""


def module_name(project: "PythonProject", path: str, importer: str | None = None) -> str:
    """A file's module name as imported from its root, or from that of the module that imports it; from the start folder
    where that has another module of the name, since Python looks there first."""
    root = import_root(project, path)
    above = import_root(project, importer) if importer is not None else ""
    root = above if above and path.startswith(f"{above}/") else root
    name = path.removesuffix(".py").removesuffix("/__init__")
    inner = name.removeprefix(f"{root}/" if root else "")
    first = inner.partition("/")[0]
    # A folder without __init__.py gives way to a module that is found later.
    hidden = root and (project.folder.has(f"{first}.py") or project.folder.has(f"{first}/__init__.py"))
    return (name if hidden else inner).replace("/", ".")
