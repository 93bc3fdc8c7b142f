"""The variables by which a Java program is told where its databases are."""

from collections.abc import Iterator

from genfile.detect.connections import Read, put_connections
from genfile.detect.java.build import Build
from genfile.detect.java.settings import placeholders
from genfile.evidence import Draft


def put_stores(build: Build, draft: Draft) -> None:
    """Put /connections."""
    put_connections(draft, build.folder, _reads(build), lambda name: ":" in name and build.find(name) is not None)


def _reads(build: Build) -> Iterator[Read]:
    for name, default, path in placeholders(build.folder):
        yield Read(name, build.folder.says(path, None, name), default)
