"""Development tools and settings in the shipped image."""

import ast
import posixpath
import re
from collections.abc import Iterator, Sequence

from genfile.dockerfile.edit import Edit
from genfile.image.files import Answer
from genfile.image.installs import Installation, is_for_development
from genfile.image.loaded import reached
from genfile.image.packages import Modules, parents
from genfile.image.stage import StageState
from genfile.image.target import words_of
from genfile.parsers import Document
from genfile.parsers.data import parse_json, parse_toml
from genfile.parsers.python import PyModule, parse_python
from genfile.parsers.values import EnvDefault
from genfile.practice.defaults import own_files
from genfile.practice.keys import bringing
from genfile.practice.requirements import tools
from genfile.practice.subject import Practice, Subject, Wrong, replaced

_SERVERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s--reload\b"), "--reload watches the sources and restarts on every change"),
    (re.compile(r"\bnodemon\b|\bts-node-dev\b|\btsx watch\b|\bnode --watch\b"), "a watcher starts the program"),
    (
        re.compile(r"\b(?:npm|pnpm|yarn|bun)(?: run)? (?:dev|start:dev|serve:dev|develop)\b"),
        "it is the script for development",
    ),
    (re.compile(r"\bmanage\.py runserver\b"), "runserver is Django's server for development"),
    (re.compile(r"\bflask (?:--\w+ \S+ )*run\b|\bFLASK_ENV=development\b"), "flask run is the server for development"),
    (
        re.compile(
            r"\bnext dev\b|\bnuxt dev\b|\bng serve\b|\bvite(?: dev| serve|\s*$|\s+--host)|\bastro dev\b"
            r"|\breact-scripts start\b|\bvue-cli-service serve\b"
        ),
        "it is a server for development",
    ),
    (re.compile(r"(?:^|\s)air(?:\s|$)"), "air rebuilds the program with each change"),
)
_DEBUG = "DEBUG"
_SETTINGS_MODULE = re.compile(r"""DJANGO_SETTINGS_MODULE["'],\s*["'](?P<name>[\w.]+)["']""")
_MAX_COMMAND = 4_000
_NO_SYNC = frozenset({"--no-sync", "--no-dev", "--no-default-groups", "--only-group", "--no-project", "--script"})
_MANAGERS = ("npm", "pnpm", "yarn", "bun")
DEBUGGING = {
    "NODE_ENV": frozenset({"development", "dev"}),
    "FLASK_ENV": frozenset({"development"}),
    "FLASK_DEBUG": frozenset({"1", "true", "on"}),
    "DJANGO_DEBUG": frozenset({"1", "true", "on", "yes"}),
    "GIN_MODE": frozenset({"debug"}),
    "ASPNETCORE_ENVIRONMENT": frozenset({"development"}),
    "RAILS_ENV": frozenset({"development"}),
    "APP_DEBUG": frozenset({"1", "true"}),
    "DEBUG": frozenset({"1", "true", "on", "yes"}),
}


def _packages(subject: Subject) -> Iterator[Wrong]:
    yield from _node(subject)
    seen: set[int] = set()
    for stage, item in subject.installations:
        if stage in subject.shipped and not item.production and item.step.line not in seen:
            said = _python(subject, stage, item)
            if said is not None:
                seen.add(item.step.line)
                text = f"`{item.text}` installs what only development needs, too: {said[0]}"
                yield Wrong("development-dependencies", item.step.line, text, said[1])
    if not seen:
        yield from _at_start(subject)
    yield from tools(subject)


def _at_start(subject: Subject) -> Iterator[Wrong]:
    """`uv run`, which installs the groups of development when the container starts."""
    said = subject.image.command
    words, folder = subject.image.words, subject.built.final.folder
    given = {"UV_NO_SYNC", "UV_NO_DEV"} & subject.image.environment.keys()
    if words[:2] != ("uv", "run") or given or _NO_SYNC.intersection(words) or said is None:
        return
    source = subject.built.final.files.find(posixpath.join(folder, "pyproject.toml")).source
    document = subject.context.parsed(parse_toml, source) if source is not None else None
    if document is not None and _has_group_of_uv(document):
        text = f"`uv run` installs the group dev of {source} each time a container starts"
        line = (subject.image.stage.command or said).evidence.line
        yield Wrong("development-dependencies", line, text, "start the program of .venv/bin, or use uv run --no-sync")


def _node(subject: Subject) -> Iterator[Wrong]:
    """The node_modules that the program starts with."""
    started, service = words_of(subject.built), subject.service
    folder = started[1] if started is not None else subject.built.final.folder
    for place in parents(folder):
        found = subject.built.final.files.find(f"{place.rstrip('/')}/node_modules")
        if found.answer is not Answer.YES or not isinstance(found.content, Modules):
            continue
        modules = found.content
        names = sorted(modules.development - modules.direct)
        kept = _kept(subject, names)
        builds = service is not None and " ".join(subject.image.words) in service.spec.build
        if modules.omits or kept is None or (_starts_with(subject, names) and not builds):
            return
        names = [name for name in names if name not in kept]
        if not names:
            return
        line = _line(subject, place)
        if line is not None:
            many = f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"
            count = f"{len(names)} development dependenc{'y' if len(names) == 1 else 'ies'}"
            yield Wrong(
                "development-dependencies",
                line,
                f"the image ships {count} and all that {'it brings' if len(names) == 1 else 'they bring'}: {many}",
                "install them in a build stage, and with --omit=dev for the final one",
            )
        return


def _kept(subject: Subject, names: list[str]) -> set[str] | None:
    """The development dependencies that a release needs; None where the program itself may load some."""
    service = subject.service
    if service is None or service.spec.model_dump().get("dependencies_at_run") != "all":
        return set()
    released = _of_programs(service.spec.release or (), names)
    # Where the project's own start needs a tool, and the image does not start it, nothing is left to load.
    if not released and not _of_programs(service.spec.start, names):
        return None
    texts = [subject.context.read(source) or "" for _, source in reached(subject.built).modules]
    loaded = {name for name in names if any(f'"{name}"' in text or f"'{name}'" in text for text in texts)}
    return None if loaded else released


def _of_programs(words: Sequence[str], names: list[str]) -> set[str]:
    """The packages among some names that a command's programs come from."""
    from genfile.image.packages import program_packages

    return {package for word in words for package in program_packages(posixpath.basename(word)) if package in names}


def _starts_with(subject: Subject, names: list[str]) -> bool:
    """Whether a development tool, such as tsx, starts the program."""
    said = subject.image.command
    words = [*(said.value.words if said is not None else ()), *subject.image.words, *_script(subject)]
    return bool(_of_programs(words, names))


def _script(subject: Subject) -> list[str]:
    """The words of the package.json script that the container runs: `npm start`, `yarn serve`."""
    command = subject.image.command
    said = command.value.words if command is not None and command.value.words else subject.image.words
    # A script of package.json that was followed already has its own words.
    first = subject.image.words if subject.image.words[:1] and subject.image.words[0] in _MANAGERS else said
    words = [word for word in first if not word.startswith("-") and word != "run"]
    if len(words) < 2 or words[0] not in _MANAGERS:
        return []
    source = subject.built.final.files.find(posixpath.join(subject.built.final.folder, "package.json")).source
    document = subject.context.parsed(parse_json, source) if source is not None else None
    text = document.get("scripts", words[1]) if document is not None else None
    return text.split() if isinstance(text, str) else []


def _line(subject: Subject, folder: str) -> int | None:
    """The line that brings the final node_modules: the last installation, else a COPY from another stage."""
    copies = [
        item.line
        for item in subject.final
        if item.keyword == "COPY" and item.flag("from") is not None and not item.words[-1].endswith((".conf", ".json"))
    ]
    names = {stage.index for stage in subject.lineage}
    own = [item.step.line for stage, item in subject.installations if stage.index in names]
    lines = own or [line for line in copies if "node_modules" in _words_at(subject, line)] or copies
    return lines[-1] if lines else None


def _words_at(subject: Subject, line: int) -> str:
    item = subject.at(line)
    return item.value if item is not None else ""


def _python(subject: Subject, stage: StageState, item: Installation) -> tuple[str, str] | None:
    """The development dependencies of a Python project, and how to leave them out."""
    if item.manager == "pip":
        name = item.manifest
        return (name, "install the requirements of production alone") if is_for_development(name) else None
    if item.manager == "pipenv":
        return "--dev", "leave --dev out"
    source = stage.files.find(posixpath.join(item.folder, item.manifest)).source
    document = subject.context.parsed(parse_toml, source) if source is not None else None
    if document is None or item.manager not in ("uv", "poetry"):
        return None
    if item.manager == "uv":
        return (f"the group dev of {source}", "uv sync --no-dev") if _has_group_of_uv(document) else None
    old = document.get("tool", "poetry", "dev-dependencies")
    group = document.get("tool", "poetry", "group", "dev")
    optional = isinstance(group, dict) and group.get("optional")
    new = group or document.get("dependency-groups", "dev")
    return (f"the group dev of {source}", "poetry install --only main") if (old or new) and not optional else None


def _has_group_of_uv(document: Document) -> bool:
    """Whether uv installs packages of development unless it is told not to."""
    return bool(document.get("dependency-groups", "dev") or document.get("tool", "uv", "dev-dependencies"))


def development_server(text: str) -> str | None:
    """Why a command starts a server for development; None where it does not."""
    return next((why for pattern, why in _SERVERS if pattern.search(text[:_MAX_COMMAND])), None)


def starts_in_development(subject: Subject) -> bool:
    """Whether the container starts a server for development."""
    return any(development_server(text) for text in (" ".join(subject.image.words), " ".join(_script(subject))))


def _server(subject: Subject) -> Iterator[Wrong]:
    words = " ".join(subject.image.words)[:_MAX_COMMAND]
    stage = subject.image.stage
    said = stage.command or stage.entrypoint
    script = " ".join(_script(subject))[:_MAX_COMMAND]
    for pattern, why in _SERVERS:
        if pattern.search(words) is None and (not script or pattern.search(script) is None):
            continue
        line = said.evidence.line if said is not None else None
        item = subject.at(line)
        edits: tuple[Edit, ...] = ()
        if item is not None and item.exec_form is not None and "--reload" in item.exec_form:
            edits = replaced(item, ', "--reload"', "")
        yield Wrong(
            "development-server",
            line,
            f"the container starts `{(words if pattern.search(words) else script)[:70].strip()}`: {why}",
            "start what serves in production",
            edits=edits,
        )
        return
    yield from _flask(subject)


def _flask(subject: Subject) -> Iterator[Wrong]:
    """`python app.py`, where that file runs Flask's own server."""
    source, said = subject.started_script, subject.image.command
    if said is None:
        return
    text = subject.context.read(source) if source is not None else None
    if text is not None and _runs_flask(text):
        why = f"{source} runs Flask's server for development"
        text = f"the container starts `{' '.join(said.value.words)[:70]}`: {why}"
        yield Wrong("development-server", said.evidence.line, text, "start gunicorn or another server for production")


def _runs_flask(text: str) -> bool:
    """Whether a module calls `run` of what it made as `Flask(…)`."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    made = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func).rpartition(".")[2] == "Flask"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    calls = (node.func for node in nodes if isinstance(node, ast.Call))
    return any(
        isinstance(called, ast.Attribute)
        and called.attr == "run"
        and isinstance(called.value, ast.Name)
        and called.value.id in made
        for called in calls
    )


def _settings(subject: Subject) -> Iterator[Wrong]:
    for name, values in DEBUGGING.items():
        said = subject.image.environment.get(name)
        if said is not None and said.value.lower() in values:
            text = f"{name}={said.value} is set in the image that is shipped"
            yield Wrong("development-settings", said.evidence.line, text, "set it where the program is developed")
    found = list(_django(subject))
    yield from found or _by_default(subject)


def _by_default(subject: Subject) -> Iterator[Wrong]:
    """A program on Python that is in its mode for development unless a variable says otherwise."""
    service, stage = subject.service, subject.image.stage
    if service is None or service.spec.language != "python":
        return
    given = subject.image.environment.keys()
    for path in own_files(subject, lambda name: name.endswith(".py")):
        module = subject.context.parsed(parse_python, path) if _DEBUG in (subject.context.read(path) or "") else None
        name, line = _debugs(module) if module is not None else ("", 0)
        if name and name not in given and bringing(subject, path) is not None:
            place = f"{posixpath.join(subject.context.root, path)}:{line}"
            text = f"unless {name} is given, the program runs in its mode for development ({place})"
            said = stage.command or stage.entrypoint
            at = said.evidence.line if said is not None else stage.line
            yield Wrong("development-settings", at, text, f"let {name} be off by default", "hint")
            return


def _debugs(module: PyModule) -> tuple[str, int]:
    """The variable whose default switches a module's DEBUG on, with its line; "" if none does."""
    for field in module.settings:
        if field.field.upper() == _DEBUG and str(field.default).lower() in DEBUGGING[_DEBUG]:
            return field.name, field.line
    for node in module.of(ast.Assign):
        targets = [ast.unparse(target) for target in node.targets]
        calls = (item for item in ast.walk(node.value) if isinstance(item, ast.Call | ast.BoolOp))
        for call in calls if targets == [_DEBUG] else ():
            value = module.value(call)
            if isinstance(value, EnvDefault) and str(value.default).lower() in DEBUGGING[_DEBUG]:
                return value.name, node.lineno
    return "", 0


def _django(subject: Subject) -> Iterator[Wrong]:
    """Settings of Django that show errors with their code, whatever is given to the container."""
    service, stage = subject.service, subject.image.stage
    if service is None or service.spec.framework != "django":
        return
    files = [path for path in sorted(subject.context.below("")) if path.endswith(".py")]
    given = subject.image.environment.get("DJANGO_SETTINGS_MODULE")
    names = {given.value} if given is not None else {_module_named(subject, path) for path in files}
    ends = tuple("/" + name.replace(".", "/") + ".py" for name in names if name)
    for path in files if ends and len(ends) == 1 else ():
        line = _always_debugs(subject.context.read(path) or "") if f"/{path}".endswith(ends) else None
        if line is not None:
            place = posixpath.join(subject.context.root, path)
            said = stage.command or stage.entrypoint
            text = f"{place}:{line} sets DEBUG = True, and no variable changes it: errors show the code to strangers"
            at = said.evidence.line if said is not None else stage.line
            yield Wrong("development-settings", at, text, "read DEBUG from an environment variable")
            return


def _module_named(subject: Subject, path: str) -> str:
    """The module of settings that a start file names."""
    if posixpath.basename(path) not in ("manage.py", "wsgi.py", "asgi.py"):
        return ""
    match = _SETTINGS_MODULE.search(subject.context.read(path) or "")
    return match["name"] if match is not None else ""


def _always_debugs(text: str) -> int | None:
    """The line of a module that sets DEBUG to True, where nothing in it may change that later."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    line: int | None = None
    for node in body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["DEBUG"]:
            line = node.lineno if isinstance(node.value, ast.Constant) and node.value.value is True else None
        elif line is not None and _may_set(node):
            return None
    return line


def _may_set(node: ast.stmt) -> bool:
    """Whether a statement may give DEBUG another value: by its name, or by taking all of another module."""
    return any(
        (isinstance(item, ast.Name) and item.id == "DEBUG" and isinstance(item.ctx, ast.Store))
        or (isinstance(item, ast.ImportFrom) and any(name.name == "*" for name in item.names))
        or (isinstance(item, ast.Name) and item.id in ("locals", "globals", "exec"))
        for item in ast.walk(node)
    )


PRACTICES = (
    Practice(
        "development-dependencies",
        "What only development needs makes the image larger and gives attackers more to work with.",
        "docs.npmjs.com/cli/commands/npm-ci#omit",
        _packages,
    ),
    Practice(
        "development-server",
        "A server for development is slow, shows errors to strangers, and ends or reloads on its own.",
        "docs.djangoproject.com/en/stable/ref/django-admin/#runserver",
        _server,
    ),
    Practice(
        "development-settings",
        "In a mode for development a program is slower, and shows its errors and its code to strangers.",
        "flask.palletsprojects.com/en/stable/debugging/",
        _settings,
    ),
)
