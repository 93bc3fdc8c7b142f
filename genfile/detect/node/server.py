"""What a Node service serves: files that its build makes, or a program with its command, port and health check."""

import re

from genfile.data import Framework
from genfile.data import framework as framework_named
from genfile.detect.hosting import HostedPort
from genfile.detect.node.base import base_path, put_base
from genfile.detect.node.manager import (
    NodeProject,
)
from genfile.detect.node.manifest import FILE
from genfile.detect.node.port import AskedPort, find_health, find_port, put_host
from genfile.detect.node.processes import put_processes
from genfile.detect.node.protocol import answers_http
from genfile.detect.node.run import put_run_paths
from genfile.detect.node.site import hashed_folders
from genfile.detect.node.sources import source_files
from genfile.detect.node.start import put_start, start_command
from genfile.detect.node.writes import put_writes
from genfile.detect.notfound import has_not_found
from genfile.detect.tree import Project
from genfile.detect.written import put_written
from genfile.evidence import Draft, Fact


def put_site(project: NodeProject, draft: Draft, static: Fact[dict[str, object]], framework: Framework | None) -> None:
    root = project.folder.full(str(static.value["root"]))
    hashed = hashed_folders(project, framework) if framework is not None else []
    draft.put("static", static.but({**static.value, "root": root, "hashed": hashed}))
    made = framework is not None and framework.not_found
    draft.values["static"]["hashed_names"] = framework is not None and framework.hashed_names
    draft.values["static"]["not_found"] = has_not_found(project.folder, made=made)
    if framework is not None:
        put_base(project, framework, draft)
    draft.put("port", static.but(8080))
    # Pages that are built in place are in the tree: what the build adds to them is not.
    draft.values["outputs"] = [root] if not Project(project.folder.tree, root).has("index.html") else []
    draft.values["dependencies_at_run"] = "none"


def put_server(project: NodeProject, draft: Draft, framework: Framework | None) -> None:
    start = start_command(project, framework, bool(draft.values.get("build")))
    put_start(draft, start)
    _note_handler(project, draft, framework)
    if start is None:
        draft.note("warning", 'no start command found; add a "start" script to package.json', project.folder.full(FILE))
    if draft.values.get("engine") == "bun" and draft.values.get("start", [""])[0] == "node":
        # The image of Bun has no Node.
        draft.values["start"][0] = "bun"
    words = tuple(draft.values.get("start", ()))
    listens = framework is None or framework.kind != "worker"
    meta = framework is not None and bool(framework.build) and framework.name not in ("nestjs", "adonisjs")
    sources = [] if meta and framework is not None and words == framework.start else source_files(project, words)
    says = start.evidence if start is not None else ()
    port = find_port(AskedPort(project, framework, sources, words, says)) if listens else None
    given = start.value.variables.get("PORT", "") if start is not None else ""
    if start is not None and given.isdecimal() and listens:
        port = start.but(HostedPort(int(given), "PORT"))
    if port is not None:
        number = port.value.number or (framework.port if framework else None) or 3000
        draft.put("port", Fact(number, port.evidence, port.guess or port.value.number is None, port.remedy))
        if port.value.variable:
            draft.put("port_variable", port.but(port.value.variable))
        put_host(project, draft, sources)
        if not answers_http(framework.name if framework is not None else None, sources):
            draft.values["answers_http"] = False
        health = find_health(project, sources)
        if health is not None:
            # A file that is a route lies below the path that the framework serves all of its routes at.
            base = base_path(project, framework) if framework is not None and meta else None
            path = (base.value.rstrip("/") if base else "") + health.value
            draft.put("health", Fact({"path": path}, (*health.evidence, *(base.evidence if base else ()))))
    if port is not None and any("$PORT" in word or "${PORT}" in word for word in words):
        # The command itself has no default: the image sets it.
        draft.put("port_variable", port.but("PORT"))
    if framework is not None:
        for name, value in framework.environment.items():
            draft.values.setdefault("environment", []).append({"name": name, "phase": "run", "value": value})
        if meta and words and words[0] == "node":
            fallback = framework_named("node", framework.name)
            if fallback is not None and fallback.port_variable:
                draft.values["port_variable"] = fallback.port_variable
    put_run_paths(project, draft, framework)
    put_writes(project, draft, sources)
    named = (text for _, module in sources for text in (*module.words, *(path for path, _ in module.paths)))
    put_written(project.folder, draft, named)
    put_processes(project, draft)


def _note_handler(project: NodeProject, draft: Draft, framework: Framework | None) -> None:
    """TanStack Start without Nitro builds a handler that nothing serves; before 1.132 it brought Nitro itself."""
    if framework is None or framework.name != "tanstack-start" or "start" in project.package.scripts:
        return
    text = project.package.every_dependency.get("@tanstack/react-start", "latest")
    match = re.search(r"(\d+)\.(\d+)", text)
    old = match is not None and (int(match[1]), int(match[2])) < (1, 132)
    if old or any("nitro" in name for name in project.package.every_dependency):
        return
    says = project.package.depends(framework.dependencies[0])
    draft.note("warning", f"{says}: its build output is not a server; add nitro to vite.config", says.path, says.line)
