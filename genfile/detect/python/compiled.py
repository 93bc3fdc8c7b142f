"""Pinned packages that were compiled for an older NumPy than the installer takes."""

from genfile.data import needs_old_numpy
from genfile.detect.python.dependency import Dependency
from genfile.detect.python.implied import put_extra
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft
from genfile.parsers.requirements import cap

BOUND = "<2"
# The first line of Python with wheels of NumPy 2: numpy.org/doc/stable/release/2.0.0-notes.html.
_FIRST = (3, 9)


def built_for_old(project: PythonProject) -> Dependency | None:
    """The first pinned dependency that was built for NumPy 1, if nothing bounds NumPy."""
    listed = project.dependencies.get("numpy")
    bounded = "numpy" in project.locked or (listed is not None and cap(listed.specifier) is not None)
    if bounded or "numpy" in project.conda_names:
        return None
    pinned = ((item, project.locked.get(name)) for name, item in project.dependencies.items())
    return next((item for item, version in pinned if version and needs_old_numpy(item.name, version)), None)


def put_old_numpy(project: PythonProject, draft: Draft) -> None:
    """Keep NumPy below 2 by /extra_packages for a package that was built for NumPy 1."""
    item = built_for_old(project)
    if item is None or not _may_take_newest(project):
        return
    says = item.evidence
    draft.values["extra_packages"] = [text for text in draft.values.get("extra_packages", ()) if text != "numpy"]
    put_extra(draft, f"numpy{BOUND}", says)
    built = f"{item.name} {project.locked[item.name]} was built for NumPy 1 and does not run with NumPy 2"
    text = f"{says}: {built}; the image installs numpy{BOUND}. Add it to your dependencies"
    draft.note("warning", text, says.path, says.line)


def _may_take_newest(project: PythonProject) -> bool:
    line = project.python or ""
    return all(part.isdecimal() for part in line.split(".")) and tuple(map(int, line.split("."))) >= _FIRST
