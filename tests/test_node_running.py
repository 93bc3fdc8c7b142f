"""What runs in the image of a Node service, and what is installed for it: each case is a smallest tree."""

import json
from typing import Any

import pytest

import genfile
from tests.test_node_traps import LOCK, texts
from tests.test_traps import EXPRESS, LISTEN, inspect, only, package

NEST = {"@nestjs/core": "11.0.0", "@nestjs/common": "11.0.0", "@nestjs/platform-express": "11.0.0"}
MAIN = "import { NestFactory } from '@nestjs/core'; const app = await NestFactory.create(M); await app.listen(3000)"
SERVER = "import express from 'express'; const app = express(); app.listen(3000)"


def config(**options: Any) -> str:
    outside = {
        key: options.pop(key) for key in ("include", "exclude", "files", "extends", "references") if key in options
    }
    return json.dumps({"compilerOptions": {"outDir": "dist", **options}, **outside})


def nest(**options: Any) -> str:
    return json.dumps({"compilerOptions": options})


def dockerfile(**files: str) -> str:
    made = genfile.generate(files, comments="none")
    return made.files["Dockerfile"].replace("\\\n", " ")


def stage(text: str, name: str) -> str:
    """The text of one stage."""
    return text.split(f" AS {name}\n", 1)[1].split("\nFROM ", 1)[0]


# --- what the compiler writes --------------------------------------------------------------------------------------

PLAIN = {"build": "tsc", "start": "node dist/index.js"}
OF_NEST = {"build": "nest build", "start:prod": "node dist/main"}


@pytest.mark.parametrize(
    ("scripts", "files", "wanted"),
    [
        # A file beside the sources is compiled, too.
        (PLAIN, {"tsconfig.json": config(), "drizzle.config.ts": ""}, "dist/src/index.js"),
        (PLAIN, {"tsconfig.json": config(include=["src/**/*", "shared/**/*"]), "shared/a.ts": ""}, "dist/src/index.js"),
        # What is imported counts, wherever it lies.
        (
            PLAIN,
            {
                "tsconfig.json": config(include=["src"], resolveJsonModule=True),
                "src/index.ts": f"import pkg from '../package.json'\n{SERVER}",
            },
            "dist/src/index.js",
        ),
        (
            PLAIN,
            {
                "tsconfig.json": config(include=["src"], baseUrl=".", paths={"@common/*": ["common/*"]}),
                "common/log.ts": "export const log = 1",
                "src/index.ts": f"import {{ log }} from '@common/log'\n{SERVER}",
            },
            "dist/src/index.js",
        ),
        # A project that is its own part has its own folder as the root; so has every one from TypeScript 6 on.
        (PLAIN, {"tsconfig.json": config(include=["src"], composite=True)}, "dist/src/index.js"),
        # The script names the folder src, and the compiler leaves it out.
        ({**PLAIN, "start": "node dist/src/index.js"}, {"tsconfig.json": config(include=["src"])}, "dist/index.js"),
        ({"build": "tsc -p tsconfig.prod.json", "start": "node dist/index.js"},
         {"tsconfig.json": config(rootDir="src"), "tsconfig.prod.json": config(extends="./tsconfig.json", rootDir="."),
          "scripts/x.ts": ""}, "dist/src/index.js"),
        ({"build": "tsc --outDir out --rootDir .", "start": "node out/index.js"}, {"tsconfig.json": config()},
         "out/src/index.js"),
        # Guards: nothing to put right.
        (PLAIN, {"tsconfig.json": config(include=["src"]), "scripts/seed.ts": ""}, "dist/index.js"),
        (PLAIN, {"tsconfig.json": config(exclude=["*.config.ts"]), "vitest.config.ts": ""}, "dist/index.js"),
        (PLAIN, {"tsconfig.json": config(rootDir="src", include=["src"]), "x.ts": ""}, "dist/index.js"),
        (PLAIN, {"tsconfig.json": config(), "types/env.d.ts": ""}, "dist/index.js"),
        (
            PLAIN,
            {
                "tsconfig.json": config(include=["src"], resolveJsonModule=True),
                "src/index.ts": f"const pkg = require('../package.json')\n{SERVER}",
            },
            "dist/index.js",
        ),
        ({**PLAIN, "build": "tsup src/index.ts"}, {"tsconfig.json": config(), "tsup.config.ts": ""}, "dist/index.js"),
        ({**PLAIN, "build": "esbuild --outdir=dist x"}, {"tsconfig.json": config(), "x.ts": ""}, "dist/index.js"),
    ],
)  # fmt: skip
def test_a_start_is_held_against_what_the_compiler_writes(
    scripts: dict[str, str], files: dict[str, str], wanted: str
) -> None:
    manifest = package(dependencies=EXPRESS, devDependencies={"typescript": "5.9.0"}, scripts=scripts)
    found = inspect(**{"package.json": manifest, **LOCK, "src/index.ts": SERVER, **files})
    assert [service.spec.start for service in found.services] == [("node", wanted)]
    given = scripts["start"].removeprefix("node ")
    told = f"the compiler writes {wanted} instead of {given.removesuffix('.js')}" in texts(found)
    assert told == (wanted != given)


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"tsconfig.json": config(), "prisma.config.ts": ""}, "dist/src/main.js"),
        ({"tsconfig.json": config(), "tsconfig.build.json": config(extends="./tsconfig.json"), "db/seed.ts": ""},
         "dist/src/main.js"),
        ({"tsconfig.json": config(), "nest-cli.json": nest(tsConfigPath="ts/app.json"),
          "ts/app.json": json.dumps({"compilerOptions": {"outDir": "../dist"}, "include": ["../src", "../cli"]}),
          "cli/x.ts": ""}, "dist/src/main.js"),
        ({"tsconfig.json": config(), "test/app.e2e-spec.ts": "",
          "tsconfig.build.json": config(extends="./tsconfig.json", exclude=["node_modules", "test"])}, "dist/main"),
        ({"tsconfig.json": config(), "x.ts": "", "nest-cli.json": nest(webpack=True)}, "dist/main"),
        ({"tsconfig.json": config(), "x.ts": "", "nest-cli.json": nest(builder="swc")}, "dist/main"),
    ],
)  # fmt: skip
def test_nest_compiles_by_the_configuration_that_it_names(files: dict[str, str], wanted: str) -> None:
    manifest = package(
        dependencies=NEST, devDependencies={"typescript": "5.9.0", "@nestjs/cli": "11.0.0"}, scripts=OF_NEST
    )
    spec = only(**{"package.json": manifest, **LOCK, "src/main.ts": MAIN, "nest-cli.json": "{}", **files})
    assert spec.start == ("node", wanted)
    assert spec.port == 3000


@pytest.mark.parametrize(
    ("options", "read", "wanted"),
    [
        ({"resolveJsonModule": True}, "import keys from '../private/keys.json'", "dist/src/index.js"),
        ({"resolveJsonModule": True}, "import keys from './keys.json'", "dist/index.js"),
        ({"resolveJsonModule": True}, "const keys = require('../private/keys.json')", "dist/index.js"),
        ({}, "import keys from '../private/keys.json'", "dist/index.js"),
    ],
)
def test_data_that_is_not_committed_is_an_input_of_the_compiler(
    options: dict[str, bool], read: str, wanted: str
) -> None:
    manifest = package(dependencies=EXPRESS, devDependencies={"typescript": "5.9.0"}, scripts=PLAIN)
    files = {"tsconfig.json": config(include=["src"], **options), "src/index.ts": f"{read}; {SERVER}"}
    found = inspect(**{"package.json": manifest, **LOCK, **files})
    assert found.services[0].spec.start == ("node", wanted)
    told = "keys.json, which is not in the tree; the build fails without it" in texts(found)
    assert told == (bool(options) and read.startswith("import"))


def test_from_version_6_on_the_root_is_the_folder_of_the_configuration() -> None:
    manifest = package(dependencies=EXPRESS, devDependencies={"typescript": "6.0.2"}, scripts=PLAIN)
    files = {"package.json": manifest, **LOCK, "tsconfig.json": config(include=["src"]), "src/index.ts": SERVER}
    assert only(**files).start == ("node", "dist/src/index.js")


def test_a_worker_is_held_against_the_compiler_too() -> None:
    scripts = {**PLAIN, "worker": "node dist/worker.js"}
    manifest = package(dependencies=EXPRESS, devDependencies={"typescript": "5.9.0"}, scripts=scripts)
    files = {"tsconfig.json": config(), "vite.config.ts": "", "src/index.ts": SERVER, "src/worker.ts": ""}
    assert only(**{"package.json": manifest, **LOCK, **files}).processes == {"worker": ("node", "dist/src/worker.js")}


# --- a runner starts the sources -----------------------------------------------------------------------------------


@pytest.mark.parametrize("runner", ["tsx", "ts-node"])
@pytest.mark.parametrize(
    ("lock", "production"),
    [
        ("package-lock.json", "--omit=dev"),
        ("yarn.lock", "--production"),
        ("pnpm-lock.yaml", "--prod"),
        ("bun.lock", "--production"),
    ],
)
def test_a_runner_of_development_is_installed_for_the_image(runner: str, lock: str, production: str) -> None:
    manifest = {"dependencies": EXPRESS, "scripts": {"start": f"{runner} src/server.ts"}}
    texts = {"package-lock.json": '{"lockfileVersion": 3, "packages": {}}', "bun.lock": "{}"}
    files = {lock: texts.get(lock, ""), "src/server.ts": SERVER}
    text = dockerfile(**{"package.json": package(**manifest, devDependencies={runner: "4.0.0"}), **files})
    assert production not in text
    # Guard: a runner of production does not bring the others along.
    both = {**manifest, "dependencies": {**EXPRESS, runner: "4.0.0"}, "devDependencies": {"typescript": "5.0.0"}}
    assert production in dockerfile(**{"package.json": package(**both), **files})


# --- install scripts -----------------------------------------------------------------------------------------------


BERRY = '__metadata:\n  version: 8\n\n"bcrypt@npm:^5.0.0":\n  version: 5.0.0\n'
PNPM_8 = "lockfileVersion: '6.0'\n\npackages:\n\n  /oddity@1.0.0:\n    requiresBuild: true\n    dev: false\n"
PNPM_9 = "lockfileVersion: '9.0'\n\npackages:\n\n  'sqlite3@5.1.7':\n    resolution: {}\n"
ALLOWED = "allowBuilds:\n  oddity: true\n  other: false\n"


def lock_of(*names: str, **flags: Any) -> str:
    packages = {f"node_modules/{name}": {"version": "1.0.0", "hasInstallScript": True, **flags} for name in names}
    return json.dumps({"lockfileVersion": 3, "packages": packages})


@pytest.mark.parametrize(
    ("hook", "files", "command"),
    [
        ("husky", {"package-lock.json": lock_of("argon2", "wasm-tool")}, "npm rebuild argon2 wasm-tool"),
        ("husky || true", {"package-lock.json": lock_of("argon2")}, "npm rebuild argon2"),
        ("simple-git-hooks", {"npm-shrinkwrap.json": lock_of("x", "core-js")}, "npm rebuild x"),
        ("lefthook install", {"yarn.lock": '"bcrypt@^5.0.0":\n  version "5.0.0"\n'}, "npm rebuild bcrypt"),
        ("husky", {"yarn.lock": BERRY}, "yarn rebuild bcrypt"),
        ("husky", {"pnpm-lock.yaml": PNPM_8}, "pnpm rebuild oddity"),
        ("husky", {"pnpm-lock.yaml": PNPM_9}, "pnpm rebuild sqlite3"),
        ("husky", {"pnpm-lock.yaml": PNPM_9, "pnpm-workspace.yaml": ALLOWED}, "pnpm rebuild oddity"),
    ],
)  # fmt: skip
def test_what_needs_its_install_script_is_built_where_production_is_installed(
    hook: str, files: dict[str, str], command: str
) -> None:
    scripts = {"prepare": hook, "build": "tsc", "start": "node dist/index.js"}
    manifest = package(dependencies=EXPRESS, devDependencies={"typescript": "5.9.0"}, scripts=scripts)
    tree = {"package.json": manifest, "tsconfig.json": config(include=["src"]), "src/index.ts": SERVER, **files}
    text = dockerfile(**tree)
    assert f"&& {command}" in stage(text, "deps")
    assert command in stage(text, "build")


def test_what_only_the_build_needs_is_built_there_alone() -> None:
    scripts = {"prepare": "husky", "build": "tsc", "start": "node dist/index.js"}
    manifest = package(dependencies=EXPRESS, devDependencies={"typescript": "5.9.0"}, scripts=scripts)
    lock = json.loads(lock_of("grpc"))
    lock["packages"] |= json.loads(lock_of("fetcher", dev=True))["packages"]
    lock["packages"] |= json.loads(lock_of("fsevents", optional=True))["packages"]
    tree = {"package.json": manifest, "package-lock.json": json.dumps(lock), "tsconfig.json": config(include=["src"])}
    text = dockerfile(**tree, **{"src/index.ts": SERVER})
    assert "npm rebuild grpc\n" in stage(text, "deps") + "\n"
    assert "npm rebuild grpc fetcher" in stage(text, "build")


def test_an_installation_that_runs_its_scripts_needs_no_rebuild() -> None:
    manifest = package(dependencies=EXPRESS, scripts={"start": "node server.js"})
    text = dockerfile(**{"package.json": manifest, "package-lock.json": lock_of("argon2"), "server.js": LISTEN})
    assert "rebuild" not in text
    assert "--ignore-scripts" not in text


@pytest.mark.parametrize(
    ("lock", "script", "wanted"),
    [
        ("pnpm-lock.yaml", {"prepare": "tsc"}, ["pnpm --filter names run prepare"]),
        ("package-lock.json", {"prepare": "tsc"}, ["npm run prepare --workspace libs/names"]),
        # Neither Yarn runs it, and so nobody counts on it.
        ("yarn.lock", {"prepare": "tsc"}, []),
        ("pnpm-lock.yaml", {"prepare": "husky"}, []),
        ("pnpm-lock.yaml", {"prepare": "tsc", "build": "tsc"}, ["pnpm --filter api... run build"]),
    ],
)
def test_a_member_prepares_itself_once_its_sources_are_there(
    lock: str, script: dict[str, str], wanted: list[str]
) -> None:
    files = {
        "package.json": package(name="mono", workspaces=["apps/*", "libs/*"]),
        "pnpm-workspace.yaml" if lock == "pnpm-lock.yaml" else "x": "packages: [apps/*, libs/*]",
        lock: '{"lockfileVersion": 3, "packages": {}}' if lock == "package-lock.json" else "",
        "apps/api/package.json": package(
            name="api", dependencies={**EXPRESS, "names": "*"}, scripts={"start": "node index.js"}
        ),
        "apps/api/index.js": LISTEN,
        "libs/names/package.json": package(name="names", scripts=script, devDependencies={"typescript": "5.0.0"}),
    }
    made = genfile.generate(files, comments="none")
    spec, text = (
        made.services[0][0].spec,
        next(text for path, text in made.files.items() if path.endswith("Dockerfile")),
    )
    assert [command for command in spec.build if "install" not in command] == wanted
    if lock in ("pnpm-lock.yaml", "package-lock.json"):
        assert "--ignore-scripts" in text


# --- configuration that is loaded at run time ----------------------------------------------------------------------

NEXT = {"dependencies": {"next": "15.0.0"}, "scripts": {"build": "next build", "start": "next start"}}
BUILT = {"build": "tsc", "start": "node dist/index.js"}
COMPILED = {"tsconfig.json": config(include=["src"], rootDir="src"), "src/index.ts": SERVER}


@pytest.mark.parametrize(
    ("manifest", "files", "wanted"),
    [
        (NEXT, {"next.config.ts": "import './src/env'\nexport default {}", "src/env.ts": "import './schema'",
                "src/schema.ts": "", "src/other.ts": "", "app/page.tsx": ""},
         {"next.config.ts", "src/env.ts", "src/schema.ts"}),
        (NEXT, {"next.config.js": "const r = require('./redirects.json')\nmodule.exports = {r}", "redirects.json": "[]",
                "app/page.tsx": ""}, {"next.config.js", "redirects.json"}),
        ({"dependencies": {**EXPRESS, "knex": "3.0.0"}, "scripts": {**BUILT, "migrate": "knex migrate:latest"}},
         {**COMPILED, "knexfile.ts": "import { url } from './lib/url'", "lib/url.ts": "", "lib/x.ts": ""},
         {"knexfile.ts", "lib/url.ts"}),
        ({"dependencies": {**EXPRESS, "drizzle-kit": "0.30.0"}, "scripts": {**BUILT, "migrate": "drizzle-kit migrate"}},
         {**COMPILED, "drizzle.config.ts": "export default { out: './sql/changes' }", "sql/changes/1.sql": ""},
         {"drizzle.config.ts", "sql/changes"}),
        ({"dependencies": EXPRESS, "scripts": {**BUILT, "migrate": "node tools/migrate.js"}},
         {**COMPILED, "tools/migrate.js": "fs.readdir(path.join(process.cwd(), 'sql', 'changes')); run('./seeds/x')",
          "sql/changes/1.sql": "", "sql/notes.md": "", "seeds/x/1.js": ""}, {"tools/migrate.js", "sql/changes"}),
        ({"dependencies": EXPRESS, "scripts": {**BUILT, "migrate": "node tools/migrate.js"}},
         {**COMPILED, "tools/migrate.js": "fs.readdirSync(path.join(__dirname, '..', 'sql'))", "sql/1.sql": ""},
         {"tools/migrate.js", "sql"}),
        ({"dependencies": EXPRESS, "scripts": {**BUILT, "start": "node --import ./hooks/trace.mjs dist/index.js"}},
         {**COMPILED, "hooks/trace.mjs": "import './sdk.mjs'", "hooks/sdk.mjs": ""},
         {"hooks/trace.mjs", "hooks/sdk.mjs"}),
    ],
)  # fmt: skip
def test_a_configuration_is_in_the_image_with_what_it_imports(
    manifest: dict[str, Any], files: dict[str, str], wanted: set[str]
) -> None:
    text = package(**manifest, devDependencies={"typescript": "5.9.0"})
    spec = only(**{"package.json": text, **LOCK, **files})
    usual = {"dist", ".next", "package.json", "public"}
    assert set(spec.run_paths) - usual == wanted


def test_a_configuration_of_the_build_stays_behind() -> None:
    """A server traced by Next has its configuration inside; knexfile is nobody's where nothing migrates."""
    config = "import './lib'\nexport default { output: 'standalone' }"
    spec = only(
        **{"package.json": package(**NEXT), **LOCK, "next.config.mjs": config, "lib.mjs": "", "app/page.tsx": ""}
    )
    assert "next.config.mjs" not in spec.run_paths
    manifest = package(dependencies=EXPRESS, devDependencies={"typescript": "5.9.0"}, scripts=BUILT)
    assert "knexfile.ts" not in only(**{"package.json": manifest, **LOCK, **COMPILED, "knexfile.ts": ""}).run_paths


def test_the_variables_of_a_configuration_are_there_while_a_client_is_generated() -> None:
    config = "import { env } from 'prisma/config'\nexport default { datasource: { url: env('MAIN_URL') } }"
    dependencies = {**EXPRESS, "prisma": "7.0.0", "@prisma/client": "7.0.0"}
    manifest = package(dependencies=dependencies, devDependencies={"typescript": "5.9.0"}, scripts=BUILT)
    files = {"prisma.config.ts": config, "prisma/schema.prisma": "", "prisma/migrations/1/migration.sql": ""}
    spec = only(**{"package.json": manifest, **LOCK, **COMPILED, **files})
    assert "prisma.config.ts" in spec.run_paths
    assert {item.name for item in spec.environment if item.phase == "build"} >= {"MAIN_URL"}


# --- the port that reaches listen() --------------------------------------------------------------------------------

APP = "const express = require('express'); const app = express();"


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        # An object of another module, by several ways to name it.
        ({"server.js": f"{APP} const settings = require('./lib/settings'); app.listen(settings.web.port)",
          "lib/settings.js": "module.exports = { db: { port: 5432 }, web: { port: process.env.WEB_PORT || 4100 } }"},
         (4100, "WEB_PORT")),
        ({"server.js": f"{APP} const {{ web }} = require('./settings'); app.listen(web.port)",
          "settings.js": "exports.smtp = { port: 25 }; module.exports = { web: { port: 4200 }, smtp: { port: 25 } }"},
         (4200, None)),
        ({"server.mjs": "import { http as h } from './conf.mjs'; import e from 'express'; e().listen({ port: h.port })",
          "conf.mjs": "export const smtp = { port: 2525 }; export const http = { port: 4300 }"}, (4300, None)),
        ({"server.mjs": "import * as conf from './conf/index.mjs'; import e from 'express'; e().listen(conf.http.port)",
          "conf/index.mjs": "export * from './mail.mjs'; export * from './http.mjs'",
          "conf/mail.mjs": "export const mail = { port: 25 }",
          "conf/http.mjs": "export const http = { port: 4400 }"},
         (4400, None)),
        ({"server.js": f"{APP} const c = require('./config'); const {{ port }} = c.get('http'); app.listen(port)",
          "config.js": "const convict = require('convict'); module.exports = convict({ db: { port: { default: 5432 } },"
          "http: { port: { format: 'port', default: 4500, env: 'HTTP_PORT' } } })"}, (4500, "HTTP_PORT")),
        # A schema of variables.
        ({"server.mjs": "import { env } from './env.mjs'; import e from 'express'; e().listen(env.API_PORT)",
          "env.mjs": "import { z } from 'zod'; export const env = z.object({ REDIS_PORT: z.number().default(6379),"
          "API_PORT: z.coerce.number().default(4600) }).parse(process.env)"}, (4600, "API_PORT")),
        ({"server.mjs": "import vars from './vars.mjs'; import e from 'express'; e().listen(vars.APP_PORT)",
          "vars.mjs": "import { cleanEnv, port } from 'envalid'; const v = cleanEnv(process.env, { DB_PORT:"
          "port({ default: 5432 }), APP_PORT: port({ default: 4700 }) }); export default v"}, (4700, "APP_PORT")),
        # The package `config`.
        ({"server.js": f"{APP} const config = require('config'); app.listen(config.get('server.port'))",
          "config/default.json": '{"redis": {"port": 6379}, "server": {"port": 4800}}',
          "config/production.json": '{"server": {"port": 4801}}',
          "config/custom-environment-variables.json": '{"server": {"port": "SERVER_PORT"}}'}, (4801, "SERVER_PORT")),
        ({"server.js": f"{APP} const config = require('config'); app.listen(config.http.port)",
          "config/default.yaml": "smtp:\n  port: 25\nhttp:\n  port: 4900\n"}, (4900, None)),
        # A key with a default of its own.
        ({"server.js": f"{APP} const nconf = require('nconf'); app.listen(nconf.get('PORT') || 5100)"}, (5100, "PORT")),
        ({"server.js": f"{APP} const config = require('./config'); app.listen(config.port || 3000)",
          "config.js": "module.exports = { port: 5150 }"}, (5150, None)),
        # A helper that is given the variable: one of its own names inside is another one.
        ({"server.js": f"{APP} function whole(text) {{ const port = parseInt(text, 10); return port || false }}"
          "const port = whole(process.env.PORT || '5300'); require('http').createServer(app).listen(port)"},
         (5300, "PORT")),
        ({"server.js": f"{APP} const {{ bounded }} = require('./n'); app.listen(bounded(process.env.API_PORT, 5350,"
          "1, 65535))", "n.js": "exports.bounded = (text, other) => +text || other"}, (5350, "API_PORT")),
        # A program without an ending, and a port that Express keeps.
        ({"server": "const app = require('./app'); app.set('port', process.env.PORT || 5400);"
          "app.listen(app.get('port'))", "app.js": "module.exports = require('express')()"}, (5400, "PORT")),
        ({"server.mjs": "import S from './s.mjs'; import e from 'express'; const a = e(); a.set('port', S.API_PORT);"
          "a.listen(a.get('port'))", "s.mjs": "export default { API_PORT: process.env.API_PORT || 5450 }"},
         (5450, "API_PORT")),
        # What a function that listens is given by those who call it.
        ({"server.js": f"{APP} const start = (port) => app.listen(port).on('error', () => start(port + 1));"
          "start(process.env.WEB_PORT || 5500)"}, (5500, "WEB_PORT")),
        ({"server.mjs": "import { serve } from './s.mjs'; const o = { web: { port: 5550 } }; serve({}, o.web)",
          "s.mjs": "import e from 'express'; export function serve(app, { port = 80 }) { e().listen(port) }"},
         (5550, None)),
        ({"server.mjs": "import { App } from './lib/index.mjs'; import { env } from './env.mjs';"
          "new App({ port: env.http }).start()",
          "env.mjs": "export const env = { http: process.env.HTTP_PORT || 5600 }",
          "lib/index.mjs": "export { App } from './app.mjs'", "lib/app.mjs": "import express from 'express';"
          "export class App { constructor(options) { this.options = { port: options.port || 80 } }"
          "start() { this.app = express(); this.app.listen({ port: this.options.port }) } }"}, (5600, "HTTP_PORT")),
        ({"server.js": f"{APP} function run(options) {{ app.listen(options.port || 5650) }} run({{}})"}, (5650, None)),
        ({"server.js": f"{APP} function run(a = {{}}, b = a) {{ run(b); app.listen(b || {{}}) }} run()"}, (3000, None)),
        # What a function of another module returns if none of its conditions holds.
        ({"server.mjs": "import port from './port.mjs'; import e from 'express'; e().listen(await port())",
          "port.mjs": "export default function () { if (process.env.AT === 'x') return process.env.PORT;"
          "else if (process.env.AT === 'y') { return 5701 } else return 5700 }"}, (5700, None)),
        ({"server.js": f"{APP} const {{ port }} = require('./p'); app.listen(port())",
          "p.js": "const port = () => process.env.API_PORT || 5750; exports.port = port"}, (5750, "API_PORT")),
        # Guards: a literal beats what stands elsewhere; a name that leads nowhere is a guess of the framework.
        ({"server.js": f"{APP} const config = require('./config'); app.listen(5200)",
          "config.js": "module.exports = { port: 1, mail: { port: 25 } }"}, (5200, None)),
        ({"server.js": f"{APP} const config = require('./config'); app.listen(config.http.port)",
          "config.js": "module.exports = load({ mail: { port: 2525 } })"}, (3000, None)),
    ],
)  # fmt: skip
def test_the_port_is_what_reaches_listen(files: dict[str, str], wanted: tuple[int, str | None]) -> None:
    dependencies = {**EXPRESS, "config": "3.0.0", "nconf": "0.12.0", "convict": "6.0.0"}
    start = next(name for name in files if name.startswith("server"))
    manifest = package(dependencies=dependencies, scripts={"start": f"node {start}"})
    spec = only(**{"package.json": manifest, **LOCK, **files})
    assert (spec.port, spec.port_variable) == wanted


@pytest.mark.parametrize(
    ("ask", "files", "wanted"),
    [
        ("app.get(ConfigService).get('http.port')",
         {"src/config/db.ts": "export default registerAs('db', () => ({ port: 5432 }))",
          "src/config/http.ts": "export default registerAs('http', () => ({ port: +process.env.HTTP_PORT || 3400 }))"},
         (3400, "HTTP_PORT")),
        ("app.get(ConfigService).getOrThrow<number>('port')",
         {"src/config/configuration.ts": "export default () => ({ port: parseInt(process.env.API_PORT, 10) || 3500,"
          "database: { port: 5432 } })"}, (3500, "API_PORT")),
        ("app.get(ConfigService).get('PORT', 3600)", {}, (3600, "PORT")),
        ("app.get(ConfigService).get('SERVICE_PORT')",
         {"src/config/schema.ts": "export const schema = Joi.object({ DB_PORT: Joi.number().default(5432),"
          "SERVICE_PORT: Joi.number().default(3700) })"}, (3700, "SERVICE_PORT")),
    ],
)  # fmt: skip
def test_a_service_of_settings_is_asked_for_its_key(ask: str, files: dict[str, str], wanted: tuple[int, str]) -> None:
    """Nest: the namespace, the module that gives the settings, the schema."""
    manifest = package(dependencies=NEST, scripts={"build": "nest build", "start:prod": "node dist/main"})
    imports = "".join(f"import '{name.replace('src/', './').removesuffix('.ts')}';" for name in files)
    main = MAIN.replace("app.listen(3000)", f"app.listen({ask})")
    base = {"nest-cli.json": "{}", "tsconfig.json": config(rootDir="src", include=["src"])}
    spec = only(**{"package.json": manifest, **LOCK, **base, "src/main.ts": imports + main, **files})
    assert (spec.port, spec.port_variable) == wanted


# --- Nx ------------------------------------------------------------------------------------------------------------

NX = {"nx": "21.0.0", "@nx/js": "21.0.0", "@nx/webpack": "21.0.0", "webpack-cli": "5.0.0", "typescript": "5.9.0"}
NX_ROOT = {
    "package.json": package(name="mono", dependencies={**EXPRESS, "pg": "8.0.0"}, devDependencies=NX),
    "nx.json": "{}",
}
ENTRY = "import express from 'express'; import 'pg'; const app = express(); app.listen(process.env.PORT || 4000)"
PLUGINS = "plugins: [new NxAppWebpackPlugin({})]"
WEBPACK = f"module.exports = {{ output: {{ path: join(__dirname, '../../dist/apps/api') }}, {PLUGINS} }}"


def project_json(executor: str, **options: Any) -> str:
    usual = {"outputPath": "dist/apps/api", "main": "apps/api/src/main.ts"}
    build = {"executor": executor, "options": {**usual, **options}}
    return json.dumps({"name": "api", "targets": {"build": build}})


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"apps/api/project.json": project_json("@nx/esbuild:esbuild")}, "dist/apps/api/main.js"),
        ({"apps/api/project.json": project_json("@nx/webpack:webpack", outputFileName="server.js")},
         "dist/apps/api/server.js"),
        # The compiler alone keeps the layout of the project.
        ({"apps/api/project.json": project_json("@nx/js:tsc")}, "dist/apps/api/src/main.js"),
        ({"apps/api/project.json": project_json("@nx/js:swc", outputPath="{workspaceRoot}/out/{projectRoot}")},
         "out/apps/api/src/main.js"),
        # A plug-in makes the target.
        ({"apps/api/project.json": '{"name": "api"}', "apps/api/webpack.config.js": WEBPACK}, "dist/apps/api/main.js"),
    ],
)  # fmt: skip
def test_an_application_of_nx_needs_no_manifest(files: dict[str, str], wanted: str) -> None:
    others = {"apps/api-e2e/project.json": '{"name": "api-e2e"}', "libs/ui/project.json": '{"projectType": "library"}'}
    spec = only(**NX_ROOT, **LOCK, **others, **files, **{"apps/api/src/main.ts": ENTRY})
    assert (spec.path, spec.name, spec.framework, spec.port) == ("apps/api", "api", "express", 4000)
    assert list(spec.build) == ["npx --no-install nx build api"]
    assert spec.start == ("node", f"../../{wanted}")
    assert list(spec.run_paths) == ["/".join(wanted.split("/")[:3])]
    assert list(spec.manifests) == ["package.json", "package-lock.json"]
    assert spec.backing_services == ("postgres",)


def test_nx_builds_for_production() -> None:
    document = json.loads(project_json("@nx/esbuild:esbuild"))
    document["targets"]["build"]["configurations"] = {"development": {}, "production": {}}
    files = {**NX_ROOT, **LOCK, "apps/api/project.json": json.dumps(document), "apps/api/src/main.ts": ENTRY}
    assert list(only(**files).build) == ["npx --no-install nx build api --configuration=production"]
    document["targets"]["build"]["defaultConfiguration"] = "production"
    files["apps/api/project.json"] = json.dumps(document)
    assert list(only(**files).build) == ["npx --no-install nx build api"]


def test_a_member_with_scripts_of_its_own_is_built_by_them() -> None:
    own = package(name="api", dependencies=EXPRESS, scripts={"build": "tsc", "start": "node dist/main.js"})
    root = package(name="mono", workspaces=["apps/*"], devDependencies=NX)
    files = {"apps/api/package.json": own, "apps/api/src/main.ts": ENTRY, "nx.json": "{}", "package.json": root}
    spec = only(**files, **LOCK, **{"apps/api/tsconfig.json": TS_SRC})
    assert list(spec.build) == ["npm run build --workspace apps/api"]
    assert spec.start == ("node", "dist/main.js")


TS_SRC = config(rootDir="src", include=["src"])


# --- which of several listeners, and the arguments of commands -----------------------------------------------------


@pytest.mark.parametrize(
    ("code", "files", "wanted"),
    [
        ("metricsApp.listen(9464); app.listen(4000)", {}, 4000),
        ("h.createServer(p).listen(process.env.METRICS_PORT || 9464); app.listen(process.env.PORT || 4100)",
         {}, 4100),
        ("require('./admin'); app.listen(4200)", {"admin.js": "const a = require('express')(); a.listen(8081)"}, 4200),
        ("const smtp = new SMTPServer(o); smtp.listen(2525); debugServer.listen(9229); app.listen({ port: 4300 })",
         {}, 4300),
        ("const { WebSocketServer } = require('ws'); new WebSocketServer({ port: 9001 }); app.listen(4400)", {}, 4400),
        # A service that has no other listener has this one.
        ("const ws = require('ws'); new ws.Server({ port: 9001 }); metrics.listen(9100)", {}, 9001),
        ("metrics.listen(9100)", {}, 9100),
    ],
)  # fmt: skip
def test_the_service_listens_where_neither_metrics_nor_mail_do(code: str, files: dict[str, str], wanted: int) -> None:
    manifest = package(dependencies=EXPRESS, scripts={"start": "node server.js"})
    assert only(**{"package.json": manifest, **LOCK, "server.js": f"{APP} {code}", **files}).port == wanted


@pytest.mark.parametrize(
    ("scripts", "procfile", "start", "port"),
    [
        (
            {"start": "next start", "start:prod": "npm run start -- -p 4000"},
            None,
            ("next", "start", "-p", "4000"),
            4000,
        ),
        (
            {"start": "next start", "start:prod": "npm start -- --port=4100"},
            None,
            ("next", "start", "--port=4100"),
            4100,
        ),
        ({"start": "next start"}, "web: npm start -- -p 4200", ("next", "start", "-p", "4200"), 4200),
        ({"start": "next start"}, "web: yarn -s start -p 4300", ("next", "start", "-p", "4300"), 4300),
        # npm keeps what stands in front of `--` to itself.
        ({"start": "next start"}, "web: npm start -p 4400", ("next", "start"), 3000),
    ],
)
def test_arguments_are_handed_on_to_the_script(
    scripts: dict[str, str], procfile: str | None, start: tuple[str, ...], port: int
) -> None:
    manifest = package(dependencies={"next": "15.0.0"}, scripts={"build": "next build", **scripts})
    files = {"package.json": manifest, **LOCK, "app/page.tsx": "", **({"Procfile": procfile} if procfile else {})}
    spec = only(**files)
    assert (spec.start, spec.port) == (start, port)


# --- development dependencies that run -------------------------------------------------------------------------------

HASH = "import * as bcrypt from 'bcrypt'; export const hash = (text: string) => bcrypt.hash(text, 10)"


@pytest.mark.parametrize(
    ("server", "kept"),
    [
        ("import './hash'; import express from 'express'; express().listen(3000)", "all"),
        # The compiler leaves out what only types are taken from.
        ("import { Options } from 'bcrypt'; import express from 'express'; express().listen(3000)", "production"),
        ("import type { Options } from 'bcrypt'; import express from 'express'; express().listen(3000)", "production"),
        ("import express from 'express'; let x: bcrypt.Options; express().listen(3000)", "production"),
    ],
)
def test_a_development_dependency_that_the_program_loads_is_kept(server: str, kept: str) -> None:
    files = {
        "package.json": package(scripts=PLAIN, dependencies=EXPRESS, devDependencies={"bcrypt": "5.1.1"}),
        **LOCK,
        "tsconfig.json": config(rootDir="src"),
        "src/index.ts": server,
        "src/hash.ts": HASH,
    }
    assert only(**files).dependencies_at_run == kept
    assert ("the program loads bcrypt" in texts(inspect(**files))) == (kept == "all")
    deps = stage(dockerfile(**files), "deps")
    assert ("--omit=dev" not in deps) == (kept == "all")


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ("require('dotenv').config();", "all"),
        ("const { config } = require('dotenv');", "all"),
        ("if (process.env.NODE_ENV !== 'production') { require('dotenv').config() }", "production"),
        ("try { require('dotenv').config() } catch {}", "production"),
    ],
)
def test_what_only_a_branch_loads_is_not_kept(before: str, kept: str) -> None:
    start = package(scripts={"start": "node app.js"}, dependencies=EXPRESS, devDependencies={"dotenv": "16.0.0"})
    files = {"package.json": start, **LOCK, "app.js": before + LISTEN}
    assert only(**files).dependencies_at_run == kept


def test_a_bundle_brings_what_it_loads() -> None:
    scripts = PLAIN | {"build": "esbuild src/index.ts --bundle --platform=node --outfile=dist/index.js"}
    manifest = package(scripts=scripts, dependencies=EXPRESS, devDependencies={"bcrypt": "5", "esbuild": "0.25.0"})
    source = f"import './hash'; {SERVER}"
    files = {"package.json": manifest, **LOCK, "src/index.ts": source, "src/hash.ts": HASH}
    assert only(**files).dependencies_at_run == "production"


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ("--packages=external", "all"),
        ("--external:bcrypt", "all"),
        ("--external:b* --external:sharp", "all"),
        ("--external:sharp", "production"),
    ],
)
def test_a_bundle_loads_what_it_leaves_outside(options: str, kept: str) -> None:
    scripts = PLAIN | {"build": f"esbuild src/index.ts --bundle --platform=node {options} --outfile=dist/index.js"}
    manifest = package(scripts=scripts, dependencies=EXPRESS, devDependencies={"bcrypt": "5", "esbuild": "0.25.0"})
    source = f"import './hash'; {SERVER}"
    files = {"package.json": manifest, **LOCK, "src/index.ts": source, "src/hash.ts": HASH}
    assert only(**files).dependencies_at_run == kept


# --- what the program writes -----------------------------------------------------------------------------------------

WRITERS = "const winston = require('winston'), { transports } = winston, multer = require('multer'); "


@pytest.mark.parametrize(
    ("code", "folders"),
    [
        ("require('fs').mkdirSync('uploads', { recursive: true })", ("uploads",)),
        ("const dir = 'var/cache'; fs.promises.mkdir(dir)", ("var/cache",)),
        ("fs.createWriteStream(path.join(__dirname, 'logs', 'app.log'))", ("logs",)),
        ("fs.appendFile(process.cwd() + '/logs/app.log', 'x', done)", ("logs",)),
        ("new winston.transports.File({ dirname: 'logs', filename: 'app.log' })", ("logs",)),
        ("new transports.File({ filename: 'logs/app.log' })", ("logs",)),
        ("multer({ dest: './uploads/' })", ("uploads",)),
        ("multer.diskStorage({ destination: (req, file, cb) => { cb(null, 'public/files') } })", ("public/files",)),
        ("multer.diskStorage({ destination(req, file, cb) { cb(null, path.join(__dirname, 'in')) } })", ("in",)),
        # Of a path whose end nobody knows, what stands before it.
        ("fs.mkdirSync(path.join('a', name))", ("a",)),
        # Not the program's own, or not known.
        ("fs.mkdirSync('/tmp/x'); fs.mkdirSync('../x'); fs.mkdirSync(process.env.DIR)", ()),
        ("fs.mkdirSync(path.join(os.tmpdir(), 'x'))", ()),
        ("fs.writeFileSync('state.json', '{}'); new File(['x'], 'logs/a.txt')", ()),
        ("fs.readFileSync('data/words.txt')", ()),
    ],
)
def test_folders_that_the_program_writes_to(code: str, folders: tuple[str, ...]) -> None:
    manifest = package(scripts={"start": "node app.js"}, dependencies=EXPRESS)
    files = {"package.json": manifest, **LOCK, "app.js": LISTEN, "lib.js": f"{WRITERS}{code}"}
    files["app.js"] += "; require('./lib')"
    assert only(**files).writable == folders
    runtime = stage(dockerfile(**files), "runtime")
    assert [f"/app/{name}" in runtime for name in folders] == [True for _ in folders]


def test_beside_a_module_is_beside_what_the_compiler_makes_of_it() -> None:
    code = f"{SERVER}; fs.mkdirSync(path.join(__dirname, '..', 'logs')); fs.mkdirSync(path.join(__dirname, 'tmp'))"
    manifest = package(scripts=PLAIN, dependencies=EXPRESS)
    files = {"package.json": manifest, **LOCK, "tsconfig.json": config(rootDir="src"), "src/index.ts": code}
    assert only(**files).writable == ("logs", "dist/tmp")


def test_the_folder_of_the_code_is_not_given_to_the_user() -> None:
    manifest = package(scripts={"start": "node src/app.js"}, dependencies=EXPRESS)
    files = {"package.json": manifest, **LOCK, "src/app.js": f"{LISTEN}; fs.mkdirSync('src'); fs.mkdirSync('.')"}
    assert only(**files).writable == ()


# --- a workspace whose root is a service ------------------------------------------------------------------------------


def test_the_installation_at_the_root_of_a_workspace_reads_every_manifest() -> None:
    """A package manager that finds no member where the manifest names one refuses to install."""
    manifest = package(workspaces=["libs/*"], scripts={"start": "node app.js"}, dependencies=EXPRESS)
    member = json.dumps({"name": "words", "version": "1.0.0"})
    files = {"package.json": manifest, **LOCK, "app.js": LISTEN, "libs/words/package.json": member}
    assert "libs/words/package.json" in only(**files).manifests
    assert "source=libs/words/package.json" in dockerfile(**files)
    files["package.json"] = package(scripts={"start": "node app.js"}, dependencies=EXPRESS)
    assert only(**files).manifests == ("package.json", "package-lock.json")


@pytest.mark.parametrize(("version", "node"), [("0.8.3", "12"), ("12.2.0", "14"), ("15.0.0", "18")])
def test_old_builders_of_angular_do_not_start_on_a_later_node(version: str, node: str) -> None:
    lock = {"": {}, "node_modules/@angular-devkit/build-angular": {"version": version, "dev": True}}
    files = {
        "package.json": package(
            scripts={"build": "ng build"},
            dependencies={"@angular/core": "15.0.0"},
            devDependencies={"@angular-devkit/build-angular": version},
        ),
        "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": lock}),
        "angular.json": json.dumps(
            {
                "projects": {
                    "x": {"projectType": "application", "architect": {"build": {"options": {"outputPath": "d"}}}}
                }
            }
        ),
    }
    assert only(**files).runtime.version == node


@pytest.mark.parametrize(
    ("taken", "port"),
    [("{ PORT, NODE_ENV }", 3000), ("{ PORT: PORT }", 3000), ("{ PORT = 4100 }", 4100), ("{ NODE_ENV }", None)],
)
def test_a_port_that_is_taken_out_of_the_environment_is_its_variable(taken: str, port: int | None) -> None:
    """Without the variable the program would listen on any free port: the image has to set it."""
    settings = f"const {taken} = process.env; export const settings = {{ PORT, NODE_ENV: 1 }}"
    server = "import { settings } from './settings.js'; import express from 'express'; express().listen(settings.PORT)"
    manifest = package(type="module", scripts={"start": "node app.js"}, dependencies=EXPRESS)
    spec = only(**{"package.json": manifest, **LOCK, "app.js": server, "settings.js": settings})
    assert (spec.port, spec.port_variable) == ((port, "PORT") if port else (3000, None))


@pytest.mark.parametrize(
    ("load", "files", "port"),
    [
        ("require('dotenv').config();", {}, 8085),
        ("import 'dotenv/config';", {}, 8085),
        ("", {}, 3000),
        ("", {"start": "node --env-file=.env server.js"}, 8085),
        ("", {"start": "node --env-file=.env.local server.js"}, 3000),
        ("", {"start": "env-cmd -f .env node server.js"}, 8085),
        ("", {"start": "bun server.js"}, 8085),
        ("require('dotenv').config();", {".env.example": "PORT=8086\n"}, 8086),
        ("require('dotenv').config();", {".env": "DB_PORT=8085\nPORT=auto\n"}, 3000),
    ],
)
def test_a_port_in_the_file_of_variables_that_is_loaded(load: str, files: dict[str, str], port: int) -> None:
    start = files.pop("start", "node server.js")
    code = f"{load} const app = require('express')(); app.listen(process.env.PORT)"
    tree = {"package.json": package(dependencies={**EXPRESS, "dotenv": "16.0.3"}, scripts={"start": start})}
    tree |= {"server.js": code, ".env": "# local\nPORT=8085\nKEY=abc\n", **files}
    spec = only(**tree)
    assert (spec.port, spec.port_variable) == (port, "PORT")
    assert f"PORT={port}" in dockerfile(**tree)


def test_a_command_whose_end_only_the_running_program_knows_names_its_program() -> None:
    code = LISTEN + "\nconst {exec} = require('child_process'); exec(`pg_dump \"${process.env.URL}\" --clean`)\n"
    spec = only(**{"package.json": package(dependencies=EXPRESS, scripts={"start": "node s.js"}), "s.js": code})
    assert "postgresql-client" in spec.system_packages.run


@pytest.mark.parametrize(("headless", "wanted"), [("false", True), ("true", False)])
def test_a_browser_with_a_window_wants_a_display(headless: str, wanted: bool) -> None:
    code = LISTEN + f"\nconst p = require('puppeteer'); p.launch({{headless: {headless}}})\n"
    keys = {"dependencies": {**EXPRESS, "puppeteer": "24.0.0"}, "scripts": {"start": "node s.js"}}
    found = only(**{"package.json": package(**keys), "s.js": code})
    assert ("xvfb" in found.system_packages.run) is wanted
