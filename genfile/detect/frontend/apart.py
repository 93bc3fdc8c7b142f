"""The server's own part of a folder that it shares with a front end."""

import posixpath
import re
from collections.abc import Iterable

from genfile.detect.node.manifest import read_package
from genfile.detect.paths import inside
from genfile.detect.tree import Project

# A server's sources, by language: bundlers don't read them, but Tailwind may look for classes in them.
_SOURCES = {"python": (".py",), "go": (".go",), "java": (".java", ".kt")}
# Manifests that a server has even if nothing is installed from them.
_OWN = {"go": ("go.mod",)}
_SCANS = ("tailwindcss", "@tailwindcss/vite", "@tailwindcss/postcss", "unocss")


def left_out(front: Project, language: str, manifests: Iterable[str], own: Iterable[str]) -> list[str]:
    """Patterns for files in a front end's folder that its build does not read. ``manifests``: the server's, ``own``:
    the front end's, by their paths in the tree."""
    endings = [ending for ending in _SOURCES.get(language, ()) if not _reads(front, ending)]
    kept = set(own)
    bare = [front.full(name) for name in _OWN.get(language, ()) if front.has(name)]
    named = dict.fromkeys((*bare, *manifests))
    theirs = [path for path in named if inside(path, front.path) and path not in kept]
    inner = [posixpath.relpath(path, front.path or ".") for path in theirs if not path.endswith(".json")]
    return [*(f"**/*{ending}" for ending in endings), *inner] if endings else []


def _reads(front: Project, ending: str) -> bool:
    """Whether a configuration names files with an extension, or a tool scans everything."""
    package = read_package(front)
    scanned = [package.every_dependency[name] for name in _SCANS if package and name in package.every_dependency]
    if any(not re.match(r"[\^~]?[0-3]\.", version) for version in scanned):
        return True
    named = (name for name in front.names() if name.endswith((".js", ".cjs", ".mjs", ".ts", ".mts", ".json")))
    return any(ending in (front.text(name) or "") for name in named if "config" in name or name == "package.json")


__all__ = ["left_out"]
