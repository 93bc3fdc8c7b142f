"""Port, address and arguments of the project's own program, by the call that listens after its start."""

from genfile.data import Framework
from genfile.detect.hosting import hosting
from genfile.detect.loopback import put_fixed, put_moved, tell_of_fixed
from genfile.detect.python.flags import host_flag, port_flag
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.port import HEALTH_PATHS, find_port, listens_elsewhere, loopback
from genfile.detect.python.reach import Listener, command, reach, variable
from genfile.detect.python.routes import python_routes
from genfile.detect.python.servers import named_port
from genfile.detect.python.streamlit import put_streamlit
from genfile.detect.stdio import put_stdio
from genfile.evidence import Draft, Fact


def put_listening(project: PythonProject, draft: Draft, framework: Framework | None) -> None:
    """Put /port and /port_variable for `python …` or a console script, and make it reachable."""
    start = draft.values.get("start", [])
    if start[:1] != ["python"] and not (start and start[0] in project.scripts):
        return
    found = reach(project, start)
    listener = found.best(start)
    if listener is None and found.stdio is not None:
        says = project.folder.says(found.stdio.path, found.stdio.line, "run() without an HTTP transport")
        put_stdio(draft, says)
        return
    _put_port(project, draft, start, listener, framework)
    if listener is not None:
        _put_arguments(draft, start, listener)
    else:
        _put_host_flag(project, draft, start)
    _note_loopback(project, draft, listener, framework)


def put_page(project: PythonProject, draft: Draft) -> None:
    """Put /port of the page that a bot serves to be kept awake, or of its webhook."""
    start = draft.values.get("start", [])
    found = reach(project, start)
    listener = found.main
    # A bot with a webhook listens itself.
    if listener is not None and (listener.beside or not found.stays):
        _put_port(project, draft, start, listener, None)


def _put_port(
    project: PythonProject, draft: Draft, start: list[str], listener: Listener | None, framework: Framework | None
) -> None:
    """Put the port: the command's, else the listener's, a flag's default, any call's, the hosting's."""
    named = named_port(start)
    hinted = hosting(project.folder).port
    if named is not None:
        draft.put("port", Fact(named, draft.evidence["/start"].evidence))
        return
    found = _of_listener(project, listener) or port_flag(project, start) or find_port(project)
    if found is None:
        if hinted is not None:
            draft.put("port", hinted)
        return
    number, name = found.value
    # A variable without a default: the image sets it.
    fallback = draft.values.get("port") or (hinted.value if hinted else None) or (framework.port if framework else None)
    number = number or (fallback or 8000 if name else None)
    draft.put("port", found.but(number) if number else None)
    draft.values.pop("port_variable", None)
    draft.put("port_variable", found.but(name) if name else None)


def _of_listener(project: PythonProject, listener: Listener | None) -> Fact[tuple[int | None, str | None]] | None:
    if listener is None:
        return None
    number, name = listener.number, variable(listener.port)
    if number is None and name is None:
        return None
    says = f"{listener.callee.lstrip('?.')}(port={number or name})"
    return project.folder.fact((number, name), listener.path, listener.line, says)


def _put_arguments(draft: Draft, start: list[str], listener: Listener) -> None:
    """Put the sub-command, flags and variables that make it reachable from outside the container."""
    words, environment = command(start, listener, draft.values.get("port") or 8000)
    if words != start:
        draft.put("start", draft.evidence["/start"].but(words))
    listed = draft.values.setdefault("environment", [])
    for name, value in environment.items():
        if all(item["name"] != name for item in listed):
            listed.append({"name": name, "phase": "run", "value": value})


def _put_host_flag(project: PythonProject, draft: Draft, start: list[str]) -> None:
    flag = host_flag(project, start)
    if flag is not None:
        evidence = (*draft.evidence["/start"].evidence, *flag.evidence)
        draft.put("start", Fact([*start, flag.value, "0.0.0.0"], evidence))
        put_moved(draft, flag.evidence[0])


def _note_loopback(
    project: PythonProject, draft: Draft, listener: Listener | None, framework: Framework | None
) -> None:
    """Warn of a loopback address that nothing can change."""
    by_default = framework is not None and framework.name in ("flask", "quart")
    fixed = listener is None or (listener.alone and isinstance(listener.host, str))
    alone = loopback(project, by_default=by_default) if fixed else None
    if alone is None and fixed and listener is not None:
        says = f"{listener.callee.lstrip('?.')}(host={listener.host!r})"
        alone = project.folder.says(listener.path, listener.line, says)
    if alone is not None:
        certain = listener is not None or not listens_elsewhere(project)
        (put_fixed if certain else tell_of_fixed)(draft, alone)


def put_network(project: PythonProject, draft: Draft, framework: Framework | None) -> None:
    """Put the port that the project's own program listens on, and the health endpoint; servers got theirs in the
    command."""
    if framework is not None and framework.kind == "worker":
        draft.values.pop("port", None)
        draft.evidence.pop("/port", None)
        put_page(project, draft)
        return
    put_listening(project, draft, framework)
    if draft.values.get("port") and framework is not None:
        if framework.health:
            draft.put("health", Fact({"path": framework.health}, draft.evidence["/framework"].evidence))
        elif (health := python_routes(project).health(HEALTH_PATHS)) is not None:
            draft.put("health", health.but({"path": health.value}))
    if framework is not None and framework.name == "streamlit":
        put_streamlit(project, draft)
    listed = draft.values.setdefault("environment", [])
    for name, value in (framework.environment if framework else {}).items():
        if all(item["name"] != name for item in listed):
            listed.append({"name": name, "phase": "run", "value": value})
