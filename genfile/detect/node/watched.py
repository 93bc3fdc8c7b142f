"""What a watcher or process manager runs: by its command line, else its configuration."""

import posixpath
import shlex
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from genfile.detect.node.framework import read_module
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import FILE, read_package
from genfile.detect.node.scripts import (
    FILE_RUNNERS,
    MANAGERS,
    ScriptStep,
    delegates,
    is_development,
    resolve,
    resolve_text,
)
from genfile.detect.node.wrappers import commands_at_once, file_place, watched_command, without_reloading

MAX_DEPTH = 4
# Scripts that run the program during development.
DEVELOPMENT_SCRIPTS = ("start", "dev", "start:dev", "develop", "server", "serve")


def leads_away(project: NodeProject, step: ScriptStep) -> bool:
    """Whether a command belongs to another package: `npm --prefix server start`, `cd server && npm start`."""
    if delegates(step) or bool(step.folder and project.folder.has(posixpath.join(step.folder, FILE))):
        return True
    return _is_of_another(project, step)


def _is_of_another(project: NodeProject, step: ScriptStep) -> bool:
    """`node api/index.js` if api/ is a package that starts by itself, and only it lists what the file imports."""
    at = file_place(step.words) if step.program in FILE_RUNNERS else None
    path = posixpath.normpath(posixpath.join(step.folder, step.words[at])) if at is not None else ""
    folder = posixpath.dirname(path)
    while folder and not project.folder.has(f"{folder}/{FILE}"):
        folder = posixpath.dirname(folder)
    if not folder or path.startswith(("..", "/")) or not project.folder.has(path):
        return False
    other, module = read_package(project.folder.at(folder)), read_module(project, path)
    if other is None or module is None or not {"start", "start:prod"} & set(other.scripts):
        return False
    own = project.package.every_dependency
    names = {_package_of(item.module) for item in module.imports}
    return any(name in other.dependencies and name not in own for name in names)


def brings_up_others(project: NodeProject, step: ScriptStep) -> bool:
    """Whether a command runs several programs, all of other packages or languages."""
    texts = commands_at_once(step.words, project.package.scripts)
    found = [resolve_text(project.package, text, step.script) for text in texts or ()]
    return bool(found) and all(
        steps and (leads_away(project, steps[-1]) or steps[-1].program in _OTHERS) for steps in found
    )


# Programs that start containers, or programs in other languages.
_OTHERS = frozenset(
    """
    uv python python3 poetry pipenv uvicorn gunicorn flask fastapi go air cargo mvn mvnw gradle gradlew java dotnet php
    docker docker-compose make
    """.split()
)


def _package_of(module: str) -> str:
    return "/".join(module.split("/")[: 2 if module.startswith("@") else 1])


def behind(project: NodeProject, step: ScriptStep) -> tuple[ScriptStep, ...] | None:
    """The commands that a watcher runs; () if unknown, None for a program that is not a watcher."""
    text = watched_command(step.words)
    if text is None:
        return None
    variables = dict(step.variables)
    if step.program.startswith("pm2"):
        apps = pm2_apps(project, step)
        if apps is not None:
            text = apps[0].text if apps else ""
            variables |= apps[0].variables if apps else {}
    elif step.program == "nodemon":
        text = _configured(project, text)
    steps = resolve_text(project.package, text, step.script) if text else None
    if not steps:
        return ()
    folder = step.folder
    return tuple(replace(i, variables=variables | i.variables, folder=posixpath.join(folder, i.folder)) for i in steps)


def _configured(project: NodeProject, text: str) -> str:
    """nodemon.json, or `nodemonConfig` in package.json: `exec` without a command, `execMap` for an extension."""
    folder = project.folder
    document = folder.json("nodemon.json") if folder.has("nodemon.json") else None
    value = document.value if document is not None else project.package.document.get("nodemonConfig")
    table = value if isinstance(value, dict) else {}
    programs = table.get("execMap")
    runner, _, rest = text.partition(" ")
    if not text and isinstance(table.get("exec"), str):
        return str(table["exec"])
    main = project.package.document.text("main")
    if not text and main:
        return f"node {main}" if folder.has(main) else ""
    for ending, program in programs.items() if isinstance(programs, dict) else ():
        if isinstance(program, str) and runner in ("node", "ts-node") and rest.split(" ")[0].endswith(f".{ending}"):
            return f"{program} {rest}"
    return text


class Pm2App(Struct, frozen=True):
    """An application in PM2's configuration: its name, what it runs ("" if unknown), and its variables."""

    name: str
    text: str
    variables: dict[str, str]


def pm2_apps(project: NodeProject, step: ScriptStep) -> list[Pm2App] | None:
    """The applications that PM2 starts by a configuration file, those of `--only` alone; None without such a file."""
    mine = step.words[1 : step.words.index("--") if "--" in step.words else None]
    name = next((word for word in mine if _is_settings(word)), None)
    if name is None:
        return None
    value: Any = None
    if name.endswith((".json", ".yml", ".yaml")):
        read = project.folder.json if name.endswith(".json") else project.folder.yaml
        document = read(name) if project.folder.has(name) else None
        value = document.value if document else None
    else:
        module = read_module(project, name) if project.folder.has(name) else None
        value = module.default_export if module else None
    apps = value.get("apps", value) if isinstance(value, dict) else value
    found = [_app(app) for app in (apps if isinstance(apps, list) else [apps]) if isinstance(app, dict)]
    only = next((after for word, after in pairwise(step.words) if word == "--only"), None)
    return [app for app in found if only is None or app.name in only.split(",")]


def _is_settings(word: str) -> bool:
    """Whether PM2 reads a file as its configuration."""
    named = "ecosystem" in word or "pm2." in word or "pm2-" in word
    return named or word.endswith((".json", ".yml", ".yaml", ".config.js", ".config.cjs", ".config.mjs"))


def _app(app: dict[str, Any]) -> Pm2App:
    script, name = app.get("script"), app.get("name")
    given = {**(app.get("env") or {}), **(app.get("env_production") or {})} if isinstance(app.get("env"), dict) else {}
    variables = {key: str(item) for key, item in given.items() if isinstance(item, str | int)}
    arguments = app.get("args")
    words = arguments if isinstance(arguments, list) else [arguments]
    more = "".join(f" {item}" for item in words if isinstance(item, str) and item)
    text = _command(app, script) + more if isinstance(script, str) else ""
    return Pm2App(name if isinstance(name, str) else "", text if text != more else "", variables)


def _command(app: dict[str, Any], script: str) -> str:
    """What an application runs, without its arguments; "" if unknown."""
    place = app.get("cwd")
    folder = posixpath.normpath(place) if isinstance(place, str) else "."
    before = f"cd {shlex.quote(folder)} && " if folder != "." and not folder.startswith(("..", "/")) else ""
    if script in MANAGERS or " " in script:
        return before + script
    if not script.endswith((".js", ".mjs", ".cjs", ".ts")):
        return ""
    runner = app.get("interpreter")
    runner = runner if isinstance(runner, str) and posixpath.basename(runner) in FILE_RUNNERS else "node"
    flags = next((app[key] for key in ("node_args", "interpreter_args") if isinstance(app.get(key), str)), "")
    return f"{before}{posixpath.basename(runner)} {f'{flags} ' if flags else ''}{posixpath.normpath(script)}"


def untried(texts: list[str], tried: set[str]) -> Iterator[str]:
    """The texts that were not tried yet, which from now on count as tried."""
    for text in texts:
        if text not in tried:
            tried.add(text)
            yield text


def watched_program(project: NodeProject) -> tuple[ScriptStep, str] | None:
    """The program that development scripts run, without watching, and the script that says so."""
    for name in DEVELOPMENT_SCRIPTS:
        steps = resolve(project.package, name)
        if steps and is_development(steps[-1]):
            found = _program(project, steps[-1], 0, set())
            if found is not None:
                # Development settings don't count, except for the port that people know.
                kept = ("PORT",) if name != "start" else tuple(found.variables)
                return replace(
                    found, variables={key: found.variables[key] for key in kept if key in found.variables}
                ), name
    return None


def _program(project: NodeProject, step: ScriptStep, depth: int, tried: set[str]) -> ScriptStep | None:
    """The command behind watchers that runs a file in the tree; None if there is none. Each text is tried once."""
    if depth > MAX_DEPTH or leads_away(project, step):
        return None
    inner = behind(project, step)
    if inner is not None:
        return _program(project, inner[-1], depth + 1, tried) if inner else None
    texts = commands_at_once(step.words, project.package.scripts)
    if texts is not None:
        every = (resolve_text(project.package, text, step.script) for text in untried(texts, tried))
        found = (_program(project, steps[-1], depth + 1, tried) for steps in every if steps)
        return next((item for item in found if item is not None), None)
    words = without_reloading(step.words)
    at = file_place(words) if step.program in FILE_RUNNERS else None
    if at is None or not words[at].endswith((".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx")):
        return None
    variables = {key: value for key, value in step.variables.items() if key != "NODE_ENV"}
    return replace(step, words=words, variables=variables)
