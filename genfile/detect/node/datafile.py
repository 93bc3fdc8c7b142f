"""The port in a settings file that the program reads: JSON, YAML, TOML."""

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

from genfile.detect.hosting import HostedPort
from genfile.detect.node.framework import read_module
from genfile.detect.node.manager import NodeProject
from genfile.evidence import Fact
from genfile.parsers import Document
from genfile.parsers.values import EnvDefault, port_of

MAX_DEPTH = 8
_ENDINGS = (".json", ".json5", ".jsonc", ".yaml", ".yml", ".toml")
# The suffixes of example files for settings that every developer copies.
_EXAMPLES = ("example", "sample", "template", "default", "dist")


def port_in_file(project: NodeProject, path: str | None, names: tuple[str, ...]) -> Fact[HostedPort] | None:
    """The port under some keys of a file in the service's folder, or of its example if the file is not committed."""
    for name in _names(path) if path is not None and names else ():
        document = settings_document(project, name) if project.folder.has(name) else None
        if document is None:
            continue
        port = port_at(document.value, names)
        if port is None:
            return None
        says = f"{'.'.join(names)} is {port.number}"
        return project.folder.fact(port, name, document.line(*names), says)
    return None


def port_by_key(project: NodeProject, loaded: Iterable[str], key: str) -> Fact[HostedPort] | None:
    """The first port under a key, at any depth, in the data files that a program loads. Code that is not followed
    passes it on, so another key with that name may be meant."""
    for path in loaded:
        for name in _names(path):
            document = settings_document(project, name) if project.folder.has(name) else None
            port = _first_of(document.value, key, 0) if document is not None else None
            if port is not None:
                remedy = "read the port from PORT, with a default: process.env.PORT || 3000"
                return project.folder.guess(HostedPort(port, None), name, f"{key} is {port}", remedy)
    return None


def _first_of(value: Any, key: str, depth: int) -> int | None:
    if isinstance(value, dict) and port_of(value.get(key))[0] is not None:
        return port_of(value[key])[0]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = (_first_of(item, key, depth + 1) for item in inner if depth < MAX_DEPTH)
    return next((port for port in found if port is not None), None)


def _names(path: str) -> Iterator[str]:
    stem, ending = posixpath.splitext(path)
    whole = [path] if ending in _ENDINGS else [path + end for end in _ENDINGS[:1]]
    yield from whole
    for name in whole:
        stem, ending = posixpath.splitext(name)
        for word in _EXAMPLES:
            yield from (f"{stem}.{word}{ending}", f"{stem}-{word}{ending}", f"{name}.{word}")
            yield posixpath.join(posixpath.dirname(name), f"{word}.{posixpath.basename(name)}")


def settings_document(project: NodeProject, name: str) -> Document | None:
    """A data file, parsed by its extension; `config.json.example` is read like `config.json`."""
    ending = next((end for end in _ENDINGS if end in posixpath.basename(name)), None)
    if ending in (".yaml", ".yml"):
        return project.folder.yaml(name)
    return project.folder.toml(name) if ending == ".toml" else project.folder.jsonc(name)


def value_at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def settings_texts(project: NodeProject) -> Iterator[tuple[str, str]]:
    """The production texts of the `config` package's files, each with its file."""
    for stem in ("config/production", "config/default"):
        for ending in _ENDINGS:
            document = settings_document(project, stem + ending) if project.folder.has(stem + ending) else None
            for text in _texts(document.value, 0) if document is not None else ():
                yield stem + ending, text


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner if depth < MAX_DEPTH else ():
        yield from _texts(item, depth + 1)


def port_at(value: Any, path: tuple[str, ...]) -> HostedPort | None:
    found = value_at(value, path)
    number, variable = port_of(found)
    if number is not None or isinstance(found, EnvDefault):
        return HostedPort(number, variable)
    return schema_port(found) if path else None


def schema_port(value: Any) -> HostedPort | None:
    """An entry of a schema: its default, and the variable that sets it."""
    if not isinstance(value, dict):
        return None
    number, variable = port_of(value.get("default"))
    named = value.get("env")
    return HostedPort(number, named if isinstance(named, str) else variable) if number is not None else None


def settings_value(project: NodeProject, name: str) -> Any:
    """The value of a settings file: its data, or what the module exports."""
    if not name.endswith(_ENDINGS):
        module = read_module(project, name)
        return module.default_export if module else None
    document = settings_document(project, name)
    return document.value if document else None
