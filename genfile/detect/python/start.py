"""How a Python service is started: the server that the project has, on every address."""

import re

from genfile.data import Framework
from genfile.detect.python.application import Application, module_name, modules
from genfile.detect.python.besides import own_way
from genfile.detect.python.django import Django
from genfile.detect.python.frameworks import find_program, has_main_package
from genfile.detect.python.gunicorn import gunicorn, worker_class
from genfile.detect.python.hosted import command_words, hosted_program, put_hosted, put_procfile
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.paste import paste_file
from genfile.detect.python.reach import reach
from genfile.detect.python.servers import (
    ASGI_SERVERS,
    WSGI_SERVERS,
    ServerStart,
    asgi,
    uwsgi,
    waitress,
)
from genfile.detect.python.serving import bot, serving, staying
from genfile.evidence import Evidence
from genfile.parsers.makefile import parse_makefile


def django_start(project: PythonProject, django: Django, port: int = 8000) -> ServerStart:
    """gunicorn, or the ASGI server among the dependencies."""
    folder = [] if django.base == "." else ["--chdir", django.base]
    if not django.asgi:
        return uwsgi(project, django.application, port) or _django_wsgi(project, django, folder, port)
    names = ("uvicorn", "granian", "daphne", "hypercorn")
    server = next((name for name in names if name in project.dependencies), "uvicorn")
    return asgi(project, server, django.application, port, [] if django.base == "." else ["--app-dir", django.base])


def _django_wsgi(project: PythonProject, django: Django, folder: list[str], port: int) -> ServerStart:
    """gunicorn, unless the project has only another server."""
    if "gunicorn" not in project.dependencies and "waitress" in project.dependencies and not folder:
        return waitress(project, django.application, port)
    return gunicorn(project, [*folder, django.application], port)


def application_start(
    project: PythonProject, framework: Framework, application: Application, port: int = 8000
) -> ServerStart | None:
    """The server among the dependencies that fits the framework's interface."""
    reference = application.reference
    if framework.interface == "asgi" or application.asgi:
        if "gunicorn" in project.dependencies and "uvicorn" in str(worker_class(project)).lower():
            # Its configuration makes it an ASGI server.
            return gunicorn(project, [reference], port)
        names = [name for name in ASGI_SERVERS if name in project.dependencies]
        if "gunicorn" in project.dependencies and "uvicorn-worker" in project.dependencies:
            return ServerStart(["gunicorn", "--worker-class", "uvicorn_worker.UvicornWorker", reference], port, "PORT")
        server = next(iter(names), (framework.interface == "asgi" and framework.server) or "uvicorn")
        return asgi(project, server, f"{application.module}:{application.name}", port, [], application.factory)
    if framework.interface == "wsgi":
        return _wsgi(project, application, port)
    if framework.start:
        words = [
            word.replace("{application}", reference)
            .replace("{module}", application.module)
            .replace("{file}", application.file)
            .replace("{port}", str(port))
            for word in framework.start
        ]
        return ServerStart(words, port if "{port}" in framework.start else framework.port, framework.port_variable)
    return None


def _wsgi(project: PythonProject, application: Application, port: int) -> ServerStart:
    bare = f"{application.module}:{application.name}"
    server = next((name for name in WSGI_SERVERS if name in project.dependencies), "gunicorn")
    if server == "waitress" or "." in application.name:
        # gunicorn accepts a name or a call, not a nested attribute.
        return waitress(project, bare, port, factory=application.factory)
    if server == "granian":
        words = ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", str(port), bare]
        return ServerStart(words, port)
    own = uwsgi(project, application.reference, port) if server in ("uwsgi", "pyuwsgi") else None
    return own or gunicorn(project, [application.reference], port)


def program_start(
    project: PythonProject, framework: Framework | None, port: int = 8000
) -> tuple[ServerStart, Evidence] | None:
    """A framework's command with a file, a console script, a `__main__`, or a file that is run directly."""
    folder = project.folder
    program = find_program(project, framework)
    listens = serving(project) if framework is None or framework.kind == "server" else None
    if listens is not None and _is_own(project, framework):
        return ServerStart(listens.value, None), listens.evidence[0]
    stays = bot(project) if framework is not None and framework.start == ("python", "{file}") else None
    if framework is not None and framework.kind == "worker" and stays is not None:
        return ServerStart(stays.value, None), stays.evidence[0]
    own = _framework_start(project, framework, program, port) if framework is not None else None
    scripts = list(project.scripts)
    if own is not None and not (scripts and project.has_build_system and own[0].words[0] == "python"):
        return own
    stays = listens or staying(project)
    if stays is not None:
        return ServerStart(stays.value, None), stays.evidence[0]
    if project.has_build_system and scripts:
        name = next(
            (s for s in scripts if any(word in s for word in ("server", "serve", "api", "web", "bot", "worker"))),
            scripts[0],
        )
        return ServerStart([name], None), folder.says("pyproject.toml", None, f"script {name}")
    package = has_main_package(project)
    if program is None and package is not None:
        file = f"{package}/__main__.py"
        return ServerStart(["python", "-m", module_name(project, f"{package}.py")], None), folder.says(file, 1, file)
    made = _made_program(project)
    if made is not None:
        return made
    if program is not None:
        return ServerStart(["python", program], None), folder.says(program, 1, program)
    return None


def _is_own(project: PythonProject, framework: Framework | None) -> bool:
    """Whether one of the project's programs starts directly, since no framework command takes its file."""
    if framework is None or not framework.start or framework.start == ("python", "{file}"):
        return True
    # A program that calls the framework's own server gives the framework's command nothing to run.
    served = serving(project)
    listener = reach(project, served.value).main if served is not None else None
    return listener is not None and listener.callee == f"{framework.name}.serve"


def _made_program(project: PythonProject) -> tuple[ServerStart, Evidence] | None:
    """`python x.py` in a Makefile target that runs the project."""
    targets = project.folder.parse(parse_makefile, "Makefile") if project.folder.has("Makefile") else None
    for name in ("run", "start", "serve"):
        target = (targets or {}).get(name)
        words = command_words(target.commands[-1], 8000) if target is not None and target.commands else None
        if target is None or not words or words[0] not in ("python", "python3") or len(words) < 2:
            continue
        if project.folder.has(words[1].removeprefix("./")) and words[1] != "manage.py":
            says = project.folder.says("Makefile", target.line, f"make {name}")
            return ServerStart(["python", *words[1:]], None), says
    return None


def _framework_start(
    project: PythonProject, framework: Framework, program: str | None, port: int
) -> tuple[ServerStart, Evidence] | None:
    """The command in the framework's data, if everything that it needs is there."""
    if program is not None and program.endswith("/__main__.py"):
        name = module_name(project, program).removesuffix(".__main__")
        return ServerStart(["python", "-m", name], framework.port, framework.port_variable), project.folder.says(
            program, 1, program
        )
    worker = _own_worker(project) if framework.name == "rq" else None
    if worker is not None:
        return ServerStart(["python", worker], None), project.folder.says(worker, 1, worker)
    values = {"{port}": str(port)}
    settings = worker_settings(project)
    book = notebook(project)
    if program is not None:
        values |= {"{file}": program, "{module}": module_name(project, program)}
    if settings is not None:
        values["{settings}"] = settings[0]
    if book is not None:
        values["{notebook}"] = book
    paste = paste_file(project) if "{paste}" in framework.start else None
    if paste is not None:
        return ServerStart([*framework.start[:-1], paste[0]], paste[1] or framework.port), project.folder.says(
            paste[0], 1, paste[0]
        )
    words: list[str] = []
    for word in framework.start:
        for key, value in values.items():
            word = word.replace(key, value)
        words.append(word)
    if not words or any(re.search(r"\{[a-z]+\}", word) for word in words):
        return None
    path = book if book and book in words else settings[1] if settings and "{settings}" in framework.start else program
    number = port if "{port}" in framework.start else framework.port
    place = path or project.folder.spec_path
    return ServerStart(words, number, framework.port_variable), project.folder.says(place, 1, place)


def _own_worker(project: PythonProject) -> str | None:
    """A program that creates RQ's worker itself."""
    for path, module in modules(project):
        if "/" not in path and any(name in module.imports for name in ("rq.Worker", "rq.SimpleWorker")):
            return path
    return None


def notebook(project: PythonProject) -> str | None:
    """The only notebook beside the manifests, or one with a usual name."""
    names = [name for name in project.folder.names() if name.endswith(".ipynb")]
    usual = next(
        (name for name in ("index.ipynb", "app.ipynb", "dashboard.ipynb", "main.ipynb") if name in names), None
    )
    return usual or (names[0] if len(names) == 1 else None)


def worker_settings(project: PythonProject) -> tuple[str, str] | None:
    """The class that tells arq its functions, dotted, and its file."""
    for path, module in modules(project):
        if "WorkerSettings" in module.classes:
            return f"{module_name(project, path)}.WorkerSettings", path
    return None


# The order in which genfile/detect/python/chosen.py asks them.
START_SIGNALS = (
    *(put_procfile, put_hosted, django_start, own_way, application_start, hosted_program),
    *(serving, bot, program_start, staying),
)
