"""Whether a package.json is a service, a library, a workspace root, or only tooling."""

import posixpath

from genfile.data import Framework
from genfile.detect.aside import is_aside
from genfile.detect.hosting import hosting
from genfile.detect.language import Claim
from genfile.detect.node.elsewhere import elsewhere, told_elsewhere
from genfile.detect.node.framework import find_framework, starts_aside, starts_server
from genfile.detect.node.lasting import ends, is_command, stays, talks
from genfile.detect.node.library import given_out, told_foreign, told_library
from genfile.detect.node.loose import is_loose, loose_package
from genfile.detect.node.made import placed, started_file
from genfile.detect.node.manager import LOCKS, NodeProject
from genfile.detect.node.manifest import FILE, PackageJson, read_package
from genfile.detect.node.nx import PROJECT, nx_build, nx_root
from genfile.detect.node.nxapps import nx_app, nx_package
from genfile.detect.node.scripted import behind_script
from genfile.detect.node.scripts import (
    CONTAINERS,
    FILE_RUNNERS,
    MANAGERS,
    RUNNERS,
    ScriptStep,
    is_development,
    resolve,
    resolve_text,
)
from genfile.detect.node.site import PAGE, asset_root, files_alone, page_made
from genfile.detect.node.start import ENTRY_FOLDERS, ENTRY_NAMES, possible_start
from genfile.detect.node.targets import runs_elsewhere
from genfile.detect.node.watched import brings_up_others, leads_away, watched_program
from genfile.detect.node.workspace import NodeWorkspace, workspace_at, workspace_of
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.small import parse_procfile, parse_shell

# Files of hosts that deploy the folder they are in.
_HOSTS = ("Procfile", "fly.toml", "railway.json", "render.yaml")
# Scripts that start a program in production.
_STARTS = ("start", "start:prod", "prod", "production", "serve")
# Packages that only build or check, and never run.
_TOOLING = frozenset({"storybook", "webpack", "parcel"})


def read_project(folder: Project) -> NodeProject | None:
    package = read_package(folder)
    workspace = workspace_of(folder) if package is not None else None
    bare = nx_package(folder) if workspace is None else None
    root = nx_root(folder)
    if bare is not None and root is not None:
        # A project of Nx without a manifest of its own lives by the root's.
        return NodeProject(folder, bare, NodeWorkspace(root, (), root.says("nx.json", 1, "nx.json")))
    package = package or loose_package(folder)
    return NodeProject(folder, package, workspace) if package is not None else None


def claim(folder: Project) -> Claim | None:
    """The strength of a folder's claim to be a Node service; None for libraries and tooling."""
    project = read_project(folder)
    if project is None:
        return None
    package = project.package
    found = find_framework(project)
    if _is_none(project):
        return None
    program = nx_build(folder)
    if program is not None and folder.tree.text(program.main) is not None:
        return Claim("server" if found is not None and found.value.kind == "server" else "program", program.says)
    app = nx_app(folder)
    if app is not None and found is not None and found.value.name == app.framework:
        return Claim("server" if found.value.kind == "server" else "site", app.says)
    if is_loose(package):
        return Claim("server" if found is not None else "program", folder.says(package.file, 1, package.file))
    if package.file != FILE:
        return None
    if found is not None and (found.value.name not in _TOOLING or given_out(folder)):
        if found.value.kind == "site" or (found.value.name == "nextjs"):
            strength = "server" if found.value.kind == "server" else "site"
            if _documents(project, found.value):
                return None
            return Claim(strength, found.evidence[0]) if _can_be_built(project, found.value.name) else None  # type: ignore[arg-type]
        if _is_given(project) or not (_can_start(project) or found.value.start):
            return None
        return Claim("server", found.evidence[0])
    if workspace_at(folder) is not None and not package.dependencies:
        return None
    steps = resolve(package, "start")
    if steps and not is_development(steps[-1]) and steps[-1].program in FILE_RUNNERS:
        words = steps[-1].words
        own = not is_command(project, steps[-1]) and (_is_deployed(project) or not _is_over(project, words))
        return Claim("program", package.says("scripts", "start")) if own else None
    if (process := node_process(project)) is not None:
        return Claim("program", process)
    if found is not None and _can_be_built(project, found.value.name):
        made = page_made(project, found.value)
        if made is not None or PAGE in folder.names():
            return Claim("site", made or found.evidence[0])
    if (pages := asset_root(project)) is not None:
        return Claim("site", pages.evidence[0])
    if (hosted := _hosted_here(project)) is not None:
        return Claim("program", Evidence(hosted, 1, "a Dockerfile and the program that it starts"))
    # A package with `exports` is meant to be imported.
    library = any(key in package.document.value for key in ("bin", "exports"))
    if package.dependencies and not library and _stays(project) and not told_library(project, ()):
        return Claim("guess", folder.says(FILE, 1, "dependencies and a program that listens"))
    return None


def _stays(project: NodeProject) -> bool:
    """Whether the program of a usual name stays, or the one that `main` names."""
    main = project.package.document.text("main") or ""
    return stays(project) or (project.folder.has(main) and stays(project, ("node", main)))


def _is_none(project: NodeProject) -> bool:
    """Whether something rules out a service, whatever else the folder has."""
    folder = project.folder
    above = folder.parent()
    own = any(folder.has(name) for name, _ in LOCKS)
    if project.workspace is None and folder.folder_name == "src" and above is not None and above.has(FILE) and not own:
        # The sources of the package above, together with its publishing manifest.
        return True
    if told_elsewhere(folder) is not None:
        return True
    if _is_library_of_workspace(project) or _for_another_host(project) or _is_integrated(project):
        return True
    started = _started(project)
    if any(brings_up_others(project, step) for step in started):
        return True
    server = find_framework(project) if workspace_at(folder) is None else None
    own = server is not None and server.value.kind == "server" and not _starts_below(project)
    if not own and _leads_away(project, started):
        return True
    deployed = any(folder.has(name) for name in _HOSTS)
    return _is_published_library(project.package) and not starts_server(project) and not deployed


def _is_library_of_workspace(project: NodeProject) -> bool:
    """A member that others depend on and nothing starts, or that a deployed member starts."""
    workspace, package = project.workspace, project.package
    if workspace is None or not package.name or any(project.folder.has(name) for name in ("Dockerfile", *_HOSTS)):
        return False
    others = {other.name for other in (project.root_package, *workspace.packages)} - {None, "", *_FIELDS}
    if any(isinstance(package.document.get(name), dict) for name in others if name):
        # A plug-in names, in its manifest, the program that it extends.
        return True
    users = workspace.users.get(package.name, [])
    if any(name in package.scripts for name in _STARTS):
        return any(other.project.has("Dockerfile") for other in users)
    return bool(users)


# npm's own manifest keys.
_FIELDS = frozenset("bin scripts engines exports imports config directories overrides workspaces browser".split())


def _for_another_host(project: NodeProject) -> bool:
    """Code for a platform that is not a container: Cloudflare Workers, Serverless functions, a host's adapter."""
    folder, package = project.folder, project.package
    found = find_framework(project)
    if found is not None and runs_elsewhere(project, found.value):
        return True
    files = ("wrangler.toml", "wrangler.jsonc", "wrangler.json", "serverless.yml", "serverless.ts")
    name = next((name for name in files if folder.has(name)), None)
    if name is None or any(folder.has(other) for other in ("Dockerfile", "Procfile", "server.js")):
        return False
    if "@hono/node-server" in package.dependencies or any(
        name in package.every_dependency
        for name in ("next", "nuxt", "@sveltejs/adapter-node", "@sveltejs/adapter-static", "@astrojs/node")
    ):
        return False
    steps = resolve(package, "start")
    if steps and not is_development(steps[-1]):
        return False
    if found is not None and "build" in package.scripts and (_has_page(folder) or files_alone(project, found.value)):
        return False
    folder.tree.note(
        "info",
        f"{folder.full(name)}: built for another platform than a container, so it is not a service",
        folder.full(name),
    )
    return True


def _is_given(project: NodeProject) -> bool:
    """Whether a workspace member only offers its `exports` to others: no script or file starts it."""
    package = project.package
    if project.workspace is None or "exports" not in package.document.value or _is_deployed(project):
        return False
    return not any(name in package.scripts for name in _STARTS) and not stays(project)


def _is_published_library(package: PackageJson) -> bool:
    """Whether a package is meant to be installed by others: it has exports and is not private."""
    document = package.document
    if document.get("private") is True:
        return False
    exports = any(document.get(key) is not None for key in ("exports", "types", "typings", "files", "publishConfig"))
    return exports and ("start" not in package.scripts or starts_aside(package, "start"))


def _documents(project: NodeProject, item: Framework) -> bool:
    """Whether a site only documents what the package builds: `docs:build` makes it, not `build`."""
    package, program = project.package, (item.build or "").split(" ")[0]
    steps = resolve(package, "build")
    own = [name for name in package.scripts if any(i.program == program for i in resolve(package, name) or ())]
    if item.kind != "site" or not program or not steps or any(step.program == program for step in steps):
        return False
    return bool(own) and all(name.startswith("doc") for name in own)


def _can_be_built(project: NodeProject, name: str) -> bool:
    """Whether there is more to a front end than its dependency: pages, a configuration, a build script."""
    if name == "expo":
        # An app for phones, unless it is exported for the web; with Expo's server it is not a site.
        document = project.folder.json("app.json") if project.folder.has("app.json") else None
        server = document is not None and document.text("expo", "web", "output") == "server"
        steps = (step for script in project.package.scripts for step in resolve(project.package, script) or ())
        return not server and any(step.program == "expo" and "export" in step.words for step in steps)
    if any(script in project.package.scripts for script in ("build", "build:prod", "start", "dev")):
        # A component library is built too, but has no page.
        return not (name in ("vite", "rsbuild") and not _has_page(project.folder) and not given_out(project.folder))
    return _has_page(project.folder) or (name in CONFIGURED and _is_configured(project.folder, name))


# Frameworks that need no build script: their configuration or their pages show an application.
CONFIGURED = {"nextjs": "next.config", "nuxt": "nuxt.config", "astro": "astro.config"}


def _is_configured(folder: Project, name: str) -> bool:
    return any(item.startswith(CONFIGURED[name]) for item in folder.names()) and any(
        folder.has_folder(place) for place in ("pages", "app", "src/pages", "src/app")
    )


def _has_page(folder: Project) -> bool:
    return any(
        folder.has(name)
        for name in (
            "index.html",
            "public/index.html",
            "src/index.html",
            "client/index.html",
            "app/index.html",
        )
    ) or (
        any(name.startswith(("vite.config", "rsbuild.config")) for name in folder.names())
        and next(folder.files("index.html", depth=2), None) is not None
    )


def _is_deployed(project: NodeProject) -> bool:
    return _hosted_here(project) is not None or node_process(project) is not None


def _is_over(project: NodeProject, words: tuple[str, ...]) -> bool:
    return talks(project, words) or ends(project, words)


def _hosted_here(project: NodeProject) -> str | None:
    """Whether the package's own folder has a Dockerfile, and a program to start."""
    folder = project.folder
    path = next((path for path in hosting(folder).dockerfiles if posixpath.dirname(path) == folder.path), None)
    return path if path is not None and possible_start(project, False) is not None else None


def _can_start(project: NodeProject) -> bool:
    package = project.package
    scripts = [name for name in (*_STARTS, "start:production") if name in package.scripts]
    own = [name for name in scripts if not _starts_containers(package, name)]
    if own or node_process(project) is not None:
        return True
    if _hosted_here(project) is not None:
        return True
    main = package.document.text("main")
    if (main and (project.folder.has(main) or "build" in package.scripts)) or _has_entry(project.folder):
        return True
    return _develops_server(project)


def _develops_server(project: NodeProject) -> bool:
    """Whether a development script runs one of the package's own programs, and that listens."""
    found = watched_program(project)
    words = (*((f"--chdir={found[0].folder}",) if found[0].folder else ()), *found[0].words) if found else ()
    path = started_file(project, ("env", *words))
    return path is not None and not is_aside(posixpath.dirname(path)) and stays(project, ("env", *words))


def _starts_containers(package: PackageJson, script: str) -> bool:
    """Whether a script brings up containers, in which the programs of other packages run."""
    steps = resolve(package, script)
    return steps is not None and any(step.program in CONTAINERS for step in steps[-1:])


def _is_integrated(project: NodeProject) -> bool:
    """The root of an integrated Nx workspace, whose applications have a project.json and no manifest."""
    folder = project.folder
    if not folder.has("nx.json") or folder.has("project.json"):
        return False
    apps = list(folder.files("project.json", below="apps", depth=3)) if folder.has_folder("apps") else []
    bare = [name for name in apps if not folder.has(f"{posixpath.dirname(name)}/{FILE}")]
    steps = resolve(project.package, "start")
    if steps and steps[-1].program != "nx":
        return False
    unread = next((name for name in bare if _is_unread(folder.at(posixpath.dirname(name)))), None)
    if unread is not None:
        text = f"{folder.full(unread)}: genfile does not know how Nx builds this application, so it is not a service"
        folder.tree.note("info", text, folder.full(unread))
    workspace = workspace_at(folder)
    return bool(bare) or any(nx_build(package.project) for package in (workspace.packages if workspace else ()))


def _is_unread(app: Project) -> bool:
    """Whether Nx has a build for an application of which genfile can't tell what it makes."""
    document = app.json(PROJECT)
    if document is None or document.text("projectType") != "application" or not document.table("targets", "build"):
        return False
    return nx_build(app) is None and nx_app(app) is None


def _started(project: NodeProject) -> list[ScriptStep]:
    """The command that each production script ends in."""
    return [item[-1] for name in _STARTS if (item := resolve(project.package, name))]


def _leads_away(project: NodeProject, started: list[ScriptStep]) -> bool:
    """Whether everything started here belongs to other packages: members, or folders with their own manifest."""
    return bool(started) and all(leads_away(project, step) for step in started)


def _starts_below(project: NodeProject) -> bool:
    """Whether the production scripts only run servers in folders with a manifest of their own."""
    steps = [step for name in _STARTS for step in resolve(project.package, name) or ()]
    if not steps or not all(step.folder and leads_away(project, step) for step in steps):
        return False
    claims = [claim(project.folder.at(folder)) for folder in dict.fromkeys(step.folder for step in steps)]
    return any(item is not None and item.strength == "server" for item in claims)


def node_process(project: NodeProject) -> Evidence | None:
    """A Procfile process of Node, a package manager or a dependency's program; beside a Gemfile it may be another
    language's."""
    processes = project.folder.parse(parse_procfile, "Procfile") if project.folder.has("Procfile") else None
    for name, (written, line) in (processes or {}).items():
        text = behind_script(project, written)
        steps = resolve_text(project.package, text, name)
        if steps and leads_away(project, steps[-1]):
            continue
        words = [word for command in parse_shell(text) or () for word in command.words[:1]]
        own = any(posixpath.basename(word) in (*RUNNERS, *MANAGERS, *_OWN) for word in words)
        if not words or own or (steps and not is_development(steps[-1]) and words[-1] in project.package.dependencies):
            return project.folder.says("Procfile", line, f"{name}: {written}")
    return None


_OWN = ("npx", "bunx", "next", "nuxt", "remix-serve", "nest", "strapi", "sh", "bash", "dotenv", "cross-env")


def _has_entry(folder: Project) -> bool:
    return any(
        folder.has(f"{place}/{name}{ending}" if place else f"{name}{ending}")
        for place in ENTRY_FOLDERS
        for name in ENTRY_NAMES
        for ending in (".js", ".mjs", ".cjs", ".ts")
    )


def bare_program(folder: Project) -> Evidence | None:
    """The entry file of a package that nobody installs: without `bin`, and not meant for a registry."""
    project = read_project(folder) if folder.has(FILE) else None
    if project is None or "bin" in project.package.document.value or _is_published_library(project.package):
        return None
    if project.workspace is not None or elsewhere(folder) is not None or "expo" in project.package.every_dependency:
        return None
    if folder.has("template.yaml") or folder.has("samconfig.toml"):  # A function of AWS SAM.
        return None
    if _for_another_host(project):
        return None
    if workspace_at(folder) is not None and not any(project.package.document.text(key) for key in ("main", "module")):
        return None
    start = possible_start(project, "build" in project.package.scripts)
    words = placed(start.value.words)[1] if start is not None else ()
    # People run a development tool, not a container.
    tool = words and words[0] not in FILE_RUNNERS and words[0] not in project.package.dependencies
    if start is None or not start.evidence or tool or (not _is_deployed(project) and _is_over(project, words)):
        return None
    if told_library(project, words) or (start.guess and told_foreign(project, words)):
        return None
    return start.evidence[0]
