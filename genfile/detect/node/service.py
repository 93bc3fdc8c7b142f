"""The facts of one Node service: the steps that fill its draft, in their order.

A step may read what earlier ones have put into the draft.
"""

from collections.abc import Callable

from msgspec import Struct, field

from genfile.data import Framework
from genfile.detect.node.absent import tell_absent_programs
from genfile.detect.node.build import build_command
from genfile.detect.node.claims import read_project
from genfile.detect.node.compiled import tell_absent
from genfile.detect.node.envcheck import put_env_check
from genfile.detect.node.extras import put_environment, put_install
from genfile.detect.node.framework import find_framework
from genfile.detect.node.gitbuild import put_git
from genfile.detect.node.identity import put_bun_version, put_identity
from genfile.detect.node.injected import put_injected
from genfile.detect.node.lasting import end_of, stdio_server
from genfile.detect.node.left import put_left
from genfile.detect.node.loaded import put_loaded
from genfile.detect.node.loader import put_loader
from genfile.detect.node.loose import is_loose, put_loose
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.members import put_build
from genfile.detect.node.mode import put_mode
from genfile.detect.node.outputs import put_made
from genfile.detect.node.outside import put_references
from genfile.detect.node.required import put_needed
from genfile.detect.node.rewrites import put_rewrites
from genfile.detect.node.secrets import put_secrets
from genfile.detect.node.server import put_server, put_site
from genfile.detect.node.settings import put_settings
from genfile.detect.node.site import asset_root, static_output
from genfile.detect.node.stores import put_stores
from genfile.detect.node.system import put_system
from genfile.detect.node.targets import fitted, put_target
from genfile.detect.node.used import used_framework
from genfile.detect.node.version import node_version, put_openssl
from genfile.detect.oneoff import put_one_off
from genfile.detect.stdio import put_stdio
from genfile.detect.tree import Project
from genfile.evidence import Draft


class _Service(Struct):
    """What the steps know: the project, and what is decided so far."""

    project: NodeProject
    framework: Framework | None = None
    draft: Draft = field(default_factory=Draft)


def detect(folder: Project) -> Draft:
    """The draft of a folder that was claimed, filled by `STEPS`."""
    project = read_project(folder)
    if project is None:
        return Draft()
    service = _Service(project)
    for step in STEPS:
        step(service)
    return service.draft


def _identity(service: _Service) -> None:
    """The name, the package manager, the lockfile, the engine, the workspace."""
    put_identity(service.project, service.draft)


def _version(service: _Service) -> None:
    """The release of Node or Bun."""
    if service.draft.values.get("engine") == "bun":
        put_bun_version(service.draft)
    else:
        node_version(service.project, service.draft)


def _framework(service: _Service) -> None:
    """The framework: of several, the one that the program imports."""
    found = find_framework(service.project)
    found = used_framework(service.project, found) if found is not None else None
    if found is not None:
        service.framework = fitted(service.project, found.value)
        service.draft.put("framework", found.but(found.value.name))


def _build(service: _Service) -> None:
    """The build command."""
    project, draft = service.project, service.draft
    manager = draft.values["package_manager"]["name"]
    draft.put("build", build_command(project, manager, service.framework))
    put_build(project, draft, manager)
    if draft.values.get("build"):
        tell_absent(project)


def _purpose(service: _Service) -> None:
    """A site of files for a web server; else a program, with its start command, port and health endpoint."""
    project, draft, framework = service.project, service.draft, service.framework
    static = static_output(project, framework) if framework else asset_root(project)
    if static is not None:
        put_site(project, draft, static, framework)
    else:
        put_server(project, draft, framework)
        says = stdio_server(project, tuple(draft.values.get("start", ()))) if not draft.values.get("port") else None
        if says is not None:
            put_stdio(draft, says)
        # A framework or a Procfile is for what runs on.
        if framework is None and not project.folder.has("Procfile"):
            put_one_off(draft, end_of(project, tuple(draft.values.get("start", ()))))


def _install(service: _Service) -> None:
    """What the installation reads, and whether its scripts run."""
    put_install(service.project, service.draft)
    put_injected(service.project, service.draft)
    if is_loose(service.project.package):
        put_loose(service.project, service.draft)


def _content(service: _Service) -> None:
    """Files that the image needs besides the build's output: loaded at run time, or left behind by the compiler."""
    put_loaded(service.project, service.draft, service.framework)
    put_left(service.project, service.draft)


def _variables(service: _Service) -> None:
    """Variables of the build and of the running service, and which of them it can't do without."""
    put_openssl(service.project, service.draft)
    if service.framework is not None:
        put_target(service.project, service.draft, service.framework)
    put_mode(service.project, service.draft)
    put_environment(service.project, service.draft)
    put_needed(service.project, service.draft)
    put_settings(service.project, service.draft)
    put_secrets(service.project, service.draft)


def _outside(service: _Service) -> None:
    """System packages, databases, folders outside of the service's own."""
    put_system(service.project, service.draft, with_run="static" not in service.draft.values)
    put_stores(service.project, service.draft)
    put_rewrites(service.project, service.draft)
    put_references(service.project, service.draft)


def _outputs(service: _Service) -> None:
    """What else the build makes, and what it needs to run at all: variables that it checks, git."""
    put_made(service.project, service.draft, service.framework)
    if service.draft.values.get("build"):
        put_env_check(service.project, service.draft)
        put_git(service.project, service.draft)
    tell_absent_programs(service.project, service.draft)
    put_loader(service.project, service.draft)


STEPS: tuple[Callable[[_Service], None], ...] = (
    _identity,
    _version,
    _framework,
    _build,
    _purpose,
    _install,
    _content,
    _variables,
    _outside,
    _outputs,
)
