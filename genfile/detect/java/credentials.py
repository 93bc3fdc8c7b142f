"""Credentials in the configuration files of a JVM program, which are part of it."""

import re
from collections.abc import Iterator
from typing import Any

from genfile.detect.committed import in_git
from genfile.detect.java.documents import RESOURCES, read_settings
from genfile.detect.java.settings import MAX_DEPTH
from genfile.detect.tree import Project
from genfile.evidence import Draft
from genfile.parsers import Document

# The last words of a key that hold a secret.
_SECRET = re.compile(
    r"(?:^|_)(?:password|passwd|pwd|secret|(?:api|access|secret|private|signing|encryption|auth)_?(?:key|token|secret))$"
)
# What stands for a value that comes from elsewhere, is encrypted, or is still to be put in.
_ABSENT = re.compile(
    r"(?i)\$\{|^@.*@$|^ENC\(|^\{cipher\}|^(?:classpath|file|vault):|your|change|replace|example|dummy|[<>*]"
)
# Keys beside a secret that say which server it is for, and the servers of a developer's own machine.
_SERVER = re.compile(r"(?:^|_)(?:url|uri|host|hostname|server|servers|address|addresses)$")
_HOST = re.compile(r"(?:.*?(?://|@))?(?:[^@/]*@)?([A-Za-z0-9._-]+)")
_EMBEDDED = re.compile(r"jdbc:(?:h2|hsqldb|derby|sqlite):")


def tell_of_credentials(folder: Project, draft: Draft) -> None:
    """One warning for the secrets with a value in such files, without those of databases on a developer's machine."""
    for name, document in read_settings(folder):
        if not name.startswith(f"{RESOURCES}/") or in_git(folder.tree, folder.full(name)) is False:
            continue
        found = list(_secrets(document))
        if found:
            key, line = found[0]
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            text = f"the program contains this file with {key}{more}; pass secrets to the container instead"
            draft.note("warning", text, folder.full(name), line)
            return


def _secrets(document: Document) -> Iterator[tuple[str, int | None]]:
    """The keys that have a secret, each with its line."""
    tables = dict(_tables(document.value, ()))
    for owner, table in tables.items():
        for path, value in table.items():
            key = ".".join((*owner, path[-1].rpartition(".")[2]))
            plain = isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip()
            secret = _SECRET.search(_words(key)) is not None and _ABSENT.search(str(value).strip()) is None
            if plain and secret and _is_shared(key, table):
                yield key, document.line(*path)


def _is_shared(key: str, table: dict[tuple[str, ...], Any]) -> bool:
    """Whether a secret is for more than a developer's machine: the server beside it is elsewhere, or there is none."""
    servers = [str(value) for path, value in table.items() if _SERVER.search(_words(path[-1])) and value]
    if servers:
        return not any(_is_own(text) for text in servers)
    # Without an address, Spring connects to this machine.
    return not (key.startswith("spring.") and key.endswith("password"))


def _is_own(address: str) -> bool:
    """Whether an address, the default of a variable too, is that of a developer's machine or a container beside it."""
    match = _HOST.match(re.sub(r"\$\{[^{}:]*:?([^{}]*)\}", r"\1", address))
    host = match[1] if match is not None else ""
    return "." not in host or host in ("127.0.0.1", "host.docker.internal") or _EMBEDDED.match(address) is not None


def _tables(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[tuple[str, ...], Any]]]:
    """The texts of each table below a path, by the path that leads to them; a dotted key is one of a table too."""
    if not isinstance(value, dict) or len(path) >= MAX_DEPTH:
        return
    found: dict[tuple[str, ...], dict[tuple[str, ...], Any]] = {}
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _tables(inner, (*path, str(key)))
            continue
        owner = str(key).split(".")[:-1]
        found.setdefault((*path, *owner), {})[(*path, str(key))] = inner
    yield from found.items()


def _words(key: str) -> str:
    """The last part of a key in words: `secretKey` and `secret-key` give `secret_key`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", key.rpartition(".")[2]).lower()
