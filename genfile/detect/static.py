"""A folder of plain files: the last resort, taken only when no language claims anything."""

from genfile.detect.language import Claim
from genfile.detect.tree import Project, Tree
from genfile.evidence import Draft, Fact
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


def candidates(tree: Tree) -> list[str]:
    """Folders that hold an index.html, best first; a tree with sources of a server language has none."""
    return [folder for folder in FOLDERS if "index.html" in tree.folders.get(folder, ())]


def claim(project: Project) -> Claim:
    return Claim("site", project.says("index.html", 1, "index.html, and no manifest of a language"))


def detect(project: Project) -> Draft:
    draft = Draft()
    page = project.says("index.html", 1, "index.html")
    draft.values["name"] = service_name(project.tree.source.name)
    # The build context is the whole tree: a site in public/ is built from the root all the same.
    draft.values["path"] = "."
    draft.put("static", Fact({"root": project.spec_path, "spa": False}, (page,)))
    draft.put("port", Fact(8080, (page,)))
    draft.put("run_paths", Fact([project.spec_path], (page,)))
    return draft


def is_candidate(names: frozenset[str]) -> bool:
    return "index.html" in names
