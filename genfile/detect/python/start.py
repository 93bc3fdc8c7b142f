"""How a Python service is started: the server that the project has, on every address."""

import re
import shlex
from dataclasses import dataclass, field

from genfile.data import Framework, default_tool
from genfile.detect.hosting import hosting
from genfile.detect.python.application import Application, find_application, find_program, module_name
from genfile.detect.python.django import Django
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.python import parse_python
from genfile.parsers.small import parse_procfile, parse_shell
from genfile.parsers.values import EnvDefault, port_of

# Servers by interface, best first; the first that the project depends on is used.
ASGI_SERVERS = ("uvicorn", "hypercorn", "granian", "daphne")
WSGI_SERVERS = ("gunicorn", "waitress", "granian", "uwsgi")
# Programs that a command of a host or a Dockerfile may start, and how it names what they serve.
HOSTED = frozenset(
    {"gunicorn", "uvicorn", "hypercorn", "granian", "daphne", "waitress-serve", "uwsgi", "celery", "streamlit"}
)
_TARGET = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(?::[A-Za-z_][A-Za-z0-9_.]*(?:\(\))?)?")
# What no image of production has.
NOT_THERE = frozenset({"make", "npm", "yarn", "docker", "docker-compose", "honcho", "foreman", "heroku", "bash"})
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
    if words[:1] in (["sh"], ["/bin/sh"], ["bash"], ["/bin/bash"]) and words[1:2] == ["-c"] and len(words) == 3:
        return _words(words[2].removeprefix("exec "), port)
    if not words or words[0] in NOT_THERE:
        return None
    if words[0] == "gunicorn":
        # gunicorn binds $PORT on every address by itself.
        words = [word for index, word in enumerate(words) if not _binds_port(words, index)]
    if any("$" in word for word in words):
        command = " ".join(word if "$" in word else shlex.quote(word) for word in words)
        return [
            "sh",
            "-c",
            "exec " + re.sub(r"\$PORT\b|\$\{PORT\}", f"${{PORT:-{port}}}", command),
        ]
    return words


def _binds_port(words: list[str], index: int) -> bool:
    word = words[index]
    if word.startswith(("--bind=", "-b=")) and "PORT" in word:
        return True
    if word in ("--bind", "-b") and index + 1 < len(words) and "PORT" in words[index + 1]:
        return True
    return index > 0 and words[index - 1] in ("--bind", "-b") and "PORT" in word


def put_hosted(project: PythonProject, draft: Draft, port: int) -> bool:
    """Put /start from a host's file or the Dockerfile: one plain command of a program that the project has."""
    for fact in hosting(project.folder).starts:
        text = fact.value
        words = _words(text, port)
        if words is None or any(part in text for part in DEVELOPMENT):
            continue
        plain = words[2].removeprefix("exec ").split() if words[:2] == ["sh", "-c"] else words
        if plain[0] not in HOSTED or (plain[0] not in project.dependencies and plain[0] not in project.locked):
            continue
        targets = [word for word in plain[1:] if _TARGET.fullmatch(word)]
        if targets and all(_exists(project, word.split(":")[0], plain) for word in targets):
            draft.put("start", fact.but(words))
            return True
    return False


def hosted_program(project: PythonProject) -> Fact[list[str]] | None:
    """`python x.py` or `python -m x` of the service's own Dockerfile, where that is in the tree."""
    for fact in hosting(project.folder).starts:
        words = _words(fact.value, 8000) or []
        if len(words) < 2 or not re.fullmatch(r"python3?(\.\d+)?", words[0].rsplit("/", 1)[-1]):
            continue
        rest = [word for word in words[1:] if word not in ("-u", "-O")]
        if rest[:1] == ["-m"] and len(rest) > 1 and _exists(project, rest[1], []):
            return fact.but(["python", *rest])
        if (
            rest
            and rest[0].endswith(".py")
            and rest[0] != "manage.py"
            and project.folder.has(rest[0].removeprefix("./"))
        ):
            return fact.but(["python", *rest])
    return None


def _exists(project: PythonProject, module: str, words: list[str]) -> bool:
    """Whether a module that a command names is in the tree."""
    path = module.replace(".", "/")
    bases = ["", "src/"]
    bases += [f"{words[i + 1]}/" for i, word in enumerate(words[:-1]) if word in ("--chdir", "--app-dir")]
    return any(project.folder.has(f"{base}{path}{end}") for base in bases for end in (".py", "/__init__.py"))


def named_port(words: list[str]) -> int | None:
    """The port that a command names: --port, --bind, -b, -p, `${PORT:-8000}`."""
    plain = words[2].split() if words[:2] == ["sh", "-c"] else words
    for index, word in enumerate(plain):
        flag, sign, value = word.partition("=")
        if not sign and index + 1 < len(plain):
            value = plain[index + 1]
        if flag in ("--port", "--bind", "-b", "-p", "--http", "--server.port"):
            digits = re.search(r"(\d{2,5})[}]*$", value)
            if digits:
                return int(digits[1])
    return None


def gunicorn_bind(project: PythonProject) -> tuple[int | None, bool, Evidence | None]:
    """What gunicorn.conf.py, which gunicorn reads by itself, binds: the port, whether to this machine alone, where."""
    name = "gunicorn.conf.py"
    module = project.folder.parse(parse_python, name) if project.folder.has(name) else None
    if module is None:
        return None, False, None
    value = module.setting("bind")
    value = value[0] if isinstance(value, list) and value else value
    text = value.default if isinstance(value, EnvDefault) else value
    alone = isinstance(text, str) and text.startswith(("127.", "localhost", "unix:"))
    says = project.folder.says(name, module.line_of("bind"), "bind")
    return (None if alone else port_of(value)[0]), alone, says if module.line_of("bind") else None


def _gunicorn(project: PythonProject, words: list[str], port: int) -> Start:
    """gunicorn binds $PORT on every address by itself, unless its configuration says where."""
    bound, alone, _ = gunicorn_bind(project)
    extra = [f"--bind=0.0.0.0:{port}"] if alone else []
    return Start(["gunicorn", *extra, *words], bound or port, None if alone else "PORT", _missing(project, "gunicorn"))


def django_start(project: PythonProject, django: Django, port: int = 8000) -> Start:
    """gunicorn, or the ASGI server that the project has."""
    folder = [] if django.base == "." else ["--chdir", django.base]
    if not django.asgi:
        return uwsgi_start(project, port) or _django_wsgi(project, django, folder, port)
    names = ("uvicorn", "granian", "daphne", "hypercorn")
    server = next((name for name in names if name in project.dependencies), "uvicorn")
    return _asgi(project, server, django.application, port, [] if django.base == "." else ["--app-dir", django.base])


def _django_wsgi(project: PythonProject, django: Django, folder: list[str], port: int) -> Start:
    """gunicorn, unless the project has only another server."""
    if "gunicorn" not in project.dependencies and "waitress" in project.dependencies and not folder:
        return Start(["waitress-serve", "--host=0.0.0.0", f"--port={port}", django.application], port)
    return _gunicorn(project, [*folder, django.application], port)


def uwsgi_start(project: PythonProject, port: int = 8000) -> Start | None:
    """uWSGI by the project's own file, where that is the server it has."""
    if not {"uwsgi", "pyuwsgi"} & set(project.dependencies) or "gunicorn" in project.dependencies:
        return None
    for name in ("uwsgi.ini", "etc/uwsgi.ini", "config/uwsgi.ini", "deploy/uwsgi.ini"):
        match = re.search(r"(?m)^\s*http(?:-socket)?\s*=\s*\S*?:(?:(\d+)|\S+)", project.folder.text(name) or "")
        if match:
            return Start(
                ["uwsgi", "--ini", name], int(match[1]) if match[1] else port, "PORT" if "PORT" in match[0] else None
            )
    return None


def _asgi(
    project: PythonProject, server: str, reference: str, port: int, place: list[str], factory: bool = False
) -> Start:
    missing = _missing(project, server)
    if server == "daphne":
        return Start(["daphne", "-b", "0.0.0.0", "-p", str(port), reference], port, None, missing)
    if server == "hypercorn":
        return Start(
            ["hypercorn", "--bind", f"0.0.0.0:{port}", reference + ("()" if factory else "")], port, None, missing
        )
    flags = ["--factory"] if factory else []
    if server == "granian":
        place = [word.replace("--app-dir", "--working-dir") for word in place]
        words = ["granian", "--interface", "asgi", "--host", "0.0.0.0", "--port", str(port), *place, *flags, reference]
        return Start(words, port, None, missing)
    return Start(["uvicorn", *place, reference, "--host", "0.0.0.0", "--port", str(port), *flags], port, None, missing)


def application_start(
    project: PythonProject, framework: Framework, application: Application, port: int = 8000
) -> Start | None:
    """The server that fits the framework's interface, of those that the project has."""
    reference = application.reference
    bare = f"{application.module}:{application.name}"
    if framework.interface == "asgi":
        server = next((name for name in ASGI_SERVERS if name in project.dependencies), framework.server or "uvicorn")
        if "gunicorn" in project.dependencies and "uvicorn-worker" in project.dependencies:
            return Start(["gunicorn", "--worker-class", "uvicorn_worker.UvicornWorker", reference], port, "PORT")
        return _asgi(project, server, bare, port, [], application.factory)
    if framework.interface == "wsgi":
        server = next((name for name in WSGI_SERVERS if name in project.dependencies), "gunicorn")
        if server == "waitress":
            call = ["--call"] if application.factory else []
            return Start(["waitress-serve", "--host=0.0.0.0", f"--port={port}", *call, bare], port)
        if server == "granian":
            words = ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", str(port), bare]
            return Start(words, port)
        uwsgi = uwsgi_start(project, port) if server == "uwsgi" else None
        return uwsgi or _gunicorn(project, [reference], port)
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


# The order in which service.py asks them.
START_SIGNALS = (put_procfile, put_hosted, django_start, application_start, hosted_program, program_start)
