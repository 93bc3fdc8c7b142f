"""Paths of a tree: relative to its root, forward slashes, the root itself empty."""

import posixpath


def relative(path: str, folder: str) -> str:
    """A path as seen from a folder; `.` for the folder itself. The root of the tree is `` or `.`, in both places."""
    return posixpath.relpath(path or ".", folder or ".")
