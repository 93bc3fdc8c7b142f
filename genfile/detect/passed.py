"""Paths that the web server of a page's image passes on to another service, and the variables with its address."""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from genfile.detect.fronted import Location, locations
from genfile.detect.tree import Project
from genfile.evidence import About, Draft, Evidence, Topic
from genfile.parsers.values import UNKNOWN, is_known

PATH = re.compile(r"/[A-Za-z0-9_~@-][A-Za-z0-9._~@/-]*")
# Every request that no file answers and that does not ask for a page.
REST = "/"
_WEB_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
MAX_PATHS = 100


class PassedOn(Struct, frozen=True):
    """A path, the address that requests for it go to, and what the other service gets in place of the path.

    ``becomes``: None if the path stays; UNKNOWN if only a run of the configuration would tell.
    """

    path: str
    target: str
    becomes: Any
    websocket: bool
    says: Evidence
    # The target as the configuration has it, where only a run would tell its value.
    written: str = ""
    by: str = "the development server"

    @property
    def upstream(self) -> str:
        """What tells one target from another."""
        return origin(self.target) or self.written


def put_passed(folder: Project, developed: Sequence[PassedOn], draft: Draft) -> None:
    """Put /static/proxied, and say which variable holds the address of the other service. ``developed``: what the
    development server passes on; of what the project's own nginx does, the prefixes that it does not."""
    base = str(draft.values["static"].get("base", "/"))
    found: dict[str, PassedOn] = {}
    for item in (*developed, *_added(folder, developed)):
        if item.path == REST or (item.path != base.rstrip("/") and not _has_files(folder, item.path, draft)):
            found.setdefault(item.path, item)
    put_entries(list(found.values())[:MAX_PATHS], draft)


def put_entries(passed: Sequence[PassedOn], draft: Draft) -> None:
    """Put the entries of paths that the web server passes on, with notes; nothing without any."""
    if not passed:
        return
    names = _variables(passed)
    draft.values["static"]["proxied"] = [_entry(item, names[item.upstream]) for item in passed]
    for upstream, name in names.items():
        _say([item for item in passed if item.upstream == upstream], name, draft)


def _has_files(folder: Project, path: str, draft: Draft) -> bool:
    """Whether a path is the page's own: a folder of files that are served as they are."""
    root = str(draft.values["static"]["root"])
    return folder.has_folder(f"public{path}") or Project(folder.tree, "" if root == "." else root).has_folder(path[1:])


def _added(folder: Project, developed: Sequence[PassedOn]) -> Iterator[PassedOn]:
    """What only the project's own nginx passes on. One service has one variable: what nginx names is where the
    development server passes a prefix that both have, or else what has the same port."""
    located = [_located(item) for item in locations(folder)]
    same: dict[str, PassedOn] = {}
    for item in located:
        both = [other for other in developed if other.path == item.path]
        ports = {other.upstream: other for other in developed if _port(other.target) == _port(item.target)}
        if both or (len(ports) == 1 and _port(item.target) is not None):
            same.setdefault(item.upstream, (both or list(ports.values()))[0])
    for item in located:
        as_developed = same.get(item.upstream)
        if not PATH.fullmatch(item.path) or (any(other.path == REST for other in developed) and as_developed):
            # What goes to one address as a whole needs no prefixes.
            continue
        yield item if as_developed is None else replace(item, target=as_developed.target, written=as_developed.written)


def _say(passed: Sequence[PassedOn], variable: str, draft: Draft) -> None:
    says, address = passed[0].says, origin(passed[0].target)
    unread = [item.path for item in passed if not is_known(item.becomes)]
    if unread:
        text = (
            f"{says}: genfile can't read how {', '.join(unread)} is rewritten, so the web server passes it on unchanged"
        )
        draft.note("warning", text, says.path, says.line, About(Topic.PROXIED))
    rest = any(item.path == REST for item in passed)
    paths = ", ".join(item.path for item in passed if item.path != REST)
    what = " and ".join(part for part in (paths, "what no file answers" if rest else "") if part)
    if _is_public(address):
        where = f"{address}, as {passed[0].by} does; set {variable} to change the address"
    else:
        where = f"the address in {variable}, such as http://HOST:{_port(passed[0].target) or 3000}"
    text = f"{says}: the web server passes {what} on to {where}"
    draft.note("info", text, says.path, says.line, About(Topic.PROXIED))


def _entry(item: PassedOn, variable: str) -> dict[str, Any]:
    address = origin(item.target)
    known = isinstance(item.becomes, str) and item.becomes != item.path
    return {
        "path": item.path,
        "upstream": variable,
        "address": address if _is_public(address) else None,
        "port": _port(item.target),
        "rewrite": item.becomes if known else None,
        "websocket": item.websocket,
    }


# What the name of a setting says besides the service that it is the address of.
_AROUND = re.compile(r"^(?:VITE|REACT_APP|VUE_APP|PROXY|DEV)_|_(?:URL|URI|TARGET|HOST|ORIGIN|ADDRESS|BASE)(?=_|$)")


def _variables(passed: Sequence[PassedOn]) -> dict[str, str]:
    """One variable for each target, named after the setting that has its address, or else after the first path that
    goes there: `API_UPSTREAM`."""
    names: dict[str, str] = {}
    for item in passed:
        name = f"{_stem(item)}_UPSTREAM"
        while name in names.values() and item.upstream not in names:
            name = f"_{name}"
        names.setdefault(item.upstream, name)
    return names


def _stem(item: PassedOn) -> str:
    setting = re.fullmatch(r"(?:\w+\??\.)*([A-Za-z_]\w{0,40})", item.written)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", setting[1]).upper() if setting is not None else ""
    text = _AROUND.sub("", words) or re.sub(r"[^A-Z0-9]+", "_", item.path.upper()).strip("_") or "API"
    return f"_{text}" if text[0].isdigit() else text


def origin(target: str) -> str:
    """The address of a target without its path, as an http address; empty if it isn't known."""
    try:
        parts = urlsplit(target)
        port = parts.port
    except ValueError:
        return ""
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    host = parts.hostname or ""
    if scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z0-9.-]+", host):
        return ""
    return f"{scheme}://{host}:{port}" if port else f"{scheme}://{host}"


def _port(target: str) -> int | None:
    try:
        parts = urlsplit(target)
        return parts.port or _WEB_PORTS.get(parts.scheme)
    except ValueError:
        return None


def _is_public(address: str) -> bool:
    """Whether an address is a name that means the same host from everywhere."""
    host = urlsplit(address).hostname or ""
    private = (".local", ".localhost", ".internal", ".test", ".lan")
    return "." in host and not host.endswith(private) and not host.rpartition(".")[2].isdigit()


def _located(item: Location) -> PassedOn:
    """A prefix of the project's own nginx configuration."""
    path, uri = item.prefix.rstrip("/") or "?", item.uri
    becomes: Any = None
    if item.becomes is not None:
        becomes = item.becomes
    elif item.rewrites or (uri not in ("", "/") and item.prefix.endswith("/") != uri.endswith("/")):
        becomes = UNKNOWN
    elif uri:
        becomes = uri.rstrip("/") or "/"
    says = Evidence(item.path, item.line, "location")
    by = "the project's nginx"
    return PassedOn(path, item.address, None if becomes == path else becomes, item.websocket, says, item.host, by)
