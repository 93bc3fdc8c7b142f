"""A library in a folder beside the service that its manifest takes a dependency from: with a lockfile and without."""

import re

import pytest

import genfile

LOCKED = """[[package]]
name = "fastapi"
version = "0.115.0"
[[package]]
name = "shared"
version = "0.1.0"
[package.dependencies]
requests = "^2"
[package.source]
type = "directory"
url = "../shared"
[metadata]
lock-version = "2.0"
"""
POETRY = '[tool.poetry]\nname = "{0}"\nversion = "1"\n[tool.poetry.dependencies]\npython = "^3.12"\n{1}'
FILES = {
    "api/pyproject.toml": POETRY.format(
        "api", 'fastapi = "^0.115"\nuvicorn = "^0.30"\nshared = {path = "../shared"}\n'
    ),
    "api/api/__init__.py": "",
    "api/api/main.py": "from fastapi import FastAPI\nimport shared\napp = FastAPI()\n",
    "shared/pyproject.toml": POETRY.format("shared", 'requests = "^2"\n'),
    "shared/shared/__init__.py": "",
}
UV = """[project]
name = "{0}"
version = "1"
requires-python = ">=3.12"
dependencies = [{1}]
[tool.uv.sources]
shared = {{ path = "../shared" }}
"""


def dockerfile(files: dict[str, str]) -> str:
    made = genfile.generate(files).files
    return next(text for path, text in made.items() if path.endswith("Dockerfile"))


def stage(text: str, name: str) -> str:
    return next((part for part in text.split("\nFROM ") if f" AS {name}\n" in part), "")


def test_a_locked_library_beside_the_service_is_installed_from_its_folder() -> None:
    text = dockerfile({**FILES, "api/poetry.lock": LOCKED})
    assert "COPY api /app/api\nCOPY shared /app/shared\nRUN" in stage(text, "build")
    assert "--prefix /opt/package ../shared\n" in stage(text, "build")
    assert "--no-directory" in stage(text, "deps")
    # It is installed, so the program needs no sources of it.
    assert "shared" not in stage(text, "runtime")


def test_without_a_lockfile_poetry_finds_the_library_and_installs_it() -> None:
    stale = LOCKED + 'content-hash = "x"\n'
    for more in ({}, {"api/poetry.lock": stale}):
        text = dockerfile({**FILES, **more})
        assert "COPY shared /app/shared\nRUN" in stage(text, "deps")
        assert "--no-directory" not in text
        # It may be installed as a link to its folder.
        assert "COPY --link shared /app/shared" in stage(text, "runtime")


def test_a_library_that_another_one_needs() -> None:
    more = {
        "shared/pyproject.toml": POETRY.format("shared", 'kit = {path = "../kit"}\n'),
        "kit/pyproject.toml": POETRY.format("kit", 'shared = {path = "../shared"}\n'),
    }
    assert "COPY shared /app/shared\nCOPY kit /app/kit\nRUN" in stage(dockerfile({**FILES, **more}), "deps")


@pytest.mark.parametrize(
    "entry",
    [
        '{path = "../shared", optional = true}',
        '{path = "../gone"}',
        '{path = "../../shared"}',
    ],
)
def test_what_is_not_installed_from_a_folder(entry: str) -> None:
    text = FILES["api/pyproject.toml"].replace('{path = "../shared"}', entry)
    made = dockerfile({**FILES, "api/pyproject.toml": text})
    assert "COPY shared" not in made
    assert "--no-directory" in made


def test_uv_finds_the_library_without_a_lockfile() -> None:
    files = {**FILES, "api/pyproject.toml": UV.format("api", '"fastapi", "uvicorn", "shared"')}
    text = dockerfile({**files, "shared/pyproject.toml": UV.format("shared", "").partition("[tool")[0]})
    assert re.search(
        r"COPY shared /app/shared\nRUN [^\n]*\\\n.*\n +uv sync --no-install-project\n", stage(text, "deps")
    )
