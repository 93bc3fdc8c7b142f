"""The facts of one Node service, put together."""

import re

from genfile.data import Framework, needs_old_openssl, runtime
from genfile.data import framework as framework_named
from genfile.detect.hosting import HostedPort
from genfile.detect.node.base import base_path, put_base
from genfile.detect.node.build import build_command
from genfile.detect.node.claims import read_project
from genfile.detect.node.closure import closure_of
from genfile.detect.node.envcheck import put_env_check
from genfile.detect.node.extras import put_environment, put_install
from genfile.detect.node.framework import find_framework
from genfile.detect.node.gitbuild import put_git
from genfile.detect.node.left import put_left
from genfile.detect.node.loaded import put_loaded
from genfile.detect.node.locks import locked_versions, out_of_step
from genfile.detect.node.loose import is_loose, put_loose
from genfile.detect.node.made import started_file
from genfile.detect.node.manager import (
    NodeProject,
    lockfile,
    package_manager,
)
from genfile.detect.node.manifest import FILE
from genfile.detect.node.members import put_build
from genfile.detect.node.outputs import put_made
from genfile.detect.node.outside import put_references
from genfile.detect.node.port import AskedPort, find_health, find_port, put_host
from genfile.detect.node.processes import put_processes
from genfile.detect.node.protocol import answers_http
from genfile.detect.node.required import put_needed
from genfile.detect.node.run import put_run_paths
from genfile.detect.node.scripts import is_development, resolve
from genfile.detect.node.secrets import put_secrets
from genfile.detect.node.settings import put_settings
from genfile.detect.node.site import asset_root, hashed_folders, static_output
from genfile.detect.node.sources import source_files
from genfile.detect.node.start import put_start, start_command
from genfile.detect.node.stores import put_stores
from genfile.detect.node.system import put_system
from genfile.detect.node.version import node_version
from genfile.detect.node.workspace import NodeWorkspace
from genfile.detect.node.writes import put_writes
from genfile.detect.notfound import has_not_found
from genfile.detect.tree import Project
from genfile.detect.written import put_written
from genfile.evidence import Draft, Fact
from genfile.spec.base import service_name
from genfile.versions import parse_pin


def detect(folder: Project) -> Draft:
    """Fill a draft for a folder that was claimed."""
    draft = Draft()
    project = read_project(folder)
    if project is None:
        return draft
    _put_identity(project, draft)
    manager = draft.values["package_manager"]["name"]
    if draft.values.get("engine") == "bun":
        _put_bun_version(draft)
    else:
        node_version(project, draft)
    found = find_framework(project)
    framework = found.value if found else None
    if found is not None:
        draft.put("framework", found.but(found.value.name))
    draft.put("build", build_command(project, manager, framework))
    put_build(project, draft, manager)
    static = static_output(project, framework) if framework else asset_root(project)
    if static is not None:
        _put_site(project, draft, static, framework)
    else:
        _put_server(project, draft, framework)
    put_install(project, draft)
    if is_loose(project.package):
        put_loose(project, draft)
    put_loaded(project, draft, framework)
    put_left(project, draft)
    _put_openssl(project, draft)
    put_environment(project, draft)
    put_needed(project, draft)
    put_settings(project, draft)
    put_secrets(project, draft)
    put_system(project, draft, with_run=static is None)
    put_stores(project, draft)
    put_references(project, draft)
    put_made(project, draft, framework)
    if draft.values.get("build"):
        put_env_check(project, draft)
        put_git(project, draft)
    return draft


def _put_identity(project: NodeProject, draft: Draft) -> None:
    package = project.package
    draft.values["language"] = "node"
    name = service_name(package.name or project.folder.folder_name, service_name(project.folder.folder_name))
    draft.put("name", Fact(name, (package.says("name"),) if package.name else ()))
    manager, version = package_manager(project)
    draft.put("package_manager.name", manager)
    draft.put("package_manager.version", version)
    _put_lock(project, draft, manager.value)
    if manager.value == "bun" and _runs_on_bun(project):
        draft.put("engine", manager.but("bun"))
    if project.workspace is not None:
        _put_workspace(project, draft, manager.value)


def _put_lock(project: NodeProject, draft: Draft, manager: str) -> None:
    """The lockfile, unless the package manager would refuse it."""
    lock = lockfile(project, manager)
    missing = out_of_step(project) if lock is not None and manager == "npm" else []
    if lock is not None and missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        text = (
            f"it does not list {', '.join(missing[:3])}{more}, which {FILE} requires, and `npm ci` would fail. The "
            "image runs `npm install` without it; run `npm install` and commit the lockfile"
        )
        draft.note("warning", f"{lock}: {text}", project.root.full(lock))
    elif lock is not None:
        draft.put("package_manager.lockfile", project.root.fact(project.root.full(lock), lock, 1, lock))
    elif project.package.every_dependency and not is_loose(project.package):
        text = f"no {manager} lockfile found, so installed versions can differ between builds; commit one"
        draft.note("warning", text, project.root.full(FILE))


def _put_openssl(project: NodeProject, draft: Draft) -> None:
    """An old bundler on a Node with OpenSSL 3 builds only with the old algorithms let in."""
    line = draft.values["runtime"]["version"]
    if not draft.values.get("build") or draft.values.get("engine") == "bun" or int(line.split(".")[0]) < 17:
        return
    for name, (version, says) in locked_versions(project).items():
        if needs_old_openssl(name, version):
            value = {"name": "NODE_OPTIONS", "phase": "build", "value": "--openssl-legacy-provider"}
            draft.values.setdefault("environment", []).append(value)
            text = f"{name} {version} uses MD4 hashes, which Node {line} supports only with --openssl-legacy-provider"
            draft.note("warning", text, says.path, says.line)
            return


def _put_bun_version(draft: Draft) -> None:
    """Bun runs what it installs: one version for both, by its minor line."""
    fact = draft.evidence["/package_manager/version"]
    pin = parse_pin(str(fact.value), "bun")
    draft.put("runtime.version", fact.but(pin.line if pin else runtime("bun").default))


def _runs_on_bun(project: NodeProject) -> bool:
    start = project.package.scripts.get("start", "")
    steps = resolve(project.package, "start")
    if (
        steps
        and steps[-1].program == "bun"
        and not is_development(steps[-1])
        and started_file(project, steps[-1].words)
    ):
        # A file that the project itself gives to Bun: Node's image could not start it.
        return True
    found = find_framework(project)
    if found is not None and found.value.kind == "site":
        return False
    return "node" not in start.split() and not any(
        name in project.package.every_dependency for name in ("next", "nuxt", "@nestjs/core", "@remix-run/node", "vite")
    )


def _put_workspace(project: NodeProject, draft: Draft, manager: str) -> None:
    workspace, closure = project.workspace, closure_of(project)
    assert workspace is not None
    assert closure is not None
    value = {
        "tool": manager.removesuffix("-berry"),
        "root": workspace.root.spec_path,
        "member": project.folder.spec_path,
        "depends_on": list(closure.members),
        "runs_with": list(closure.at_run),
        "files": list(closure.files) if closure.files is not None else None,
        "folders": list(closure.folders),
        "names": _asked(project, manager) if closure.files is not None else [],
    }
    draft.put("workspace", Fact(value, (workspace.evidence,)))
    _note_absent(project, workspace, draft)
    if closure.files is None:
        text = (
            f"the image installs and copies the whole workspace to build {project.folder.spec_path}: {closure.reason}"
        )
        draft.note("info", text, workspace.evidence.path, workspace.evidence.line)


def _note_absent(project: NodeProject, workspace: NodeWorkspace, draft: Draft) -> None:
    """Members that are depended upon and are not in the tree: every package manager refuses to install that."""
    asked = ((name, text) for name, text in project.package.every_dependency.items() if text.startswith("workspace:"))
    absent = [name for name, text in asked if "@" not in text and not workspace.named([name])]
    if absent:
        says = project.package.depends(absent[0])
        listed = ", ".join(absent[:4])
        text = f"{listed}: no workspace member has this name, so the installation will fail"
        draft.note("warning", text, says.path, says.line)


# What Yarn calls a root without a name.
_YARN_ROOT = "root-workspace-0b6124"


def _asked(project: NodeProject, manager: str) -> list[str]:
    """Names for those managers that do not install what the manifests in front of them need, and no more.

    Yarn looks for all members of its lockfile, and Bun installs for production what only development links.
    """
    member, root = project.package.name, project.root_package
    if manager == "yarn-berry" and member:
        return [root.name or _YARN_ROOT, member]
    return [member] if manager == "bun" and member and not root.dependencies else []


def _put_site(project: NodeProject, draft: Draft, static: Fact[dict[str, object]], framework: Framework | None) -> None:
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


def _put_server(project: NodeProject, draft: Draft, framework: Framework | None) -> None:
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
