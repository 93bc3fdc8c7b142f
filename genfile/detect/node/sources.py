"""The modules of a program: the started file, and what it imports from the project."""

import posixpath
from collections.abc import Iterator

from genfile.detect.node.bundled import bundled_source
from genfile.detect.node.compiled import compiled
from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.made import started_file
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.nest import applications
from genfile.parsers.javascript import JsModule

MAX_FILES = 400


def source_files(project: NodeProject, start: tuple[str, ...]) -> list[tuple[str, JsModule]]:
    """The started file and the project's files that it imports, nearest first; bounded."""
    found: list[tuple[str, JsModule]] = []
    queue = list(_entries(project, start))
    seen = set(queue)
    while queue and len(found) < MAX_FILES:
        name = queue.pop(0)
        module = read_module(project, name)
        if module is None:
            continue
        found.append((name, module))
        for item in module.imports:
            target = resolve_import(project, name, item.module)
            if target is not None and target not in seen:
                seen.add(target)
                queue.append(target)
    return found


def _is_module(project: NodeProject, path: str) -> bool:
    """Whether a path without an ending is that of a module which the build makes in a folder of its own."""
    plain = "/" in path and "." not in posixpath.basename(path)
    return plain and not project.folder.has(path) and not project.folder.has_folder(path)


def _entries(project: NodeProject, start: tuple[str, ...]) -> Iterator[str]:
    """The source of the started file: dist/main.js comes from src/main.ts."""
    started = started_file(project, start)
    for word in (started,) if started is not None else start[1:]:
        path = posixpath.normpath(word)
        if path != "." and (project.folder.has(f"{path}.js") or _is_module(project, path)):
            # `node dist/main`: like `node dist/main.js`, whose source comes first.
            path = f"{path}.js"
        if path.endswith((".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx")) and not path.startswith(("..", "/")):
            known = compiled(project) if path.endswith("js") else None
            if known is not None and (source := known.source_of(path)) is not None and project.folder.has(source):
                yield source
                return
            bundled = bundled_source(project, path) if path.endswith("js") else None
            if bundled is not None:
                yield bundled
                return
            base = path.rsplit(".", 1)[0]
            built = [app.source for app in applications(project) if app.output == f"{base}.js"]
            if built and project.folder.has(built[0]):
                yield built[0]
                return
            inner = base.split("/", 1)[1] if "/" in base else base
            for stem in (base, f"src/{inner}", inner, f"src/{base}"):
                for ending in (".ts", ".mts", ".js", ".mjs", ".cjs", ".tsx"):
                    if project.folder.has(stem + ending):
                        yield stem + ending
                        return
        elif started is not None and project.folder.has(path) and "." not in posixpath.basename(path):
            # `node ./bin/www`: a program needs no ending.
            yield path
            return
        elif path not in (".", "") and project.folder.has(f"{path}.js"):
            yield f"{path}.js"
            return
        elif project.folder.has(f"{path}/index.js") and path not in (".", ""):
            yield f"{path}/index.js"
            return
    for name in (
        "src/server.ts",
        "src/main.ts",
        "src/index.ts",
        "src/app.ts",
        "server.ts",
        "index.ts",
        "server.js",
        "app.js",
        "index.js",
    ):
        if project.folder.has(name):
            yield name
            return
