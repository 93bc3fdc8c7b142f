"""Pages that ask their own origin for paths that the only server of the project answers."""

import pytest
import yaml

import genfile
from tests.test_proxied import VITE, vite
from tests.test_traps import inspect, package

EXPRESS = {
    "server/package.json": package(
        name="server", dependencies={"express": "5.0.0"}, scripts={"start": "node index.js"}
    ),
    "server/index.js": "const app = require('express')();\nconst items = require('./items');\n"
    "app.use('/api', guard, items);\napp.listen(5000);\n",
    "server/items.js": "const r = require('express').Router();\nr.get('/items', list);\nmodule.exports = r;\n",
}
ASKS = "fetch('/api/items').then((r) => r.json());\n"


def page(code: str = ASKS, name: str = "src/main.js", base: dict[str, str] = VITE) -> dict[str, str]:
    return {f"web/{path}": text for path, text in {**base, name: code}.items()}


def passed(files: dict[str, str]) -> list[tuple[str, str, int | None]]:
    (site,) = [item.spec.static for item in inspect(**files).services if item.spec.static is not None]
    return [(item.path, item.upstream, item.port) for item in site.proxied]


FASTAPI = {
    "api/requirements.txt": "fastapi==0.115.0\nuvicorn==0.30.6\n",
    "api/main.py": "from fastapi import APIRouter, FastAPI\napp = FastAPI()\nrouter = APIRouter()\n\n"
    "@router.get('/items')\ndef items(): return []\n\napp.include_router(router, prefix='/api')\n",
}
DJANGO = {
    "api/requirements.txt": "django==5.1\n",
    "api/manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "api/shop/__init__.py": "",
    "api/shop/settings.py": "ROOT_URLCONF = 'shop.urls'\nWSGI_APPLICATION = 'shop.wsgi.application'\n",
    "api/shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
    "api/shop/urls.py": "from django.urls import include, path\nurlpatterns = [path('api/', include('items.urls'))]\n",
}
GO = {
    "api/go.mod": "module example.com/api\n\ngo 1.24\n",
    "api/main.go": 'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.HandleFunc("GET /api/items", items)\n'
    '\thttp.ListenAndServe(":8080", nil)\n}\n\nfunc items(w http.ResponseWriter, r *http.Request) {}\n',
}
SPRING = {
    "api/settings.gradle": "rootProject.name = 'api'\n",
    "api/build.gradle": "plugins { id 'java'; id 'org.springframework.boot' version '3.5.0' }\n"
    "dependencies { implementation 'org.springframework.boot:spring-boot-starter-web' }\n",
    "api/src/main/java/a/App.java": "package a;\n@org.springframework.boot.autoconfigure.SpringBootApplication\n"
    "public class App { public static void main(String[] a) "
    "{ org.springframework.boot.SpringApplication.run(App.class, a); } }\n",
    "api/src/main/java/a/Items.java": 'package a;\n@RestController\n@RequestMapping("/api/items")\nclass Items {}\n',
}


@pytest.mark.parametrize(
    ("server", "port"),
    [(EXPRESS, 5000), (FASTAPI, 8000), (DJANGO, 8000), (GO, 8080), (SPRING, 8080)],
    ids=["express", "fastapi", "django", "go", "spring"],
)
def test_the_only_server_answers(server: dict[str, str], port: int) -> None:
    assert passed({**page(), **server}) == [("/api", "API_UPSTREAM", port)]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("const get = (id) => fetch(`/api/items/${id}`);\n", "src/main.ts"),
        ("export const http = axios.create({ baseURL: '/api' });\n", "src/http.js"),
        ("const BASE = import.meta.env.VITE_API_URL || '/api';\nfetch(`${BASE}/items`);\n", "src/main.js"),
        (
            "<script setup>\nconst items = await $fetch('/api/items')\n</script>\n<template/>\n",
            "src/A.vue",
        ),
    ],
)
def test_what_a_page_asks(code: str, name: str) -> None:
    assert passed({**page(code, name), **EXPRESS}) == [("/api", "API_UPSTREAM", 5000)]


def test_plain_pages_ask_too() -> None:
    pages = {"web/index.html": "<p></p>\n<script>\nfetch('/api/items')\n</script>\n"}
    assert passed({**pages, **EXPRESS}) == [("/api", "API_UPSTREAM", 5000)]


def test_compose_leads_the_page_to_the_server() -> None:
    made = genfile.generate({**page(), **EXPRESS}, compose=True)
    services = yaml.safe_load(made.files["compose.yaml"])["services"]
    (given,) = [item["environment"] for item in services.values() if "API_UPSTREAM" in item.get("environment", {})]
    assert given["API_UPSTREAM"] == "http://server:5000"
    assert any("the page asks /api" in note.text for note in made.notes)


OTHER = {path.replace("server/", "orders/"): text for path, text in EXPRESS.items()}


@pytest.mark.parametrize(
    "files",
    [
        # Two servers: either may be meant.
        {**page(), **EXPRESS, **OTHER},
        # Its routes begin otherwise.
        {**page(), **EXPRESS, "server/index.js": EXPRESS["server/index.js"].replace("/api", "/v2")},
        # A page of the router in the browser.
        {**page("router.push('/items');\n"), **EXPRESS},
        # Only a comment, and an import.
        {**page("// fetch('/api/items')\nimport x from '/api/x';\n"), **EXPRESS},
        # Another origin.
        {**page("fetch('https://api.example.com/api/items');\n"), **EXPRESS},
        # Plain pages inside the server's folder, which ask for what it does not have.
        {
            "package.json": EXPRESS["server/package.json"],
            "index.js": "require('express')().listen(5000);\n",
            "web/index.html": "<script src=a.js></script>\n",
            "web/a.js": "http.get('/api/items');\n",
        },
        # No server at all.
        page(),
        # A file of the page's own.
        {**page(), **EXPRESS, "web/public/api/items": "[]"},
    ],
    ids=["two", "prefix", "router", "comment", "origin", "inside", "alone", "file"],
)
def test_what_is_not_certain_is_not_passed_on(files: dict[str, str]) -> None:
    sites = [item.spec.static for item in inspect(**files).services if item.spec.static is not None]
    assert not any(site.proxied for site in sites)


def test_the_projects_own_rule_comes_first() -> None:
    own = vite('{ "/api": "http://localhost:9000" }')
    assert passed({**page(base=own), **EXPRESS}) == [("/api", "API_UPSTREAM", 9000)]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("fetch('https://api.shop.example/api/items');\n", True),
        ("export const http = axios.create({ baseURL: 'https://shop.example/api' });\n", True),
        # Somebody else's, a link, a comment, this machine, a variable.
        ("fetch('https://dog.ceo/api/breeds');\n", False),
        ("open('https://github.com/items/x');\n", False),
        ("// fetch('https://api.shop.example/api/items');\n", False),
        ("fetch('http://localhost:5000/api/items');\n", False),
        ("fetch(`${import.meta.env.VITE_API}/api/items`);\n", False),
    ],
)
def test_a_fixed_host_of_what_the_project_itself_answers(code: str, told: bool) -> None:
    notes = [note.text for item in inspect(**page(code), **EXPRESS).services for note in item.notes]
    assert any("the page always asks this host" in text for text in notes) is told


def test_a_fixed_host_is_told_of_beside_several_servers() -> None:
    files = {**page("fetch('https://shop.example/api/items');\n"), **EXPRESS, **OTHER}
    assert sum("always asks this host" in note.text for item in inspect(**files).services for note in item.notes) == 1
