"""Servers that listen on loopback: told to listen on all addresses, or never healthy."""

import json

import pytest

import genfile
from tests.test_jvm_hosts import program
from tests.test_traps import GO_MOD, only, package

NEXT = {"next": "15.1.0", "react": "19.0.0", "react-dom": "19.0.0"}


def node(listen: str, before: str = "", start: str = "node server.js") -> dict[str, str]:
    manifest = package(scripts={"start": start}, dependencies={"express": "5.0.0"})
    return {"package.json": manifest, "server.js": f"const app = require('express')();\n{before}{listen}\n"}


def python(host: str) -> dict[str, str]:
    code = f"from aiohttp import web\napp = web.Application()\nweb.run_app(app, host='{host}', port=9000)\n"
    return {"requirements.txt": "aiohttp==3.11.0\n", "main.py": code}


def javalin(host: str) -> dict[str, str]:
    return program("io.javalin:javalin:6.3.0", f'io.javalin.Javalin.create().start("{host}", 7070);')


def go(host: str) -> dict[str, str]:
    handler = "func ok(w http.ResponseWriter, r *http.Request) {}"
    body = f'http.HandleFunc("/healthz", ok)\n\thttp.ListenAndServe("{host}:8080", nil)'
    code = f'package main\n\nimport "net/http"\n\n{handler}\n\nfunc main() {{\n\t{body}\n}}\n'
    return {"go.mod": GO_MOD, "main.go": code}


def dockerfile(files: dict[str, str], **settings: str | bool) -> str:
    return genfile.generate(files, settings=settings).files["Dockerfile"]


FIXED = [
    (node("app.listen(4000, '127.0.0.1');"), "require('node:os').hostname()"),
    (python("127.0.0.1"), "socket.gethostname()"),
    (javalin("127.0.0.1"), "/dev/tcp/$HOSTNAME/7070"),
]


@pytest.mark.parametrize(("files", "host"), FIXED, ids=["node", "python", "java"])
def test_a_server_on_loopback_is_never_healthy(files: dict[str, str], host: str) -> None:
    text = dockerfile(files)
    check = text[text.index("HEALTHCHECK") :]
    assert host in check
    assert "127.0.0.1" not in check
    assert "# The server only listens on 127.0.0.1" in text


def test_a_probe_asks_the_containers_own_address() -> None:
    text = dockerfile(go("127.0.0.1"), healthcheck=True)
    assert 'host+":"+port' in text
    assert "# The server only listens on 127.0.0.1" in dockerfile(go("127.0.0.1"))


@pytest.mark.parametrize(
    "files",
    [
        node("app.listen(4000);"),
        # The second server is for others, and the first for the program itself.
        node("app.listen(4000, '0.0.0.0');", "const own = require('express')();\nown.listen(4001, '127.0.0.1');\n"),
        python("0.0.0.0"),
        javalin("0.0.0.0"),
        go(""),
    ],
)
def test_a_server_that_others_reach_is_asked_on_loopback(files: dict[str, str]) -> None:
    assert only(**files).loopback is None
    assert "only listens" not in dockerfile(files)


@pytest.mark.parametrize(
    ("script", "start"),
    [
        ("next start -H 127.0.0.1", ["next", "start", "-H", "0.0.0.0"]),
        ("next start --hostname=localhost -p 4000", ["next", "start", "--hostname=0.0.0.0", "-p", "4000"]),
    ],
)
def test_a_command_is_told_to_listen_on_all_addresses(script: str, start: list[str]) -> None:
    files = {"package.json": package(scripts={"build": "next build", "start": script}, dependencies=NEXT)}
    spec = only(**files)
    assert list(spec.start) == start
    assert spec.loopback == "moved"
    why = "# Listens on 0.0.0.0, since nothing outside the container would reach the project's own 127.0.0.1."
    assert f"{why}\nCMD {json.dumps(start)}" in dockerfile(files)


def test_a_command_of_a_shell_is_told_too() -> None:
    spec = only(
        **{
            "requirements.txt": "fastapi==0.115.0\nuvicorn==0.30.6\n",
            "app.py": "import fastapi\napp = fastapi.FastAPI()\n",
        },
        Procfile="web: sh -c 'echo up; exec uvicorn app:app --host 127.0.0.1 --port 8000'\n",
    )
    assert "127.0.0.1" not in " ".join(spec.start)


def test_a_variable_of_the_start_script_is_told_too() -> None:
    files = node("app.listen(4000, process.env.HOST);")
    files["package.json"] = package(
        scripts={"start": "HOST=127.0.0.1 node server.js"}, dependencies={"express": "5.0.0"}
    )
    assert {item.name: item.value for item in only(**files).environment if item.value}["HOST"] == "0.0.0.0"


@pytest.mark.parametrize("script", ["node server.js --redis localhost:6379", "node server.js --db-host 127.0.0.1"])
def test_the_address_of_another_server_stays(script: str) -> None:
    files = node("app.listen(4000);", start=script)
    assert " ".join(only(**files).start) == script
