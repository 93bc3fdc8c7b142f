"""Tests and documentation of a JVM build, which the image is built without."""

import itertools
import re
from collections.abc import Iterator

from genfile.detect.java.build import Build
from genfile.detect.paths import inside, relative
from genfile.evidence import Draft, Fact

# Build scripts, which may read any file of the tree, or use the tests of a module.
_SCRIPTS = ("pom.xml", "*.gradle", "*.gradle.kts")
_USES_TESTS = re.compile(
    r"src/test|test-jar|testFixtures|\b[tT]estArtifacts?\b|sourceSets\W{1,3}(?:named\W{1,3})?test\b"
)
_FILES = ("README*", "CHANGELOG*", "CONTRIBUTING*", "CODE_OF_CONDUCT*", "SECURITY.*", "mvnw.cmd", "gradlew.bat")
_TESTS = re.compile(r"(?:[^/]+/)*?src/test/")
MAX_SCRIPTS = 400
MAX_MODULES = 200


def put_unread(build: Build, draft: Draft) -> None:
    """Put /unread: the tests of every module, unless a build script uses some, and the root's documents that no script
    names."""
    root = build.root
    scripts = [root.text(name) or "" for pattern in _SCRIPTS for name in _first(root.files(pattern), MAX_SCRIPTS)]
    if len(scripts) >= MAX_SCRIPTS:
        return
    found = [] if any(_USES_TESTS.search(text) for text in scripts) else sorted(_tests(build))[:MAX_MODULES]
    documents = [name for pattern in _FILES for name in root.files(pattern, depth=0)]
    found += sorted(name for name in documents if not any(name in text for text in scripts))
    if found:
        draft.put(
            "unread",
            Fact([root.full(name) for name in found], (root.says(found[0], None, "the build does not read it"),)),
        )


def _first(names: Iterator[str], count: int) -> list[str]:
    return list(itertools.islice(names, count))


def _tests(build: Build) -> set[str]:
    """The folder `src/test` of each module, relative to the root."""
    root = build.root
    places = (f"{relative(folder, root.path)}/" for folder in root.tree.folders if inside(folder, root.path))
    return {match[0].rstrip("/") for place in places if (match := _TESTS.match(place))}
