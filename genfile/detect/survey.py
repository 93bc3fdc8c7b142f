"""The first pass: which folders of the tree are services, and of which language."""

from dataclasses import dataclass
from typing import cast

from genfile.detect import go, java, node, python, static
from genfile.detect.language import STRENGTHS, Claim, Language
from genfile.detect.tree import Project, Tree

# Order decides between equal claims on one folder: the language of the server before that of its front end.
LANGUAGES: tuple[Language, ...] = tuple(cast(Language, module) for module in (java, go, python, node))

# Folders whose projects serve the repository, not its users.
NOT_SERVICES = frozenset(
    [
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "test",
        "tests",
        "__tests__",
        "testing",
        "testdata",
        "fixtures",
        "fixture",
        "__fixtures__",
        "e2e",
        "e2e-tests",
        "integration-tests",
        "cypress",
        "playwright",
        "spec",
        "specs",
        "mocks",
        "__mocks__",
        "doc",
        "docs",
        "documentation",
        "website-docs",
        "vendor",
        "third_party",
        "thirdparty",
        "external",
        "template",
        "templates",
        "boilerplate",
        "scaffold",
        "scaffolding",
        "stubs",
        "snippets",
        "benchmark",
        "benchmarks",
        "bench",
        "perf",
        "hack",
        "tools",
        "tooling",
        "scripts",
        "script",
        "ci",
        "codegen",
        "generators",
        "tutorial",
        "tutorials",
        "remix.init",
        "playground",
        "playgrounds",
        "sandbox",
    ]
)


@dataclass(frozen=True, slots=True)
class Found:
    """A folder that is a service."""

    project: Project
    language: Language
    claim: Claim


def survey(tree: Tree) -> list[Found]:
    """Every service of the tree, the root's first, then by path."""
    found: list[Found] = []
    for folder in sorted(tree.folders, key=lambda path: (path.count("/") + bool(path), path)):
        if is_aside(folder):
            continue
        best = _best_claim(tree, folder)
        if best is not None:
            found.append(best)
    if not found:
        found = [_static_claim(Project(tree, folder)) for folder in static.candidates(tree)][:1]
    return sorted(found, key=lambda item: item.project.path)


_PLURALS = ("-examples", "-samples", "-tests", "-e2e", "-test", "_test", "-fixtures")


def is_aside(folder: str) -> bool:
    """Whether a path lies in a folder of examples, tests, documentation, tools, or in a hidden one."""
    return any(
        part in NOT_SERVICES or part.startswith(".") or part.endswith(_PLURALS) for part in folder.split("/") if part
    )


def _best_claim(tree: Tree, folder: str) -> Found | None:
    project = Project(tree, folder)
    names = frozenset(tree.folders[folder])
    claims: list[Found] = []
    for language in LANGUAGES:
        if language.is_candidate(names) and (claim := language.claim(project)) is not None:
            claims.append(Found(project, language, claim))
    claims.sort(key=lambda item: STRENGTHS.index(item.claim.strength))
    if not claims:
        return None
    winner, *others = claims
    for other in others:
        tree.note(
            "info",
            f"{project.spec_path}: {other.language.NAME} is taken as part of the {winner.language.NAME} service "
            f"({other.claim.reason})",
            other.claim.reason.path,
            other.claim.reason.line,
        )
    return winner


def _static_claim(project: Project) -> Found:
    return Found(project, cast(Language, static), static.claim(project))


def inside(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it; everything lies below the root."""
    return not folder or path == folder or path.startswith(folder + "/")


__all__ = ["LANGUAGES", "Found", "inside", "is_aside", "survey"]
