"""Trees that cost more than they should where something is not linear: each a folder, at a size."""

import json
from collections.abc import Callable
from pathlib import Path


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


_SPRING = """import org.springframework.boot.SpringApplication;
@SpringBootApplication
public class App { public static void main(String[] args) { SpringApplication.run(App.class, args); } }
"""


def _package(name: str, **more: object) -> str:
    start = {"scripts": {"start": "node server.js"}, "dependencies": {"express": "^5.0.0"}}
    return json.dumps({"name": name, "version": "1.0.0", **start, **more})


def packages(folder: Path, size: int) -> None:
    """Services of Node side by side, no workspace above them."""
    for number in range(size):
        _write(folder, f"apps/s{number}/package.json", _package(f"s{number}"))
        _write(folder, f"apps/s{number}/server.js", "require('express')().listen(3000)\n")


def workspace(folder: Path, size: int) -> None:
    """One service in a workspace of libraries, each of which needs the one before."""
    _write(folder, "package.json", json.dumps({"name": "root", "private": True, "workspaces": ["apps/*", "libs/**"]}))
    _write(folder, "apps/web/package.json", _package("web", dependencies={"express": "^5", f"l{size - 1}": "*"}))
    _write(folder, "apps/web/server.js", "require('express')().listen(3000)\n")
    for number in range(size):
        needs = {f"l{number - 1}": "*"} if number else {}
        _write(folder, f"libs/l{number}/package.json", json.dumps({"name": f"l{number}", "dependencies": needs}))


def maven(folder: Path, size: int) -> None:
    """A reactor of modules, one of them a service of Spring Boot."""
    listed = "".join(f"<module>m{number}</module>" for number in range(size))
    head = "<project><groupId>g</groupId><version>1</version>"
    _write(
        folder,
        "pom.xml",
        f"{head}<artifactId>root</artifactId><packaging>pom</packaging><modules>{listed}</modules></project>",
    )
    parent = "<project><parent><groupId>g</groupId><artifactId>root</artifactId><version>1</version></parent>"
    group = "<groupId>org.springframework.boot</groupId>"
    web = f"<dependency>{group}<artifactId>spring-boot-starter-web</artifactId></dependency>"
    boot = f"<plugin>{group}<artifactId>spring-boot-maven-plugin</artifactId></plugin>"
    for number in range(size):
        before = (
            f"<dependency><groupId>g</groupId><artifactId>m{number - 1}</artifactId></dependency>" if number else ""
        )
        last = number == size - 1
        body = f"<dependencies>{before}{web if last else ''}</dependencies>"
        body += f"<build><plugins>{boot}</plugins></build>" if last else ""
        _write(folder, f"m{number}/pom.xml", f"{parent}<artifactId>m{number}</artifactId>{body}</project>")
    _write(folder, f"m{size - 1}/src/main/java/App.java", _SPRING)


def gradle(folder: Path, size: int) -> None:
    """A build of many projects, one of them a service."""
    _write(folder, "settings.gradle", "".join(f"include ':p{number}'\n" for number in range(size)))
    for number in range(size):
        needs = f"dependencies {{ implementation project(':p{number - 1}') }}\n" if number else ""
        plugin = "plugins { id 'org.springframework.boot' version '3.3.0' }\n" if number == size - 1 else ""
        _write(folder, f"p{number}/build.gradle", plugin + needs)
    _write(folder, f"p{size - 1}/src/main/java/App.java", _SPRING)


def go_work(folder: Path, size: int) -> None:
    """A workspace of Go modules, one of them a service."""
    _write(folder, "go.work", "go 1.23\n" + "".join(f"use ./m{number}\n" for number in range(size)))
    for number in range(size):
        _write(folder, f"m{number}/go.mod", f"module example.com/m{number}\n\ngo 1.23\n")
        _write(folder, f"m{number}/m.go", f"package m{number}\n")
    main = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n'
    _write(folder, "m0/m.go", main)


def uv(folder: Path, size: int) -> None:
    """A workspace of uv, one of its members a service."""
    _write(folder, "pyproject.toml", '[project]\nname = "root"\n[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    _write(folder, "uv.lock", "version = 1\n")
    for number in range(size):
        needs = f'"p{number - 1}"' if number else ""
        web = ', "fastapi"' if number == size - 1 and needs else ""
        text = f'[project]\nname = "p{number}"\nversion = "1"\ndependencies = [{needs}{web}]\n'
        _write(folder, f"packages/p{number}/pyproject.toml", text)
    _write(folder, f"packages/p{size - 1}/main.py", "from fastapi import FastAPI\napp = FastAPI()\n")


def modules(folder: Path, size: int) -> None:
    """A service of Python with many modules."""
    _write(folder, "requirements.txt", "flask==3.0.0\n")
    _write(folder, "app.py", "from flask import Flask\napp = Flask(__name__)\n")
    body = "".join(f"def f{number}(a):\n    return g(a, {number}, 'text')\n" for number in range(100))
    for number in range(size):
        _write(folder, f"shop/m{number}.py", f"import os\n{body}")


def lines(folder: Path, size: int) -> None:
    """One requirement over many continued lines."""
    _write(folder, "app.py", "from flask import Flask\napp = Flask(__name__)\n")
    _write(folder, "requirements.txt", "flask==3.0.0\nx" + " \\\n" * size)


def ranges(folder: Path, size: int) -> None:
    """A range of versions with many alternatives."""
    engines = {"node": " || ".join(f"{number}.x" for number in range(1000, 1000 + size))}
    _write(folder, "package.json", _package("shop", engines=engines))
    _write(folder, "server.js", "require('express')().listen(3000)\n")


# Each with the size that the table starts from.
TREES: dict[str, tuple[Callable[[Path, int], None], int]] = {
    "packages": (packages, 250),
    "workspace": (workspace, 625),
    "maven": (maven, 375),
    "gradle": (gradle, 375),
    "go_work": (go_work, 375),
    "uv": (uv, 375),
    "modules": (modules, 60),
    "lines": (lines, 50_000),
    "ranges": (ranges, 1_000),
}
