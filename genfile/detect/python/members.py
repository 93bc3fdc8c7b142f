"""The members of a uv workspace."""

import fnmatch

from genfile.detect.paths import relative
from genfile.detect.tree import Project

MAX_PATTERNS = 200


def members_of(root: Project, patterns: list[object]) -> dict[str, None]:
    """The folders of a uv workspace's members; computed once."""
    key, memory = ("uv-members", root.path), root.tree.memory
    if key not in memory:
        texts = [str(pattern).strip("./") for pattern in patterns[:MAX_PATTERNS]]
        memory[key] = {
            path: None
            for path, names in root.tree.folders.items()
            if "pyproject.toml" in names and any(fnmatch.fnmatchcase(relative(path, root.path), text) for text in texts)
        }
    found: dict[str, None] = memory[key]
    return found
