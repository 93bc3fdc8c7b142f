"""A Procfile that starts a dependency's program, directly or by a script of the tree."""

import pytest

from tests.test_traps import LISTEN, inspect, only, package

BOT = {"package.json": package(dependencies={"talker": "2.0.0"}), "scripts/greet.coffee": "module.exports = 1\n"}
SCRIPT = (
    '#!/bin/sh\nset -e\n\nnpm install\nexport PATH="node_modules/.bin:$PATH"\n\nexec node_modules/.bin/talker "$@"\n'
)


@pytest.mark.parametrize("command", ["talker -a chat", "bin/talker -a chat", "./bin/talker -a chat"])
def test_a_dependencys_program_that_a_procfile_starts_is_a_service(command: str) -> None:
    spec = only(**BOT, **{"Procfile": f"web: {command}\n", "bin/talker": SCRIPT})
    assert (spec.start, spec.port, spec.port_variable) == (("talker", "-a", "chat"), 8080, "PORT")


def test_a_worker_of_a_dependency_does_not_listen() -> None:
    spec = only(**BOT, Procfile="worker: talker -a chat\n")
    assert (spec.start, spec.port) == (("talker", "-a", "chat"), None)


@pytest.mark.parametrize(
    "files",
    [
        {"Procfile": "web: ruby app.rb\n"},
        {"Procfile": "web: bin/talker\n"},
        {"Procfile": "web: bin/talker\n", "bin/talker": "#!/usr/bin/env ruby\nputs 1\n"},
        {"Procfile": "web: bin/talker\n", "bin/talker": "#!/bin/sh\nexec ruby app.rb\n"},
        {"Procfile": "release: echo talker\n"},
        {},
    ],
)
def test_other_programs_and_packages_alone_are_none(files: dict[str, str]) -> None:
    assert inspect(**BOT, **files).services == ()


@pytest.mark.parametrize("more", ["npm run migrate", "npm install -g pm2", "node serve.js &", "cd web", "export A=1"])
def test_a_script_that_does_more_than_install_is_started_itself(more: str) -> None:
    files = {
        "package.json": package(dependencies={"talker": "2.0.0"}),
        "Procfile": "web: bin/run\n",
        "serve.js": LISTEN,
    }
    text = "#!/bin/sh\n%sexec node serve.js\n"
    assert only(**files, **{"bin/run": text % ""}).start == ("node", "serve.js")
    script = {"bin/run": text % f"{more}\n", "index.js": LISTEN}
    listed = package(dependencies={"talker": "2.0.0"}, scripts={"start": "node index.js"})
    assert only(**files | script | {"package.json": listed}).start == ("bin/run",)
