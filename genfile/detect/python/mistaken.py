"""Requirements that pip rejects or mistakes for other packages: module names, other platforms' packages, local
paths."""

from collections.abc import Iterator

from genfile.data import import_names
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.markers import holds
from genfile.evidence import Draft
from genfile.parsers.requirements import RequirementLine, normalise

_NAMES = {"Windows": "win32", "macOS": "darwin"}


def put_mistaken(project: PythonProject, draft: Draft) -> None:
    """Warn of each requirement that an image can't install, or that names another package than was meant."""
    for name, parsed in project.requirements_files.items():
        path = project.folder.full(name)
        for entry in parsed.entries:
            for text in _mistakes(entry):
                draft.note("warning", f"{path}:{entry.line}: {text}", path, entry.line)


def _mistakes(entry: RequirementLine) -> Iterator[str]:
    if not holds(entry.marker):
        return
    modules = {normalise(module): names for module, names in import_names().items()}
    brought = modules.get(entry.name, ())
    if brought and entry.name not in map(normalise, brought):
        yield (
            f"{entry.name} is a module of {brought[0]}; the package named {entry.name} is something else. List "
            f"{brought[0]} instead"
        )
    for system, names in import_names("elsewhere").items():
        if entry.name in names:
            mark = f"{entry.name}; sys_platform == '{_NAMES[system]}'"
            yield f"{entry.name} exists only for {system}, so pip fails; remove it, or write `{mark}`"
    if entry.url is not None and entry.url.startswith("file:///"):
        yield f"{entry.name or entry.url} is a file on the machine that wrote this list; use a version instead"
