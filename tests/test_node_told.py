"""What scripts, settings and CI of a Node project tell in their own way."""

import json

import pytest

from tests.test_node_traps import LOCK
from tests.test_traps import EXPRESS, LISTEN, inspect, only, package

PNPM = "lockfileVersion: '9.0'\n"
NEST = {"@nestjs/core": "10.0.0", "@prisma/client": "5.0.0"}


@pytest.mark.parametrize(
    ("code", "port"),
    [
        ("port = Number(process.env.PORT || 5001); http.createServer().listen(port)", 5001),
        # Which of two it is, only the program knows.
        ("port = 5001; if (x) { port = 5002 } http.createServer().listen(port)", 3000),
    ],
)  # fmt: skip
def test_a_name_that_gets_its_value_later(code: str, port: int) -> None:
    manifest = package(scripts={"start": "node a.js"}, dependencies={"express": "4.0.0"})
    assert only(**{"package.json": manifest, "a.js": f"var http = require('http'), port; {code}", **LOCK}).port == port


def test_a_build_script_by_an_underscore() -> None:
    scripts = {"start": "node a.js", "build_prod": "webpack --mode production"}
    manifest = package(scripts=scripts, dependencies=EXPRESS, devDependencies={"webpack": "4.43.0"})
    spec = only(**{"package.json": manifest, "a.js": LISTEN})
    assert list(spec.build) == ["npm run build_prod"]
    variables = {item.name: item.value for item in spec.environment if item.phase == "build"}
    assert variables.get("NODE_OPTIONS") == "--openssl-legacy-provider"


def test_a_schema_of_prisma_in_a_folder_that_the_manifest_names() -> None:
    value = {"dependencies": NEST, "scripts": {"build": "nest build", "start:prod": "node dist/main"}}
    manifest = package(**value, prisma={"schema": "src/a/b/c/d/schema"})
    files = {"package.json": manifest, "src/a/b/c/d/schema/user.prisma": "model A { id Int @id }", "src/main.ts": ""}
    assert only(**files, **LOCK).build[0] == "npx --no-install prisma generate"


def test_what_runs_before_the_tests_is_not_what_generates() -> None:
    scripts = {"pretest": "node make.js && prisma generate", "test": "jest", "build": "nest build"}
    member = package(name="api", dependencies=NEST, scripts=scripts)
    root = {"package.json": package(name="mono"), "pnpm-workspace.yaml": "packages: ['apps/*']", "pnpm-lock.yaml": PNPM}
    files = {"apps/api/package.json": member, "apps/api/prisma/schema.prisma": "", "apps/api/src/main.ts": LISTEN}
    assert only(**root, **files).build[0] == "pnpm --filter api exec prisma generate"


@pytest.mark.parametrize(
    ("steps", "version"),
    [
        ([{"run": "corepack enable\ncorepack prepare pnpm@9 --activate"}], "9"),
        ([{"uses": "pnpm/action-setup@v4", "with": {"version": "9.15.0"}}], "9.15.0"),
        # CI tries both.
        ([{"run": "npm i -g pnpm@9"}, {"run": "npm i -g pnpm@10"}], "10.34.8"),
        ([{"uses": "pnpm/action-setup@v4"}], "10.34.8"),
    ],
)
def test_the_pnpm_of_ci(steps: list[object], version: str) -> None:
    workflow = json.dumps({"jobs": {"test": {"steps": steps}}})
    files = {"pnpm-lock.yaml": PNPM, ".github/workflows/ci.yml": workflow, "a.js": LISTEN}
    spec = only(**files, **{"package.json": package(scripts={"start": "node a.js"}, dependencies=EXPRESS)})
    assert spec.package_manager is not None
    assert spec.package_manager.version == version


@pytest.mark.parametrize(
    ("call", "packages"),
    [
        ("runner(process.env.OFFICE ?? 'soffice', ['--headless', x])", ["libreoffice"]),
        ("spawn(process.env.MAGICK || 'ffmpeg')", ["ffmpeg"]),
        ("translate('soffice', ['word'])", []),
    ],
)
def test_a_program_that_a_function_of_the_projects_own_starts(call: str, packages: list[str]) -> None:
    manifest = package(scripts={"start": "node a.js"}, dependencies=EXPRESS)
    spec = only(**{"package.json": manifest, "a.js": f"{LISTEN}\n{call}", **LOCK})
    assert list(spec.system_packages.run) == packages


def test_a_program_that_a_module_beyond_the_bound_starts() -> None:
    manifest = package(scripts={"start": "node src/a.js"}, dependencies=EXPRESS)
    loads = "".join(f"require('./m{number}');" for number in range(70))
    files = {f"src/m{number}.js": "" for number in range(70)} | {"src/m69.js": "spawn('ffmpeg', ['-i'])"}
    tests = {"src/x.spec.js": "spawn('soffice', ['-i'])"}
    spec = only(**{"package.json": manifest, "src/a.js": LISTEN + loads, **files, **tests, **LOCK})
    assert list(spec.system_packages.run) == ["ffmpeg"]


BOOK = {"scripts": {"build:book": "storybook build", "dev": "storybook dev"}, "devDependencies": {"storybook": "9.0.0"}}


def test_a_storybook_that_its_own_image_serves() -> None:
    manifest = package(dependencies={"next": "15.0.0"}, **BOOK)
    image = 'FROM node\nCMD ["npx", "http-server", "./storybook-static"]\n'
    spec = only(**{"package.json": manifest, "Dockerfile": image, **LOCK})
    assert (spec.framework, list(spec.build)) == ("storybook", ["npx --no-install storybook build"])
    assert spec.static is not None
    assert spec.static.root == "storybook-static"


def test_a_storybook_beside_an_application_that_scripts_build() -> None:
    scripts = {**BOOK["scripts"], "build": "next build", "start": "next start"}
    manifest = package(dependencies={"next": "15.0.0"}, scripts=scripts, devDependencies=BOOK["devDependencies"])
    assert only(**{"package.json": manifest, **LOCK}).framework == "nextjs"
    assert not [note for note in inspect(**{"package.json": manifest, **LOCK}).notes if "storybook" in note.text]


def test_a_port_whose_default_is_in_a_member_that_checks_the_environment() -> None:
    code = "import { check } from '@x/env'; const env = check(); serve({ port: env.API_PORT })"
    schema = "export const check = () => z.object({ PORT: z.coerce.number().default(3000),"
    schema += " API_PORT: z.coerce.number().default(8088) }).parse(process.env)"
    api = package(name="api", dependencies={"hono": "4.0.0", "@x/env": "workspace:*"}, scripts={"start": "node a.js"})
    files = {"apps/api/package.json": api, "apps/api/a.js": code, "packages/env/src/schema.ts": schema,
             "packages/env/package.json": package(name="@x/env", main="./dist/index.js"),
             "packages/env/src/index.ts": "export * from './schema'", "pnpm-lock.yaml": PNPM,
             "package.json": package(name="mono"),
             "pnpm-workspace.yaml": "packages: ['apps/*', 'packages/*']"}  # fmt: skip
    spec = only(**files)
    assert (spec.port, spec.port_variable) == (8088, "API_PORT")


WEB = {
    "web/package.json": package(devDependencies={"vite": "7.0.0"}, scripts={"build": "vite build"}),
    "web/index.html": "<div id=app></div>",
}


@pytest.mark.parametrize(
    ("script", "path"),
    [
        ("nodemon backend/main.js", "backend/main.js"),
        ("cd backend && nodemon main.js", "backend/main.js"),
        ('concurrently "nodemon backend/main.js" "npm --prefix web run dev"', "backend/main.js"),
    ],
)
def test_a_server_that_only_a_development_script_runs(script: str, path: str) -> None:
    scripts = {"dev": script}
    files = {"package.json": package(dependencies=EXPRESS, main="index.js", scripts=scripts), path: LISTEN}
    assert [item.spec.path for item in inspect(**files, **WEB).services] == [".", "web"]


@pytest.mark.parametrize(
    ("path", "code"), [("lib/print.js", "console.log(1)"), ("examples/main.js", LISTEN), ("web/main.js", LISTEN)]
)
def test_a_development_script_of_what_is_no_server_of_the_package(path: str, code: str) -> None:
    scripts = {"dev": "cd web && nodemon main.js" if path.startswith("web") else f"nodemon {path}"}
    files = {"package.json": package(dependencies=EXPRESS, main="index.js", scripts=scripts), path: code}
    assert [item.spec.path for item in inspect(**files, **WEB).services] == ["web"]


def webpack(plugin: str) -> dict[str, str]:
    code = f"""
        const Html = require('html-webpack-plugin')
        module.exports = {{output: {{path: require('path').resolve(__dirname, 'www')}}, plugins: [{plugin}]}}
    """
    versions = {"webpack": "5.90.0", "webpack-cli": "5.1.0", "html-webpack-plugin": "5.6.0"}
    scripts = {"start": "webpack serve", "build": "webpack"}
    return {
        **LOCK,
        "package.json": package(devDependencies=versions, scripts=scripts),
        "webpack.config.js": code,
        "src/app.js": "document.body.append('x')",
        "src/index.html": "<p>",
    }


@pytest.mark.parametrize("options", ["{template: 'src/index.html'}", "{filename: './index.html'}", ""])
def test_a_page_that_a_plug_in_of_webpack_makes(options: str) -> None:
    spec = only(**webpack(f"new Html({options})"))
    assert (spec.framework, list(spec.build), spec.static.root) == ("webpack", ["npm run build"], "www")


@pytest.mark.parametrize("plugin", ["", "new Html({filename: 'widget/demo.html'})"])
def test_a_bundle_of_webpack_without_a_page_is_no_site(plugin: str) -> None:
    assert [item.spec.language for item in inspect(**webpack(plugin)).services] == ["static"]


@pytest.mark.parametrize(
    ("start", "manifest", "paths"),
    [
        ("cd server && node main.js && npm run web", package(dependencies=EXPRESS), ["server"]),
        ("cd server && npm start", package(dependencies=EXPRESS, scripts={"start": "node main.js"}), ["server"]),
        # What the program needs is only at the root.
        ("cd server && node main.js", package(type="commonjs"), ["."]),
        ("node server/main.js", package(type="commonjs"), ["."]),
    ],
)
def test_a_root_that_starts_the_server_of_another_manifest(start: str, manifest: str, paths: list[str]) -> None:
    scripts = {"start": start, "web": "cd web && npm run dev"}
    server = {"server/package.json": manifest, "server/main.js": LISTEN}
    files = {"package.json": package(dependencies=EXPRESS, scripts=scripts), **server}
    assert [item.spec.path for item in inspect(**files).services] == paths
