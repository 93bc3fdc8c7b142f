"""Which command starts a Node service: through every wrapper to the program itself, and only to one that is there."""

import json
from typing import Any

import pytest

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
        ("nodemon src/x.ts", {"nodemon.json": '{"execMap": {"ts": "tsx"}}', "src/x.ts": IMPORT}, ("tsx", "src/x.ts")),
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


# --- candidates are held against what is there or is made ------------------------------------------------------------


TYPES = {"typescript": "5.9.0", "tsx": "4.19.0"}


def typed(scripts: dict[str, str], **options: Any) -> dict[str, str]:
    manifest = package(dependencies=EXPRESS, devDependencies=TYPES, scripts=scripts)
    return {"package.json": manifest, "tsconfig.json": tsconfig(**options), "src/server.ts": IMPORT}


def test_a_build_that_writes_nothing_is_none_and_the_source_is_run() -> None:
    scripts = {"build": "tsc --build", "start": "node ./dist/server.js", "dev": "nodemon --exec tsx src/server.ts"}
    files = typed(scripts, noEmit=True)
    spec = only(**files)
    assert (spec.build, spec.start, spec.dependencies_at_run) == ((), ("tsx", "src/server.ts"), "all")
    said = texts(**files)
    assert "only checks types" in said
    assert "dist/server.js is neither in the tree nor made by the build; `tsx src/server.ts` is started" in said


@pytest.mark.parametrize("build", ["tsc", "rimraf dist && tsc && tsc-alias"])
def test_a_start_that_the_compiler_does_not_make_gives_way_to_one_that_it_makes(build: str) -> None:
    files = typed({"build": build, "start": "node dist/index.js", "dev": "tsx watch src/server.ts"})
    assert only(**files).start == ("node", "dist/server.js")
    assert "dist/index.js is neither in the tree nor made by the build" in texts(**files)


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
    assert only(**files).start == ("node", "missing.js")
    assert "missing.js is neither in the tree nor made by the build" in texts(**files)


def test_a_missing_file_gives_way_to_a_program_of_a_usual_name() -> None:
    assert only(**app(scripts={"start": "node index.js"}), **{"app.js": LISTEN}).start == ("node", "app.js")


def test_babel_writes_file_by_file() -> None:
    scripts = {"build": "babel src -d dist", "start": "nodemon --exec babel-node src/api/main.js"}
    assert only(**app(scripts=scripts), **{"src/api/main.js": LISTEN}).start == ("node", "dist/api/main.js")


# --- a build where no script is one ----------------------------------------------------------------------------------


@pytest.mark.parametrize("script", ["nodemon src/server.ts", "tsx watch src/server.ts", "ts-node-dev src/server.ts"])
def test_what_development_watches_is_compiled_where_node_loads_the_output(script: str) -> None:
    spec = only(**typed({"dev": script}))
    assert spec.build == ("npx --no-install tsc --project tsconfig.json",)
    assert spec.start == ("node", "dist/server.js")


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
    assert (spec.build, spec.start) == ((), ("tsx", "src/server.ts"))


def test_a_start_script_that_runs_the_source_is_the_project_s_own_word() -> None:
    spec = only(**typed({"start": "tsx src/server.ts"}))
    assert (spec.build, spec.start) == ((), ("tsx", "src/server.ts"))


def test_a_watching_compiler_is_a_build() -> None:
    spec = only(**typed({"start": 'tsc-watch --onSuccess "node dist/server.js"'}))
    assert (spec.build, spec.start) == (
        ("npx --no-install tsc --project tsconfig.json",),
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
