"""The addresses of other services of the project: compose gives each its service's name."""

import json
from typing import Any

import pytest
import yaml

from tests.test_jvm_hosts import SPRING
from tests.test_proxied import API, LOCK, made
from tests.test_python import notes
from tests.test_traps import EXPRESS, GO_MOD, only, package

NEXT = {
    "package.json": package(dependencies={"next": "16.0.0"}, scripts={"build": "next build", "start": "next start"}),
    "app/page.tsx": "export default function Page() { return null }\n",
}
CALLS = "const BASE = {};\nexport const get = (path: string) => fetch(`${{BASE}}${{path}}`);\n"
NODE = {
    "package.json": package(name="shop", dependencies=EXPRESS, scripts={"start": "node server.js"}),
    "server.js": "const app = require('express')();\nconst base = {};\napp.listen(4000);\n",
}
PYTHON = {
    "requirements.txt": "fastapi\nuvicorn\n",
    "main.py": "import os\nfrom fastapi import FastAPI\napp = FastAPI()\nBASE = os.getenv('STOCK_URL', {})\n",
}
GO = {
    "go.mod": GO_MOD,
    "main.go": 'package main\n\nimport (\n\t"net/http"\n\t"os"\n)\n\nfunc main() {\n\tbase := os.Getenv("STOCK_URL")\n'
    '\thttp.Get(base)\n\thttp.ListenAndServe(":9000", nil)\n}\n',
    ".env.example": "STOCK_URL=http://localhost:5000\n",
}


def page(base: str) -> dict[str, str]:
    return NEXT | {"lib/api.ts": CALLS.format(base)}


def server(base: str) -> dict[str, str]:
    return NODE | {"server.js": NODE["server.js"].format(base)}


def below(folder: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": text for name, text in files.items()}


def composed(files: dict[str, str], folder: str = "web") -> dict[str, Any]:
    """The compose service of a folder."""
    services = yaml.safe_load(made(files)["compose.yaml"])["services"].values()
    builds = [(item, item["build"]) for item in services if "build" in item]
    return next(item for item, build in builds if (build if isinstance(build, str) else build["context"]) == folder)


def given(files: dict[str, str]) -> dict[str, str | None]:
    """The variables of a server beside the one on port 5000."""
    found: dict[str, str | None] = composed(below("web", files | LOCK) | API).get("environment", {})
    return found


@pytest.mark.parametrize(
    ("files", "name", "value"),
    [
        (page("process.env.API_URL || 'http://localhost:5000/v1'"), "API_URL", "/v1"),
        (
            page("process.env.API_URL ?? process.env.NEXT_PUBLIC_API ?? 'http://127.0.0.1:5000'"),
            "API_URL",
            "",
        ),
        (page("process.env.API_URL") | {".env.example": "API_URL=http://localhost:5000\n"}, "API_URL", ""),
        (server("process.env.STOCK || 'http://localhost:5000'"), "STOCK", ""),
        (PYTHON | {"main.py": PYTHON["main.py"].format("'http://localhost:5000'")}, "STOCK_URL", ""),
        (GO, "STOCK_URL", ""),
    ],
)
def test_the_address_of_the_service_on_that_port(files: dict[str, str], name: str, value: str) -> None:
    assert given(files)[name] == f"http://shop-api:5000{value}"


@pytest.mark.parametrize(
    ("files", "name"),
    [
        # Browsers get it.
        (page("process.env.NEXT_PUBLIC_API || 'http://localhost:5000'"), "NEXT_PUBLIC_API"),
        # Nobody listens there, or the service itself does.
        (server("process.env.STOCK || 'http://localhost:5001'"), "STOCK"),
        (server("process.env.STOCK || 'http://localhost:4000'"), "STOCK"),
        # Another machine, an address with a login, one that is encrypted.
        (server("process.env.STOCK || 'http://shop.example:5000'"), "STOCK"),
        (server("process.env.STOCK || 'http://me:x@localhost:5000'"), "STOCK"),
        (server("process.env.STOCK || 'https://localhost:5000'"), "STOCK"),
        (server("process.env.STOCK || 'redis://localhost:5000'"), "STOCK"),
    ],
)
def test_other_addresses_are_left_alone(files: dict[str, str], name: str) -> None:
    assert given(files).get(name) is None


def test_the_address_of_a_page_is_for_browsers() -> None:
    api = server("process.env.PAGE_URL || 'http://localhost:3000'")
    files = below("api", api | LOCK) | below("web", NEXT | LOCK)
    assert composed(files, "api").get("environment", {}).get("PAGE_URL") is None
    # The same address leads to a service that no browser opens.
    other = API["api/server.js"].replace("5000", "3000")
    assert given_beside(api, other) == "http://shop-api:3000"


def given_beside(api: dict[str, str], other: str) -> str | None:
    files = below("web", api | LOCK) | API | {"api/server.js": other}
    value: str | None = composed(files)["environment"]["PAGE_URL"]
    return value


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STOCK_URL", "http://stock:5000"),
        ("MAIN_SHOP_API_URL", "http://shop-api:5000"),
        ("SHOP_URL", "http://shop-api:5000"),
        ("UPSTREAM_URL", None),
        ("STOCK_SHOP_API_URL", None),
    ],
)
def test_several_services_on_that_port(variable: str, value: str | None) -> None:
    stock = {name.replace("api/", "stock/"): text.replace("shop-api", "stock") for name, text in API.items()}
    files = below("web", server(f"process.env.{variable} || 'http://localhost:5000'") | LOCK) | API | stock
    assert composed(files)["environment"] == {variable: value}
    said = "# Set it to http://shop-api:5000 or http://stock:5000: they listen on the same port.\n"
    assert (said in made(files)["compose.yaml"]) is (value is None)


def next_config(destination: str, head: str = "") -> dict[str, str]:
    rule = f"{{ source: '/api/:path*', destination: {destination} }}"
    return NEXT | {"next.config.js": f"{head}module.exports = {{ async rewrites() {{ return [{rule}]; }} }};\n"}


def arrow(files: dict[str, str]) -> dict[str, str]:
    """The same rules from a function without a body."""
    text = files["next.config.js"].replace("async rewrites() { return [", "rewrites: async () => ([")
    return files | {"next.config.js": text.replace("]; }", "])")}


@pytest.mark.parametrize(
    "files",
    [
        next_config("`${process.env.API_URL || 'http://localhost:5000'}/api/:path*`"),
        next_config("`${base}/:path*`", "const base = process.env.API_URL ?? 'http://localhost:5000';\n"),
        arrow(next_config("`${process.env.API_URL || 'http://localhost:5000'}/:path*`")),
    ],
)
def test_rewrites_of_a_page_lead_to_the_service_from_the_build_on(files: dict[str, str]) -> None:
    build = composed(below("web", files | LOCK) | API)["build"]
    assert build["args"] == ["API_URL=http://shop-api:5000"]
    assert "ARG API_URL" in made(below("web", files | LOCK) | API)["web/Dockerfile"]


def test_a_rewrite_that_no_variable_of_the_server_alone_sets() -> None:
    both = next_config("`${process.env.NEXT_PUBLIC_API || 'http://localhost:5000'}/:path*`")
    both = page("process.env.NEXT_PUBLIC_API || 'http://localhost:5000'") | both
    text = "the server passes requests on to http://localhost:5000, which is the container itself at run time"
    mend = "browsers may get NEXT_PUBLIC_API too, so read the server's address from another variable"
    assert f"{text}; {mend}" in notes(**both | LOCK)
    assert composed(below("web", both | LOCK) | API)["build"]["args"] == ["NEXT_PUBLIC_API"]
    fixed = next_config("'http://localhost:5000/:path*'")
    assert f"{text}; read the address from an environment variable" in notes(**fixed | LOCK)


@pytest.mark.parametrize(
    "destination",
    [
        "'https://shop.example/api/:path*'",
        "process.env.NODE_ENV === 'development' ? 'http://localhost:5000/:path*' : '/api/:path*'",
        "'/other/:path*'",
    ],
)
def test_rewrites_that_lead_elsewhere(destination: str) -> None:
    assert "passes requests on" not in notes(**next_config(destination) | LOCK)
    assert only(**next_config(destination) | LOCK).addresses == ()


def test_what_a_configuration_hands_to_the_page_is_left_alone() -> None:
    config = "module.exports = {{ env: {{ API_URL: process.env.API_URL || 'http://localhost:5000' }}, {} }};\n"
    rewrites = "rewrites: () => [{ source: '/a', destination: process.env.API_URL || 'http://localhost:5000' }]"
    for more in ("", rewrites):
        assert only(**NEXT | LOCK | {"next.config.js": config.format(more)}).addresses == ()


def test_a_public_variable_that_another_member_of_the_workspace_reads() -> None:
    name = "NEXT_PUBLIC_API"
    files = below("apps/web", next_config(f"`${{process.env.{name} || 'http://localhost:5000'}}/:path*`"))
    manifest = json.loads(NEXT["package.json"]) | {"name": "web"}
    manifest["dependencies"]["@shop/kit"] = "*"
    files |= {
        "package.json": package(workspaces=["apps/*", "kit"]),
        "apps/web/package.json": json.dumps(manifest),
        "kit/package.json": package(name="@shop/kit", main="index.js"),
        "kit/index.js": "export const kit = 1;\n",
    }
    assert [item.variable for item in only(**files | LOCK).addresses] == [name]
    files["kit/index.js"] = f"export const base = process.env.{name};\n"
    assert only(**files | LOCK).addresses == ()


def test_the_form_of_an_address() -> None:
    (item,) = only(**PYTHON | {"main.py": PYTHON["main.py"].format("'ws://localhost:7000/live'")}).addresses
    assert json.loads(item.model_dump_json()) == {
        "variable": "STOCK_URL",
        "phase": "run",
        "port": 7000,
        "form": "ws://{host}:{port}/live",
    }


ROUTES = "spring:\n  cloud:\n    gateway:\n      routes:\n" + "".join(
    f"        - id: {name}\n          uri: http://localhost:{port}\n" for name, port in (("a", 5000), ("b", 6000))
)


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        ("stock:\n  service-url: http://localhost:5000/v1\n", "STOCK_SERVICEURL", "http://shop-api:5000/v1"),
        ("stock.url: http://localhost:5000\n", "STOCK_URL", "http://shop-api:5000"),
        ("stock.url: ${STOCK:http://localhost:5000}\n", "STOCK", "http://shop-api:5000"),
        ("stock.url: http://localhost:5001\n", "STOCK_URL", None),
        ("stock.url: http://stock.example:5000\n", "STOCK_URL", None),
        ("stock.urls: [http://localhost:5000]\n", "STOCK_URLS", None),
    ],
)
def test_the_settings_of_spring(settings: str, name: str, value: str | None) -> None:
    assert given(SPRING | {"src/main/resources/application.yml": settings}).get(name) == value


def test_what_no_variable_sets_in_the_settings_of_spring() -> None:
    file = "src/main/resources/application.yml"
    text = f"{file}:6 (uri=http://localhost:5000): this address and 1 more of its kind lead to the container itself"
    assert text in notes(**SPRING | {file: ROUTES})
    assert "the container itself" not in notes(**SPRING | {file: ROUTES.replace("localhost", "shop")})
    assert "the container itself" not in notes(**SPRING | {file: "cors:\n  allowed: [http://localhost:3000]\n"})
    broker = notes(**SPRING | {file: "mqtt:\n  broker: tcp://localhost:1883\n"})
    assert "this is the container itself at run time; set MQTT_BROKER to the address of that server" in broker
