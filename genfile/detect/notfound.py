"""Whether a site has its own page for unknown paths."""

from genfile.detect.tree import Project


def has_not_found(folder: Project, *, made: bool) -> bool:
    """Whether the site has a `404.html`, or a source of one: `404.md`, `pages/404.astro`; ``made``: the generator
    always writes one."""
    return made or next(folder.files("404.*"), None) is not None
