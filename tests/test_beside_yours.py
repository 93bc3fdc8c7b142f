"""`genfile init` in a project that has container files of its own."""

import json
from pathlib import Path

import pytest

from genfile.cli.app import run

YOURS = "FROM node:22\nCOPY . .\nCMD node server.js\n"


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """Two services; the one at `web` has a Dockerfile that somebody wrote."""
    for name in ("api", "web"):
        folder = tmp_path / name
        folder.mkdir()
        manifest = {"name": name, "scripts": {"start": "node server.js"}, "dependencies": {"express": "^5"}}
        (folder / "package.json").write_text(json.dumps(manifest))
        (folder / "server.js").write_text("require('express')().listen(3000)\n")
    (tmp_path / "web" / "Dockerfile").write_text(YOURS)
    return tmp_path


def test_services_without_files_get_theirs(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(pair), "--yes"]) == 3
    printed = capsys.readouterr()
    said = " ".join(printed.err.split())
    assert (pair / "api" / "Dockerfile").read_text().startswith("# syntax=")
    assert (pair / "web" / "Dockerfile").read_text() == YOURS
    assert not (pair / "web" / "Dockerfile.dockerignore").exists()
    assert "-FROM node:22" not in printed.out
    assert f"warning: {pair}/web/Dockerfile: it is not genfile's, so web keeps it" in said
    assert "`genfile init --service web --force`" in said
    assert "web:dev" not in printed.out


def test_later_runs_are_for_the_services_that_were_written(pair: Path) -> None:
    assert run(["init", str(pair), "--yes"]) == 3
    assert run(["check", str(pair)]) == 0
    assert run(["update", str(pair)]) == 0
    assert (pair / "web" / "Dockerfile").read_text() == YOURS
    assert run(["init", str(pair), "--yes"]) == 0
    assert run(["init", str(pair), "--service", "web", "--force"]) == 0
    assert (pair / "web" / "Dockerfile").read_text().startswith("# syntax=")
    assert run(["check", str(pair)]) == 0


def test_compose_names_only_what_was_written(pair: Path) -> None:
    assert run(["init", str(pair), "--yes", "--compose"]) == 3
    assert "web" not in (pair / "compose.yaml").read_text()


def test_programs_see_what_stays(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(pair), "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    actions = {file["path"]: file["action"] for file in document["files"]}
    assert actions["api/Dockerfile"] == "create"
    assert actions["web/Dockerfile"] == "conflict"
    assert [service["path"] for service in document["services"]] == ["api"]
    assert any(note["path"] == "web/Dockerfile" for note in document["notes"])


def test_force_replaces_all(pair: Path) -> None:
    assert run(["init", str(pair), "--yes", "--force"]) == 0
    assert (pair / "web" / "Dockerfile").read_text().startswith("# syntax=")


def test_a_diff_is_printed_on_request(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(pair), "--diff"]) == 0
    assert "-FROM node:22" in capsys.readouterr().out
    assert run(["init", str(pair), "--yes", "--verbose"]) == 3
    assert "-FROM node:22" in capsys.readouterr().out


def test_an_edited_file_of_genfiles_stops_all(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pair / "web" / "Dockerfile").unlink()
    assert run(["init", str(pair), "--yes"]) == 0
    before = (pair / "genfile.lock").read_text()
    with (pair / "web" / "Dockerfile").open("a") as file:
        file.write("LABEL team=shop\n")
    (pair / "api" / "package.json").write_text((pair / "api" / "package.json").read_text().replace("^5", "^4"))
    assert run(["init", str(pair), "--yes", "--set", "port=9000"]) == 3
    assert "nothing was written: web/Dockerfile would be replaced" in capsys.readouterr().err
    assert (pair / "genfile.lock").read_text() == before


@pytest.mark.parametrize("name", ["compose.yaml", "docker-compose.yml"])
def test_no_compose_file_takes_the_place_of_yours(name: str, pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pair / "web" / "Dockerfile").unlink()
    (pair / name).write_text("services: {cache: {image: redis}}\n")
    assert run(["init", str(pair), "--yes", "--compose"]) == 3
    said = " ".join(capsys.readouterr().err.split())
    assert (pair / "api" / "Dockerfile").exists()
    assert (pair / name).read_text() == "services: {cache: {image: redis}}\n"
    assert name == "compose.yaml" or not (pair / "compose.yaml").exists()
    assert f"warning: {pair / name}: it is not genfile's" in said
    assert "genfile writes no compose.yaml" in said
    assert run(["check", str(pair)]) == 0
    assert run(["init", str(pair), "--yes", "--compose", "--force"]) == 0
    assert "api" in (pair / "compose.yaml").read_text()
    assert run(["init", str(pair), "--yes", "--compose"]) == 0


def test_update_leaves_your_compose_file_in_place(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pair / "web" / "Dockerfile").unlink()
    assert run(["init", str(pair), "--yes"]) == 0
    (pair / "docker-compose.yml").write_text("services: {cache: {image: redis}}\n")
    (pair / "genfile.toml").write_text("compose = true\n")
    for command in ("update", "check"):
        capsys.readouterr()
        assert run([command, str(pair)]) == 0
        assert "docker-compose.yml: it is not genfile's" in " ".join(capsys.readouterr().err.split())
        assert not (pair / "compose.yaml").exists()


def test_a_later_run_names_the_services_that_it_leaves_out(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(pair), "--yes"]) == 3
    capsys.readouterr()
    assert run(["init", str(pair), "--yes"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "not one of the services in genfile.lock" in said
    assert "`genfile init --service web`" in said
    assert run(["init", str(pair), "--yes", "--service", "api"]) == 0
    assert "not one of the services" not in capsys.readouterr().err
