"""Variables that a page's build compiles in, and those without which the page fails."""

import json
from typing import Any

import pytest
import yaml

from tests.test_addresses import below
from tests.test_proxied import API, LOCK, VITE, made
from tests.test_traps import inspect, package

CHECK = """import {{ createEnv }} from "@t3-oss/env-core";
export const env = createEnv({{
  clientPrefix: "VITE_",
  client: {{ VITE_SERVER: {} }},
  runtimeEnv: import.meta.env,
}});
"""


def settings(files: dict[str, str]) -> tuple[dict[str, bool], list[str]]:
    """The build arguments, with whether each is required, and the notes of the one service."""
    (service,) = inspect(**files | LOCK).services
    found = {item.name: item.required for item in service.spec.environment if item.phase == "build"}
    return found, [note.text for note in service.notes]


@pytest.mark.parametrize(
    ("schema", "required"),
    [("z.url()", True), ("z.string().optional()", False), ("z.string().default('x')", False)],
)
def test_a_schema_of_the_page(schema: str, required: bool) -> None:
    found, notes = settings(VITE | {"src/env.ts": CHECK.format(schema)})
    assert found == {"VITE_SERVER": required}
    told = "src/env.ts:4 (VITE_SERVER must be set): compiled into the page, which fails without it; pass it with"
    assert any(told in text for text in notes) is required


@pytest.mark.parametrize(
    "more",
    [{".env.production": "VITE_SERVER=https://shop.example\n"}, {"src/env.ts": "export const env = createEnv;\n"}],
)
def test_a_page_that_has_its_values(more: dict[str, str]) -> None:
    found, notes = settings(VITE | {"src/env.ts": CHECK.format("z.url()")} | more)
    assert True not in found.values()
    assert not any("fails without it" in text for text in notes)


def test_a_page_of_sveltekit_has_the_variables_of_vite() -> None:
    kit = {"@sveltejs/kit": "2.20.0", "@sveltejs/adapter-node": "5.2.0", "vite": "7.1.0"}
    config = "import adapter from '@sveltejs/adapter-node'\nexport default { kit: { adapter: adapter() } }\n"
    found, _ = settings(
        {
            "package.json": package(devDependencies=kit, scripts={"build": "vite build"}),
            "svelte.config.js": config,
            "src/lib/shop.ts": "export const shop = import.meta.env.VITE_SERVER ?? 'http://localhost:5000'\n",
        }
    )
    assert found == {"VITE_SERVER": False}


def workspace(**dependencies: str) -> dict[str, str]:
    manifest: dict[str, Any] = json.loads(VITE["package.json"]) | {"name": "web", "dependencies": dependencies}
    files = below("apps/web", VITE | {"package.json": json.dumps(manifest)})
    return files | {
        "package.json": package(workspaces=["apps/*", "kit"]),
        "kit/package.json": package(name="@shop/kit", main="src/env.ts"),
        "kit/src/env.ts": CHECK.format("z.url()"),
    }


def test_a_schema_in_another_member_of_the_workspace() -> None:
    assert settings(workspace(**{"@shop/kit": "*"}))[0] == {"VITE_SERVER": True}
    assert settings(workspace())[0] == {}


def test_compose_asks_for_it() -> None:
    files = made(below("web", VITE | LOCK | {"src/env.ts": CHECK.format("z.url()")}) | API)
    services = yaml.safe_load(files["compose.yaml"])["services"].values()
    (args,) = [item["build"]["args"] for item in services if isinstance(item["build"], dict)]
    assert args == ["VITE_SERVER=${VITE_SERVER:?set VITE_SERVER in .env}"]
    assert "ARG VITE_SERVER\n" in files["web/Dockerfile"]


KEYS = "console.log(import.meta.env.VITE_MAP_TOKEN, import.meta.env.VITE_PAY_PUBLISHABLE_KEY)\n"
UPLOADS = "export default { plugins: [upload({ with: process.env.UPLOAD_TOKEN })] }\n"


def test_a_key_of_the_page_is_an_argument_and_one_of_the_build_a_secret() -> None:
    (service,) = inspect(**VITE | LOCK | {"src/keys.ts": KEYS, "vite.config.ts": UPLOADS}).services
    names = [item.name for item in service.spec.environment if item.phase == "build"]
    assert names == ["VITE_MAP_TOKEN", "VITE_PAY_PUBLISHABLE_KEY"]
    assert [item.variable for item in service.spec.secrets] == ["UPLOAD_TOKEN"]


@pytest.mark.parametrize(("name", "skipped"), [("VITE_MAP_TOKEN", True), ("VITE_MAP_ID", False)])
def test_the_builders_check_is_silent_about_a_key_of_the_page(name: str, skipped: bool) -> None:
    files = VITE | LOCK | {"src/keys.ts": f"console.log(import.meta.env.{name})\n"}
    lines = made(files)["Dockerfile"].splitlines()
    assert ("# check=skip=SecretsUsedInArgOrEnv" in lines[:2]) is skipped
    assert any(line.strip() == f"ARG {name}" for line in lines)
