"""Paths of a tree: relative to its root, forward slashes, the root itself empty."""

import posixpath


def relative(path: str, folder: str) -> str:
    """A path as seen from a folder; `.` for the folder itself. The root of the tree is `` or `.`, in both places."""
    start = f"{folder}/" if folder not in ("", ".") else ""
    if path.startswith(start) and not {".", "..", ""} & set(path.split("/")):
        return path[len(start) :]
    return posixpath.relpath(path or ".", folder or ".")


def inside(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it; everything lies below the root."""
    return not folder or path == folder or path.startswith(folder + "/")
