"""Configuration that the image's programs load at run time: it goes into the image with its imports."""

import posixpath
from collections.abc import Iterator

from genfile.data import Framework
from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.sources import source_files
from genfile.detect.tree import Project
from genfile.evidence import Draft

# Files that a program looks for by itself, by stem; the first that exists.
CONFIGS = {
    "prisma": ("prisma.config", ".config/prisma"),
    "drizzle-kit": ("drizzle.config",),
    "knex": ("knexfile",),
    "mikro-orm": ("mikro-orm.config", "src/mikro-orm.config"),
    "migrate-mongo": ("migrate-mongo-config",),
    "node-pg-migrate": ("node-pg-migrate.config",),
    "sequelize": (".sequelizerc", "config/config"),
    "sequelize-cli": (".sequelizerc", "config/config"),
}
# The folders that a program reads if its configuration names none.
_FOLDERS = {
    "prisma": ("prisma",),
    "knex": ("migrations",),
    "node-pg-migrate": ("migrations",),
    "db-migrate": ("migrations", "database.json"),
    "mikro-orm": ("migrations",),
    "sequelize": ("migrations", "models"),
    "sequelize-cli": ("migrations", "models"),
}
_ENDINGS = ("", ".ts", ".mts", ".cts", ".mjs", ".js", ".cjs", ".json")
_CODE = (".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx")
# Files that programs read and compilers don't write.
_DATA = tuple(
    """
    .json .yaml .yml .toml .xml .csv .txt .sql .graphql .proto .html .ejs .hbs .pug .pem .key .crt .wasm .db .sqlite
    .onnx .ttf .otf .png .jpg .svg .pdf .docx .xlsx .mp3 .wav
    """.split()
)
MAX_FILES = 40


def put_loaded(project: NodeProject, draft: Draft, framework: Framework | None) -> None:
    """Add to /run_paths what the image's commands load besides the build's output."""
    kept: list[str] = draft.values.get("run_paths", [])
    if not kept or draft.values.get("standalone") or "static" in draft.values:
        return
    commands: list[list[str]] = [draft.values.get("start") or [], *draft.values.get("processes", {}).values()]
    release: list[str] = draft.values.get("release") or []
    files = [name for command in (*commands, release) for name in _named(project, command)]
    if framework is not None:
        files += [name for name in framework.keeps if name.endswith(_CODE) and project.folder.has(name)]
    for name in (*files, *_imports(project, files), *_read(project, [*commands, release]), *_listed(project, release)):
        _keep(project, kept, name)
    for path in _above(project, release):
        if not any(item in (".", path) or path.startswith(f"{item}/") for item in kept):
            kept.append(path)
    # What a tool's own configuration names: the schema, the migrations folder.
    for name in tool_configs(project.folder, release):
        module = read_module(project, name) if name.endswith((*_CODE, "rc")) else None
        for text, _ in module.paths if module is not None else ():
            path = posixpath.normpath(text)
            if project.folder.has(path) or project.folder.has_folder(path):
                _keep(project, kept, path)
    for program in {posixpath.basename(word) for word in release[:2]}:
        for path in _FOLDERS.get(program, ()):
            if project.folder.has(path) or project.folder.has_folder(path):
                _keep(project, kept, path)


def _keep(project: NodeProject, kept: list[str], name: str) -> None:
    if posixpath.normpath(name).startswith(("..", "/")) or name in ("", "."):
        return
    path = project.folder.full(name)
    if not any(path == item or item == "." or path.startswith(f"{item}/") for item in kept):
        kept.append(path)


def _above(project: NodeProject, command: list[str]) -> Iterator[str]:
    """The folders of the files outside the service's own that a command names, by their paths in the tree."""
    for word in command[1:]:
        path = posixpath.normpath(word.partition("=")[2] if word.startswith("--") else word)
        place = project.folder.full(path)
        if path.startswith("../") and place in project.folder.tree.paths and posixpath.dirname(place):
            yield posixpath.dirname(place)


def _named(project: NodeProject, command: list[str]) -> Iterator[str]:
    """The files that a command names, and the configuration that its program looks for."""
    for word in command[1:]:
        path = posixpath.normpath(word.partition("=")[2] if word.startswith("--") else word)
        if path.endswith((*_CODE, ".json", ".yaml", ".yml")) and project.folder.has(path):
            yield path
    yield from tool_configs(project.folder, command)


def tool_configs(folder: Project, command: list[str]) -> Iterator[str]:
    """The configuration file in a folder that each program looks for by itself."""
    for program in {posixpath.basename(word) for word in command[:2]}:
        names = (stem + ending for stem in CONFIGS.get(program, ()) for ending in _ENDINGS)
        found = next((name for name in names if folder.has(name)), None)
        if found is not None:
            yield found


def _imports(project: NodeProject, files: list[str]) -> Iterator[str]:
    """The files that some files import, directly or not; bounded."""
    queue = list(dict.fromkeys(files))
    seen = set(queue)
    for name in queue:
        module = read_module(project, name) if name.endswith(_CODE) else None
        for item in module.imports if module is not None else ():
            target = resolve_import(project, name, item.module) or _data(project, name, item.module)
            if target is not None and target not in seen and len(seen) < MAX_FILES:
                seen.add(target)
                queue.append(target)
                yield target


def _read(project: NodeProject, commands: list[list[str]]) -> Iterator[str]:
    """Data files whose literal paths the programs read: relative to their working folder, or to the module."""
    for command in commands:
        for name, module in source_files(project, tuple(command)) if command else ():
            for text, _ in module.paths:
                path = posixpath.normpath(text)
                beside = posixpath.normpath(posixpath.join(posixpath.dirname(name), text))
                for candidate in (path, beside, path.lstrip("./")):
                    if candidate.endswith(_DATA) and not candidate.startswith("..") and project.folder.has(candidate):
                        yield candidate
                        break


def _listed(project: NodeProject, command: list[str]) -> Iterator[str]:
    """The folders of data whose literal paths a program names, such as its migrations."""
    for name, module in source_files(project, tuple(command)) if command else ():
        for text, _ in module.paths:
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(name), text))
            for path in (posixpath.normpath(text), beside):
                within = not path.startswith((".", "/")) and project.folder.has_folder(path)
                if within and any(item.endswith(_DATA) for item in project.folder.at(path).names()):
                    yield path


def _data(project: NodeProject, origin: str, module: str) -> str | None:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), module))
    return path if module.startswith(".") and path.endswith(".json") and project.folder.has(path) else None


def config_variables(project: NodeProject) -> list[str]:
    """The variables that prisma.config needs even to generate a client: `env("DATABASE_URL")`."""
    found = next(tool_configs(project.folder, ["prisma"]), None)
    module = read_module(project, found) if found is not None and found.endswith(_CODE) else None
    calls = module.calls if module is not None else ()
    names = [call.arguments[0] for call in calls if call.callee == "env" and call.arguments]
    return [name for name in dict.fromkeys(names) if isinstance(name, str) and name.isidentifier()]
