"""What a project's .env and the examples of its variables say about the port."""

from collections.abc import Collection, Iterator

from genfile.detect.hosting.facts import PORT_NAMES, HostedPort, Hosting, port_of_text
from genfile.detect.tree import Project
from genfile.evidence import Fact
from genfile.parsers.data import parse_dotenv

_EXAMPLES = frozenset({"example", "sample", "template", "dist", "default", "defaults", "local"})


def read_variables(folder: Project, found: Hosting) -> None:
    """The values that an example of the variables gives; a .env says nothing, which may be for compose alone."""
    for name in _examples(folder):
        for key, (text, line) in (folder.parse(parse_dotenv, name) or {}).items():
            if text:
                found.shown.setdefault(key, folder.fact(text, name, line, f"{key} is {text}"))


def example_port(folder: Project) -> Fact[HostedPort] | None:
    """The port and its variable in an example of the project's variables: .env.example and the like."""
    for name in _examples(folder):
        for key, (text, line) in (folder.parse(parse_dotenv, name) or {}).items():
            port = port_of_text(text)
            if port is not None and key in PORT_NAMES:
                return folder.fact(HostedPort(port, key), name, line, f"{key}={port}")
    return None


def dotenv_port(folder: Project, asked: Collection[str]) -> Fact[HostedPort] | None:
    """The port and its variable in the .env that the program loads, of the variables that it asks for. An image has no
    .env, so the variable has to be set there."""
    values = (folder.parse(parse_dotenv, ".env") if folder.has(".env") else None) or {}
    for name in PORT_NAMES:
        text, line = values.get(name, ("", 0))
        port = port_of_text(text) if name in asked else None
        if port is not None:
            return folder.fact(HostedPort(port, name), ".env", line, f"{name} is {port}")
    return None


def _examples(folder: Project) -> Iterator[str]:
    """The examples of a .env in a folder: `.env.example`, `.example.env`, `env.sample`."""
    for name in folder.names():
        words = name.strip(".").split(".")
        if "env" in words and {"env"} < set(words) <= _EXAMPLES | {"env"}:
            yield name
