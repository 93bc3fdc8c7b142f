"""Packages that do not run in a container: on a desktop or a phone, in an editor, a browser, in CI."""

import posixpath
from collections.abc import Callable

from genfile.detect.code import parse_code
from genfile.detect.hosting import hosting
from genfile.detect.node.framework import read_config
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import FILE, PackageJson, read_package
from genfile.detect.node.scripts import RUNNERS, resolve
from genfile.detect.node.workspace import workspace_of
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Fact
from genfile.parsers.javascript import parse_typescript
from genfile.parsers.values import Anchored

# Where a desktop application runs, in words.
DESKTOP = "as a desktop app"
# Packages that show pages in desktop windows.
_SHELLS = ("electron", "nw", "@neutralinojs/neu")
# Tools that build browser extensions, and the extension's manifest.
_EXTENSION_TOOLS = (
    "wxt",
    "plasmo",
    "@crxjs/vite-plugin",
    "@samrum/vite-plugin-web-extension",
    "vite-plugin-web-extension",
)
# The interfaces of programs that load plug-ins, by package.
_PLUGINS = {"@figma/plugin-typings": "Figma", "@figma/widget-typings": "Figma", "obsidian": "Obsidian"}
_MANIFESTS = tuple(f"{folder}manifest.json" for folder in ("", "public/", "src/", "static/", "app/", "extension/"))
# Files of web hosts: a package with one of them is also deployed as a site.
_WEB = ("Procfile", "fly.toml", "vercel.json", "netlify.toml", "render.yaml", "railway.json", "nginx.conf", "app.yaml")


def elsewhere(folder: Project) -> Fact[str] | None:
    """Where a folder's package runs, in words, if not in a container; computed once."""
    key, memory = ("node-elsewhere", folder.path), folder.tree.memory
    if key not in memory:
        # Questions asked while this is being answered see it as unknown.
        memory[key] = None
        package = read_package(folder) if folder.has(FILE) else None
        project = NodeProject(folder, package, workspace_of(folder)) if package is not None else None
        memory[key] = _find(project) if project is not None else extension_manifest(folder)
    found: Fact[str] | None = memory[key]
    return found


def _find(project: NodeProject) -> Fact[str] | None:
    folder = project.folder
    if any(folder.has(name) for name in _WEB) or _serves(project.package) or hosting(folder).dockerfiles:
        return None
    return next((fact for signal in ELSEWHERE_SIGNALS if (fact := signal(project)) is not None), None)


def _serves(package: PackageJson) -> bool:
    """Whether a production script runs a Node program."""
    found = (resolve(package, name) for name in ("start:prod", "start", "serve", "start:server"))
    return any(steps[-1].program in (*RUNNERS, "next", "nuxt", "nest") for steps in found if steps)


def _desktop(project: NodeProject) -> Fact[str] | None:
    """Electron and its like among the dependencies; Tauri, if its folder is there."""
    package = project.package
    shell = next((name for name in _SHELLS if name in package.every_dependency), None)
    if shell is None and project.folder.has_folder("src-tauri"):
        shell = next((name for name in ("@tauri-apps/cli", "@tauri-apps/api") if name in _all(project)), None)
    return Fact(DESKTOP, (package.depends(shell),)) if shell is not None else None


def _editor(project: NodeProject) -> Fact[str] | None:
    """`engines.vscode` of an extension."""
    engine = project.package.document.text("engines", "vscode")
    return Fact("in an editor", (project.package.says("engines", "vscode"),)) if engine else None


def extension_manifest(folder: Project) -> Fact[str] | None:
    """A manifest.json with `manifest_version`, which only browser extensions have."""
    for name in _MANIFESTS:
        document = folder.json(name) if folder.has(name) else None
        if document is not None and isinstance(document.get("manifest_version"), int):
            line = document.line("manifest_version")
            return folder.fact("in a browser, as an extension", name, line, "manifest_version")
    return None


def _browser(project: NodeProject) -> Fact[str] | None:
    """A browser extension's manifest, or a tool that builds extensions."""
    found = extension_manifest(project.folder)
    if found is not None:
        return found
    package = project.package
    tool = next((name for name in _EXTENSION_TOOLS if name in package.every_dependency), None)
    return Fact("in a browser, as an extension", (package.depends(tool),)) if tool else None


def _plugin(project: NodeProject) -> Fact[str] | None:
    """The interface of a program that loads plug-ins."""
    name = next((name for name in _PLUGINS if name in _all(project)), None)
    return Fact(f"{_PLUGINS[name]}, as a plug-in", (project.package.depends(name),)) if name else None


def _action(project: NodeProject) -> Fact[str] | None:
    """action.yml with `runs.using`, or the toolkit for actions: a step in a CI workflow."""
    for name in ("action.yml", "action.yaml"):
        document = project.folder.yaml(name) if project.folder.has(name) else None
        if document is not None and document.text("runs", "using"):
            return project.folder.fact("in CI, as an action", name, document.line("runs", "using"), "runs.using")
    toolkit = "@actions/core" in project.package.dependencies
    return Fact("in CI, as an action", (project.package.depends("@actions/core"),)) if toolkit else None


def _functions(project: NodeProject) -> Fact[str] | None:
    """Firebase functions, which Firebase itself starts."""
    package = project.package
    named = "firebase-functions" in package.dependencies
    return Fact("on Firebase, as functions", (package.depends("firebase-functions"),)) if named else None


def _telephone(project: NodeProject) -> Fact[str] | None:
    """React Native, without a renderer for browsers."""
    package = project.package
    native = "react-native" in package.dependencies and not {"react-native-web", "expo", "next"} & set(_all(project))
    return Fact("on a phone", (package.depends("react-native"),)) if native else None


def _packed(project: NodeProject) -> Fact[str] | None:
    """Pages packed into an app: Capacitor's `webDir`, and uni-app mini programs."""
    folder, package = project.folder, project.package
    if "homepage" not in package.document.value and "gh-pages" not in package.every_dependency:
        place: Project | None = folder
        while place is not None:
            packs = _webdir(place)
            if packs is not None and _package_of(place, packs.value) == folder.path:
                return Fact("on a phone", packs.evidence)
            place = place.parent()
    steps = resolve(package, "build") or ()
    web = any(step.program == "uni" and ("-p" not in step.words or "h5" in step.words) for step in steps)
    if "@dcloudio/uni-app" in package.dependencies and not web:
        return Fact("on a phone or as a mini program", (package.depends("@dcloudio/uni-app"),))
    return None


def _shown(project: NodeProject) -> Fact[str] | None:
    """Pages that Vite builds into the folder of another package, which runs elsewhere and shows them."""
    folder, config = project.folder, read_config(project, "vite.config")
    settings = config[1].default_export if config is not None else None
    table = settings if isinstance(settings, dict) else {}
    build, base = table.get("build"), table.get("root")
    out = build.get("outDir") if isinstance(build, dict) else None
    if config is None or not isinstance(out, str) or out.startswith("/"):
        return None
    counts = isinstance(base, str) and not base.startswith("/") and not isinstance(out, Anchored)
    target = posixpath.normpath(posixpath.join(folder.path, str(base) if counts else "", out))
    owner = _package_of(Project(folder.tree, ""), target) if not target.startswith("..") else None
    shell = elsewhere(Project(folder.tree, owner)) if owner not in (None, folder.path) else None
    if owner is None or shell is None:
        return None
    return folder.fact(shell.value, config[0], 1, f"build.outDir is in {owner}")


def _package_of(folder: Project, path: str) -> str | None:
    """The folder of the package that a path belongs to."""
    place: Project | None = folder.at(path)
    while place is not None and not place.has(FILE):
        place = place.parent()
    return place.path if place is not None else None


def _webdir(folder: Project) -> Fact[str] | None:
    """The folder that Capacitor packs, if the phone's own project is beside its configuration. Source:
    capacitorjs.com/docs/config."""
    if not (folder.has_folder("android") or folder.has_folder("ios")):
        return None
    for name in ("capacitor.config.json", "capacitor.config.ts", "capacitor.config.js"):
        if not folder.has(name):
            continue
        document = folder.json(name) if name.endswith(".json") else None
        module = None if document is not None else parse_code(folder, parse_typescript, name)
        value = document.value if document is not None else module.default_export if module is not None else None
        packed = value.get("webDir") if isinstance(value, dict) else None
        if isinstance(packed, str):
            return folder.fact(posixpath.normpath(packed), name, 1, f"webDir is {packed}")
    return None


def _all(project: NodeProject) -> dict[str, str]:
    return project.package.every_dependency


ELSEWHERE_SIGNALS: tuple[Callable[[NodeProject], Fact[str] | None], ...] = (
    _desktop,
    _editor,
    _browser,
    _plugin,
    _action,
    _functions,
    _telephone,
    _packed,
    _shown,
)


def told_elsewhere(folder: Project) -> Evidence | None:
    """The evidence that a folder's package runs elsewhere; a note says so."""
    found = elsewhere(folder)
    if found is None:
        return None
    says = found.evidence[0]
    folder.tree.elsewhere.add(folder.path)
    folder.tree.note("info", f"{says}: it runs {found.value}, so it is not a service", says.path)
    return says
