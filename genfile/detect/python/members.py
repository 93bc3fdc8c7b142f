"""The members of a uv workspace."""

import fnmatch

from genfile.detect.paths import relative
from genfile.detect.tree import Project

MAX_PATTERNS = 200


def members_of(root: Project, patterns: list[object]) -> dict[str, None]:
    """The folders of a uv workspace's members; computed once."""
    return root.tree.once(("uv-members", root.path), lambda: _members(root, patterns))


def _members(root: Project, patterns: list[object]) -> dict[str, None]:
    texts = [str(pattern).strip("./") for pattern in patterns[:MAX_PATTERNS]]
    return {
        path: None
        for path, names in root.tree.folders.items()
        if "pyproject.toml" in names and any(fnmatch.fnmatchcase(relative(path, root.path), text) for text in texts)
    }
