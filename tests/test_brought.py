"""Programs that only the project's own image has, and that its code starts."""

import pytest

import genfile

CODE = "import subprocess\nfrom flask import Flask\napp = Flask(__name__)\nsubprocess.run(['{0}', '--version'])\n"
IMAGE = 'FROM node:24 AS pages\nRUN echo\nFROM python:3.13\n{0}\nCOPY . .\nCMD ["gunicorn", "app:app"]\n'


def told(line: str, started: str = "stockfish") -> list[str]:
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": CODE.format(started), "Dockerfile": IMAGE.format(line)}
    (service,) = genfile.inspect(files).services
    return [note.text for note in service.notes if "which app.py:4 starts" in note.text]


@pytest.mark.parametrize(
    "line",
    [
        "RUN curl -fsSL https://example.com/s > /usr/local/bin/stockfish && chmod +x /usr/local/bin/stockfish",
        "RUN wget -O /usr/bin/stockfish https://example.com/s",
        "RUN curl -LO https://example.com/s.tgz && tar -xf s.tgz && mv s/stockfish /usr/local/bin/stockfish",
        "COPY --from=example/chess:17 /opt/stockfish /usr/local/bin/",
        "COPY --from=example/chess:17 /opt/s /usr/local/bin/stockfish",
    ],
)
def test_a_program_that_the_code_starts_is_told_of(line: str) -> None:
    (text,) = told(line)
    assert text.startswith("Dockerfile:4 brings stockfish, which app.py:4 starts; this image does not have it")
    # What nothing starts is a tool of the build.
    assert told(line, "flask") == []


@pytest.mark.parametrize(
    "line",
    [
        "COPY --from=pages /usr/local/bin/stockfish /usr/local/bin/",
        "COPY stockfish /usr/local/bin/stockfish",
        "RUN curl -f https://example.com/ > /dev/null",
        "RUN apt-get install -y stockfish",
    ],
)
def test_what_the_project_makes_or_installs_is_no_such_program(line: str) -> None:
    assert told(line) == []
