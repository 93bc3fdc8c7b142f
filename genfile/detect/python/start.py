"""How a Python service is started: the server that the project has, on every address."""

import shlex
from dataclasses import dataclass, field

from genfile.data import Framework, default_tool
from genfile.detect.python.application import Application, find_application, find_program, module_name
from genfile.detect.python.django import Django
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.small import parse_procfile, parse_shell

# Servers by interface, best first; the first that the project depends on is used.
ASGI_SERVERS = ("uvicorn", "hypercorn", "granian", "daphne")
WSGI_SERVERS = ("gunicorn", "waitress", "granian", "uwsgi")
DEVELOPMENT = ("flask run", "manage.py runserver", "--reload", "fastapi dev", "http.server")


@dataclass
class Start:
    """A start command in words, and what it needs beside the project's dependencies."""

    words: list[str]
    port: int | None
    port_variable: str | None = None
    extra: list[str] = field(default_factory=list)


def put_procfile(project: PythonProject, draft: Draft, port: int) -> bool:
    """Put /start from a Procfile's `web` (or its only process), and /processes, /release from the others."""
    folder = project.folder
    processes = folder.parse(parse_procfile, "Procfile") if folder.has("Procfile") else None
    if not processes:
        return False
    main = "web" if "web" in processes else next((name for name in ("worker", "bot", "app") if name in processes), None)
    for name, (text, line) in processes.items():
        words = _words(text, port)
        if words is None or any(part in text for part in DEVELOPMENT):
            continue
        says = folder.says("Procfile", line, f"{name}: {text}")
        if name == main:
            draft.put("start", Fact(words, (says,)))
        elif name == "release":
            draft.put("release", Fact(words, (says,)))
        elif name.islower():
            draft.values.setdefault("processes", {})[name] = words
            draft.evidence[f"/processes/{name}"] = Fact(words, (says,))
    return "start" in draft.values


def _words(text: str, port: int) -> list[str] | None:
    """One plain command; `$PORT` in it needs a shell, which hands over to the command."""
    commands = parse_shell(text)
    if not commands or len(commands) != 1 or commands[0].assignments:
        return None
    words = list(commands[0].words)
    if words[:2] in (["poetry", "run"], ["pipenv", "run"], ["uv", "run"], ["pdm", "run"]):
        words = words[2:]
    if words[0] == "gunicorn":
        # gunicorn binds $PORT on every address by itself.
        words = [word for index, word in enumerate(words) if not _binds_port(words, index)]
    if any("$" in word for word in words):
        command = " ".join(word if "$" in word else shlex.quote(word) for word in words)
        return [
            "sh",
            "-c",
            f"exec {command.replace('${PORT}', '$PORT')}".replace("$PORT", f"${{PORT:-{port}}}"),
        ]
    return words


def _binds_port(words: list[str], index: int) -> bool:
    word = words[index]
    if word.startswith(("--bind=", "-b=")) and "PORT" in word:
        return True
    if word in ("--bind", "-b") and index + 1 < len(words) and "PORT" in words[index + 1]:
        return True
    return index > 0 and words[index - 1] in ("--bind", "-b") and "PORT" in word


def django_start(project: PythonProject, django: Django) -> Start:
    """gunicorn, or the ASGI server that the project has."""
    folder = [] if django.base == "." else ["--chdir", django.base]
    if django.asgi:
        server = next((name for name in ("uvicorn", "daphne", "hypercorn") if name in project.dependencies), "uvicorn")
        if server == "daphne":
            return Start(["daphne", "-b", "0.0.0.0", "-p", "8000", django.application], 8000)
        place = [] if django.base == "." else ["--app-dir", django.base]
        if server == "hypercorn":
            return Start(["hypercorn", "--bind", "0.0.0.0:8000", django.application], 8000)
        return Start(
            ["uvicorn", *place, django.application, "--host", "0.0.0.0", "--port", "8000"],
            8000,
            None,
            _missing(project, "uvicorn"),
        )
    return Start(["gunicorn", *folder, django.application], 8000, "PORT", _missing(project, "gunicorn"))


def application_start(project: PythonProject, framework: Framework, application: Application) -> Start | None:
    """The server that fits the framework's interface, of those that the project has."""
    reference = application.reference
    if framework.interface == "asgi":
        server = next((name for name in ASGI_SERVERS if name in project.dependencies), framework.server or "uvicorn")
        bare = f"{application.module}:{application.name}"
        factory = ["--factory"] if application.factory else []
        port = framework.port or 8000
        if server == "hypercorn":
            return Start(
                ["hypercorn", "--bind", f"0.0.0.0:{port}", reference],
                port,
                None,
                _missing(project, "hypercorn"),
            )
        if server == "granian":
            return Start(
                ["granian", "--interface", "asgi", "--host", "0.0.0.0", "--port", str(port), *factory, bare],
                port,
            )
        if server == "daphne":
            return Start(["daphne", "-b", "0.0.0.0", "-p", str(port), bare], port)
        if "gunicorn" in project.dependencies and "uvicorn-worker" in project.dependencies:
            return Start(["gunicorn", "--worker-class", "uvicorn_worker.UvicornWorker", reference], port, "PORT")
        return Start(
            ["uvicorn", bare, "--host", "0.0.0.0", "--port", str(port), *factory],
            port,
            None,
            _missing(project, "uvicorn"),
        )
    if framework.interface == "wsgi":
        server = next((name for name in WSGI_SERVERS if name in project.dependencies), "gunicorn")
        if server == "waitress":
            call = ["--call"] if application.factory else []
            return Start(
                [
                    "waitress-serve",
                    "--host=0.0.0.0",
                    "--port=8000",
                    *call,
                    f"{application.module}:{application.name}",
                ],
                8000,
            )
        if server == "granian":
            return Start(
                [
                    "granian",
                    "--interface",
                    "wsgi",
                    "--host",
                    "0.0.0.0",
                    "--port",
                    "8000",
                    f"{application.module}:{application.name}",
                ],
                8000,
            )
        return Start(["gunicorn", reference], 8000, "PORT", _missing(project, "gunicorn"))
    if framework.start:
        words = [
            word.replace("{application}", reference)
            .replace("{module}", application.module)
            .replace("{file}", application.file)
            for word in framework.start
        ]
        return Start(words, framework.port, framework.port_variable)
    return None


def _missing(project: PythonProject, server: str) -> list[str]:
    """The server as a requirement, where the project does not declare it."""
    names = {server, f"{server}[standard]"}
    if names & set(project.dependencies) or server in project.locked:
        return []
    if server == "uvicorn" and any(
        "standard" in d.extras or "all" in d.extras for n, d in project.dependencies.items() if n == "fastapi"
    ):
        return []
    return [f"{server}=={default_tool(server)}"]


def program_start(project: PythonProject, framework: Framework | None) -> tuple[Start, Evidence] | None:
    """A framework's own command on a file, a console script, a `__main__`, or a file that is run as it is."""
    folder = project.folder
    program = find_program(project)
    if framework is not None and framework.start and program is not None:
        words = [
            word.replace("{file}", program).replace("{module}", module_name(project, program))
            for word in framework.start
        ]
        return Start(words, framework.port, framework.port_variable), folder.says(program, 1, program)
    scripts = list(project.scripts)
    if project.has_build_system and scripts:
        name = next(
            (s for s in scripts if any(word in s for word in ("server", "serve", "api", "web", "bot", "worker"))),
            scripts[0],
        )
        return Start([name], None), folder.says("pyproject.toml", None, f"script {name}")
    main = next((path for path in sorted(folder.files("__main__.py", depth=2)) if "/" in path), None)
    if program is None and main is not None:
        package = module_name(project, main.removesuffix("/__main__.py") + ".py")
        return Start(["python", "-m", package], None), folder.says(main, 1, main)
    if program is not None:
        return Start(["python", program], None), folder.says(program, 1, program)
    return None


def celery_module(project: PythonProject) -> tuple[str, Evidence] | None:
    """The module whose object a Celery worker is started with."""
    from genfile.data import framework as framework_named

    item = framework_named("python", "celery")
    found = find_application(project, item) if item is not None else None
    return (found.value.module, found.evidence[0]) if found is not None else None
