"""Specs proved on paper, and hand-written Dockerfiles checked against their project."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

import genfile
from genfile.cli.app import run
from genfile.detect.inspection import InspectedService, inspect_source
from genfile.detect.tree import Tree
from genfile.proof import prove
from genfile.source.memory import MemorySource
from genfile.spec.base import plain
from genfile.spec.project import parse_spec

PACKAGE = {"name": "shop", "scripts": {"start": "node server.js"}, "dependencies": {"express": "^5"}}
LOCK = {
    "lockfileVersion": 3,
    "packages": {
        "": {},
        "node_modules/express": {"version": "5.0.0"},
        "node_modules/tsx": {"version": "4.0.0", "dev": True, "bin": {"tsx": "x"}},
    },
}
FILES = {
    "package.json": json.dumps({**PACKAGE, "devDependencies": {"tsx": "^4"}}),
    "package-lock.json": json.dumps(LOCK),
    "server.js": "require('express')().listen(3000)\n",
    "lib/a.js": "",
}


def proved(files: dict[str, str], **changes: object) -> InspectedService:
    """The service of a tree after the proof, with fields of its spec changed before."""
    source = MemorySource(files)
    service = inspect_source(source).services[0]
    spec = parse_spec({**plain(service.spec), **changes})
    return prove(Tree(source), replace(service, spec=spec), several=False)


def test_a_development_dependency_that_starts_the_service_is_installed() -> None:
    service = proved(FILES, start=["tsx", "server.js"], dependencies_at_run="production")
    assert service.spec.model_dump()["dependencies_at_run"] == "all"
    assert "tsx starts the service" in str(service.facts["/dependencies_at_run"].evidence[0])
    assert service.risks == ()


def test_a_file_that_is_loaded_is_copied() -> None:
    files = {**FILES, "server.js": "require('./lib/a'); require('express')().listen(3000)\n"}
    service = proved(files, run_paths=["server.js"])
    assert "lib/a.js" in service.spec.run_paths
    assert service.risks == ()


def test_what_can_not_be_mended_is_a_risk() -> None:
    service = proved(FILES, start=["node", "other.js"])
    assert [(risk.id, risk.level) for risk in service.risks] == [("command-exists", "error")]
    assert service.risks[0].path == "Dockerfile"
    assert service.risks[0].line is not None


def test_risks_are_in_the_document_and_errors_among_the_notes() -> None:
    files = {**FILES, "server.js": "require('left-pad'); require('express')().listen(3000)\n"}
    document = genfile.inspect(files).to_json()
    assert [risk["id"] for risk in document["services"][0]["risks"]] == ["imports-installed"]
    assert any("left-pad" in note.text for note in genfile.generate(files).notes)
    assert genfile.inspect(FILES).to_json()["services"][0]["risks"] == []


def test_the_same_in_a_child() -> None:
    files = {**FILES, "server.js": "require('left-pad'); require('express')().listen(3000)\n"}
    assert genfile.inspect(files, guard=genfile.Guard()) == genfile.inspect(files)


def lint(folder: Path, *arguments: str) -> int:
    return run(["lint", str(folder), *arguments])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


RIGHT = (
    "FROM node:24-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\n"
    'COPY server.js ./\nUSER 1000\nEXPOSE 3000\nCMD ["node", "server.js"]\nENV NODE_ENV=production\n'
)


def test_lint_says_where_and_what(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Dockerfile").write_text(RIGHT, "utf-8")
    assert lint(project) == 0
    assert capsys.readouterr().out == "1 Dockerfile, 0 findings\n"
    (project / "Dockerfile").write_text(RIGHT.replace('"server.js"', '"index.js"'), "utf-8")
    assert lint(project) == 3
    assert (
        "Dockerfile:8: error: node index.js: /app/index.js is not in the image [command-exists]"
        in capsys.readouterr().out
    )


def test_lint_as_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Dockerfile").write_text(RIGHT.replace("3000", "8080"), "utf-8")
    assert lint(project, "--json") == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert (file["path"], [risk["id"] for risk in file["risks"]]) == ("Dockerfile", ["one-port"])


def test_lint_builds_as_compose_does(project: Path) -> None:
    (project / "docker").mkdir()
    (project / "docker/Dockerfile").write_text(RIGHT, "utf-8")
    (project / "compose.yaml").write_text(
        "services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n", "utf-8"
    )
    assert lint(project) == 0


def test_lint_of_what_is_not_there_or_is_none(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(project, "--file", "Dockerfile") == 2
    assert "Dockerfile is not in" in capsys.readouterr().err
    (project / "Dockerfile").write_text("FROM a\nLABLE x\n", "utf-8")
    assert lint(project, "--file", "Dockerfile") == 1
    assert "Dockerfile:2: unknown instruction: LABLE" in capsys.readouterr().err
    # Among all files of a tree one that is not a Dockerfile is passed over.
    assert lint(project) == 0
