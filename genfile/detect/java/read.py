"""A folder's whole build: what it declares, and the program that it creates."""

from genfile.detect.java.build import Build
from genfile.detect.java.declared import declared_build
from genfile.detect.java.package import put_package, with_profile
from genfile.detect.java.pom import reactor_root, read_pom
from genfile.detect.tree import Project


def read_build(folder: Project) -> Build | None:
    """The build of a folder; None if it has none that can be read."""
    pom = read_pom(folder)
    if pom is not None:
        # The profile also decides what is declared.
        pom = with_profile(pom, reactor_root(folder))
    build = declared_build(folder)
    if build is not None and build.tool == "maven" and pom is not None:
        put_package(pom, build)
    return build
