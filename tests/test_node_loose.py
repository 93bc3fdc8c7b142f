"""Programs of Node without a package.json."""

import pytest

import genfile
from tests.test_traps import EXPRESS, inspect, only, package

BOT = "const chat = require('chatty'); const c = new chat.Client(); c.on('message', x => x); c.login('k')"


@pytest.mark.parametrize(
    ("files", "packages", "port"),
    [
        ({"bot.js": BOT}, ["chatty"], None),
        ({"server.js": "const app = require('express')(); require('./a'); app.listen(4000)",
          "a.js": "const db = require('@acme/db/part'); require('fs')"}, ["@acme/db", "express"], 4000),
        ({"index.mjs": "import { createServer } from 'node:http'; createServer(x).listen(4100)"}, [], 4100),
    ],
)  # fmt: skip
def test_a_program_without_a_manifest_has_what_it_loads(
    files: dict[str, str], packages: list[str], port: int | None
) -> None:
    spec = only(**files)
    assert (list(spec.extra_packages), spec.port) == (packages, port)
    assert list(spec.start) == ["node", next(iter(files))]
    made = genfile.generate(files)
    install = f"npm install --no-audit --no-fund {' '.join(packages)}\n"
    assert (install in made.files["Dockerfile"]) is bool(packages)
    told = [note for note in made.notes if note.level == "warning" and "no package.json found" in note.text]
    assert bool(told) is bool(packages)


@pytest.mark.parametrize(
    "files",
    [
        {"index.js": "const chat = require('chatty'); chat.say('x')"},
        # A page's script, a program for desktops, a part of what another manifest is of.
        {"app.js": "import x from 'chatty'; const worker = new Worker('x'); x.subscribe(y)"},
        {"main.js": "const { app } = require('electron'); require('http').createServer(x).listen(1)"},
        {"tools/bot.js": BOT, "a.js": "",
         "package.json": package(dependencies=EXPRESS, scripts={"start": "node a.js"})},
    ],
)  # fmt: skip
def test_other_scripts_without_a_manifest_are_no_services(files: dict[str, str]) -> None:
    assert not [item for item in inspect(**files).services if item.spec.path != "." or "package.json" not in files]
