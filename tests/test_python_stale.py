"""Lockfiles of uv that do not belong to their pyproject.toml any more."""

import pytest

from tests.test_traps import inspect, only

APP = "from flask import Flask\napp = Flask(__name__)\n"
PROJECT = (
    '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["flask>=3", "gunicorn"]\n'
)
LISTED = '{ name = "flask", specifier = ">=3" },\n{ name = "gunicorn" },\n'


def lock(listed: str = LISTED, python: str = ">=3.11") -> str:
    flask = '[[package]]\nname = "flask"\nversion = "3.1.0"\nsource = { registry = "https://pypi.org/simple" }\n'
    own = '[[package]]\nname = "shop"\nversion = "1"\nsource = { virtual = "." }\n'
    return f'version = 1\nrequires-python = "{python}"\n{flask}{own}[package.metadata]\nrequires-dist = [\n{listed}]\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (lock(python=">=3.12"), "it is for Python >=3.12, but pyproject.toml says >=3.11"),
        (lock('{ name = "flask", specifier = ">=3" },\n'), "it does not list gunicorn, which pyproject.toml requires"),
        (lock(LISTED + '{ name = "celery" },\n'), "it lists celery, which pyproject.toml does not require"),
        (lock(LISTED.replace(">=3", ">=2")), "it is for flask >=2, but pyproject.toml says >=3"),
    ],
    ids=["python", "missing", "extra", "range"],
)
def test_a_stale_lockfile_is_named_and_left_out(text: str, says: str) -> None:
    [service] = inspect(**{"pyproject.toml": PROJECT, "uv.lock": text, "app.py": APP}).services
    assert "/package_manager/lockfile" not in service.facts
    assert any(note.text.startswith(f"uv.lock is stale: {says}, so `uv sync --locked`") for note in service.notes)


@pytest.mark.parametrize(
    "text",
    [
        lock(),
        lock(python="==3.11.*"),
        lock(LISTED.replace(">=3", ">=3.0.0")),
        lock(LISTED + '{ name = "celery", marker = "extra == \'jobs\'" },\n'),
        lock('{ name = "flask", git = "https://example.com/flask" },\n{ name = "gunicorn" },\n'),
    ],
    ids=["same", "first-release", "zeros", "extra", "elsewhere"],
)
def test_a_lockfile_that_says_the_same_otherwise_is_used(text: str) -> None:
    assert only(**{"pyproject.toml": PROJECT, "uv.lock": text, "app.py": APP}).package_manager.lockfile == "uv.lock"


def test_what_bounds_python_is_in_the_lockfile() -> None:
    wheel = 'wheels = [{ url = "https://example.com/flask-3.1.0-cp312-cp312-manylinux_2_17_x86_64.whl" }]\n'
    text = lock().replace('[[package]]\nname = "shop"', f'{wheel}[[package]]\nname = "shop"')
    [service] = inspect(**{"pyproject.toml": PROJECT, "uv.lock": text, "app.py": APP}).services
    assert service.facts["/runtime/version"].value == "3.12"
    assert service.facts["/runtime/version"].evidence[0].path == "uv.lock"


@pytest.mark.parametrize(("module", "version"), [("python-3.12", "3.12"), ("python-9.1", "3.14"), ("bash", "3.14")])
def test_the_python_of_replit(module: str, version: str) -> None:
    files = {"requirements.txt": "flask\n", "app.py": APP, ".replit": f'modules = ["{module}"]\n'}
    assert only(**files).runtime.version == version
