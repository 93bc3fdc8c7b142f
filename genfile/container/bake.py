"""Bake files: the targets of docker-bake.hcl and docker-bake.json, each with what it builds."""

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from genfile.parsers import ParseError
from genfile.parsers.data import parse_json
from genfile.parsers.hcl import Block, Template, parse_hcl, resolved

_FILE = re.compile(r"docker-bake(?:\.[a-z0-9_-]+)?\.(?:hcl|json)")
MAX_TARGETS = 200
_MAX_DEPTH = 8


class Target(Struct, frozen=True):
    """A target: ``context`` and ``dockerfile`` as paths of the tree, "" for its root."""

    name: str
    context: str
    dockerfile: str
    target: str | None
    arguments: Mapping[str, str]


def is_bake_file(name: str) -> bool:
    return _FILE.fullmatch(name) is not None


def read_bake(text: str, path: str) -> tuple[Target, ...]:
    """The targets of a bake file whose context is a folder of the tree. Raises ParseError."""
    targets, variables = _from_json(text) if path.endswith(".json") else _from_hcl(text)
    found = []
    for name in list(targets)[:MAX_TARGETS]:
        values = resolved(_inherited(name, targets, 0), variables)
        target = _target(name, values, posixpath.dirname(path))
        if target is not None:
            found.append(target)
    return tuple(found)


def _from_hcl(text: str) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    blocks: list[Block] = parse_hcl(text).blocks
    targets = {block.labels[0]: block.values for block in blocks if block.kind == "target" and block.labels}
    variables = {
        block.labels[0]: block.values.get("default", "")
        for block in blocks
        if block.kind == "variable" and block.labels
    }
    return targets, {name: resolved(value, variables) for name, value in variables.items()}


def _from_json(text: str) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    value = parse_json(text).value
    if not isinstance(value, dict):
        raise ParseError("a bake file in JSON is an object", 1)
    tables = {key: value.get(key) for key in ("target", "variable")}
    targets = tables["target"] if isinstance(tables["target"], dict) else {}
    variables = tables["variable"] if isinstance(tables["variable"], dict) else {}
    return (
        {name: _templates(body) for name, body in targets.items() if isinstance(body, dict)},
        {name: body.get("default", "") for name, body in variables.items() if isinstance(body, dict)},
    )


def _templates(value: Any) -> Any:
    if isinstance(value, str):
        return Template(value) if "${" in value else value
    if isinstance(value, dict):
        return {key: _templates(item) for key, item in value.items()}
    return [_templates(item) for item in value] if isinstance(value, list) else value


def _inherited(name: str, targets: Mapping[str, dict[str, Any]], depth: int) -> dict[str, Any]:
    """A target with what it inherits; of arguments each one is inherited on its own."""
    own = targets.get(name, {})
    above = own.get("inherits")
    found: dict[str, Any] = {}
    for other in above if isinstance(above, list) and depth < _MAX_DEPTH else ():
        if isinstance(other, str):
            found = _over(found, _inherited(other, targets, depth + 1))
    return _over(found, own)


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = {**below, **above}
    tables = [item.get("args") for item in (below, above)]
    if all(isinstance(table, dict) for table in tables):
        merged["args"] = {**below["args"], **above["args"]}
    return merged


def _target(name: str, values: Mapping[str, Any], folder: str) -> Target | None:
    context, dockerfile = values.get("context", "."), values.get("dockerfile", "Dockerfile")
    if not isinstance(context, str) or not isinstance(dockerfile, str) or "dockerfile-inline" in values:
        return None
    if "://" in context or ":" in context or context.startswith("/"):
        return None
    base = posixpath.normpath(posixpath.join(folder, context))
    base = "" if base == "." else base
    stage, arguments = values.get("target"), values.get("args")
    texts = arguments.items() if isinstance(arguments, dict) else ()
    return Target(
        name,
        base,
        posixpath.normpath(posixpath.join(base, dockerfile)),
        stage if isinstance(stage, str) and stage else None,
        {key: str(value) for key, value in texts if isinstance(value, str | int | float)},
    )
