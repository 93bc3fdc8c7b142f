"""What is a service of its own, and what is a part of something else, or is there for others."""

import json
import re
from typing import Any

import pytest

import genfile
from genfile.detect.inspection import Inspection, inspect_source
from genfile.source.memory import MemorySource

PAGE = "<h1>x</h1>"


def inspect(files: dict[str, str]) -> Inspection:
    return inspect_source(MemorySource({name: text.encode() for name, text in files.items()}))


def paths(files: dict[str, str]) -> list[str]:
    return [item.spec.path for item in inspect(files).services]


def notes(files: dict[str, str]) -> str:
    return "\n".join(note.text for note in inspect(files).notes)


def package(**keys: Any) -> str:
    return json.dumps({"name": "x", **keys})


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\n', "x/__init__.py": "", "docs/index.html": PAGE},
        {"Cargo.toml": "[package]\n", "src/main.rs": "", "static/index.html": PAGE},
        {"Cargo.toml": "[package]\n", "src/lib.rs": "", "index.html": PAGE},
        {"pubspec.yaml": "name: x\n", "lib/main.dart": "", "web/index.html": PAGE},
        {"main.c": "int main() {}", "docs/index.html": PAGE},
        {"study.ipynb": "{}", "docs/index.html": PAGE},
        {"src/x.js": "", "docs/index.html": PAGE},
        {"web/embed.go": "package web\n", "web/index.html": PAGE},
    ],
    ids=["python", "rust", "wasm", "flutter", "c", "notebook", "javascript", "embedded"],
)
def test_pages_beside_something_else_are_a_part_of_it(files: dict[str, str]) -> None:
    assert paths(files) == []
    assert "not a site" in notes(files)


@pytest.mark.parametrize(
    "files",
    [
        {"index.html": PAGE, "collect.py": "print(1)\n"},
        {"index.html": PAGE, "script.js": "", "package.json": package(devDependencies={"prettier": "3.0.0"})},
        {"docs/index.html": PAGE, "docs/app.js": "", "README.md": "#"},
        {"public/index.html": PAGE, "gulpfile.js": ""},
        {"src/index.html": PAGE, "src/app.ts": ""},
        {"Staticfile": "root: web\n", "web/index.html": PAGE, "Cargo.toml": "[package]\n"},
    ],
    ids=["a script", "a tool", "documentation alone", "what makes them", "sources", "a host's file"],
)
def test_pages_that_are_what_a_tree_is_for(files: dict[str, str]) -> None:
    assert len(paths(files)) == 1


def test_front_end_whose_page_is_not_committed() -> None:
    files = {
        "web/package.json": package(private=True, scripts={"build": "vite build"}, devDependencies={"vite": "7.0.0"}),
        "web/src/main.js": "",
    }
    assert paths(files) == []
    nginx = 'FROM nginx\nCOPY --from=build /app/dist /usr/share/nginx/html\nCMD ["nginx", "-g", "daemon off;"]\n'
    files["web/Dockerfile"] = f"FROM node:24 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\n{nginx}"
    assert paths(files) == ["web"]


SERVER = {
    "backend/package.json": json.dumps({"name": "api", "main": "index.js", "dependencies": {"express": "5.0.0"}}),
    "backend/server.js": "const app = require('express')();\napp.listen(5000);\n",
}


def test_plain_pages_beside_a_server_that_does_not_give_them_out() -> None:
    files = {**SERVER, "frontend/index.html": PAGE, "frontend/script.js": "fetch('/api');\n"}
    assert paths(files) == ["backend", "frontend"]
    made = genfile.generate(files)
    assert "COPY --link . /usr/share/nginx/html" in made.files["frontend/Dockerfile"]
    site = made.services[1][0].spec
    assert (site.name, site.language, site.static and site.static.root) == ("frontend", "static", "frontend")


SERVE = """
import http.server
import socketserver


class Pages(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


socketserver.TCPServer(("", 8090), Pages).serve_forever()
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (SERVE, ["backend", "frontend"]),
        (
            "from http.server import SimpleHTTPRequestHandler as S, HTTPServer\nHTTPServer(('', 80), S)\n",
            ["backend", "frontend"],
        ),
        (SERVE.replace("end_headers", "do_POST"), ["backend"]),
        (f"import yaml\n{SERVE}", ["backend"]),
        (f"from . import answers\n{SERVE}", ["backend"]),
        ("print('SimpleHTTPRequestHandler')\n", ["backend"]),
    ],
    ids=["class", "alias", "method", "package", "module", "text"],
)
def test_plain_pages_beside_a_program_that_only_serves_them(code: str, expected: list[str]) -> None:
    assert paths({**SERVER, "frontend/index.html": PAGE, "frontend/serve.py": code}) == expected


@pytest.mark.parametrize(
    "files",
    [
        # The server gives them out, or a host or a proxy of its own is told to.
        {**SERVER, "frontend/index.html": PAGE, "backend/pages.js": "app.use(express.static('../frontend'));\n"},
        {**SERVER, "frontend/index.html": PAGE, "backend/app.py": 'ROOT = BASE / "frontend"\n'},
        # A template, a folder of another name, and one of a larger program.
        {**SERVER, "frontend/index.html": "{% block body %}{% endblock %}"},
        {**SERVER, "pages/index.html": PAGE},
        {**SERVER, "frontend/index.html": PAGE, "Cargo.toml": "[package]\n"},
    ],
    ids=["express", "python", "template", "name", "program"],
)
def test_pages_of_a_server_beside_them(files: dict[str, str]) -> None:
    assert paths(files) == ["backend"]


# --- for others to call ----------------------------------------------------------------------------------------------


def test_module_that_only_exports_is_a_library() -> None:
    files = {"package.json": package(version="1.0.0", main="index.js"), "index.js": "module.exports = { a: 1 };\n"}
    assert paths(files) == []
    assert "a library for other programs" in notes(files)
    files["index.js"] = "const { run } = require('./run');\nrun();\nmodule.exports = run;\n"
    files["run.js"] = "exports.run = () => setInterval(() => console.log(1), 1000);\n"
    assert paths(files) == ["."]


def test_a_library_that_starts_a_browser_for_others() -> None:
    files = {
        "package.json": package(main="index.js", type="module", dependencies={"puppeteer": "24.0.0"}),
        "index.ts": "import { page } from './page';\nexport const get = async (url: string) => page();\n",
        "page.ts": "import p from 'puppeteer';\nexport const page = async () => (await p.launch()).newPage();\n",
    }
    assert paths(files) == []
    files["index.ts"] += "setInterval(() => get('http://x'), 1000);\n"
    assert paths(files) == ["."]


def test_a_start_file_that_was_copied_without_its_modules() -> None:
    manifest = package(scripts={"start": "node server.js"}, dependencies={"express": "5.0.0"})
    server = "const db = require('./config/db');\nconst r = require('./routes');\nrequire('express')().listen(5000);\n"
    files = {"package.json": manifest, "server.js": server, "api/package.json": manifest, "api/server.js": server,
             "api/config/db.js": "", "api/routes/index.js": ""}  # fmt: skip
    assert paths(files) == ["api"]
    assert "it is not a service next to api" in notes(files)
    # One of its modules is there, or the other has not all of them: then it is a program of its own, or nobody knows.
    assert paths({**files, "routes.js": ""}) == [".", "api"]
    assert paths({name: text for name, text in files.items() if "routes" not in name}) == [".", "api"]


def test_handler_that_a_platform_calls() -> None:
    files = {"lambda/requirements.txt": "boto3\n", "lambda/handler.py": "def handler(event, context):\n    return 1\n"}
    assert paths(files) == []
    assert "functions that a platform calls" in notes(files)


def test_a_program_is_found_however_much_the_one_before_it_has_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    imports = 'import (\n\t"net/http"\n\t"example.com/NAME/inner"\n)\n'
    main = f'package main\n{imports}func main() {{ inner.Do(); http.ListenAndServe(":9000", nil) }}\n'
    inner = "package inner\nfunc Do() { do() }\n" + "func do() { println(1) }\n" * 200
    tree: dict[str, str] = {}
    for name in ("first", "second"):
        tree[f"{name}/go.mod"] = f"module example.com/{name}\n\ngo 1.26\n"
        tree[f"{name}/main.go"] = main.replace("NAME", name)
        tree[f"{name}/inner/inner.go"] = inner
    # As much as the inner package of the first has, and little more.
    monkeypatch.setattr("genfile.detect.code.MAX_TREE_TOKENS", len(re.findall(r"\w+|[^\w\s]", inner)) + 50)
    found = inspect_source(MemorySource(tree))
    assert [item.spec.path for item in found.services] == ["first", "second"]
    assert any("tokens of source code in the tree" in note.text for note in found.notes)
    monkeypatch.setattr("genfile.detect.code.MAX_FIRST_TOKENS", 0)
    assert [item.spec.path for item in inspect_source(MemorySource(tree)).services] == ["first"]


def test_a_program_that_was_not_read_to_the_end_is_what_its_dockerfile_says(monkeypatch: pytest.MonkeyPatch) -> None:
    main = 'package main\nimport "example.com/shop/wiring"\nfunc main() { wiring.Run() }\n'
    tree = {
        "go.mod": "module example.com/shop\n\ngo 1.26\n\nrequire github.com/labstack/echo/v4 v4.13.0\n",
        "main.go": main,
        "wiring/wiring.go": 'package wiring\nimport "github.com/labstack/echo/v4"\n'
        "func Run() { echo.New().Start(address()) }\n" + "func do() { println(1) }\n" * 50,
        "Dockerfile": 'FROM golang:1.26\nCOPY . .\nRUN go build -o /shop .\nEXPOSE 3060\nENTRYPOINT ["/shop"]\n',
    }
    monkeypatch.setattr("genfile.detect.code.MAX_FOLDER_TOKENS", 100)
    spec = inspect_source(MemorySource(tree)).services[0].spec
    assert (spec.framework, spec.port) == ("echo", 3060)


# --- clients that wait for events ------------------------------------------------------------------------------------

CHAT = "const chat = require('chatty'); const client = new chat.Client({}); "


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (CHAT + "client.connect(); client.on('message', m => m)", ["api", "bot"]),
        ("import { join as make } from 'chatty'; const room = make(); room.on('say', x); await room.start()",
         ["api", "bot"]),
        (CHAT + "client.on('message', m => m); client.connect(); process.on('SIGTERM', () => client.disconnect())",
         ["api", "bot"]),
        # It asks once, and lets go.
        (CHAT + "client.connect(); client.on('ready', () => { client.send(1); client.end() })", ["api"]),
        (CHAT + "client.on('error', console.error); client.connect(); client.query('x')", ["api"]),
        (CHAT + "client.on('message', m => m)", ["api"]),
        # Node's own, and one of the project's.
        ("const e = require('events'); const b = new e.EventEmitter(); b.on('x', y); b.connect()", ["api"]),
        ("const own = require('./own'); const b = own.make(); b.on('x', y); b.connect()", ["api"]),
    ],
)  # fmt: skip
def test_a_client_that_connects_and_handles_events_stays(code: str, wanted: list[str]) -> None:
    manifest = package(main="run.js", dependencies={"chatty": "1.0.0", "lodash": "4.0.0"})
    api = {
        "api/package.json": package(dependencies={"express": "4.0.0"}, scripts={"start": "node a.js"}),
        "api/a.js": "",
    }
    assert paths({**api, "bot/package.json": manifest, "bot/run.js": code, "bot/own.js": ""}) == wanted


def test_a_program_of_a_deeper_service_does_not_take_its_folder_from_another_language() -> None:
    files = {
        "pyproject.toml": "[tool.black]\nline-length = 100\n",
        "package.json": package(dependencies={"express": "5.0.0"}, scripts={"start": "node a.js"}),
        "a.js": "require('express')().listen(3000)",
        "shop/requirements.txt": "flask\n",
        "shop/app.py": "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n",
    }
    assert [(item.spec.path, item.spec.language) for item in inspect(files).services] == [
        (".", "node"),
        ("shop", "python"),
    ]
    assert "counts as part" not in notes(files)


@pytest.mark.parametrize(
    "script", ["nodemon app.py", "nodemon --exec python app.py", "nodemon -e py -x 'python3 app.py'"]
)
def test_python_program_that_nodemon_runs_is_no_service_of_node(script: str) -> None:
    code = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run(port=5000)\n"
    manifest = package(scripts={"start": script}, devDependencies={"nodemon": "3.0.0"})
    (service,) = inspect({"package.json": manifest, "requirements.txt": "flask\n", "app.py": code}).services
    assert (service.spec.language, service.spec.port) == ("python", 5000)


MIXED_WORKER = "import redis\nr = redis.Redis()\nwhile True:\n    r.blpop('jobs')\n"


def test_a_program_of_another_language_in_a_services_folder_is_named_as_left_out() -> None:
    go = {"go.mod": "module example.com/shop\n\ngo 1.26\n"}
    go["main.go"] = 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(":9000", nil) }\n'
    text = notes(go | {"requirements.txt": "redis==5.1.0\n", "worker.py": MIXED_WORKER})
    assert "no image runs this python program" in text
    assert "worker.py:3" in text
    # In a folder of its own it is a service, and nothing is left out.
    text = notes(go | {"worker/requirements.txt": "redis==5.1.0\n", "worker/worker.py": MIXED_WORKER})
    assert "no image runs" not in text
