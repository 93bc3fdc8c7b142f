"""What `genfile lint` says of what a build is given, of variables that nothing reads, and of hidden failures."""

import sqlite3
from pathlib import Path

import pytest

from tests.test_practice import found
from tests.test_practice_weight import PYTHON, SERVED

UV = {
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["flask"]\nGROUPS',
    "uv.lock": "version = 1\n",
    "main.py": "print(1)\n",
    ".dockerignore": ".git\n.env\n.venv\n",
}
STARTED = (
    "FROM python:3.14-slim\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/\nWORKDIR /app\n"
    "COPY pyproject.toml uv.lock ./\n"
    "RUN uv sync --locked --no-dev\nCOPY main.py .\nUSER 1000\nCMD COMMAND\n"
)
STAGES = (
    "FROM python:3.14 AS build\nWORKDIR /b\nBUILD\nCOPY . .\nRUN pip install --target /deps -r requirements.txt\n"
    "FROM python:3.14-slim\nWORKDIR /app\nCOPY --from=build /deps /deps\nFINAL\nCOPY app.py .\nEXPOSE 8000\nUSER 1000\n"
    'CMD ["python", "app.py"]\n'
)
FIXED = "from flask import Flask\napp = Flask(__name__)\napp.run(host='0.0.0.0', port=8000)\n"
READ = "import os\n" + FIXED.replace("8000", "int(os.environ.get('PORT', 8000))")


@pytest.mark.parametrize(
    ("build", "final", "line"),
    [
        ("ARG NPM_TOKEN", "", 3),
        ("", "ARG API_SECRET", 9),
        ("ARG NPM_TOKEN=none", "", None),
        ("", "ARG API_SECRET\nENV API_SECRET=$API_SECRET", None),
        ("ARG VERSION", "", None),
        ("ARG PUBLIC_KEY_URL", "", None),
    ],
)
def test_secrets_by_argument(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], build: str, final: str, line: int | None
) -> None:
    said = found(tmp_path, capsys, STAGES.replace("BUILD", build).replace("FINAL", final), PYTHON)
    assert said.get("secret-argument") == line


@pytest.mark.parametrize(
    ("build", "wrong"),
    [
        ("ARG SITE\nENV SITE=$SITE", True),
        ("ARG SITE\nENV SITE=${SITE}", True),
        ("ARG SITE=https://example.org\nENV SITE=$SITE", False),
        ("ARG OTHER\nENV OTHER=$OTHER", False),
    ],
)
def test_arguments_that_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str], build: str, wrong: bool) -> None:
    text = STAGES.replace("BUILD", build).replace("FINAL", "")
    said = found(tmp_path, capsys, text, PYTHON, {".env.production": "SITE=https://shop.example.org\n"})
    assert ("argument-empty" in said) is wrong


@pytest.mark.parametrize(
    ("build", "copied", "wrong"),
    [
        ("", "/b/.env", True),
        ("RUN cp .env.example .env", "/b/.env", False),
        ("", "/b/.env.example", False),
        ("", "/b/app.py", False),
    ],
)
def test_settings_of_one_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], build: str, copied: str, wrong: bool
) -> None:
    text = STAGES.replace("BUILD\nCOPY . .", f"COPY . .\n{build}").replace("FINAL", f"COPY --from=build {copied} .")
    said = found(tmp_path, capsys, text, {**PYTHON, ".dockerignore": ".git\n", ".gitignore": ".env\n"})
    assert ("checkout-builds" in said, "env-file-shipped" in said) == (wrong, wrong)


@pytest.mark.parametrize(("content", "wrong"), [(None, True), (b"\x00\x01cache", False), (b"notes", False)])
def test_databases_by_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, wrong: bool
) -> None:
    path = tmp_path / "shop.db"
    if content is None:
        with sqlite3.connect(path) as connection:
            connection.execute("create table a (b)")
        connection.close()
    else:
        path.write_bytes(content)
    assert ("data-shipped" in found(tmp_path, capsys, SERVED, PYTHON)) is wrong


@pytest.mark.parametrize(
    ("command", "groups", "wrong"),
    [
        ('["uv", "run", "main.py"]', '[dependency-groups]\ndev = ["pytest"]\n', True),
        ('["uv", "run", "--no-sync", "main.py"]', '[dependency-groups]\ndev = ["pytest"]\n', False),
        ('["uv", "run", "--no-dev", "main.py"]', '[dependency-groups]\ndev = ["pytest"]\n', False),
        ('["uv", "run", "main.py"]', "", False),
    ],
)
def test_development_at_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, groups: str, wrong: bool
) -> None:
    files = {**UV, "pyproject.toml": UV["pyproject.toml"].replace("GROUPS", groups)}
    said = found(tmp_path, capsys, STARTED.replace("COMMAND", command), files)
    assert said.get("development-dependencies") == (8 if wrong else None)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("RUN apt-get update ; apt-get install -y libpq5", True),
        ("RUN set -e; apt-get update; apt-get install -y libpq5", False),
        ("RUN apt-get update && apt-get install -y libpq5", False),
        ("RUN apt-get update;", False),
    ],
)
def test_lists_that_were_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, wrong: bool) -> None:
    said = found(tmp_path, capsys, SERVED.replace("EXPOSE", f"{line}\nEXPOSE"), PYTHON)
    assert ("failure-hidden" in said) is wrong


@pytest.mark.parametrize(
    ("line", "wrong"),
    [("python seed.py || true", True), ("mkdir /data || true", False), ("python seed.py", False)],
)
def test_failures_hidden_at_start(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, wrong: bool) -> None:
    text = SERVED.replace('CMD ["gunicorn"', 'ENTRYPOINT ["sh", "start.sh"]\nCMD ["gunicorn"')
    said = found(tmp_path, capsys, text, {**PYTHON, "start.sh": f'#!/bin/sh\n{line}\nexec "$@"\n'})
    assert said.get("failure-hidden") == (8 if wrong else None)


@pytest.mark.parametrize(
    ("line", "code", "wrong"),
    [
        ("ENV PORT=8000", FIXED, True),
        ("ENV PORT=8000", READ, False),
        ("ENV DATABASE_URL=postgresql://db/app", FIXED, True),
        ("ENV DATABASE_URL=postgresql://db/app", f"class Settings:\n    database_url: str\n{FIXED}", False),
        ("ENV SITE=https://example.org", FIXED, False),
    ],
)
def test_variables_that_nothing_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, code: str, wrong: bool
) -> None:
    text = SERVED.replace("EXPOSE", f"{line}\nEXPOSE").partition("CMD")[0] + 'CMD ["python", "app.py"]\n'
    said = found(tmp_path, capsys, text, {**PYTHON, "app.py": code})
    assert ("variable-unread" in said) is wrong


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("'postgresql://localhost/app'", True),
        ("field.default('postgresql://localhost/app')", False),
        ("os.environ['DATABASE_URL']", False),
    ],
)
def test_addresses_in_code(tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str, wrong: bool) -> None:
    code = (
        f"import os\nimport psycopg\nfrom flask import Flask\napp = Flask(__name__)\ndb = psycopg.connect({address})\n"
    )
    files = {**PYTHON, "requirements.txt": "flask==3.1.2\ngunicorn==23.0.0\npsycopg[binary]==3.2.10\n", "app.py": code}
    assert ("address-of-itself" in found(tmp_path, capsys, SERVED, files)) is wrong
