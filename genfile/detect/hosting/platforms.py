"""The files of hosting platforms: Fly.io, Render, Railway, App Engine, Heroku, Replit."""

import posixpath
import re

from genfile.detect.hosting.beside import add_beside
from genfile.detect.hosting.facts import Hosting, port_of_text
from genfile.detect.tree import Project
from genfile.parsers import Key
from genfile.versions import parse_pin

# Replit's modules that are runtimes, by language: `python-3.11`, `nodejs-20`, `go-1.21`, `java-21`.
_MODULE = re.compile(r"(python|nodejs|go|java)-([0-9][0-9.]*)(?::.*)?")


def read_fly(folder: Project, found: Hosting) -> None:
    """fly.toml: internal_port, checks, release_command, processes."""
    document = folder.toml("fly.toml") if folder.has("fly.toml") else None
    if document is None:
        return
    ports: tuple[tuple[Key, ...], ...] = (("http_service", "internal_port"), ("services", 0, "internal_port"))
    for path in ports:
        port = port_of_text(document.get(*path))
        if port is not None:
            found.ports.append(folder.fact(port, "fly.toml", document.line(*path), f"internal_port = {port}"))
    checks: tuple[tuple[Key, ...], ...] = (
        ("http_service", "checks", 0, "path"),
        ("checks", "status", "path"),
        ("services", 0, "http_checks", 0, "path"),
    )
    for path in checks:
        route = document.text(*path)
        if route and route.startswith("/") and route != "/":
            found.health.append(folder.fact(route, "fly.toml", document.line(*path), f"path = {route}"))
    release = document.text("deploy", "release_command")
    if release:
        line = document.line("deploy", "release_command")
        found.releases.append(folder.fact(release, "fly.toml", line, f"release_command = {release}"))
    for name in ("app", "web"):
        start = document.text("processes", name)
        if start:
            found.starts.append(folder.fact(start, "fly.toml", document.line("processes", name), f"{name} = {start}"))
    for name in document.table("processes"):
        text = document.text("processes", name)
        if text:
            add_beside(found, name, folder.fact(text, "fly.toml", document.line("processes", name), f"{name} = {text}"))


def read_render(folder: Project, found: Hosting) -> None:
    """render.yaml: the web service whose rootDir is the folder, and its workers."""
    for root in folder.upwards():
        document = root.yaml("render.yaml") if root.has("render.yaml") else None
        services = document.items("services") if document else []
        for index, item in enumerate(services):
            if document is None or not isinstance(item, dict) or item.get("type") not in ("web", "pserv", "worker"):
                continue
            place = posixpath.normpath(str(item.get("rootDir") or "."))
            if root.full(place) != folder.path:
                continue
            if item["type"] == "worker":
                command, line = str(item.get("startCommand") or ""), document.line("services", index, "startCommand")
                says = root.fact(command, "render.yaml", line, f"startCommand: {command}")
                add_beside(found, str(item.get("name")), says)
                continue
            for key, kept in (("startCommand", found.starts), ("preDeployCommand", found.releases)):
                text = item.get(key)
                if isinstance(text, str) and text.strip():
                    line = document.line("services", index, key)
                    kept.append(root.fact(text.strip(), "render.yaml", line, f"{key}: {text}"))
            route = item.get("healthCheckPath")
            if isinstance(route, str) and route.startswith("/") and route != "/":
                line = document.line("services", index, "healthCheckPath")
                found.health.append(root.fact(route, "render.yaml", line, f"healthCheckPath: {route}"))


def read_railway(folder: Project, found: Hosting) -> None:
    """railway.json, railway.toml, railpack.json: deploy.startCommand, healthcheckPath, preDeployCommand."""
    for name, read in (
        ("railway.json", folder.jsonc),
        ("railway.toml", folder.toml),
        ("railpack.json", folder.jsonc),
    ):
        document = read(name) if folder.has(name) else None
        if document is None:
            continue
        for key, kept in (("startCommand", found.starts), ("preDeployCommand", found.releases)):
            value = document.get("deploy", key)
            text = " && ".join(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else value
            if isinstance(text, str) and text.strip():
                kept.append(folder.fact(text.strip(), name, document.line("deploy", key), f"{key}: {text}"))
        route = document.text("deploy", "healthcheckPath")
        if route and route.startswith("/") and route != "/":
            line = document.line("deploy", "healthcheckPath")
            found.health.append(folder.fact(route, name, line, f"healthcheckPath: {route}"))


def read_app_engine(folder: Project, found: Hosting) -> None:
    """App Engine's app.yaml: entrypoint."""
    document = folder.yaml("app.yaml") if folder.has("app.yaml") else None
    text = document.text("entrypoint") if document and document.text("runtime") else None
    if text and document is not None:
        found.starts.append(folder.fact(text, "app.yaml", document.line("entrypoint"), f"entrypoint: {text}"))


def read_heroku(folder: Project, found: Hosting) -> None:
    """heroku.yml: run, release.command."""
    document = folder.yaml("heroku.yml") if folder.has("heroku.yml") else None
    if document is None:
        return
    web = document.text("run", "web")
    if web:
        found.starts.append(folder.fact(web, "heroku.yml", document.line("run", "web"), f"web: {web}"))
    for name in document.table("run"):
        text = document.text("run", name)
        if text:
            add_beside(found, name, folder.fact(text, "heroku.yml", document.line("run", name), f"{name}: {text}"))
    command = document.get("release", "command")
    listed = [text for text in (command if isinstance(command, list) else [command]) if isinstance(text, str)]
    if listed:
        text, line = " && ".join(listed), document.line("release", "command")
        found.releases.append(folder.fact(text, "heroku.yml", line, f"release command: {text}"))


def read_replit(folder: Project, found: Hosting) -> None:
    """Replit's .replit: the runtimes in modules."""
    document = folder.toml(".replit") if folder.has(".replit") else None
    for index, item in enumerate(document.items("modules") if document else ()):
        match = _MODULE.fullmatch(item) if isinstance(item, str) else None
        language = match[1].replace("nodejs", "node") if match is not None else ""
        pin = parse_pin(match[2], language) if match is not None else None
        if pin is not None and document is not None:
            says = folder.fact(pin, ".replit", document.line("modules", index), f"modules has {item}")
            found.versions.setdefault(language, []).append(says)
