"""Programs that a build calls and no dependency brings: certain to be "not found", and nothing else is told."""

import json

import pytest

import genfile
from tests.test_node_members import manifest, shop
from tests.test_traps import EXPRESS, LISTEN, package

PNPM = "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\npackages:\n\n  express@4.0.0:\n    resolution: {}\n"
YARN = '# yarn lockfile v1\n\n\nexpress@4.0.0:\n  version "4.0.0"\n'


def npm(**packages: dict[str, object]) -> str:
    table = {f"node_modules/{name}": {"version": "1.0.0", **item} for name, item in packages.items()}
    return json.dumps({"lockfileVersion": 3, "packages": {"": {"name": "x"}, **table}})


def warnings(files: dict[str, str]) -> list[str]:
    services = genfile.inspect(files).services
    assert services
    found = [note for item in services for note in item.notes]
    return [note.text for note in found if "not found" in note.text]


def app(build: str, lock: tuple[str, str] = ("package-lock.json", npm(express={})), **keys: object) -> dict[str, str]:
    scripts = {"start": "node a.js", "build": build}
    return {
        "package.json": package(scripts=scripts, dependencies=EXPRESS, **keys),
        "a.js": f"const express = require('express'); {LISTEN}",
        lock[0]: lock[1],
    }


@pytest.mark.parametrize(
    "lock", [("package-lock.json", npm(express={})), ("pnpm-lock.yaml", PNPM), ("yarn.lock", YARN)]
)
def test_a_program_that_no_locked_package_brings(lock: tuple[str, str]) -> None:
    found = warnings(app("cross-env NODE_ENV=production tsc", lock))
    assert [text.split("so the")[0].rpartition(": ")[2].strip() for text in found] == [
        "no dependency brings cross-env,",
        "no dependency brings tsc,",
    ]
    assert "add typescript to devDependencies" in found[1]
    assert found[0].startswith("package.json:")


def test_scripts_around_the_build_and_those_that_it_runs() -> None:
    files = app("npm run compile")
    document = json.loads(files["package.json"])
    document["scripts"] |= {"compile": "tsc", "prebuild": "rimraf dist"}
    assert len(warnings({**files, "package.json": json.dumps(document)})) == 2


@pytest.mark.parametrize(
    "build",
    [
        # The shell's own, the system's, Node's, what managers download, files, what is put there first.
        "mkdir -p dist && cp a.js dist && test -f dist/a.js && printf done && sed -i s/a/b/ dist/a.js",
        "node make.js && npx tsc && npm exec -- tsc && ./tsc && node_modules/.bin/tsc",
        "npm install -g typescript && tsc",
        "cd client && tsc",
        "PATH=$PATH:tools tsc",
        # What runs only if something else fails.
        "tsc || true",
        # Nobody knows what brings it.
        "make && protoc x.proto && some-tool",
    ],
)  # fmt: skip
def test_what_need_not_be_a_dependency(build: str) -> None:
    assert warnings(app(build)) == []


@pytest.mark.parametrize(
    ("lock", "text"),
    [
        # A dependency of a dependency, by its name or by its programs.
        ("package-lock.json", npm(express={}, typescript={})),
        ("package-lock.json", npm(express={}, fork={"bin": {"tsc": "bin/tsc"}})),
        ("pnpm-lock.yaml", PNPM + "\n  typescript@5.9.2:\n    resolution: {}\n    hasBin: true\n"),
        ("yarn.lock", YARN + '\ntypescript@5.9.2:\n  version "5.9.2"\n'),
        ("bun.lock", '{"packages": {"express": ["express@4.0.0"], "fork": ["fork@1.0.0", "", {"bin": {"tsc": "t"}}]}}'),
        # Without a lockfile, and with one that has nothing, nobody knows.
        ("README.md", ""),
        ("package-lock.json", '{"lockfileVersion": 3, "packages": {}}'),
    ],
)  # fmt: skip
def test_what_a_locked_package_brings(lock: str, text: str) -> None:
    assert warnings(app("tsc", (lock, text))) == []


def test_a_program_of_the_package_itself() -> None:
    assert warnings(app("tsc", bin={"tsc": "tools/tsc.js"})) == []


def test_a_library_of_a_workspace_that_the_service_needs() -> None:
    lock = npm(express={})
    files = {**shop(), "package-lock.json": lock, "package.json": manifest("shop", workspaces=["apps/*", "libs/*"])}
    assert {text.rpartition("brings ")[2].split(",")[0] for text in warnings(files)} == {"tsc"}
    # The root has it for all of them.
    assert warnings({**shop(), "package-lock.json": lock}) == []


def test_the_program_of_the_start_command() -> None:
    files = app("echo done")
    document = json.loads(files["package.json"])
    document["scripts"]["start"] = "tsx a.js"
    (text,) = warnings({**files, "package.json": json.dumps(document)})
    assert "brings tsx, so the image's start stops" in text
    assert warnings({**files, "package.json": json.dumps({**document, "dependencies": {"tsx": "4.0.0"}})}) == []
