"""Patches that a package manager applies while it installs: they are there before the installation."""

from typing import Any

import pytest

from genfile import generate
from tests.test_traps import EXPRESS, LISTEN, only, package

PATCH = "web/patches/express@5.0.0.patch"
NAMED = {"express@5.0.0": PATCH}
PNPM = {"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}
BUN = {"bun.lock": '{"lockfileVersion": 1}'}


def app(lock: dict[str, str], *patches: str, settings: str = "", **keys: Any) -> dict[str, str]:
    manifest = package(dependencies=EXPRESS, scripts={"start": "node server.js"}, **keys)
    files = {"package.json": manifest, "server.js": LISTEN, **lock, **dict.fromkeys(patches, "--- a\n")}
    return {**files, "pnpm-workspace.yaml": settings} if settings else files


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (app(BUN, PATCH, patchedDependencies=NAMED), "web/patches"),
        (app(PNPM, PATCH, pnpm={"patchedDependencies": NAMED}), "web/patches"),
        (app(PNPM, PATCH, settings=f"patchedDependencies:\n  express@5.0.0: {PATCH}\n"), "web/patches"),
        # A folder of other files, and the root.
        (app(BUN, PATCH, "web/patches/index.js", patchedDependencies=NAMED), PATCH),
        (app(BUN, "a.patch", patchedDependencies={"express": "./a.patch"}), "a.patch"),
        # The usual folder, what is not in the tree, and what nothing names.
        (app(BUN, "patches/a.patch", patchedDependencies={"express": "patches/a.patch"}), "patches"),
        (app(BUN, patchedDependencies=NAMED), None),
        (app(BUN, patchedDependencies={"express": "../a.patch"}), None),
        (app(BUN, PATCH), None),
    ],
)
def test_a_declared_patch_is_there_before_the_installation(files: dict[str, str], wanted: str | None) -> None:
    manifests = only(**files).manifests
    assert [name for name in manifests if "patch" in name] == ([wanted] if wanted else [])


def test_the_installation_has_the_patch() -> None:
    files = {name: text.encode() for name, text in app(BUN, PATCH, patchedDependencies=NAMED).items()}
    assert "web/patches" in generate(files).files["Dockerfile"].partition("bun install")[0]
