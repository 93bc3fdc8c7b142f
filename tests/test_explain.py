"""`genfile explain`: every line has a reason, every field its evidence, and an edited line is the user's."""

import json
from pathlib import Path

import pytest

from genfile.cli.app import run
from genfile.upkeep.explain import explain_project
from genfile.upkeep.purpose import purposes

PROJECTS = sorted(path for path in (Path(__file__).parent / "projects").iterdir() if path.is_dir())


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_every_line_of_every_project_has_a_reason(project: Path) -> None:
    explanation = explain_project(project)
    assert explanation.paths
    for path in explanation.paths:
        for line in explanation.lines(path):
            assert not line.text.strip() or line.rules or line.purpose, f"{path}:{line.line} {line.text}"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    package = {"name": "shop", "engines": {"node": "22"}, "scripts": {"start": "node server.js"}}
    (tmp_path / "package.json").write_text(json.dumps({**package, "dependencies": {"express": "^4"}}, indent=2))
    (tmp_path / "server.js").write_text("require('express')().listen(process.env.PORT || 3000)\n")
    run(["init", str(tmp_path), "--yes", "--compose"])
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_a_line_names_rule_source_and_evidence(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["explain", "Dockerfile:3", "--path", str(shop)]) == 0
    out = said(capsys)
    assert out.startswith("Dockerfile:3  FROM node:22-")
    assert "github.com/docker-library/official-images  [spelled-tag]" in out
    assert "    runtime.version = 22\n      package.json:4 (engines.node is 22)\n" in out
    assert "genfile init --set runtime.version=" in out


def test_a_field_lists_the_signals_in_order(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / ".nvmrc").write_text("20\n")
    capsys.readouterr()
    assert run(["explain", "runtime.version", "--path", str(shop)]) == 0
    out = said(capsys)
    assert "runtime.version = 20\n  .nvmrc:1" in out
    assert out.index(".nvmrc:1") < out.index("taken")
    assert "disagrees" in out
    assert run(["explain", "port", "--path", str(shop), "--json"]) == 0
    (field,) = json.loads(said(capsys))["fields"]
    assert field["value"] == 3000
    assert field["evidence"][0]["path"] == "server.js"
    assert any(item["answer"] is None for item in field["signals"])


def test_an_edited_line_is_the_users(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dockerfile = shop / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text().replace("EXPOSE 3000\n", "EXPOSE 3000\nLABEL team=shop\n"))
    number = dockerfile.read_text().splitlines().index("LABEL team=shop") + 1
    capsys.readouterr()
    assert run(["explain", f"Dockerfile:{number}", "--path", str(shop)]) == 0
    assert "Yours: genfile did not write this line" in said(capsys)
    assert run(["explain", f"Dockerfile:{number + 1}", "--path", str(shop), "--json"]) == 0
    (line,) = json.loads(said(capsys))["lines"]
    assert not line["yours"]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("prot", "did you mean port?"),
        ("Dockerfile:999", "has"),
        ("Dockerfile:x", "the line must be 1"),
        ("other.txt:1", "genfile does not write other.txt here"),
    ],
)
def test_what_is_not_there(shop: Path, capsys: pytest.CaptureFixture[str], what: str, message: str) -> None:
    assert run(["explain", what, "--path", str(shop)]) == 2
    assert message in capsys.readouterr().err


def test_the_page_holds_every_file_and_escapes_what_it_shows(shop: Path, tmp_path: Path) -> None:
    (shop / "Dockerfile").write_text((shop / "Dockerfile").read_text() + "# <script>alert(1)</script>\n")
    target = tmp_path / "page.html"
    assert run(["explain", "--path", str(shop), "--html", str(target)]) == 0
    text = target.read_text()
    assert "<script>" not in text
    for name in ("Dockerfile", ".dockerignore", "compose.yaml"):
        assert f"<h2>{name}</h2>" in text


def test_heredocs_and_lists_are_told_by_what_they_belong_to() -> None:
    told = purposes("Dockerfile", ["COPY <<EOF /x", "RUN no", "EOF", "RUN a \\", "  b", "# c"])
    assert told[1] == told[2] != told[3]
    assert told[3] == told[4]
    compose = purposes("compose.yaml", ["services:", "  a:", "    tmpfs:", '      - "/tmp"'])
    assert compose[2] == compose[3]


def test_a_line_of_compose_names_the_fields_of_its_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = {"name": "shop", "scripts": {"start": "node server.js"}, "dependencies": {"express": "^4", "pg": "^8"}}
    (tmp_path / "package.json").write_text(json.dumps(package, indent=2))
    code = "new (require('pg').Pool)({ connectionString: process.env.DATABASE_URL })\n"
    (tmp_path / "server.js").write_text(code + "require('express')().listen(process.env.PORT || 3000)\n")
    run(["init", str(tmp_path), "--yes", "--compose"])
    lines = (tmp_path / "compose.yaml").read_text().splitlines()
    capsys.readouterr()

    def fields(start: str) -> list[str]:
        number = 1 + next(at for at, line in enumerate(lines) if line.startswith(start))
        assert run(["explain", f"compose.yaml:{number}", "--path", str(tmp_path), "--json"]) == 0
        (line,) = json.loads(said(capsys))["lines"]
        return [item["field"] for item in line["fields"]]

    assert fields("    ports:") == fields('      - "127.0.0.1:3000:3000"') == ["port"]
    assert "backing_services" in fields("      DATABASE_URL:")
    assert fields("  postgres:") == ["backing_services"]
    assert fields("services:") == fields("# docker") == []
