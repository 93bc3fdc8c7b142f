"""What `genfile lint` says of secrets in code that the image carries, and of images that need a build argument."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from genfile.cli.app import run
from tests.test_practice import NODE, found
from tests.test_practice_weight import GO, PYTHON, SERVED, TWO_STAGES


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("ARG TAG\nFROM example.org/base:${TAG}\n", 2),
        ("ARG TAG=3\nFROM example.org/base:${TAG}\n", None),
        ("ARG TAG\nFROM example.org/base:${TAG:-3}\n", None),
        ("FROM example.org/base:3\n", None),
    ],
)
def test_a_base_that_only_an_argument_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str, line: int | None
) -> None:
    said = found(tmp_path, capsys, head + 'CMD ["serve"]\n', {"README.md": "none\n"})
    assert said.get("base-argument") == line
    assert "base-moving" not in said


@pytest.mark.parametrize(("command", "wrong"), [("crond -f -l 8", False), ("gunicorn -b :8000 app:app", True)])
def test_a_level_is_no_port(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, wrong: bool) -> None:
    said = found(tmp_path, capsys, f"FROM alpine:3.22\nCMD {command}\n", {"README.md": "none\n"})
    assert ("port-undeclared" in said) is wrong


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ('app.secret_key = "tulips-and-daisies"\n', "warning"),
        ('app.config["SECRET_KEY"] = "tulips-and-daisies"\n', "warning"),
        ('DATABASE = {"PASSWORD": "tulip7581"}\n', "warning"),
        ('connect(password="tulip7581")\n', "warning"),
        ('ADMIN_PASSWORD = os.getenv("ADMIN_PASSWORD", "tulips")\n', "hint"),
        ('API_KEY = "4f8a61c09d7e4b52"\n', "warning"),
        ('WRONG_PASSWORD = "wrong_password1"\n', None),
        ('TOKEN_URL = "/token"\nPASSWORD = "password"\nACCESS_TOKEN = "access_token"\n', None),
        ('API_KEY = "your-api-key-0123456789"\n', None),
        ('app.secret_key = os.environ["KEY"]\n', None),
        ('DB_PASSWORD = os.getenv("DB_PASSWORD", "postgres")\n', None),
    ],
)
def test_a_secret_in_python(tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, level: str | None) -> None:
    app = f"import os\n{PYTHON['app.py']}{code}"
    run(["lint", str(written(tmp_path, {**PYTHON, "app.py": app, "Dockerfile": SERVED})), "--json"])
    risks = json.loads(capsys.readouterr().out)["files"][0]["risks"]
    assert [risk["level"] for risk in risks if risk["id"] == "secret-in-code"] == ([level] if level else [])


def test_a_field_of_settings_with_a_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = (
        "from pydantic_settings import BaseSettings\n\n"
        "class Settings(BaseSettings):\n    SECRET_KEY: str = 'tulips'\n    DATABASE_NAME: str = 'shop'\n"
    )
    said = found(tmp_path, capsys, SERVED, PYTHON, {"config.py": code})
    assert said.get("secret-in-code") == 5
    said = found(tmp_path, capsys, SERVED.replace("COPY . .", "COPY app.py ."), PYTHON, {"config.py": code})
    assert "secret-in-code" not in said


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("app.use(session({ secret: 'tulips-and-daisies' }))", True),
        ("const jwtSecret = 'tulips-and-daisies'", True),
        ("const token = jwt.sign(user, 'tulips-and-daisies')", True),
        ("const key = process.env.COOKIE_SECRET || 'tulips'", True),
        ("const label = { password: 'Password', secret: 'secret' }", False),
        ("const secret = process.env.COOKIE_SECRET", False),
        ("cloud.config({ apiSecret: process.env.API_SECRET || 'your_api_secret' })", False),
        ("const key = { apiKey: 'AIzaSyD4f8a61c09d7e4b52' }", False),
        ("// const secret = 'tulips-and-daisies'", False),
    ],
)
def test_a_secret_in_javascript(tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, wrong: bool) -> None:
    text = "FROM node:22-slim\nWORKDIR /app\nCOPY server.js package.json ./\nUSER 1\nEXPOSE 3000\nCMD node server.js\n"
    said = found(tmp_path, capsys, text, NODE, {"server.js": NODE["server.js"] + code + "\n"})
    assert said.get("secret-in-code") == (3 if wrong else None)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ('var jwtKey = []byte("tulips-and-daisies")\n', True),
        ('var key = env("JWT_SECRET", "tulips")\n', True),
        ('const tokenHeader = "X-Auth-Token"\n', False),
        ('const errPassword = "password1"\n', False),
    ],
)
def test_a_secret_in_go(tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, wrong: bool) -> None:
    said = found(tmp_path, capsys, TWO_STAGES, GO, {"main.go": GO["main.go"] + code})
    assert said.get("secret-in-code") == (5 if wrong else None)
