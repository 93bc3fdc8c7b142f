"""What runs the program, at which version, and which files it reads."""

import json

import pytest

from tests.test_traps import EXPRESS, LISTEN, inspect, only, package

BUN = {"bun.lock": '{"lockfileVersion": 1, "workspaces": {"": {"name": "x"}}, "packages": {}}'}
START = {"package.json": package(dependencies={"vite": "7.0.0", "@tanstack/react-start": "1.150.0"},
                                 scripts={"build": "vite build", "start": "bun --bun .output/server/index.mjs"}),
         "vite.config.ts": "export default {}"}  # fmt: skip


def test_what_bun_starts_is_run_by_bun_whatever_the_framework() -> None:
    spec = only(**BUN, **START)
    assert (spec.engine, spec.start) == ("bun", ("bun", "--bun", ".output/server/index.mjs"))


@pytest.mark.parametrize("script", ["next start", "node server.js", "bun run --hot server.js"])
def test_what_bun_does_not_start_is_run_by_node(script: str) -> None:
    manifest = package(
        dependencies={"next": "16.0.0", "react": "19.0.0"}, scripts={"build": "next build", "start": script}
    )
    assert only(**BUN, **{"package.json": manifest, "server.js": LISTEN, "app/page.jsx": ""}).engine == "node"


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"mise.toml": '[tools]\nbun = "1.2"\n'}, "1.2"),
        ({".tool-versions": "bun 1.1.38\n"}, "1.1.38"),
        ({".bun-version": "1.2.4\n"}, "1.2.4"),
        ({"mise.toml": '[tools]\nnode = "22"\n'}, "1.4"),
    ],
)
def test_a_manager_of_tools_pins_the_package_manager(files: dict[str, str], version: str) -> None:
    manifest = package(dependencies=EXPRESS, scripts={"start": "bun server.js"})
    spec = only(**BUN, **{"package.json": manifest, "server.js": LISTEN}, **files)
    assert spec.package_manager.version == version


def test_an_application_of_nest_that_is_gone_is_not_built() -> None:
    projects = {name: {"type": "application", "root": f"apps/{name}"} for name in ("gone", "gateway")}
    manifest = package(dependencies={"@nestjs/core": "11.0.0"}, devDependencies={"@nestjs/cli": "11.0.0"},
                       scripts={"build": "nest build", "start:prod": "node dist/apps/gone/main"})  # fmt: skip
    spec = only(**{
        "package.json": manifest,
        "nest-cli.json": json.dumps({"monorepo": True, "root": "apps/gone", "projects": projects}),
        "apps/gateway/src/main.ts": "import { NestFactory } from '@nestjs/core'; NestFactory.create({}).listen(3000)",
    })  # fmt: skip
    assert spec.build == ("npx --no-install nest build gateway",)
    assert spec.start == ("node", "dist/apps/gateway/main.js")
    assert spec.processes == {}


def test_data_that_the_program_names_is_in_the_image() -> None:
    code = (
        "import path from 'node:path'; import express from 'express'; import { x } from './lib/x';"
        "load(path.resolve(process.cwd(), 'notes/api.yaml')); load('./texts/a.json'); load('dev/none.json'); x;"
        "express().listen(4000)"
    )
    manifest = package(dependencies=EXPRESS, devDependencies={"typescript": "5.9.0"},
                       scripts={"build": "tsc", "start": "node dist/server.js"})  # fmt: skip
    spec = only(**{
        "package.json": manifest,
        "tsconfig.json": json.dumps({"compilerOptions": {"outDir": "dist", "rootDir": "src", "module": "commonjs"}}),
        "src/server.ts": code,
        "src/lib/x.ts": "import path from 'path'; export const x = path.join(__dirname, '../../tables/x.csv')",
        **dict.fromkeys(("notes/api.yaml", "texts/a.json", "tables/x.csv", "tables/y.csv"), ""),
    })  # fmt: skip
    assert {"notes/api.yaml", "texts/a.json", "tables/x.csv"} <= set(spec.run_paths)
    assert not {"tables/y.csv", "src/lib/x.ts", "src"} & set(spec.run_paths)


def test_documentation_beside_what_is_built_is_no_service() -> None:
    tools = {"vitepress": "2.0.0", "typescript": "5.9.0"}
    pages = {"docs:dev": "vitepress dev", "docs:build": "vitepress build", "docs:preview": "vitepress preview"}
    files = {"index.md": "# x", ".vitepress/config.ts": "export default {}"}
    library = package(devDependencies=tools, scripts={"build": "tsc -p lib", **pages})
    assert inspect(**{"package.json": library, **files}).services == ()
    for scripts in (pages | {"build": "npm run docs:build"}, {"build": "vitepress build", "dev": "vitepress dev"}):
        assert (
            only(**{"package.json": package(devDependencies=tools, scripts=scripts), **files}).framework == "vitepress"
        )


@pytest.mark.parametrize(
    ("build", "left"),
    [
        ("npm install && npm run build:front && tsc", ["npx --no-install tsc"]),
        ("npm ci && npm --prefix ../frontend ci && npm --prefix ../frontend run build", []),
        ("cd ../frontend && npm install && npm run build", []),
        ("tsc && cp -r ../frontend/dist public", ["npx --no-install tsc"]),
        # Another folder, and what it installs besides, are its own.
        ("cd ../shared && npm install && cd ../server && tsc", ["npm run build"]),
        ("npm install left-pad && cd ../frontend && npm run build", ["npm install left-pad"]),
    ],
)
def test_what_a_build_does_in_the_front_end_is_left_to_its_stage(build: str, left: list[str]) -> None:
    code = (
        "const path = require('path'); const app = require('express')(); app.listen(4000);"
        "app.use(require('express').static(path.join(__dirname, '../frontend/dist')))"
    )
    scripts = {
        "build": build,
        "build:front": "cd ../frontend && npm install && npm run build",
        "start": "node index.js",
    }
    page = package(name="page", devDependencies={"vite": "7.0.0"}, scripts={"build": "vite build"})
    spec = only(**{
        "server/package.json": package(dependencies=EXPRESS, devDependencies={"typescript": "5.9.0"}, scripts=scripts),
        "server/index.js": code,
        "frontend/package.json": page,
        "frontend/index.html": "<div id=app></div>",
    })  # fmt: skip
    assert (spec.path, spec.frontend.path) == ("server", "frontend")
    assert list(spec.build) == left


@pytest.mark.parametrize(
    "schema",
    [
        "const { get } = require('env-var'); module.exports = { PORT: get('PORT').required().asPortNumber() }",
        "const { cleanEnv, port } = require('envalid'); module.exports = cleanEnv(process.env, { PORT: port() })",
    ],
)
def test_a_variable_that_a_schema_checks_moves_the_port(schema: str) -> None:
    code = "const { PORT } = require('./env'); require('express')().listen(PORT)"
    manifest = package(dependencies=EXPRESS, scripts={"start": "node server.js"})
    files = {"package.json": manifest, "server.js": code, "env.js": schema}
    spec = only(**files, Dockerfile="FROM node:24\nEXPOSE 4100\nCMD node server.js\n")
    assert (spec.port, spec.port_variable) == (4100, "PORT")


def test_a_bot_s_library_beside_a_page_that_is_built_makes_no_bot() -> None:
    tools = {"devDependencies": {"vite": "7.0.0"}, "scripts": {"build": "vite build", "dev": "vite"}}
    page = package(dependencies={"telegraf": "4.16.3", "vue": "3.5.0"}, **tools)
    files = {"index.html": "<div id=app></div>", "vite.config.js": "export default {}", "src/main.js": "import 'vue'"}
    assert only(**{"package.json": page, **files}).framework == "vite"
    bot = package(
        dependencies={"telegraf": "4.16.3"}, **tools | {"scripts": {"build": "vite build", "start": "node bot.js"}}
    )
    assert only(**{"package.json": bot, **files, "bot.js": "new Telegraf().launch()"}).framework == "telegraf"


def test_a_plug_in_of_the_workspace_is_no_service() -> None:
    host = package(name="host", dependencies=EXPRESS, scripts={"start": "node server.js"}, workspaces=["plugins/*"])
    plugin = {"name": "host-mail", "dependencies": {"ws": "8.0.0"}}
    files = {
        "package.json": host,
        "server.js": LISTEN,
        "plugins/mail/index.js": "require('ws').createServer().listen(1)",
    }
    plain, extends = package(**plugin), package(**plugin, host={"extensions": ["./index.js"]})
    paths = [
        [i.spec.path for i in inspect(**files, **{"plugins/mail/package.json": text}).services]
        for text in (plain, extends)
    ]
    assert paths == [[".", "plugins/mail"], ["."]]


def test_a_published_program_that_a_host_starts_is_a_service() -> None:
    published = {"bin": {"gate": "gate.js"}, "exports": "./gate.js", "files": ["."], "private": False}
    manifest = package(dependencies=EXPRESS, scripts={"start": "node scripts/run.mjs"}, **published)
    files = {"package.json": manifest, "gate.js": LISTEN, "scripts/run.mjs": "import '../gate.js'"}
    assert inspect(**files).services == ()
    host = 'app = "gate"\n[processes]\napp = "node gate.js serve"\n[http_service]\ninternal_port = 3100\n'
    assert only(**files, **{"fly.toml": host}).port == 3100


def test_a_folder_of_pages_that_the_package_config_names_is_given_out_by_the_server() -> None:
    code = "const c = require('config'); const e = require('express'); e().use(e.static(c.get('pages'))).listen(4000)"
    scripts = {"start": "node server.js", "build": "cd client && npm install && npm run build"}
    page = package(name="page", devDependencies={"vite": "7.0.0"}, scripts={"build": "vite build"})
    files = {
        "package.json": package(dependencies={**EXPRESS, "config": "3.0.0"}, scripts=scripts),
        "server.js": code,
        "client/package.json": page,
        "client/index.html": "<div id=app></div>",
    }
    spec = only(**files, **{"config/production.json": '{"pages": "./client/dist"}'})
    assert (spec.frontend.path, spec.frontend.output, spec.build) == ("client", "client/dist", ())
    # Its own pages are given out, and nothing of its build goes to the other folder: two services.
    apart = files | {
        "package.json": package(dependencies={**EXPRESS, "config": "3.0.0"}, scripts={"start": "node server.js"})
    }
    assert len(inspect(**apart, **{"config/production.json": '{"pages": "./public"}'}).services) == 2


@pytest.mark.parametrize(
    ("options", "release"),
    [
        ({"module": "commonjs"}, ("node", "dist/db/migrate.js")),
        ({"module": "commonjs", "noEmit": True}, ("tsx", "src/db/migrate.ts")),
    ],
)
def test_a_migration_that_is_compiled_needs_no_runner(options: dict[str, object], release: tuple[str, ...]) -> None:
    scripts = {"build": "tsc", "start": "node dist/server.js", "db:migrate": "tsx src/db/migrate.ts"}
    config = {"compilerOptions": {"outDir": "dist", "rootDir": "src", **options}}
    tools = {"tsx": "4.0.0", "typescript": "5.9.0"}
    spec = only(**{
        "package.json": package(dependencies=EXPRESS, devDependencies=tools, scripts=scripts),
        "tsconfig.json": json.dumps(config),
        "src/server.ts": "import e from 'express'; e().listen(4000)",
        "src/db/migrate.ts": "",
    })  # fmt: skip
    assert spec.release == release


@pytest.mark.parametrize(
    ("tools", "files", "kept"),
    [
        ({"vite": "7.0.0"}, {}, ("/assets/",)),
        ({"vite": "7.0.0"}, {"vite.config.js": "export default { build: { assetsDir: 'static' } }"}, ("/static/",)),
        # What is copied as it is named has no hash.
        ({"vite": "7.0.0"}, {"public/assets/logo.svg": ""}, ()),
        ({"react-scripts": "5.0.0"}, {"public/index.html": ""}, ("/static/",)),
    ],
)
def test_folders_that_browsers_may_keep(tools: dict[str, str], files: dict[str, str], kept: tuple[str, ...]) -> None:
    manifest = package(devDependencies=tools, scripts={"build": "vite build"})
    spec = only(**{"package.json": manifest, "index.html": "", **files})
    assert spec.static is not None
    assert spec.static.hashed == kept
