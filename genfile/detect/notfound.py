"""Whether a site has a page of its own for what is not there."""

from genfile.detect.tree import Project


def has_not_found(folder: Project, *, made: bool) -> bool:
    """Whether `404.html` is served; ``made``: the generator writes one whatever the tree holds. Else the tree has one,
    or what one is made of: `404.md`, `pages/404.astro`."""
    return made or next(folder.files("404.*"), None) is not None
