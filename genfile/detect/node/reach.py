"""The port that reaches `listen(…)` from another module, found by following the name."""

import posixpath
from collections.abc import Iterator

from genfile.detect.hosting import HostedPort
from genfile.detect.node.datafile import port_at, port_by_key, port_in_file, schema_port, settings_value, value_at
from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.sources import source_files
from genfile.evidence import Fact
from genfile.parsers.javascript import JsModule
from genfile.parsers.jspaths import Standing
from genfile.parsers.jsreach import NameReference
from genfile.parsers.values import UNKNOWN, is_known, port_of

MAX_DEPTH = 6
Sources = list[tuple[str, JsModule]]


def reached(project: NodeProject, sources: Sources, name: str, reference: NameReference) -> Fact[HostedPort] | None:
    """The port behind a reference in a module, with its variable; None if unknown."""
    module = dict(sources).get(name)
    if module is None:
        return None
    found = _followed(project, name, module, reference, 0)
    own = reference.key is None and reference.file is None and reference.module is None
    if found is None and own and reference.names and reference.names[0] not in module.bindings:
        found = _in_module(project, name, reference.names, 0)
    if found is None and reference.key is not None:
        found = _by_key(project, sources, reference.key)
    last = reference.names[-1] if len(reference.names) > 1 else ""
    if found is None and own and "port" in last.lower() and reference.names[0] not in module.bindings:
        # `listen(options.webPort)` for a parameter.
        found = port_by_key(project, _loaded_data(project, sources), last)
    fallback = _by_default(project, name, reference)
    if found is not None and found.value.number is None and fallback is not None:
        return fallback.but(HostedPort(fallback.value.number, found.value.variable))
    return found or fallback


def _followed(
    project: NodeProject, name: str, module: JsModule, reference: NameReference, depth: int
) -> Fact[HostedPort] | None:
    """What a module's reference leads to: a data file, or the module that the name is imported from."""
    below = tuple(reference.key.split(".")) if reference.key else ()
    if reference.file is not None:
        place = module.path_of(reference.file, Standing(name, "", _nowhere, _nowhere))
        known = place.path if place is not None and not (place.open or place.absolute) else None
        return port_in_file(project, known, (*reference.names, *below))
    names = reference.names
    source, exported = (reference.module, "*") if reference.module else module.bindings.get((*names, "")[0], ("", ""))
    path = (*(names if reference.module else names[1:]), *below)
    if source == "config" and "config" in project.package.every_dependency:
        return _of_settings(project, path)
    target = resolve_import(project, name, source) if source else None
    if target is not None:
        return _in_module(project, target, path if exported == "*" else (exported, *path), depth)
    if not source or not source.startswith("."):
        return _in_member(project, source, path[-1]) if source and path else None
    file = posixpath.normpath(posixpath.join(posixpath.dirname(name), source))
    return port_in_file(project, file, path if exported in ("*", "default") else (exported, *path))


def _in_member(project: NodeProject, source: str, key: str) -> Fact[HostedPort] | None:
    """The default of a variable in a member of the workspace, whose schema checks the environment for others."""
    found = project.workspace.named([source]) if project.workspace is not None and key.isupper() else []
    for package in found:
        member = NodeProject(package.project, package, project.workspace)
        fact = schema_default(member, source_files(member, ("node", package.document.text("main") or "")), key)
        if fact is not None:
            return fact
    return None


def schema_default(project: NodeProject, sources: Sources, name: str | None) -> Fact[HostedPort] | None:
    """A variable's default in a schema of the sources."""
    for path, module in sources:
        for key, value, line in module.defaults:
            number = port_of(value)[0]
            if key == name and number is not None:
                says = project.folder.says(path, line, f"{key} is {number} by default")
                return Fact(HostedPort(number, name), (says,))
    return None


def _loaded_data(project: NodeProject, sources: Sources) -> Iterator[str]:
    """The data files that modules load by a relative path."""
    for name, module in sources:
        for item in module.imports:
            if item.module.startswith(".") and resolve_import(project, name, item.module) is None:
                yield posixpath.normpath(posixpath.join(posixpath.dirname(name), item.module))


def _nowhere(*_: object) -> None:
    """Resolve nothing: a module path that is computed is not followed."""


def _by_default(project: NodeProject, name: str, reference: NameReference) -> Fact[HostedPort] | None:
    number = port_of(reference.default)[0] if is_known(reference.default) else None
    last = (reference.key or (reference.names[-1] if reference.names else "")).split(".")[-1]
    if number is None:
        return None
    return project.folder.fact(HostedPort(number, last if last.isupper() else None), name, None, f"{last} is {number}")


def _in_module(project: NodeProject, name: str, path: tuple[str, ...], depth: int) -> Fact[HostedPort] | None:
    """What a module exports under a path of names: its own values, a schema's, or a re-exported module's."""
    module = read_module(project, name) if depth < MAX_DEPTH else None
    if module is None or not path:
        return None
    for value, rest in (
        (module.default_export, path[1:] if path[0] == "default" else path),
        (module.exported(path[0]), path[1:]),
        (module.constant(path[0]), path[1:]),
        (module.given_back(path[0]), path[1:]),
        (module.settings(path[0]) if path[1:] else UNKNOWN, path[1:]),
    ):
        found = port_at(value, rest)
        if found is not None:
            return _said(project, name, path, found)
    for table in module.tables:
        # A schema: `convict({ http: { port: { default: 4000, env: "PORT" } } })`.
        tried = (path, path[1:])
        found = next(
            (item for rest in tried if rest and (item := schema_port(value_at(table, rest))) is not None), None
        )
        if found is not None:
            return _said(project, name, path, found)
    for key, value, line in module.defaults:
        number = port_of(value)[0]
        if key == path[-1] and number is not None:
            says = project.folder.says(name, line, f"{key} is {number} by default")
            return Fact(HostedPort(number, key if key.isupper() else None), (says,))
    found_on = _handed_on(project, name, module, path, depth)
    onward = module.refers_to(path) if found_on is None else None
    found_on = _followed(project, name, module, onward, depth + 1) if onward is not None else found_on
    return found_on or _checked(project, name, module, path[-1])


def _checked(project: NodeProject, name: str, module: JsModule, key: str) -> Fact[HostedPort] | None:
    """A variable that a schema checks without a default: `PORT: get("PORT").required().asPortNumber()`."""
    for entry, call, _ in module.called_pairs if key.isupper() else ():
        if entry == key:
            says = project.folder.says(name, call.line, f"{key} is read from the environment")
            return Fact(HostedPort(None, key), (says,))
    return None


def _handed_on(
    project: NodeProject, name: str, module: JsModule, path: tuple[str, ...], depth: int
) -> Fact[HostedPort] | None:
    if path[0] in module.bindings:
        source, exported = module.bindings[path[0]]
        target = resolve_import(project, name, source)
        inner = path[1:] if exported == "*" else (exported, *path[1:])
        return _in_module(project, target, inner, depth + 1) if target is not None else None
    for item in module.imports:
        if item.handed_on:
            target = resolve_import(project, name, item.module)
            found = _in_module(project, target, path, depth + 1) if target is not None else None
            if found is not None:
                return found
    return None


def _said(project: NodeProject, name: str, path: tuple[str, ...], port: HostedPort) -> Fact[HostedPort]:
    shown = ".".join(part for part in path if part != "default")
    value = port.number if port.number is not None else f"process.env.{port.variable}"
    return project.folder.fact(port, name, None, f"{shown} is {value}")


def _by_key(project: NodeProject, sources: Sources, key: str) -> Fact[HostedPort] | None:
    """`config.get("app.port")`: in a Nest namespace, in settings that a module exports, in a schema."""
    parts = tuple(key.split("."))
    for name, module in sources:
        spaces = [call.arguments[0] for call in module.calls if call.callee == "registerAs" and call.arguments]
        inside = parts[1:] if parts[0] in spaces else parts if not spaces else ()
        settings = posixpath.basename(name).split(".")[0].lower() in _SETTINGS or len(parts) > 1
        found = port_at(module.default_export, inside) if inside and (spaces or settings) else None
        if found is not None:
            return _said(project, name, parts, found)
    for name, module in sources:
        for entry, value, line in module.defaults:
            number = port_of(value)[0]
            if entry == key and number is not None:
                says = project.folder.says(name, line, f"{entry} is {number} by default")
                return Fact(HostedPort(number, entry if entry.isupper() else None), (says,))
        for table in module.tables:
            port = schema_port(value_at(table, parts)) or (port_at(table, parts) if len(parts) == 1 else None)
            if port is not None and port.number is not None:
                return _said(project, name, parts, port)
    return None


_SETTINGS = frozenset("config configuration settings env environment app default configurations".split())


def _of_settings(project: NodeProject, path: tuple[str, ...]) -> Fact[HostedPort] | None:
    """The `config` package: config/production over config/default, and its file of custom environment variables."""
    variable: str | None = None
    for stem in ("custom-environment-variables", "production", "default"):
        for ending in (".json", ".json5", ".yaml", ".yml", ".js", ".cjs", ".ts"):
            name = f"config/{stem}{ending}"
            if not project.folder.has(name):
                continue
            value = value_at(settings_value(project, name), path)
            if stem.startswith("custom"):
                value = value.get("__name") if isinstance(value, dict) else value
                variable = value if isinstance(value, str) else None
                continue
            number, own = port_of(value)
            if number is not None:
                return project.folder.fact(
                    HostedPort(number, variable or own), name, None, f"{'.'.join(path)} is {number}"
                )
    return None
