"""A folder of plain files: the last resort, taken only when no language claims anything."""

import posixpath

from genfile.data import SiteGenerator, site_generators
from genfile.detect.hosting.images import quietly
from genfile.detect.language import Claim
from genfile.detect.tree import Project, Tree
from genfile.evidence import Draft, Fact
from genfile.parsers import Document
from genfile.spec.base import service_name

NAME = "static"

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


# A manifest of these makes a site beside it the documentation of something else.
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


# What makes documentation beside it that of a program, in languages that are not read here too.
OTHERS = (
    "package.json", "Gemfile", "CMakeLists.txt", "configure.ac", "meson.build", "mix.exs", "Package.swift",
    "pubspec.yaml", "build.sbt", "stack.yaml", "dune-project", "Makefile.am",
)  # fmt: skip
ENDINGS = (".csproj", ".sln", ".gemspec", ".cabal", ".py", ".c", ".cpp", ".go", ".rs", ".js", ".php")


def generator_of(project: Project) -> tuple[SiteGenerator, str] | None:
    """The generator that makes a folder's site, and its configuration file."""
    names = project.names()
    for item in site_generators():
        config = next((name for name in item.config if name in names), None)
        if config is not None and any(name in names or project.has_folder(name) for name in item.beside):
            return item, config
    return None


def sites(tree: Tree, *, alone: bool) -> list[Project]:
    """Folders that a generator makes a site of: the root where nothing else is found; any that has a Dockerfile."""
    found: list[Project] = []
    for folder, names in sorted(tree.folders.items()):
        root = alone and not folder and not any(name in names for name in LIBRARIES)
        if root or "Dockerfile" in names:
            project = Project(tree, folder)
            if generator_of(project) is not None:
                found.append(project)
    names = tree.folders.get("", ())
    code = any(name in names for name in (*LIBRARIES, *OTHERS)) or any(name.endswith(ENDINGS) for name in names)
    plain = alone and not found and not code
    for folder in ("docs", "doc", "docs/source", "source", "site") if plain else ():
        # Nothing but the documentation: then it is what the tree is for.
        if folder in tree.folders and generator_of(Project(tree, folder)) is not None:
            return [Project(tree, folder)]
    return found


def candidates(tree: Tree) -> list[str]:
    """Folders that hold an index.html, best first; a tree with sources of a server language has none."""
    package = Project(tree, "").json("package.json") if "package.json" in tree.paths else None
    if package is not None and package.items("files") and package.get("private") is not True:
        # What is published to others, pages included, is not given out from here.
        return []
    root, _ = _staticfile(Project(tree, ""))
    return [folder for folder in dict.fromkeys((root, *FOLDERS)) if "index.html" in tree.folders.get(folder, ())]


def _staticfile(project: Project) -> tuple[str, bool]:
    """The folder that a Staticfile names, and whether it has the pages answer for unknown paths."""
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
        return Claim("site", project.says(found[1], 1, f"a site of {found[0].name}"))
    return Claim("site", project.says("index.html", 1, "index.html, and no manifest of a language"))


def detect(project: Project) -> Draft:
    found = generator_of(project)
    if found is not None:
        return _generated(project, *found)
    draft = Draft()
    page = project.says("index.html", 1, "index.html")
    draft.values["name"] = service_name(project.tree.source.name)
    # The build context is the whole tree: a site in public/ is built from the root all the same.
    draft.values["path"] = "."
    _, fallback = _staticfile(Project(project.tree, ""))
    draft.put("static", Fact({"root": project.spec_path, "spa": fallback}, (page,)))
    top = Project(project.tree, "")
    package = top.json("package.json") if top.has("package.json") else None
    if package is not None and package.text("scripts", "build"):
        text = "package.json has a build that is not known: the pages are taken as they are in the tree"
        draft.note("warning", text, "package.json", package.line("scripts", "build"))
    draft.put("port", Fact(8080, (page,)))
    draft.put("run_paths", Fact([project.spec_path], (page,)))
    return draft


def _generated(project: Project, generator: SiteGenerator, config: str) -> Draft:
    draft = Draft()
    says = project.says(config, 1, config)
    document = _settings(project, config)
    output = (document.text(*generator.key) if document and generator.key else None) or generator.output
    output = posixpath.normpath(output.strip("/")) if not output.startswith("..") else generator.output
    draft.values["name"] = service_name(project.folder_name)
    draft.put("build", Fact([generator.build], (says,)))
    draft.put("system_packages", Fact({"build": list(generator.packages), "run": []}, (says,)))
    draft.put("static", Fact({"root": project.full(output), "spa": False}, (says,)))
    draft.put("port", Fact(8080, (says,)))
    draft.values["outputs"] = [project.full(output)]
    if project.has("Gemfile") or project.has("requirements.txt"):
        text = f"{generator.name} comes from Debian: plug-ins of the project's own list are not installed"
        draft.note("warning", text, project.full("Gemfile" if project.has("Gemfile") else "requirements.txt"))
    if project.full(".gitmodules") in project.tree.paths:
        draft.note("info", "themes in submodules must be checked out before the build", project.full(".gitmodules"))
    return draft


def _settings(project: Project, name: str) -> Document | None:
    if name.endswith(".toml"):
        return project.toml(name)
    if name.endswith(".json"):
        return project.json(name)
    # MkDocs has tags of Python in its YAML: what can't be read says nothing.
    return quietly(project, name) if name.endswith((".yml", ".yaml")) else None


def is_candidate(names: frozenset[str]) -> bool:
    return "index.html" in names
