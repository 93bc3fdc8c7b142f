"""What a framework's build makes, by its adapter or preset: a server, files alone, or what only another host runs."""

from typing import Any

import pytest

import genfile
from tests.test_traps import inspect, only, package

ADAPTER = "@sveltejs/adapter-"


def kit(adapter: str, options: str = "", *installed: str) -> dict[str, str]:
    """A SvelteKit project whose configuration calls an adapter."""
    named = [adapter, *installed]
    return {
        "package.json": package(
            devDependencies={"@sveltejs/kit": "2.0.0", "vite": "6.0.0", **dict.fromkeys(named, "5.0.0")},
            scripts={"build": "vite build"},
        ),
        "svelte.config.js": f"import make from '{adapter}';\n"
        f"const config = {{ kit: {{ adapter: make({options}) }} }};\nexport default config;\n",
    }


def astro(adapter: str, settings: str, *installed: str, options: str = "") -> dict[str, str]:
    """An Astro project with an adapter."""
    named = dict.fromkeys([adapter, *installed], "9.0.0")
    return {
        "package.json": package(dependencies={"astro": "5.0.0", **named}, scripts={"build": "astro build"}),
        "astro.config.mjs": f"import ad from '{adapter}';\nexport default {{ {settings} adapter: ad({options}) }};\n",
    }


def built(config: str, text: str, *packages: str, build: str = "vite build") -> dict[str, str]:
    """A project of a framework with its configuration."""
    return {
        "package.json": package(dependencies=dict.fromkeys(packages, "3.140.0"), scripts={"build": build}),
        config: text,
    }


def notes(files: dict[str, str]) -> str:
    found = inspect(**files)
    return "\n".join(note.text for note in (*found.notes, *(note for item in found.services for note in item.notes)))


def build_values(spec: Any) -> dict[str, str]:
    return {
        item.name: item.value for item in spec.environment if item.phase == "build" and "TELEMETRY" not in item.name
    }


# --- adapters ------------------------------------------------------------------------------------------------------


def test_an_adapter_that_picks_by_the_host_is_made_to_pick_the_server() -> None:
    files = kit(f"{ADAPTER}auto")
    spec = only(**files)
    assert (spec.start, build_values(spec)) == (("node", "build"), {"GCP_BUILDPACKS": "1"})
    text = notes(files)
    assert "npm install -D @sveltejs/adapter-node" in text
    assert "import @sveltejs/adapter-node in svelte.config.js" in text
    assert "without your lockfile" in text
    # One that is installed is not downloaded.
    assert "without your lockfile" not in notes(kit(f"{ADAPTER}auto", "", f"{ADAPTER}node"))


@pytest.mark.parametrize("start", ["node build/index.js", "node -r dotenv/config build", "vite preview", "node own.js"])
def test_the_server_is_made_however_it_is_started(start: str) -> None:
    files = kit(f"{ADAPTER}auto")
    files["package.json"] = files["package.json"].replace(
        '"build": "vite build"', f'"build": "vite build", "start": "{start}"'
    )
    files["own.js"] = "import { handler } from './build/handler.js'; http.createServer(handler).listen(3000)"
    assert build_values(only(**files)) == {"GCP_BUILDPACKS": "1"}


def test_the_add_command_is_the_package_managers() -> None:
    files = kit(f"{ADAPTER}auto") | {"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}
    assert "pnpm add -D @sveltejs/adapter-node" in notes(files)


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (kit(f"{ADAPTER}node", "", f"{ADAPTER}auto"), ("node", "build")),
        (kit(f"{ADAPTER}node", "", f"{ADAPTER}static"), ("node", "build")),
        (kit(f"{ADAPTER}node", "{ out: 'server-build' }"), ("node", "server-build")),
        (astro("@astrojs/node", "output: 'server',", "@astrojs/vercel"), ("node", "./dist/server/entry.mjs")),
        (astro("@astrojs/node", "output: 'server', outDir: './out',"), ("node", "out/server/entry.mjs")),
    ],
)
def test_the_adapter_that_is_called_makes_the_server(files: dict[str, str], wanted: tuple[str, ...]) -> None:
    spec = only(**files)
    assert (spec.start, build_values(spec)) == (wanted, {})
    assert wanted[1].removeprefix("./").split("/")[0] in spec.run_paths


def test_the_variables_of_a_server_may_have_a_prefix() -> None:
    assert only(**kit(f"{ADAPTER}node", "{ envPrefix: 'SHOP_' }")).port_variable == "SHOP_PORT"


@pytest.mark.parametrize(
    ("files", "instead"),
    [
        (kit(f"{ADAPTER}vercel", "", f"{ADAPTER}node"), "svelte.config.js:2"),
        (astro("@astrojs/vercel", "output: 'server',", "@astrojs/node"), "use @astrojs/node"),
        (astro("@astrojs/netlify", "") | {"src/pages/a.ts": "export const prerender = false;"}, "use @astrojs/node"),
        (
            astro("@astrojs/netlify", "") | {"src/pages/a.astro": "---\nexport const prerender = false;\n---\n<p>"},
            "use @astrojs/node",
        ),
        (
            built("vite.config.ts", "", "@remix-run/cloudflare", "@remix-run/dev", build="remix vite:build"),
            "use @remix-run/serve",
        ),
        (built("nuxt.config.ts", "", "nuxt", build="nuxt build --preset=vercel"), "use the preset node-server"),
        (
            built(
                "vite.config.ts",
                "import { nitro } from 'nitro/vite'; export default { plugins: [nitro({ preset: 'vercel' })] }",
                "@tanstack/react-start",
                "nitro",
            ),
            "use the preset node-server",
        ),
    ],
)
def test_what_only_another_host_runs_is_no_service(files: dict[str, str], instead: str) -> None:
    assert not inspect(**files).services
    assert "built for another platform" in notes(files)
    assert instead in notes(files)


def test_pages_that_the_build_renders_need_no_adapter() -> None:
    files = astro("@astrojs/vercel", "") | {"src/pages/a.ts": "export const prerender = true;"}
    assert only(**files).static.root == "dist"


@pytest.mark.parametrize(
    ("version", "settings", "root"),
    [("12.6.12", "", "dist"), ("^13.1.0", "", "dist/client"), ("latest", "outDir: './out',", "out/client")],
)
def test_an_adapter_that_keeps_the_pages_apart(version: str, settings: str, root: str) -> None:
    files = astro("@astrojs/cloudflare", settings)
    files["package.json"] = files["package.json"].replace("9.0.0", version)
    assert only(**files).static.root == root


def test_a_worker_is_not_a_program_of_node() -> None:
    scripts = {"dev": "wrangler dev", "deploy": "wrangler deploy"}
    files = {
        "package.json": package(dependencies={"hono": "4.0.0"}, scripts=scripts),
        "wrangler.toml": "main = 'src/index.ts'",
    }
    found = inspect(**files, **{"src/index.ts": "import { Hono } from 'hono'\nexport default new Hono()\n"})
    assert not found.services
    assert [note.text for note in found.notes if "another platform" in note.text] == [
        "wrangler.toml: built for another platform than a container, so it is not a service"
    ]


@pytest.mark.parametrize(
    ("name", "wrangler", "is_service"),
    [
        ("wrangler.json", '{"main": "./dist/_worker.js/index.js", "assets": {"directory": "./dist"}}', True),
        ("wrangler.jsonc", '{"assets": {"directory": "./dist"}, /* pages */}', True),
        ("wrangler.toml", 'main = "dist/_worker.js"\n', True),
        ("wrangler.toml", 'main = "./src/worker.ts"\n', False),
    ],
)
def test_pages_that_the_build_renders_need_no_workers(name: str, wrangler: str, is_service: bool) -> None:
    files = astro("@astrojs/cloudflare", "") | {name: wrangler, "src/pages/a.astro": "<p>", "src/worker.ts": ""}
    assert [item.spec.static.root for item in inspect(**files).services] == ["dist"] * is_service  # type: ignore[union-attr]
    asked = files | {"src/pages/a.astro": "---\nexport const prerender = false;\n---\n<p>"}
    assert not inspect(**asked).services


def test_an_adapter_that_is_not_known_is_told() -> None:
    files = kit("svelte-adapter-shop")
    assert only(**files).start == ("node", "build")
    assert "genfile does not know this adapter" in notes(files)


def test_a_handler_is_told_from_a_server() -> None:
    assert "set mode to `standalone`" in notes(astro("@astrojs/node", "", options="{ mode: 'middleware' }"))
    assert "standalone" not in notes(astro("@astrojs/node", "", options="{ mode: 'standalone' }"))


def test_a_server_that_is_not_installed_is_told() -> None:
    packages = ("@react-router/node", "@react-router/dev")
    config = ("react-router.config.ts", "export default { ssr: true }")
    text = "run `npm install @react-router/serve`"
    assert text in notes(built(*config, *packages, build="react-router build"))
    assert text not in notes(built(*config, *packages, "@react-router/serve", build="react-router build"))


# --- presets -------------------------------------------------------------------------------------------------------

PRESETS = [
    ("nuxt.config.ts", "export default defineNuxtConfig({ nitro: { preset: '%s' } })", "nuxt", "NITRO_PRESET"),
    ("nitro.config.ts", "export default defineNitroConfig({ preset: '%s' })", "nitropack", "NITRO_PRESET"),
    ("app.config.ts", "export default defineConfig({ server: { preset: '%s' } })", "@solidjs/start", "SERVER_PRESET"),
    (
        "vite.config.ts",
        "export default { plugins: [analog({ nitro: { preset: '%s' } })] }",
        "@analogjs/platform",
        "BUILD_PRESET",
    ),
]


@pytest.mark.parametrize(("config", "text", "name", "variable"), PRESETS)
def test_a_preset_for_another_host_gives_way_to_the_server(config: str, text: str, name: str, variable: str) -> None:
    files = built(config, text % "vercel", name)
    assert build_values(only(**files)) == {variable: "node-server"}
    assert f"vercel makes no server for Node, so the image builds with {variable}=node-server" in notes(files)
    for own in ("node-server", "node_server", "heroku"):
        assert build_values(only(**built(config, text % own, name))) == {}
    site = only(**built(config, text % "static", name)).static
    assert (site.root, site.spa) == ("dist/analog/public" if "analog" in name else ".output/public", False)


def test_a_variable_with_a_preset_as_its_default_is_set() -> None:
    text = "export default defineNuxtConfig({ nitro: { preset: process.env.SHOP_PRESET ?? 'netlify' } })"
    assert build_values(only(**built("nuxt.config.ts", text, "nuxt"))) == {"SHOP_PRESET": "node-server"}


def test_a_server_of_the_project_has_the_preset_that_it_needs() -> None:
    files = built("nuxt.config.ts", PRESETS[0][1] % "node", "nuxt", build="nuxt build")
    files["package.json"] = package(
        dependencies={"nuxt": "3.0.0"}, scripts={"build": "nuxt build", "start": "node server.js"}
    )
    spec = only(**files, **{"server.js": "require('http').createServer(f).listen(3000)"})
    assert (spec.start, build_values(spec)) == (("node", "server.js"), {})


# --- files alone ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (kit(f"{ADAPTER}static"), ("build", False, "index.html")),
        (kit(f"{ADAPTER}static", "{ fallback: 'index.html' }"), ("build", True, "index.html")),
        (kit(f"{ADAPTER}static", "{ pages: 'site', fallback: '200.html' }"), ("site", True, "200.html")),
        (
            built(
                "react-router.config.ts",
                "export default { ssr: false, buildDirectory: 'dist' }",
                "@react-router/dev",
                build="react-router build",
            ),
            ("dist/client", True, "index.html"),
        ),
        (
            built(
                "react-router.config.ts",
                "export default { ssr: false, prerender: ['/', '/about'] }",
                "@react-router/dev",
                build="react-router build",
            ),
            ("build/client", True, "__spa-fallback.html"),
        ),
        (
            built(
                "vite.config.ts",
                "import { vitePlugin as v } from '@remix-run/dev'; export default { plugins: [v({ ssr: false })] }",
                "@remix-run/dev",
                build="remix vite:build",
            ),
            ("build/client", True, "index.html"),
        ),
        (
            built("vite.config.ts", "export default { plugins: [analog({ static: true })] }", "@analogjs/platform"),
            ("dist/analog/public", False, "index.html"),
        ),
        (
            built(
                "vite.config.ts",
                "export default { plugins: [tanstackStart({ spa: { enabled: true } })] }",
                "@tanstack/react-start",
            ),
            ("dist/client", True, "_shell.html"),
        ),
        (built("nuxt.config.ts", "", "nuxt", build="nuxt build --prerender"), (".output/public", False, "index.html")),
    ],
)
def test_files_and_their_fallback(files: dict[str, str], wanted: tuple[str, bool, str]) -> None:
    site = only(**files).static
    assert (site.root, site.spa, site.fallback) == wanted


def test_a_fallback_of_another_name_is_what_unknown_paths_get() -> None:
    dockerfile = genfile.generate(kit(f"{ADAPTER}static", "{ fallback: '200.html' }")).files["Dockerfile"]
    # A folder without index.html, which the root may be, must not match.
    assert "try_files $uri $uri.html $uri/index.html /200.html;" in dockerfile
    usual = genfile.generate(kit(f"{ADAPTER}static", "{ fallback: 'index.html' }")).files["Dockerfile"]
    assert "try_files $uri $uri/ /index.html;" in usual
