"""Which release of a package the image gets, as far as the project says."""

from typing import TYPE_CHECKING

from genfile.parsers.requirements import cap

if TYPE_CHECKING:
    from genfile.detect.python.manifest import PythonProject


def is_below(project: "PythonProject", name: str, release: str) -> bool:
    """Whether what is locked, pinned or allowed of a package is older than a release. ``name``: normalised."""
    from packaging.version import InvalidVersion, Version

    dependency = project.dependencies.get(name)
    newest = project.locked.get(name) or (cap(dependency.specifier) if dependency is not None else None)
    try:
        return newest is not None and Version(newest) < Version(release)
    except InvalidVersion:
        return False
