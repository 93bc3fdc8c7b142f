"""Programs deep in a tree: which files below the root are run, and which are only imported."""

from genfile.detect.python.application import modules
from genfile.detect.python.manifest import PythonProject
from genfile.parsers.python import PyModule

# Files that are run, even without a main guard.
USUAL = frozenset(
    "main.py run.py start.py server.py bot.py worker.py consumer.py scheduler.py poller.py listener.py".split()
)
MAX_PROGRAMS = 12


def deep_programs(project: PythonProject) -> list[str]:
    """The files below the first level that can be run, nearest to the root first: with a main guard or a usual name,
    and never imported. None for an installed package, which starts programs by name."""
    if project.has_build_system:
        return []
    return list(project.folder.tree.once(("python-deep", project.folder.path), lambda: _deep_programs(project)))


def _deep_programs(project: PythonProject) -> list[str]:
    listed = modules(project)
    own = [
        (path, module)
        for path, module in listed
        if path.count("/") > path.startswith("src/")
        and not path.endswith(("/__init__.py", "/__main__.py", "/manage.py"))
    ]
    found = [path for path, module in own if module.has_main_guard or path.rsplit("/", 1)[-1] in USUAL]
    return [path for path in found if not any(_imports(other, at, path) for at, other in listed if at != path)][
        :MAX_PROGRAMS
    ]


def _imports(module: PyModule, at: str, path: str) -> bool:
    """Whether a module imports a file: by its dotted name, the end of that name, or as a neighbour."""
    dotted = path.removesuffix(".py").replace("/", ".")
    parts = dotted.split(".")
    ends = {".".join(parts[start:]) for start in range(len(parts) - 1)}
    if not ends.isdisjoint(module.imports):
        return True
    beside = at.rpartition("/")[0] == path.rpartition("/")[0]
    return beside and (parts[-1] in module.neighbours or parts[-1] in module.imports)
