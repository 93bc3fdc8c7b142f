"""The scripts of a Gradle build that affect one module: its own, those of convention plugins, the root's."""

from collections.abc import Iterator
from typing import Any

from genfile.detect.java.build import Build
from genfile.detect.java.gradle import CONVENTIONS, read_script
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.gradle import GradleScript, parse_gradle_groovy, parse_gradle_kotlin
from genfile.parsers.gradle_parts import Statement

MAX_CONVENTIONS = 30


def scripts_of(build: Build) -> list[tuple[Project, str, GradleScript]]:
    """Folder, name and script: the module's own first, then convention plugins, then the root's."""
    found: list[tuple[Project, str, GradleScript]] = []
    own = read_script(build.folder)
    if own is not None:
        found.append((build.folder, *own))
    found += convention_scripts(build.root)
    above = read_script(build.root) if build.is_member else None
    return [*found, (build.root, *above)] if above is not None else found


def convention_scripts(root: Project) -> list[tuple[Project, str, GradleScript]]:
    """The convention plugins of a build, from the folders where they usually are."""
    found: list[tuple[Project, str, GradleScript]] = []
    for base in CONVENTIONS:
        for pattern, parser in (("*.gradle.kts", parse_gradle_kotlin), ("*.gradle", parse_gradle_groovy)):
            for name in root.files(pattern, below=base, depth=6) if root.has_folder(base) else ():
                if "/src/" not in name or len(found) >= MAX_CONVENTIONS:
                    continue
                script = root.parse(parser, name)
                if script is not None:
                    found.append((root, name, script))
    return found


def statements_of(build: Build) -> Iterator[tuple[Evidence, Statement]]:
    """The statements that apply to a module, nearest script first, each with its place; from the root's script only
    those for all members."""
    for folder, name, script in scripts_of(build):
        for_root = build.is_member and folder.path == build.root.path and "/" not in name
        for item in script.statements:
            if not for_root or any(
                block.startswith(("subprojects", "allprojects", "configure")) for block in item.blocks
            ):
                yield folder.says(name, item.line, item.path), item


def find_value(build: Build, *paths: str) -> tuple[Any, Evidence] | None:
    """The last value that the nearest script sets for a dotted path with one of these endings."""
    found: dict[str, tuple[Any, Evidence]] = {}
    for says, item in statements_of(build):
        if item.arguments and any(item.path == path or item.path.endswith("." + path) for path in paths):
            found[says.path] = (item.arguments[0], says)
    return next(iter(found.values()), None)
