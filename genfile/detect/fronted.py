"""Paths that the project's own nginx configuration for a page passes on to another service."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from genfile.container.compose import read_mounts
from genfile.detect.aside import is_aside
from genfile.detect.hosting.containers import compose_files, compose_services
from genfile.detect.hosting.dockerfiles import own_dockerfiles
from genfile.detect.hosting.written import is_written
from genfile.detect.paths import inside
from genfile.detect.tree import Project, Tree
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.parsers.nginx import Directive, read_nginx

# Where projects keep the configuration of the server in front of their page, the likeliest first.
PLACES = tuple(
    f"{folder}{name}{end}"
    for folder in ("", "nginx/", "docker/", "docker/nginx/", "deploy/", ".docker/", "conf/", "nginx/conf.d/")
    for name in ("nginx.conf", "default.conf", "nginx.default.conf")
    for end in ("", ".template")
)
# How deep files include each other, and variables name others.
MAX_INCLUDES = 5
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|0\.0\.0\.0")


class Location(Struct, frozen=True):
    """A prefix that nginx passes on: ``uri`` takes the place of ``prefix``, as written, and is empty if it stays."""

    prefix: str
    address: str
    uri: str
    host: str
    becomes: str | None
    rewrites: bool
    websocket: bool
    path: str
    line: int


def locations(folder: Project) -> Iterator[Location]:
    """The prefixes that the first configuration which serves files of the page passes on."""
    for path in dict.fromkeys(_places(folder)):
        text = folder.tree.text(path)
        alone = read_nginx(text) if text is not None else None
        if alone is None:
            continue
        read = tuple(_with_includes(folder.tree, path, alone, 0))
        top = [item for http in read if http.name == "http" for item in http.block] + list(read)
        pages = [item for item in top if item.name == "server" and _serves_files(item)]
        if pages:
            upstreams = {item.words[1]: item for item in top if item.name == "upstream" and len(item.words) == 2}
            for page in pages:
                for place, outside in _within(page, _set(page)):
                    yield from _passed(place, upstreams, place.path or path, outside)
            return


def _with_includes(tree: Tree, path: str, read: Iterable[Directive], depth: int) -> Iterator[Directive]:
    """Directives with those of the files of the tree that they include, each with its file."""
    for item in read:
        if item.name != "include":
            yield replace(item, block=tuple(_with_includes(tree, path, item.block, depth)), path=path)
        elif depth < MAX_INCLUDES and len(item.words) == 2:
            for name in _included(tree, path, item.words[1]):
                text = tree.text(name)
                yield from _with_includes(tree, name, (read_nginx(text) if text is not None else None) or (), depth + 1)


def _included(tree: Tree, path: str, named: str) -> list[str]:
    """The files that an `include` means: beside the file that has it, or in the folder above, since a file in `conf.d`
    names those of `/etc/nginx`; by their folder, or else by their names alone."""
    within = named.removeprefix("/etc/nginx/").lstrip("/")
    here = posixpath.dirname(path)
    for base in (here, posixpath.dirname(here)):
        for text in dict.fromkeys((within, posixpath.basename(within))):
            folder, pattern = posixpath.split(posixpath.normpath(posixpath.join(base, text)))
            names = [name for name in tree.folders.get(folder, ()) if fnmatchcase(name, pattern)]
            found = [place for name in names if (place := posixpath.join(folder, name)) != path]
            if found:
                return sorted(found)
    return []


def _within(holder: Directive, outside: dict[str, str]) -> Iterator[tuple[Directive, dict[str, str]]]:
    """The locations of a server, and those inside of them, whose prefixes are whole as well; with the variables that
    hold in each."""
    for place in holder.inner("location"):
        known = {**outside, **_set(place)}
        yield place, known
        yield from _within(place, known)


def _set(holder: Directive) -> dict[str, str]:
    """The variables that a block sets: `set $api http://api:3000;`."""
    return {item.words[1]: item.words[2] for item in holder.inner("set") if len(item.words) == 3}


_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def _settled(text: str, known: dict[str, str]) -> str:
    """A text with the values of the variables in it that are set; others stay."""
    for _ in range(MAX_INCLUDES):
        before, text = text, _VARIABLE.sub(lambda match: known.get(f"${match[1] or match[2]}", match[0]), text)
        if text == before:
            break
    return text


def _places(folder: Project) -> Iterator[str]:
    """The files that may be the configuration of the page's server: what its Dockerfile copies, what a compose file
    mounts beside it, one in its folder, and one elsewhere if the tree has no other page."""
    yield from _copied(folder)
    yield from _mounted(folder)
    yield from (folder.full(path) for path in folder.present(PLACES))
    if _is_only_page(folder):
        for place in folder.upwards():
            yield from (place.full(path) for path in place.present(PLACES))


def _copied(folder: Project) -> Iterator[str]:
    """What a Dockerfile that holds the page copies to where nginx looks."""
    built = {item.dockerfile: item.context for item in compose_services(folder)}
    for place in folder.upwards():
        for path in own_dockerfiles(place):
            if path in built or place.path == folder.path or is_written(folder.tree, path):
                continue
            built[path] = place.path
    own = own_dockerfiles(folder)
    for path in [*own, *(path for path in built if path not in own)]:
        context = built.get(path, folder.path)
        try:
            dockerfile = read_dockerfile(folder.tree.text(path) or "")
        except DockerfileError:
            continue
        copies = [item for stage in dockerfile.stages for item in (*stage.all("COPY"), *stage.all("ADD"))]
        sources = [
            (posixpath.normpath(posixpath.join(context, word.lstrip("/"))), item.words[-1])
            for item in copies
            if item.flag("from") is None
            for word in item.words[:-1]
        ]
        if path in own or any(inside(source, folder.path) for source, _ in sources):
            for source, target in sources:
                yield from _files(folder, source, target)


def _mounted(folder: Project) -> Iterator[str]:
    """What a compose file mounts into a server that it mounts files of the page into, too."""
    for place, name, document in compose_files(folder):
        mounts = [*read_mounts(document, place.full(name))]
        for item in mounts:
            beside = (other for other in mounts if other.service == item.service and other != item)
            if not folder.path or any(inside(other.source, folder.path) for other in beside):
                yield from _files(folder, item.source, item.target)


def _files(folder: Project, source: str, target: str) -> Iterator[str]:
    """The files of a source that nginx gets as its configuration."""
    if not target.startswith("/etc/nginx"):
        return
    if source in folder.tree.paths:
        yield source
    else:
        yield from (posixpath.join(source, name) for name in folder.tree.folders.get(source, ()))


def _is_only_page(folder: Project) -> bool:
    """Whether no other folder of the tree has a page: its server's configuration may lie anywhere."""
    for path, names in folder.tree.folders.items():
        if "index.html" in names and not is_aside(path) and path != folder.path and not inside(path, folder.path):
            return False
    return True


def _serves_files(server: Directive) -> bool:
    """Whether `/` is answered with files: in front of a server for everything, nginx is a gateway of its own."""
    roots = [item for item in server.inner("location") if item.words[1:] in (("/",), ("^~", "/"))]
    if any(True for root in roots for _ in root.inner("proxy_pass")):
        return False
    return any(item.name in ("root", "try_files") for holder in (server, *roots) for item in holder.block)


def _passed(place: Directive, upstreams: dict[str, Directive], path: str, known: dict[str, str]) -> Iterator[Location]:
    words = place.words[2:] if place.words[1:2] == ("^~",) else place.words[1:]
    target = next(place.inner("proxy_pass"), None)
    if len(words) != 1 or not words[0].startswith("/") or target is None or len(target.words) != 2:
        return
    written = target.words[1]
    # With a variable, the path that stands there takes the place of the whole request.
    whole = written.removesuffix("$request_uri").removesuffix("$uri$is_args$args")
    settled = _settled(whole, known)
    found = re.fullmatch(r"(?:(?P<scheme>https?)://)?(?P<host>[^/\s]+)(?P<uri>/\S*)?", settled)
    if found is None:
        return
    by_variable = settled != whole
    host, scheme, uri = found["host"], found["scheme"] or "http", found["uri"] or ""
    if host in upstreams:
        servers = list(upstreams[host].inner("server"))
        # Several servers are one service, whose address is the project's to say.
        host = servers[0].words[1] if len(servers) == 1 and len(servers[0].words) > 1 else f"${host}"
    variable = "$" in host
    address = "" if variable else f"{scheme}://{host}"
    yield Location(
        prefix=words[0],
        address=address,
        uri=uri,
        host=_named(host, variable),
        becomes=_rewritten(place, words[0]),
        rewrites=any(True for _ in place.inner("rewrite")) or "$" in uri or (by_variable and bool(uri)),
        websocket=any(item.words[1:2] == ("Upgrade",) for item in place.inner("proxy_set_header")),
        path=path,
        line=place.line,
    )


# A rewrite that takes the part before its group off, or puts another in its place.
_REWRITE = re.compile(r"\^?/[\w/~@-]*\??\(/?\.[*+]\)\$?")


def _rewritten(place: Directive, prefix: str) -> str | None:
    """What takes the place of a prefix by `rewrite ^/auth/(.*) /$1 break;`; None if others decide."""
    rules = list(place.inner("rewrite"))
    if len(rules) != 1 or len(rules[0].words) != 4 or rules[0].words[3] != "break":
        return None
    pattern, by = rules[0].words[1:3]
    if not _REWRITE.fullmatch(pattern) or not re.fullmatch(r"(?:/[\w./~@-]*)?\$1", by):
        return None
    plain = prefix.rstrip("/")
    match = re.match(pattern, f"{plain}/a/b")
    whole = by.replace("$1", match[1]) if match is not None else f"{plain}/a/b"
    return whole.removesuffix("/a/b").rstrip("/") or "/" if whole.endswith("/a/b") else None


def _named(host: str, variable: bool) -> str:
    """What the service is called: a host on a network of containers, or a variable."""
    if variable:
        return re.sub(r"\W+", "_", host).strip("_")
    name = urlsplit(f"//{host}").netloc.partition(":")[0]
    return "" if "." in name or _LOOPBACK.fullmatch(name) else name.replace("-", "_")
