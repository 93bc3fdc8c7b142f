"""Which files are Dockerfiles, and what for, by their names."""

import posixpath
import re

_NAME = re.compile(r"(?:dockerfile|containerfile)(?:\..+)?|.+\.dockerfile", re.IGNORECASE)
# Endings of files beside a Dockerfile that are none: ignore files, templates.
_OTHERS = (".dockerignore", ".j2", ".tmpl", ".tpl", ".template", ".md")
_ASIDE = frozenset("dev devel development local debug test tests testing e2e ci devcontainer".split())


def is_dockerfile(path: str) -> bool:
    """Whether a file is a Dockerfile by its name."""
    name = posixpath.basename(path)
    return _NAME.fullmatch(name) is not None and not name.lower().endswith(_OTHERS)


def is_for_development(path: str) -> bool:
    """Whether a Dockerfile makes an image for development or tests, by a word of its name or of its folders."""
    return bool(_ASIDE & set(re.split(r"[^a-z0-9]+", path.lower())))
