"""What `genfile lint` says of servers that only their own container reaches."""

from pathlib import Path

import pytest

from tests.test_practice import found
from tests.test_practice_weight import PYTHON, SERVED

START = SERVED.rpartition("CMD")[0]


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("uvicorn app:app --port 8000", True),
        ("uvicorn app:app --host 0.0.0.0", False),
        ("uvicorn app:app --uds /run/a.sock", False),
        ("gunicorn app:app", False),
        ("gunicorn -b :8000 app:app", False),
        ("gunicorn -b0.0.0.0:8000 app:app", False),
        ("flask run", True),
        ("flask run --host=0.0.0.0", False),
        ("python manage.py runserver", True),
        ("python manage.py runserver 8000", True),
        ("python manage.py runserver 0.0.0.0:8000", False),
        ("python manage.py runserver 0:8000", False),
        ("celery -A app worker", False),
    ],
)
def test_a_server_on_the_loopback_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, wrong: bool
) -> None:
    said = found(tmp_path, capsys, f"{START}CMD {command}\n", {**PYTHON, "manage.py": "import django\n"})
    assert said.get("only-local") == (8 if wrong else None)


@pytest.mark.parametrize(
    ("env", "files"),
    [("ENV UVICORN_HOST=0.0.0.0\n", {}), ("", {"gunicorn.conf.py": "bind = '0.0.0.0:8000'\n"})],
)
def test_an_address_from_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], env: str, files: dict[str, str]
) -> None:
    command = "uvicorn app:app" if env else "gunicorn app:app"
    assert "only-local" not in found(tmp_path, capsys, f"{START}{env}CMD {command}\n", PYTHON, files)


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        ("app.run(port=5000)", True),
        ("app.run(host='127.0.0.1')", True),
        ("app.run(host='0.0.0.0')", False),
        ("app.run(**options)", False),
        ("app.run('0.0.0.0', 5000)", False),
        ("other.run()", False),
    ],
)
def test_a_server_that_the_code_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], call: str, wrong: bool
) -> None:
    code = f"{PYTHON['app.py']}if __name__ == '__main__':\n    {call}\n"
    said = found(tmp_path, capsys, f"{START}CMD python app.py\n", {**PYTHON, "app.py": code})
    assert said.get("only-local") == (8 if wrong else None)
