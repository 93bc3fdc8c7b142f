"""Paths that a front end's development server passes on to another service, as the web server of the image does too."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from genfile.detect.node.angular import read_target
from genfile.detect.node.base import committed_value
from genfile.detect.node.framework import read_config, read_module
from genfile.detect.node.locks import locked_versions
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import resolve
from genfile.detect.passed import PATH, REST, PassedOn, origin, put_passed
from genfile.evidence import Draft, Evidence
from genfile.parsers.javascript import JsModule
from genfile.parsers.jsproxies import proxy_keys
from genfile.parsers.values import UNKNOWN, Call, EnvDefault, Replacing, value_at

# The keys of the proxy in each tool's configuration.
_CONFIGS = (("vite.config", ("server", "proxy")), ("vue.config", ("devServer", "proxy")))
_SCRIPTS = ("start", "dev", "serve")
# Where Create React App looks for middleware.
_MIDDLEWARE = "src/setupProxy.js"
# What reads the key `proxy` of package.json.
_READERS = ("react-scripts", "react-app-rewired", "@craco/craco")
_MAKERS = ("createProxyMiddleware", "legacyCreateProxyMiddleware", "proxy", "createProxy")


def put_proxied(project: NodeProject, draft: Draft) -> None:
    """Put /static/proxied: what the development server passes on, and what only the project's own nginx does."""
    put_passed(project.folder, list(_proxied(project)), draft)


def _proxied(project: NodeProject) -> Iterator[PassedOn]:
    """Each path that a development server of the project passes on."""
    for stem, keys in _CONFIGS:
        found = read_config(project, stem)
        table = value_at(found[1].default_export, keys) if found is not None else None
        if found is not None and table is not None:
            yield from _settled(project, found[1], table, project.folder.says(found[0], None, keys[-1]))
    if any(name in project.package.every_dependency for name in _READERS):
        yield from _table(project.package.document.get("proxy"), project.package.says("proxy"))
    for name in _angular(project):
        yield from _table(_read_table(project, name), project.folder.says(name, None, "proxy"))
    if project.folder.has(_MIDDLEWARE) and (module := read_module(project, _MIDDLEWARE)) is not None:
        yield from _middleware(project, module.calls)


def _settled(project: NodeProject, module: JsModule, table: Any, says: Evidence) -> Iterator[PassedOn]:
    """The entries of a table in code: keys that a committed file of variables settles, targets as they are written."""
    keys = proxy_keys(module)
    values = {key: fact.value for key, name in keys.computed.items() if (fact := committed_value(project, name))}
    written = {_plain(path): target for path, target in keys.targets.items()}
    for item in _table(_with_keys(table, values), says):
        yield item if origin(item.target) else replace(item, written=written.get(item.path, ""))


def _with_keys(table: Any, values: dict[str, str]) -> Any:
    """A table whose computed keys have their values: `[process.env.BASE]`, `["^" + process.env.BASE]`."""
    if not isinstance(table, dict):
        return table
    return {values.get(key, key): _with_keys(value, values) for key, value in table.items()}


def _read_table(project: NodeProject, name: str) -> Any:
    """The proxy table of a JSON file, or of a module."""
    if not project.folder.has(name):
        return None
    if not name.endswith(".json"):
        module = read_module(project, name)
        return module.export_value if module is not None else None
    document = project.folder.json(name)
    return document.value if document is not None else None


def _table(value: Any, says: Evidence) -> Iterator[PassedOn]:
    """A table of paths, a list of entries with a `context` each, or one address for all requests."""
    if isinstance(value, str):
        yield PassedOn(REST, value, None, False, says)
    for path, entry in value.items() if isinstance(value, dict) else ():
        yield from _passed(path, entry, says)
    for entry in value if isinstance(value, list) else ():
        context = entry.get("context") if isinstance(entry, dict) else None
        for path in context if isinstance(context, list) else [context]:
            yield from _passed(path, entry, says)


def _passed(path: Any, entry: Any, says: Evidence, *, mounted: bool = False) -> Iterator[PassedOn]:
    """The entry of a path: an address, or options. ``mounted``: the proxy gets requests without the path."""
    options = entry if isinstance(entry, dict) else {"target": entry}
    target = options.get("target")
    target = target.last if isinstance(target, EnvDefault) else target
    target = target if isinstance(target, str) else ""
    plain = _plain(path) if isinstance(path, str) else ""
    if not PATH.fullmatch(plain):
        return
    socket = options.get("ws") is True or target.startswith(("ws:", "wss:")) or plain == "/socket.io"
    yield PassedOn(plain, target, _becomes(plain, target, options, mounted), socket, says)


def _plain(path: str) -> str:
    return path.removeprefix("^").rstrip("*").rstrip("/")


def _becomes(path: str, target: str, options: dict[str, Any], mounted: bool) -> Any:
    """What a path becomes: the target's own path, and behind it the path as it is rewritten."""
    rewritten = "" if mounted else path
    rule = options.get("rewrite", options.get("pathRewrite"))
    if isinstance(rule, dict) and len(rule) == 1:
        ((pattern, by),) = rule.items()
        rule = Replacing(pattern, by) if isinstance(by, str) else None
    if isinstance(rule, Replacing):
        replaced = _replaced(rewritten, rule)
        if replaced is None:
            return UNKNOWN
        rewritten = replaced
    elif rule is not None:
        return UNKNOWN
    whole = posixpath.normpath(f"/{urlsplit(target).path}/{rewritten}".replace("//", "/"))
    whole = "/" + whole.lstrip("/")
    return None if whole == path else whole if whole == "/" or PATH.fullmatch(whole) else UNKNOWN


def _replaced(path: str, rule: Replacing) -> str | None:
    """A path after a replacement whose pattern is plain text, with a `^` before it or not; None for another pattern."""
    pattern = rule.pattern.removeprefix("^").removesuffix("/?").replace("\\/", "/").replace("\\-", "-")
    plain = pattern.rstrip("\\/")
    if re.search(r"[\\^$.|?*+()\[\]{}]", plain.replace("\\.", "")) or "$" in rule.by:
        return None
    plain = plain.replace("\\.", ".")
    return path.replace(plain, rule.by, 1) if path.startswith(plain) else path


def _middleware(project: NodeProject, calls: Sequence[Call]) -> Iterator[PassedOn]:
    """`app.use("/api", createProxyMiddleware({ target }))`, and the path as the first argument of the maker."""
    path: str | None = None
    for call in calls:
        first = call.arguments[0] if call.arguments else None
        says = project.folder.says(_MIDDLEWARE, call.line, "proxy")
        if call.callee.endswith(".use"):
            path = first if isinstance(first, str) else None
        elif call.callee.rpartition(".")[2] in _MAKERS:
            options = next((item for item in call.arguments if isinstance(item, dict)), {})
            if isinstance(first, str | list):
                for one in first if isinstance(first, list) else [first]:
                    yield from _passed(one, options, says)
            elif path is not None:
                # Express takes the path of `use` off; before version 3 the proxy put it back.
                yield from _passed(path, options, says, mounted=_takes_off(project))
                path = None


def _takes_off(project: NodeProject) -> bool:
    version = locked_versions(project).get("http-proxy-middleware")
    return version is not None and int(version[0].partition(".")[0]) >= 3


def _angular(project: NodeProject) -> Iterator[str]:
    """The proxy files that the target `serve` or a script names."""
    target = read_target(project)
    serve = (*target.path[:-1], "serve") if target is not None else ()
    for keys in (("options",), ("configurations", "development")):
        named = target.document.text(*serve, *keys, "proxyConfig") if target is not None else None
        if target is not None and named is not None:
            yield posixpath.normpath(target.place(named))
    for name in _SCRIPTS:
        for step in resolve(project.package, name) or ():
            for word, after in zip(step.words, [*step.words[1:], ""], strict=True):
                if word.startswith("--proxy-config"):
                    yield posixpath.normpath(word.partition("=")[2] or after)
