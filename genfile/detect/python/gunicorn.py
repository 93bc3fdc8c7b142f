"""gunicorn: its configuration file, what that sets, and the command that starts it."""

from typing import Any

from msgspec import Struct

from genfile.data import Framework
from genfile.detect.python.application import Application, import_root, module_name
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach import constant, split_address
from genfile.detect.python.reach.calls import LOOPBACK
from genfile.detect.python.reach.values import settled, variable
from genfile.detect.python.releases import is_below
from genfile.detect.python.servers import ServerStart, missing_server
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.makefile import parse_makefile
from genfile.parsers.small import parse_shell
from genfile.parsers.values import UNKNOWN, port_of

# gunicorn reads the first by itself; the command has to name the others, which have usual names.
ITSELF = "gunicorn.conf.py"
_NAMES = tuple(
    f"{folder}{name}"
    for folder in ("", "config/", "conf/", "deploy/", "gunicorn/", "app/", "src/")
    for name in (
        *("gunicorn_conf.py", "gunicorn_config.py", "gunicorn.config.py", "gunicorn-cfg.py", "gunicorn.py"),
        *("gunicorn_cfg.py", "gunicorn-conf.py", ITSELF),
    )
)[1:]
_SETTINGS = ("bind", "workers", "worker_class", "wsgi_app", "timeout", "threads")


class Bound(Struct, frozen=True):
    """The address in a gunicorn configuration; ``alone``: only the loopback interface, or a socket file."""

    port: int | None = None
    variable: str | None = None
    alone: bool = False
    says: Evidence | None = None


def config_file(project: PythonProject, words: list[str] | None = None) -> str | None:
    """The configuration that a command names, or gunicorn.conf.py, or a file with a usual name and gunicorn's
    settings."""
    named = _named(words or [])
    if named is not None:
        return named
    if project.folder.has(ITSELF):
        return ITSELF
    if words is not None:
        # Without a name in the command, gunicorn reads none.
        return None
    return next((name for name in _NAMES if project.folder.has(name) and _is_config(project, name)), None)


def _is_config(project: PythonProject, name: str) -> bool:
    return any(constant(project, name, item)[1] is not None for item in _SETTINGS)


def _named(words: list[str]) -> str | None:
    value = _flag(words, "-c", "--config")
    if value is not None and value.startswith("python:"):
        return value.removeprefix("python:").replace(".", "/") + ".py"
    return value.removeprefix("file:").removeprefix("./") if value is not None else None


def gunicorn_bind(project: PythonProject, words: list[str] | None = None) -> Bound:
    """The address in the configuration: the port, its variable, and whether it is only the loopback interface."""
    name = config_file(project, words)
    value, line = constant(project, name, "bind") if name is not None else (UNKNOWN, None)
    if name is None or line is None:
        return Bound()
    value = value[0] if isinstance(value, list) and value else value
    text = settled(value)
    says = project.folder.says(name, line, "bind")
    if isinstance(text, str) and text.startswith("unix:"):
        return Bound(None, None, True, says)
    host, port = split_address(value)
    whole = port is value and isinstance(text, str) and ":" in text
    host = text.rpartition(":")[0] if whole else settled(host)
    # A variable that also holds the host is not a port variable.
    moves = None if whole else variable(port)
    return Bound(port_of(settled(port))[0], moves, host in LOOPBACK, says)


def is_misfit(project: PythonProject, words: list[str], values: dict[str, Any], framework: Framework | None) -> bool:
    """Whether a command runs an ASGI application with gunicorn's own workers, so that every request would fail.

    ``values``: the draft's, with the application that genfile found and its interface.
    """
    plain = words[2].split() if words[:2] == ["sh", "-c"] and len(words) == 3 else words
    if "gunicorn" not in plain or values.get("interface") != "asgi" or framework is None:
        return False
    if any(word.startswith(("-k", "--worker-class", "-c", "--config")) for word in plain):
        return False
    if isinstance(worker_class(project, plain), str):
        return False
    named = str(values.get("application") or "").removesuffix("()")
    return framework.interface == "asgi" or named in plain


def worker_class(project: PythonProject, words: list[str] | None = None) -> Any:
    """The worker class in the configuration; ``words``: the command that reads it."""
    name = config_file(project, words)
    return settled(constant(project, name, "worker_class")[0]) if name is not None else None


# gunicorn's worker classes with an extra of the same name, which brings what they import.
_EXTRAS = ("gevent", "eventlet", "tornado")
# The version from which gunicorn no longer depends on what its gevent worker imports besides gevent.
_BARE = "27"
# The version from which gunicorn no longer has a worker class.
_REMOVED = {"eventlet": "26"}


def missing_worker(project: PythonProject, values: dict[str, Any], present: set[str]) -> tuple[str, Evidence] | None:
    """gunicorn with the extra for its worker class, if what is listed does not bring it.

    ``values``: the draft's; ``present``: what is listed and what that is known to bring.
    """
    words = list(values.get("start") or ())
    plain = words[2].split() if words[:2] == ["sh", "-c"] and len(words) == 3 else words
    worker = _flag(plain, "-k", "--worker-class") or worker_class(project, plain) if "gunicorn" in plain else None
    if worker not in _EXTRAS:
        return None
    version = project.locked.get("gunicorn")
    own = next((item for item in values.get("extra_packages", ()) if item.startswith("gunicorn==")), "gunicorn")
    chosen = version or own.partition("==")[2]
    removed = _REMOVED.get(worker) if version is None and _may_lack(project, worker, chosen) else None
    is_bare = version is None or int(version.partition(".")[0]) >= int(_BARE)
    is_whole = worker in present and not (is_bare and worker == "gevent" and "packaging" not in present)
    is_whole = is_whole or worker in getattr(project.dependencies.get("gunicorn"), "extras", ())
    if is_whole and removed is None:
        return None
    pin = f"<{removed}" if removed else f"=={version}" if version is not None else own.removeprefix("gunicorn")
    name = config_file(project, plain)
    text = f"gunicorn's worker class is {worker}"
    if removed is not None:
        text += f", which gunicorn {removed} no longer has"
    elif worker in present:
        text += f", and its workers import packaging, which gunicorn {_BARE} brings only with that extra"
    says = project.folder.says(name or project.requirements_name or ".", None, text)
    return f"gunicorn[{worker}]{pin}", says


def _may_lack(project: PythonProject, worker: str, chosen: str) -> bool:
    """Whether the version of gunicorn that genfile chose, or else one that is allowed, no longer has a worker class."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if worker not in _REMOVED or chosen:
        return worker in _REMOVED and int(chosen.partition(".")[0]) >= int(_REMOVED[worker])
    listed = project.dependencies.get("gunicorn")
    try:
        return SpecifierSet(listed.specifier if listed else "").contains(_REMOVED[worker])
    except InvalidSpecifier:
        return True


def _flag(words: list[str], *flags: str) -> str | None:
    """A flag's value in a command: `-k gevent`, `--worker-class=gevent`."""
    for index, word in enumerate(words):
        flag, sign, value = word.partition("=")
        if flag in flags:
            return value if sign else next(iter(words[index + 1 : index + 2]), None)
    return None


def configured_application(project: PythonProject) -> Fact[Application] | None:
    """The application in the configuration: `wsgi_app = "api.main:app"`."""
    name = config_file(project)
    value, line = constant(project, name, "wsgi_app") if name is not None else (None, None)
    text = settled(value)
    if name is None or not isinstance(text, str):
        return None
    module, _, target = text.partition(":")
    target = target or "application"
    chdir = settled(constant(project, name, "chdir")[0])
    bases = ["", "src/", *([f"{chdir.strip('./')}/"] if isinstance(chdir, str) else [])]
    for base in bases:
        for end in (".py", "/__init__.py"):
            path = f"{base}{module.replace('.', '/')}{end}"
            if project.folder.has(path):
                root = import_root(project, path)
                dotted = module if root else module_name(project, path)
                bare = target.removesuffix("()")
                found = Application(path, dotted, bare, target.endswith("()"), root or base.rstrip("/"))
                return project.folder.fact(found, name, line, f"wsgi_app = {text}")
    return None


def gunicorn(project: PythonProject, words: list[str], port: int) -> ServerStart:
    """gunicorn binds $PORT on every address by itself, unless its configuration says where."""
    bound = gunicorn_bind(project)
    name = config_file(project)
    flags = [f"--config={name}"] if name not in (None, ITSELF) else []
    number = bound.port or _told(project, bound.variable) or port
    if bound.alone:
        flags.append(f"--bind=0.0.0.0:{number}")
    moves = bound.variable if bound.port or bound.variable else None if bound.says is not None else "PORT"
    moves = None if bound.alone else moves
    missing = missing_server(project, "gunicorn")
    return ServerStart(["gunicorn", *flags, *_socket_worker(project), *words], number, moves, missing)


# The release that brought the control socket (gunicorn.org/news, 25.1.0).
_SOCKET = "25.1"


def put_configured(project: PythonProject, draft: Draft) -> None:
    """Put /configured: the settings in gunicorn's configuration that the image would otherwise set itself; and
    /control_socket."""
    words = draft.values.get("start") or []
    draft.values["control_socket"] = not is_below(project, "gunicorn", _SOCKET)
    name = config_file(project, words) if words[:1] == ["gunicorn"] else None
    found = {item: constant(project, name, item)[1] for item in ("worker_tmp_dir", "accesslog")} if name else {}
    lines = {item: line for item, line in found.items() if line is not None}
    if name is not None and lines:
        says = tuple(project.folder.says(name, line, item) for item, line in lines.items())
        draft.put("configured", Fact(list(lines), says))


def _told(project: PythonProject, name: str | None) -> int | None:
    """The value of a configuration variable without a default, as the project's Makefile sets it to start gunicorn:
    `PORT=6000 gunicorn -c gunicorn_config.py application`."""
    folder = project.folder
    targets = folder.parse(parse_makefile, "Makefile") if name is not None and folder.has("Makefile") else None
    for target in (targets or {}).values():
        for command in (item for text in target.commands for item in parse_shell(text) or ()):
            number = port_of(dict(command.assignments).get(name or ""))[0]
            if "gunicorn" in command.words and number is not None:
                return number
    return None


def _socket_worker(project: PythonProject) -> list[str]:
    """What Flask-SocketIO needs from gunicorn: one process, and a worker for many connections."""
    if "flask-socketio" not in project.dependencies or isinstance(worker_class(project), str):
        return []
    if {"gevent", "gevent-websocket"} <= set(project.dependencies):
        return ["--workers=1", "--worker-class=geventwebsocket.gunicorn.workers.GeventWebSocketWorker"]
    if "gevent" in project.dependencies:
        return ["--workers=1", "--worker-class=gevent"]
    if "eventlet" in project.dependencies:
        return ["--workers=1", "--worker-class=eventlet"]
    return ["--workers=1", "--threads=100"]
