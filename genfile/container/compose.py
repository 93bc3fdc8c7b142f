"""Compose files: the services that a file builds, with the settings of each container."""

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping

from msgspec import Struct

from genfile.container.model import Said
from genfile.container.variables import interpolate
from genfile.evidence import Evidence
from genfile.parsers import Document
from genfile.parsers.values import port_number

_FILE = re.compile(r"(?:docker-)?compose(?:[.-]([a-z0-9._-]+))?\.ya?ml")
_YAML = re.compile(r"([a-z0-9][a-z0-9._-]*)\.ya?ml")
_SERVICES = re.compile(r"(?m)^services:[ \t]*+(?:#.*+)?\r?$")
_BUILD = re.compile(r"(?m)^[ \t]++build:")
# Words in the name of a file that is not the one of production; `override` is what a developer adds.
ASIDE = frozenset(
    "override dev development devel local test tests testing ci e2e debug example sample docs tools".split()
)
# What `strength` gives such a file.
ASIDE_RANK = 3
MAX_SERVICES = 200
# Example files for a project's variables, which are copied to `.env`.
EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", ".env.local.example")
Value = object


class ComposeService(Struct, frozen=True):
    """A service that is built: ``context`` and ``dockerfile`` as paths of the tree (``named``: the file names it)."""

    name: str
    context: str
    dockerfile: str
    named: bool
    target: str | None
    arguments: Mapping[str, str]
    ports: tuple[Said[int], ...]
    command: "Said[tuple[str, ...] | str] | None"
    entrypoint: "Said[tuple[str, ...] | str] | None"
    environment: Mapping[str, Said[str]]
    health: Said[str] | None
    volumes: tuple[Said[str], ...]
    depends_on: tuple[str, ...]


def strength(name: str) -> int | None:
    """How much a file counts by its name, 0 the most; None for a file that has not the name of a compose file."""
    match = _FILE.fullmatch(name)
    return _rank(match[1] or "") if match is not None else None


def strength_of(name: str, text: str) -> int | None:
    """As `strength`, for a file that may have any name, by its text: it has services, and builds some of them."""
    match = _YAML.fullmatch(name)
    if match is None or not _SERVICES.search(text) or not _BUILD.search(text):
        return None
    return _rank(match[1])


def _rank(words: str) -> int:
    named = set(re.split(r"[^a-z0-9]+", words))
    return ASIDE_RANK if named & ASIDE else 0 if named & {"prod", "production", "release"} else 2 if words else 1


def read_compose(document: Document, path: str, dotenv: Mapping[str, str] | None = None) -> tuple[ComposeService, ...]:
    """The services of a compose file that are built. ``dotenv``: the variables of the .env file beside it."""
    table = document.table("services")
    reader = _Reader(document, path, dict(dotenv or {}), table)
    return tuple(
        service
        for name in list(table)[:MAX_SERVICES]
        if (service := reader.service(str(name), table[name])) is not None
    )


def read_dotenv(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.splitlines()[:2_000]:
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        if sign and name.strip().isidentifier():
            found[name.strip()] = value.split(" #")[0].strip().strip("\"'")
    return found


class Mounted(Struct, frozen=True):
    """A bind mount of a service: its name and image, the source as a path of the tree, the target."""

    service: str
    image: str
    source: str
    target: str
    evidence: Evidence


def read_mounts(document: Document, path: str, dotenv: Mapping[str, str] | None = None) -> Iterator[Mounted]:
    """The files and folders beside a compose file that it mounts into services with an image."""
    table = document.table("services")
    reader = _Reader(document, path, dict(dotenv or {}), table)
    for name in list(table)[:MAX_SERVICES]:
        yield from reader.mounts(str(name), table[name])


class _Reader:
    def __init__(self, document: Document, path: str, values: dict[str, str], table: Mapping[str, Value]) -> None:
        self.document, self.path, self.values, self.table = document, path, values, table

    def service(self, name: str, body: Value) -> ComposeService | None:
        body = self._extended(body, 0)
        build = body.get("build")
        build = {"context": build} if isinstance(build, str) else build
        if not isinstance(build, dict):
            return None
        context = self._text(build.get("context", "."))
        if not context or "://" in context or build.get("dockerfile_inline"):
            return None
        base = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), context))
        base = "" if base == "." else base
        dockerfile = self._text(build.get("dockerfile") or "Dockerfile")
        return ComposeService(
            name,
            base,
            posixpath.normpath(posixpath.join(base, dockerfile)),
            bool(build.get("dockerfile")),
            self._text(build["target"]) if build.get("target") else None,
            dict(self._pairs(build.get("args"))),
            tuple(self._ports(name, body)),
            self._command(name, body, "command"),
            self._command(name, body, "entrypoint"),
            {
                key: Said(text, self._says((name, "environment"), f"{key}={text}"))
                for key, text in self._pairs(body.get("environment"))
            },
            self._health(name, body),
            tuple(self._volumes(name, body)),
            tuple(str(item) for item in _listed(body.get("depends_on"))),
        )

    def mounts(self, name: str, body: Value) -> Iterator[Mounted]:
        body = self._extended(body, 0)
        image, listed = self._text(body.get("image")), body.get("volumes")
        for index, entry in enumerate(listed[:64] if image and isinstance(listed, list) else ()):
            source, target = self._mount(entry)
            if source.startswith(".") and target.startswith("/"):
                place = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), source))
                says = self._says((name, "volumes", index), f"volumes: {source}:{target}")
                yield Mounted(name, image, place, target, says)

    def _mount(self, entry: Value) -> tuple[str, str]:
        """The source and the target of a volume."""
        if isinstance(entry, dict):
            return self._text(entry.get("source")), self._text(entry.get("target"))
        source, _, rest = self._text(entry).partition(":")
        return source, rest.partition(":")[0]

    def _extended(self, body: Value, depth: int) -> dict[str, Value]:
        """A service with what it extends of the same file."""
        own = dict(body) if isinstance(body, dict) else {}
        other = own.get("extends")
        other = other.get("service") if isinstance(other, dict) and not other.get("file") else other
        if isinstance(other, str) and other in self.table and depth < 8:
            return {**self._extended(self.table[other], depth + 1), **own}
        return own

    def _text(self, value: Value) -> str:
        return interpolate(str(value), self.values) if isinstance(value, str | int | float) else ""

    def _says(self, keys: tuple[str | int, ...], text: str) -> Evidence:
        clean = "".join(char if char.isprintable() else " " for char in text)
        return Evidence(self.path, self.document.line("services", *keys), clean[:120])

    def _pairs(self, value: Value) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            yield from ((str(key), self._text(item)) for key, item in value.items() if item is not None)
        for item in value if isinstance(value, list) else ():
            name, sign, text = str(item).partition("=")
            if sign:
                yield name, self._text(text)

    def _ports(self, name: str, body: dict[str, Value]) -> Iterator[Said[int]]:
        for key in ("ports", "expose"):
            listed = body.get(key)
            for index, entry in enumerate(listed[:64] if isinstance(listed, list) else ()):
                number = container_port(entry, self.values)
                if number is not None:
                    shown = entry if not isinstance(entry, dict) else f"target {entry.get('target')}"
                    yield Said(number, self._says((name, key, index), f"{key}: {shown}"))

    def _command(self, name: str, body: dict[str, Value], key: str) -> "Said[tuple[str, ...] | str] | None":
        value = body.get(key)
        words: tuple[str, ...] = ()
        if isinstance(value, list):
            words = tuple(self._text(item) for item in value)
        elif isinstance(value, str):
            # Compose parts a text as a shell does, and hands the words on without one.
            try:
                words = tuple(shlex.split(interpolate(value, self.values)))
            except ValueError:
                return None
        return Said(words, self._says((name, key), f"{key}: {' '.join(words)}")) if words else None

    def _health(self, name: str, body: dict[str, Value]) -> Said[str] | None:
        check = body.get("healthcheck")
        test = check.get("test") if isinstance(check, dict) else None
        words = [self._text(item) for item in test] if isinstance(test, list) else [self._text(test)]
        text = " ".join(word for word in words if word not in ("CMD", "CMD-SHELL", "NONE"))
        return Said(text, self._says((name, "healthcheck"), f"healthcheck: {text}")) if text else None

    def _volumes(self, name: str, body: dict[str, Value]) -> Iterator[Said[str]]:
        listed = body.get("volumes")
        for index, entry in enumerate(listed[:64] if isinstance(listed, list) else ()):
            source, target = self._mount(entry)
            ending = posixpath.splitext(target)[1]
            if ending not in ("", ".d") and "/" in source and source.endswith(ending):
                # A file of the host's, such as ./shop.db, is written in its folder; ./conf.d is a folder itself.
                target = posixpath.dirname(target)
            if target.startswith("/"):
                shown = target if isinstance(entry, dict) else entry
                yield Said(target, self._says((name, "volumes", index), f"volumes: {shown}"))


def container_port(entry: Value, values: Mapping[str, str] | None = None) -> int | None:
    """The container's side of a published port: `3000`, `8080:80/tcp`, `${PORT:-80}:3000`, `8000-8001:8000-8001`."""
    if isinstance(entry, dict):
        if str(entry.get("protocol", "tcp")) != "tcp":
            return None
        return port_number(interpolate(str(entry.get("target")), values or {}))
    text, _, protocol = interpolate(str(entry), values or {}).partition("/")
    return port_number(text.rpartition(":")[2].partition("-")[0]) if protocol in ("", "tcp") else None


def _listed(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list | dict) else []
