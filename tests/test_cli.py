"""The command line as its users meet it: what is printed, what is written, which exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from genfile.cli.app import run
from tests.conftest import PROJECTS


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "package.json").write_text(
        '{"name": "shop", "scripts": {"start": "node server.js"}, "dependencies": {"express": "^5"}}'
    )
    (tmp_path / "server.js").write_text("require('express')().listen(3000)\n")
    return tmp_path


def test_init_writes_both_files_and_says_what_to_do_next(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop)]) == 0
    printed = capsys.readouterr()
    assert {path.name for path in shop.iterdir()} == {
        *("package.json", "server.js", "Dockerfile", ".dockerignore", "genfile.lock")
    }
    assert "shop  node 24, npm, express, port 3000" in printed.out
    assert "package.json:1" in printed.out
    assert printed.out.splitlines()[-1] == f"Next:  docker build -t shop:dev {shop}"
    assert "\x1b" not in printed.out


def test_init_twice_changes_nothing(shop: Path) -> None:
    assert run(["init", str(shop)]) == 0
    before = {path: path.stat().st_mtime_ns for path in shop.iterdir()}
    assert run(["init", str(shop)]) == 0
    assert {path: path.stat().st_mtime_ns for path in shop.iterdir()} == before


def test_a_file_of_the_users_is_kept(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3 without a diff; nothing is written, not even the file that is new."""
    (shop / "Dockerfile").write_text("FROM scratch\n")
    assert run(["init", str(shop), "--yes"]) == 3
    printed = capsys.readouterr()
    assert "-FROM scratch" not in printed.out
    assert "create" not in printed.out
    assert "Dockerfile would be replaced" in printed.err
    assert (shop / "Dockerfile").read_text() == "FROM scratch\n"
    assert not (shop / ".dockerignore").exists()


def test_force_replaces_it(shop: Path) -> None:
    (shop / "Dockerfile").write_text("FROM scratch\n")
    assert run(["init", str(shop), "--force"]) == 0
    assert (shop / "Dockerfile").read_text().startswith("# syntax=")


@pytest.mark.parametrize("flag", ["--dry-run", "--diff", "--stdout"])
def test_flags_that_write_nothing(shop: Path, flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop), flag]) == 0
    assert {path.name for path in shop.iterdir()} == {"package.json", "server.js"}
    assert "FROM node:24-trixie-slim AS base" in capsys.readouterr().out or flag == "--dry-run"


def test_stdout_is_the_dockerfile_and_nothing_else(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop), "--stdout"]) == 0
    printed = capsys.readouterr().out
    assert run(["init", str(shop)]) == 0
    assert (shop / "Dockerfile").read_text() == printed


def test_json_tells_what_was_done(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    assert document["files"] == [
        {"path": ".dockerignore", "action": "create"},
        {"path": "Dockerfile", "action": "create"},
        {"path": "genfile.lock", "action": "create"},
    ]
    assert document["services"] == [
        {
            "name": "shop",
            "path": ".",
            "dockerfile": "Dockerfile",
            "context": ".",
            "port": 3000,
            "build": ["docker", "build", "-f", "Dockerfile", "-t", "shop:dev", "."],
        }
    ]
    assert document["notes"][0]["level"] == "warning"


def test_errors_are_data_with_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path), "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["error"]["code"] == 4


def test_inspect_then_render_gives_the_bytes_of_init(shop: Path) -> None:
    def genfile(*words: str, stdin: bytes = b"") -> bytes:
        return subprocess.run(
            [sys.executable, "-m", "genfile", *words], input=stdin, capture_output=True, check=True
        ).stdout

    document = genfile("inspect", str(shop), "--json")
    assert genfile("render", "-", stdin=document) == genfile("init", str(shop), "--stdout")


def test_render_writes_a_whole_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(PROJECTS / "several-languages"), "--json"]) == 0
    (tmp_path / "spec.json").write_text(capsys.readouterr().out)
    out = tmp_path / "out"
    out.mkdir()
    assert run(["render", str(tmp_path / "spec.json"), "--output", str(out)]) == 0
    written = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert written == {f"{name}/Dockerfile{end}" for name in ("api", "web", "worker") for end in ("", ".dockerignore")}


def test_one_of_several_services(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(PROJECTS / "several-languages"), "--service", "api", "--stdout"]) == 0
    assert "FROM python:3.14-slim-trixie AS base" in capsys.readouterr().out
    assert run(["init", str(PROJECTS / "several-languages"), "--stdout"]) == 2
    assert run(["init", str(PROJECTS / "several-languages"), "--service", "nope", "--stdout"]) == 2


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ("port=8080", "EXPOSE 8080"),
        ("runtime.version=22", "FROM node:22-trixie-slim AS base"),
        ("start=node other.js --flag", 'CMD ["node", "other.js", "--flag"]'),
        ('start=["node", "a b.js"]', 'CMD ["node", "a b.js"]'),
        ("build=npm run x && npm run y", "RUN npm run x && npm run y"),
        ("image=registry.example/node:24-trixie", "FROM registry.example/node:24-trixie AS base"),
        ('health={"path": "/up"}', "/up"),
    ],
)
def test_set_reaches_the_dockerfile(shop: Path, setting: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop), "--stdout", "--set", setting]) == 0
    assert line in capsys.readouterr().out


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("prot=1", "did you mean port?"),
        ("port=x", "port"),
        ("port=70000", "port"),
        ("port", "KEY=VALUE"),
        ("image=not an image", "image"),
        ("healthcheck=maybe", "healthcheck"),
    ],
)
def test_set_refuses_what_does_not_fit(shop: Path, setting: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop), "--set", setting]) == 2
    assert says in capsys.readouterr().err
    assert not (shop / "Dockerfile").exists()


def test_comments_none_leaves_only_the_directive(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(shop), "--stdout", "--comments", "none"]) == 0
    comments = [line for line in capsys.readouterr().out.splitlines() if line.startswith("#")]
    assert comments == ["# syntax=docker/dockerfile:1"]


def test_comments_teach_gives_each_reason_once(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from genfile.preset.rules import rule

    assert run(["init", str(shop), "--stdout", "--comments", "teach"]) == 0
    assert capsys.readouterr().out.count(rule("init").why) == 1


def test_presets_and_schemas_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["presets", "list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "static",
        "node",
        "python",
        "go",
        "java",
    ]
    assert run(["presets", "show", "node"]) == 0
    assert "image (image)" in capsys.readouterr().out
    assert run(["presets", "show", "nope"]) == 2
    for name in ("spec", "preset", "config"):
        capsys.readouterr()
        assert run(["schema", name]) == 0
        assert json.loads(capsys.readouterr().out)["$schema"].startswith("https://json-schema.org/")


def test_every_option_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--help"]) == 0
    text = capsys.readouterr().out
    for option in (
        "--yes",
        "--dry-run",
        "--diff",
        "--stdout",
        "--preset",
        "--set",
        "--service",
        "--compose",
        "--comments",
        "--force",
        "--json",
    ):
        assert option in text


def test_wrong_usage_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--bogus"]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(("ignored", "told"), [("*\n!target/app.jar\n", True), ("*.log\n", False), (None, False)])
def test_an_ignore_file_that_keeps_the_sources_out_is_told(
    ignored: str | None, told: bool, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if ignored is not None:
        (shop / ".dockerignore").write_text(ignored)
    assert run(["init", str(shop), "--stdout"]) == 0
    said = capsys.readouterr()
    assert (f"warning: {shop / '.dockerignore'}: it leaves out " in said.err) is told
    assert said.out.startswith("# syntax=")


def test_what_only_the_compose_file_that_was_there_starts_is_told_of(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import shutil

    shop = tmp_path / "shop"
    shutil.copytree(PROJECTS / "python-django-pip", shop)
    theirs = {
        "web": {"build": "."},
        "db": {"image": "postgis/postgis:16-3.4"},
        "cache": {"image": "bitnami/redis:7"},
        "files": {"image": "quay.io/minio/minio@sha256:00"},
        "mail": {"image": "axllent/mailpit"},
    }
    (shop / "docker-compose.yml").write_text(json.dumps({"services": theirs}))
    assert run(["init", str(shop), "--compose", "--force", "--dry-run", "--json"]) == 0
    notes = [note["text"] for note in json.loads(capsys.readouterr().out)["notes"]]
    assert [text for text in notes if "also starts" in text] == [
        "it also starts files, mail, which compose.yaml leaves out"
    ]


def test_the_compose_files_that_were_there_are_told_of(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    import shutil

    shop = tmp_path / "shop"
    shutil.copytree(PROJECTS / "python-django-pip", shop)
    for name in ("docker-compose.yml", "docker-compose.yaml", "docker-compose.override.yml"):
        (shop / name).write_text("services: {}\n")
    told = [
        f"{shop / 'docker-compose.yml'}: compose.yaml takes precedence over it from now on",
        f"{shop / 'docker-compose.override.yml'}: docker compose merges it into compose.yaml",
    ]
    assert run(["init", str(shop)]) == 0
    assert not any(text in capsys.readouterr().err for text in told)
    assert run(["init", str(shop), "--compose", "--force", "--dry-run", "--json"]) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    paths = [note["path"] for note in notes if "compose.yaml" in note["text"]]
    assert paths == ["docker-compose.yml", "docker-compose.override.yml"]
    assert run(["init", str(shop), "--compose", "--force"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert all(text in said for text in told)
    assert str(shop / "docker-compose.yaml") not in said
    # Only when it is new.
    assert run(["init", str(shop), "--compose", "--force"]) == 0
    assert "takes precedence" not in capsys.readouterr().err


def test_compose_is_valid_and_hardened(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    import shutil

    import yaml

    shutil.copytree(PROJECTS / "python-django-pip", tmp_path / "shop")
    with (tmp_path / "shop" / "config" / "settings.py").open("a") as settings:
        settings.write("\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\n")
    assert run(["init", str(tmp_path / "shop"), "--compose"]) == 0
    document = yaml.safe_load((tmp_path / "shop" / "compose.yaml").read_text())
    web = document["services"]["shop"]
    assert web["read_only"] is True
    assert web["cap_drop"] == ["ALL"]
    assert set(document["services"]) == {
        "shop",
        "shop-worker",
        "shop-release",
        "postgres",
        "redis",
    }
    assert web["depends_on"] == {
        "postgres": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
        "shop-release": {"condition": "service_completed_successfully"},
    }
    assert web["environment"]["SECRET_KEY"] == "${SECRET_KEY:?set SECRET_KEY in .env, a secret of your own}"
