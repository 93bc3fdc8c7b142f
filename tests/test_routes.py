"""Routes for health below the prefixes of routers, in every language: each case is a smallest tree."""

import json

import pytest

from tests.test_traps import only

LISTEN = "app.listen(process.env.PORT || 3000);\n"
EXPRESS = "const express = require('express');\nconst app = express();\n"
ROUTER = "const { Router } = require('express');\nconst router = Router();\n"
HEALTH = "router.get('/health', (req, res) => res.send(''));\n"
PLUGIN = "module.exports = async function (fastify) { fastify.get('/health', async () => ''); };\n"


def node(dependency: str, files: dict[str, str]) -> str | None:
    manifest = {"name": "x", "scripts": {"start": "node index.js"}, "dependencies": {dependency: "1", "a": "1"}}
    health = only(**{"package.json": json.dumps(manifest), **files}).health
    return health.path if health is not None else None


@pytest.mark.parametrize(
    ("index", "router", "path"),
    [
        ("app.use('/api', require('./routes'));\n", f"{HEALTH}module.exports = router;\n", "/api/health"),
        ("const { a } = require('./routes');\napp.use('/v1', a);\n", f"{HEALTH}exports.a = router;\n", "/v1/health"),
        ("const r = require('./routes');\napp.use(r);\n", f"{HEALTH}module.exports = router;\n", "/health"),
        # A router of a router, whose own route is its root.
        (
            "app.use('/api', require('./routes'));\n",
            "const own = Router();\nown.get('/', h);\nrouter.use('/health', own);\nmodule.exports = router;\n",
            "/api/health",
        ),
        # What a function gives back, and what it is given.
        (
            "const { made } = require('./routes');\napp.use('/api', made());\n",
            f"exports.made = () => {{ {HEALTH} return router; }};\n",
            "/api/health",
        ),
        ("require('./routes')(app);\n", "module.exports = (app) => { app.get('/healthz', h); };\n", "/healthz"),
        ("app.use('/api', cors(), require('./routes'));\n", f"{HEALTH}module.exports = router;\n", "/api/health"),
        # Nothing mounts it, nobody gets there without a login, or it is no router.
        ("const r = require('./routes');\n", f"{HEALTH}module.exports = router;\n", None),
        ("app.use('/api', requireAuth, require('./routes'));\n", f"{HEALTH}module.exports = router;\n", None),
        ("app.use('/api', require('./routes'));\n", f"router.use(auth());\n{HEALTH}module.exports = router;\n", None),
        ("app.use(prefix, require('./routes'));\n", f"{HEALTH}module.exports = router;\n", None),
        ("const known = new Map();\nknown.get('/health');\n", "", None),
        # A name that says more than the last part of a path of something else.
        ("app.use('/orders', require('./routes'));\n", "router.get('/status', h);\nmodule.exports = router;\n", None),
    ],
)
def test_express(index: str, router: str, path: str | None) -> None:
    assert node("express", {"index.js": EXPRESS + index + LISTEN, "routes.js": ROUTER + router}) == path


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("const r = new Router();\nr.get('/healthz', h);\napp.use(r.routes());\n", "/healthz"),
        ("const r = new Router({ prefix: '/api' });\nr.get('/health', h);\napp.use(r.routes());\n", "/api/health"),
        ("const r = new Router();\nr.prefix('/v2');\nr.get('/health', h);\napp.use(r.routes());\n", "/v2/health"),
        (
            "const r = new Router();\nconst s = new Router();\ns.get('/health', h);\n"
            "r.use('/a', s.routes(), s.allowedMethods());\napp.use(r.routes());\n",
            "/a/health",
        ),
        ("const r = new Router();\nr.get('/healthz', h);\n", None),
    ],
)
@pytest.mark.parametrize("name", ["koa-router", "@koa/router"])
def test_koa(name: str, code: str, path: str | None) -> None:
    head = f"const Koa = require('koa');\nconst Router = require('{name}');\nconst app = new Koa();\n"
    assert node("koa", {"index.js": head + code + LISTEN}) == path


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("fastify.register(require('./routes'), { prefix: '/api' });\n", "/api/health"),
        ("fastify.register(require('./routes'));\n", "/health"),
        ("fastify.register(async (fastify) => { fastify.get('/health', h); }, { prefix: '/v1' });\n", "/v1/health"),
        ("fastify.register(require('./routes'), { prefix: process.env.BASE });\n", None),
        ("fastify.get('/ping', h);\n", "/ping"),
    ],
)
def test_fastify(code: str, path: str | None) -> None:
    files = {"index.js": f"const fastify = require('fastify')();\n{code}fastify.listen({{ port: 3000 }});\n"}
    assert node("fastify", {**files, "routes.js": PLUGIN}) == path


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ("const app = new Hono();\napp.get('/health', h);\nexport default app;\n", "/api/health"),
        ("const app = new Hono().get('/a', h).get('/health', h);\nexport default app;\n", "/api/health"),
        ("const app = new Hono().basePath('/v1');\napp.get('/health', h);\nexport default app;\n", "/api/v1/health"),
    ],
)
def test_hono(other: str, path: str) -> None:
    head = "import { Hono } from 'hono';\n"
    index = "import { serve } from '@hono/node-server';\nimport other from './other.js';\nconst app = new Hono();\n"
    index += "app.route('/api', other);\nserve({ fetch: app.fetch, port: 3000 });\n"
    assert node("hono", {"index.js": head + index, "other.js": head + other}) == path


def python(requirement: str, files: dict[str, str]) -> str | None:
    health = only(**{"requirements.txt": f"{requirement}\n", **files}).health
    return health.path if health is not None else None


FASTAPI = "from fastapi import APIRouter, Depends, FastAPI\n"


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("app = FastAPI()\napp.include_router(router, prefix='/api')\n", "/api/sys/health"),
        ("app = FastAPI()\napp.include_router(router)\n", "/sys/health"),
        (
            "def make():\n    app = FastAPI()\n    app.include_router(router)\n    return app\napp = make()\n",
            "/sys/health",
        ),
        (
            "api = APIRouter()\napi.include_router(router, prefix='/v1')\napp = FastAPI()\n"
            "app.include_router(api, prefix=settings.API)\n",
            "/base/v1/sys/health",
        ),
        ("sub = FastAPI()\nsub.include_router(router)\napp = FastAPI()\napp.mount('/s', sub)\n", "/s/sys/health"),
        ("app = FastAPI()\n", None),
        ("app = FastAPI()\napp.include_router(router, dependencies=[Depends(authenticated)])\n", None),
        ("app = FastAPI()\napp.include_router(router, prefix=unknown())\n", None),
        ("app = FastAPI()\n@app.get('/ping')\ndef ping(): ...\n", "/ping"),
    ],
)
def test_fastapi(code: str, path: str | None) -> None:
    files = {
        "main.py": f"{FASTAPI}from routes import router\nfrom config import settings\n{code}",
        "routes.py": f"{FASTAPI}router = APIRouter(prefix='/sys')\n@router.get('/health')\ndef health(): ...\n",
        "config.py": "class Settings:\n    API = '/base'\nsettings = Settings()\n",
    }
    assert python("fastapi\nuvicorn", files) == path


@pytest.mark.parametrize(
    ("registered", "path"),
    [
        ("app.register_blueprint(bp)", "/own/healthz"),
        # What it is registered with stands in place of its own.
        ("app.register_blueprint(bp, url_prefix='/api')", "/api/healthz"),
        ("parent = Blueprint('p', __name__, url_prefix='/p'); parent.register_blueprint(bp); "
         "app.register_blueprint(parent)", "/p/own/healthz"),
        ("pass", None),
    ],
)  # fmt: skip
def test_flask(registered: str, path: str | None) -> None:
    files = {
        "app.py": f"from flask import Blueprint, Flask\nfrom views import bp\napp = Flask(__name__)\n{registered}\n",
        "views.py": "from flask import Blueprint\nbp = Blueprint('v', __name__, url_prefix='/own')\n"
        "@bp.route('/healthz')\ndef healthz(): ...\n",
    }
    assert python("flask\ngunicorn", files) == path


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("app = Starlette(routes=[Route('/health', h)])\n", "/health"),
        ("routes = [Mount('/api', routes=[Route('/health', h)])]\napp = Starlette(routes=routes)\n", "/api/health"),
        (
            "sub = Starlette(routes=[Route('/healthz', h)])\napp = Starlette(routes=[Mount('/s', app=sub)])\n",
            "/s/healthz",
        ),
        ("other = [Route('/health', h)]\napp = Starlette()\n", None),
    ],
)
def test_starlette(code: str, path: str | None) -> None:
    head = "from starlette.applications import Starlette\nfrom starlette.routing import Mount, Route\ndef h(r): ...\n"
    assert python("starlette\nuvicorn", {"main.py": head + code}) == path


def go(module: str, body: str, more: str = "", **files: str) -> str | None:
    imports = f'import ("net/http"{"; " if module else ""}{json.dumps(module) if module else ""})\n'
    code = f"package main\n{imports}{more}\nfunc main() {{ {body} }}\n"
    require = f"require {module} v1.0.0\n" if module else ""
    health = only(**{"go.mod": f"module x\n\ngo 1.24\n\n{require}", "go.sum": "", "main.go": code, **files}).health
    return health.path if health is not None else None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('v1 := r.Group("/api").Group("/v1"); v1.GET("/health", h)', "/api/v1/health"),
        ('api := r.Group("/api"); v1 := api.Group("v1"); v1.GET("/health", h)', "/api/v1/health"),
        ('register(r.Group("/api"))', "/api/healthz"),
        ('r.GET("/healthz", h)', "/healthz"),
        ('api := r.Group("/api", AuthRequired()); api.GET("/health", h)', None),
        ('api := r.Group("/api"); api.Use(AuthRequired()); api.GET("/health", h)', None),
        ("api := r.Group(base()); api.GET(\"/health\", h)", None),
    ],
)  # fmt: skip
def test_gin(body: str, path: str | None) -> None:
    more = 'func register(g *gin.RouterGroup) { g.GET("/healthz", h) }' if "register" in body else ""
    assert go("github.com/gin-gonic/gin", f'r := gin.Default(); {body}; r.Run(":8080")', more) == path


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('r.Route("/api", func(r chi.Router) { r.Get("/health", h) })', "/api/health"),
        ('r.Route("/api", func(r chi.Router) { r.Use(authenticated); r.Get("/health", h) })', None),
        ('r.Group(func(q chi.Router) { q.Get("/health", h) })', "/health"),
        ('r.Mount("/sub", sub())', "/sub/health"),
        ('q := chi.NewRouter(); q.Get("/healthz", h); r.Mount("/q", q)', "/q/healthz"),
    ],
)
def test_chi(body: str, path: str | None) -> None:
    sub = 'func sub() http.Handler { s := chi.NewRouter(); s.Get("/health", h); return s }' if "sub()" in body else ""
    started = f'r := chi.NewRouter(); {body}; http.ListenAndServe(":8080", r)'
    assert go("github.com/go-chi/chi/v5", started, sub) == path


def test_other_routers_of_go() -> None:
    body = 'e := echo.New(); g := e.Group("/v1"); g.GET("/health", h); e.Start(":8080")'
    assert go("github.com/labstack/echo/v4", body) == "/v1/health"
    body = 'r := mux.NewRouter(); a := r.PathPrefix("/api").Subrouter(); a.HandleFunc("/health", h).Methods("GET")'
    assert go("github.com/gorilla/mux", f'{body}; http.ListenAndServe(":8080", r)') == "/api/health"
    body = 'm, s := http.NewServeMux(), http.NewServeMux(); s.HandleFunc("GET /health", h); '
    body += 'm.Handle("/api/", http.StripPrefix("/api", s)); http.ListenAndServe(":8080", m)'
    assert go("", body) == "/api/health"
