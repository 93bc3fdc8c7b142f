"""Paths that a front end's development server passes on to another program, which a web server of files can't do."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from genfile.detect.node.angular import read_target
from genfile.detect.node.framework import read_config, read_module
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import resolve
from genfile.evidence import About, Draft, Evidence, Topic
from genfile.parsers.values import EnvDefault, value_at

_PATH = re.compile(r"/[A-Za-z0-9_~@-][A-Za-z0-9._~@/-]*")
# The keys of the proxy in each tool's configuration.
_CONFIGS = (("vite.config", ("server", "proxy")), ("vue.config", ("devServer", "proxy")))
_SCRIPTS = ("start", "dev", "serve")
# Where Create React App looks for middleware.
_MIDDLEWARE = "src/setupProxy.js"
MAX_PATHS = 20


def put_proxied(project: NodeProject, draft: Draft) -> None:
    """Put /static/proxied, and say that something in front of the image must route these paths."""
    base = str(draft.values["static"].get("base", "/"))
    found: dict[str, str] = {}
    told: Evidence | None = None
    for path, target, says in _proxied(project):
        if path != base.rstrip("/") and not project.folder.has_folder(f"public{path}") and len(found) < MAX_PATHS:
            found.setdefault(path, target)
            told = told or says
    if told is None:
        return
    draft.values["static"]["proxied"] = list(found)
    targets = ", ".join(dict.fromkeys(target for target in found.values() if target))
    where = f" to {targets}" if targets else ""
    them = "it" if len(found) == 1 else "them"
    text = (
        f"{told}: the development server passes {', '.join(found)} on{where}, and the web server of the image does not"
    )
    text = f"{text}; route {them} to that service, for example in your ingress"
    draft.note("warning", text, told.path, told.line, About(Topic.PROXIED))


def _proxied(project: NodeProject) -> Iterator[tuple[str, str, Evidence]]:
    """Each path, its target as far as it is known, and the file that says so."""
    for stem, keys in _CONFIGS:
        found = read_config(project, stem)
        if found is not None:
            yield from _table(value_at(found[1].default_export, keys), project.folder.says(found[0], None, keys[-1]))
    for name in _angular(project):
        document = project.folder.json(name) if project.folder.has(name) else None
        yield from _table(document.value if document is not None else None, project.folder.says(name, None, "proxy"))
    if project.folder.has(_MIDDLEWARE) and (module := read_module(project, _MIDDLEWARE)) is not None:
        for call in module.calls:
            if call.callee.endswith(".use") and call.arguments:
                yield from _entry(call.arguments[0], None, project.folder.says(_MIDDLEWARE, call.line, "proxy"))


def _table(value: Any, says: Evidence) -> Iterator[tuple[str, str, Evidence]]:
    """A table of paths, or a list of entries with a `context` each."""
    for path, entry in value.items() if isinstance(value, dict) else ():
        yield from _entry(path, entry, says)
    for entry in value if isinstance(value, list) else ():
        context = entry.get("context") if isinstance(entry, dict) else None
        for path in context if isinstance(context, list) else [context]:
            yield from _entry(path, entry, says)


def _entry(path: Any, entry: Any, says: Evidence) -> Iterator[tuple[str, str, Evidence]]:
    target = entry.get("target") if isinstance(entry, dict) else entry
    target = target.last if isinstance(target, EnvDefault) else target
    plain = path.removeprefix("^").rstrip("*").rstrip("/") if isinstance(path, str) else ""
    if _PATH.fullmatch(plain):
        yield plain, target if isinstance(target, str) else "", says


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
