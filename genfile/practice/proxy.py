"""What a web server hands on: the hosts in the nginx configuration that the image brings."""

import posixpath
import re
from collections.abc import Iterator

from genfile.practice.subject import Practice, Subject, Wrong

_PASSES = re.compile(
    r"\b(?:proxy_pass|grpc_pass)\s+(?:https?|grpcs?)://(?P<host>[A-Za-z0-9_.-]+)(?::(?P<port>\d+))?[/;\s]"
    r"|\b(?:fastcgi_pass|uwsgi_pass)\s+(?P<other>[A-Za-z0-9_.-]+):(?P<gate>\d+)\s*;"
)
_UPSTREAM = re.compile(r"\bupstream\s+(?P<name>\S+)\s*\{(?P<body>[^}]*)\}")
_SERVER = re.compile(r"\bserver\s+(?P<host>[A-Za-z0-9_.-]+)(?::(?P<port>\d+))?[\s;]")
_LISTENS = re.compile(r"\blisten\s+(?:\S+:)?(\d+)")
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}")
_NGINX = re.compile(r"(?:docker\.io/)?(?:library/)?nginx(?::|@|$)")
_MAX_TEXT = 40_000


def _hosts(subject: Subject) -> Iterator[Wrong]:
    words = subject.image.words
    if words and posixpath.basename(words[0]) != "nginx" and not subject.lineage[-1].image.startswith("nginx"):
        return
    alone = not words or posixpath.basename(words[0]) == "nginx"
    seen: set[str] = set()
    for text, line, name in _configurations(subject):
        code = re.sub(r"(?m)#.*$", "", text)
        listens = set(_LISTENS.findall(code))
        for host, port in _handed_on(code):
            if host in seen:
                continue
            seen.add(host)
            if _LOOPBACK.fullmatch(host):
                if alone and (port or "80") not in listens:
                    said = f"{name} hands requests to {host}:{port or 80}, where nothing listens in this container"
                    yield Wrong("proxied-host-exists", line, said, "name the host of the other service")
            elif subject.hosts is not None and host not in subject.hosts and "." not in host:
                said = f"nginx does not start: {name} names {host}, and no service of the project's compose files does"
                yield Wrong("proxied-host-exists", line, said, "take the host from a variable, in a template")


def listened(subject: Subject) -> Iterator[tuple[int, str, list[str]]]:
    """Each nginx configuration in an image of nginx: the line that brings it, its name, and its ports."""
    for text, line, name in _configurations(subject) if _NGINX.match(subject.lineage[-1].image) else ():
        ports = list(dict.fromkeys(_LISTENS.findall(re.sub(r"(?m)#.*$", "", text))))
        if ports:
            yield line, name, ports


def _configurations(subject: Subject) -> Iterator[tuple[str, int, str]]:
    """The text of each nginx configuration that the final image gets, with the line and the name."""
    for item in subject.final:
        if item.keyword not in ("COPY", "ADD") or not item.words or "nginx" not in item.words[-1]:
            continue
        for body in item.heredocs:
            yield body[:_MAX_TEXT], item.line, item.words[-1]
        for word in item.words[:-1] if item.flag("from") is None else ():
            path = posixpath.normpath(word.lstrip("/"))
            paths = [path] if subject.context.is_file(path) else []
            if subject.context.is_folder(path) and path != ".":
                paths = [posixpath.join(path, inner) for inner in subject.context.below(path)][:20]
            for one in paths:
                text = subject.context.read(one) if one.endswith((".conf", ".template")) else None
                if text is not None:
                    yield text[:_MAX_TEXT], item.line, one


def _handed_on(code: str) -> Iterator[tuple[str, str | None]]:
    """The hosts that requests go to, each with its port; names of upstreams stand for their servers."""
    upstreams = {match["name"]: match["body"] for match in _UPSTREAM.finditer(code)}
    for match in _PASSES.finditer(code):
        host = match["host"] or match["other"]
        if host not in upstreams:
            yield host, match["port"] or match["gate"]
            continue
        for server in _SERVER.finditer(upstreams[host] + ";"):
            yield server["host"], server["port"]


def _pid(subject: Subject) -> Iterator[Wrong]:
    """nginx as another user than root, where nothing lets that user write its process number."""
    user, base = subject.image.user, subject.lineage[-1].image
    words = subject.image.words
    started = not words or posixpath.basename(words[0]) == "nginx"
    if user is None or user.value.partition(":")[0] in ("0", "root") or not started or not _NGINX.match(base):
        return
    runs = " ".join(item.value[:_MAX_TEXT] for item in subject.final if item.keyword == "RUN")
    # A main configuration of the project's own may put the number elsewhere.
    own = any(re.search(r"(?m)^\s*(?:pid|events)\b", text) for text, _, _ in _configurations(subject))
    if own or "pid" in runs or re.search(r"/run(?:[\s/]|$)", runs) or any("pid" in word for word in words):
        return
    text = f"nginx does not start: {user.value} may not write /run/nginx.pid"
    yield Wrong("nginx-writes-its-pid", user.evidence.line, text, "take nginxinc/nginx-unprivileged")


PRACTICES = (
    Practice(
        "nginx-writes-its-pid",
        "nginx ends at once if it may not write the file with its process number.",
        "github.com/docker-library/docs/tree/master/nginx#running-nginx-as-a-non-root-user",
        _pid,
    ),
    Practice(
        "proxied-host-exists",
        "nginx does not start if it can't resolve a host that its configuration names.",
        "nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
        _hosts,
    ),
)
