"""Programs that do their work and exit: what their specs say, and that `docker compose up` does not start them."""

import pytest

from genfile.preset.compose import render_compose
from genfile.preset.layout import plan_layout
from genfile.spec.base import plain
from tests.test_go_companions import MIGRATE, WORKER
from tests.test_traps import FASTAPI, GO_MOD, GO_SERVER, inspect, only, package

CRAWLER = """import requests
def main():
    for page in range(3):
        print(len(requests.get(f"https://example.com/{page}").text))
if __name__ == "__main__":
    main()
"""
PYTHON = {"requirements.txt": "requests==2.32.3\n", "crawl.py": CRAWLER}
PYTHON["Dockerfile"] = 'FROM python:3.14\nCOPY . .\nCMD ["python", "crawl.py"]\n'
GO = {"go.mod": GO_MOD, "main.go": MIGRATE, "Dockerfile": 'FROM golang:1.26\nCOPY . .\nCMD ["/app"]\n'}
WRITES = "const fs = require('fs'); fs.writeFileSync('out.json', fs.readFileSync('in.csv', 'utf8'))\n"
NODE = {"package.json": package(scripts={"start": "node index.js"}), "index.js": WRITES}
NODE["Dockerfile"] = 'FROM node:24\nCOPY . .\nCMD ["node", "index.js"]\n'
API = {"requirements.txt": "fastapi==0.115.0\nuvicorn==0.30.6\n", "main.py": FASTAPI}


def compose(**tree: str) -> str:
    several = len(found := inspect(**tree).services) > 1
    return render_compose([(item.spec, plan_layout(plain(item.spec), several=several)) for item in found])


def within(folder: str, tree: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": text for name, text in tree.items()}


@pytest.mark.parametrize("tree", [PYTHON, GO, NODE], ids=["python", "go", "node"])
def test_a_program_that_ends_is_one_off(tree: dict[str, str]) -> None:
    assert only(**tree).one_off


@pytest.mark.parametrize("tree", [PYTHON, GO, NODE], ids=["python", "go", "node"])
def test_compose_up_starts_only_what_stays(tree: dict[str, str]) -> None:
    text = compose(**within("api", API), **within("job", tree))
    jobs = [part for part in text.split("\n  ") if part.startswith('  profiles: ["jobs"]')]
    assert len(jobs) == 1
    assert text.startswith("# docker compose up --build\n")
    assert "docker compose run --build --rm " in text


def test_a_file_with_nothing_but_jobs_says_how_they_are_run() -> None:
    text = compose(**PYTHON)
    assert "docker compose up" not in text
    assert "docker compose run --build --rm " in text


LOOP = CRAWLER.replace(
    "    for page in range(3):", "    import time\n    page = 0\n    while True:\n        time.sleep(60)"
)


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param(PYTHON | {"crawl.py": LOOP}, id="python that loops"),
        pytest.param(PYTHON | {"Procfile": "worker: python crawl.py\n"}, id="python in a Procfile"),
        pytest.param(GO | {"main.go": WORKER}, id="go that loops"),
        pytest.param(GO | {"main.go": GO_SERVER}, id="go that listens"),
        pytest.param(NODE | {"index.js": WRITES + "setInterval(() => {}, 1000)\n"}, id="node with a timer"),
        pytest.param(NODE | {"index.js": WRITES + "require('./' + process.env.MODULE)\n"}, id="node that loads more"),
        pytest.param(API, id="a server"),
    ],
)
def test_what_stays_or_may_stay_is_not_one_off(tree: dict[str, str]) -> None:
    services = inspect(**tree).services
    assert [item.spec.one_off for item in services] == [False]
    assert "jobs" not in compose(**tree)
