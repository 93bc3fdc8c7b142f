"""Ports that a program takes out of a file of settings: the file that it reads is read."""

import pytest

from tests.test_traps import EXPRESS, inspect, only, package

APP = "const app = require('express')();"
READ = "const fs = require('fs'), path = require('path');"
DATA = {"proxy.json": '{"db": {"port": 5432}, "port": 1080}'}
NET = "const net = require('net');"


def spec_of(files: dict[str, str], **dependencies: str) -> tuple[int | None, str | None]:
    start = next(name for name in files if name.startswith("server"))
    keys = {"dependencies": {**EXPRESS, **dependencies}, "scripts": {"start": f"node {start}"}}
    spec = only(**{"package.json": package(**keys), **files})
    return spec.port, spec.port_variable


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"server.js": f"{APP} const c = require('./proxy.json'); app.listen(c.port)", **DATA}, (1080, None)),
        ({"server.js": f"{APP} const c = require('./proxy'); app.listen(c.port || 3000)", **DATA}, (1080, None)),
        ({"server.js": f"{APP} const {{ port: p }} = require('./proxy.json'); app.listen(p)", **DATA}, (1080, None)),
        ({"server.js": f"{APP} const port = require('./proxy.json').port; app.listen(port)", **DATA}, (1080, None)),
        ({"server.mjs": "import c from './proxy.json' with { type: 'json' }; import e from 'express';"
          "e().listen(c.port)", **DATA}, (1080, None)),
        # Read and parsed, by a path that is put together.
        ({"server.js": f"{APP}{READ} const c = JSON.parse(fs.readFileSync(path.join(__dirname, 'etc', 'proxy.json')));"
          "app.listen(c.http.port)", "etc/proxy.json": '{"http": {"port": 1081}}'}, (1081, None)),
        ({"server.js": f"{APP}{READ} const text = fs.readFileSync('./proxy.json', 'utf8'); const c = JSON.parse(text);"
          "app.listen(c.port)", **DATA}, (1080, None)),
        ({"server.js": f"{APP}{READ} function load() {{ return JSON.parse(fs.readFileSync('proxy.json').toString()) }}"
          "const c = load(); app.listen(c.port)", **DATA}, (1080, None)),
        ({"server.js": f"{APP}{READ} const c = require('js-yaml').load(fs.readFileSync('proxy.yml', 'utf8'));"
          "app.listen(c.web.port)", "proxy.yml": "db:\n  port: 5432\nweb:\n  port: 1082\n"}, (1082, None)),
        ({"server.js": f"{APP} const c = require('fs-extra').readJsonSync('proxy.json'); app.listen(c.port)", **DATA},
         (1080, None)),
        # By way of another module.
        ({"server.js": f"{APP} const c = require('./lib/settings'); app.listen(c.port)",
          "lib/settings.js": "module.exports = require('../proxy.json')", **DATA}, (1080, None)),
        ({"server.js": f"{APP} const {{ web }} = require('./lib/settings'); app.listen(web.port)",
          "lib/settings.js": f"{READ} const web = JSON.parse(fs.readFileSync(path.join(__dirname, '../proxy.json')));"
          "module.exports = { web, other: { port: 1 } }", **DATA}, (1080, None)),
        ({"server.js": f"{APP} const c = require('./lib/settings'); app.listen(c.listen)",
          "lib/settings.js": "const raw = require('../proxy.json'); module.exports = { listen: raw.port }", **DATA},
         (1080, None)),
        # Other listeners, and what a class keeps.
        ({"server.js": f"{NET} const c = require('./proxy.json'); net.createServer(s => s).listen(c.port, c.host)",
          **DATA}, (1080, None)),
        ({"server.js": f"{NET} class Proxy {{ constructor() {{ this.c = require('./proxy.json') }}"
          "run() { net.createServer(s => s).listen(this.c.port) } } new Proxy().run()", **DATA}, (1080, None)),
        ({"server.js": "const { WebSocketServer } = require('ws'); const c = require('./proxy.json');"
          "new WebSocketServer({ port: c.port })", **DATA}, (1080, None)),
        # The part of the environment, which is that of production in an image.
        ({"server.js": f"{APP} const c = require('./proxy.json')[process.env.NODE_ENV || 'development'];"
          "app.listen(c.port)", "proxy.json": '{"development": {"port": 1}, "production": {"port": 1083}}'},
         (1083, None)),
        # Handed to another module: the key alone is known.
        ({"server.js": "const all = require('./all.json'); require('./web').start(all.parts.find(p => p.web).options)",
          "web.js": "exports.start = options => require('http').createServer().listen(options.webPort)",
          "all.json": '{"parts": [{"mail": 1, "port": 25}, {"web": 1, "options": {"webPort": 1084}}]}'}, (1084, None)),
        # A file that everybody has his own of.
        ({"server.js": f"{APP} const c = require('./proxy.json'); app.listen(c.port)",
          "proxy.example.json": DATA["proxy.json"]}, (1080, None)),
        ({"server.js": f"{APP}{READ} app.listen(JSON.parse(fs.readFileSync('proxy.json')).port)",
          "proxy.json.sample": DATA["proxy.json"]}, (1080, None)),
        # The variable beats the file.
        ({"server.js": f"{APP} const c = require('./proxy.json'); app.listen(process.env.PORT || c.port)", **DATA},
         (1080, "PORT")),
        ({"server.js": f"{APP} const c = require('./proxy.json'); const given = process.env.WEB_PORT;"
          "app.listen(Number(given) || c.port)", **DATA}, (1080, "WEB_PORT")),
        # A variable of another module has its own default.
        ({"server.js": f"{APP} const {{ env }} = require('./env'); const c = require('./proxy.json');"
          "app.listen(env.PORT || c.port)", "env.js": "exports.env = { PORT: process.env.PORT || 1085 }", **DATA},
         (1085, "PORT")),
        # Guards: what the code computes, another key, a file that is no settings of the listener.
        ({"server.js": f"{APP}{READ} const c = JSON.parse(fs.readFileSync(process.argv[2])); app.listen(c.port)",
          **DATA}, (3000, None)),
        ({"server.js": f"{APP} const c = require('./proxy.json'); app.listen(c.web.port)", **DATA}, (3000, None)),
        ({"server.js": f"{APP} const c = require('./proxy.json'); app.listen(4000)", **DATA}, (4000, None)),
        ({"server.js": f"{APP} const c = require('../proxy.json'); app.listen(c.port)", **DATA}, (3000, None)),
        ({"server.js": f"{APP} const all = require('./proxy.json'); function go(o) {{ app.listen(o.webPort) }} go(all)",
          **DATA}, (3000, None)),
        ({"server.js": f"{APP} const c = require('./proxy.json'); app.listen(c.port)", "proxy.json": "[1080"},
         (3000, None)),
        ({"server.js": f"{APP} const a = require('./a'); app.listen(a.port)", "a.js": "module.exports = require('./b')",
          "b.js": "module.exports = require('./a')"}, (3000, None)),
    ],
)  # fmt: skip
def test_the_port_of_a_file_that_the_program_reads(
    files: dict[str, str], wanted: tuple[int | None, str | None]
) -> None:
    assert spec_of(files) == wanted


TYPEORM = {
    "package.json": package(
        dependencies={**EXPRESS, "typeorm": "0.2.45"},
        devDependencies={"typescript": "5"},
        scripts={"build": "tsc", "start": "node dist/index.js"},
    ),
    "tsconfig.json": '{"compilerOptions": {"outDir": "dist", "rootDir": "src", "module": "commonjs"}}',
    "src/entity/User.ts": "export class User {}\n",
}
CONNECTS = "import express from 'express';\nimport { {name} } from 'typeorm';\n{call};\nexpress().listen(3000);\n"


def connecting(call: str, **files: str) -> tuple[list[str], list[str]]:
    """The texts of the notes that speak of sources, and the paths that the image has."""
    name = call.replace("new ", "").partition("(")[0]
    index = CONNECTS.replace("{name}", name).replace("{call}", call)
    (service,) = inspect(**{**TYPEORM, "src/index.ts": index, **files}).services
    return [note.text for note in service.notes if "names the sources" in note.text], list(service.spec.run_paths)


SOURCES = '"src/entity/**/*.ts"'
SAID = "entities names the sources src/entity/**/*.ts, but the image starts dist/index.js; name the compiled files, "


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ormconfig.json", '{\n  "entities": [' + SOURCES + "]\n}\n", "ormconfig.json:2 (read when"),
        ("ormconfig.json", '[{"name": "a", "entities": [' + SOURCES + "]}]\n", "ormconfig.json:1 (read when"),
        ("ormconfig.js", "module.exports = { entities: [" + SOURCES + "] };\n", "ormconfig.js (read when"),
        ("ormconfig.yml", "default:\n  entities:\n    - src/entity/**/*.ts\n", "ormconfig.yml:2 (read when"),
        # What is compiled is named too, or may be.
        ("ormconfig.json", '{"entities": [' + SOURCES + ', "dist/entity/**/*.js"]}\n', None),
        ("ormconfig.js", "module.exports = { entities: [" + SOURCES + ", __dirname + '/dist/*.js'] };\n", None),
        ("ormconfig.json", '{"entities": ["dist/entity/**/*.js"]}\n', None),
    ],
)
def test_settings_that_typeorm_reads_are_in_the_image_and_name_what_is_compiled(
    name: str, text: str, said: str | None
) -> None:
    told, paths = connecting("createConnection()", **{name: text})
    assert name in paths
    assert [item.startswith(said or "") and f"{SAID}such as dist/entity/**/*.js" in item for item in told] == [
        True
    ] * bool(said)


@pytest.mark.parametrize(
    ("patterns", "told"), [("'src/entity/*.ts'", 1), ("__dirname + '/entity/*'", 0), ("'dist/entity/*.js'", 0)]
)
def test_a_data_source_that_names_sources_is_told_of(patterns: str, told: int) -> None:
    assert len(connecting(f"new DataSource({{ type: 'postgres', entities: [{patterns}] }})")[0]) == told


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        # Of the compiled module, dist/ormconfig.js; from the working directory, it is the folder of the sources.
        ("join(__dirname, 'src', 'entity', '*.js')", 0),
        ("__dirname + '/src/entity/*.js'", 0),
        ("join('src', 'entity', '*.js')", 1),
        ("resolve('src/entity/*.js')", 1),
    ],
)
def test_a_path_beside_a_module_is_beside_what_is_compiled(pattern: str, told: int) -> None:
    settings = (
        "import { join, resolve } from 'path';\nimport { DataSource } from 'typeorm';\n"
        f"export const source = new DataSource({{ type: 'postgres', entities: [{pattern}] }});\n"
    )
    files = {
        **TYPEORM,
        "package.json": TYPEORM["package.json"].replace("dist/index.js", "dist/src/index.js"),
        "tsconfig.json": '{"compilerOptions": {"outDir": "dist", "rootDir": ".", "module": "commonjs"}}',
        "ormconfig.ts": settings,
        "src/index.ts": "import express from 'express';\nimport '../ormconfig';\nexpress().listen(3000);\n",
    }
    (service,) = inspect(**files).services
    assert len([note for note in service.notes if "names the sources" in note.text]) == told


def test_settings_that_nothing_reads_say_nothing() -> None:
    call = "new DataSource({ type: 'postgres', entities: [User] })"
    assert connecting(call, **{"ormconfig.json": '{"entities": [' + SOURCES + "]}"})[0] == []


@pytest.mark.parametrize(
    ("dev", "entities", "start"),
    [
        ("nodemon --exec ts-node ./src/index.ts", "'src/entity/*.ts'", ("ts-node", "./src/index.ts")),
        ("ts-node-dev --respawn src/index.ts", "'src/entity/*.ts'", ("ts-node", "src/index.ts")),
        # The compiled files are named; development does not run the source; it runs another one.
        ("ts-node-dev --respawn src/index.ts", "'dist/entity/*.js'", ("node", "dist/index.js")),
        ("tsc --watch", "'src/entity/*.ts'", ("node", "dist/index.js")),
        ("ts-node-dev src/entity/User.ts", "'src/entity/*.ts'", ("node", "dist/index.js")),
    ],
)
def test_entities_that_are_sources_are_run_as_development_runs_them(
    dev: str, entities: str, start: tuple[str, ...]
) -> None:
    index = CONNECTS.replace("{name}", "DataSource").replace("{call}", f"new DataSource({{ entities: [{entities}] }})")
    manifest = package(
        dependencies={**EXPRESS, "typeorm": "0.3.20"},
        devDependencies={"typescript": "5", "ts-node": "10", "ts-node-dev": "2"},
        scripts={"build": "tsc", "start": "node dist/index.js", "dev": dev},
    )
    files = {**TYPEORM, "package.json": manifest, "src/index.ts": index}
    spec = only(**files)
    assert spec.start == start
    assert (spec.dependencies_at_run == "all") is (start[0] == "ts-node")


@pytest.mark.parametrize(
    "server",
    [
        "require('socket.io')(5100, { cors: { origin: ['http://localhost:3000'] } })",
        "const io = require('socket.io')\nio(5100)",
        "const { Server } = require('socket.io')\nnew Server(5100, {})",
    ],
)
def test_a_server_of_web_sockets_listens_on_the_port_that_it_is_called_with(server: str) -> None:
    manifest = package(dependencies={"socket.io": "4"}, scripts={"start": "node server.js"})
    assert only(**{"package.json": manifest, "server.js": server}).port == 5100


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("const config = {}\nconfig.port = Number(process.env.GATE_PORT ?? 5300)", 5300),
        ("const config = { port: 5301 }\nconfig.name = 'x'", 5301),
        ("const config = {}\nconfig.port = config.port || 5302", 5302),
    ],
)
def test_a_setting_is_put_onto_an_object_of_the_module(code: str, number: int) -> None:
    server = f"{code}\nrequire('express')().listen(config.port)"
    manifest = package(dependencies=EXPRESS, scripts={"start": "node server.js"})
    assert only(**{"package.json": manifest, "server.js": server}).port == number


def test_a_setting_is_put_onto_the_exported_object() -> None:
    settings = (
        "const settings = Object.fromEntries([])\nsettings.PORT = process.env.PORT || 5200\nmodule.exports = settings"
    )
    server = "const { PORT } = require('./settings')\nrequire('express')().listen(PORT)"
    manifest = package(dependencies=EXPRESS, scripts={"start": "node server.js"})
    assert only(**{"package.json": manifest, "server.js": server, "settings.js": settings}).port == 5200
