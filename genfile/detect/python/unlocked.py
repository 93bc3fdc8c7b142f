"""Dependencies of no exact version, where no lockfile says which: each build may install others."""

from collections.abc import Iterator

from genfile.detect.python.local import local_dependencies
from genfile.detect.python.manager import LOCKS
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Evidence

_DIFFER = "so installed versions can differ between builds"
# How many packages a note names.
_NAMED = 2


def tell_of_unlocked(project: PythonProject, draft: Draft) -> None:
    """Note the dependencies that nothing pins. Tools with a lockfile of their own are told of that instead."""
    manager = draft.values["package_manager"]["name"]
    if project.inline is None and (manager in LOCKS or not project.has_manifest):
        return
    found = dict(_conda(project) if manager == "conda" else _unpinned(project))
    if not found:
        return
    names, says = list(found), next(iter(found.values()))
    more = len(names) - _NAMED
    listed = ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    have, them = ("have", "them") if len(names) > 1 else ("has", "it")
    mend = f"lock {them}, such as with `uv lock`" if says.path.endswith("pyproject.toml") else f"pin {them}"
    draft.note("info", f"{says.path}: {listed} {have} no exact version, {_DIFFER}; {mend}", says.path, says.line)


def _unpinned(project: PythonProject) -> Iterator[tuple[str, Evidence]]:
    """The listed packages without an exact version, there or in a file of constraints."""
    listed = [entry for parsed in project.requirements_files.values() for entry in parsed.entries]
    # What comes from an address or a folder rather than from an index; and what a folder needs has a list of its own.
    apart = {entry.name for entry in listed if entry.url}
    apart |= {item.name for item in local_dependencies(project)} - {entry.name for entry in listed}
    for name, item in project.dependencies.items():
        exact = "==" in item.specifier and "*" not in item.specifier
        if not exact and name not in project.locked and name not in apart:
            yield name, item.evidence


def _conda(project: PythonProject) -> Iterator[tuple[str, Evidence]]:
    """The packages of an environment file without any version, but for Python and pip."""
    name, document = project.conda
    for index, item in enumerate(document.items("dependencies") if document else []):
        if isinstance(item, str) and "=" not in item and item not in ("python", "pip"):
            line = document.line("dependencies", index) if document else None
            yield item, project.folder.says(name, line, item)
