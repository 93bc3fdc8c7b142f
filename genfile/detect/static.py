"""A folder of plain files: the last resort if no language claims anything."""

import posixpath

from genfile.data import SiteGenerator, site_generators
from genfile.detect.aside import is_aside
from genfile.detect.hosting.images import quietly
from genfile.detect.language import Claim
from genfile.detect.notfound import has_not_found
from genfile.detect.ownserver import only_serves
from genfile.detect.passed import put_passed
from genfile.detect.plain import put_linked
from genfile.detect.tree import Project, Tree
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers import Document
from genfile.spec.base import service_name

NAME = "static"
# How many folders a note names.
MAX_NAMED = 5

# Where a site without any manifest keeps its pages, best first.
FOLDERS = (
    "",
    "public",
    "dist",
    "build",
    "site",
    "www",
    "html",
    "htdocs",
    "web",
    "src",
    "static",
    "docs",
    "_site",
)


# Manifests beside which a site is the documentation of something else.
LIBRARIES = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "go.mod",
    "Cargo.toml",
    "pom.xml",
    "build.gradle",
    "composer.json",
)


# Manifests of other languages, beside which documentation belongs to a program.
OTHERS = (
    "package.json", "Gemfile", "CMakeLists.txt", "configure.ac", "meson.build", "mix.exs", "Package.swift",
    "pubspec.yaml", "build.sbt", "stack.yaml", "dune-project", "Makefile.am",
)  # fmt: skip
ENDINGS = (".csproj", ".sln", ".gemspec", ".cabal", ".py", ".c", ".cpp", ".go", ".rs", ".js", ".php")
# Sources beside which a page in its own folder belongs to something else.
CODE = (
    *ENDINGS,
    ".java",
    ".kt",
    ".rb",
    ".ts",
    ".tsx",
    ".jsx",
    ".vue",
    ".swift",
    ".dart",
    ".cs",
    ".ipynb",
    ".ino",
    ".ex",
)


def generator_of(project: Project) -> tuple[SiteGenerator, str] | None:
    """The generator of a folder's site, and its configuration file."""
    names = project.names()
    for item in site_generators():
        config = next((name for name in item.config if name in names), None)
        if config is not None and any(name in names or project.has_folder(name) for name in item.beside):
            return item, config
    return None


def sites(tree: Tree, *, alone: bool) -> list[Project]:
    """Folders that a generator makes a site from: the root if there is nothing else; any with a Dockerfile."""
    found: list[Project] = []
    for folder, names in sorted(tree.folders.items()):
        root = alone and not folder and not any(name in names for name in LIBRARIES if not _of_hugo(tree, name))
        if root or "Dockerfile" in names:
            project = Project(tree, folder)
            if generator_of(project) is not None:
                found.append(project)
    names = tree.folders.get("", ())
    code = any(name in names for name in (*LIBRARIES, *OTHERS)) or any(name.endswith(ENDINGS) for name in names)
    plain = alone and not found and not code
    for folder in ("docs", "doc", "docs/source", "source", "site") if plain else ():
        # Only documentation: then it is the purpose of the tree.
        if folder in tree.folders and generator_of(Project(tree, folder)) is not None:
            return [Project(tree, folder)]
    return found


def _of_hugo(tree: Tree, name: str) -> bool:
    """Whether a go.mod only names a site's themes: the tree has no Go code."""
    return name == "go.mod" and not any(path.endswith(".go") for path in tree.paths)


def candidates(tree: Tree) -> list[str]:
    """The folder of the served pages, as a list of one: the root's, one with a usual name, or the only one. Several
    side by side are separate projects: a note names them."""
    top = Project(tree, "")
    package = top.json("package.json") if "package.json" in tree.paths else None
    if package is not None and package.items("files") and package.get("private") is not True:
        # A published package is not served from here, its pages included.
        return []
    elsewhere = _elsewhere(top, package)
    if elsewhere is not None:
        tree.note("info", f"{elsewhere}: its pages are not a site", elsewhere.path, elsewhere.line)
        return []
    root, _ = _staticfile(top)
    usual = [folder for folder in dict.fromkeys((root, *FOLDERS)) if "index.html" in tree.folders.get(folder, ())]
    return usual[:1] or _single(tree)


def _elsewhere(top: Project, package: Document | None) -> Evidence | None:
    """What shows a tree's pages, if not a browser that requests them from a server."""
    for name in ("manifest.json", "src/manifest.json", "public/manifest.json"):
        manifest = top.json(name) if top.has(name) else None
        if manifest is not None and isinstance(manifest.get("manifest_version"), int):
            return top.says(name, manifest.line("manifest_version"), "a browser extension")
    for key in ("dependencies", "devDependencies"):
        if package is not None and "electron" in package.table(key):
            return top.says("package.json", package.line(key, "electron"), "an Electron desktop app")
    text = top.text("config.xml") if top.has("config.xml") else None
    if text is not None and "<widget" in text[:2000]:
        return top.says("config.xml", 1, "a Cordova phone app")
    return None


def _single(tree: Tree) -> list[str]:
    """The only topmost folder of pages in a tree of nothing else."""
    tops: dict[str, None] = {}
    for folder, names in sorted(tree.folders.items()):
        code = any(name.endswith(CODE) and not name.endswith(".js") for name in names)
        if code or any(name in names for name in (*LIBRARIES, *OTHERS)):
            return []
        above = folder
        while above and above not in tops:
            above = posixpath.dirname(above)
        if "index.html" in names and not is_aside(folder) and not above:
            tops[folder] = None
    if len(tops) > 1:
        named = ", ".join(list(tops)[:MAX_NAMED]) + (", …" if len(tops) > MAX_NAMED else "")
        text = f"{len(tops)} folders of pages ({named}), but no index.html links to them; "
        tree.note("info", f"{text}pass the folder of the one to build", f"{next(iter(tops))}/index.html")
    return list(tops) if len(tops) == 1 else []


def _staticfile(project: Project) -> tuple[str, bool]:
    """The folder in a Staticfile, and whether its page answers unknown paths."""
    document = quietly(project, "Staticfile") if project.has("Staticfile") else None
    root = (document.text("root") if document else None) or ""
    clean = posixpath.normpath(root.strip("/") or ".")
    fallback = document is not None and (
        document.text("pushstate") == "enabled" or document.get("index_fallback") is True
    )
    return ("" if clean == "." or clean.startswith("..") else clean), fallback


def claim(project: Project) -> Claim:
    found = generator_of(project)
    if found is not None:
        return Claim("site", project.says(found[1], 1, f"a {found[0].name} site"))
    return Claim("site", project.says("index.html", 1, "index.html, and no language manifest"))


def detect(project: Project) -> Draft:
    found = generator_of(project)
    if found is not None:
        return _generated(project, *found)
    draft = Draft()
    page = project.says("index.html", 1, "index.html")
    if not _is_apart(project):
        draft.values["name"] = service_name(project.tree.source.name)
        # The build context is the whole tree: a site in public/ is still built from the root.
        draft.values["path"] = "."
    _, fallback = _staticfile(Project(project.tree, ""))
    draft.put(
        "static", Fact({"root": project.spec_path, "spa": fallback, "not_found": project.has("404.html")}, (page,))
    )
    put_linked(project, draft)
    put_passed(project, (), draft)
    top = Project(project.tree, "")
    package = top.json("package.json") if top.has("package.json") else None
    if package is not None and package.text("scripts", "build"):
        text = "genfile does not know the build in package.json; serving the pages as committed"
        draft.note("warning", text, "package.json", package.line("scripts", "build"))
    draft.put("port", Fact(8080, (page,)))
    draft.put("run_paths", Fact([project.spec_path], (page,)))
    return draft


def put_apart(project: Project) -> None:
    """Record that a folder of pages is one of several services: it is built separately, under its own name."""
    project.tree.memory["site-apart", project.path] = True


def _is_apart(project: Project) -> bool:
    return ("site-apart", project.path) in project.tree.memory


def _generated(project: Project, generator: SiteGenerator, config: str) -> Draft:
    draft = Draft()
    says = project.says(config, 1, config)
    document = _settings(project, config)
    output = (document.text(*generator.key) if document and generator.key else None) or generator.output
    output = posixpath.normpath(output.strip("/")) if not output.startswith("..") else generator.output
    draft.values["name"] = service_name(project.folder_name)
    draft.put("build", Fact([generator.build], (says,)))
    draft.put("system_packages", Fact({"build": list(generator.packages), "run": []}, (says,)))
    found = has_not_found(project, made=generator.not_found)
    draft.put("static", Fact({"root": project.full(output), "spa": False, "not_found": found}, (says,)))
    draft.put("port", Fact(8080, (says,)))
    draft.values["outputs"] = [project.full(output)]
    if project.has("Gemfile") or project.has("requirements.txt"):
        text = f"the image installs {generator.name} from Debian; plug-ins that the project lists are not installed"
        draft.note("warning", text, project.full("Gemfile" if project.has("Gemfile") else "requirements.txt"))
    if project.full(".gitmodules") in project.tree.paths:
        draft.note("info", "check out the theme submodules before you build the image", project.full(".gitmodules"))
    return draft


def _settings(project: Project, name: str) -> Document | None:
    if name.endswith(".toml"):
        return project.toml(name)
    if name.endswith(".json"):
        return project.json(name)
    # MkDocs uses Python tags in its YAML: an unreadable file is ignored.
    return quietly(project, name) if name.endswith((".yml", ".yaml")) else None


def is_candidate(names: frozenset[str]) -> bool:
    return "index.html" in names


def beside(tree: Tree, folder: str) -> str | None:
    """The evidence that a folder of pages belongs to something else, by its path: a manifest for a program in another
    language at the root, or code there or among the pages that does more than serve them; for documentation, any code
    outside it."""
    if "Staticfile" in tree.folders.get("", ()):
        return None
    # Pages themselves may have these two, for their tools.
    kinds = {*LIBRARIES, *OTHERS} - {"package.json", "Gemfile"}
    found = next((name for name in tree.folders.get("", ()) if name in kinds and not _of_hugo(tree, name)), None)
    if found is not None:
        return found
    for place in ("", folder) if folder else ():
        code = (name for name in tree.folders.get(place, ()) if name.endswith(CODE) and not name.endswith(_SCRIPTS))
        paths = (posixpath.join(place, name) for name in code)
        found = next((path for path in paths if not only_serves(tree, path)), None)
        if found is not None:
            return found
    if not is_aside(folder):
        return None
    every = ((place, name) for place, names in sorted(tree.folders.items()) for name in names)
    outside = (posixpath.join(place, name) for place, name in every if not f"{place}/".startswith(f"{folder}/"))
    return next((path for path in outside if path.endswith((*CODE, ".mjs", ".cjs")) and not _is_hidden(path)), None)


# Files that pages load, or that only build them.
_SCRIPTS = (".js", ".ts", ".jsx", ".tsx", ".vue")


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))
