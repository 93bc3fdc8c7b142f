"""The variables with the addresses of a Java program's databases."""

from collections.abc import Iterator
from dataclasses import replace

from genfile.detect.connections import Read, put_connections
from genfile.detect.java.build import Build
from genfile.detect.java.outside import variables
from genfile.evidence import Draft


def put_stores(build: Build, draft: Draft) -> None:
    """Put /connections."""
    reads = _reads(build, spring=draft.values.get("framework") == "spring-boot")
    put_connections(draft, build.folder, reads, lambda name: ":" in name and build.find(name) is not None)


def _reads(build: Build, *, spring: bool) -> Iterator[Read]:
    for item in variables(build, spring=spring):
        yield Read(item.name, replace(item.says, says=item.name), item.default)
