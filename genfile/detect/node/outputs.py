"""Files in a developer's tree that the image builds again: outputs of libraries, caches, reports."""

from collections.abc import Iterator

from genfile.data import Framework
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import PackageJson, exported
from genfile.detect.node.members import needed_members
from genfile.detect.paths import inside
from genfile.detect.tree import Project
from genfile.evidence import Draft
from genfile.source.tracked import untracked

# Tools that write a report to `coverage`.
_REPORTERS = (
    "jest",
    "vitest",
    "nyc",
    "c8",
    "tap",
    "karma-coverage",
    "@vitest/coverage-v8",
    "@vitest/coverage-istanbul",
)
MAX_OUTPUTS = 60


def put_made(project: NodeProject, draft: Draft, framework: Framework | None) -> None:
    """Add other build outputs to /outputs; never a folder in version control."""
    whole = Project(project.folder.tree, "")
    is_ignored = untracked(project.folder.tree.text(".gitignore") or "")
    listed: list[str] = draft.values.setdefault("outputs", [])
    for path in dict.fromkeys(_candidates(project, framework)):
        kept = whole.has_folder(path) and not is_ignored(f"{path}/x")
        if not kept and len(listed) < MAX_OUTPUTS and not any(inside(path, known) for known in listed):
            listed.append(path)


def _candidates(project: NodeProject, framework: Framework | None) -> Iterator[str]:
    yield from (project.folder.full(name) for name in (framework.caches if framework is not None else ()))
    for package in (project.package, *needed_members(project)):
        if package is not project.package:
            yield from (package.project.full(name) for name in _built(package))
        if _REPORTERS & package.every_dependency.keys():
            yield package.project.full("coverage")


def _built(package: PackageJson) -> Iterator[str]:
    """The folders that a library's build fills, by tsconfig's outDir and by its exports."""
    for name in ("tsconfig.build.json", "tsconfig.json"):
        document = package.project.jsonc(name) if package.project.has(name) else None
        text = (document.text("compilerOptions", "outDir") if document is not None else None) or ""
        first = text.replace("${configDir}/", "").removeprefix("./").split("/")[0]
        yield from () if first in ("", ".", "..") else (first,)
    if "build" in package.scripts:
        entries = (entry.removeprefix("./").split("/") for entry in exported(package))
        yield from (parts[0] for parts in entries if len(parts) > 1 and parts[0] not in ("", "src", "*", ".."))
