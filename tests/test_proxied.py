"""Paths that a front end's development server passes on: no page answers them, and a warning names who should."""

import json

import pytest

import genfile
from tests.test_traps import inspect, package

LOCK = {"package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {}})}
VITE = {
    "package.json": package(devDependencies={"vite": "7.1.0"}, scripts={"dev": "vite", "build": "vite build"}),
    "index.html": "<div id=app></div>",
}
ANGULAR = {
    "package.json": package(
        dependencies={"@angular/core": "20.0.0"}, scripts={"start": "ng serve", "build": "ng build"}
    ),
    "angular.json": json.dumps({
        "projects": {"shop": {"architect": {
            "build": {"builder": "@angular/build:application", "options": {}},
            "serve": {"options": {"proxyConfig": "src/proxy.conf.json"}},
        }}}
    }),
    "src/proxy.conf.json": json.dumps({"/api/**": {"target": "http://localhost:3000"}}),
}  # fmt: skip
CRA = {
    "package.json": package(dependencies={"react-scripts": "5.0.1"}, scripts={"build": "react-scripts build"}),
    "src/setupProxy.js": "const { createProxyMiddleware } = require('http-proxy-middleware');\n"
    "module.exports = (app) => { app.use('/api', createProxyMiddleware({ target: 'http://localhost:5000' })); };\n",
}


def vite(proxy: str) -> dict[str, str]:
    return {**VITE, "vite.config.ts": f"export default defineConfig({{ server: {{ proxy: {proxy} }} }})"}


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        (VITE, ()),
        (
            vite("{ '/api': 'http://localhost:5000', '/ws': { target: 'ws://localhost:5000', ws: true } }"),
            ("/api", "/ws"),
        ),
        (vite("{ '^/api': { target: process.env.API || 'http://localhost:5000' } }"), ("/api",)),
        (vite("{ '^/v[0-9]+': 'http://localhost:5000', '/': 'http://localhost:5000' }"), ()),
        ({**vite("{ '/data': 'http://localhost:5000' }"), "public/data/a.json": "{}"}, ()),
        (ANGULAR, ("/api",)),
        (CRA, ("/api",)),
    ],
)
def test_paths_of_the_development_server(files: dict[str, str], paths: tuple[str, ...]) -> None:
    (service,) = inspect(**files, **LOCK).services
    assert service.spec.static is not None
    assert service.spec.static.proxied == paths
    told = [note.text for note in service.notes if "development server" in note.text]
    assert bool(told) == bool(paths)
    assert all(path in text for path in paths for text in told)


def test_no_page_answers_them() -> None:
    files = vite("{ '/api': 'http://localhost:5000' }") | LOCK
    made = genfile.generate({name: text.encode() for name, text in files.items()})
    assert "    location ^~ /api { return 502; }\n" in made.files["Dockerfile"]
