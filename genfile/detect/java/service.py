"""The facts of one JVM service: the steps that fill its draft, in order.

A step may read what earlier ones have put into the draft.
"""

from collections.abc import Callable

from msgspec import Struct, field

from genfile.data import Framework
from genfile.detect.java.boot import put_layers, tell_of_goal
from genfile.detect.java.build import Build
from genfile.detect.java.credentials import tell_of_credentials
from genfile.detect.java.dotenv import put_dotenv
from genfile.detect.java.drivers import tell_of_driver
from genfile.detect.java.flags import put_flags
from genfile.detect.java.git import put_git
from genfile.detect.java.gradleline import put_gradle
from genfile.detect.java.identity import put_framework, put_name, put_tool, put_workspace
from genfile.detect.java.layout import put_layout
from genfile.detect.java.machine import put_machine
from genfile.detect.java.network import put_network
from genfile.detect.java.private import put_private
from genfile.detect.java.profile import tell_of_profile
from genfile.detect.java.reachable import put_reachable
from genfile.detect.java.read import read_build
from genfile.detect.java.resolve import put_resolve
from genfile.detect.java.stores import put_outside
from genfile.detect.java.unread import put_unread
from genfile.detect.java.version import java_version, put_jdk
from genfile.detect.java.writes import put_writes
from genfile.detect.tree import Project
from genfile.evidence import Draft


class _Service(Struct):
    """What the steps share: the module's build, and what is decided so far."""

    build: Build
    framework: Framework | None = None
    draft: Draft = field(default_factory=Draft)


def detect(folder: Project) -> Draft:
    """The draft of a module that was claimed, filled by `STEPS`."""
    build = read_build(folder)
    if build is None:
        return Draft()
    service = _Service(build)
    for step in STEPS:
        step(service)
    return service.draft


def _identity(service: _Service) -> None:
    """The name, and the build tool with its version and wrapper."""
    put_name(service.build, service.draft)
    put_tool(service.build, service.draft)


def _version(service: _Service) -> None:
    """The Java release that builds and runs it."""
    java_version(service.build, service.draft)


def _framework(service: _Service) -> None:
    """The framework, and an older Gradle if the framework or Java needs one."""
    service.framework = put_framework(service.build, service.draft)
    put_gradle(service.build, service.draft)


def _private(service: _Service) -> None:
    """Credentials for private repositories."""
    put_private(service.build, service.draft)


def _artifact(service: _Service) -> None:
    """What the build makes, by which command, its layers, and how it is started."""
    put_layout(service.build, service.draft, service.framework)
    put_layers(service.build, service.draft)
    put_flags(service.build, service.draft)


def _network(service: _Service) -> None:
    """The port, the variable that sets it, the health endpoint."""
    put_network(service.build, service.draft, service.framework)
    put_reachable(service.build, service.draft, service.framework.name if service.framework is not None else None)


def _files(service: _Service) -> None:
    """Folders that the program writes to, and whether it compiles Java at run time."""
    put_writes(service.build, service.draft)
    put_jdk(service.build, service.draft)


def _outside(service: _Service) -> None:
    """System packages, databases, variables."""
    put_outside(service.build, service.draft)


def _inputs(service: _Service) -> None:
    """What the build reads: the modules around it, the files that resolve dependencies, git."""
    put_workspace(service.build, service.draft)
    put_resolve(service.build, service.draft)
    put_git(service.build, service.draft)


def _notes(service: _Service) -> None:
    """What only works on a developer's machine, and files that nothing in the image reads."""
    put_machine(service.build, service.draft)
    tell_of_goal(service.build, service.draft)
    tell_of_profile(service.build.folder, service.draft)
    tell_of_driver(service.build, service.draft)
    tell_of_credentials(service.build.folder, service.draft)
    put_unread(service.build, service.draft)
    put_dotenv(service.build, service.draft)


STEPS: tuple[Callable[[_Service], None], ...] = (
    _identity,
    _version,
    _framework,
    _private,
    _artifact,
    _network,
    _files,
    _outside,
    _inputs,
    _notes,
)
