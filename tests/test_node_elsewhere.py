"""What is no service of its own: pages packed into an app, programs for a caller, roots that start others."""

import json
from typing import Any

import pytest

from tests.test_node_start import texts
from tests.test_traps import EXPRESS, LISTEN, inspect, only, package

VITE: dict[str, Any] = {"devDependencies": {"vite": "6.0.0"}, "scripts": {"build": "vite build"}}
CAPACITOR = "const config = { appId: 'a.b', webDir: 'mobile/dist' };\nexport default config;\n"


def paths(**files: str) -> list[str]:
    return [item.spec.path for item in inspect(**files).services]


def test_pages_that_capacitor_packs_run_on_a_telephone() -> None:
    tree = {
        "package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}),
        "server.js": LISTEN,
        "mobile/package.json": package(**VITE),
        "mobile/index.html": "",
        "capacitor.config.ts": CAPACITOR,
        "android/build.gradle": "",
    }
    assert paths(**tree) == ["."]
    assert "on a phone" in texts(**tree)


@pytest.mark.parametrize(
    "more",
    [
        {"capacitor.config.ts": CAPACITOR},
        {"capacitor.config.ts": CAPACITOR.replace("mobile/", "other/"), "android/build.gradle": ""},
        {"capacitor.config.ts": CAPACITOR, "android/build.gradle": "", "mobile/netlify.toml": "[build]\n"},
        {"capacitor.config.json": '{"webDir": 7}', "ios/App/App.swift": ""},
    ],
)
def test_pages_that_are_given_out_as_well_stay_a_site(more: dict[str, str]) -> None:
    assert paths(**{"mobile/package.json": package(**VITE), "mobile/index.html": "", **more}) == ["mobile"]


@pytest.mark.parametrize(
    ("build", "services"), [("uni build -p mp-weixin", 0), ("uni build", 1), ("uni build -p h5", 1)]
)
def test_uni_app_is_a_site_where_it_is_built_as_one(build: str, services: int) -> None:
    keys = {"dependencies": {"@dcloudio/uni-app": "3.0.0"}, "devDependencies": {"vite": "6.0.0"}}
    tree = {"package.json": package(**keys, scripts={"build": build}), "index.html": ""}
    assert len(inspect(**tree).services) == services


STDIO = """import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { createServer } from './server.js'
await createServer().connect(new StdioServerTransport())
"""


@pytest.mark.parametrize(
    ("server", "stdio"),
    [
        ("export function createServer() { return new McpServer() }", True),
        ("import http from 'http'\nexport function createServer() { http.createServer().listen(3000) }", False),
    ],
)
def test_a_server_over_standard_input_is_started_by_its_client(server: str, stdio: bool) -> None:
    keys = {"type": "module", "dependencies": {"@modelcontextprotocol/sdk": "1.0.0"}}
    tree = {
        "package.json": package(**keys, scripts={"start": "node main.js"}),
        "main.js": STDIO,
        "server.js": server,
    }
    [service] = inspect(**tree).services
    assert service.spec.stdio is stdio
    assert any("docker run -i" in note.text for note in service.notes) is stdio
    # The server's function may be in the same file.
    tree["main.js"] = STDIO.replace("import { createServer } from './server.js'", "") + "function createServer() {}\n"
    assert only(**tree).stdio


def test_a_root_that_brings_up_other_packages_is_not_a_service() -> None:
    scripts = {
        "start": 'concurrently "npm run api" "npm run web"',
        "api": "uv run --directory api python -m uvicorn main:app",
        "web": "npm --prefix web start",
    }
    web = package(dependencies={"next": "15.0.0"}, scripts={"start": "next start", "build": "next build"})
    tree = {
        "package.json": package(dependencies={"next": "latest"}, scripts=scripts),
        "web/package.json": web,
        "web/app/page.js": "",
    }
    assert paths(**tree) == ["web"]
    scripts["web"] = "node server.js"
    own = {"package.json": package(dependencies=EXPRESS, scripts=scripts), "server.js": LISTEN}
    assert only(**own).start == ("node", "server.js")


def test_a_member_that_only_gives_others_its_exports_is_a_library() -> None:
    tree = {
        "package.json": json.dumps({"name": "r", "private": True, "workspaces": ["packages/*"]}),
        "packages/kit/package.json": json.dumps(
            {"name": "kit", "private": True, "dependencies": {"elysia": "1.0.0"}, "exports": {".": "./src/index.ts"}}
        ),
        "packages/kit/src/index.ts": "export const a = 1\n",
    }
    assert "packages/kit" not in paths(**tree)
    tree["packages/kit/src/index.ts"] = "new Elysia().listen(3000)\n"
    assert "packages/kit" in paths(**tree)
