"""The commands that files give to start a Python service: the Procfile, hosts' files, the project's own Dockerfile."""

import itertools
import posixpath
import re
import shlex

from genfile.data import Framework, frameworks
from genfile.detect.hosting import hosting
from genfile.detect.python.application import modules
from genfile.detect.python.imports import loaded_by
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.objects import find_application
from genfile.detect.python.runnable import named_from_above, packaged
from genfile.detect.python.servers import ASGI_SERVERS, WSGI_SERVERS, named_port, plain_words, served_file
from genfile.evidence import Draft, Fact
from genfile.parsers.small import parse_procfile, parse_shell

# Programs that the command of a host or a Dockerfile may start, and how it names what they serve.
HOSTED = frozenset(
    {"gunicorn", "uvicorn", "hypercorn", "granian", "daphne", "waitress-serve", "uwsgi", "celery", "streamlit"}
)
_TARGET = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(?::[A-Za-z_][A-Za-z0-9_.]*(?:\(\))?)?")
# Options whose value may look like what is served: a worker class, a file, a folder.
_VALUED = frozenset(
    """
    -k --worker-class -c --config --chdir --app-dir --workdir --working-dir --log-level -n --name --logger-class
    --loop --http --ws --interface -m --env-file --log-config -Q --queues -P --pool --scheduler -S -l --loglevel
    --worker-tmp-dir --user --group -u -g --access-logfile --error-logfile --log-file
    """.split()
)
# Programs that no production image has.
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
        words = command_words(text, port)
        if words is None or any(part in text for part in DEVELOPMENT):
            continue
        says = folder.says("Procfile", line, f"{name}: {text}")
        if name == main:
            draft.put("start", Fact(words, (says,)))
        elif name == "release":
            put_stated_release(project, draft, Fact(words, (says,)))
        elif name.islower():
            draft.values.setdefault("processes", {})[name] = words
            draft.evidence[f"/processes/{name}"] = Fact(words, (says,))
    return "start" in draft.values


# What brings the commands that prepare a database: the program, its first argument, the package.
_BRINGS = (("flask", "db", "flask-migrate"), ("alembic", "", "alembic"))


def put_stated_release(project: PythonProject, draft: Draft, stated: Fact[list[str]]) -> None:
    """Put the release command that a file states. One that nothing installs would fail, and the service waits for it:
    it is left out, and a note says so."""
    words, says = stated.value, stated.evidence[0]
    needed = next((item for item in _BRINGS if words[0] == item[0] and item[1] in ("", *words[1:])), None)
    if needed is None or not _is_absent(project, needed):
        draft.put("release", stated)
        return
    text = f"{says}: the release command is left out, as it fails: {needed[2]} is not in your dependencies; add it"
    draft.note("warning", text, says.path, says.line)


def _is_absent(project: PythonProject, needed: tuple[str, str, str]) -> bool:
    """Whether nothing brings a command: no package that is listed, locked or known to come with one of these, and no
    group of commands of the project's own."""
    from genfile.data.requires import brought

    _, argument, package = needed
    present, unknown = brought([*project.dependencies, *project.packages])
    unsure = bool(unknown) and not project.packages
    if unsure or package in present or package.replace("-", "_") in _imported(project):
        return False
    own = (call for _, module in modules(project) for call in (*module.calls, *module.decorators))
    functions = (item.name for _, module in modules(project) for item in module.functions)
    return not argument or not (argument in functions or any(argument in call.arguments for call in own))


def _imported(project: PythonProject) -> set[str]:
    return {name for _, module in modules(project) for name in module.imports}


def command_words(text: str, port: int) -> list[str] | None:
    """The words of one plain command, else None. `$PORT` in it needs a shell, which then execs the command."""
    commands = parse_shell(text)
    folder = commands[0].words[1] if commands and len(commands) == 2 and commands[0].words[:1] == ("cd",) else None
    if not commands or len(commands) != (2 if folder else 1) or commands[-1].assignments:
        return None
    if folder is not None:
        words = command_words(shlex.join(commands[-1].words), port)
        return _started_in(folder, words) if words is not None else None
    words = list(commands[0].words)
    if words[:2] in (["poetry", "run"], ["pipenv", "run"], ["uv", "run"], ["pdm", "run"]):
        words = words[2:]
    if words[:1] in (["sh"], ["/bin/sh"], ["bash"], ["/bin/bash"]) and words[1:2] == ["-c"] and len(words) == 3:
        return command_words(words[2].removeprefix("exec "), port)
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


# The flags by which programs change to a folder before they load the application.
_CHANGES = {"gunicorn": "--chdir", "celery": "--workdir", "granian": "--working-dir"}


def working_folder(words: list[str]) -> str:
    """The folder that a command changes to before it loads the application; empty: it stays."""
    flag = _CHANGES.get(words[0], "") if words else ""
    given = [word.removeprefix(f"{flag}=") for word in words if flag and word.startswith(f"{flag}=")]
    given += [words[at + 1] for at, word in enumerate(words[:-1]) if flag and word == flag]
    if words[:2] == ["sh", "-c"] and (match := re.match(r"cd ([\w./-]+) && ", words[2])):
        given.append(match[1])
    folder = posixpath.normpath(given[-1]) if given else "."
    return "" if folder.startswith((".", "/")) else folder


def _started_in(folder: str, words: list[str]) -> list[str] | None:
    """A command that runs after `cd`: with the program's own flag for it, else in a shell."""
    flag = "--app-dir" if words[0] == "uvicorn" else _CHANGES.get(words[0])
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
    found = hosted_server(project, port)
    draft.put("start", found)
    return found is not None


def hosted_server(project: PythonProject, port: int = 8000) -> Fact[list[str]] | None:
    """The first command in a host's file or the Dockerfile that starts a server with something of the project."""
    for fact in hosting(project.folder).starts:
        text = fact.value
        words = command_words(text, port)
        if words is None or any(part in text for part in DEVELOPMENT):
            continue
        plain = plain_words(words)
        if plain[0] not in HOSTED or (plain[0] not in project.dependencies and plain[0] not in project.locked):
            continue
        if _is_there(project, plain):
            return fact.but(words)
    return None


def beside_words(project: PythonProject, text: str) -> list[str] | None:
    """A plain command that runs a program of the project beside its server; None if it is another command."""
    words = command_words(text, 8000)
    if words is None or any(part in text for part in DEVELOPMENT):
        return None
    program, rest = words[0].rsplit("/", 1)[-1], [word for word in words[1:] if word not in ("-u", "-O")]
    if re.fullmatch(r"python3?(\.\d+)?", program):
        file = rest[0].removeprefix("./") if rest else ""
        module = rest[1] if rest[:1] == ["-m"] and len(rest) > 1 else ""
        there = project.folder.has(file) if file.endswith(".py") else bool(module) and _exists(project, module, [])
        return ["python", *rest] if there else None
    return words if program in project.scripts or project.depends(program) is not None else None


def _is_there(project: PythonProject, words: list[str]) -> bool:
    """Whether what a command serves is in the project: a file, or modules."""
    file = words[2].removeprefix("./") if words[:2] == ["streamlit", "run"] and len(words) > 2 else served_file(words)
    if file is not None and project.folder.has(file):
        return True
    targets = _targets(words)
    return bool(targets) and all(_exists(project, word.split(":")[0], words) for word in targets)


def _targets(words: list[str]) -> list[str]:
    """What a command serves: the words that name a module or an object in it and are not an option's value."""
    pairs = itertools.pairwise(words)
    found = [word for before, word in pairs if before not in _VALUED and _TARGET.fullmatch(word)]
    return [word for word in found if ":" in word] or found


def served_framework(project: PythonProject) -> Fact[Framework] | None:
    """The framework of the application that the command in a Procfile, a host's file or a Dockerfile serves."""
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
        words = command_words(fact.value, 8000) or []
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
    """A console script that a host starts, or that the project's own Dockerfile starts with a port: a server, not a
    tool. So is a sub-command that the project adds to another program."""
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
    """The files that a module in a command may stand for."""
    path = module.replace(".", "/")
    bases = ["", "src/"]
    if path.startswith(f"{project.folder.folder_name}/"):
        inside = path.partition("/")[2]
        own = named_from_above(project) is not None or packaged(project, f"{inside}.py") is not None
        path = inside if own else path
    bases += [f"{words[i + 1]}/" for i, word in enumerate(words[:-1]) if word in ("--chdir", "--app-dir")]
    paths = (f"{base}{path}{end}" for base in bases for end in (".py", "/__init__.py"))
    return [path for path in paths if project.folder.has(path)]
