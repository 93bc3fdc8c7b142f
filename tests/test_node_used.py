"""Which of the declared frameworks a program is built on: the one that its code imports."""

from typing import Any

import pytest

from tests.test_traps import inspect, only, package

BOT = "const { Client } = require('discord.js'); new Client().login(process.env.TOKEN);"
SERVER = "const app = require('express')(); app.listen(process.env.PORT || 4000);"
START = {"start": "node main.js"}


def service(dependencies: str, **files: str) -> Any:
    names = dict.fromkeys(dependencies.split(), "1.0.0")
    return only(**{"package.json": package(dependencies=names, scripts=START), **files})


@pytest.mark.parametrize(
    ("dependencies", "files", "framework", "port"),
    [
        # Declared, and not imported by what the start reaches.
        ("discord.js express", {"main.js": BOT}, "discord-js", None),
        ("discord.js express", {"main.js": BOT, "old/site.js": SERVER}, "discord-js", None),
        ("fastify express", {"main.js": SERVER}, "express", 4000),
        ("discord.js express", {"main.js": "require('./bot')", "bot.js": BOT}, "discord-js", None),
        # Both are imported: the server is what other programs reach.
        ("discord.js express", {"main.js": f"require('./site'); {BOT}", "site.js": SERVER}, "express", 4000),
        # Neither is, and nothing listens.
        ("express left", {"main.js": "setInterval(require('left'), 1000)"}, None, None),
        # Guards: a library brings the framework; a module is not known; a path is computed.
        ("express left", {"main.js": "require('left')().listen(4100)"}, "express", 4100),
        ("discord.js express", {"main.js": f"require('./made/site'); {BOT}"}, "express", 3000),
        ("express left", {"main.js": "require(process.env.APP); setInterval(require('left'), 1000)"}, "express", 3000),
    ],
)
def test_the_imported_framework_counts(
    dependencies: str, files: dict[str, str], framework: str | None, port: int | None
) -> None:
    spec = service(dependencies, **files)
    assert (spec.framework, spec.port) == (framework, port)


@pytest.mark.parametrize(
    ("code", "port"),
    [
        ("require('http').createServer((a, b) => b.end()).listen(process.env.PORT || 4200);", (4200, "PORT")),
        ("const health = require('http').createServer(ok); health.listen(4300);", (None, None)),
        ("", (None, None)),
    ],
)
def test_a_worker_has_the_port_that_it_listens_on(code: str, port: tuple[int | None, str | None]) -> None:
    spec = service("discord.js", **{"main.js": code + BOT})
    assert spec.framework == "discord-js"
    assert (spec.port, spec.port_variable) == port


@pytest.mark.parametrize(
    ("code", "services"),
    [
        ("const host = require('hostfiles'); host.write('x', 'y');", 0),
        ("import { write } from 'hostfiles'; write('x');", 0),
        # Guards: declared, Node's own, the project's own, or a program that listens.
        ("const kit = require('kit'); kit.write('x', 'y');", 1),
        ("const kit = require('node:fs/promises'); kit.watch('x');", 1),
        ("const kit = require('./kit'); require('kit').write(kit);", 1),
        ("const host = require('hostfiles'); host.create().listen(4000);", 1),
    ],
)
def test_a_program_with_modules_of_another_host_is_no_service(code: str, services: int) -> None:
    manifest = package(main="absent.js", dependencies={"kit": "1.0.0"})
    found = inspect(**{"package.json": manifest, "main.js": code, "kit.js": "exports.write = (a) => a"})
    assert len(found.services) == services
    told = any("so another program runs this; it is not a service" in note.text for note in found.notes)
    assert told == (services == 0)
