"""Private Go modules: their hosts, and the credentials."""

import fnmatch
import re

from genfile.detect.go.context import is_replaced
from genfile.detect.go.module import GoModule
from genfile.detect.hosting import hosting
from genfile.detect.pins import MISE_FILES
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact

# Subdomains of self-hosted git servers; a public module's vanity host never has one.
_OWN_HOSTS = ("git.", "gitlab.", "gitea.", "bitbucket.", "stash.", "scm.")
_PUBLIC = ("gitlab.com", "bitbucket.org", "gitea.com", "git.sr.ht")
# `GOPRIVATE := a,b` of make, `GOPRIVATE: a` of YAML, `go env -w GOPRIVATE=a`, `export GOPRIVATE="a"`.
_SETTING = re.compile(
    r"\b(?:GOPRIVATE|GONOPROXY|GONOSUMDB|GONOSUMCHECK)[\"']?\s*(?:[:?]?=|[:,\s])\s*[\"']?([A-Za-z0-9.*?/,_@~-]+)"
)
_FILES = (
    "Makefile", "makefile", "GNUmakefile", "Taskfile.yml", "Taskfile.yaml", "justfile", "magefile.go", ".env.example",
    ".envrc", "go.env", *MISE_FILES, ".gitlab-ci.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml",
    ".circleci/config.yml", ".drone.yml", ".travis.yml", "Jenkinsfile", "cloudbuild.yaml", ".goreleaser.yaml",
    ".goreleaser.yml", "README.md",
)  # fmt: skip
_CI_FOLDERS = (".github/workflows", ".gitea/workflows", ".forgejo/workflows", ".gitlab", "build", "scripts", "ci")
MAX_FILES = 60
MAX_HOSTS = 20


def put_private(module: GoModule, draft: Draft) -> None:
    """Put /private_hosts and /secrets: the project's own patterns for required modules, else the module's host, if it
    is self-hosted."""
    found: dict[str, Evidence] = {}
    first: tuple[str, Evidence] | None = None
    declared = private_hosts(module.folder)
    for item in module.manifest.requires:
        if is_replaced(module, item.path):
            continue
        pattern = next((text for text in declared if _covers(text, item.path)), None)
        host = item.path.split("/")[0]
        if pattern is None and not _is_own(module, host):
            continue
        says = declared[pattern] if pattern else module.folder.says("go.mod", item.line, item.path)
        first = first or (item.path, says)
        if len(found) < MAX_HOSTS:
            found.setdefault(pattern or host, says)
    if first is None:
        return
    evidence = tuple(found.values())
    draft.put("private_hosts", Fact(list(found), evidence))
    if draft.values.get("vendored"):
        return
    draft.put("secrets", Fact([{"id": "netrc", "kind": "netrc"}], evidence[:1]))
    path, says = first
    text = f"{path} looks like a private module; build with --secret id=netrc,src=$HOME/.netrc"
    draft.note("warning", text, says.path, says.line)


def _covers(pattern: str, path: str) -> bool:
    """Whether a GOPRIVATE pattern covers a module path: its elements match the path's first ones."""
    parts = pattern.rstrip("/").split("/")
    return fnmatch.fnmatchcase("/".join(path.split("/")[: len(parts)]), "/".join(parts))


def _is_own(module: GoModule, host: str) -> bool:
    own = (module.manifest.module or "").split("/")[0]
    return host == own and "." in own and own.startswith(_OWN_HOSTS) and own not in _PUBLIC


def private_hosts(folder: Project) -> dict[str, Evidence]:
    """The patterns of GOPRIVATE and related settings, wherever the project sets them for its own builds."""
    found: dict[str, Evidence] = {}
    for path in _paths(folder)[:MAX_FILES]:
        for number, line in enumerate((folder.tree.text(path) or "").splitlines(), 1):
            for match in _SETTING.finditer(line) if "GO" in line else ():
                for pattern in match[1].split(","):
                    if "." in pattern.split("/")[0]:
                        found.setdefault(pattern, Evidence(path, number, line.strip()[:100]))
    return found


def _paths(folder: Project) -> list[str]:
    """Files that may set it: beside the module, then at the tree's root, where CI is configured."""
    found: dict[str, None] = {}
    for place in dict.fromkeys((folder.path, "")):
        project = Project(folder.tree, place)
        found.update((project.full(name), None) for name in _FILES if project.has(name))
        found.update((project.full(name), None) for name in project.names() if name.endswith(".mk"))
    found.update((path, None) for path in hosting(folder).dockerfiles)
    for name in _CI_FOLDERS:
        files = folder.tree.folders.get(name, ())
        found.update((f"{name}/{file}", None) for file in files if file.endswith((".yml", ".yaml", ".sh")))
    return list(found)
