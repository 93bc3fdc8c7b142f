"""What real trees in JavaScript do: each case is the smallest tree that has the trap."""

import json
from typing import Any

import pytest

from genfile.detect.inspection import Inspection
from tests.test_traps import EXPRESS, LISTEN, VITE_PAGE, inspect, only, package

TSCONFIG = '{"compilerOptions": {"outDir": "dist", "rootDir": "src"}}'
LOCK = {"package-lock.json": '{"lockfileVersion": 3, "packages": {}}'}


def server(code: str = LISTEN, **keys: Any) -> dict[str, str]:
    """A server on Express, with what else its package.json says."""
    keys.setdefault("scripts", {"start": "node server.js"})
    return {**LOCK, "package.json": package(**{"dependencies": EXPRESS, **keys}), "server.js": code}


def texts(inspection: Inspection) -> str:
    notes = [note.text for service in inspection.services for note in service.notes]
    return "\n".join(notes + [note.text for note in inspection.notes])


# --- builds --------------------------------------------------------------------------------------------------------


def test_a_build_leaves_migrations_to_the_release() -> None:
    scripts = {"build": "prisma generate && prisma migrate deploy && next build", "start": "next start"}
    dependencies = {"next": "15.0.0", "@prisma/client": "6.0.0", "prisma": "6.0.0"}
    tree = {"prisma/schema.prisma": "", "prisma/migrations/1/migration.sql": "", "app/page.tsx": ""}
    spec = only(**{"package.json": package(dependencies=dependencies, scripts=scripts)}, **LOCK, **tree)
    assert list(spec.build) == ["npx --no-install prisma generate", "npx --no-install next build"]
    assert spec.release == ("node_modules/.bin/prisma", "migrate", "deploy")


@pytest.mark.parametrize(
    ("output", "kept"),
    [("", True), ('output = "../node_modules/.prisma/client"', True), ('output = "../src/generated"', False)],
)
def test_a_client_outside_of_node_modules_leaves_them_as_installed(output: str, kept: bool) -> None:
    scripts = {"build": "prisma generate && tsc", "start": "node dist/index.js"}
    dependencies = {"express": "5.0.0", "@prisma/client": "7.0.0"}
    manifest = package(dependencies=dependencies, devDependencies={"prisma": "7.0.0"}, scripts=scripts)
    schema = f'generator client {{\n  provider = "prisma-client"\n  {output}\n}}\n'
    files = {"package.json": manifest, **LOCK, "prisma/schema.prisma": schema, "src/index.ts": LISTEN}
    assert only(**files, **{"tsconfig.json": TSCONFIG}).generates_modules is kept


def test_a_hook_before_the_build_is_part_of_it() -> None:
    scripts = {"prebuild": "run-s generate migrate", "generate": "node gen.js", "migrate": "knex migrate:latest"}
    scripts |= {"build": "tsc", "start": "node dist/index.js"}
    files = server(scripts=scripts, dependencies=EXPRESS | {"knex": "3.0.0"})
    spec = only(**files, **{"tsconfig.json": TSCONFIG, "src/index.ts": "app.listen(3000)"})
    assert list(spec.build) == ["node gen.js", "npx --no-install tsc"]
    assert spec.release == ("node_modules/.bin/knex", "migrate:latest")


@pytest.mark.parametrize(
    ("script", "build"),
    [
        ("npm install && tsc", "npx --no-install tsc"),
        ("yarn && tsc", "npx --no-install tsc"),
        ("npm install left-pad && tsc", "npm run build"),
        ("npm install --prefix client && tsc", "npm run build"),
    ],
)
def test_a_build_does_not_install_once_more(script: str, build: str) -> None:
    scripts = {"build": script, "start": "node dist/index.js"}
    spec = only(**server(scripts=scripts), **{"tsconfig.json": TSCONFIG, "src/index.ts": "app.listen(3000)"})
    assert list(spec.build) == [build]


@pytest.mark.parametrize(
    ("more", "paths"),
    [
        ({}, ("package.json", "dist")),
        ({"dist/index.js.map": ""}, ("package.json", "dist")),
        ({"dist/a.hbs": ""}, (".",)),
    ],
)
def test_an_output_that_is_committed_is_made_again(more: dict[str, str], paths: tuple[str, ...]) -> None:
    """Where the folder holds something that the compiler does not write, all goes on as it is."""
    files = server(scripts={"build": "tsc", "start": "node dist/index.js"})
    del files["server.js"]
    spec = only(**files, **{"tsconfig.json": TSCONFIG, "src/index.ts": "app.listen(3000)", "dist/index.js": ""}, **more)
    assert set(spec.run_paths) == set(paths)


def test_files_that_no_code_names_stay_behind() -> None:
    files = server(scripts={"build": "tsc", "start": "node dist/index.js"})
    del files["server.js"]
    code = "import { readFileSync } from 'fs'; readFileSync('openapi.yaml'); app.listen(3000)"
    others = {"openapi.yaml": "", "cloudbuild.yaml": "", "locales.json": ""}
    spec = only(**files, **{"tsconfig.json": TSCONFIG, "src/index.ts": code}, **others)
    assert set(spec.run_paths) == {"package.json", "dist", "openapi.yaml", "locales.json"}


@pytest.mark.parametrize(
    "scripts",
    [
        {"prestart:prod": "tsc", "start:prod": "node dist/index.js", "start": "nodemon"},
        {"start": "tsc && node dist/index.js"},
    ],
)
def test_a_compile_step_before_the_start_is_the_build(scripts: dict[str, str]) -> None:
    files = server(scripts=scripts, dependencies=EXPRESS | {"typescript": "5.0.0"})
    spec = only(**files, **{"tsconfig.json": TSCONFIG, "src/index.ts": "app.listen(3000)"})
    assert list(spec.build) == ["npx --no-install tsc"]
    assert spec.start == ("node", "dist/index.js")


def test_a_lifecycle_script_that_only_builds_is_not_run_once_more() -> None:
    scripts = {"build": "tsc", "start": "node dist/index.js", "postinstall": "npm run build", "prepare": "node x.js"}
    spec = only(
        **server(scripts=scripts), **{"tsconfig.json": TSCONFIG, "src/index.ts": "app.listen(3000)", "x.js": ""}
    )
    assert list(spec.lifecycle_scripts) == ["prepare"]


def test_parts_of_a_build_are_all_run() -> None:
    scripts = {"build:server": "tsc", "build:client": "vite build", "start": "node dist/index.js"}
    files = server(scripts=scripts, dependencies=EXPRESS | {"typescript": "5.0.0"})
    spec = only(**files, **{"tsconfig.json": TSCONFIG, "src/index.ts": "app.listen(3000)"})
    assert list(spec.build) == ["npm run build:client", "npm run build:server"]


def test_angular_builds_for_production() -> None:
    target = {"options": {"outputPath": "dist/x"}, "configurations": {"production": {"outputPath": "www"}}}
    target["builder"] = "@angular-devkit/build-angular:browser"
    angular = json.dumps({"projects": {"x": {"architect": {"build": target}}}})
    files = {"package.json": package(dependencies={"@angular/core": "11.0.0"}, scripts={"build": "ng build"}), **LOCK}
    spec = only(**files, **{"angular.json": f"{angular}\n// its own parser takes comments", "src/index.html": ""})
    assert list(spec.build) == ["npm run build -- --configuration production"]
    assert spec.static.root == "www"


def test_of_two_bundlers_the_one_that_builds() -> None:
    config = "module.exports = { output: { path: require('path').resolve(__dirname, 'out') } }"
    dependencies = {"webpack-cli": "5.0.0", "vite": "5.0.0"}
    files = {"package.json": package(devDependencies=dependencies, scripts={"build": "webpack"}), **LOCK, **VITE_PAGE}
    spec = only(**files, **{"webpack.config.js": config})
    assert (spec.framework, spec.static.root) == ("webpack", "out")


def test_git_is_not_there_while_building() -> None:
    scripts = {"build": "VERSION=$(git rev-parse HEAD) vite build"}
    files = {"package.json": package(devDependencies={"vite": "5.0.0"}, scripts=scripts), **LOCK, **VITE_PAGE}
    assert "reads git" in texts(inspect(**files))


# --- starts --------------------------------------------------------------------------------------------------------


def test_what_a_script_is_given_goes_to_its_end() -> None:
    scripts = {"start": "npm run with:env -- node lib/main.js", "with:env": "dotenv -e .env --"}
    assert only(**server(scripts=scripts), **{"lib/main.js": LISTEN}).start == ("node", "lib/main.js")


def test_a_watched_program_is_started_without_watching() -> None:
    files = server(scripts={"start": "node --watch ./dist/index.js", "build": "tsc"})
    assert only(**files, **{"src/index.ts": LISTEN, "tsconfig.json": TSCONFIG}).start == ("node", "./dist/index.js")


def test_pm2_is_told_by_its_ecosystem() -> None:
    config = "module.exports = { apps: [{ name: 'api', script: './server.js', env: { PORT: 7000 } }] }"
    files = server(scripts={"start": "pm2-runtime start ecosystem.config.js"})
    spec = only(**files, **{"ecosystem.config.js": config})
    assert (spec.start, spec.port) == (("node", "server.js"), 7000)


def test_a_build_that_makes_a_project_is_started_there() -> None:
    scripts = {"build": "node ace build", "start": "node bin/server.js"}
    files = {"package.json": package(dependencies={"@adonisjs/core": "6.0.0"}, scripts=scripts), **LOCK}
    spec = only(**files, **{"bin/server.ts": "", "ace.js": ""})
    assert spec.start == ("node", "build/bin/server.js")
    assert "build" in spec.run_paths


def test_each_application_of_a_nest_monorepo_is_built() -> None:
    projects = {name: {"type": "application", "root": f"apps/{name}"} for name in ("gateway", "users")}
    cli = json.dumps({"monorepo": True, "root": "apps/gateway", "projects": projects})
    scripts = {"build": "nest build", "start:prod": "node dist/apps/old-name/main"}
    dependencies = {"@nestjs/core": "11.0.0", "@nestjs/cli": "11.0.0"}
    files = {"package.json": package(dependencies=dependencies, scripts=scripts), **LOCK, "nest-cli.json": cli}
    spec = only(**files, **{"apps/gateway/src/main.ts": "app.listen(3000)", "apps/users/src/main.ts": ""})
    assert list(spec.build) == ["npx --no-install nest build gateway", "npx --no-install nest build users"]
    assert spec.start == ("node", "dist/apps/gateway/main.js")
    assert spec.processes == {"users": ("node", "dist/apps/users/main.js")}


def test_the_program_of_a_nest_application_is_read() -> None:
    projects = {"api": {"type": "application", "root": "apps/api", "sourceRoot": "apps/api/code", "entryFile": "run"}}
    cli = json.dumps({"monorepo": True, "root": "apps/api", "projects": projects})
    manifest = package(dependencies={"@nestjs/core": "11.0.0"}, scripts={"build": "nest build"},
                       devDependencies={"ethers": "6.0.0", "@nestjs/cli": "9.5.0"})  # fmt: skip
    spec = only(**{
        **LOCK, "nest-cli.json": cli, "package.json": manifest,
        "apps/api/code/run.ts": "import { check } from './check'; check(); app.listen(process.env.HTTP_PORT || 8901);",
        "apps/api/code/check.ts": "import { x } from 'ethers'; x();\n"
        "export function check() { if (!process.env.API_KEY) throw new Error(); }",
    })  # fmt: skip
    assert spec.start == ("node", "dist/apps/api/run.js")
    assert (spec.port, spec.port_variable) == (8901, "HTTP_PORT")
    assert [item.name for item in spec.environment if item.required] == ["API_KEY"]
    assert spec.dependencies_at_run == "all"
    assert spec.runtime.version == "22"


def test_the_programs_of_a_nest_monorepo_listen_where_their_code_says() -> None:
    projects = {name: {"type": "application", "root": f"apps/{name}"} for name in ("gateway", "users", "mails")}
    cli = json.dumps({"monorepo": True, "root": "apps/gateway", "projects": projects})
    scripts = {"build": "nest build", "start:prod": "node dist/apps/gateway/main"}
    dependencies = {"@nestjs/core": "11.0.0", "@nestjs/cli": "11.0.0"}
    found = inspect(**{
        "package.json": package(dependencies=dependencies, scripts=scripts), **LOCK, "nest-cli.json": cli,
        "apps/gateway/src/main.ts": "app.listen(4555)", "apps/users/src/main.ts": "app.listen(3001)",
        "apps/mails/src/main.ts": "run()",
    })  # fmt: skip
    assert found.services[0].spec.port == 4555
    assert "users listens too" in texts(found)
    assert "mails listens" not in texts(found)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import { Hono } from 'hono'\nconst app = new Hono()\nexport default app\n", (3000, "PORT")),
        ("import { Hono } from 'hono'\nexport default { port: 5006, fetch: new Hono().fetch }\n", (5006, None)),
        ("import { Hono } from 'hono'\nBun.serve({ port: 5007, fetch: new Hono().fetch })\n", (5007, None)),
    ],
)
def test_bun_serves_a_default_export_on_port(code: str, expected: tuple[int, str | None]) -> None:
    manifest = package(scripts={"start": "bun run index.ts"}, dependencies={"hono": "4.6.0"})
    spec = only(**{"package.json": manifest, "bun.lock": "{}", "index.ts": code})
    assert (spec.port, spec.port_variable) == expected


def test_bun_runs_what_bun_installs() -> None:
    spec = only(**{"package.json": package(module="index.ts", dependencies={"x": "1.0.0"}), "bun.lock": "{}"},
                **{"index.ts": "Bun.serve({ port: 5005, fetch() {} })"})  # fmt: skip
    assert (spec.engine, spec.start) == ("bun", ("bun", "index.ts"))


def test_the_port_of_an_exported_server() -> None:
    files = {"package.json": package(dependencies={"hono": "4.0.0"}, scripts={"start": "bun src/index.ts"})}
    code = "export default { port: process.env.PORT || 8787, fetch: app.fetch }"
    assert only(**files, **{"bun.lock": "{}", "src/index.ts": code}).port == 8787


def test_the_port_of_a_schema_that_another_module_holds() -> None:
    schema = 'export const env = z.object({ PORT: z.string().default("4567"), HEALTH_PORT: z.string() }).parse(x)'
    files = server("import { env } from './env.js'; import './health.js'; app.listen(env.PORT)")
    spec = only(**files, **{"env.js": schema, "health.js": "app.listen(9999)"})
    assert (spec.port, spec.port_variable) == (4567, "PORT")


def test_workers_and_migrations_are_other_commands_of_the_image() -> None:
    scripts = {"start": "node server.js", "worker": "QUEUE=mail node worker.js", "db:migrate": "sequelize db:migrate"}
    spec = only(**server(scripts=scripts, dependencies=EXPRESS | {"sequelize-cli": "6.0.0"}), **{"worker.js": ""})
    assert spec.processes == {"worker": ("env", "QUEUE=mail", "node", "worker.js")}
    assert spec.release == ("node_modules/.bin/sequelize", "db:migrate")


def test_a_server_that_binds_to_localhost_is_told_of() -> None:
    assert "binds to localhost" in texts(inspect(**server("app.listen(3000, 'localhost')")))
    variable = only(**server("app.listen(3000, process.env.HOST || '127.0.0.1')"))
    assert {"HOST": "0.0.0.0"}.items() <= {item.name: item.value for item in variable.environment}.items()


@pytest.mark.parametrize(
    ("code", "settings"),
    [
        ("app.listen(PORT, HOST, () => {})", "exports.HOST = process.env.HOST || '127.0.0.1'; exports.PORT = 3000"),
        (
            "app.listen(PORT, HOST)",
            "const made = {}; made.PORT = 3000; made.HOST = process.env.HOST || '127.0.0.1'; module.exports = made",
        ),
        ("app.listen({ port: 3000, host: HOST })", "module.exports = { HOST: process.env.HOST ?? 'localhost' }"),
        (
            "const host = all.http.host; app.listen(3000, host)",
            "module.exports = { http: { host: process.env.HOST || 'localhost' } }",
        ),
    ],
)
def test_the_host_of_a_server_in_another_module(code: str, settings: str) -> None:
    head = "const { HOST, PORT } = require('./settings'); const all = require('./settings'); "
    spec = only(**server(head + code), **{"settings.js": settings})
    assert {"HOST": "0.0.0.0"}.items() <= {item.name: item.value for item in spec.environment}.items()
    fixed = settings.replace("process.env.HOST ||", "").replace("process.env.HOST ??", "")
    assert "binds to" in texts(inspect(**server(head + code), **{"settings.js": fixed}))
    anywhere = fixed.replace("127.0.0.1", "0.0.0.0").replace("localhost", "0.0.0.0")
    assert "binds to" not in texts(inspect(**server(head + code), **{"settings.js": anywhere}))


# --- installation --------------------------------------------------------------------------------------------------


def test_plug_and_play_becomes_node_modules() -> None:
    files = server(packageManager="yarn@4.9.2")
    install = [item for item in only(**files, **{"yarn.lock": "__metadata:\n"}).environment if item.phase == "install"]
    assert [(item.name, item.value) for item in install] == [("YARN_NODE_LINKER", "node-modules")]
    own = only(**files, **{"yarn.lock": "__metadata:\n", ".yarnrc.yml": "nodeLinker: node-modules\n"})
    assert not [item for item in own.environment if item.phase == "install"]


def test_credentials_of_registries() -> None:
    scoped = only(**server(), **{".npmrc": "@acme:registry=https://npm.acme.example/\n"})
    assert [secret.kind for secret in scoped.secrets] == ["npmrc"]
    berry = 'npmScopes:\n  acme:\n    npmAuthToken: "${ACME_TOKEN}"\n'
    spec = only(**server(packageManager="yarn@4.9.2"), **{"yarn.lock": "__metadata:\n", ".yarnrc.yml": berry})
    assert [secret.variable for secret in spec.secrets] == ["ACME_TOKEN"]


@pytest.mark.parametrize(("asked", "version"), [("11.5.x", "11.5"), ("^9.0.0", "9"), (">=8", "10.34.8")])
def test_the_line_of_a_package_manager(asked: str, version: str) -> None:
    files = server(engines={"pnpm": asked})
    del files["package-lock.json"]
    assert only(**files, **{"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}).package_manager.version == version


def test_version_files_count_for_the_folders_below() -> None:
    files = {f"server/{name}": text for name, text in server().items()}
    assert only(**files, **{".tool-versions": "nodejs lts-jod\n"}).runtime.version == "22"


def test_public_settings_that_only_the_code_names() -> None:
    files = {"package.json": package(devDependencies={"vite": "5.0.0"}, scripts={"build": "vite build"}), **LOCK}
    for name, code in (
        ("main.ts", "fetch(import.meta.env.VITE_API_URL)"),
        ("main.ts", "const api = import.meta.env.VITE_API_URL || 'http://localhost:5000'"),
        ("App.vue", "<script setup>\nfetch(import.meta.env.VITE_API_URL)\n</script>"),
    ):
        spec = only(**files, **VITE_PAGE, **{f"src/{name}": code})
        assert [(item.name, item.phase) for item in spec.environment] == [("VITE_API_URL", "build")], code


def test_a_public_setting_of_a_committed_file_can_be_given_to_the_build() -> None:
    files = {"package.json": package(devDependencies={"vite": "5.0.0"}, scripts={"build": "vite build"}), **LOCK}
    files |= {".env": "VITE_API_URL=https://api.example.com\n", ".gitignore": "node_modules\n"}
    spec = only(**files, **VITE_PAGE, **{"src/main.ts": "fetch(import.meta.env.VITE_API_URL)"})
    assert spec.committed == (".env",)
    assert [(item.name, item.phase) for item in spec.environment] == [("VITE_API_URL", "build")]


# --- workspaces ----------------------------------------------------------------------------------------------------


def workspace(**members: str) -> dict[str, str]:
    root = json.dumps({"name": "root", "private": True, "workspaces": ["apps/*", "packages/*"]})
    return {"package.json": root, **LOCK, **members}


def test_the_client_of_prisma_that_a_member_holds() -> None:
    database = {"name": "@x/db", "dependencies": {"@prisma/client": "6.0.0", "prisma": "6.0.0"}}
    files = workspace(**{
        "apps/api/package.json": package(dependencies=EXPRESS | {"@x/db": "*"}, scripts={"start": "node server.js"}),
        "apps/api/server.js": LISTEN,
        "packages/db/package.json": json.dumps(database),
        "packages/db/prisma/schema.prisma": "",
        "packages/db/prisma/migrations/1/migration.sql": "",
    })  # fmt: skip
    spec = only(**files)
    assert list(spec.build) == ["npm exec --workspace packages/db -- prisma generate"]
    assert spec.release[-1] == "--schema=../../packages/db/prisma/schema.prisma"
    assert "openssl" in spec.system_packages.run


def test_install_scripts_of_members_wait_for_their_sources() -> None:
    library = {"name": "@x/lib", "scripts": {"postinstall": "node generate.js"}}
    files = workspace(**{
        "apps/api/package.json": package(dependencies=EXPRESS | {"@x/lib": "*"}, scripts={"start": "node server.js"}),
        "apps/api/server.js": LISTEN,
        "packages/lib/package.json": json.dumps(library),
    })  # fmt: skip
    spec = only(**files)
    assert spec.ignore_scripts
    assert list(spec.build) == ["npm run postinstall --workspace packages/lib"]


def test_a_member_without_scripts_is_built_by_its_framework() -> None:
    files = workspace(**{
        "apps/web/package.json": package(dependencies={"next": "15.0.0"}),
        "apps/web/next.config.js": "module.exports = {}",
        "apps/web/app/page.tsx": "",
    })  # fmt: skip
    assert list(only(**files).build) == ["npm exec --workspace apps/web -- next build"]


def test_a_root_that_only_delegates_is_no_service() -> None:
    root = {"name": "root", "private": True, "workspaces": ["src"], "scripts": {"start": "npm run prod -w src"}}
    member = package(dependencies=EXPRESS, scripts={"prod": "node server.js"})
    files = {"package.json": json.dumps(root), **LOCK, "Dockerfile": "FROM node:24\nCMD npm start\n"}
    assert only(**files, **{"src/package.json": member, "src/server.js": LISTEN}).path == "src"


# --- front ends ----------------------------------------------------------------------------------------------------


def front(folder: str, **keys: Any) -> dict[str, str]:
    keys.setdefault("scripts", {"build": "vite build"})
    text = package(**{"devDependencies": {"vite": "5.0.0"}, **keys})
    return {f"{folder}/package.json": text, f"{folder}/index.html": "", f"{folder}/package-lock.json": "{}"}


@pytest.mark.parametrize(
    "build", ["cd client && npm install && npm run build", "npm ci --prefix client && npm run build --prefix client"]
)
def test_a_build_that_is_only_the_front_ends_is_left_to_its_stage(build: str) -> None:
    code = f"{LISTEN}; app.use(require('express').static(require('path').join(__dirname, '../client/dist')))"
    files = server(scripts={"start": "node backend/server.js", "build": build})
    spec = only(**files, **{"backend/server.js": code}, **front("client"))
    assert (spec.frontend.path, spec.frontend.output) == ("client", "client/dist")
    assert list(spec.build) == []


def test_a_front_end_that_a_variable_of_the_start_names() -> None:
    code = f"{LISTEN}; app.use(require('express').static(process.env.STATIC))"
    files = {f"server/{name}": text for name, text in server(code, scripts={"start": "STATIC=../out node ."}).items()}
    config = "module.exports = { output: { path: require('path').resolve(__dirname, '../out') } }"
    site = {"website/package.json": package(devDependencies={"webpack-cli": "5.0.0"}, scripts={"build": "webpack"})}
    spec = only(**files, **site, **{"website/webpack.config.js": config, "server/index.js": code})
    assert (spec.frontend.path, spec.frontend.target) == ("website", "out")


def test_of_two_front_ends_for_one_place_the_one_in_use() -> None:
    config = "export default { build: { outDir: '../static' } }"
    go = {"go.mod": "module x\n\ngo 1.26\n", "Makefile": "CLIENT = client_v2\n"}
    go["main.go"] = (
        'package main\nimport (\n"embed"\n"net/http"\n)\n//go:embed static\nvar files embed.FS\n'
        'func main() { http.ListenAndServe(":80", http.FileServerFS(files)) }\n'
    )
    old, new = front("client"), front("client_v2")
    found = inspect(**go, **old, **new, **{"client/vite.config.js": config, "client_v2/vite.config.js": config})
    assert [item.spec.frontend and item.spec.frontend.path for item in found.services] == ["client_v2"]
    assert [note.text.split(" (")[0] for note in found.notes] == [
        "client: second front end of ., so the image does not build it"
    ]


def test_a_stage_that_holds_the_server_may_hold_the_whole_tree_above_it() -> None:
    """What an earlier stage puts into the server's sources counts, though only the last one names their folder."""
    dockerfile = (
        "FROM node:24 AS web\nWORKDIR /web\nCOPY web .\nRUN npm run build\n"
        "FROM golang:1.26 AS api\nWORKDIR /src\nCOPY . .\nCOPY --from=web /web/dist server/static\n"
        "FROM debian\nCOPY server/config /config\nCOPY --from=api /app /app\n"
    )
    main = 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(":80", nil) }\n'
    go = {"server/go.mod": "module x\n\ngo 1.26\n", "server/main.go": main, "Dockerfile": dockerfile}
    spec = only(**go, **front("web"))
    assert (spec.frontend.path, spec.frontend.output, spec.frontend.target) == ("web", "web/dist", "server/static")


def test_a_widget_that_the_projects_dockerfile_puts_beside_the_server() -> None:
    dockerfile = (
        "FROM node:24 AS web\nWORKDIR /src/widget\nCOPY ui/widget/ /src/widget/\nRUN npm ci && npm run build\n"
        "FROM golang:1.26 AS api\nCOPY backend /build/backend\nCOPY --from=web /src/widget/public /build/backend/web\n"
        "WORKDIR /build/backend\nRUN go build -o /app .\nFROM debian\nCOPY --from=api /app /app\n"
    )
    main = 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(":80", nil) }\n'
    go = {"backend/go.mod": "module x\n\ngo 1.26\n", "backend/main.go": main, "Dockerfile": dockerfile}
    widget = package(devDependencies={"webpack-cli": "5.0.0"}, scripts={"build": "webpack"})
    spec = only(**go, **{"ui/widget/package.json": widget, "ui/widget/src/index.js": ""})
    assert (spec.frontend.path, spec.frontend.target) == ("ui/widget", "backend/web")


# --- what is no service, and plain sites ---------------------------------------------------------------------------


ASTRO = {"astro": "5.0.0", "@astrojs/vercel": "8.0.0"}
NOT_SERVED = {
    "app for phones": {
        "package.json": package(main="expo-router/entry", dependencies={"expo": "56"}, scripts={"start": "expo start"})
    },
    "Procfile of another language": {
        "package.json": package(dependencies={"webpack-cli": "5.0.0"}),
        "Gemfile": "",
        "Procfile": "web: ruby app.rb\n",
    },
    "published template": {"package.json": '{"name": "template", "files": ["dist/"]}', "dist/index.html": ""},
    "adapter": {
        "package.json": package(dependencies=ASTRO, scripts={"build": "astro build"}),
        "astro.config.mjs": "export default { output: 'server', adapter: vercel() }",
    },
    "integrated Nx": {
        "package.json": package(scripts={"start": "nx serve"}, dependencies=EXPRESS),
        "nx.json": "{}",
        "apps/api/project.json": "{}",
        "apps/api/src/main.ts": LISTEN,
    },
}


@pytest.mark.parametrize("files", NOT_SERVED.values(), ids=NOT_SERVED)
def test_no_service(files: dict[str, str]) -> None:
    assert [item.spec.path for item in inspect(**files).services] == []


def test_expo_for_the_web_is_a_site() -> None:
    scripts = {"start": "expo start", "build": "expo export --platform web"}
    spec = only(**{"package.json": package(dependencies={"expo": "56.0.0"}, scripts=scripts)}, **LOCK)
    assert (spec.framework, spec.static.root, spec.static.spa) == ("expo", "dist", True)


def test_a_staticfile_says_where_and_how() -> None:
    spec = only(**{"Staticfile": "root: site\npushstate: enabled\n", "site/index.html": "", "index.html": ""})
    assert (spec.static.root, spec.static.spa) == ("site", True)


def test_documentation_alone_is_a_site() -> None:
    spec = only(**{"docs/conf.py": "", "docs/index.rst": ""})
    assert (spec.path, spec.static.root) == ("docs", "docs/_build/html")
    assert not inspect(**{"docs/conf.py": "", "docs/index.rst": "", "CMakeLists.txt": ""}).services


def test_eleventy_writes_where_its_configuration_says() -> None:
    config = "module.exports = function (c) { return { dir: { input: 'src', output: 'public' } } }"
    files = {
        "package.json": package(devDependencies={"@11ty/eleventy": "3.0.0"}, scripts={"build": "eleventy"}),
        **LOCK,
    }
    assert only(**files, **{".eleventy.js": config}).static.root == "public"


def test_angular_with_a_server_is_one() -> None:
    options = {"outputPath": "dist/x", "server": "src/main.server.ts", "ssr": {"entry": "src/server.ts"}}
    build = {"builder": "@angular-devkit/build-angular:application", "options": options}
    scripts = {"build": "ng build", "start": "ng serve", "serve:ssr:x": "node dist/x/server/server.mjs"}
    dependencies = EXPRESS | {"@angular/core": "18.0.0", "@angular/ssr": "18.0.0"}
    files = {"package.json": package(dependencies=dependencies, scripts=scripts), **LOCK}
    angular = json.dumps({"projects": {"x": {"architect": {"build": build}}}})
    code = "server.listen(process.env['PORT'] || 4000)"
    spec = only(**files, **{"angular.json": angular, "src/server.ts": code})
    assert (spec.framework, spec.start, spec.port) == ("angular", ("node", "dist/x/server/server.mjs"), 4000)


def test_a_server_of_ones_own_beside_a_framework_keeps_what_it_imports() -> None:
    dependencies = EXPRESS | {"@remix-run/express": "2.0.0", "@remix-run/node": "2.0.0"}
    scripts = {"build": "remix vite:build", "start": "node ./server.js"}
    spec = only(**server(dependencies=dependencies, scripts=scripts), **{"app/root.tsx": "", "lib/x.js": ""})
    assert (spec.framework, list(spec.run_paths)) == ("remix", ["."])


def test_a_file_of_variables_that_no_image_holds() -> None:
    assert only(**server(scripts={"start": "node --env-file=.env server.js"})).start == ("node", "server.js")


def test_a_variable_in_the_place_of_a_front_end() -> None:
    dockerfile = (
        "FROM node:24 AS web\nWORKDIR /front\nCOPY front .\nRUN npm run build\n"
        "FROM python:3.13\nENV PUBLIC=/app/public\nWORKDIR /app\nCOPY . .\nCOPY --from=web /front/dist ${PUBLIC}\n"
    )
    python = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}
    spec = only(**python, **front("front"), Dockerfile=dockerfile)
    assert (spec.frontend.path, spec.frontend.target) == ("front", "public")


def test_pages_whose_styles_a_build_makes_beside_them() -> None:
    scripts = {"build": "tailwindcss -i src/in.css -o public/out.css --minify"}
    files = {"package.json": package(devDependencies={"tailwindcss": "3.0.0"}, scripts=scripts), **LOCK}
    spec = only(**files, **{"public/index.html": "", "src/in.css": ""})
    assert (list(spec.build), spec.static.root) == (["npm run build"], "public")
    assert list(spec.outputs) == []


def test_nuxt_2_is_started_by_its_own_command() -> None:
    scripts = {"build": "nuxt build", "start": "nuxt start"}
    two = only(**{"package.json": package(dependencies={"nuxt": "^2.15.8"}, scripts=scripts)}, **LOCK)
    assert (two.start, list(two.run_paths)) == (("nuxt", "start"), ["."])
    three = only(**{"package.json": package(dependencies={"nuxt": "^3.15.0"}, scripts=scripts)}, **LOCK)
    assert (three.start, list(three.run_paths)) == (("node", ".output/server/index.mjs"), [".output"])


@pytest.mark.parametrize("name", ["electron", "@actions/core", "react-native"])
def test_what_runs_elsewhere_is_no_service(name: str) -> None:
    files = {"package.json": package(main="main.js", dependencies={name: "1.0.0"}), **LOCK, "main.js": "run()"}
    assert not inspect(**files).services


def test_a_version_without_support_that_engines_shuts_out_was_forgotten() -> None:
    found = inspect(
        **{
            ".nvmrc": "10\n",
            "package.json": '{"name": "a", "engines": {"node": ">=18"}, "scripts": {"start": "node a.js"}}',
            "a.js": "require('http').createServer().listen(3000)\n",
        }
    )
    service = found.services[0]
    assert service.spec.runtime is not None
    assert service.spec.runtime.version == "24"
    assert any("is no longer supported" in note.text for note in service.notes)


def test_a_library_that_shows_itself_in_a_sandbox_is_no_service() -> None:
    found = inspect(
        **{
            "package.json": '{"name": "lib", "exports": "./i.js", "scripts": {"start": "node ./sandbox/server.js"}}',
            "index.js": "module.exports = {}\n",
            "sandbox/server.js": "require('http').createServer().listen(3000)\n",
        }
    )
    assert found.services == ()


def test_an_application_in_src_with_a_lock_of_its_own() -> None:
    found = inspect(
        **{
            "package.json": '{"name": "tools", "private": true, "devDependencies": {"prettier": "3"}}',
            "src/package.json": '{"name": "app", "dependencies": {"express": "5"}, "scripts": {"start": "node a.js"}}',
            "src/package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
            "src/a.js": "require('express')().listen(3000)\n",
        }
    )
    assert [service.spec.path for service in found.services] == ["src"]


def test_a_public_setting_with_the_name_of_a_secret_is_a_build_argument_all_the_same() -> None:
    found = inspect(
        **{
            "package.json": package(devDependencies={"vite": "^7"}, scripts={"build": "vite build"}),
            "src/main.ts": "console.log(import.meta.env.VITE_API_URL, import.meta.env.VITE_OPENAI_API_KEY)\n",
            **VITE_PAGE,
        }
    )
    spec = found.services[0].spec
    assert [item.name for item in spec.environment if item.phase == "build"] == ["VITE_API_URL", "VITE_OPENAI_API_KEY"]
    assert not spec.secrets
    assert "VITE_OPENAI_API_KEY is compiled into public files, where everyone can read it" in texts(found)


SCHEMA = 'datasource db {\n  provider="postgresql"\n  url=env("DB")\n}\n'


def test_the_program_of_the_release_is_in_the_image() -> None:
    """A development dependency that the release needs keeps all of them; it is started where it lies, without npx."""
    tree = {"prisma/schema.prisma": SCHEMA, "prisma/migrations/1/migration.sql": ""}
    dependencies = EXPRESS | {"@prisma/client": "6.0.0"}
    found = inspect(**server(dependencies=dependencies, devDependencies={"prisma": "6.0.0"}), **tree)
    spec: Any = found.services[0].spec
    assert spec.release == ("node_modules/.bin/prisma", "migrate", "deploy")
    assert spec.dependencies_at_run == "all"
    assert spec.backing_services == ("postgres",)
    assert [item.variable for item in spec.connections] == ["DB"]
    assert "the release command needs" in texts(found)


def test_pnpm_has_the_program_beside_the_member_that_declares_it() -> None:
    database = {"name": "@x/db", "dependencies": {"@prisma/client": "6.0.0"}, "devDependencies": {"prisma": "6.0.0"}}
    files = {
        "package.json": package(),
        "pnpm-workspace.yaml": "packages: ['apps/*', 'packages/*']\n",
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
        "apps/api/package.json": package(dependencies=EXPRESS | {"@x/db": "*"}, scripts={"start": "node server.js"}),
        "apps/api/server.js": LISTEN,
        "packages/db/package.json": json.dumps(database),
        "packages/db/prisma/schema.prisma": SCHEMA,
        "packages/db/prisma/migrations/1/migration.sql": "",
    }
    assert only(**files).release[0] == "../../packages/db/node_modules/.bin/prisma"


def test_there_is_no_release_whose_program_no_image_has() -> None:
    scripts = {"start": "node server.js", "db:migrate": "knex migrate:latest"}
    found = inspect(**server(scripts=scripts))
    assert found.services[0].spec.release is None
    assert "knex is not in your dependencies" in texts(found)


def test_an_image_without_node_modules_has_no_release() -> None:
    dependencies = {"next": "15.0.0", "@prisma/client": "6.0.0", "prisma": "6.0.0"}
    scripts = {"build": "next build", "start": "next start"}
    tree = {"prisma/schema.prisma": SCHEMA, "prisma/migrations/1/migration.sql": "", "app/page.tsx": ""}
    config = {"next.config.js": "module.exports = { output: 'standalone' }"}
    found = inspect(**{"package.json": package(dependencies=dependencies, scripts=scripts)}, **LOCK, **tree, **config)
    assert found.services[0].spec.release is None
    assert "run `prisma migrate deploy` from the build stage" in texts(found)


@pytest.mark.parametrize(("folder", "outputs"), [("", ["out", ".next"]), ("site", ["site", ".next"])])
def test_the_folder_in_which_next_works_is_ignored_beside_what_it_exports(folder: str, outputs: list[str]) -> None:
    place = f', distDir: "{folder}"' if folder else ""
    files = {
        "package.json": package(dependencies={"next": "15.5.0", "react": "19.0.0"}, scripts={"build": "next build"}),
        "next.config.js": f'module.exports = {{ output: "export"{place} }}',
        "app/page.js": "",
    }
    assert only(**LOCK, **files).outputs == tuple(outputs)


def test_the_working_folder_that_holds_the_pages_is_not_named_twice() -> None:
    files = {"package.json": package(dependencies={"nuxt": "3.19.0"}, scripts={"build": "nuxt generate"})}
    assert only(**LOCK, **files).outputs == (".output/public", ".nuxt")
