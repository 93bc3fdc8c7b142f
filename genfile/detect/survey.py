"""The first pass: which folders of the tree are services, and of which language."""

from dataclasses import dataclass
from typing import cast

from genfile.detect import go, java, node, python, static
from genfile.detect.language import STRENGTHS, Claim, Language
from genfile.detect.tree import Project, Tree

# Order decides between equal claims on one folder: the language of the server before that of its front end.
LANGUAGES: tuple[Language, ...] = tuple(cast(Language, module) for module in (java, go, python, node))

# Manifests of languages that are not read here: a package.json beside one is only its front end.
FOREIGN = {
    "Gemfile": "Ruby",
    "composer.json": "PHP",
    "mix.exs": "Elixir",
    "Cargo.toml": "Rust",
    ".csproj": ".NET",
    ".sln": ".NET",
    "Package.swift": "Swift",
    "pubspec.yaml": "Dart",
}

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
        "dev-docs",
        "dist",
        "out",
        "docs-site",
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
        if is_aside(folder) or _is_beside(tree, folder):
            continue
        best = _best_claim(tree, folder)
        if best is not None:
            found.append(best)
    claimed = {item.project.path for item in found}
    found += [
        _static_claim(project)
        for project in static.sites(tree, alone=not found)
        if project.path not in claimed and (not project.path or not is_aside(project.path))
    ]
    if not found:
        found = _last_resort(tree)
    if not found:
        found = [_static_claim(Project(tree, folder)) for folder in static.candidates(tree)][:1]
    return sorted(found, key=lambda item: item.project.path)


def _is_beside(tree: Tree, folder: str) -> bool:
    """An example among the modules of a library (`x-example` beside `x-core`), or the first state of a tutorial."""
    parent, _, name = folder.rpartition("/")
    if name.startswith("initial"):
        return name.replace("initial", "complete", 1) in tree.subfolders(parent)
    if not name.endswith(_SINGULARS):
        return False
    manifests = ("pom.xml", "build.gradle", "build.gradle.kts", "package.json", "go.mod", "pyproject.toml")
    siblings = [
        sub
        for sub in tree.subfolders(parent)
        if any(item in tree.folders.get(f"{parent}/{sub}" if parent else sub, ()) for item in manifests)
    ]
    return sum(sub.endswith(_SINGULARS) for sub in siblings) * 2 < len(siblings)


_SINGULARS = ("-example", "-sample", "-demo", "_example", "_sample", "-quickstart")
_PLURALS = ("-examples", "-samples", "-tests", "-e2e", "-test", "_test", "-fixtures")


def is_aside(folder: str) -> bool:
    """Whether a path lies in a folder of examples, tests, documentation, tools, or in a hidden one."""
    return any(
        # `{{name}}`: a template of projects.
        part in NOT_SERVICES or part.startswith(".") or part.endswith(_PLURALS) or "{{" in part
        for part in folder.split("/")
        if part
    )


def _best_claim(tree: Tree, folder: str) -> Found | None:
    project = Project(tree, folder)
    names = frozenset(tree.folders[folder]) | {name + "/" for name in tree.subfolders(folder)}
    claims: list[Found] = []
    for language in LANGUAGES:
        if language.is_candidate(names) and (claim := language.claim(project)) is not None:
            claims.append(Found(project, language, claim))
    foreign = next((name for name in FOREIGN if name in names or any(item.endswith(name) for item in names)), None)
    if foreign is not None and claims and all(item.claim.strength in ("site", "guess") for item in claims):
        kind = FOREIGN[foreign]
        tree.note(
            "info", f"{project.spec_path}: a project in {kind}, which no preset covers; its front end is no service"
        )
        return None
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


def _last_resort(tree: Tree) -> list[Found]:
    """A program at the root that nothing says anything of: where there is no other service, it may be one."""
    project = Project(tree, "")
    names = frozenset(tree.folders.get("", ()))
    for language in LANGUAGES:
        program = getattr(language, "program", None)
        reason = program(project) if program is not None else None
        if reason is not None and not any(name in names for name in FOREIGN):
            tree.note("warning", f"{reason}: nothing says that this program stays or listens", reason.path, reason.line)
            return [Found(project, language, Claim("guess", reason))]
    return []


def _static_claim(project: Project) -> Found:
    return Found(project, cast(Language, static), static.claim(project))


def inside(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it; everything lies below the root."""
    return not folder or path == folder or path.startswith(folder + "/")


__all__ = ["LANGUAGES", "Found", "inside", "is_aside", "survey"]
