"""Clients that fail without a value: the variables that hold those values."""

from collections.abc import Container, Iterator
from typing import Any

from genfile.data import Client, clients
from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.manager import NodeProject
from genfile.parsers.javascript import JsModule
from genfile.parsers.jsrequired import bases, made_by, parameter_at, passed
from genfile.parsers.jsstart import ModuleStart
from genfile.parsers.values import UNKNOWN, Call, EnvDefault, EnvName


def client_names(
    project: NodeProject, path: str, start: ModuleStart, *, signs: bool = False, listed: Container[str] = ()
) -> Iterator[EnvName]:
    """The variables without which a module's clients throw, in order; ``path``: the module's file; ``signs``: those of
    the keys of signatures and sessions instead; ``listed``: the names that the project lists, of which a client's own
    may be one."""
    for _, client, call, given in _created(project, path, start.module):
        if client.signs is signs and not client.lax and (client.connects or signs or start.throws_at(call.line)):
            for value in _variables(client, call, given, listed):
                if value.default is None:
                    yield EnvName(value.name, call.line, has_default=False)


def signing_keys(project: NodeProject, path: str, module: JsModule) -> Iterator[tuple[EnvDefault, int]]:
    """The variables of the keys that a module's calls sign or encrypt with, with their defaults; each with its line."""
    for _, client, call, given in _created(project, path, module):
        if client.signs:
            yield from ((value, call.line) for value in _variables(client, call, given, ()))


def handed_keys(project: NodeProject, parts: dict[str, ModuleStart]) -> Iterator[tuple[str, EnvName]]:
    """The variables of keys that are handed to a function of the program which signs with its parameter:
    `createToken(user, process.env.KEY)`; each after the module of the call."""
    signing = {path: _signing(project, path, part.module) for path, part in parts.items()}
    for path, part in parts.items() if any(signing.values()) else ():
        for call in part.module.calls:
            at = _hands_on(project, path, part.module, call, parts, signing)
            given = dict(passed(part.module, call)) if at is not None else {}
            value = given.get(at) if at is not None else None
            value = imported_value(project, path, part.module, value) if isinstance(value, str) else value
            known = call.arguments[at] if at is not None and at < len(call.arguments) else UNKNOWN
            for item in (known, value):
                if isinstance(item, EnvDefault) and item.default is None:
                    yield path, EnvName(item.name, call.line, has_default=False)
                    break


def _signing(project: NodeProject, path: str, module: JsModule) -> dict[str, int]:
    """The functions of a module that sign with a parameter, by name, with its place."""
    created = ((client, call) for _, client, call, _ in _created(project, path, module) if client.signs)
    places = (parameter_at(module, call, at) for client, call in created if not client.key for at in client.at)
    return dict(place for place in places if place is not None)


def _hands_on(
    project: NodeProject,
    path: str,
    module: JsModule,
    call: Call,
    parts: dict[str, ModuleStart],
    signing: dict[str, dict[str, int]],
) -> int | None:
    """The place of the key among a call's arguments, if it calls a function that signs with it."""
    first, _, member = call.callee.partition(".")
    if first not in module.bindings:
        return signing[path].get(call.callee)
    source, exported = module.bindings[first]
    target = resolve_import(project, path, source)
    if target is None or not signing.get(target):
        return None
    found = parts[target].names_of(exported, member)
    return next((signing[target][name] for name in found if name in signing[target]), None)


def client_addresses(project: NodeProject, path: str, module: JsModule) -> Iterator[tuple[str, EnvName]]:
    """The variables that a module's clients are given as an argument of its own, each with the client's package."""
    for package, client, call, given in _created(project, path, module):
        for value in _variables(client, call, given, ()) if client.at and not client.signs else ():
            if value.default is None:
                yield package, EnvName(value.name, call.line, has_default=False)


def _created(
    project: NodeProject, path: str, module: JsModule
) -> Iterator[tuple[str, Client, Call, dict[int | str, Any]]]:
    """The calls that create a known client, with its package, and with the arguments that other modules export."""
    known = clients("npm")
    named = {item.module for item in module.imports} & known.keys()
    for call in module.calls if named else ():
        package = _package_of(module, call, named)
        if package is not None:
            given = {
                at: imported_value(project, path, module, value) if isinstance(value, str) else value
                for at, value in passed(module, call)
            }
            yield package, known[package], call, given


def _package_of(module: JsModule, call: Call, named: set[str]) -> str | None:
    """The package whose client a call makes, by the local name of what was imported."""
    known = clients("npm")
    if call.callee == "super":
        made = [module.bindings.get(name, ("", "")) for name in bases(module, call)]
        return next((package for package, export in made if package in named and export in known[package].calls), None)
    if (found := _chained(module, call, named)) is not None:
        return found
    first, *rest = call.callee.split(".")
    package, export = module.bindings.get(first, ("", ""))
    if package in named:
        # `*` is what require() returns: the default export, and any named one.
        names = [rest[0]] if rest else ["default" if export == "*" else export]
        return package if names[0] in known[package].calls and len(rest) <= 1 else None
    method = f".{call.callee.rsplit('.', 1)[-1]}" if "." in call.callee else ""
    return next((name for name in sorted(named) if method in known[name].calls), None)


def _chained(module: JsModule, call: Call, named: set[str]) -> str | None:
    """The package of a method at the end of a chain that begins with a class: `SignJWT.sign`."""
    method = call.callee.rsplit(".", 1)[-1]
    wanted = {
        package: name for package in named for name in clients("npm")[package].calls if name[1:].endswith(f".{method}")
    }
    made = made_by(module, call) if wanted else None
    first, _, rest = (made or "").partition(".")
    package, export = module.bindings.get(first, ("", ""))
    return package if package in wanted and wanted[package] == f"{rest or export}.{method}" else None


def _variables(client: Client, call: Call, named: dict[int | str, Any], listed: Container[str]) -> Iterator[EnvDefault]:
    """The variables of the values that a client needs; ``named``: those imported from other modules."""
    values = [call.arguments[at] if at < len(call.arguments) else None for at in client.at]
    values = [named.get(at, value) if value is UNKNOWN else value for at, value in zip(client.at, values, strict=True)]
    if client.key is not None:
        options = call.arguments[0] if call.arguments else {}
        # The whole object may be imported, and a factory may return the key.
        options = named.get(0, options) if options is UNKNOWN else options
        value = options.get(client.key) if isinstance(options, dict) else UNKNOWN
        values = [named.get(client.key, value) if value is UNKNOWN or value is None else value]
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    for value in flat:
        if isinstance(value, EnvDefault):
            yield value
        elif value is None and client.variable is not None:
            yield EnvDefault(next((name for name in client.also if name in listed), client.variable))


def imported_value(project: NodeProject, path: str, module: JsModule, text: str) -> Any:
    """The value of a name that ``module``, the file at ``path``, imports from the project's own module: `dbURL`,
    `config.openai.key`; UNKNOWN for any other name."""
    first, *rest = text.split(".")
    source, exported = module.bindings.get(first, ("", ""))
    target = resolve_import(project, path, source) if source.startswith((".", "@", "~", "#", "src")) else None
    other = read_module(project, target) if target is not None else None
    if other is None:
        return UNKNOWN
    names = rest if exported in ("default", "*") else [exported, *rest]
    if exported == "default":
        return _below(other.default_export, names)
    value = other.exported(names[0]) if names else UNKNOWN
    value = other.constant(names[0]) if names and value is UNKNOWN else value
    value = other.given_back(names[0]) if names and value is UNKNOWN else value
    # `module.exports = { … }` has its names in one object.
    return _below(other.default_export, names) if value is UNKNOWN else _below(value, names[1:])


def _below(value: Any, names: list[str]) -> Any:
    for name in names:
        value = value.get(name, UNKNOWN) if isinstance(value, dict) else UNKNOWN
    return value
