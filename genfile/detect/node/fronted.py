"""Paths that the project's own nginx configuration for a front end passes on to another service."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec import Struct

from genfile.detect.node.manager import NodeProject
from genfile.parsers.nginx import Directive, read_nginx

# Where projects keep the configuration of the server in front of their page, the likeliest first.
PLACES = tuple(
    f"{folder}{name}{end}"
    for folder in ("", "nginx/", "docker/", "docker/nginx/", "deploy/", ".docker/", "conf/", "nginx/conf.d/")
    for name in ("nginx.conf", "default.conf", "nginx.default.conf")
    for end in ("", ".template")
)
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|0\.0\.0\.0")


class Location(Struct, frozen=True):
    """A prefix that nginx passes on: ``uri`` takes the place of ``prefix``, as written, and is empty if it stays."""

    prefix: str
    address: str
    uri: str
    host: str
    rewrites: bool
    websocket: bool
    path: str
    line: int


def locations(project: NodeProject) -> Iterator[Location]:
    """The prefixes that the first configuration which serves files of the page passes on."""
    for path in PLACES:
        text = project.folder.text(path) if project.folder.has(path) else None
        read = read_nginx(text) if text is not None else None
        if read is None:
            continue
        top = [item for http in read if http.name == "http" for item in http.block] + list(read)
        pages = [item for item in top if item.name == "server" and _serves_files(item)]
        if pages:
            upstreams = {item.words[1]: item for item in top if item.name == "upstream" and len(item.words) == 2}
            for page in pages:
                for place in page.inner("location"):
                    yield from _passed(place, upstreams, path)
            return


def _serves_files(server: Directive) -> bool:
    """Whether `/` is answered with files: in front of a server for everything, nginx is a gateway of its own."""
    roots = [item for item in server.inner("location") if item.words[1:] in (("/",), ("^~", "/"))]
    if any(True for root in roots for _ in root.inner("proxy_pass")):
        return False
    return any(item.name in ("root", "try_files") for holder in (server, *roots) for item in holder.block)


def _passed(place: Directive, upstreams: dict[str, Directive], path: str) -> Iterator[Location]:
    words = place.words[2:] if place.words[1:2] == ("^~",) else place.words[1:]
    target = next(place.inner("proxy_pass"), None)
    if len(words) != 1 or not words[0].startswith("/") or target is None or len(target.words) != 2:
        return
    found = re.fullmatch(r"(?:(?P<scheme>https?)://)?(?P<host>[^/\s]+)(?P<uri>/\S*)?", target.words[1])
    if found is None:
        return
    host, scheme = found["host"], found["scheme"] or "http"
    if host in upstreams:
        servers = list(upstreams[host].inner("server"))
        # Several servers are one service, whose address is the project's to say.
        host = servers[0].words[1] if len(servers) == 1 and len(servers[0].words) > 1 else f"${host}"
    variable = "$" in host
    address = "" if variable else f"{scheme}://{host}"
    yield Location(
        prefix=words[0],
        address=address,
        uri=found["uri"] or "",
        host=_named(host, variable),
        rewrites=any(True for _ in place.inner("rewrite")) or "$" in (found["uri"] or ""),
        websocket=any(item.words[1:2] == ("Upgrade",) for item in place.inner("proxy_set_header")),
        path=path,
        line=place.line,
    )


def _named(host: str, variable: bool) -> str:
    """What the service is called: a host on a network of containers, or a variable."""
    if variable:
        return re.sub(r"\W+", "_", host).strip("_")
    name = urlsplit(f"//{host}").netloc.partition(":")[0]
    return "" if "." in name or _LOOPBACK.fullmatch(name) else name.replace("-", "_")
