"""Routes for health in Python's web frameworks that list, decorate or match them in their own ways."""

import pytest

from tests.test_traps import only


def health(requirement: str, code: str, **more: str) -> str | None:
    found = only(**{"requirements.txt": f"{requirement}\n", "main.py": code, **more}).health
    return found.path if found is not None else None


LITESTAR = (
    "from litestar import Controller, Litestar, Router, get, post\n"
    "@get('/health')\nasync def ok() -> str: ...\n"
    "@get(path='/healthz', guards=[members_only])\nasync def closed() -> str: ...\n"
    "class Mill(Controller):\n    path = '/mill'\n    @get('/health')\n    async def ok(self) -> str: ...\n"
    "class Closed(Controller):\n    path = '/closed'\n    guards = [members_only]\n"
    "    @get('/health')\n    async def ok(self) -> str: ...\n"
    "class Other:\n    path = '/other'\n    @get('/health')\n    async def ok(self) -> str: ...\n"
)


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("app = Litestar(route_handlers=[ok])\n", "/health"),
        ("app = Litestar([ok])\n", "/health"),
        ("app = Litestar(path='/base', route_handlers=[ok])\n", "/base/health"),
        ("app = Litestar(route_handlers=[Router(path='/api', route_handlers=[ok])])\n", "/api/health"),
        ("parts = [Mill]\napp = Litestar(route_handlers=[*parts])\n", "/mill/health"),
        ("app = Litestar([Router('/v1', route_handlers=[Mill])])\n", "/v1/mill/health"),
        ("def make() -> Litestar:\n    return Litestar([Mill])\napp = make()\n", "/mill/health"),
        ("@get(['/', '/livez'])\nasync def live() -> str: ...\napp = Litestar([live])\n", "/livez"),
        ("@post('/health')\nasync def made() -> str: ...\napp = Litestar([made])\n", None),
        ("app = Litestar([])\n", None),
        ("app = Litestar([closed])\n", None),
        ("app = Litestar([Closed])\n", None),
        ("app = Litestar([Other])\n", None),
    ],
)
def test_litestar(code: str, path: str | None) -> None:
    assert health("litestar\nuvicorn", LITESTAR + code) == path


AIOHTTP = (
    "from aiohttp import web\nasync def h(r): ...\ntable = web.RouteTableDef()\n"
    "@table.get('/healthz')\nasync def ok(r): ...\napp = web.Application()\n"
)


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("app.router.add_get('/health', h)", "/health"),
        ("app.router.add_route('GET', '/health', h)", "/health"),
        ("app.router.add_route('POST', '/health', h)", None),
        ("app.add_routes([web.get('/health', h)])", "/health"),
        ("app.add_routes([web.post('/health', h)])", None),
        ("app.router.add_routes(table)", "/healthz"),
        ("sub = web.Application()\nsub.add_routes(table)\napp.add_subapp('/api', sub)", "/api/healthz"),
        ("sub = web.Application()\nsub.router.add_get('/health', h)\napp.add_subapp(where(), sub)", None),
        ("pass", None),
    ],
)
def test_aiohttp(code: str, path: str | None) -> None:
    assert health("aiohttp", f"{AIOHTTP}{code}\nweb.run_app(app, port=8080)\n") == path


TORNADO = (
    "import tornado.ioloop, tornado.web\nfrom tornado.web import url\n"
    "class Ok(tornado.web.RequestHandler):\n    def get(self): ...\n"
    "class Made(tornado.web.RequestHandler):\n    def post(self): ...\n"
    "class Child(Ok): ...\n"
)


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("app = tornado.web.Application([(r'/', Made), (r'/health/?', Ok)])\n", "/health"),
        ("app = tornado.web.Application(handlers=[url(r'^/health$', Ok)])\n", "/health"),
        ("def make():\n    return tornado.web.Application([(r'/health', Child)])\napp = make()\n", "/health"),
        ("app = tornado.web.Application([(r'/health', Made)])\n", None),
        ("app = tornado.web.Application([(r'/(a|b)/health', Ok)])\n", None),
        (
            "class App(tornado.web.Application):\n    def __init__(self):\n        handlers = [(r'/healthz', Ok)]\n"
            "        super().__init__(handlers)\napp = App()\n",
            "/healthz",
        ),
    ],
)
def test_tornado(code: str, path: str | None) -> None:
    assert health("tornado", f"{TORNADO}{code}app.listen(8888)\ntornado.ioloop.IOLoop.current().start()\n") == path


SANIC = "from sanic import Blueprint, Sanic\napp = Sanic('mill')\n"


@pytest.mark.parametrize(
    ("made", "mounted", "path"),
    [
        ("url_prefix='/api'", "app.blueprint(bp)", "/api/health"),
        ("url_prefix='/api', version=2", "app.blueprint(bp)", "/v2/api/health"),
        ("version=number()", "app.blueprint(bp)", None),
        ("url_prefix='/api'", "app.blueprint(Blueprint.group(bp, url_prefix='/v1'))", "/v1/api/health"),
        ("url_prefix='/api'", "pass", None),
    ],
)
def test_sanic(made: str, mounted: str, path: str | None) -> None:
    code = f"{SANIC}bp = Blueprint('b', {made})\n@bp.get('/health')\nasync def ok(r): ...\n{mounted}\n"
    assert health("sanic", code) == path


@pytest.mark.parametrize(
    ("requirement", "code", "path"),
    [
        ("falcon\ngunicorn", "import falcon\nclass R:\n    def on_get(self, req, resp): ...\n"
         "app = falcon.App()\napp.add_route('/health', R())\n", "/health"),
        ("falcon\ngunicorn", "import falcon\nclass R:\n    def on_post(self, req, resp): ...\n"
         "app = falcon.App()\napp.add_route('/health', R())\n", None),
        ("quart\nhypercorn", "from quart import Blueprint, Quart\nbp = Blueprint('b', __name__, url_prefix='/api')\n"
         "@bp.route('/health')\nasync def ok(): ...\napp = Quart(__name__)\napp.register_blueprint(bp)\n",
         "/api/health"),
        ("bottle", "from bottle import route, run\n@route('/health')\ndef ok(): ...\nrun(host='0.0.0.0', port=8080)\n",
         "/health"),
        ("blacksheep\nuvicorn", "from blacksheep import Application, get\napp = Application()\n"
         "@get('/health')\nasync def ok(): ...\n", "/health"),
        ("flask\nflask-restful\ngunicorn", "from flask import Flask\nfrom flask_restful import Api, Resource\n"
         "class Ok(Resource):\n    def get(self): ...\napp = Flask(__name__)\napi = Api(app, prefix='/api')\n"
         "api.add_resource(Ok, '/health')\n", "/api/health"),
        ("flask\nflask-restful\ngunicorn", "from flask import Flask\nfrom flask_restful import Api, Resource\n"
         "class Ok(Resource):\n    def get(self): ...\napp = Flask(__name__)\nrest = Api()\n"
         "rest.add_resource(Ok, '/health')\nrest.init_app(app)\n", "/health"),
        ("flask\nflask-restx\ngunicorn", "from flask import Flask\nfrom flask_restx import Api, Namespace, Resource\n"
         "ns = Namespace('mill', path='/mill')\n@ns.route('/health')\nclass Ok(Resource):\n    def get(self): ...\n"
         "app = Flask(__name__)\napi = Api(app)\napi.add_namespace(ns)\n", "/mill/health"),
    ],
)  # fmt: skip
def test_others(requirement: str, code: str, path: str | None) -> None:
    assert health(requirement, code) == path
