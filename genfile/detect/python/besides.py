"""Programs that do more than serve their application, or that only start on their own: a server that imports only the
application would skip the rest, or fail."""

from collections.abc import Iterator

from genfile.detect.code import parse_code
from genfile.detect.python.application import Application, modules
from genfile.detect.python.imports import loaded_by
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach import Listener, Role, reach
from genfile.detect.python.servers import WSGI_SERVERS
from genfile.detect.python.serving import serving
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.pyentry import calls_on_import, parses_on_import
from genfile.parsers.python import PyModule, parse_python


def own_way(
    project: PythonProject, draft: Draft, application: Application, hosted: Fact[list[str]] | None = None
) -> Fact[list[str]] | None:
    """The project's own program, if a server that imports only the application would skip its other work, or fail.

    ``hosted``: what the project's own Dockerfile starts. None if such a server does everything, or is the better
    choice; then a note says what it skips.
    """
    if hosted is not None and _waits_besides(project, hosted.value, application):
        return hosted
    served = serving(project)
    if served is None or served.value[:1] != ["python"] or not _serves(project, served.value, application):
        return None
    found = reach(project, served.value)
    listener, role = found.main, found.besides
    if listener is None:
        return None
    own = Fact(served.value, (*served.evidence,))
    parsing = _parsing(project, application)
    if parsing is not None:
        text = (
            f"{parsing}: this reads the command line when a server imports it, and refuses the server's arguments, so "
            f"the image starts `{' '.join(served.value)}`; call it in the guard to use a server"
        )
        draft.note("warning", text, *_place(parsing))
        _note_debugger(project, draft, listener)
        return Fact(served.value, (*served.evidence, parsing))
    if role is None or _is_done_on_import(project, application, role):
        beside = listener.way.aside and served.value[-1] != application.file
        if not beside and not _is_server_of_sockets(project, listener):
            return None
        _note_debugger(project, draft, listener)
        return own
    says = project.folder.says(role.path, role.line, _text(role))
    program = " ".join(served.value)
    if _is_kept(project, listener, role):
        draft.note(
            "warning", f"{says}: only `{program}` does this, so the image starts it instead of a server", *_place(says)
        )
        _note_debugger(project, draft, listener)
        return Fact(served.value, (*served.evidence, says))
    text = (
        f"{says}: only `{program}` does this; a server that imports {application.module} does not. Move it out of "
        "the guard"
    )
    draft.note("warning", text, *_place(says))
    return None


def _is_done_on_import(project: PythonProject, application: Application, role: Role) -> bool:
    """Whether importing the application calls the same method, so that a server that imports it does so too."""
    if role.kind != "effect" or not role.callee.endswith("()"):
        return False
    name = role.callee.removesuffix("()").rpartition(".")[2]
    return any(calls_on_import(module, name) for _, module in _loaded(project, application))


def _parsing(project: PythonProject, application: Application) -> Evidence | None:
    """Where importing the application reads the command line of the process."""
    for path, module in _loaded(project, application):
        line = parses_on_import(module)
        if line is not None:
            return project.folder.says(path, line, "parse_args()")
    return None


def _loaded(project: PythonProject, application: Application) -> Iterator[tuple[str, PyModule]]:
    """The project's modules that importing the application loads, with their paths."""
    paths = {application.file, *loaded_by(project, application.file)}
    return ((path, module) for path, module in modules(project) if path in paths)


def _waits_besides(project: PythonProject, words: list[str], application: Application) -> bool:
    """Whether a program waits for more than HTTP requests, since it is also a bot."""
    if words[0] != "python":
        return False
    path = words[2].replace(".", "/") + ".py" if words[1] == "-m" else words[1]
    if _serves(project, ["python", path], application):
        return False
    return any(role.kind == "stays" and not role.need.size for role in reach(project, words).stays)


def _place(says: Evidence) -> tuple[str, int | None]:
    return says.path, says.line


def _text(role: Role) -> str:
    if role.kind == "effect":
        return role.callee
    return "a thread" if role.callee in ("a thread", "a loop") else f"{role.callee} in a thread"


def _serves(project: PythonProject, words: list[str], application: Application) -> bool:
    """Whether a program is the application's own module, or imports it."""
    path = words[-1]
    module = parse_code(project.folder, parse_python, path) if path.endswith(".py") else None
    if module is None or application.file == path:
        return module is not None
    return application.module in module.imports or application.file.removesuffix(".py") in module.imports


def _is_kept(project: PythonProject, listener: Listener, role: Role) -> bool:
    """Whether to start the program itself: always if it runs something beside serving; if it only prepares something,
    then as long as it is reachable and the project chose no server."""
    if role.way.aside:
        return True
    fixed = listener.alone and isinstance(listener.host, str)
    return not fixed and project.depends(*WSGI_SERVERS) is None


def _is_server_of_sockets(project: PythonProject, listener: Listener) -> bool:
    """`socketio.run(…)` fit for production: on eventlet or gevent, or explicitly allowed on Werkzeug."""
    if not listener.callee.endswith("SocketIO().run") or listener.alone or project.depends(*WSGI_SERVERS):
        return False
    return project.depends("eventlet", "gevent") is not None or _keyword(project, listener, "allow_unsafe_werkzeug")


def _keyword(project: PythonProject, listener: Listener, name: str) -> bool:
    """Whether the listening call has a switch turned on."""
    module = parse_code(project.folder, parse_python, listener.path)
    calls = module.calls if module is not None else ()
    return any(call.line == listener.line and call.keywords.get(name) is True for call in calls)


def _note_debugger(project: PythonProject, draft: Draft, listener: Listener) -> None:
    if _keyword(project, listener, "debug") and listener.callee.endswith((".run", ".run_server")):
        says = project.folder.says(listener.path, listener.line, "debug=True")
        draft.note("warning", f"{says}: anyone who reaches the debugger can run code; remove it", *_place(says))
