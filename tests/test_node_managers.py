"""What process managers start by their own configuration, and the files of variables that commands read."""

import json
from typing import Any

import pytest

from tests.test_traps import EXPRESS, LISTEN, inspect, only, package

WORKER = "setInterval(() => {}, 1000)"
APPS: list[dict[str, Any]] = [
    {"name": "api", "script": "./server.js", "env": {"PORT": "4500"}},
    {"name": "mails", "script": "worker.js"},
]


def app(start: str, **files: str) -> dict[str, str]:
    scripts = {"start": start, "serve": "node server.js"}
    manifest = package(dependencies={**EXPRESS, "pm2": "6.0.0"}, scripts=scripts)
    return {"package.json": manifest, "server.js": LISTEN, "worker.js": WORKER, **files}


def of_pm2(options: str, apps: list[dict[str, Any]], name: str = "ecosystem.config.js") -> Any:
    text = json.dumps({"apps": apps})
    return only(**app(f"pm2-runtime {name} {options}".strip(), **{name: f"module.exports = {text};"}))


@pytest.mark.parametrize("name", ["ecosystem.config.js", "ecosystem.config.cjs", "pm2.config.js", "shop.config.cjs"])
def test_pm2_starts_what_its_configuration_names(name: str) -> None:
    spec = of_pm2("--env production", APPS, name)
    assert (spec.start, spec.port, spec.port_variable) == (("node", "server.js"), 4500, "PORT")
    # The others run from the same image.
    assert spec.processes == {"mails": ("node", "worker.js")}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("process.json", json.dumps({"apps": APPS})),
        ("ecosystem.json", json.dumps(APPS)),
        ("process.yml", "apps:\n  - name: api\n    script: ./server.js\n    env:\n      PORT: 4500\n"),
        ("pm2.yaml", "apps:\n  - name: api\n    script: ./server.js\n    env:\n      PORT: 4500\n"),
    ],
)
def test_pm2s_configuration_as_data(name: str, text: str) -> None:
    spec = only(**app(f"pm2-runtime start {name}", **{name: text}))
    assert (spec.start, spec.port) == (("node", "server.js"), 4500)


def test_pm2_starts_only_what_it_is_told_to() -> None:
    spec = of_pm2("--only mails", APPS)
    assert (spec.start, spec.processes) == (("node", "worker.js"), {})


@pytest.mark.parametrize(
    ("given", "start"),
    [
        ({"script": "npm", "args": "run serve"}, ("node", "server.js")),
        ({"script": "server.js", "args": ["--quiet", "yes"]}, ("node", "server.js", "--quiet", "yes")),
        ({"script": "server.js", "node_args": "--enable-source-maps"}, ("node", "--enable-source-maps", "server.js")),
        ({"script": "main.js", "cwd": "./api"}, ("env", "--chdir=api", "node", "main.js")),
    ],
)
def test_how_pm2_runs_an_application(given: dict[str, Any], start: tuple[str, ...]) -> None:
    name = "ecosystem.config.js"
    text = f"module.exports = {json.dumps({'apps': [{'name': 'api', **given}]})};"
    spec = only(**app(f"pm2-runtime {name}", **{name: text, "api/main.js": LISTEN}))
    assert spec.start == start


def test_a_configuration_that_is_not_there_starts_nothing() -> None:
    # The server is found by another way; nothing runs the configuration as a program.
    assert only(**app("pm2-runtime process.yml")).start == ("node", "server.js")
    # What stands after `--` is the program's.
    assert only(**app("pm2-runtime server.js -- --config a.json")).start == ("node", "server.js", "--config", "a.json")


def test_a_command_that_only_a_shell_understands_stays_one() -> None:
    spec = only(**app('cross-env-shell MODE=shop "node server.js $MODE"'))
    assert spec.start == ("sh", "-c", "node server.js $MODE")


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ("node --env-file=.env.production server.js", True),
        ("node --env-file .env.production server.js", True),
        ("env-cmd -f .env.production node server.js", True),
        ("dotenv -e .env.production -- node server.js", True),
        ("node --env-file=.env server.js", False),
        ("node server.js -f .env.production", False),
    ],
)
def test_a_committed_file_of_variables_is_not_in_the_image(start: str, told: bool) -> None:
    found = inspect(**app(start, **{".env.production": "PORT=4700\n"}))
    texts = [note.text for note in (*found.notes, *(note for item in found.services for note in item.notes))]
    assert any("the image does not read .env.production" in text for text in texts) == told
