"""Helpers of the program that read a variable by its name, in the module that asks for it or in another one."""

from typing import Any

import pytest

from tests.test_traps import EXPRESS, only, package

READ = "function read(name, fallback) { return process.env[name] ?? fallback; }\n"
NAMED = "module.exports = { read };"
MUST = (
    "function must(name, fallback) {\n  const value = process.env[name];\n"
    "  if (value === undefined) {\n    if (fallback === undefined) throw new Error(`no ${name}`);\n"
    "    return fallback;\n  }\n  return value;\n}\n"
)


def spec_of(server: str, **files: str) -> Any:
    manifest = package(dependencies=EXPRESS, scripts={"start": "node server.js"})
    return only(**{"package.json": manifest, "server.js": server, **files})


@pytest.mark.parametrize(
    ("server", "files"),
    [
        (
            "const { read } = require('./env'); listen(read('PORT', 4100));",
            {"env.js": f"{READ}{NAMED}"},
        ),
        (
            "const env = require('./env'); listen(env.read('PORT', 4100));",
            {"env.js": f"{READ}{NAMED}"},
        ),
        ("const env = require('./env'); listen(env.read('PORT', 4100));", {"env.js": f"{READ}exports.read = read;"}),
        ("import { read } from './env.js'; listen(Number(read('PORT', '4100')));", {"env.js": f"export {READ}"}),
        ("import { read as env } from './env.js'; listen(env('PORT', 4100));", {"env.js": f"export {READ}"}),
        ("import env from './env.js'; listen(env('PORT', 4100));", {"env.js": f"export default {READ}"}),
        ("import * as env from './env.js'; listen(env.read('PORT', 4100));", {"env.js": f"export {READ}"}),
        ("import { a } from './env.js'; listen(a('PORT', 4100));", {"env.js": "export const a = n => process.env[n];"}),
        (
            "import { read } from './lib/index.js'; listen(read('PORT', 4100));",
            {"lib/index.js": "export * from './env.js';", "lib/env.js": f"export {READ}"},
        ),
        (
            "import { ask } from './lib/index.js'; listen(ask('PORT', 4100));",
            {"lib/index.js": "export { read as ask } from './env.js';", "lib/env.js": f"export {READ}"},
        ),
        # The settings are in a module of their own, which the helper is imported to.
        (
            "import { settings } from './settings.js'; listen(settings.port);",
            {
                "settings.js": "import { read } from './env.js'; export const settings = { port: read('PORT', 4100) };",
                "env.js": f"export {READ}",
            },
        ),
        (
            "import { port } from './env.js'; listen(port());",
            {"env.js": "export const port = () => process.env.PORT || 4100;"},
        ),
    ],
)
def test_the_port_that_a_helper_elsewhere_reads(server: str, files: dict[str, str]) -> None:
    spec = spec_of(server.replace("listen(", "require('express')().listen("), **files)
    assert (spec.port, spec.port_variable) == (4100, "PORT")


@pytest.mark.parametrize(
    "files",
    [
        # It looks the name up in something else, another function reads it, or the module is not the project's.
        {"env.js": "export function read(name, fallback) { return table[name] ?? fallback; }"},
        {"env.js": f"export {READ}".replace("read(", "other(") + "export function read(name, port) { return port; }"},
        {"other.js": f"export {READ}"},
        {"env.js": "export { read } from './env.js';"},
    ],
)
def test_what_is_no_helper(files: dict[str, str]) -> None:
    spec = spec_of(
        "import { read2 as read } from './env.js'; require('express')().listen(read('PORT', 4100));", **files
    )
    assert spec.port_variable is None
    assert spec.port == 3000


def test_what_helpers_are_asked_for_is_listed() -> None:
    server = (
        "const { must } = require('./env'); must('API_KEY'); must('LOG_LEVEL', 'info'); must('not a name');\n"
        "must(computed); other('NOT_READ'); require('express')().listen(must('PORT', 4100));\n"
    )
    spec = spec_of(server, **{"env.js": f"{MUST}module.exports = {{ must }};"})
    assert {item.name: item.required for item in spec.environment} == {"API_KEY": True, "LOG_LEVEL": False}
    # One that throws at once requires each.
    strict = "exports.must = (name) => { if (!process.env[name]) throw new Error(name); return process.env[name]; };"
    spec = spec_of("const { must } = require('./env'); must('API_KEY'); listen(3000);", **{"env.js": strict})
    assert {item.name: item.required for item in spec.environment} == {"API_KEY": True}
