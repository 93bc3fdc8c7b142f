"""Whether a folder is a Python service, a library, or a tool."""

import posixpath

from genfile.detect.hosting import hosting
from genfile.detect.language import Claim
from genfile.detect.python.application import Application
from genfile.detect.python.django import find_django
from genfile.detect.python.flags import listens
from genfile.detect.python.frameworks import find_framework, find_program, has_main_package, importing_program
from genfile.detect.python.hosted import hosted_program, hosted_server
from genfile.detect.python.manifest import PythonProject, python_project
from genfile.detect.python.objects import find_application
from genfile.detect.python.pointer import points_to
from genfile.detect.python.serving import bot, of_desktop, passed_over, proof, staying
from genfile.detect.python.start import notebook
from genfile.detect.python.told import told
from genfile.detect.python.unlisted import uses_others
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.small import parse_procfile

SERVERS = ("gunicorn", "uvicorn", "hypercorn", "granian", "daphne", "waitress", "uwsgi")


def claim(folder: Project) -> Claim | None:
    """The strength of a folder's claim to be a Python service; None for libraries, tools and loose scripts."""
    if _inside_package(folder) or _of_editor(folder) or points_to(folder) is not None:
        return None
    project = python_project(folder)
    if _is_of_folder_below(project):
        return None
    if find_django(project) is not None and (project.depends("django") or folder.has("manage.py")):
        says = project.depends("django") or folder.says("manage.py", 1, "manage.py")
        return Claim("server", says)
    found = find_framework(project)
    if found is not None and found.value.kind == "server" and of_desktop(project):
        return None
    if found is not None and _is_used(project, found.value.name):
        return Claim("server" if found.value.kind == "server" else "program", found.evidence[0])
    if folder.has("Procfile") and any(
        name in (folder.parse(parse_procfile, "Procfile") or {}) for name in ("web", "worker")
    ):
        return Claim("program", folder.says("Procfile", 1, "Procfile"))
    if project.requirements_name or project.pyproject or project.pipfile or project.has_build_system:
        hosted = hosted_program(project) or hosted_server(project)
        return Claim("program", hosted.evidence[0]) if hosted is not None else _program(project)
    return _loose(project)


def _is_of_folder_below(project: PythonProject) -> bool:
    """Whether a manifest's Django project is in a folder whose own manifest lists Django."""
    django = find_django(project)
    place = posixpath.dirname(django.place) if django is not None else ""
    below = python_project(project.folder.at(place)) if place else project
    return bool(place) and below.has_manifest and below.depends("django") is not None


def _of_editor(folder: Project) -> bool:
    """Whether the folder belongs to an editor extension: its package.json, here or above, names the editor."""
    place: Project | None = folder
    while place is not None:
        document = place.json("package.json") if place.has("package.json") else None
        if document is not None and document.get("engines", "vscode") is not None:
            return True
        place = place.parent()
    return False


def _inside_package(folder: Project) -> bool:
    """Whether a folder, known only by a file with a usual name, is part of another project above it."""
    if (
        any(folder.has(name) for name in ("pyproject.toml", "Pipfile", "setup.py"))
        or python_project(folder).requirements_name
    ):
        return False
    if folder.has("manage.py") and find_django(python_project(folder)) is not None:
        # A Django project in its own folder belongs to the manifest above it.
        above = folder.parent()
        while above is not None:
            project = python_project(above)
            if find_django(project) is not None and project.has_manifest and project.depends("django"):
                return True
            above = above.parent()
        return False
    above = folder.parent()
    while above is not None:
        if any(
            above.has(name)
            for name in (
                "pyproject.toml",
                "Pipfile",
                "setup.py",
                "manage.py",
                "environment.yml",
                "environment.yaml",
                "pixi.toml",
                "package.json",
                "go.mod",
                "pom.xml",
            )
        ) or (python_project(above).requirements_name and points_to(above) is None):
            return True
        above = above.parent()
    return False


def _is_used(project: PythonProject, framework: str) -> bool:
    """Whether a dependency is really used: by an application, a program, or a server; a library for a framework has
    none."""
    found = find_framework(project)
    if found is None:
        return False
    if project.has_build_system and not _has_server(project) and not project.folder.has("Procfile"):
        application = find_application(project, found.value)
        if application is not None and "/" not in application.value.file.removeprefix("src/").replace("/", "", 1):
            return True
        if application is not None and any(
            item.serves and item.path == application.value.file for item in told(project)
        ):
            return True
        if application is not None and _is_started(project, application.value):
            return True
        # A page that only its framework's command runs is not part of a library.
        page = found.value.object is None and found.value.start[:1] == (found.value.name,)
        return proof(project) is not None or (page and importing_program(project, found.value) is not None)
    if found.value.object is not None and find_application(project, found.value) is not None:
        return True
    if "{notebook}" in found.value.start:
        return notebook(project) is not None
    return (
        find_program(project, found.value) is not None
        or has_main_package(project) is not None
        or project.depends(*SERVERS) is not None
        or framework == "celery"
    )


def _has_server(project: PythonProject) -> bool:
    """Whether a server is a dependency, also as an extra of the framework: `fastapi[standard]` brings uvicorn."""
    fastapi = project.dependencies.get("fastapi")
    brought = fastapi is not None and not {"standard", "all"}.isdisjoint(fastapi.extras)
    return brought or project.depends(*SERVERS) is not None


def _is_started(project: PythonProject, application: Application) -> bool:
    """Whether the project's own container or host files start an application, by its file or its module."""
    names = {application.file, application.module}
    starts = [fact.value.split() for fact in hosting(project.folder).starts]
    return any(word.split(":")[0].removeprefix("./") in names for words in starts for word in words)


def _program(project: PythonProject) -> Claim | None:
    folder = project.folder
    listens_itself = proof(project)
    if listens_itself is not None:
        return Claim("program", listens_itself.evidence[0])
    stays = staying(project) if not functions(folder) else None
    if stays is not None:
        return Claim("program", stays.evidence[0])
    if project.has_build_system and len(project.scripts) > 1:
        return None
    if not project.dependencies and not project.scripts:
        return None
    program = find_program(project)
    package = has_main_package(project)
    if (
        project.has_build_system
        and package is not None
        and listens(project, ["python", "-m", package.removeprefix("src/")])
    ):
        return Claim("program", folder.says(f"{package}/__main__.py", 1, f"{package}/__main__.py listens"))
    if functions(folder):
        return None
    if program is not None and not project.has_build_system and not _below_package(folder):
        if passed_over(project, program):
            return None
        return Claim("guess", folder.says(program, 1, f"{program} beside the dependencies"))
    server = next(
        (
            name
            for name in project.scripts
            if any(word in name for word in ("server", "serve", "api", "web", "bot", "worker", "mcp"))
        ),
        None,
    )
    if server is not None:
        return Claim("program", folder.says("pyproject.toml", None, f"script {server}"))
    return None


def _below_package(folder: Project) -> bool:
    """Whether a folder above is an installed project: a program that nothing mentions is a tool of it."""
    above = folder.parent()
    while above is not None:
        if (above.has("pyproject.toml") or above.has("setup.py")) and python_project(above).has_build_system:
            return True
        above = above.parent()
    return False


def _loose(project: PythonProject) -> Claim | None:
    """No manifest at all: only a program that listens, or stays by a client of something, is a service."""
    found = proof(project) or bot(project) or staying(project)
    if found is not None and not proof(project) and not uses_others(project, found.value[-1]):
        return None
    return Claim("guess", found.evidence[0]) if found is not None and not functions(project.folder) else None


def functions(folder: Project) -> bool:
    """Whether the folder's code is functions of a platform that starts them itself: no container."""
    for name in ("serverless.yml", "serverless.yaml", "samconfig.toml"):
        if folder.has(name):
            path = folder.full(name)
            folder.tree.note("info", f"{path}: functions that a platform starts are not a service", path)
            return True
    return False


def bare_program(folder: Project) -> Evidence | None:
    """A program of a folder that is not made to be installed as a tool: main.py and its like, else what can be run."""
    project = python_project(folder)
    if functions(folder):
        return None
    if project.scripts or (project.has_build_system and not folder.has("main.py")):
        return None
    names = ("main.py", "app.py", "server.py", "bot.py", "worker.py")
    name = next((name for name in names if folder.has(name)), None)
    if name is None:
        return _only_program(project)
    return folder.says(name, 1, name) if not passed_over(project, name) else None


def _only_program(project: PythonProject) -> Evidence | None:
    """Of a folder without a program of a usual name: what listens or stays, else the only one that can be run."""
    found = proof(project) or staying(project)
    path = found.value[-1] if found is not None else find_program(project)
    if path is None or not path.endswith(".py") or (not project.has_manifest and not uses_others(project, path)):
        return None
    if found is None and passed_over(project, path):
        return None
    return found.evidence[0] if found is not None else project.folder.says(path, 1, path)
