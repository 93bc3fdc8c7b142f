"""The facts of one Python service: the steps that fill its draft, in their order.

A step may read what earlier ones have put into the draft.
"""

from collections.abc import Callable

from msgspec import Struct, field

from genfile.data import Framework
from genfile.detect.oneoff import put_one_off
from genfile.detect.python.absent import lacks_settings, tell_of_absent
from genfile.detect.python.chosen import put_start
from genfile.detect.python.compiled import put_old_numpy
from genfile.detect.python.databases import leave_out_migrations
from genfile.detect.python.django import Django, find_django, for_production
from genfile.detect.python.extras import put_collectstatic, put_environment, put_install
from genfile.detect.python.fetched import put_fetched
from genfile.detect.python.gunicorn import put_configured
from genfile.detect.python.hostlists import put_local_hosts
from genfile.detect.python.identity import framework_of, put_identity, put_workspace
from genfile.detect.python.implied import put_implied, put_logins
from genfile.detect.python.listening import put_network
from genfile.detect.python.manifest import PythonProject, python_project
from genfile.detect.python.mistaken import put_mistaken
from genfile.detect.python.outside import put_references
from genfile.detect.python.processes import put_processes, put_release
from genfile.detect.python.removed import put_removed
from genfile.detect.python.runnable import put_runnable
from genfile.detect.python.scm import put_version_variable
from genfile.detect.python.serving import ends
from genfile.detect.python.sources import put_sources
from genfile.detect.python.statefiles import move_state
from genfile.detect.python.stores import put_stores
from genfile.detect.python.system import put_backing, put_system, put_torch
from genfile.detect.python.undeclared import loaded_modules, put_framework, put_groups_as_packages, put_undeclared
from genfile.detect.python.unlisted import put_imported
from genfile.detect.python.version import python_version, python_version_of_all
from genfile.detect.python.writes import named_paths, put_volumes, put_writes
from genfile.detect.tree import Project
from genfile.detect.written import put_written
from genfile.evidence import Draft


class _Service(Struct):
    """What the steps know: the project, and what is decided so far."""

    project: PythonProject
    framework: Framework | None = None
    django: Django | None = None
    draft: Draft = field(default_factory=Draft)


def detect(folder: Project) -> Draft:
    """The draft of a folder that was claimed, filled by `STEPS`."""
    service = _Service(python_project(folder))
    for step in STEPS:
        step(service)
    return service.draft


def _version(service: _Service) -> None:
    """The Python release that runs it."""
    python_version(service.project, service.draft)


def _identity(service: _Service) -> None:
    """The name, the package manager, the lockfile."""
    put_identity(service.project, service.draft)


def _framework(service: _Service) -> None:
    """The framework; Django's settings if it is Django."""
    django = find_django(service.project)
    found = framework_of(service.project, django)
    if found is not None:
        service.framework = found.value
        if django is not None and found.value.name == "django":
            service.django = for_production(service.project, django)
        service.draft.put("framework", found.but(found.value.name))


def _workspace(service: _Service) -> None:
    """Groups and extras to install, and the workspace that the service is a member of."""
    put_workspace(service.project, service.draft)


def _start(service: _Service) -> None:
    """The start command, and the application object that a server runs."""
    put_start(service.project, service.draft, service.framework, service.django)


def _network(service: _Service) -> None:
    """The port, the variable that sets it, the health endpoint."""
    put_network(service.project, service.draft, service.framework)


def _course(service: _Service) -> None:
    """Whether the program ends by itself. A Procfile is only for what runs on."""
    project, start = service.project, service.draft.values.get("start") or []
    file = start[1] if len(start) > 1 and start[0] in ("python", "python3") else ""
    if service.framework is None and file.endswith(".py") and not project.folder.has("Procfile"):
        put_one_off(service.draft, ends(project, [start[0], file]))


def _processes(service: _Service) -> None:
    """Other processes: collected static files, workers, commands of a release."""
    if service.django is not None:
        put_collectstatic(service.project, service.draft, service.django)
    put_processes(service.project, service.draft, service.framework, service.django)
    put_release(service.project, service.draft, service.framework)
    if service.django is not None and lacks_settings(service.project, service.django, service.draft):
        # It would fail as well, and the service waits for it.
        service.draft.values["release"] = None
        service.draft.evidence.pop("/release", None)
    elif service.django is not None:
        leave_out_migrations(service.project, service.draft, service.django)
    move_state(service.project, service.draft)


def _packages(service: _Service) -> None:
    """What is installed: what the lists name, what the code needs besides, what is named by mistake; and the Python
    release that all of it works with."""
    project, draft = service.project, service.draft
    put_install(project, draft)
    put_imported(project, draft)
    put_groups_as_packages(project, draft)
    put_framework(project, draft, service.framework)
    put_undeclared(project, draft, service.django)
    tell_of_absent(project, draft, loaded_modules(project, draft, service.django))
    python_version_of_all(project, draft)
    put_implied(project, draft, service.django)
    put_old_numpy(project, draft)
    put_mistaken(project, draft)
    put_removed(project, draft)


def _variables(service: _Service) -> None:
    """Variables that the code reads."""
    put_environment(service.project, service.draft, service.django)
    put_local_hosts(service.project, service.draft, service.django)


def _files(service: _Service) -> None:
    """Folders that the program writes to, and volumes."""
    put_writes(service.project, service.draft)
    put_written(service.project.folder, service.draft, named_paths(service.project))
    put_volumes(service.project, service.draft)


def _outside(service: _Service) -> None:
    """System packages, databases, private sources, downloaded models."""
    project, draft = service.project, service.draft
    put_torch(project, draft)
    put_system(project, draft)
    put_backing(project, draft)
    put_stores(project, draft)
    put_logins(project, draft)
    put_sources(project, draft)
    put_fetched(project, draft)


def _run(service: _Service) -> None:
    """What the chosen command needs: gunicorn's settings, imports that it finds, the project's version and files."""
    project, draft = service.project, service.draft
    put_version_variable(project, draft)
    put_configured(project, draft)
    put_runnable(project, draft)
    draft.values["run_paths"] = [project.folder.spec_path]
    put_references(project, draft)


STEPS: tuple[Callable[[_Service], None], ...] = (
    _version,
    _identity,
    _framework,
    _workspace,
    _start,
    _network,
    _course,
    _processes,
    _packages,
    _variables,
    _files,
    _outside,
    _run,
)
