"""What a Node service serves: files that its build makes, or a program with its command, port and health check."""

from genfile.data import Framework
from genfile.detect.hosting import HostedPort
from genfile.detect.node.base import base_path, put_base
from genfile.detect.node.command import NodeStart
from genfile.detect.node.devport import development_port
from genfile.detect.node.framework import evidence_of
from genfile.detect.node.manager import (
    NodeProject,
)
from genfile.detect.node.manifest import FILE
from genfile.detect.node.orm import put_orm
from genfile.detect.node.port import AskedPort, find_health, find_port, put_host, worker_port
from genfile.detect.node.processes import put_processes
from genfile.detect.node.protocol import answers_http
from genfile.detect.node.proxied import put_proxied
from genfile.detect.node.run import put_run_paths
from genfile.detect.node.site import hashed_folders
from genfile.detect.node.sources import source_files
from genfile.detect.node.start import put_start, start_command
from genfile.detect.node.targets import brings_server
from genfile.detect.node.writes import put_writes
from genfile.detect.notfound import has_not_found
from genfile.detect.paths import inside
from genfile.detect.tree import Project
from genfile.detect.written import put_written
from genfile.evidence import About, Draft, Fact, Topic
from genfile.parsers.javascript import JsModule

# The modules that the start command runs, by their paths.
Sources = list[tuple[str, JsModule]]


def put_site(project: NodeProject, draft: Draft, static: Fact[dict[str, object]], framework: Framework | None) -> None:
    """Put /static: the folder that a web server serves, and how; such an image has no dependencies and no command."""
    root = project.folder.full(str(static.value["root"]))
    hashed = hashed_folders(project, framework) if framework is not None else []
    draft.put("static", static.but({**static.value, "root": root, "hashed": hashed}))
    made = framework is not None and framework.not_found
    draft.values["static"]["hashed_names"] = framework is not None and framework.hashed_names
    draft.values["static"]["not_found"] = has_not_found(project.folder, made=made)
    if framework is not None:
        put_base(project, framework, draft)
        draft.values["static"]["development_port"] = development_port(project, framework)
    put_proxied(project, draft)
    draft.put("port", static.but(8080))
    # Pages that are built in place are in the tree: what the build adds to them is not.
    draft.values["outputs"] = [root] if not Project(project.folder.tree, root).has("index.html") else []
    output = framework.output if framework is not None else None
    if output is not None and output.startswith("."):
        # Where the framework works, beside the pages that it exports.
        folder = project.folder.full(output.split("/")[0])
        if not inside(root, folder):
            draft.values["outputs"].append(folder)
    draft.values["dependencies_at_run"] = "none"


def put_server(project: NodeProject, draft: Draft, framework: Framework | None) -> None:
    """Put what runs: the command, where it listens, what the image holds, where it writes, its other processes."""
    start = _put_command(project, draft, framework)
    words = tuple(draft.values.get("start", ()))
    sources = [] if _starts_itself(framework, words) else source_files(project, words)
    port = _port(AskedPort(project, framework, sources, words, start.evidence if start is not None else ()), start)
    if port is not None:
        _put_port(project, draft, framework, sources, port)
        if any("$PORT" in word or "${PORT}" in word for word in words):
            # The command itself has no default: the image sets it.
            draft.put("port_variable", port.but("PORT"))
    if framework is not None:
        _put_settings(draft, framework, words)
    put_run_paths(project, draft, framework)
    put_orm(project, draft, sources)
    put_writes(project, draft, sources)
    named = (text for _, module in sources for text in (*module.words, *(path for path, _ in module.paths)))
    put_written(project.folder, draft, named)
    put_processes(project, draft)


def _put_command(project: NodeProject, draft: Draft, framework: Framework | None) -> Fact[NodeStart] | None:
    """Put /start, and return the command that it came from."""
    start = start_command(project, framework, bool(draft.values.get("build")))
    put_start(draft, start)
    _note_handler(project, draft, framework)
    if start is None:
        text = 'no start command found; add a "start" script to package.json'
        draft.note("warning", text, project.folder.full(FILE), about=About(Topic.NO_START))
    if draft.values.get("engine") == "bun" and draft.values.get("start", [""])[0] == "node":
        # The image of Bun has no Node.
        draft.values["start"][0] = "bun"
    return start


def _is_whole(framework: Framework | None) -> bool:
    """Whether the framework builds the server too, so that the project has no code of its own that listens."""
    return framework is not None and bool(framework.build) and framework.name not in ("nestjs", "adonisjs")


def _starts_itself(framework: Framework | None, words: tuple[str, ...]) -> bool:
    """Whether a command is the framework's own, whatever the project's code says."""
    return framework is not None and _is_whole(framework) and words == framework.start


def _port(asked: AskedPort, start: Fact[NodeStart] | None) -> Fact[HostedPort] | None:
    """The port of a service that listens; PORT in the start command beats the code. A worker has only one that its own
    code listens on."""
    if asked.framework is not None and asked.framework.kind == "worker":
        return worker_port(asked)
    given = start.value.variables.get("PORT", "") if start is not None else ""
    found = find_port(asked)
    return start.but(HostedPort(int(given), "PORT")) if start is not None and given.isdecimal() else found


def _put_port(
    project: NodeProject,
    draft: Draft,
    framework: Framework | None,
    sources: Sources,
    port: Fact[HostedPort],
) -> None:
    """Put /port, /port_variable, the variable of the address, /answers_http and /health."""
    number = port.value.number or (framework.port if framework else None) or 3000
    draft.put("port", Fact(number, port.evidence, port.guess or port.value.number is None, port.remedy))
    if port.value.variable:
        draft.put("port_variable", port.but(port.value.variable))
    put_host(project, draft, sources)
    if not answers_http(framework.name if framework is not None else None, sources):
        draft.values["answers_http"] = False
    health = find_health(project, sources)
    if health is None and framework is not None and framework.health is not None:
        health = Fact(framework.health, (evidence_of(project, framework),))
    if health is not None:
        # A file that is a route lies below the path that the framework serves all of its routes at.
        base = base_path(project, framework) if framework is not None and _is_whole(framework) else None
        path = (base.value.rstrip("/") if base else "") + health.value
        draft.put("health", Fact({"path": path}, (*health.evidence, *(base.evidence if base else ()))))


def _put_settings(draft: Draft, framework: Framework, words: tuple[str, ...]) -> None:
    """Put the variables that the framework needs in a container, and the one that sets the port of what it built."""
    for name, value in framework.environment.items():
        draft.values.setdefault("environment", []).append({"name": name, "phase": "run", "value": value})
    if _is_whole(framework) and words[:1] == ("node",) and framework.port_variable:
        draft.values["port_variable"] = framework.port_variable


def _note_handler(project: NodeProject, draft: Draft, framework: Framework | None) -> None:
    """TanStack Start without Nitro builds a handler that nothing serves; before 1.132 it brought Nitro itself."""
    if framework is None or framework.name != "tanstack-start" or "start" in project.package.scripts:
        return
    if brings_server(project):
        return
    says = project.package.depends(framework.dependencies[0])
    draft.note("warning", f"{says}: its build output is not a server; add nitro to vite.config", says.path, says.line)
