"""Which command starts a Node service: through every wrapper to the program itself, and only to one that is there."""

import json
import time
from typing import Any

import pytest

import genfile
from tests.test_traps import EXPRESS, LISTEN, inspect, only, package

SERVER = {"server.js": LISTEN}
IMPORT = "import express from 'express'; express().listen(4000)"


def tsconfig(**options: Any) -> str:
    return json.dumps({"compilerOptions": {"outDir": "dist", "rootDir": "src", "module": "commonjs", **options}})


def app(**keys: Any) -> dict[str, str]:
    return {"package.json": package(dependencies=EXPRESS, **keys)}


def texts(**files: str) -> str:
    found = inspect(**files)
    return "\n".join(note.text for note in (*found.notes, *(note for item in found.services for note in item.notes)))


# --- wrappers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        "cross-env NODE_ENV=production node server.js",
        "NODE_ENV=production node server.js",
        "env NODE_ENV=production node server.js",
        "dotenv -e .env.production -- node server.js",
        "dotenv -e .env -- cross-env NODE_ENV=production node server.js",
        "dotenvx run -f .env.production -- node server.js",
        "env-cmd -f config/prod.env node server.js",
        "env-cmd node server.js",
        "env-cmd ./config/prod.env node server.js",
        "doppler run -- node server.js",
        "doppler run -p shop -c prd -- node server.js",
        'doppler run --command "node server.js"',
        "infisical run --env=prod --path /api -- npm run serve",
        "op run --env-file=.env -- node server.js",
        "aws-vault exec prod -- node server.js",
        "varlock run -- node server.js",
        'cross-env-shell NODE_ENV=production "node server.js"',
        "cross-env-shell NODE_ENV=production node server.js",
        "npx nodemon server.js",
        "node --env-file=.env server.js",
        "node --env-file .env server.js",
        "node --env-file-if-exists=.env server.js",
        "node --watch --inspect=0.0.0.0 server.js",
        "nodemon",
        "nodemon server.js",
        "nodemon --watch src -e js,json --delay 2 server.js",
        "nodemon --exec node server.js",
        'nodemon --exec "node server.js"',
        "nodemon server.js --exec node -e js",
        "supervisor -i public server.js",
        "forever server.js",
        'forever start -c "node" -l out.log server.js',
        "pm2 start server.js --no-daemon -i max --name api",
        "pm2-runtime server.js",
        "pm2 start npm --name api -- run serve",
        'pm2 start "npm run serve"',
        "wait-on tcp:5432 && node server.js",
        "npm-run-all clean serve",
        "run-s clean serve",
        "run-p css serve",
        "npm-run-all --parallel css serve",
        'concurrently "npm run css" "npm run serve"',
        'concurrently -n css,api -c blue,red "npm:css" "npm:serve"',
        "concurrently npm:c* npm:s*",
        'onchange "src/**/*.js" -- node server.js',
    ],
)
def test_every_wrapper_leads_to_the_program(script: str) -> None:
    scripts = {"start": script, "serve": "node server.js", "css": "tailwindcss -o a.css --watch", "clean": "rimraf tmp"}
    assert only(**app(scripts=scripts, main="server.js"), **SERVER).start == ("node", "server.js")


@pytest.mark.parametrize(
    ("script", "files", "wanted"),
    [
        # An option's value is not the file; what preloads stays.
        ("node -r dotenv/config server.js", {}, ("node", "-r", "dotenv/config", "server.js")),
        ("nodemon -r dotenv/config server.js", {}, ("node", "-r", "dotenv/config", "server.js")),
        # What runs the file is kept.
        ("nodemon --exec babel-node server.js", {}, ("babel-node", "server.js")),
        ("nodemon server.js --exec babel-node -e js", {}, ("babel-node", "server.js")),
        ('nodemon --exec "ts-node src/x.ts"', {"src/x.ts": IMPORT}, ("ts-node", "src/x.ts")),
        ("nodemon src/x.ts", {"src/x.ts": IMPORT}, ("ts-node", "src/x.ts")),
        (
            "ts-node-dev --respawn -r tsconfig-paths/register src/x.ts",
            {"src/x.ts": IMPORT},
            ("ts-node", "-r", "tsconfig-paths/register", "src/x.ts"),
        ),
        # The watcher's own configuration.
        ("nodemon", {"nodemon.json": '{"exec": "node lib/x.js"}', "lib/x.js": LISTEN}, ("node", "lib/x.js")),
        (
            "nodemon src/x.ts",
            {"nodemon.json": '{"execMap": {"ts": "tsx"}}', "src/x.ts": IMPORT},
            ("node", "--import", "tsx", "src/x.ts"),
        ),
        (
            "pm2 start ecosystem.config.js",
            {"ecosystem.config.js": "module.exports = { apps: [{ script: 'npm', args: 'run serve' }] }"},
            ("node", "server.js"),
        ),
        # Another folder is where it runs.
        ("cd lib && node x.js", {"lib/x.js": LISTEN}, ("env", "--chdir=lib", "node", "x.js")),
        ("cd . && node server.js", {}, ("node", "server.js")),
    ],
)
def test_what_a_wrapper_says_of_the_program_is_kept(
    script: str, files: dict[str, str], wanted: tuple[str, ...]
) -> None:
    scripts = {"start": script, "serve": "node server.js"}
    tools = {"ts-node": "10.9.2", "tsx": "4.19.0", "@babel/node": "7.26.0"}
    manifest = package(dependencies={**EXPRESS, **tools}, scripts=scripts)
    assert only(**{"package.json": manifest, **SERVER, **files}).start == wanted


@pytest.mark.parametrize(
    "script",
    ["cd server && npm start", "npm --prefix server start", "npm start --prefix server", "cd server && node index.js"],
)
def test_a_start_of_another_package_is_that_package_s(script: str) -> None:
    inner = package(dependencies=EXPRESS, scripts={"start": "node index.js"})
    spec = only(
        **{"package.json": package(scripts={"start": script}), "server/package.json": inner, "server/index.js": LISTEN}
    )
    assert (spec.path, spec.start) == ("server", ("node", "index.js"))


@pytest.mark.parametrize("script", ["docker-compose up -d --build", "docker compose up", "npm run off && podman run x"])
def test_a_start_of_containers_is_no_start_of_the_package(script: str) -> None:
    scripts = {"start": script, "off": "docker compose down"}
    assert not inspect(**{"package.json": package(dependencies=EXPRESS, scripts=scripts)}).services
    # With a program of its own it is started by that.
    spec = only(**{"package.json": package(dependencies=EXPRESS, scripts=scripts), "server.js": LISTEN})
    assert spec.start == ("node", "server.js")


def test_a_process_of_another_package_is_that_package_s() -> None:
    inner = package(dependencies=EXPRESS, scripts={"start": "node index.js"})
    files = {"package.json": package(), "Procfile": "web: cd server && npm start\n", "server/index.js": LISTEN}
    assert only(**files, **{"server/package.json": inner}).path == "server"


def test_of_two_programs_at_once_the_first_is_started_and_the_other_told() -> None:
    scripts = {"start": 'concurrently "node server.js" "node worker.js"'}
    files = {**app(scripts=scripts), **SERVER, "worker.js": "setInterval(() => {}, 1000)"}
    assert only(**files).start == ("node", "server.js")
    assert "`node worker.js`" in texts(**files)


def test_a_folder_of_another_program_is_followed_to_its_port() -> None:
    files = {**app(scripts={"start": "cd lib && node x.js"}), "lib/x.js": "require('express')().listen(7100)"}
    assert only(**files).port == 7100


def test_the_main_of_a_dot_is_followed_to_its_port() -> None:
    files = {**app(scripts={"start": "node ."}, main="lib/x.js"), "lib/x.js": "require('express')().listen(7100)"}
    spec = only(**files)
    assert (spec.start, spec.port) == (("node", "."), 7100)


def test_an_owner_of_the_runner_is_installed_for_production() -> None:
    manifest = package(
        dependencies=EXPRESS,
        devDependencies={"@babel/node": "7.26.0", "nodemon": "3.0.0"},
        scripts={"start": "nodemon --exec babel-node server.js"},
    )
    assert only(**{"package.json": manifest}, **SERVER).dependencies_at_run == "all"


DECORATED = "import express from 'express'; @sealed class A {} express().listen(4000)"
BY_NAME = "import { app } from './app'; app.listen(4000)"


def uncompiled(source: str, **more: str) -> Any:
    manifest = package(dependencies=EXPRESS, devDependencies={"typescript": "5.9.0"})
    options = json.dumps({"compilerOptions": {"module": "commonjs", "target": "es2022"}})
    return only(**{"package.json": manifest, "tsconfig.json": options, "src/server.ts": source, **more})


@pytest.mark.parametrize(
    "source",
    [
        DECORATED,
        BY_NAME,
        f"{IMPORT}; enum Mode {{ A }}",
        f"{IMPORT}; namespace Own {{ export const a = 1 }}",
        f"{IMPORT}; class A {{ constructor(private name: string) {{}} }}",
    ],
)
def test_sources_that_node_does_not_run_are_compiled_where_nothing_else_does(source: str) -> None:
    spec = uncompiled(source, **{"src/app.ts": "import express from 'express'; export const app = express()"})
    assert spec.build == ("npx --no-install tsc --outDir dist",)
    assert spec.start == ("node", "dist/server.js")


@pytest.mark.parametrize(
    "source",
    [
        IMPORT,
        f"{IMPORT}; declare enum Mode {{ A }}",
        f"{IMPORT}; class A {{ private name = 1 }}",
        f"import type {{ App }} from './app'; {IMPORT}",
        "import { app } from './app.ts'; app.listen(4000)",
    ],
)
def test_sources_that_node_runs_are_not_compiled(source: str) -> None:
    spec = uncompiled(source, **{"src/app.ts": "import express from 'express'; export const app = express()"})
    assert (spec.build, spec.start) == ((), ("node", "src/server.ts"))


# --- candidates are held against what is there or is made ------------------------------------------------------------


TYPES = {"typescript": "5.9.0", "tsx": "4.19.0"}


def typed(scripts: dict[str, str], **options: Any) -> dict[str, str]:
    manifest = package(dependencies=EXPRESS, devDependencies=TYPES, scripts=scripts)
    return {"package.json": manifest, "tsconfig.json": tsconfig(**options), "src/server.ts": IMPORT}


def test_a_build_that_writes_nothing_is_none_and_the_source_is_run() -> None:
    scripts = {"build": "tsc --build", "start": "node ./dist/server.js", "dev": "nodemon --exec tsx src/server.ts"}
    files = typed(scripts, noEmit=True)
    spec = only(**files)
    assert (spec.build, spec.start, spec.dependencies_at_run) == (
        (),
        ("node", "--import", "tsx", "src/server.ts"),
        "all",
    )
    said = texts(**files)
    assert "only checks types" in said
    assert (
        "dist/server.js is neither committed nor created by the build; the image starts `tsx src/server.ts` instead"
        in said
    )


@pytest.mark.parametrize("build", ["tsc", "rimraf dist && tsc && tsc-alias"])
def test_a_start_that_the_compiler_does_not_make_gives_way_to_one_that_it_makes(build: str) -> None:
    files = typed({"build": build, "start": "node dist/index.js", "dev": "tsx watch src/server.ts"})
    assert only(**files).start == ("node", "dist/server.js")
    assert "dist/index.js is neither committed nor created by the build" in texts(**files)


@pytest.mark.parametrize(
    ("build", "more"),
    [
        # What other tools make is not known.
        ("esbuild src/server.ts --outfile=dist/index.js", {}),
        ("tsc && node scripts/bundle.js", {}),
        ("tsc || true", {}),
        # It is there.
        ("tsc", {"dist/index.js": LISTEN}),
        ("tsc", {"dist/index/package.json": "{}"}),
    ],
)
def test_a_start_that_may_be_made_is_kept(build: str, more: dict[str, str]) -> None:
    start = "node dist/index" if "dist/index/package.json" in more else "node dist/index.js"
    files = {**typed({"build": build, "start": start, "dev": "tsx watch src/server.ts"}), **more}
    assert only(**files).start == tuple(start.split())
    assert "neither in the tree" not in texts(**files)


def test_an_installation_may_make_what_is_started() -> None:
    scripts = {"postinstall": "node scripts/make.js", "start": "node dist/index.js"}
    assert only(**app(scripts=scripts), **SERVER).start == ("node", "dist/index.js")


def test_where_no_candidate_is_there_the_strongest_is_kept_and_told_of() -> None:
    files = app(scripts={"start": "node missing.js"})
    found = genfile.inspect(files)
    fact = found.services[0].facts["/start"]
    assert (fact.value, fact.guess) == (["node", "missing.js"], True)
    # Told of once, by what the checks of the image find.
    assert [item.id for item in found.services[0].risks if "missing.js" in item.text] == ["command-exists"]
    assert not any("missing.js" in note.text for note in found.notes)


def test_a_missing_file_gives_way_to_a_program_of_a_usual_name() -> None:
    assert only(**app(scripts={"start": "node index.js"}), **{"app.js": LISTEN}).start == ("node", "app.js")


def test_babel_writes_file_by_file() -> None:
    scripts = {"build": "babel src -d dist", "start": "nodemon --exec babel-node src/api/main.js"}
    assert only(**app(scripts=scripts), **{"src/api/main.js": LISTEN}).start == ("node", "dist/api/main.js")


# --- a build where no script is one ----------------------------------------------------------------------------------


@pytest.mark.parametrize("script", ["nodemon src/server.ts", "tsx watch src/server.ts", "ts-node-dev src/server.ts"])
def test_what_development_watches_is_compiled_where_node_loads_the_output(script: str) -> None:
    spec = only(**typed({"dev": script}))
    assert spec.build == ("npx --no-install tsc",)
    assert spec.start == ("node", "dist/server.js")


def test_what_development_sets_is_not_set_in_the_image() -> None:
    spec = only(**typed({"dev": "cross-env DEBUG=* PORT=4900 nodemon src/server.ts"}))
    assert (spec.environment, spec.port) == ((), 4900)


@pytest.mark.parametrize(
    "options",
    [
        {"noEmit": True},
        {"paths": {"@/*": ["./src/*"]}},
        {"module": "esnext", "moduleResolution": "bundler"},
    ],
)
def test_a_source_whose_output_node_does_not_load_is_run_as_it_is(options: dict[str, Any]) -> None:
    spec = only(**typed({"dev": "tsx watch src/server.ts"}, **options))
    assert (spec.build, spec.start) == ((), ("node", "--import", "tsx", "src/server.ts"))


def test_a_start_script_that_runs_the_source_is_the_project_s_own_word() -> None:
    spec = only(**typed({"start": "tsx src/server.ts"}))
    assert (spec.build, spec.start) == ((), ("node", "--import", "tsx", "src/server.ts"))


def test_a_watching_compiler_is_a_build() -> None:
    spec = only(**typed({"start": 'tsc-watch --onSuccess "node dist/server.js"'}))
    assert (spec.build, spec.start) == (
        ("npx --no-install tsc",),
        ("node", "dist/server.js"),
    )


# --- a tool that serves data -----------------------------------------------------------------------------------------


def test_json_server_keeps_its_port_and_is_reached_from_outside() -> None:
    manifest = package(
        dependencies={"json-server": "0.17.4"}, scripts={"start": "json-server --watch db.json --port 3001"}
    )
    spec = only(**{"package.json": manifest, "db.json": "{}"})
    assert spec.start == ("json-server", "db.json", "--port", "3001", "--host", "0.0.0.0")
    assert spec.port == 3001


# --- what the lock file says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package-lock.json", '{"lockfileVersion": 1, "dependencies": {"node-sass": {"version": "4.14.1"}}}'),
        ("package-lock.json", '{"lockfileVersion": 3, "packages": {"node_modules/node-sass": {"version": "4.14.1"}}}'),
        ("yarn.lock", '# yarn lockfile v1\n\n\nnode-sass@^4.0.0:\n  version "4.14.1"\n  resolved "https://x"\n'),
        ("yarn.lock", '__metadata:\n  version: 8\n\n"node-sass@npm:^4.0.0":\n  version: 4.14.1\n'),
        ("pnpm-lock.yaml", "lockfileVersion: '6.0'\n\npackages:\n\n  /node-sass@4.14.1:\n    dev: true\n"),
        ("bun.lock", '{\n  "packages": {\n    "node-sass": ["node-sass@4.14.1", "", {}],\n  }\n}\n'),
    ],
)
def test_an_addon_that_a_lock_settles_bounds_node(name: str, text: str) -> None:
    # The addon is a dependency of the bundler's: no manifest names it.
    scripts = {"build": "ng build"}
    manifest = package(
        devDependencies={"@angular-devkit/build-angular": "13.3.0"}, dependencies={"@angular/core": "13.3.0"}
    )
    files = {"package.json": manifest.replace("}}", "}, " + json.dumps({"scripts": scripts})[1:-1] + "}", 1)}
    files |= {name: text, "src/index.html": "<base href='/'>"}
    found = inspect(**files).services[0]
    assert found.spec.runtime is not None
    assert found.spec.runtime.version == "14"
    assert any(
        "node-sass 4.14.1 works with Node up to 14" in item.says for item in found.facts["/runtime/version"].evidence
    )


@pytest.mark.parametrize(("version", "line"), [("4.1.3", "18"), ("4.3.4", "24")])
def test_a_library_that_node_20_refuses_bounds_it(version: str, line: str) -> None:
    lock = f"lockfileVersion: 5.4\n\npackages:\n\n  /@remix-run/web-fetch/{version}:\n    dev: false\n"
    keys: dict[str, Any] = {"dependencies": {"@remix-run/serve": "1.5.1"}, "scripts": {"start": "remix-serve build"}}
    keys["devDependencies"] = {"@remix-run/dev": "1.5.1"}
    spec = inspect(**{"package.json": package(**keys), "pnpm-lock.yaml": lock}).services[0].spec
    assert spec.runtime is not None
    assert spec.runtime.version == line


def test_a_bound_between_two_lines_is_the_reason_for_the_lower_one() -> None:
    lock = '{"lockfileVersion": 1, "dependencies": {"node-sass": {"version": "4.13.1"}}}'
    found = inspect(**app(scripts={"start": "node server.js"}), **SERVER, **{"package-lock.json": lock}).services[0]
    fact = found.facts["/runtime/version"]
    assert (fact.value, fact.guess) == ("12", False)
    assert "node-sass 4.13.1 works with Node up to 13" in fact.evidence[0].says


@pytest.mark.parametrize(
    ("asked", "dependencies", "line"),
    [
        ("8.4.0", {"quick.db": "^6.2.0"}, "10"),
        ("8.4.0", {"express": "^4.0.0"}, "22"),
        (">=8", {"quick.db": "^7.1.1"}, "18"),
        (">=8", {"better-sqlite3": "^4.1.0"}, "10"),
        ("20.x", {"quick.db": "^7.1.1"}, "20"),
        (">=14", {"next": "10.1.0"}, "16"),
        (">=14", {"next": "10.2.0"}, "24"),
    ],
)
def test_dependencies_bound_a_pin_that_has_no_image(asked: str, dependencies: dict[str, str], line: str) -> None:
    manifest = package(dependencies=dependencies, engines={"node": asked}, scripts={"start": "node server.js"})
    found = inspect(**{"package.json": manifest, **SERVER}).services[0]
    assert found.facts["/runtime/version"].value == line


# --- what is no service ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "files", "said"),
    [
        (
            {"devDependencies": {"electron": "31.0.0"}, "scripts": {"start": "electron ."}},
            {"index.html": ""},
            "a desktop",
        ),
        (
            {"devDependencies": {"vite": "6.0.0", "@tauri-apps/cli": "2.0.0"}, "scripts": {"build": "vite build"}},
            {"index.html": "", "src-tauri/tauri.conf.json": "{}"},
            "a desktop",
        ),
        (
            {"devDependencies": {"vite": "6.0.0"}, "scripts": {"build": "vite build"}},
            {"index.html": "", "public/manifest.json": '{"manifest_version": 3}'},
            "a browser",
        ),
        ({"engines": {"vscode": "^1.90.0"}, "main": "x.js"}, {"x.js": ""}, "an editor"),
        ({"dependencies": {"firebase-functions": "6.0.0"}, "main": "x.js"}, {"x.js": ""}, "Firebase"),
        ({"dependencies": {"react-native": "0.76.0"}, "main": "x.js"}, {"x.js": ""}, "on a phone"),
        ({"main": "x.js"}, {"x.js": "", "action.yml": "name: x\nruns:\n  using: node24\n  main: x.js\n"}, "CI"),
        ({"devDependencies": {"obsidian": "1.0.0"}, "main": "main.js"}, {"main.ts": ""}, "Obsidian"),
        (
            {"dependencies": {"inquirer": "12.0.0"}, "scripts": {"start": "node x.js"}},
            {"x.js": "const inquirer = require('inquirer'); inquirer.prompt([])"},
            "reads a terminal",
        ),
    ],
)
def test_what_runs_in_another_place_is_no_service(keys: dict[str, Any], files: dict[str, str], said: str) -> None:
    tree = {"package.json": package(**keys), **files}
    assert not inspect(**tree).services
    assert said in texts(**tree)


@pytest.mark.parametrize(
    ("keys", "files"),
    [
        # A site with the manifest of a web application, a server beside a desktop's shell, a site on a host of sites.
        ({"devDependencies": {"vite": "6.0.0"}, "scripts": {"build": "vite build"}}, {"public/manifest.json": "{}"}),
        ({"devDependencies": {"electron": "31.0.0"}, "scripts": {"start": "node server.js"}}, SERVER),
        (
            {"devDependencies": {"vite": "6.0.0", "electron": "31.0.0"}, "scripts": {"build": "vite build"}},
            {"netlify.toml": "[build]\n"},
        ),
        # A bot that asks once for a code, and stays.
        (
            {"scripts": {"start": "node x.js"}},
            {"x.js": "const rl = require('readline'); setInterval(() => rl, 1000)"},
        ),
    ],
)
def test_what_runs_in_a_container_as_well_stays_a_service(keys: dict[str, Any], files: dict[str, str]) -> None:
    assert len(inspect(**{"package.json": package(**keys), "index.html": "", **files}).services) == 1


def test_a_script_that_tries_the_command_of_a_package_is_no_service() -> None:
    keys: dict[str, Any] = {"bin": {"x": "./cli.js"}, "scripts": {"start": "node cli.js"}}
    assert not inspect(**{"package.json": package(**keys), "cli.js": "console.log(process.argv)"}).services
    served = inspect(**{"package.json": package(**keys), "cli.js": "require('http').createServer().listen(80)"})
    assert [item.spec.start for item in served.services] == [("node", "cli.js")]


def test_a_tool_of_development_starts_no_service() -> None:
    keys: dict[str, Any] = {"devDependencies": {"hardhat": "2.22.0"}, "scripts": {"start": "hardhat node"}}
    assert not inspect(**{"package.json": package(**keys)}).services


def test_a_member_that_only_exports_is_a_library() -> None:
    files = {
        "package.json": package(
            workspaces=["packages/*"], dependencies={"hono": "4.6.0"}, scripts={"start": "bun run main.ts"}
        ),
        "bun.lock": "{}",
        "tsconfig.json": json.dumps({"compilerOptions": {"paths": {"@x/*": ["./packages/api/src/*"]}}}),
        "main.ts": "import { serve } from '@x/server.js'; serve()",
        "packages/api/package.json": json.dumps(
            {"name": "api", "private": True, "exports": {"./*": "./src/*"}, "dependencies": {"zod": "4.0.0"}}
        ),
        "packages/api/src/server.ts": "export const serve = () => Bun.serve({ port: process.env.PORT || 6120 })",
        "packages/api/src/index.ts": "export * from './server'; Bun.serve({ port: 1 })",
    }
    spec = only(**files)
    assert (spec.path, spec.start, spec.port) == (".", ("bun", "run", "main.ts"), 6120)


# --- ports and pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "port"),
    [
        ("const { WebSocketServer } = require('ws'); new WebSocketServer({ port: 8081 })", 8081),
        ("Bun.serve({ fetch() { return new Response('x') } })", 3000),
    ],
)
def test_a_listener_of_a_socket_and_of_bun(code: str, port: int) -> None:
    assert only(**{"package.json": package(scripts={"start": "node x.js"}), "x.js": code}).port == port


def test_pages_whose_script_rollup_makes_are_built() -> None:
    scripts = {"build": "rollup -c", "start": "sirv public"}
    manifest = package(scripts=scripts, devDependencies={"rollup": "4.0.0"}, dependencies={"sirv-cli": "2.0.0"})
    config = "export default { output: { file: 'public/build/bundle.js' } }"
    spec = only(**{"package.json": manifest, "public/index.html": "", "rollup.config.js": config})
    assert (spec.build, spec.static.root) == (("npm run build",), "public")


def test_commands_at_once_that_run_commands_at_once_end_soon() -> None:
    every = [f"s{number}" for number in range(40)]
    scripts = {name: "concurrently " + " ".join(f"npm:{other}" for other in every) for name in every}
    start = time.monotonic()
    assert only(**app(scripts={**scripts, "start": scripts["s0"]}), **SERVER).start == ("node", "server.js")
    assert time.monotonic() - start < 5


def test_scripts_that_run_each_other_many_times_end_soon() -> None:
    scripts = {f"s{level}": " && ".join([f"npm run s{level + 1}"] * 30) for level in range(7)}
    start = time.monotonic()
    assert only(**app(scripts={**scripts, "s7": "node x.js", "start": "npm run s0"}), **SERVER).port == 3000
    assert time.monotonic() - start < 5
