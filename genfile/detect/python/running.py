"""The modules that the running service may load, without those that somebody runs by hand."""

from genfile.detect.python.application import modules
from genfile.detect.python.imports import started
from genfile.detect.python.libraries import LibraryModule, loaded_modules
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.writes import by_hand
from genfile.evidence import Draft
from genfile.parsers.python import PyModule


def running(project: PythonProject, draft: Draft) -> list[tuple[str, PyModule]]:
    """The project's modules, except scripts and the like that none of the service's commands imports.

    Where the commands name no module, or Django finds modules by its settings, only what is in a folder `scripts` can
    be told apart.
    """
    release = draft.values.get("release") or []
    commands = [draft.values.get("start") or [], release, *draft.values.get("processes", {}).values()]
    loaded = {path for words in commands for path in started(project, list(words))}
    unsure = not loaded or draft.values.get("framework") == "django"
    return [item for item in modules(project) if item[0] in loaded or not _is_aside(item[0], unsure=unsure)]


def running_libraries(project: PythonProject, draft: Draft) -> list[LibraryModule]:
    """The modules that those of `running` import from packages of the tree that are installed with the service."""
    return loaded_modules(project, [path for path, _ in running(project, draft)])


def _is_aside(path: str, *, unsure: bool) -> bool:
    return path.startswith("scripts/") if unsure else by_hand(path)
