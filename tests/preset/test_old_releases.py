"""Old releases: apt finds the packages of a distribution in Debian's archive, and npm gets the options that it knows."""

import json
from typing import Any

import pytest

import genfile

ARCHIVE = "archive.debian.org"
LOCK = {"package-lock.json": '{"lockfileVersion": 1, "dependencies": {}}'}


def dockerfile(node: str, settings: dict[str, str] | None = None, **keys: Any) -> str:
    manifest: dict[str, Any] = {
        "name": "shop",
        "engines": {"node": node},
        "scripts": {"start": "node server.js"},
        "dependencies": {"express": "4.18.0"},
        **keys,
    }
    code = "require('express')().listen(3000)"
    tree = {"package.json": json.dumps(manifest), **LOCK, "server.js": code}
    return genfile.generate(tree, settings=settings or {}).files["Dockerfile"]


@pytest.mark.parametrize(
    ("node", "settings", "archived"),
    [
        ("10.x", {}, True),
        ("12.x", {}, False),
        ("24.x", {}, False),
        ("24.x", {"image": "registry.example.com/node:10-buster"}, True),
        ("10.x", {"image": "registry.example.com/node:10-bookworm"}, False),
    ],
)
def test_packages_come_from_where_they_are(node: str, settings: dict[str, str], archived: bool) -> None:
    text = dockerfile(node, settings)
    assert "apt-get" in text
    assert text.count(ARCHIVE) == (text.count("apt-get install") if archived else 0)
    assert ("apt-get update" in text) != archived


@pytest.mark.parametrize(
    ("node", "manager", "wanted"),
    [("14.x", None, "--only=production"), ("16.x", None, "--omit=dev"), ("14.x", "npm@8.19.4", "--omit=dev")],
)
def test_npm_leaves_out_development_dependencies_by_its_own_option(node: str, manager: str | None, wanted: str) -> None:
    keys: dict[str, Any] = {"packageManager": manager} if manager else {}
    text = dockerfile(node, **keys)
    assert f"npm ci {wanted}" in text
