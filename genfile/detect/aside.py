"""Folders beside a project that hold no service of it."""

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
        "dev-env",
        "devenv",
        "dev-tools",
        "devtools",
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
_PLURALS = ("-examples", "-samples", "-tests", "-e2e", "-test", "_test", "-fixtures")


def is_aside(folder: str) -> bool:
    """Whether a path is in a hidden folder, or one for examples, tests, documentation or tools."""
    return any(
        # `{{name}}`: a template of projects.
        part.lstrip("_") in NOT_SERVICES or part.startswith(".") or part.endswith(_PLURALS) or "{{" in part
        for part in folder.split("/")
        if part
    )
