"""The framework that a package is built on, and whether it is a server, a site or a worker."""

import posixpath
import re
from functools import partial

from genfile.data import Framework, frameworks
from genfile.detect.aside import is_aside
from genfile.detect.code import parse_code
from genfile.detect.hosting import hosting
from genfile.detect.node.configured import is_configured
from genfile.detect.node.imports import imported_from
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import PackageJson
from genfile.detect.node.nx import nx_build
from genfile.detect.node.nxapps import nx_app
from genfile.detect.node.scripts import is_development, resolve
from genfile.detect.paths import relative
from genfile.evidence import Evidence, Fact
from genfile.parsers.javascript import JsModule, parse_javascript, parse_typescript
from genfile.parsers.jscomponents import COMPONENTS, parse_component
from genfile.parsers.small import parse_procfile
from genfile.parsers.values import NamedRead, port_of, value_at

# How many re-exports are followed, and how many of one module.
MAX_IMPORTS = 4
# The order of Next.js and Vite, if there are several.
CONFIG_ENDINGS = (".js", ".mjs", ".ts", ".cjs", ".mts", ".cts")


def find_framework(project: NodeProject) -> Fact[Framework] | None:
    """The first framework in the data's order that the member depends on; of several, the one that the start command
    runs."""
    package = project.package
    found = (
        [item for item in frameworks("node") if depends(project, item)]
        or _by_script(project)
        or _by_member(project)
        or _by_nx(project)
    )
    if not found:
        return None
    best = _that_builds(project, found)
    servers = [item for item in found if item.kind == "server"]
    angular = next((item for item in found if item.name == "angular"), None)
    if angular is not None and "@angular/ssr" in package.every_dependency:
        # Express only builds that framework's server.
        return Fact(angular, (evidence_of(project, angular),))
    if best.kind != "server" and servers and starts_server(project):
        best = servers[0]
    elif best.kind in ("server", "worker") and not best.build and not starts_server(project):
        # Express brought along only by a front end's development server, or for a bot library's types.
        sites = [item for item in found if item.kind == "site"]
        if sites and "build" in package.scripts:
            best = sites[0]
    return Fact(best, (evidence_of(project, best),))


def _that_builds(project: NodeProject, found: list[Framework]) -> Framework:
    """The first of several; of several site frameworks, the one whose program the build script runs."""
    best = found[0]
    if best.kind == "site" and best.build and len(found) > 1:
        name = next((name for name in ("build", "build:prod", "build-prod") if name in project.package.scripts), "")
        programs = [step.program for step in resolve(project.package, name) or ()]
        if programs and best.build.split(" ")[0] not in programs:
            sites = [item for item in found if item.kind == "site" and item.build]
            return next((item for item in sites if (item.build or "").split(" ")[0] in programs), best)
    return _that_is_run(project, found) or best


def _that_is_run(project: NodeProject, found: list[Framework]) -> Framework | None:
    """Of a server with a build of its own that no script runs, and a site that one builds, the site: its pages only
    load what the server is made of."""
    steps = [step for name in project.package.scripts for step in resolve(project.package, name) or ()]
    if not steps or not found[0].build or found[0].kind != "server" or starts_server(project):
        return None
    if any(step.program == found[0].build.split(" ")[0] for step in steps):
        return None
    built = [" ".join(step.words) for step in steps]
    sites = (item for item in found[1:] if item.kind == "site" and item.build)
    return next((item for item in sites if any(text.startswith(item.build or "") for text in built)), None)


def evidence_of(project: NodeProject, item: Framework) -> Evidence:
    """Where a framework is named: the member's dependencies, the workspace root's, else the build script."""
    for package in project.packages:
        for name in item.dependencies:
            if name in package.every_dependency:
                return package.depends(name)
    if project.workspace is not None:
        for package in project.workspace.named(project.package.dependencies):
            for name in item.dependencies:
                if name in package.dependencies:
                    return package.depends(name)
    return project.package.says("scripts", "build")


def _by_script(project: NodeProject) -> list[Framework]:
    """A member whose build script runs a framework that the workspace's root depends on."""
    if project.workspace is None:
        return []
    programs = {step.program for step in resolve(project.package, "build") or ()}
    programs = {"@vue/cli-service" if name == "vue-cli-service" else name for name in programs}
    hoisted = project.root_package.every_dependency
    return [
        item
        for item in frameworks("node")
        if item.kind == "site" or item.build
        if any(name in programs and name in hoisted for name in item.dependencies)
    ]


def _by_nx(project: NodeProject) -> list[Framework]:
    """A project of Nx leaves its dependencies to the root: the framework is the one of its build target, or the one
    that its program imports."""
    app = nx_app(project.folder)
    if app is not None:
        return [item for item in frameworks("node") if item.name == app.framework]
    program = nx_build(project.folder)
    inside = relative(program.main, project.folder.path) if program is not None else ""
    module = read_module(project, inside) if inside and project.folder.has(inside) else None
    names = {item.module for item in module.imports} if module is not None else set()
    hoisted = project.root_package.every_dependency
    servers = [item for item in frameworks("node") if item.kind == "server"]
    return [item for item in servers if any(name in names and name in hoisted for name in item.dependencies)]


def _by_member(project: NodeProject) -> list[Framework]:
    """The server framework in another member, if the started member needs that member."""
    if project.workspace is None:
        return []
    packages = project.workspace.named(project.package.dependencies)
    own = project.package.project.path
    names = {name for item in packages if item.project.path != own for name in item.dependencies}
    servers = [item for item in frameworks("node") if item.kind == "server" and not item.build]
    return [item for item in servers if any(name in names for name in item.dependencies)][:1]


def depends(project: NodeProject, item: Framework) -> bool:
    """Whether a package declares a framework: a server among its production dependencies, a front end's tool among
    any."""
    package = project.package
    if not package.every_dependency.keys().isdisjoint(item.absent):
        return False
    # A server is a production dependency; a front end's tools are often development dependencies.
    tables = package.every_dependency if item.kind == "site" or item.build else package.dependencies
    return not tables.keys().isdisjoint(item.dependencies)


def starts_aside(package: PackageJson, script: str) -> bool:
    """Whether a script starts a file in examples, tests or a playground: a sign of a library."""
    steps = resolve(package, script)
    folders = [
        posixpath.dirname(posixpath.normpath(word)) for word in (steps[-1].words if steps else ()) if "/" in word
    ]
    # Build outputs may have any name: `dist`, `out`.
    return any(is_aside(folder) and package.project.has_folder(folder) for folder in folders)


def starts_server(project: NodeProject) -> bool:
    """Whether a script starts one of the project's own programs: node, tsx, ts-node or bun with a file. Else
    whether there is a file with a usual name for one; beside a page, something starts it or it serves the page."""
    for name in ("start:prod", "start", "serve", "start:server"):
        steps = resolve(project.package, name)
        if not steps:
            continue
        last = steps[-1]
        if starts_aside(project.package, name):
            continue
        if last.program in (
            "node",
            "tsx",
            "ts-node",
            "bun",
            "nodemon",
            "ts-node-dev",
            "pm2",
            "pm2-runtime",
            "nest",
        ):
            return True
        if not is_development(last):
            return False
    found = [name for name in _SERVER_FILES if project.folder.has(name)]
    pages = _built_pages(project) if found else []
    return any(not pages or _is_started(project, name) or _serves(project, name, pages) for name in found)


_SERVER_FILES = ("server.js", "app.js", "server.ts", "server/index.js", "src/server.ts")


def _built_pages(project: NodeProject) -> list[Framework]:
    """The frameworks whose program the build script runs to make a page."""
    programs = {step.program for step in resolve(project.package, "build") or ()}
    sites = (item for item in frameworks("node") if item.kind == "site" and item.build and depends(project, item))
    return [item for item in sites if (item.build or "").split(" ")[0] in programs]


def _is_started(project: NodeProject, name: str) -> bool:
    """Whether `main`, a script or a host's file starts a file."""
    stem = posixpath.splitext(name)[0]
    names = {name, stem, posixpath.dirname(name) if stem.endswith("/index") else name}
    package = project.package
    steps = (step for script in package.scripts for step in resolve(package, script) or ())
    words = [posixpath.join(step.folder, part) for step in steps for word in step.words for part in word.split()]
    processes = (project.folder.parse(parse_procfile, "Procfile") if project.folder.has("Procfile") else None) or {}
    commands = [fact.value for fact in hosting(project.folder).starts] + [text for text, _ in processes.values()]
    words += [word for command in commands for word in command.split()]
    words.append(package.document.text("main") or "")
    return any(posixpath.normpath(word) in names for word in words if word)


def _serves(project: NodeProject, name: str, pages: list[Framework]) -> bool:
    """Whether a server belongs to the page: it hands out what is built, brings the page's tool along, or gets what the
    page's development server passes on."""
    module = read_module(project, name)
    if module is None:
        return False
    outputs = {output for item in pages if (output := item.output)} | {"index.html"}
    if outputs & {*module.words, *(part for path, _ in module.paths for part in path.split("/"))}:
        return True
    tools = {dependency for item in pages for dependency in item.dependencies} | {"vite-express"}
    if any(item.module in tools for item in module.imports):
        return True
    listens = [call.arguments[0] for call in module.calls if call.callee.endswith(".listen") and call.arguments]
    return any(port_of(value)[0] in _passed_on(project) for value in listens)


def _passed_on(project: NodeProject) -> set[int]:
    """The ports that Vite's development server passes requests on to."""
    found = read_config(project, "vite.config")
    table = value_at(found[1].default_export, ("server", "proxy")) if found is not None else None
    entries = table.values() if isinstance(table, dict) else ()
    targets = (entry.get("target") if isinstance(entry, dict) else entry for entry in entries)
    matches = (re.search(r":(\d{2,5})(?:/|$)", target) for target in targets if isinstance(target, str))
    return {int(match[1]) for match in matches if match is not None}


def read_module(project: NodeProject, name: str) -> JsModule | None:
    """A parsed JavaScript or TypeScript file of the service's folder."""
    if name.endswith(COMPONENTS):
        module = parse_code(project.folder, parse_component, name)
    else:
        typescript = name.endswith((".ts", ".tsx", ".mts", ".cts"))
        module = parse_code(project.folder, parse_typescript if typescript else parse_javascript, name)
    if module is not None and module.reads_elsewhere is None:
        module.reads_elsewhere = partial(_reads_elsewhere, project, name)
        module.configures = partial(is_configured, project, name)
    return module


def _reads_elsewhere(project: NodeProject, origin: str, source: str, exported: str, depth: int = 0) -> NamedRead | None:
    """How a function that a module imports, from the project or a member, reads the variable that it is given by
    name."""
    place = imported_from(project, origin, source) if depth < MAX_IMPORTS else None
    module = read_module(*place) if place is not None else None
    if module is None or place is None:
        return None
    found = module.reads_named(exported)
    for item in module.handed_on(exported)[:MAX_IMPORTS] if found is None else ():
        found = found or _reads_elsewhere(*place, *item, depth + 1)
    return found


def read_config(project: NodeProject, stem: str) -> tuple[str, JsModule] | None:
    """The first configuration file with a stem: `next.config` finds next.config.mjs."""
    for ending in CONFIG_ENDINGS:
        name = stem + ending
        if project.folder.has(name):
            module = read_module(project, name)
            return (name, module) if module is not None else None
    return None
