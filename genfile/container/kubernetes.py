"""Kubernetes manifests: the containers of a workload."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from genfile.container.model import Said
from genfile.evidence import Evidence
from genfile.parsers import Document, ParseError
from genfile.parsers.values import port_number

WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "Rollout"})
MAX_DOCUMENTS = 50
_MAX_TEXT = 200_000
_KIND = re.compile(rf"(?m)^kind:\s*[\"']?(?:{'|'.join(sorted(WORKLOADS))})\b")


class Container(Struct, frozen=True):
    """A container of a workload: the names that it may be known by, and what it runs."""

    names: tuple[str, ...]
    image: str
    ports: tuple[Said[int], ...]
    command: Said[tuple[str, ...]] | None
    arguments: Said[tuple[str, ...]] | None
    environment: Mapping[str, str]
    health: Said[str] | None
    mounts: tuple[Said[str], ...]


def read_manifests(text: str, path: str) -> Iterator[Container]:
    """The containers of the workloads of a file of manifests; what cannot be read is passed over."""
    if len(text) > _MAX_TEXT or _KIND.search(text) is None:
        return
    for part, line in _documents(text):
        document = _parsed(part)
        if document is not None and document.get("kind") in WORKLOADS:
            base = ("spec",) if document.get("kind") == "Pod" else ("spec", "template", "spec")
            found = document.get(*base, "containers")
            for index, body in enumerate(found[:16] if isinstance(found, list) else ()):
                if isinstance(body, dict):
                    yield _Reader(document, path, line, (*base, "containers", index)).container(body)


def _documents(text: str) -> Iterator[tuple[str, int]]:
    line = 0
    for part in re.split(r"(?m)^---.*$", text)[:MAX_DOCUMENTS]:
        yield part, line
        line += part.count("\n")


def _parsed(text: str) -> Document | None:
    from genfile.parsers.data import parse_yaml

    try:
        return parse_yaml(text) if "kind:" in text else None
    except ParseError:
        return None


class _Reader:
    def __init__(self, document: Document, path: str, line: int, at: tuple[str | int, ...]) -> None:
        self.document, self.path, self.line, self.at = document, path, line, at

    def _says(self, text: str, *keys: str | int) -> Evidence:
        line = self.document.line(*self.at, *keys)
        clean = "".join(char if char.isprintable() else " " for char in text)
        return Evidence(self.path, line + self.line if line is not None else None, clean[:120])

    def container(self, body: Mapping[str, object]) -> Container:
        image = str(body.get("image", ""))
        short = posixpath.basename(image.partition("@")[0]).partition(":")[0]
        metadata = self.document.get("metadata", "name")
        names = tuple(dict.fromkeys(str(item) for item in (short, body.get("name"), metadata) if item))
        listed = body.get("env")
        environment = {
            str(item["name"]): str(item["value"])
            for item in (listed[:200] if isinstance(listed, list) else ())
            if isinstance(item, dict) and "name" in item and "value" in item
        }
        return Container(
            names,
            image,
            tuple(self._ports(body)),
            self._words(body, "command"),
            self._words(body, "args"),
            environment,
            self._health(body),
            tuple(self._mounts(body)),
        )

    def _ports(self, body: Mapping[str, object]) -> Iterator[Said[int]]:
        listed = body.get("ports")
        rows = [item for item in (listed[:32] if isinstance(listed, list) else ()) if isinstance(item, dict)]
        rows = [item for item in rows if str(item.get("protocol", "TCP")).upper() == "TCP"]
        # A port with the name of the web is the service's, whatever stands before it.
        rows.sort(key=lambda item: str(item.get("name", "")) not in ("http", "web", "app", "api", "http-web"))
        for item in rows:
            number = port_number(item.get("containerPort"))
            if number is not None:
                yield Said(number, self._says(f"containerPort: {number}", "ports"))

    def _words(self, body: Mapping[str, object], key: str) -> Said[tuple[str, ...]] | None:
        value = body.get(key)
        if not isinstance(value, list) or not value:
            return None
        # $(NAME) is how a manifest writes a variable.
        words = tuple(re.sub(r"\$\((\w+)\)", r"${\1}", str(item)) for item in value)
        return Said(words, self._says(f"{key}: {' '.join(words)}", key))

    def _health(self, body: Mapping[str, object]) -> Said[str] | None:
        for key in ("readinessProbe", "livenessProbe", "startupProbe"):
            probe = body.get(key)
            get = probe.get("httpGet") if isinstance(probe, dict) else None
            path = get.get("path") if isinstance(get, dict) else None
            if isinstance(path, str) and path.startswith("/") and path != "/":
                return Said(path.partition("?")[0], self._says(f"{key}: {path}", key))
        return None

    def _mounts(self, body: Mapping[str, object]) -> Iterator[Said[str]]:
        listed = body.get("volumeMounts")
        for item in listed[:32] if isinstance(listed, list) else ():
            path = item.get("mountPath") if isinstance(item, dict) else None
            if isinstance(path, str) and path.startswith("/") and not item.get("readOnly"):
                yield Said(path, self._says(f"mountPath: {path}", "volumeMounts"))
