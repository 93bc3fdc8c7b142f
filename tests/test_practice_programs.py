"""What `genfile lint` says of programs that a step calls, and of programs that an image has."""

from pathlib import Path

import pytest

from tests.test_practice import found
from tests.test_practice_weight import PYTHON, SERVED


def _with(lines: str) -> str:
    return SERVED.replace("COPY . .", f"{lines}\nCOPY . .")


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ('RUN echo "$(git describe --tags)" > version', True),
        ('RUN apt-get update && apt-get install -y git\nRUN echo "$(git describe --tags)" > version', False),
        ('RUN echo "$(date +%s)" > version', False),
        ("RUN git clone --branch v1 https://example.org/a.git /a", True),
        ("RUN curl -o /a https://example.org/a", True),
        ("RUN unzip a.zip", True),
        ("RUN git describe || true", False),
        ("RUN if command -v git; then git describe; fi", False),
        ("RUN ./tools.sh && git describe", False),
        ("RUN ./tools.sh\nRUN git describe", False),
        ("COPY --from=example.org/tools:1 /bin/git /bin/\nRUN git describe", False),
        ("RUN apt-get update && apt-get install -y vim-tiny\nRUN vim --version", False),
        ('RUN echo "then git pull"', False),
    ],
)
def test_programs_that_a_stage_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: str, wrong: bool
) -> None:
    said = found(tmp_path, capsys, _with(lines), PYTHON)
    assert ("program-missing" in said) is wrong


def test_whole_images_have_tools(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = _with("RUN git clone --branch v1 https://example.org/a.git /a").replace("-slim", "")
    assert "program-missing" not in found(tmp_path, capsys, text, PYTHON)


@pytest.mark.parametrize(
    ("packages", "others", "wrong"),
    [
        ("vim nano", {}, True),
        ("curl", {}, True),
        ("curl", {"compose.yaml": "services:\n  web:\n    healthcheck:\n      test: curl -f localhost\n"}, False),
        ("curl", {"start.sh": "curl -f localhost\n"}, False),
        ("curl", {"README.md": "Try `curl localhost:8000`.\n"}, True),
        ("git", {"tools.py": "import subprocess\nsubprocess.run(['git', 'status'])\n"}, False),
        ("git", {"requirements.txt": "flask==3.1.2\na @ git+https://example.org/a@v1\n"}, False),
        ("libpq5", {}, False),
        ("procps", {}, False),
    ],
)
def test_programs_that_nothing_calls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], packages: str, others: dict[str, str], wrong: bool
) -> None:
    text = _with(f"RUN apt-get update && apt-get install -y {packages}")
    said = found(tmp_path, capsys, text, PYTHON, others)
    assert said.get("program-unused") == (5 if wrong else None)


@pytest.mark.parametrize(
    "lines",
    [
        "RUN apt-get update && apt-get install -y curl\nHEALTHCHECK CMD curl -f http://localhost:8000",
        "RUN apt-get update && apt-get install -y curl && curl -o /a https://example.org/1.0/a",
        "RUN apt-get update && apt-get install -y curl && apt-get purge -y curl",
    ],
)
def test_programs_that_the_dockerfile_calls(tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: str) -> None:
    assert "program-unused" not in found(tmp_path, capsys, _with(lines), PYTHON)


@pytest.mark.parametrize(("package", "wrong"), [("vim", True), ("git", False)])
def test_images_without_a_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], package: str, wrong: bool
) -> None:
    text = f'FROM debian:13\nRUN apt-get update && apt-get install -y {package}\nCMD ["/tools/run"]\n'
    assert ("program-unused" in found(tmp_path, capsys, text, {"notes.txt": "-"})) is wrong
