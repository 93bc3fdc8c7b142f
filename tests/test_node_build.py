# ruff: noqa: E501
"""What a build in JavaScript needs from outside, and the path that what it makes is served below."""

import json
from typing import Any

import pytest

from genfile.api import generate, render
from tests.test_node_traps import LOCK, server, texts
from tests.test_traps import EXPRESS, VITE_PAGE, inspect, only, package


def site(build: str = "vite build", *, files: dict[str, str] | None = None, **keys: Any) -> dict[str, str]:
    """A page that Vite builds, with other files and other keys of package.json."""
    keys.setdefault("devDependencies", {"vite": "6.0.0"})
    return {**LOCK, **VITE_PAGE, "package.json": package(scripts={"build": build}, **keys), **(files or {})}


def angular(
    options: dict[str, Any], *, build: str = "ng build", production: Any = None, i18n: Any = None
) -> dict[str, str]:
    target = {
        "builder": "@angular/build:application",
        "options": options,
        "configurations": {"production": production or {}},
    }
    project = {"projectType": "application", "i18n": i18n or {}, "architect": {"build": target}}
    return {
        **LOCK,
        "package.json": package(dependencies={"@angular/core": "20.0.0"}, scripts={"build": build}),
        "angular.json": json.dumps({"projects": {"shop": project}}),
    }


def dockerfile(**files: str) -> str:
    return render(only(**files)).dockerfile.replace("\\\n    ", "")


def ignored(**files: str) -> list[str]:
    files_made = {file.path: file.text for file in render(only(**files)).files}
    return files_made[".dockerignore"].splitlines()


# --- the path that a site is served below --------------------------------------------------------------------------

CRA = {"dependencies": {"react-scripts": "5.0.1"}, "devDependencies": {}}
BASES = {
    "option": (site("vite build --base=/console/"), "/console/"),
    "option-apart": (site("tsc && vite build --base /console"), "/console/"),
    "function": (
        site(files={"vite.config.ts": "export default defineConfig(({ mode }) => ({ base: mode === 'production' ? '/a/b/' : '/' }))"}),
        "/a/b/",
    ),
    "command": (
        site(files={"vite.config.js": "export default ({ command }) => { return { base: command !== 'serve' ? '/app' : '/' } }"}),
        "/app/",
    ),
    "variable-with-default": (
        site(files={"vite.config.js": "export default { base: process.env.BASE_PATH || '/docs/' }"}),
        "/docs/",
    ),
    "variable-of-a-host": (
        site(files={"vite.config.js": "export default { base: process.env.GITHUB_ACTIONS ? '/repo/' : '/' }"}),
        "/",
    ),
    "committed-variable": (
        site(
            files={
                "vite.config.js": "export default () => { const env = loadEnv('production', '.'); return { base: env.VITE_BASE } }",
                ".env.production": "VITE_BASE=/panel/\n",
            }
        ),
        "/panel/",
    ),
    "relative": (site(files={"vite.config.js": "export default { base: '' }"}), "/"),
    "address": (site(files={"vite.config.js": "export default { base: 'https://cdn.example.com/x/' }"}), "/"),
    "hostile": (site(files={"vite.config.js": "export default { base: '/a; return 200/' }"}), "/"),
    "no-home-page-of-vite": (site(homepage="https://example.com/repo"), "/"),
    "cra-root": (site("react-scripts build", homepage=".", **CRA), "/"),
    "cra-variable": (site("PUBLIC_URL=/board react-scripts build", homepage="/x", **CRA), "/board/"),
    "cra-path": (site("react-scripts build", homepage="/board/", **CRA), "/board/"),
    "angular-option": (angular({"baseHref": "/a/"}, build="ng build --base-href /b/"), "/b/"),
    "angular-configuration": (angular({"baseHref": "/a/"}, production={"baseHref": "/c/"}), "/c/"),
    "angular-page": (angular({}) | {"src/index.html": '<head>\n<base href="/museum/">'}, "/museum/"),
    "angular-page-root": (angular({}) | {"src/index.html": '<base href="/">'}, "/"),
    "vue": (
        site(
            "vue-cli-service build",
            devDependencies={"@vue/cli-service": "5.0.0"},
            files={"vue.config.js": "const isProd = process.env.NODE_ENV === 'production'\nmodule.exports = { publicPath: isProd ? '/ui/' : '/' }"},
        ),
        "/ui/",
    ),
    "next-export": (
        site("next build", dependencies={"next": "15.0.0"}, files={"next.config.js": "module.exports = { output: 'export', basePath: '/docs' }"}),
        "/docs/",
    ),
    "astro": (
        site("astro build", dependencies={"astro": "5.0.0"}, files={"astro.config.mjs": "export default defineConfig({ base: '/guide' })"}),
        "/guide/",
    ),
    "docusaurus": (
        site(
            "docusaurus build",
            dependencies={"@docusaurus/core": "3.0.0"},
            files={"docusaurus.config.js": "const config = { baseUrl: '/handbook/' }; module.exports = config"},
        ),
        "/handbook/",
    ),
    "gatsby": (
        site(
            "gatsby build --prefix-paths",
            dependencies={"gatsby": "5.0.0"},
            files={"gatsby-config.js": "module.exports = { pathPrefix: '/blog' }"},
        ),
        "/blog/",
    ),
    "gatsby-without-the-option": (
        site("gatsby build", dependencies={"gatsby": "5.0.0"}, files={"gatsby-config.js": "module.exports = { pathPrefix: '/blog' }"}),
        "/",
    ),
    "vitepress": (
        site(
            "vitepress build docs",
            devDependencies={"vitepress": "1.0.0"},
            files={"docs/.vitepress/config.mts": "export default defineConfig({ base: '/manual/' })", "docs/index.md": ""},
        ),
        "/manual/",
    ),
    "sveltekit": (
        site(
            devDependencies={"@sveltejs/kit": "2.0.0", "@sveltejs/adapter-static": "3.0.0", "vite": "6.0.0"},
            files={"svelte.config.js": "export default { kit: { adapter: adapter(), paths: { base: '/kit' } } }"},
        ),
        "/kit/",
    ),
    "nuxt": (
        site(
            "nuxt generate",
            dependencies={"nuxt": "3.0.0"},
            files={"nuxt.config.ts": "export default defineNuxtConfig({ app: { baseURL: '/nx/' } })"},
        ),
        "/nx/",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BASES)
def test_path_that_a_site_is_built_for(name: str) -> None:
    files, base = BASES[name]
    spec = only(**files)
    assert spec.static is not None
    assert spec.static.base == base


def test_a_site_is_served_below_its_path() -> None:
    text = dockerfile(**site("vite build --base=/console/", dependencies={"react-router-dom": "7.0.0"}))
    assert "/app/dist /usr/share/nginx/html/console\n" in text
    assert "location = / { return 302 /console/; }" in text
    assert "try_files $uri $uri/ /console/index.html;" in text
    assert "location / {" not in text


def test_a_site_at_the_root_redirects_nowhere() -> None:
    text = dockerfile(**site())
    assert "/app/dist /usr/share/nginx/html\n" in text
    assert "return 302" not in text


def test_a_health_route_lies_below_the_path_of_next() -> None:
    files = site("next build", dependencies={"next": "15.0.0"}, files={"src/app/api/health/route.ts": ""})
    assert only(**files).health.path == "/api/health"
    files["next.config.ts"] = (
        "const config: NextConfig = { basePath: process.env.BASE ?? '/shop' }; export default config"
    )
    assert only(**files).health.path == "/shop/api/health"


@pytest.mark.parametrize(
    ("localize", "i18n", "options", "places"),
    [
        (True, {"locales": {"fr": "x"}}, {}, {"/en-US/": "en-US", "/fr/": "fr"}),
        (["fr"], {"locales": {"fr": "x", "de": "y"}}, {}, {"/fr/": "fr"}),
        (True, {"sourceLocale": "de", "locales": {"at": {"translation": "x"}}}, {"baseHref": "/shop/"},
         {"/shop/de/": "de", "/shop/at/": "at"}),
        (True, {"sourceLocale": {"code": "en", "subPath": ""}, "locales": {"fr": {"translation": "x", "subPath": "f"}}}, {},
         {"/": "", "/f/": "f"}),
        (True, {"sourceLocale": {"code": "en", "baseHref": "/english/"}, "locales": {}}, {}, {"/english/": "en"}),
        (True, {"locales": {"../../etc": "x", "a;b": "y"}}, {}, {"/en-US/": "en-US"}),
        (False, {"locales": {"fr": "x"}}, {}, {}),
    ],
)  # fmt: skip
def test_folders_of_languages(localize: Any, i18n: Any, options: dict[str, Any], places: dict[str, str]) -> None:
    files = angular(options | {"localize": localize}, i18n=i18n)
    spec = only(**files)
    assert {item.base: item.root for item in spec.static.locales} == {
        base: "dist/shop/browser" + (f"/{folder}" if folder else "") for base, folder in places.items()
    }
    text = dockerfile(**files)
    assert ("location = / { return 302" in text) is (bool(places) and "/" not in places)
    assert ("location = /shop/ { return 302 /shop/de/; }" in text) is ("/shop/de/" in places)
    assert all(f"/usr/share/nginx/html{base.rstrip('/')}\n" in text for base in places)


# --- variables of the build ----------------------------------------------------------------------------------------


def arguments(**files: str) -> list[str]:
    return [line[4:] for line in dockerfile(**files).splitlines() if line.startswith("ARG ")]


@pytest.mark.parametrize(
    ("config", "names"),
    [
        ("export default { define: { A: JSON.stringify(process.env.CATALOG) } }", ["CATALOG"]),
        ("const { CATALOG, NODE_ENV } = process.env; export default { define: { A: CATALOG } }", ["CATALOG"]),
        ("const env = { ...process.env, ...loadEnv(mode, '.') }; export default { define: { A: env.CATALOG } }", ["CATALOG"]),
        ("const { CATALOG } = loadEnv('x', '.', ''); export default { define: { A: `${CATALOG}` } }", ["CATALOG"]),
        ("export default { plugins: [html({ title: process.env.TITLE ?? 'x' })] }", ["TITLE"]),
        ("export default { server: { proxy: { '/api': process.env.BACKEND } }, preview: { port: process.env.P1 } }", []),
        (
            "const host = process.env.BACKEND; const target = `http://${host}:1`; "
            "export default { server: { proxy: { '/api': { target } } } }",
            [],
        ),
        (
            "const api = process.env.BACKEND; "
            "export default { server: { proxy: { '/api': api } }, define: { A: api } }",
            ["BACKEND"],
        ),
        ("export default { plugins: [process.env.FAST ? a() : b(), process.env.X === '1' && c()] }", []),
        ("export default { build: { sourcemap: process.env.CI, target: process.env.npm_package_version } }", []),
        ("process.env.STAMP = 'x'; export default {}", []),
        ("export default { plugins: [EnvironmentPlugin(['CATALOG', 'NODE_ENV'])] }", ["CATALOG"]),
        ("export default { plugins: [new webpack.EnvironmentPlugin({ CATALOG: null })] }", ["CATALOG"]),
        ("export default { headers: () => [{ value: process.env.CSP_HOST }] }", ["CSP_HOST"]),
    ],
)  # fmt: skip
def test_variables_that_a_configuration_compiles_in(config: str, names: list[str]) -> None:
    assert arguments(**site(files={"vite.config.js": config})) == names


def test_public_prefix_of_a_project_of_its_own() -> None:
    files = {"vite.config.js": "export default { envPrefix: ['APP_'] }", "src/main.ts": "go(import.meta.env.APP_ROOT)"}
    assert arguments(**site(files=files)) == ["APP_ROOT"]


def test_a_secret_of_the_build_is_mounted_and_never_an_argument() -> None:
    config = "export default { plugins: [sentry({ authToken: process.env.SENTRY_AUTH_TOKEN })] }"
    text = dockerfile(**site(files={"vite.config.js": config}))
    assert "RUN --mount=type=secret,id=sentry_auth_token,env=SENTRY_AUTH_TOKEN npm run build" in text
    assert text.count("SENTRY_AUTH_TOKEN") == 1


def test_static_variables_of_sveltekit() -> None:
    page = (
        '<script lang="ts">\nimport { PUBLIC_SITE, PUBLIC_MAP as map } from "$env/static/public";\n</script>\n<p>x</p>'
    )
    code = (
        "import { SIGNING_SALT_TOKEN, REGION } from '$env/static/private'; import { env } from '$env/dynamic/private'"
    )
    kit = {"@sveltejs/kit": "2.0.0", "@sveltejs/adapter-node": "5.0.0", "vite": "6.0.0"}
    files = {"src/routes/+page.svelte": page, "src/routes/+page.server.ts": code}
    tree = site(devDependencies=kit, files=files)
    assert arguments(**tree) == ["REGION", 'PUBLIC_SITE=""', 'PUBLIC_MAP=""']
    assert "--mount=type=secret,id=signing_salt_token,env=SIGNING_SALT_TOKEN npm run build" in dockerfile(**tree)


def test_public_variables_of_astro() -> None:
    config = """export default defineConfig({ env: { schema: {
      API_URL: envField.string({ context: "client", access: "public" }),
      STRIPE_KEY: envField.string({ context: "server", access: "secret" }) } } })"""
    assert arguments(**site("astro build", dependencies={"astro": "5.0.0"}, files={"astro.config.mjs": config})) == [
        "API_URL"
    ]


def test_nuxt_reads_its_own_variables_when_it_starts() -> None:
    config = "export default defineNuxtConfig({ runtimeConfig: { key: process.env.NUXT_KEY, public: { a: process.env.API } } })"
    assert arguments(**site("nuxt build", dependencies={"nuxt": "3.0.0"}, files={"nuxt.config.ts": config})) == ["API"]


# --- checks of the environment -------------------------------------------------------------------------------------

T3 = "export const env = createEnv({ server: { KEY: z.string() }, skipValidation: %s })"


@pytest.mark.parametrize(
    ("path", "code", "wanted"),
    [
        ("src/env.mjs", T3 % "!!process.env.SKIP_ENV_VALIDATION", "ENV SKIP_ENV_VALIDATION=1\nRUN npm run build"),
        ("env.ts", T3 % "process.env.SKIP_ENV_VALIDATION === 'true'", "ENV SKIP_ENV_VALIDATION=true\nRUN npm run build"),
        ("src/env/server.mjs", T3 % "!!process.env.CI || process.env.npm_lifecycle_event === 'lint'", "ENV CI=1\nRUN npm run build"),
        ("lib/env.ts", "if (!process.env.DISABLE_ENV_CHECK) schema.parse(process.env)", "ENV DISABLE_ENV_CHECK=1\nRUN npm run build"),
        ("src/env.ts", T3 % "false", "RUN npm run build"),
    ],
)  # fmt: skip
def test_the_switch_of_a_check(path: str, code: str, wanted: str) -> None:
    text = dockerfile(**site(files={path: code}))
    assert wanted in text.replace("--mount=type=cache,target=/app/.next/cache ", "")
    assert "SKIP_ENV" not in text.partition("AS runtime")[2]


def test_a_check_without_a_switch_gets_placeholders_for_the_step_alone() -> None:
    check = """const schema = z.object({ AUTH_SECRET: z.string().min(32), API: z.string().url(), LEVEL: z.string().default("x"),
      KIND: z.enum(["red", "blue"]), NEXT_PUBLIC_SITE: z.string().url() }); export const env = schema.parse(process.env)"""
    files = {"next.config.mjs": 'import "./src/check.mjs"\nexport default {}', "src/check.mjs": check}
    tree = site("next build", dependencies={"next": "15.0.0"}, files=files)
    text = dockerfile(**tree)
    step = next(line for line in text.splitlines() if line.endswith("npm run build"))
    assert "AUTH_SECRET=placeholder-" in step
    assert "API=http://localhost" in step
    assert "KIND=red" in step
    assert "LEVEL" not in text
    assert "ARG NEXT_PUBLIC_SITE=http://localhost\n" in text
    assert "AUTH_SECRET" not in text.partition("AS runtime")[2]
    assert "only the build stage gets placeholder values" in texts(inspect(**tree))


def test_a_check_that_the_build_never_loads_gets_nothing() -> None:
    code = "export const env = z.object({ AUTH_SECRET: z.string() }).parse(process.env)"
    assert "AUTH_SECRET" not in dockerfile(**site(files={"src/check.mjs": code, "vite.config.js": "export default {}"}))


# --- git -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "build"),
    [
        ({"vite.config.js": "const c = execSync('git rev-parse HEAD'); export default {}"}, "vite build"),
        ({"vite.config.ts": "import { c } from './tools/commit'; export default {}",
          "tools/commit.ts": "export const c = execFileSync('git', ['describe', '--tags']).toString()"}, "vite build"),
        ({"scripts/stamp.mjs": "import { spawnSync } from 'child_process'; spawnSync('git', ['log', '-1'])"},
         "node scripts/stamp.mjs && vite build"),
        ({"vite.config.js": "const c = await $`git rev-parse HEAD`; export default {}"}, "vite build"),
        ({"vite.config.js": "const run = promisify(exec); const c = await run('git rev-parse HEAD'); export default {}"}, "vite build"),
        ({"vite.config.js": "const head = fs.readFileSync('.git/HEAD', 'utf8'); export default {}"}, "vite build"),
        ({}, "git describe --always > version.txt && vite build"),
        ({"vite.config.js": "import simpleGit from 'simple-git'; export default {}"}, "vite build"),
    ],
)  # fmt: skip
def test_a_build_that_asks_git_gets_it_for_one_step(files: dict[str, str], build: str) -> None:
    tree = site(build, files=files)
    text = dockerfile(**tree)
    assert "install -y --no-install-recommends git" in text
    assert "COPY --exclude=.git . ." in text
    assert "RUN --mount=type=bind,source=.git,target=/app/.git npm run build" in text
    assert ".git" not in ignored(**tree)


@pytest.mark.parametrize(
    "config",
    [
        "const c = process.env.COMMIT || execSync('git rev-parse HEAD').toString(); export default {}",
        "const c = process.env.COMMIT ? process.env.COMMIT : execSync('git rev-parse HEAD'); export default {}",
        "const ask = () => execSync('git rev-parse HEAD'); const c = process.env.COMMIT ?? ask(); export default {}",
        "function commit() { if (process.env.COMMIT) return process.env.COMMIT; return execSync('git log -1') } export default {}",
        "const c = process.env.VERCEL_GIT_COMMIT_SHA ?? process.env.COMMIT ?? execSync('git rev-parse HEAD'); export default {}",
    ],
)  # fmt: skip
def test_a_variable_goes_before_git(config: str) -> None:
    tree = site(files={"vite.config.js": config})
    assert arguments(**tree) == ["COMMIT=unknown"]
    assert not only(**tree).git
    assert ".git" in ignored(**tree)
    assert "--build-arg COMMIT=" in texts(inspect(**tree))


@pytest.mark.parametrize(
    "config",
    [
        "let c = 'x'; try { c = execSync('git rev-parse HEAD') } catch { c = 'dev' } export default {}",
        "const c = execSync('git rev-parse HEAD || echo dev'); export default {}",
    ],
)
def test_a_build_that_goes_on_without_git_gets_a_note(config: str) -> None:
    tree = site(files={"vite.config.js": config})
    assert not only(**tree).git
    assert "reads git" in texts(inspect(**tree))


def test_a_message_that_names_git_is_no_question() -> None:
    assert not only(**site(files={"vite.config.js": "console.log('git describe'); export default {}"})).git


def test_git_of_the_running_program_is_no_matter_of_the_build() -> None:
    code = "const { execSync } = require('child_process'); execSync('git log'); require('express')().listen(3000)"
    assert not only(**server(code)).git


# --- credentials ---------------------------------------------------------------------------------------------------

TSC = {"build": "tsc", "start": "node dist/index.js"}


def steps(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("RUN ") and "npm install --global" not in line]


@pytest.mark.parametrize(
    ("settings", "everywhere"),
    [
        ({".yarnrc.yml": "npmScopes:\n  acme:\n    npmAuthToken: ${ACME_TOKEN}\n"}, True),
        ({".yarnrc.yml": "npmRegistries:\n  //npm.example.com:\n    npmAuthIdent: 'user:${ACME_TOKEN}'\n"}, True),
        ({".yarnrc.yml": "npmScopes:\n  acme:\n    npmAuthToken: ${ACME_TOKEN:-none}\n"}, False),
        ({".yarnrc.yml": "npmScopes:\n  acme:\n    npmAuthToken: ${ACME_TOKEN-}\n"}, False),
    ],
)
def test_yarn_gets_its_token_at_each_start(settings: dict[str, str], everywhere: bool) -> None:
    files = {"yarn.lock": "__metadata:\n  version: 8\n", "tsconfig.json": "{}", "src/index.ts": "app.listen(3000)"}
    own = package(
        packageManager="yarn@4.9.1", dependencies=EXPRESS, devDependencies={"typescript": "5.0.0"}, scripts=TSC
    )
    found = steps(dockerfile(**files, **settings, **{"package.json": own}))
    yarn = [line for line in found if " yarn " in line]
    assert len(yarn) == 3
    assert [("env=ACME_TOKEN" in line) for line in yarn] == [True, True, everywhere]


@pytest.mark.parametrize(
    ("lock", "everywhere"),
    [
        ({"yarn.lock": "# yarn lockfile v1\n"}, True),
        (LOCK, False),
        ({"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}, False),
    ],
)
def test_npmrc_without_its_variable_stops_yarn_1_alone(lock: dict[str, str], everywhere: bool) -> None:
    own = package(dependencies=EXPRESS, devDependencies={"typescript": "5.0.0"}, scripts=TSC)
    files = {
        ".npmrc": "//npm.example.com/:_authToken=${ACME_TOKEN}\n",
        "tsconfig.json": "{}",
        "src/index.ts": "app.listen(3000)",
    }
    found = steps(dockerfile(**files, **lock, **{"package.json": own}))
    assert any("env=ACME_TOKEN" in line for line in found)
    assert ("env=ACME_TOKEN" in next(line for line in found if "run build" in line)) is everywhere


def test_token_of_bunfig() -> None:
    own = package(dependencies=EXPRESS, scripts={"start": "bun index.ts"})
    toml = '[install.scopes]\n"@acme" = { token = "$ACME_TOKEN", url = "https://npm.example.com" }\n'
    text = dockerfile(**{"package.json": own, "bun.lock": "{}", "bunfig.toml": toml, "index.ts": "app.listen(3000)"})
    assert "--mount=type=secret,id=acme_token,env=ACME_TOKEN" in text


# --- versions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"devEngines": {"runtime": {"name": "node", "version": "22.x"}}}, "22"),
        ({"devEngines": {"runtime": [{"name": "bun", "version": "1"}, {"name": "node", "version": "^22.1.0"}]}}, "22"),
        ({"devEngines": {"runtime": [{"name": "node", "version": ">=20 <23"}]}, "engines": {"node": ">=22"}}, "22"),
        ({"devEngines": "x", "volta": {"node": "22.4.0"}}, "22"),
        ({"devEngines": {"runtime": [None, {"name": 3}]}, "engines": {"node": "22.x"}}, "22"),
    ],
)
def test_node_of_dev_engines(files: dict[str, Any], line: str) -> None:
    assert only(**server(**files)).runtime.version == line


@pytest.mark.parametrize(
    "toml",
    [
        '[tools]\nnode = "22"\n',
        "[tools]\nnode = 22\n",
        '[tools]\nnode = ["22.4.0", "20"]\n',
        '[tools]\nnode = { version = "22", postinstall = "x" }\n',
        '[tools.node]\nversion = "prefix:22"\n',
        '[tools]\n"core:node" = "22"\n',
    ],
)
@pytest.mark.parametrize("name", ["mise.toml", ".config/mise/config.toml"])
def test_node_of_mise(toml: str, name: str) -> None:
    assert only(**server(), **{name: toml}).runtime.version == "22"


def test_volta_takes_what_another_file_pins() -> None:
    files = {
        f"services/api/{name}": text for name, text in server(volta={"extends": "../../tools/package.json"}).items()
    }
    pins = {"tools/package.json": json.dumps({"volta": {"node": "22.4.0"}})}
    assert only(**files, **pins).runtime.version == "22"


def test_package_manager_of_dev_engines() -> None:
    engines = {"packageManager": [{"name": "pnpm", "version": "9.12.1", "onFail": "error"}]}
    manager = only(**{**server(devEngines=engines), "pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}).package_manager
    assert (manager.name, manager.version) == ("pnpm", "9.12.1")


def test_a_compiler_that_writes_beside_its_sources_leaves_them_in_the_context() -> None:
    tree = {
        "package.json": package(
            dependencies={**EXPRESS, "typescript": "5.0.0", "ts-node": "10.0.0"},
            scripts={"build": "tsc -p ./", "start": "ts-node ./src/server"},
        ),
        "tsconfig.json": '{"compilerOptions": {"module": "commonjs", "experimentalDecorators": true}}',
        "src/server.ts": "import express from 'express'; express().listen(3000)\n",
    }
    spec = only(**tree)
    assert spec.outputs == ()
    assert "src" in spec.run_paths or "." in spec.run_paths
    assert "." in spec.run_paths or "tsconfig.json" in spec.run_paths


@pytest.mark.parametrize("build", [{}, {"build": "tsc"}])
def test_without_production_dependencies_there_are_no_modules_to_copy(build: dict[str, str]) -> None:
    """`npm ci --omit=dev` makes no node_modules where it installs nothing."""
    manifest = {
        "name": "x",
        "scripts": {"start": "node server.js", **build},
        "devDependencies": {"typescript": "5.6.3"},
    }
    lock = {"name": "x", "lockfileVersion": 3, "packages": {"": manifest, "node_modules/typescript": {"dev": True}}}
    files = {
        "package.json": json.dumps(manifest),
        "package-lock.json": json.dumps(lock),
        "server.js": "require('http').createServer().listen(3000)\n",
        "tsconfig.json": "{}",
    }
    text = generate(files).files["Dockerfile"]
    assert "node_modules /app/node_modules" not in text
    assert ("npm ci" in text) == bool(build)


# --- what the build script leaves to be run first --------------------------------------------------------------------

STYLES = "tailwindcss -i styles/in.css -o src/styles/out.css"
SHEET = {"styles/in.css": "", "src/main.ts": "import './styles/out.css'"}


@pytest.mark.parametrize(
    ("scripts", "files", "build"),
    [
        ({"build:css": STYLES}, {}, ("npm run build:css", "npm run build")),
        ({"build:css": f"{STYLES} --minify", "dev:css": f"{STYLES} -w"}, {}, ("npm run build:css", "npm run build")),
        ({"css": "postcss styles --base styles --dir src/styles"}, {}, ("npm run css", "npm run build")),
        ({"tw": "npx sass styles/in.css:src/out.css"}, {}, ("npm run tw", "npm run build")),
        # The tree has it; it is made outside of the sources, of what is not there, or while watching alone.
        ({"build:css": STYLES}, {"src/styles/out.css": ""}, ("npm run build",)),
        ({"build:css": "tailwindcss -i styles/in.css -o dist/out.css"}, {}, ("npm run build",)),
        ({"build:css": STYLES.replace("in.css", "other.css")}, {}, ("npm run build",)),
        ({"css": f"{STYLES} --watch"}, {}, ("npm run build",)),
        ({"clean": "rimraf src/styles"}, {}, ("npm run build",)),
        # Something runs it.
        ({"build:css": STYLES, "build": "npm run build:css && vite build"}, {}, ("npm run build",)),
        ({"build:css": STYLES, "build": f"{STYLES} && vite build"}, {}, ("npm run build",)),
        ({"build:css": STYLES, "prebuild": "run-p build:*"}, {}, ("npm run build",)),
        ({"build:css": STYLES, "postinstall": "npm run build:css || true"}, {}, ("npm run build",)),
    ],
)
def test_styles_that_the_build_needs_are_made_first(
    scripts: dict[str, str], files: dict[str, str], build: tuple[str, ...]
) -> None:
    manifest = package(scripts={"build": "vite build", **scripts}, devDependencies={"vite": "6.0.0"})
    tree = {**LOCK, **VITE_PAGE, **SHEET, "package.json": manifest, **files}
    assert only(**tree).build == build
    assert ("the image runs it first" in texts(inspect(**tree))) is (len(build) > 1)


@pytest.mark.parametrize(("name", "exports"), [("next.config.js", True), ("next.config.ts", False)])
def test_of_two_configurations_the_one_that_next_reads_counts(name: str, exports: bool) -> None:
    text = "const config = { output: 'export' }; export default config"
    files = site(
        "next build", dependencies={"next": "15.5.0"}, files={name: text, "next.config.mjs": "export default {}"}
    )
    assert (only(**files).static is not None) == exports
