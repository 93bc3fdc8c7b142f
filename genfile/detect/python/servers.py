"""The servers that run an application object, with their flags and configuration."""

import itertools
import re

from msgspec import Struct, field

from genfile.data import default_tool
from genfile.detect.python.manifest import PythonProject
from genfile.parsers.values import port_number

# Servers by interface, best first; the first that the project depends on is used.
ASGI_SERVERS = ("uvicorn", "hypercorn", "granian", "daphne")
WSGI_SERVERS = ("gunicorn", "waitress", "granian", "uwsgi", "pyuwsgi")


class ServerStart(Struct):
    """A start command in words, and what it needs besides the project's dependencies."""

    words: list[str]
    port: int | None
    port_variable: str | None = None
    extra: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


def waitress(project: PythonProject, reference: str, port: int, *, factory: bool = False) -> ServerStart:
    call = ["--call"] if factory else []
    words = ["waitress-serve", "--host=0.0.0.0", f"--port={port}", *call, reference]
    return ServerStart(words, port, None, missing_server(project, "waitress"))


def uwsgi(project: PythonProject, reference: str, port: int = 8000) -> ServerStart | None:
    """uWSGI with the project's own file, if that is its server."""
    if not {"uwsgi", "pyuwsgi"} & set(project.dependencies) or "gunicorn" in project.dependencies:
        return None
    for name in ("uwsgi.ini", "etc/uwsgi.ini", "config/uwsgi.ini", "deploy/uwsgi.ini"):
        text = project.folder.text(name) or ""
        match = re.search(r"(?m)^\s*http(?:-socket)?\s*=\s*\S*?:(?:(\d+)|\S+)", text)
        if match:
            own = port_number(match[1]) or port
            return ServerStart(["uwsgi", "--ini", name], own, "PORT" if "PORT" in match[0] else None)
        if re.search(r"(?m)^\s*(?:module|wsgi|wsgi-file|mount)\s*=", text):
            return ServerStart(["uwsgi", "--http", f"0.0.0.0:{port}", "--ini", name], port)
    words = ["uwsgi", "--http", f"0.0.0.0:{port}", "--module", reference, "--master", "--die-on-term", "--need-app"]
    return ServerStart(words, port)


def asgi(
    project: PythonProject, server: str, reference: str, port: int, place: list[str], factory: bool = False
) -> ServerStart:
    """An ASGI server on every address; ``place``: uvicorn's flags for the folder to import from."""
    missing = missing_server(project, server)
    if server == "daphne":
        return ServerStart(["daphne", "-b", "0.0.0.0", "-p", str(port), reference], port, None, missing)
    if server == "hypercorn":
        return ServerStart(
            ["hypercorn", "--bind", f"0.0.0.0:{port}", reference + ("()" if factory else "")], port, None, missing
        )
    flags = ["--factory"] if factory else []
    if server == "granian":
        place = [word.replace("--app-dir", "--working-dir") for word in place]
        words = ["granian", "--interface", "asgi", "--host", "0.0.0.0", "--port", str(port), *place, *flags, reference]
        return ServerStart(words, port, None, missing)
    return ServerStart(
        ["uvicorn", *place, reference, "--host", "0.0.0.0", "--port", str(port), *flags], port, None, missing
    )


def missing_server(project: PythonProject, server: str) -> list[str]:
    """The server as a requirement, if the project does not list it."""
    names = {server, f"{server}[standard]"}
    if names & set(project.dependencies) or server in project.locked:
        return []
    if server == "uvicorn" and any(
        {"standard", "all"} & set(item.extras)
        for name, item in project.dependencies.items()
        if name in ("fastapi", "litestar")
    ):
        return []
    return [f"{server}=={default_tool(server, project.python)}"]


def served_file(words: list[str]) -> str | None:
    """The file with the application that uWSGI is given in place of a module."""
    for word, value in itertools.pairwise([*words, ""]) if words[:1] == ["uwsgi"] else ():
        flag, sign, given = word.partition("=")
        if flag in ("--wsgi-file", "--file"):
            return (given if sign else value).removeprefix("./")
    return None


def plain_words(words: list[str]) -> list[str]:
    """The words of a command, or those that a shell is given: `sh -c "exec gunicorn …"`."""
    return words[2].removeprefix("exec ").split() if words[:2] == ["sh", "-c"] else words


def named_port(words: list[str]) -> int | None:
    """The port that a command names: --port, --bind, -b, -p, `${PORT:-8000}`."""
    plain = plain_words(words)
    for index, word in enumerate(plain):
        flag, sign, value = word.partition("=")
        if not sign and index + 1 < len(plain):
            value = plain[index + 1]
        if flag in ("--port", "--bind", "-b", "-p", "--http", "--hosts", "--server.port"):
            digits = re.search(r"(\d{2,5})[}]*$", value)
            if digits:
                return int(digits[1])
    return None
