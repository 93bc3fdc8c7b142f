"""The health path of a Node server without a router: what it compares the path of a request with."""

import pytest

from tests.test_traps import EXPRESS, only, package


def health(code: str, **dependencies: str) -> str | None:
    files = {
        "package.json": package(type="module", dependencies=dependencies, scripts={"start": "node index.js"}),
        "index.js": code,
    }
    found = only(**files).health
    return found.path if found is not None else None


def server(body: str) -> str:
    return f"import http from 'node:http'\nhttp.createServer((req, res) => {{ {body} }}).listen(3000)\n"


URL = "const url = new URL(req.url, 'http://x'); "


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("if (req.url === '/health') { res.end('ok'); return } res.end()", "/health"),
        ("if (req.method === 'GET' && req.url == '/healthz') return res.end('ok')", "/healthz"),
        ("if ('/healthz' === req.url || req.url === '/livez') res.end('ok')", "/healthz"),
        ("if (req.url.split('?')[0] === '/health') res.end('ok')", "/health"),
        (f"{URL}if (url.pathname === '/api/health') res.end('ok')", "/api/health"),
        ("const { pathname } = new URL(req.url, 'http://x'); if (pathname === '/health') res.end()", "/health"),
        ("const path = req.url; return path === '/health' ? res.end('ok') : res.end()", "/health"),
        ("if (req.url === '/health') return answer(res, 200)", "/health"),
        ("switch (req.url) { case '/health': res.end('ok'); break; default: res.end() }", "/health"),
        ("switch (req.url) { case '/a': case '/health': case '/b': res.end('ok') }", "/health"),
        # It answers the others.
        ("if (req.url !== '/health') res.end('ok')", None),
        ("if (!(req.url === '/health')) res.end('ok')", None),
        # It only leaves something out.
        ("if (req.url === '/health') quiet = true; res.end()", None),
        # Not the path of a request.
        ("if (name === '/health') res.end('ok')", None),
        ("if (location.pathname === '/health') res.end('ok')", None),
        # Not for health.
        ("if (req.url === '/orders') res.end('ok')", None),
    ],
)
def test_path_that_a_server_answers(body: str, wanted: str | None) -> None:
    assert health(server(body)) == wanted


def test_path_of_a_fetch_handler() -> None:
    code = "if (new URL(req.url).pathname === '/health') return new Response('ok'); return new Response('x')"
    assert health(f"Bun.serve({{ port: 3000, fetch(req) {{ {code} }} }})") == "/health"


def test_route_comes_before_a_comparison() -> None:
    code = """import express from 'express'
import { createServer } from 'node:http'
const app = express()
app.use((req, res, next) => { if (req.url === '/healthz') return res.end(); next() })
app.get('/status', (req, res) => res.end())
createServer(app).listen(3000)
"""
    assert health(code, **EXPRESS) == "/status"


def test_no_server_no_path() -> None:
    code = "import express from 'express'\nexpress().use((req, res, next) => {\n"
    code += "  if (req.url === '/health') return res.end()\n  next()\n}).listen(3000)\n"
    assert health(code, **EXPRESS) is None
