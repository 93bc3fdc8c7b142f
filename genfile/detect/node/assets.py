"""The files that Nest's build copies from the sources into its output, by `assets` in nest-cli.json.

Source: docs.nestjs.com/cli/monorepo, assets.
"""

import posixpath
from collections.abc import Callable
from typing import Any

from genfile.detect.code import parse_code
from genfile.detect.globs import matches, segments
from genfile.detect.node.manifest import read_package
from genfile.detect.node.scripts import resolve
from genfile.detect.tree import Project
from genfile.parsers.javascript import parse_javascript, parse_typescript

_FILE = "nest-cli.json"
_CODE = (".js", ".ts", ".mts", ".cts", ".mjs", ".cjs")
_TESTS = (".spec", ".test", ".d")
MAX_SOURCES = 1500


def copied(folder: Project) -> Callable[[str], bool]:
    """Whether Nest's build copies a file of the sources, which nothing opens among the sources themselves."""
    document = folder.json(_FILE) if folder.has(_FILE) else None
    package = read_package(folder)
    steps = resolve(package, "build") if package is not None else None
    if document is None or document.get("monorepo") is True or not any(item.program == "nest" for item in steps or ()):
        return _never
    root = posixpath.normpath(document.text("sourceRoot") or "src")
    value = document.get("compilerOptions", "assets")
    items = [_included(item) for item in value] if isinstance(value, list) else []
    patterns = [segments(posixpath.normpath(posixpath.join(root, item))) for item in items if item]
    if not patterns or _opens_sources(folder, root):
        return _never
    # A pattern that names a folder is for everything in it.
    patterns += [(*item, "**", "*") for item in patterns if folder.has_folder("/".join(item))]
    return lambda name: any(matches(name.split("/"), pattern) for pattern in patterns)


def _included(item: Any) -> str:
    """The pattern of an asset; none where it leaves something out."""
    text = item.get("include") if isinstance(item, dict) and not item.get("exclude") else item
    return text if isinstance(text, str) else ""


def _never(_: str) -> bool:
    return False


def _opens_sources(folder: Project, root: str) -> bool:
    """Whether the code names a path below the sources, which it opens from the working directory. True if unknown."""
    for count, name in enumerate(folder.files("*", below=root, depth=12)):
        stem, ending = posixpath.splitext(name)
        if ending not in _CODE or stem.endswith(_TESTS):
            continue
        module = parse_code(folder, parse_typescript if ending.endswith("ts") else parse_javascript, name)
        if module is None or count > MAX_SOURCES:
            return True
        imported = {item.module for item in module.imports}
        texts = {posixpath.normpath(path) for path, _ in module.paths if path not in imported}
        if any(text.startswith(f"{root}/") or f"/{root}/" in text for text in texts):
            return True
    return False
