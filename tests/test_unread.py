"""Tests and documentation that nothing in the image reads stay out of the build context; what is named goes through."""

from pathlib import Path
from typing import Any

import pytest

from genfile import generate
from genfile.dockerfile.ignore import read_ignore
from tests.test_traps import EXPRESS, LISTEN, inspect, only, package

NODE = {
    "package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js", "test": "node --test test"}),
    "server.js": LISTEN,
    "test/server.test.js": "require('../server')\n",
    "docs/use.md": "x",
    "README.md": "x",
}
PYTHON = {
    "requirements.txt": "flask==3.1.0\n",
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    "tests/test_app.py": "from app import app\n",
    "README.md": "x",
}


def specs(files: dict[str, str]) -> list[Any]:
    return [item.spec for item in inspect(**files).services]


@pytest.mark.parametrize(
    ("code", "left"),
    [
        (LISTEN, ("test", "docs", "README.md")),
        (LISTEN + "\napp.use(require('express').static('docs'))\n", ("test", "README.md")),
        (LISTEN + "\nrequire('./test/data')\n", ("docs", "README.md")),
        (LISTEN + "\nrequire('fs').readFileSync(__dirname + '/README.md')\n", ("test", "docs")),
    ],
)
def test_node(code: str, left: tuple[str, ...]) -> None:
    assert only(**{**NODE, "server.js": code}).unread == left


LOOSE = {
    ".nvmrc": "24\n",
    "server.test.js": "require('./server')\n",
    "jest.config.js": "module.exports = {}\n",
    "Makefile": "run:\n\tnode server.js\n",
}


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("", ()),
        ("require('fs').readFileSync('.nvmrc')\n", (".nvmrc",)),
        ("require('./server.test')\n", ("server.test.js",)),
        ("require('jest').run(require('./jest.config'))\n", ("jest.config.js",)),
    ],
)
def test_files_for_development_stay_out_unless_the_code_names_them(code: str, read: tuple[str, ...]) -> None:
    files = {"package.json": NODE["package.json"], "server.js": LISTEN + "\n" + code, **LOOSE}
    assert only(**files).unread == tuple(name for name in sorted(LOOSE) if name not in read)


def test_a_list_of_development_packages_stays_out_unless_it_is_installed() -> None:
    files = {**PYTHON, "requirements-dev.txt": "-r requirements.txt\npytest==9.0.0\n"}
    assert only(**files).unread == ("tests", "README.md", "requirements-dev.txt")
    included = {
        **files,
        "requirements.txt": "flask==3.1.0\n-r requirements-dev.txt\n",
        "requirements-dev.txt": "x==1.0\n",
    }
    assert only(**included).unread == ("tests", "README.md")


VITE = {
    "package.json": package(
        devDependencies={"vite": "7.1.0"}, scripts={"build": "vite build", "api": "cd server && npm i"}
    ),
    "index.html": '<script type="module" src="/src/main.ts"></script>',
    "src/main.ts": "export const server = 1\n",
    "tsconfig.json": '{"include": ["src"]}',
    "server/package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}),
    "server/server.js": LISTEN,
}


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ({}, ("server",)),
        ({"src/main.ts": "import { names } from '../server/names'\n"}, ()),
        ({"tsconfig.json": '{"include": ["src", "server/types"]}'}, ()),
        ({"vite.config.ts": "export default { resolve: { alias: { '@api': resolve(__dirname, 'server') } } }\n"}, ()),
        ({"package.json": VITE["package.json"].replace("vite build", "npm run api && vite build")}, ()),
        ({"package.json": VITE["package.json"].replace("vite build", "node server/types.js && vite build")}, ()),
        # Without a list of its files, tsc compiles the server's, too.
        ({"tsconfig.json": "{}", "server/types.ts": "export type Name = string\n"}, ()),
        ({"tsconfig.json": "{}"}, ("server",)),
    ],
)
def test_another_service_inside_stays_out(files: dict[str, str], left: tuple[str, ...]) -> None:
    front = next(spec for spec in specs({**VITE, **files}) if spec.path == ".")
    assert front.unread == left


@pytest.mark.parametrize(
    ("manifest", "code", "left"),
    [
        ({"dependencies": {"firebase-functions": "6.0.0"}}, "export {}\n", ("server",)),
        ({"engines": {"vscode": "^1.90.0"}}, "export {}\n", ("server",)),
        ({"dependencies": {"firebase-functions": "6.0.0"}}, "import { names } from '../server/names'\n", ()),
    ],
)
def test_what_runs_elsewhere_stays_out(manifest: dict[str, Any], code: str, left: tuple[str, ...]) -> None:
    more = {"server/package.json": package(main="server.js", **manifest), "server/server.js": "exports.made = 1\n"}
    assert only(**{**VITE, **more, "src/main.ts": code}).unread == left


API = {
    "package.json": package(devDependencies={"vite": "7.1.0"}, scripts={"build": "vite build"}),
    "index.html": VITE["index.html"],
    "src/main.ts": "export {}\n",
    "vite.config.ts": "import path from 'path'\nexport default {\n"
    "  resolve: { alias: { '@': path.resolve(__dirname, './src') } },\n"
    "  server: { proxy: { '/api': {\n"
    "    target: 'http://localhost:3000/api/', rewrite: p => p.replace(/^\\/api/, '') } } },\n"
    "}\n",
    "api/package.json": VITE["server/package.json"],
    "api/server.js": LISTEN,
    "src/api/users.ts": "export const users = 1\n",
}


@pytest.mark.parametrize(
    "code",
    [
        "fetch('/api/users').then(show)\n",
        "fetch(`/api/users/${id}`)\n",
        "fetch('http://localhost:3000/api/users')\n",
        "fetch(`${import.meta.env.VITE_URL}/api/users`)\n",
        "const BASE = 'https://shop.test'\nfetch(BASE + '/api/users')\n",
        "fetch(window.location.origin + '/v1' + '/api/users')\n",
        "const API = '/api'\nfetch(API + '/users')\n",
        "export const Logo = () => <img src='/api/logo' />\n",
        "// the server answers on '/api/users'\n",
        "if (/\\/api\\/users/.test(url)) show()\n",
        "import { users } from './api/users'\n",
        "import { users } from './api'\n",
    ],
)
def test_an_address_is_no_folder(code: str) -> None:
    front = next(spec for spec in specs({**API, "src/main.tsx": code}) if spec.path == ".")
    assert front.unread == ("api",)


@pytest.mark.parametrize(
    "code",
    [
        "import { names } from '../api/names'\n",
        "import { names } from '/api/names'\n",
        "export * from '../api/names'\n",
        "const names = await import('../api/names')\n",
        "const pages = import.meta.glob('/api/names/*.json')\n",
        "const url = new URL('../api/logo.svg', import.meta.url)\n",
        "const text = readFileSync(__dirname + '/api/names.json')\n",
        "const text = readFileSync(`${process.cwd()}/api/names.json`)\n",
        "const text = readFileSync(path.join(root, '/api/names.json'))\n",
        "const NAMES = '/api/names.json'\nreadFileSync(__dirname + NAMES)\n",
        "const text = readFileSync('api/names.json')\n",
        "const text = readFileSync('/app/api/names.json')\n",
        '/// <reference path="../api/names.d.ts" />\n',
        # What it is joined to is not known.
        "fetch(`${base}/api/users`)\n",
    ],
)
def test_what_may_be_a_folder_stays(code: str) -> None:
    front = next(spec for spec in specs({**API, "src/main.tsx": code}) if spec.path == ".")
    assert front.unread == ()


def test_a_large_file_is_not_parsed() -> None:
    code = "fetch('/api/users')\n" + "x()\n" * 60_000
    front = next(spec for spec in specs({**API, "src/main.tsx": code}) if spec.path == ".")
    assert front.unread == ()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<script>fetch('/api/users')</script>\n<template><p/></template>\n", ("api",)),
        ("<script>import x from '../api/names'</script>\n<template><p/></template>\n", ()),
        ("<template><img src='../api/logo.png'></template>\n<script>fetch('/api/users')</script>\n", ()),
    ],
)
def test_an_address_in_a_component(text: str, left: tuple[str, ...]) -> None:
    front = next(spec for spec in specs({**API, "src/App.vue": text}) if spec.path == ".")
    assert front.unread == left


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ({"proxy": "http://localhost:3000/api"}, ("api",)),
        ({"homepage": "https://shop.test/api"}, ("api",)),
        ({"sources": ["file:///api"]}, ()),
        ({"sources": ["api"]}, ()),
    ],
)
def test_an_address_in_the_manifest(keys: dict[str, Any], left: tuple[str, ...]) -> None:
    manifest = package(devDependencies={"vite": "7.1.0"}, scripts={"build": "vite build"}, **keys)
    front = next(spec for spec in specs({**API, "package.json": manifest}) if spec.path == ".")
    assert front.unread == left


def test_a_route_of_a_server_is_no_folder() -> None:
    code = f"const path = require('path')\nconsole.log(__dirname)\n{LISTEN}\napp.use('/docs', (q, r) => r.end())\n"
    assert only(**{**NODE, "server.js": code}).unread == ("test", "docs", "README.md")
    served = code + "app.use('/docs', express.static(path.join(__dirname, '/docs')))\n"
    assert only(**{**NODE, "server.js": served}).unread == ("test", "README.md")


def test_a_python_program_does_not_get_the_front_end_beside_it() -> None:
    files = {"web/package.json": VITE["package.json"], "web/index.html": VITE["index.html"], "web/src/main.ts": ""}
    (program,) = (spec for spec in specs({**PYTHON, **files}) if spec.language == "python")
    assert program.unread == ("tests", "README.md", "web")


def test_a_command_may_run_what_another_folder_holds() -> None:
    files = {f"web/{name}": text for name, text in VITE.items() if not name.startswith("server/")}
    worker = {
        "Procfile": "web: gunicorn app:app\nworker: python web/sync.py\n",
        "web/sync.py": "while True:\n    print()\n",
    }
    (program,) = (spec for spec in specs({**PYTHON, **files, **worker}) if spec.path == ".")
    assert program.processes == {"worker": ("python", "web/sync.py")}
    assert program.unread == ("tests", "README.md")


POM = """<project><groupId>x</groupId><artifactId>shop</artifactId><version>1</version>
<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId>
<version>3.5.6</version></parent><dependencies><dependency><groupId>org.springframework.boot</groupId>
<artifactId>spring-boot-starter-web</artifactId></dependency></dependencies><build><plugins>
<plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin>
</plugins></build></project>"""
SPRING = {
    "pom.xml": POM,
    "src/main/java/x/App.java": "package x;\n@org.springframework.boot.autoconfigure.SpringBootApplication\n"
    "public class App { public static void main(String[] a) {} }\n",
    "src/test/java/x/AppTest.java": "package x;\nclass AppTest {}\n",
}


@pytest.mark.parametrize(
    ("pom", "left"),
    [
        (POM, ("src/test", "web")),
        (POM.replace("<dependencies>", "<description>web</description><dependencies>", 1), ("src/test",)),
    ],
)
def test_a_jvm_build_does_not_get_the_front_end_beside_it(pom: str, left: tuple[str, ...]) -> None:
    files = {f"web/{name}": text for name, text in VITE.items() if not name.startswith("server/")}
    (program,) = (spec for spec in specs({**SPRING, **files, "pom.xml": pom}) if spec.language == "java")
    assert program.unread == left


def test_a_build_may_read_any_folder() -> None:
    scripts = {"build": "cp -r docs public", "start": "node server.js"}
    spec = only(**{**NODE, "package.json": package(dependencies=EXPRESS, scripts=scripts)})
    assert spec.unread == ("README.md",)


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ({}, ("tests", "README.md")),
        ({"app.py": PYTHON["app.py"] + "from tests import data\n"}, ("README.md",)),
        ({"pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'}, ("tests", "README.md")),
        ({"setup.cfg": "[tool:pytest]\ntestpaths = tests/unit\n[metadata]\nname = x\n"}, ("tests", "README.md")),
        ({"app.py": f'"""See README.md."""\n# and "tests/"\n{PYTHON["app.py"]}'}, ("tests", "README.md")),
        ({"setup.cfg": "[metadata]\nlong_description = file: README.md\n"}, ("tests",)),
    ],
)
def test_python(files: dict[str, str], left: tuple[str, ...]) -> None:
    assert only(**{**PYTHON, **files}).unread == left


def test_they_are_in_the_ignore_file(tmp_path: Path) -> None:
    for name, text in PYTHON.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert "\ntests\nREADME.md\n" in generate(tmp_path).files[".dockerignore"]


DJANGO = {
    "requirements.txt": "django==5.2.8\ngunicorn\n",
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\nimport django\n",
    "shop/settings.py": "SECRET_KEY = 'x'\n",
    "shop/wsgi.py": "application = 1\n",
    "cart/tests.py": "from django.test import TestCase\n",
    "README.md": "x",
}


def test_the_tests_of_djangos_apps() -> None:
    assert only(**DJANGO).unread == ("README.md", "cart/tests.py")
    assert only(**DJANGO, **{"cart/views.py": "from .tests import data\n"}).unread == ("README.md",)


POM = (
    "<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>x</artifactId><version>1</version>{}"
    "<dependencies><dependency><groupId>io.javalin</groupId><artifactId>javalin</artifactId><version>6.3.0</version>"
    "</dependency></dependencies></project>"
)
MAIN = "package a; public class Main { public static void main(String[] a) { Javalin.create().start(7000); } }"
JAVA = {
    "pom.xml": POM.format(""),
    "src/main/java/a/Main.java": MAIN,
    "src/main/java/a/build/Plan.java": "package a.build; class Plan {}",
    "src/main/java/a/target/T.java": "package a.target; class T {}",
    "src/test/java/a/MainTest.java": "package a; class MainTest {}",
    "README.md": "x",
    "gradlew.bat": "x",
}


def test_java() -> None:
    assert only(**JAVA).unread == ("src/test", "README.md", "gradlew.bat")
    text = generate(dict(JAVA)).files[".dockerignore"]
    assert "\n**/src/test\nREADME.md\ngradlew.bat\n" in text
    rules = read_ignore(text)
    assert [path for path in JAVA if rules.excludes(path)] == list(JAVA)[-3:]
    assert rules.excludes("target/x.jar")
    assert rules.excludes("server/build/libs/x.jar")


def test_tests_of_java_that_another_module_is_given_are_sent() -> None:
    jar = (
        "<build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><executions><execution><goals><goal>test-jar"
    )
    jar += "</goal></goals></execution></executions></plugin></plugins></build>"
    assert only(**{**JAVA, "pom.xml": POM.format(jar)}).unread == ("README.md", "gradlew.bat")
