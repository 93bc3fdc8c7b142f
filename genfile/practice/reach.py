"""Servers that only their own container reaches: those that listen on its loopback address unless they are told."""

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping

from genfile.parsers.python import PyModule, parse_python
from genfile.practice.subject import Practice, Subject, Wrong

# Servers that listen on 127.0.0.1 by default: what names another address in their command, and in the environment.
_SERVERS: Mapping[str, tuple[re.Pattern[str], tuple[str, ...]]] = {
    "uvicorn": (re.compile(r"\s--(?:host|uds|fd)\b"), ("UVICORN_HOST",)),
    "hypercorn": (re.compile(r"\s(?:-b|--bind|-c|--config)\b"), ()),
    "flask run": (re.compile(r"\s(?:-h|--host)\b"), ("FLASK_RUN_HOST",)),
    "manage.py runserver": (re.compile(r"runserver\s+(?:\S+\s+)*\S*(?:[\d.]*:|\[)\S*"), ()),
    "fastapi dev": (re.compile(r"\s--host\b"), ("UVICORN_HOST",)),
    "vite": (re.compile(r"\s--host\b"), ()),
}
_CONFIGS = ("vite.config.js", "vite.config.ts", "vite.config.mjs", "vite.config.mts")
_LOCAL = frozenset({"127.0.0.1", "localhost"})


def _local(subject: Subject) -> Iterator[Wrong]:
    command = subject.image.command
    if command is None or not command.value.words:
        return
    name = posixpath.basename(command.value.words[0])
    text = " ".join((name, *command.value.words[1:]))
    given = subject.image.environment.keys() | {key for key, _ in command.value.assignments}
    for server, (elsewhere, variables) in _SERVERS.items():
        starts = text == server or text.startswith(f"{server} ") or (" " in server and f" {server}" in f" {text}")
        if not starts or elsewhere.search(text) or not given.isdisjoint(variables) or _configured(subject, server):
            continue
        said = f"`{text[:60]}` listens on 127.0.0.1: nothing outside of the container reaches it"
        yield Wrong("only-local", command.evidence.line, said, "let it listen on 0.0.0.0")
        return
    yield from _in_code(subject)


def _configured(subject: Subject, server: str) -> bool:
    """Whether a file of the server's own may name another address."""
    names = [name for name in _CONFIGS if name.startswith(server.partition(" ")[0])]
    found = (subject.built.final.find(name) for name in names)
    return any("host" in text for item in found if (text := _text(subject, item.source)))


def _text(subject: Subject, source: str | None) -> str:
    return (subject.context.read(source) or "") if source is not None else ""


def _in_code(subject: Subject) -> Iterator[Wrong]:
    """`python app.py`, where that file starts Flask's server or uvicorn without another address."""
    source, said = subject.started_script, subject.image.command
    if said is None:
        return
    module = subject.context.parsed(parse_python, source) if source is not None else None
    line = _runs_locally(module) if module is not None else None
    if line is not None and source is not None:
        place = f"{posixpath.join(subject.context.root, source)}:{line}"
        text = f"{place} listens on 127.0.0.1: nothing outside of the container reaches it"
        yield Wrong("only-local", said.evidence.line, text, 'run(host="0.0.0.0")')


def _runs_locally(module: PyModule) -> int | None:
    """The line that starts a server on the loopback address; None if there is none, or another one, too."""
    made = {item.name for item in module.assignments if (item.callee or "").rpartition(".")[2] == "Flask"}
    lines = []
    for call in module.of(ast.Call):
        name = module.dotted(call.func)
        if name != "uvicorn.run" and not (name.endswith(".run") and name.rpartition(".")[0] in made):
            continue
        if any(item.arg is None for item in call.keywords) or (len(call.args) > 0 and name != "uvicorn.run"):
            return None
        host = next((item.value for item in call.keywords if item.arg == "host"), None)
        if host is not None and not (isinstance(host, ast.Constant) and host.value in _LOCAL):
            return None
        lines.append(call.lineno)
    return lines[0] if lines else None


PRACTICES = (
    Practice(
        "only-local",
        "A published port leads to the container's own address, and not to its loopback.",
        "docs.docker.com/engine/network/port-publishing/",
        _local,
    ),
)
