"""Programs in other languages that a desktop application bundles and starts."""

import posixpath
from collections.abc import Iterator
from typing import Any

from genfile.detect.hosting import hosting
from genfile.detect.node.elsewhere import DESKTOP, elsewhere
from genfile.detect.node.framework import read_module
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import read_package
from genfile.detect.node.sources import source_files
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import Evidence

# Where Electron's main process is, besides `main` of package.json, which may only exist after a build.
_MAINS = tuple(
    f"{folder}{name}"
    for folder in ("", "electron/", "src/electron/", "src/main/", "electron/main/", "main/", "app/", "src/")
    for name in ("main.js", "main.ts", "index.js", "index.ts", "background.js", "background.ts", "main.cjs", "main.mjs")
)
# Files that list what electron-builder and Electron Forge pack besides the application's own code.
_PACKERS = ("electron-builder.yml", "electron-builder.yaml", "electron-builder.json", "electron-builder.json5")
# Files of hosts: a program with one of them is also deployed, whoever bundles it.
_HOSTS = ("Procfile", "fly.toml", "render.yaml", "railway.json", "railway.toml", "app.yaml")


def sidecar(folder: Project) -> Evidence | None:
    """The evidence that a folder's program, in another language, is a part of a desktop application.

    The folder is that of the application's package.json, or one below it that its main process or packer names; a
    Dockerfile or a host's file in the folder means that it is a service.
    """
    if hosting(folder).dockerfiles or any(folder.has(name) for name in _HOSTS):
        return None
    place: Project | None = folder
    while place is not None:
        found = elsewhere(place)
        if found is not None and found.value == DESKTOP:
            return found.evidence[0] if place.path == folder.path else _names(place, folder)
        place = place.parent()
    return None


def _names(application: Project, folder: Project) -> Evidence | None:
    """Where an application's main process or packer names a folder."""
    wanted = f"/{relative(folder.path, application.path)}/"
    for name, line, text in (*_in_code(application), *_packed(application)):
        if wanted in f"/{posixpath.normpath(text.strip('/') or '.')}/":
            return application.says(name, line, text)
    return None


def _in_code(application: Project) -> Iterator[tuple[str, int | None, str]]:
    package = read_package(application)
    if package is None:
        return
    project = NodeProject(application, package, None)
    main = posixpath.normpath(package.document.text("main") or "index.js")
    for entry in dict.fromkeys((main, *_MAINS)):
        if application.has(entry) and read_module(project, entry) is not None:
            for name, module in source_files(project, ("node", entry)):
                yield from ((name, line, text) for text, line in module.paths)


def _packed(application: Project) -> Iterator[tuple[str, int | None, str]]:
    package = read_package(application)
    if package is not None:
        line = package.document.line("build", "extraResources")
        yield from (("package.json", line, text) for text in _texts(package.document.get("build", "extraResources")))
    for name in _PACKERS:
        if application.has(name):
            document = application.yaml(name) if name.endswith("ml") else application.jsonc(name)
            found = _texts(document.get("extraResources")) if document is not None else ()
            line = document.line("extraResources") if document is not None else None
            yield from ((name, line, text) for text in found)


def _texts(value: Any) -> Iterator[str]:
    """The sources in a list of resources: texts, and `from` in tables."""
    for item in value if isinstance(value, list) else [value]:
        text = item.get("from") if isinstance(item, dict) else item
        if isinstance(text, str):
            yield text
