"""Files that stay true: what genfile.lock keeps, what `update` merges, what `check` says and why."""

import json
import re
from pathlib import Path

import pytest

from genfile.cli.app import run
from genfile.errors import UsageError
from genfile.project.written import read_written, write_written


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    package = {
        "name": "shop",
        "engines": {"node": "20"},
        "scripts": {"start": "node server.js"},
        "dependencies": {"express": "^4"},
    }
    (tmp_path / "package.json").write_text(json.dumps(package, indent=2) + "\n")
    (tmp_path / "server.js").write_text(
        "const express = require('express');\nconst app = express();\napp.listen(process.env.PORT || 3000);\n"
    )
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def out(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_what_init_wrote_is_current(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop), "--yes"]) == 0
    assert run(["check", str(shop)]) == 0
    assert "up to date" in out(capsys)


def test_a_changed_fact_is_named_with_both_places(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init", str(shop), "--yes"])
    change(shop / "package.json", '"20"', '"22"')
    capsys.readouterr()
    assert run(["check", str(shop)]) == 3
    said = out(capsys)
    assert re.search(r"Dockerfile:3 +runtime\.version changed from 20 to 22 \(package\.json:4 ", said)
    assert "Dockerfile:3 still says `FROM node:20-" in said
    assert run(["check", str(shop), "--json"]) == 3
    document = json.loads(out(capsys))
    assert document["current"] is False
    assert document["reasons"][0]["evidence"] == {"path": "package.json", "line": 4}


def test_annotations_and_sarif(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init", str(shop), "--yes"])
    change(shop / "package.json", '"20"', '"22"')
    capsys.readouterr()
    assert run(["check", str(shop), "--github"]) == 3
    assert out(capsys).startswith("::error file=Dockerfile,line=3,title=genfile out-of-date::runtime.version changed")
    assert run(["check", str(shop), "--sarif"]) == 3
    result = json.loads(out(capsys))["runs"][0]["results"][0]
    assert result["ruleId"] == "out-of-date"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3


def test_update_keeps_what_was_edited_by_hand(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init", str(shop), "--yes"])
    change(shop / "Dockerfile", "EXPOSE 3000\n", "EXPOSE 3000\nLABEL team=shop\n")
    assert run(["check", str(shop)]) == 0
    change(shop / "package.json", '"20"', '"22"')
    assert run(["update", str(shop)]) == 0
    text = (shop / "Dockerfile").read_text()
    assert "FROM node:22-" in text
    assert "LABEL team=shop" in text
    capsys.readouterr()
    assert run(["update", str(shop)]) == 0
    assert out(capsys) == "up to date\n"


def test_lines_that_both_changed_are_marked_and_wait(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init", str(shop), "--yes"])
    change(shop / "Dockerfile", "FROM node:20-trixie-slim", "FROM node:20.9-trixie-slim")
    change(shop / "package.json", '"20"', '"22"')
    assert run(["update", str(shop)]) == 3
    text = (shop / "Dockerfile").read_text()
    assert "<<<<<<< yours\nFROM node:20.9-trixie-slim AS base\n" in text
    assert run(["update", str(shop)]) == 3
    assert "an earlier update left conflicts in Dockerfile" in capsys.readouterr().err
    assert run(["check", str(shop)]) == 3


@pytest.mark.parametrize(("side", "kept"), [("--ours", "20.9"), ("--theirs", "22")])
def test_a_side_for_one_file(shop: Path, side: str, kept: str) -> None:
    run(["init", str(shop), "--yes"])
    change(shop / "Dockerfile", "FROM node:20-trixie-slim", "FROM node:20.9-trixie-slim")
    change(shop / "package.json", '"20"', '"22"')
    assert run(["update", str(shop), side, "Dockerfile"]) == 0
    assert f"FROM node:{kept}-trixie-slim" in (shop / "Dockerfile").read_text()


def test_what_the_command_line_said_holds(shop: Path) -> None:
    run(["init", str(shop), "--yes", "--set", "port=9000", "--comments", "teach", "--compose"])
    assert run(["check", str(shop)]) == 0
    change(shop / "package.json", '"20"', '"22"')
    assert run(["update", str(shop)]) == 0
    text = (shop / "Dockerfile").read_text()
    assert "EXPOSE 9000" in text
    assert "# A numeric user" in text
    assert (shop / "compose.yaml").exists()
    (shop / "genfile.toml").write_text('[set]\nport = "9001"\n')
    assert run(["update", str(shop)]) == 0
    assert "EXPOSE 9001" in (shop / "Dockerfile").read_text()


def test_untouched_files_are_replaced_by_a_second_init(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init", str(shop), "--yes"])
    change(shop / "package.json", '"20"', '"22"')
    assert run(["init", str(shop), "--yes"]) == 0
    change(shop / "Dockerfile", "EXPOSE 3000", "EXPOSE 3001")
    change(shop / "package.json", '"22"', '"24"')
    assert run(["init", str(shop), "--yes"]) == 3
    assert "Dockerfile would be replaced" in capsys.readouterr().err


def test_a_lost_lock_falls_back_to_two_sides(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init", str(shop), "--yes"])
    (shop / "genfile.lock").unlink()
    capsys.readouterr()
    assert run(["update", str(shop)]) == 0
    assert "genfile.lock has no record of these files" in capsys.readouterr().err
    assert run(["check", str(shop)]) == 0


def test_a_dockerfile_written_by_hand_is_left_alone(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "Dockerfile").write_text("FROM node:20\nCOPY . .\nCMD node server.js\n")
    assert run(["update", str(shop)]) == 2
    assert "genfile did not write Dockerfile" in capsys.readouterr().err


def test_what_genfile_wrote_is_no_evidence(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["inspect", str(shop), "--json"])
    before = out(capsys)
    run(["init", str(shop), "--yes", "--compose"])
    capsys.readouterr()
    run(["inspect", str(shop), "--json"])
    assert out(capsys) == before
    # Edited beyond the shape that genfile gives its files, it still is genfile's: the lock says so.
    change(shop / "Dockerfile", "# syntax=docker/dockerfile:1\n", "")
    change(shop / "Dockerfile", "EXPOSE 3000", "EXPOSE 7000")
    change(shop / "Dockerfile", "PORT=3000", "PORT=7000")
    change(shop / "server.js", "process.env.PORT || 3000", "process.env.PORT")
    run(["inspect", str(shop), "--json"])
    assert "7000" not in out(capsys)


@pytest.mark.parametrize(
    "text",
    [
        "containers = 1",
        "[containers]\ngenfile = 1",
        "[containers]\nservices = 1",
        '[containers.services."."]\nspec = "x"',
        "[containers]\nfiles = []",
        '[containers.files]\n"../x" = "c-jL100001"',
        "[containers.settings]\nport = 1",
    ],
)
def test_a_damaged_record_says_where(text: str) -> None:
    with pytest.raises(UsageError, match=r"^genfile\.lock: containers") as caught:
        read_written(f"version = 1\n{text}\n")
    assert "\n" not in caught.value.message


def test_the_record_survives_being_written(shop: Path) -> None:
    run(["init", str(shop), "--yes", "--set", "port=9000"])
    text = (shop / "genfile.lock").read_text()
    written = read_written(text)
    assert written is not None
    assert write_written(text, written) == text
    assert written.given.settings == {"port": "9000"}
    assert written.files["Dockerfile"] == (shop / "Dockerfile").read_bytes()


def test_what_a_replaced_dockerfile_said_still_holds(shop: Path) -> None:
    change(shop / "server.js", "process.env.PORT || 3000", "process.env.PORT")
    (shop / "Dockerfile").write_text(
        "FROM node:20\nRUN apt-get update && apt-get install -y ffmpeg\nCOPY . .\nEXPOSE 7000\nCMD node server.js\n"
    )
    assert run(["init", str(shop), "--yes", "--force"]) == 0
    text = (shop / "Dockerfile").read_text()
    assert "EXPOSE 7000" in text
    assert "ffmpeg" in text
    assert run(["check", str(shop)]) == 0
    assert run(["update", str(shop)]) == 0
    assert (shop / "Dockerfile").read_text() == text


def test_presets_and_container_files_share_the_lock(shop: Path) -> None:
    run(["init", str(shop), "--yes"])
    run(["presets", "new", "own", str(shop / "presets/own")])
    before = (shop / "genfile.lock").read_text()
    assert run(["presets", "add", "own", str(shop / "presets/own"), "--path", str(shop)]) == 0
    text = (shop / "genfile.lock").read_text()
    assert text.startswith(before.rstrip("\n"))
    assert "[presets.own]" in text
    assert run(["update", str(shop), "--preset", "own"]) == 0
    assert "[presets.own]" in (shop / "genfile.lock").read_text()
    assert run(["check", str(shop)]) == 0
    assert run(["presets", "update", "own", "--path", str(shop)]) == 0
    assert run(["check", str(shop)]) == 0
