"""How a Python service is started: the server that the project has, on every address."""

import itertools
import re
import shlex

from genfile.data import Framework, frameworks
from genfile.detect.hosting import hosting
from genfile.detect.python.application import Application, module_name, modules
from genfile.detect.python.besides import own_way
from genfile.detect.python.django import Django
from genfile.detect.python.frameworks import find_program, has_main_package
from genfile.detect.python.gunicorn import gunicorn, worker_class
from genfile.detect.python.imports import loaded_by
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.objects import find_application
from genfile.detect.python.reach import reach
from genfile.detect.python.runnable import named_from_above
from genfile.detect.python.servers import (
    ASGI_SERVERS,
    WSGI_SERVERS,
    ServerStart,
    asgi,
    named_port,
    plain_words,
    served_file,
    uwsgi,
    waitress,
)
from genfile.detect.python.serving import bot, serving, staying
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.makefile import parse_makefile
from genfile.parsers.small import parse_procfile, parse_shell

# Programs that a command of a host or a Dockerfile may start, and how it names what they serve.
HOSTED = frozenset(
    {"gunicorn", "uvicorn", "hypercorn", "granian", "daphne", "waitress-serve", "uwsgi", "celery", "streamlit"}
)
_TARGET = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(?::[A-Za-z_][A-Za-z0-9_.]*(?:\(\))?)?")
# Options whose value may look like what is served: a class of workers, a file, a folder.
_VALUED = frozenset(
    """
    -k --worker-class -c --config --chdir --app-dir --workdir --working-dir --log-level -n --name --logger-class
    --loop --http --ws --interface -m --env-file --log-config -Q --queues -P --pool --scheduler -S -l --loglevel
    --worker-tmp-dir --user --group -u -g --access-logfile --error-logfile --log-file
    """.split()
)
# What no image of production has.
NOT_THERE = frozenset({"make", "npm", "yarn", "docker", "docker-compose", "honcho", "foreman", "heroku", "bash"})
DEVELOPMENT = ("flask run", "manage.py runserver", "--reload", "fastapi dev", "http.server")


def put_procfile(project: PythonProject, draft: Draft, port: int) -> bool:
    """`web` of a Procfile, or its only process; the others become `processes` and `release`."""
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
            _tell_of_missing(project, draft, words, says)
        elif name.islower():
            draft.values.setdefault("processes", {})[name] = words
            draft.evidence[f"/processes/{name}"] = Fact(words, (says,))
    return "start" in draft.values


def _tell_of_missing(project: PythonProject, draft: Draft, words: list[str], says: Evidence) -> None:
    """Warn of a release command that a package brings which the project does not list."""
    known = {("flask", "db"): "flask-migrate", ("alembic",): "alembic"}
    for command, package in known.items():
        if all(word in words for word in command) and words[:1] == [command[0]] and project.depends(package) is None:
            text = f"{says}: the release command fails because {package} is not in your dependencies; add it"
            draft.note("warning", text, says.path, says.line)


def _words(text: str, port: int) -> list[str] | None:
    """One plain command; `$PORT` in it needs a shell, which hands over to the command."""
    commands = parse_shell(text)
    folder = commands[0].words[1] if commands and len(commands) == 2 and commands[0].words[:1] == ("cd",) else None
    if not commands or len(commands) != (2 if folder else 1) or commands[-1].assignments:
        return None
    if folder is not None:
        words = _words(shlex.join(commands[-1].words), port)
        return _started_in(folder, words) if words is not None else None
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


def _started_in(folder: str, words: list[str]) -> list[str] | None:
    """A command after `cd`: programs that have a flag for it are told so."""
    flag = {"gunicorn": "--chdir", "celery": "--workdir", "uvicorn": "--app-dir", "granian": "--working-dir"}.get(
        words[0]
    )
    if flag is not None:
        return [words[0], flag, folder, *words[1:]]
    if words[:2] == ["sh", "-c"]:
        return ["sh", "-c", f"cd {shlex.quote(folder)} && {words[2]}"]
    return ["sh", "-c", f"cd {shlex.quote(folder)} && exec {shlex.join(words)}"]


def _binds_port(words: list[str], index: int) -> bool:
    word = words[index]
    if word.startswith(("--bind=", "-b=")) and "PORT" in word:
        return True
    if word in ("--bind", "-b") and index + 1 < len(words) and "PORT" in words[index + 1]:
        return True
    return index > 0 and words[index - 1] in ("--bind", "-b") and "PORT" in word


def put_hosted(project: PythonProject, draft: Draft, port: int) -> bool:
    """The command in a host's file or the Dockerfile, if it is a plain command of a program in the project."""
    for fact in hosting(project.folder).starts:
        text = fact.value
        words = _words(text, port)
        if words is None or any(part in text for part in DEVELOPMENT):
            continue
        plain = plain_words(words)
        if plain[0] not in HOSTED or (plain[0] not in project.dependencies and plain[0] not in project.locked):
            continue
        if plain[:2] == ["streamlit", "run"] and len(plain) > 2 and project.folder.has(plain[2].removeprefix("./")):
            draft.put("start", fact.but(words))
            return True
        file = served_file(plain)
        if file is not None and project.folder.has(file):
            draft.put("start", fact.but(words))
            return True
        targets = _targets(plain)
        if targets and all(_exists(project, word.split(":")[0], plain) for word in targets):
            draft.put("start", fact.but(words))
            return True
    return False


def _targets(words: list[str]) -> list[str]:
    """What a command serves: words that name a module or an object in it, none that is an option's value."""
    pairs = itertools.pairwise(words)
    found = [word for before, word in pairs if before not in _VALUED and _TARGET.fullmatch(word)]
    return [word for word in found if ":" in word] or found


def served_framework(project: PythonProject) -> Fact[Framework] | None:
    """The framework of the application that the command of a Procfile or of a host gives to a server."""
    draft = Draft()
    if not (put_procfile(project, draft, 8000) or put_hosted(project, draft, 8000)):
        return None
    words = draft.values["start"]
    plain = plain_words(words)
    modules_ = [word.split(":")[0] for word in _targets(plain)] if plain[0] in (*ASGI_SERVERS, *WSGI_SERVERS) else []
    loaded = {path for name in modules_ for file in _files(project, name, plain) for path in loaded_by(project, file)}
    for item in frameworks("python") if loaded else ():
        made = find_application(project, item) if item.interface is not None else None
        if made is not None and made.value.file in loaded:
            return made.but(item)
    return None


def hosted_program(project: PythonProject) -> Fact[list[str]] | None:
    """`python x.py`, `python -m x` or a script from the project's Dockerfile, if it is in the tree."""
    for fact in hosting(project.folder).starts:
        words = _words(fact.value, 8000) or []
        script = _own_script(project, words, hosted=fact.evidence[0].path not in hosting(project.folder).dockerfiles)
        if script is not None:
            return fact.but(script)
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


def _own_script(project: PythonProject, words: list[str], *, hosted: bool) -> list[str] | None:
    """A console script that a host starts, or the project's own Dockerfile with a port: a server, no tool. So is a
    sub-command that it adds to another program."""
    names = [word.rsplit("/", 1)[-1] for word in words[:2]]
    at = 1 if len(names) > 1 and names[0].startswith("python") else 0
    own = set(names[at : at + 1]) & set(project.scripts) or {tuple(names)} & project.commands
    if not own or not project.has_build_system:
        return None
    listens = hosted or hosting(project.folder).port is not None or named_port(words) is not None
    return [names[at], *words[at + 1 :]] if listens else None


def _exists(project: PythonProject, module: str, words: list[str]) -> bool:
    """Whether a module that a command names is in the tree."""
    return bool(_files(project, module, words))


def _files(project: PythonProject, module: str, words: list[str]) -> list[str]:
    """The files that a module which a command names may be."""
    path = module.replace(".", "/")
    bases = ["", "src/"]
    if path.startswith(f"{project.folder.folder_name}/") and named_from_above(project) is not None:
        path = path.partition("/")[2]
    bases += [f"{words[i + 1]}/" for i, word in enumerate(words[:-1]) if word in ("--chdir", "--app-dir")]
    paths = (f"{base}{path}{end}" for base in bases for end in (".py", "/__init__.py"))
    return [path for path in paths if project.folder.has(path)]


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
            # Its configuration makes it a server of ASGI.
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
        # gunicorn reads a name or a call, no attribute of an attribute.
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
    stays = staying(project)
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
    """Whether a program of the project's own is started as it is: no command of a framework takes a file of it."""
    if framework is None or not framework.start or framework.start == ("python", "{file}"):
        return True
    # A program that calls the framework's own server has nothing for its command.
    served = serving(project)
    listener = reach(project, served.value).main if served is not None else None
    return listener is not None and listener.callee == f"{framework.name}.serve"


def _made_program(project: PythonProject) -> tuple[ServerStart, Evidence] | None:
    """`python x.py` of a Makefile's target that runs the project."""
    targets = project.folder.parse(parse_makefile, "Makefile") if project.folder.has("Makefile") else None
    for name in ("run", "start", "serve"):
        target = (targets or {}).get(name)
        words = _words(target.commands[-1], 8000) if target is not None and target.commands else None
        if target is None or not words or words[0] not in ("python", "python3") or len(words) < 2:
            continue
        if project.folder.has(words[1].removeprefix("./")) and words[1] != "manage.py":
            says = project.folder.says("Makefile", target.line, f"make {name}")
            return ServerStart(["python", *words[1:]], None), says
    return None


def _framework_start(
    project: PythonProject, framework: Framework, program: str | None, port: int
) -> tuple[ServerStart, Evidence] | None:
    """The command that the framework's data gives, where what it is to be given is there."""
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
    """A program that makes RQ's worker itself."""
    for path, module in modules(project):
        if "/" not in path and any(name in module.imports for name in ("rq.Worker", "rq.SimpleWorker")):
            return path
    return None


def notebook(project: PythonProject) -> str | None:
    """The only notebook beside the manifests, or the one of a usual name."""
    names = [name for name in project.folder.names() if name.endswith(".ipynb")]
    usual = next(
        (name for name in ("index.ipynb", "app.ipynb", "dashboard.ipynb", "main.ipynb") if name in names), None
    )
    return usual or (names[0] if len(names) == 1 else None)


def worker_settings(project: PythonProject) -> tuple[str, str] | None:
    """The class that arq is told its functions by, dotted, and the file that it is in."""
    for path, module in modules(project):
        if "WorkerSettings" in module.classes:
            return f"{module_name(project, path)}.WorkerSettings", path
    return None


# The order in which service.py asks them.
START_SIGNALS = (
    *(put_procfile, put_hosted, django_start, own_way, application_start, hosted_program),
    *(serving, bot, program_start, staying),
)
