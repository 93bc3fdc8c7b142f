"""Settings of TypeORM and MikroORM: files that TypeORM reads itself when the program starts, and patterns that name
sources although the image runs the compiled files."""

import posixpath
from collections.abc import Iterator
from typing import Any

from genfile.detect.node.compiled import Compiled, compiled
from genfile.detect.node.framework import read_module
from genfile.detect.node.made import started_file
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import ScriptStep
from genfile.detect.node.sources import source_files
from genfile.detect.node.watched import watched_program
from genfile.detect.node.wrappers import file_place
from genfile.detect.paths import relative
from genfile.evidence import Draft, Evidence
from genfile.parsers.javascript import JsModule
from genfile.parsers.values import BesideModule, EnvDefault

Sources = list[tuple[str, JsModule]]
_PACKAGE = "typeorm"
_MIKRO = "@mikro-orm/"
# The file that TypeORM looks for next to package.json, with the extensions that it reads without a compiler.
_FILES = tuple(f"ormconfig.{ending}" for ending in ("json", "js", "cjs", "yml", "yaml", "xml", "env"))
_KEYS = ("entities", "migrations", "subscribers")
# Calls that read that file if they get no argument, or the name of a connection.
_READERS = ("createConnection", "createConnections", "getConnectionOptions", "TypeOrmModule.forRoot")
_MAKERS = (*_READERS, "DataSource")
_MIKRO_MAKERS = ("MikroORM.init", "MikroORM.initSync", "MikroOrmModule.forRoot", "defineConfig")


def put_orm(project: NodeProject, draft: Draft, sources: Sources) -> None:
    """Add the settings that the program reads at start to /run_paths; warn if they name sources."""
    if not any(
        name == _PACKAGE or name.startswith(_MIKRO) for package in project.packages for name in package.every_dependency
    ):
        return
    reads = any(_reads_file(module) for _, module in sources)
    files = [name for name in _FILES if project.folder.has(name)] if reads else []
    kept: list[str] = draft.values.get("run_paths", [])
    for name in files:
        full = project.folder.full(name)
        if kept and not any(item in (".", project.folder.spec_path, full) for item in kept):
            kept.append(full)
    made, file = compiled(project), started_file(project, draft.values.get("start") or ())
    if made is None or file is None or project.folder.has(file):
        return
    for settings, says in (*_of_files(project, files), *_of_code(project, sources)):
        for key in _KEYS:
            _tell(draft, made, file, key, _placed(made, project, says, settings.get(key)), says)


def names_sources_in(project: NodeProject, made: Compiled, source: str) -> bool:
    """Whether a module's settings name sources that are not loaded compiled."""
    module = read_module(project, source)
    found = _of_code(project, [(source, module)]) if module is not None else ()
    patterns = [_placed(made, project, says, settings.get(key)) for settings, says in found for key in _KEYS]
    return any(_names_sources(made, item) is not None for item in patterns)


def run_for_entities(project: NodeProject, words: tuple[str, ...]) -> tuple[ScriptStep, Evidence, str] | None:
    """The development command that runs a program's source, if the compiled program would load its entities as sources,
    whose decorators Node refuses; with evidence and the pattern. None if the compiled program finds its entities."""
    made, file = compiled(project), started_file(project, words)
    if made is None or file is None or not any(_PACKAGE in package.every_dependency for package in project.packages):
        return None
    found = watched_program(project) if not project.folder.has(file) else None
    at = file_place(found[0].words) if found is not None else None
    if found is None or at is None or found[0].folder or posixpath.basename(found[0].words[0]) == "node":
        return None
    source = made.source_of(file) or made.source_of(f"{file}.js")
    if posixpath.normpath(found[0].words[at]) != source:
        return None
    for settings, says in _of_code(project, source_files(project, words)):
        text = _names_sources(made, _placed(made, project, says, settings.get(_KEYS[0])))
        if text is not None:
            return found[0], says, text
    return None


def _reads_file(module: JsModule) -> bool:
    if not any(item.module in (_PACKAGE, "@nestjs/typeorm") for item in module.imports):
        return False
    return any(
        call.callee.endswith(_READERS) and (not call.arguments or isinstance(call.arguments[0], str | EnvDefault))
        for call in module.calls
    )


def _of_files(project: NodeProject, files: list[str]) -> Iterator[tuple[dict[str, Any], Evidence]]:
    """The settings in each file, one connection at a time, with evidence."""
    for name in files:
        value: Any = None
        document = None
        if name.endswith((".js", ".cjs")):
            module = read_module(project, name)
            value = module.default_export if module is not None else None
        elif name.endswith((".json", ".yml", ".yaml")):
            document = project.folder.json(name) if name.endswith(".json") else project.folder.yaml(name)
            value = document.value if document is not None else None
        # One connection, a list of connections, or connections by name.
        named = (
            [(key, item) for key, item in value.items() if isinstance(item, dict)] if isinstance(value, dict) else []
        )
        listed = list(enumerate(value)) if isinstance(value, list) else [*named, (None, value)]
        for key, item in listed:
            if isinstance(item, dict):
                path = (_KEYS[0],) if key is None else (key, _KEYS[0])
                line = document.line(*path) if document is not None and _KEYS[0] in item else None
                yield item, project.folder.says(name, line, "read when the program starts")


def _of_code(project: NodeProject, sources: Sources) -> Iterator[tuple[dict[str, Any], Evidence]]:
    for name, module in sources:
        mikro = any(item.module.startswith(_MIKRO) for item in module.imports)
        makers = (*_MAKERS, *_MIKRO_MAKERS) if mikro else _MAKERS
        calls = [call for call in module.calls if call.arguments and call.callee.endswith(makers)]
        for call in calls:
            if isinstance(call.arguments[0], dict):
                yield call.arguments[0], project.folder.says(name, call.line, f"{call.callee}({{ … }})")
        if mikro and not calls and isinstance(module.default_export, dict):
            yield module.default_export, project.folder.says(name, None, "the exported settings")


def _tell(draft: Draft, made: Compiled, file: str, key: str, patterns: Any, says: Evidence) -> None:
    """Warn of the first pattern that matches sources, if none matches compiled files."""
    text = _names_sources(made, patterns)
    if text is not None:
        head = _head(text)
        source = _below(head, made.outputs)[0]
        better = _compiled_pattern(text, head, source, made.outputs[source])
        advice = f"name the compiled files, such as {better}" if better else "name the compiled files"
        says_what = f"{says}: {key} names the sources {text}, but the image starts {file}"
        draft.note("warning", f"{says_what}; {advice}", says.path, says.line)


def _placed(made: Compiled, project: NodeProject, says: Evidence, patterns: Any) -> Any:
    """Patterns from the service's folder: `join(__dirname, "entities")` is beside the compiled module."""
    name = relative(says.path, project.folder.path)
    folder = posixpath.dirname(made.outputs.get(name, name))
    listed = patterns if isinstance(patterns, list) else []
    return [posixpath.join(folder, item) if isinstance(item, BesideModule) else item for item in listed]


def _names_sources(made: Compiled, patterns: Any) -> str | None:
    """The first pattern that matches sources, if none matches compiled files."""
    listed = patterns if isinstance(patterns, list) else []
    if not all(isinstance(item, str) for item in listed):
        # A computed pattern may match the compiled files.
        return None
    texts = [posixpath.normpath(item) for item in listed]
    if any(_below(_head(text), made.outputs.values()) for text in texts):
        return None
    return next((text for text in texts if _below(_head(text), made.outputs)), None)


def _head(pattern: str) -> str:
    """The folder that a pattern starts with, up to its first `*` or `{`."""
    fixed = pattern.split("*")[0].split("{")[0]
    return posixpath.dirname(fixed)


def _below(folder: str, paths: Any) -> list[str]:
    return [path for path in paths if folder and path.startswith(f"{folder}/")]


def _compiled_pattern(pattern: str, head: str, source: str, output: str) -> str | None:
    """The same pattern for the compiled files: `dist/entity/**/*.js` for `src/entity/**/*.ts`; None if the folders
    differ."""
    rest = posixpath.splitext(source.removeprefix(f"{head}/"))[0]
    stem = posixpath.splitext(output)[0]
    if not stem.endswith(f"/{rest}"):
        return None
    below = pattern.removeprefix(head)
    below = below.removesuffix(".ts") + ".js" if below.endswith(".ts") else below
    return stem.removesuffix(f"/{rest}") + below
