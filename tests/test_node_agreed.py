"""What people's own Dockerfiles taught: each case is a smallest tree."""

import json
from typing import Any

import pytest

import genfile
from tests.test_node_start import texts
from tests.test_traps import EXPRESS, LISTEN, VITE_PAGE, inspect, only, package

SERVER = "const app = require('express')(); app.listen(3100)"
CONFIGS = {
    "an object that a function gives back": (
        "export const load = (): C => { return { SERVICE_PORT: parseInt(process.env.SERVICE_PORT || '3006', 10) } }",
        "import { load } from './config.js'; const config = load(); app.listen(config.SERVICE_PORT)",
    ),
    "an object that a function makes": (
        "export const load = () => ({ http: { port: Number(process.env.HTTP_PORT ?? 3006) } })",
        "import { load } from './config.js'; const config = load(); app.listen(config.http.port)",
    ),
    "a schema whose default a function makes": (
        "export const S = Schema.Struct({ PORT: Schema.optionalWith(Schema.Number, { default: () => 3006 }) })",
        "import { env } from './config.js'; app.listen(env.PORT)",
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_port_of_a_configuration_module(name: str) -> None:
    config, main = CONFIGS[name]
    tree = {
        "package.json": package(dependencies=EXPRESS, scripts={"start": "tsx src/index.ts"}),
        "src/index.ts": f"import express from 'express'; const app = express(); {main}",
        "src/config.ts": config,
    }
    assert only(**tree).port == 3006


def test_server_that_is_built_beside_a_bundle_is_no_site() -> None:
    tree = {
        "package.json": package(
            dependencies=EXPRESS,
            devDependencies={"webpack": "5.72.0", "webpack-cli": "4.9.0", "typescript": "5.4.0"},
            scripts={
                "build": "webpack && tsc --project server",
                "start": "webpack serve",
                "start:prod": "NODE_ENV=production node ./dist/server/index.js",
            },
        ),
        "server/index.ts": "import express from 'express'; express().listen(5000)",
        "server/tsconfig.json": json.dumps({"compilerOptions": {"outDir": "../dist/server"}}),
        "index.html": "",
    }
    spec = only(**tree)
    assert (spec.static, list(spec.start)) == (None, ["node", "./dist/server/index.js"])


def test_server_that_only_shows_an_example_leaves_the_site() -> None:
    tree = {
        "package.json": package(
            dependencies=EXPRESS,
            devDependencies={"vite": "5.0.0"},
            scripts={"build": "vite build", "start": "node examples/server/index.js"},
        ),
        "examples/server/index.js": SERVER,
        **VITE_PAGE,
    }
    assert only(**tree).static is not None


@pytest.mark.parametrize(
    ("keys", "files", "is_site"),
    [
        ({}, {}, True),
        ({"main": "server/index.js"}, {}, False),
        ({"scripts": {"build": "vite build", "api": "cd server && node index.js"}}, {}, False),
        ({"scripts": {"build": "vite build", "dev": 'concurrently "vite" "node server"'}}, {}, False),
        ({"scripts": {"build": "tsc -b"}}, {}, False),
        ({}, {"Procfile": "web: node server/index.js\n"}, False),
        ({}, {"Dockerfile": 'FROM node:24\nCOPY . .\nCMD ["node", "server/index.js"]\n'}, False),
        ({}, {"server/index.js": SERVER + "\napp.use(express.static('../dist'))"}, False),
        ({}, {"server/index.js": SERVER + "\napp.use(express.static('dist'))"}, False),
        ({}, {"server/index.js": SERVER + "\napp.use(express.static('uploads'))"}, True),
        ({}, {"server/index.js": "const vite = require('vite')\n" + SERVER}, False),
        ({}, {"vite.config.js": "export default {server: {proxy: {'/api': 'http://localhost:3100'}}}"}, False),
        ({}, {"vite.config.js": "export default {server: {proxy: {'/api': {target: 'http://localhost:9'}}}}"}, True),
    ],
)
def test_an_old_server_beside_a_page_that_is_built(keys: dict[str, Any], files: dict[str, str], is_site: bool) -> None:
    tools: dict[str, Any] = {"devDependencies": {"vite": "7.1.0"}, "scripts": {"build": "vite build", "dev": "vite"}}
    tree = {"package.json": package(dependencies=EXPRESS, **{**tools, **keys}), "server/index.js": SERVER}
    spec = only(**{**VITE_PAGE, **tree, **files})
    assert (spec.static is not None) == is_site


SITE = {"package.json": package(devDependencies={"vite": "5.0.0"}, scripts={"build": "vite build"}), **VITE_PAGE}


def _site(folder: str) -> dict[str, str]:
    return {f"{folder}/{name}": text for name, text in SITE.items()}


@pytest.mark.parametrize(
    ("keys", "services"),
    [
        ({"dependencies": {"next": "15.0.0"}, "scripts": {"build": "next build", "start": "next start"}}, 2),
        ({"dependencies": {"next": "15.0.0"}, "scripts": {"build": "next build", "dev": "next dev"}}, 1),
        (
            {
                "dependencies": {"next": "15.0.0", "nextra": "4.0.0"},
                "scripts": {"build": "next build", "start": "next start"},
            },
            1,
        ),
        ({"devDependencies": {"vite": "7.0.0"}, "scripts": {"build": "vite build", "start": "vite preview"}}, 1),
    ],
)
def test_an_application_called_docs(keys: dict[str, Any], services: int) -> None:
    web = package(name="web", dependencies={"next": "15.0.0"}, scripts={"build": "next build", "start": "next start"})
    files = {
        "package.json": package(name="all", workspaces=["apps/*"]),
        "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
        "apps/web/package.json": web,
        "apps/web/app/page.jsx": "",
        "apps/docs/package.json": package(**{"name": "docs", **keys}),
        "apps/docs/app/page.jsx": "",
        "apps/docs/index.html": "",
    }
    assert len(inspect(**files).services) == services
    alone = {name.replace("apps/", ""): text for name, text in files.items()}
    manifest = package(name="all", workspaces=["web", "docs"])
    assert len(inspect(**{**alone, "package.json": manifest}).services) == 1


def test_application_for_vendors_among_others() -> None:
    tree = {**_site("apps/vendor"), **_site("apps/admin")}
    assert [item.spec.path for item in inspect(**tree).services] == ["apps/admin", "apps/vendor"]


def test_copies_of_others_are_none() -> None:
    tree = {**_site("web"), **_site("vendor/thing"), **_site("lib/vendor/other"), **_site("vendor")}
    assert [item.spec.path for item in inspect(**tree).services] == ["web"]


def test_procfile_of_a_buildpack_that_is_not_there() -> None:
    tree = {"package.json": package(dependencies=EXPRESS), "server.js": SERVER, "Procfile": "web: bin/start-nginx\n"}
    found = inspect(**tree)
    assert [list(item.spec.start) for item in found.services] == [["node", "server.js"]]
    assert any("bin/start-nginx is neither committed nor in your dependencies" in note.text for note in found.notes)


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("node server.js", {}),
        ("bin/run", {"bin/run": "#!/bin/sh\nexec node server.js\n"}),
        ("./node_modules/.bin/pm2-runtime server.js", {}),
    ],
)
def test_procfile_of_a_program_that_is_there(command: str, more: dict[str, str]) -> None:
    dependencies = {**EXPRESS, "pm2": "5.0.0"}
    tree = {"package.json": package(dependencies=dependencies), "server.js": SERVER, "Procfile": f"web: {command}\n"}
    found = inspect(**tree, **more)
    assert not any("neither in the tree" in note.text for note in found.notes)


@pytest.mark.parametrize(
    ("dependency", "version", "line"),
    [
        ("@angular-devkit/build-angular", "0.13.9", "12"),
        ("@angular-devkit/build-angular", "0.1102.0", "14"),
        ("@angular-devkit/build-angular", "15.2.1", "18"),
        ("react-scripts", "4.0.3", "16"),
        ("react-scripts", "5.0.1", "24"),
        ("@vue/cli-service", "4.5.0", "16"),
    ],
)
def test_old_bundler_gets_a_node_of_its_time(dependency: str, version: str, line: str) -> None:
    tree = {
        "package.json": package(devDependencies={dependency: version}, scripts={"build": "vue-cli-service build"}),
        "public/index.html": "",
        "src/index.html": "",
    }
    if dependency.startswith("@angular"):
        tree["package.json"] = package(
            dependencies={"@angular/core": version.replace("0.13.9", "7.2.0").replace("0.1102.0", "11.2.0")},
            devDependencies={dependency: version},
            scripts={"build": "ng build"},
        )
    assert only(**tree).runtime.version == line


def test_pin_beats_what_an_old_bundler_works_with() -> None:
    tree = {
        "package.json": package(devDependencies={"react-scripts": "4.0.3"}, scripts={"build": "react-scripts build"}),
        "public/index.html": "",
        ".nvmrc": "18\n",
    }
    assert only(**tree).runtime.version == "18"


def test_start_file_of_another_package_is_that_packages() -> None:
    tree = {
        "package.json": package(dependencies={"axios": "1"}, scripts={"start": "node backend/server.js"}),
        "backend/package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}),
        "backend/server.js": SERVER,
    }
    assert [item.spec.path for item in inspect(**tree).services] == ["backend"]


def test_start_file_whose_folder_only_says_how_it_is_read_is_the_roots() -> None:
    tree = {
        "package.json": package(dependencies=EXPRESS, scripts={"start": "node backend/server.js"}),
        "backend/package.json": json.dumps({"type": "commonjs"}),
        "backend/server.js": SERVER,
    }
    assert [item.spec.path for item in inspect(**tree).services] == ["."]


PRINTS = "const fs = require('fs'); const { add } = require('./lib'); fs.writeFileSync('a', `${add(1, 2)}`)"
LIB = "exports.add = (a, b) => a + b"


def _program(code: str, **more: str) -> dict[str, str]:
    manifest = package(dependencies={"left-pad": "1"}, scripts={"start": "node index.js"})
    return {"package.json": manifest, "index.js": code, "lib.js": LIB, **more}


def test_program_that_prints_and_ends_is_no_service() -> None:
    found = inspect(**_program(PRINTS))
    assert not found.services
    assert any("it does its work and exits" in note.text for note in found.notes)


@pytest.mark.parametrize(
    "code",
    [
        f"{PRINTS}; setInterval(() => {{}}, 1000)",
        f"{PRINTS}; process.stdin.on('data', () => {{}})",
        f"{PRINTS}; const work = require('left-pad'); work()",
        f"{PRINTS}; require(process.argv[2])",
        "require('http').createServer(() => {}).listen(3000)",
        "require('./missing')",
    ],
)
def test_program_that_may_stay_is_kept(code: str) -> None:
    assert len(inspect(**_program(code)).services) == 1


def test_program_that_ends_is_kept_where_a_container_starts_it() -> None:
    tree = _program(PRINTS, Dockerfile="FROM node:24\nCOPY . .\nCMD node index.js\n")
    assert len(inspect(**tree).services) == 1
    assert len(inspect(**_program(PRINTS, Procfile="worker: node index.js\n")).services) == 1


def test_root_of_a_workspace_is_installed_with_its_members() -> None:
    tree = {
        "package.json": package(workspaces=["packages/*"], dependencies=EXPRESS, scripts={"start": "node server.js"}),
        "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
        "server.js": SERVER,
        "packages/shared/package.json": json.dumps({"name": "shared"}),
    }
    assert "packages/shared/package.json" in only(**tree).manifests


@pytest.mark.parametrize(
    ("npmrc", "kept"),
    [
        ("@shop:registry=https://npm.example.com\n", True),
        ("//npm.example.com/:_authToken=abc\n", False),
    ],
)
def test_npmrc_without_a_credential_stays_in_the_build_context(npmrc: str, kept: bool) -> None:
    tree = {
        "package.json": package(dependencies={**EXPRESS, "@shop/a": "1"}, scripts={"start": "node server.js"}),
        "server.js": SERVER,
        ".npmrc": npmrc,
    }
    files = genfile.generate(tree, comments="none").files
    assert ("source=.npmrc" in files["Dockerfile"]) is kept
    assert ("**/.npmrc" in files[".dockerignore"]) is not kept


# --- a lock that is out of step ---------------------------------------------------------------------------------------


def test_a_lock_that_npm_would_refuse_is_left_out() -> None:
    packages = {"": {"dependencies": {"express": "^5"}}, "node_modules/express": {"version": "5.1.0"}}
    lock = json.dumps({"lockfileVersion": 3, "packages": packages})
    manifest = {"scripts": {"start": "node app.js"}, "dependencies": {"express": "^5", "helmet": "^8"}}
    files = {"package.json": json.dumps(manifest), "package-lock.json": lock, "app.js": LISTEN}
    found = genfile.inspect(files).services[0]
    assert found.spec.package_manager is not None
    assert found.spec.package_manager.lockfile is None
    assert "package-lock.json" not in found.spec.manifests
    assert any("it does not list helmet, which package.json requires" in note.text for note in found.notes)
    assert "npm install --omit=dev" in genfile.generate(files).files["Dockerfile"]
    packages["node_modules/helmet"] = {"version": "8.0.0"}
    packages[""]["dependencies"]["helmet"] = "^8"  # type: ignore[index]
    files["package-lock.json"] = json.dumps({"lockfileVersion": 3, "packages": packages})
    assert "npm ci --omit=dev" in genfile.generate(files).files["Dockerfile"]


@pytest.mark.parametrize(
    ("lock", "version"),
    [
        ("lockfileVersion: 5.3\n", "7"),
        ("lockfileVersion: 5.4-inlineSpecifiers\n", "7"),
        # Before pnpm 6 its keys were in the order of the alphabet.
        ("dependencies:\n  express: 5.0.0\nlockfileVersion: 5.1\n", "7"),
        ("lockfileVersion: '6.0'\n", "8"),
        ("lockfileVersion: '9.0'\n", "10.34.8"),
    ],
)
def test_pnpm_by_the_format_of_its_lock(lock: str, version: str) -> None:
    tree = {
        "package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}),
        "server.js": SERVER,
        "pnpm-lock.yaml": lock,
    }
    manager = only(**tree).package_manager
    assert (manager.name, manager.version) == ("pnpm", version)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("app.listen({ port: process.env.PORT || 3000 })", True),
        ("app.listen(3000)", True),
        ("app.listen({ port: 3000, host: '0.0.0.0' })", False),
        ("app.listen(3000, '0.0.0.0')", False),
    ],
)
def test_fastify_without_a_host_listens_for_nobody_outside(call: str, told: bool) -> None:
    keys = {"dependencies": {"fastify": "5.0.0"}, "scripts": {"start": "node s.js"}}
    tree = {"package.json": package(**keys), "s.js": f"const app = require('fastify')();\n{call};\n"}
    assert ("reachable only from inside" in texts(**tree)) is told


def test_a_development_dependency_that_pino_loads_by_name_is_installed() -> None:
    made = "const f = require('fastify')({ logger: { transport: { target: 'pino-pretty' } } });\n"
    code = made + "f.listen({ port: 80, host: '::' });\n"
    keys = {
        "dependencies": {"fastify": "5.0.0"},
        "devDependencies": {"pino-pretty": "13.0.0"},
        "scripts": {"start": "node s.js"},
    }
    assert only(**{"package.json": package(**keys), "s.js": code}).dependencies_at_run == "all"
