"""Other programs of one image that the project's own files run in production become its processes."""

import json
from typing import Any

import pytest
import yaml

import genfile
from tests.test_traps import EXPRESS, LISTEN, only, package

PYTHON = {
    "requirements.txt": "flask\ngunicorn\n",
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    "sync.py": "import time\nwhile True:\n    time.sleep(60)\n",
}
NODE = {
    "package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js", "sync": "node sync.js"}),
    "server.js": LISTEN,
    "sync.js": "setInterval(() => console.log('sync'), 1000)\n",
}
DOCKERFILE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD gunicorn app:app\n"


def compose(**services: Any) -> str:
    web = {"build": ".", "ports": ["8000:8000"]}
    return json.dumps({"services": {"web": web, **services}}, indent=1)


def manifest(name: str, image: str = "shop", **container: Any) -> dict[str, Any]:
    body = {"name": name, "image": f"registry.example/{image}:1", **container}
    return {"kind": "Deployment", "metadata": {"name": name}, "spec": {"template": {"spec": {"containers": [body]}}}}


def kubernetes(command: list[str], image: str = "shop") -> str:
    web = manifest("web", ports=[{"containerPort": 8000}])
    return yaml.safe_dump_all([web, manifest("sync", image, command=command)])


def processes(tree: dict[str, str], **more: str) -> dict[str, list[str]]:
    found = only(**tree, **more).processes
    return {name: list(words) for name, words in found.items()}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("compose.yml", compose(sync={"build": ".", "command": "python sync.py"})),
        ("compose.yml", compose(sync={"build": ".", "command": ["python", "-u", "sync.py"]})),
        ("docker-compose.prod.yml", compose(sync={"build": ".", "entrypoint": "python sync.py"})),
        ("fly.toml", '[processes]\napp = "gunicorn app:app"\nsync = "python sync.py"\n'),
        ("heroku.yml", "run:\n  web: gunicorn app:app\n  sync: python sync.py\n"),
        ("render.yaml", "services:\n- {type: worker, name: sync, startCommand: python sync.py}\n"),
        ("k8s/all.yaml", kubernetes(["python", "sync.py"])),
    ],
)
def test_program_beside_a_python_server(file: str, text: str) -> None:
    tree = {**PYTHON, "Dockerfile": DOCKERFILE, file: text}
    assert processes(tree) == {"sync": ["python", "sync.py"]}
    assert only(**tree).start == ("gunicorn", "app:app")
    made = yaml.safe_load(genfile.generate(tree, compose=True, settings={"port": 8000}).files["compose.yaml"])
    assert made["services"]["app-sync"]["command"] == ["python", "sync.py"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        # For development alone.
        ("compose.override.yml", compose(sync={"build": ".", "command": "python sync.py"})),
        ("compose.yml", compose(sync={"build": ".", "command": "flask run --reload"})),
        # It runs once.
        ("compose.yml", compose(migrate={"build": ".", "command": "python sync.py"})),
        # Another image.
        ("compose.yml", compose(sync={"build": "./other", "command": "python sync.py"})),
        ("compose.yml", compose(sync={"image": "python:3", "command": "python sync.py"})),
        ("k8s/all.yaml", kubernetes(["python", "sync.py"], image="other")),
        # Not in the tree.
        ("compose.yml", compose(sync={"build": ".", "command": "python missing.py"})),
        # The image's own command.
        ("compose.yml", compose(sync={"build": "."})),
    ],
)
def test_no_program_beside_a_python_server(file: str, text: str) -> None:
    assert processes({**PYTHON, "Dockerfile": DOCKERFILE, file: text}) == {}


def test_worker_that_the_code_shows_is_not_there_twice() -> None:
    tree = {
        "requirements.txt": "flask\ngunicorn\ncelery\n",
        "app.py": PYTHON["app.py"],
        "tasks.py": "from celery import Celery\ncelery = Celery('tasks')\n",
        "Dockerfile": DOCKERFILE,
        "compose.yml": compose(queue={"build": ".", "command": "celery -A tasks worker -l info -c 2"}),
    }
    assert list(processes(tree)) == ["worker"]


@pytest.mark.parametrize("command", ["node sync.js", "npm run sync", ["node", "sync.js"]])
def test_program_beside_a_node_server(command: str | list[str]) -> None:
    docker = "FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm install\nCMD node server.js\n"
    text = compose(sync={"build": ".", "command": command})
    assert processes(NODE, Dockerfile=docker, **{"compose.yml": text}) == {"sync": ["node", "sync.js"]}


@pytest.mark.parametrize("command", ["nodemon sync.js", "node missing.js", "npm run dev"])
def test_no_program_beside_a_node_server(command: str) -> None:
    docker = "FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm install\nCMD node server.js\n"
    text = compose(sync={"build": ".", "command": command})
    assert processes(NODE, Dockerfile=docker, **{"compose.yml": text}) == {}
