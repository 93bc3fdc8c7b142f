"""What a Python service keeps of the project's own container files: options of Celery, packages, paths."""

from typing import Any

import yaml

import genfile

DOCKERFILE = "FROM python:3.12-slim\nWORKDIR /app\n{}COPY . .\nRUN pip install -r requirements.txt\nCMD {}\n"
SERVE = '["uvicorn", "main:app"]'
TREE = {
    "requirements.txt": "fastapi\nuvicorn\ncelery\n",
    "main.py": "from tasks import work\nfrom fastapi import FastAPI\napp = FastAPI()\n",
    "tasks.py": 'from celery import Celery\nqueue = Celery("tasks")\n@queue.task\ndef work(): ...\n',
    "Dockerfile": DOCKERFILE.format("", SERVE),
}
MADE = ["celery", "--app", "tasks", "worker"]


def spec(files: dict[str, str]) -> Any:
    return genfile.inspect(TREE | files).services[0].spec


def worker(files: dict[str, str]) -> list[str]:
    return list(spec(files).processes["worker"])


def of_dockerfile(command: str) -> dict[str, str]:
    return {"Dockerfile.worker": DOCKERFILE.format("", command)}


def of_compose(**commands: str) -> dict[str, str]:
    services: dict[str, Any] = {"web": {"build": ".", "ports": ["8000:8000"]}}
    services |= {name: {"build": ".", "command": text} for name, text in commands.items()}
    return {"compose.yml": yaml.safe_dump({"services": services})}


def test_a_workers_queues_and_options_are_kept() -> None:
    command = '["celery", "-A", "tasks", "worker", "--loglevel=INFO", "--queues=default,mail", "-c", "2"]'
    expected = [*MADE, "--loglevel=INFO", "--queues=default,mail", "-c", "2"]
    assert worker(of_dockerfile(command)) == expected
    assert worker(of_compose(jobs="celery -A tasks worker --loglevel=INFO --queues=default,mail -c 2")) == expected


def test_what_is_of_another_image_or_says_nothing_is_not() -> None:
    assert worker({}) == [*MADE, "--loglevel=info"]
    assert worker(of_compose(jobs="celery -A tasks worker")) == [*MADE, "--loglevel=info"]
    text = "celery -A tasks worker -Q mail --detach --pidfile=/run/w.pid --uid app"
    assert worker(of_compose(jobs=text)) == [*MADE, "--loglevel=info", "-Q", "mail"]


def test_workers_of_other_queues_are_processes_of_their_own() -> None:
    one, other = "celery -A tasks worker -Q fast", "celery -A tasks worker -Q slow"
    found = spec(of_compose(quick=one, bulk=other, again=one)).processes
    assert sorted(words[words.index("-Q") + 1] for words in found.values()) == ["fast", "slow"]


def test_packages_that_nothing_else_tells_are_kept() -> None:
    names = "tesseract-ocr tesseract-ocr-jpn libgomp1 gcc curl libpq-dev fonts-noto-cjk"
    apt = f"RUN apt-get update && apt-get install -y {names}\n"
    found = spec({"Dockerfile": DOCKERFILE.format(apt, SERVE)}).system_packages
    assert found.run == ("fonts-noto-cjk", "libgomp1", "tesseract-ocr", "tesseract-ocr-jpn")
    assert found.build == ()


def test_packages_of_another_stage_or_distribution_are_not() -> None:
    apt = "FROM python:3.12-slim AS build\nRUN apt-get update && apt-get install -y libgomp1\n"
    assert spec({"Dockerfile": apt + DOCKERFILE.format("", SERVE)}).system_packages.run == ()
    apk = DOCKERFILE.format("RUN apk add --no-cache libgomp1 fonts-x\n", SERVE)
    assert spec({"Dockerfile": apk}).system_packages.run == ()


INI = "[alembic]\nscript_location = migrations\n"
ALEMBIC = {
    "requirements.txt": "fastapi\nuvicorn\nalembic\nsqlalchemy\n",
    "main.py": "from shop.models import Base\nfrom fastapi import FastAPI\napp = FastAPI()\n",
    "shop/__init__.py": "",
    "shop/models.py": "class Base: ...\n",
    "tasks.py": "",
    "alembic.ini": INI,
    "migrations/env.py": "from alembic import context\nfrom shop.models import Base\n",
    "migrations/versions/a.py": "revision = 'a'\n",
}


def test_alembic_finds_the_project() -> None:
    assert spec(ALEMBIC).python_path == "."


def test_alembic_that_finds_it_by_itself_needs_no_path() -> None:
    assert spec(ALEMBIC | {"alembic.ini": f"{INI}prepend_sys_path = .\n"}).python_path is None
    added = "import sys\nsys.path.append('.')\nfrom shop.models import Base\n"
    assert spec(ALEMBIC | {"migrations/env.py": added}).python_path is None
    assert spec(ALEMBIC | {"migrations/env.py": "from alembic import context\n"}).python_path is None
