"""Addresses of the machine itself in what an image is built or started with: nothing else answers there."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from genfile.container.packages import installed
from genfile.detect.node.public import PREFIXES
from genfile.dockerfile.model import Instruction
from genfile.evidence import Topic
from genfile.image.loaded import reached
from genfile.practice.defaults import in_pages, is_server, unless_given
from genfile.practice.pages import in_hypertext
from genfile.practice.secrets import settings_shipped
from genfile.practice.subject import Practice, Subject, Wrong

_HERE = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^\s/@]*@)?(?P<host>localhost|127(?:\.\d+){3}|\[::1\])(?::(?P<port>\d+))?(?:[/?#]|$)"
)
# A name without a dot is one of a network of containers.
_THERE = re.compile(r"(?:jdbc:)?[a-z][a-z0-9+]*://(?:[^\s/@$]*@)?(?P<host>[a-z][a-z0-9_-]*)(?::\d+)?(?:[/?#]|$)")
_BARE = re.compile(r"(?P<host>[a-z][a-z0-9_-]*)(?::\d+)?")
_BARE_HERE = re.compile(r"(?P<host>localhost|127(?:\.\d+){3})(?::\d+)?")
_ANY = frozenset({"localhost", "host", "hostname", "example", "server", "username", "user"})
_PUBLIC = tuple(sorted({prefix for names in PREFIXES.values() for prefix in names}))
_MAX_COMMAND = 8_000
_SERVERS = ("postgresql", "mysql", "mariadb", "redis", "mongo")


def _baked(subject: Subject) -> Iterator[Wrong]:
    """Variables that a front end's build writes into its pages: the browser that reads them is on another machine."""
    for stage in subject.image.needed():
        for item in subject.instructions(stage):
            for name, value in item.pairs if item.keyword in ("ENV", "ARG") else ():
                if name.startswith(_PUBLIC) and _HERE.match(value):
                    text = f"the build writes {name}={value} into the pages, and a browser looks on its own machine"
                    yield Wrong("address-of-itself", item.line, text, "pass the public address as a build argument")


def _set(subject: Subject) -> Iterator[Wrong]:
    """Addresses of other servers that the container looks for in itself, where it starts nothing but the service."""
    yield from _baked(subject)
    built = list(in_pages(subject))
    yield from built or in_hypertext(subject)
    fixed = list(_in_code(subject))
    yield from fixed
    if not fixed and not _brings(subject, _SERVERS):
        yield from unless_given(subject)
    for item, where, values in _settings(subject):
        for name, value in values:
            match = _HERE.match(value)
            if match is not None and (name.startswith(_PUBLIC) or _may_be_here(subject, match, value)):
                continue
            match = match or (_BARE_HERE.fullmatch(value) if is_server(name, None) else None)
            if match is None or _brings(subject, (name.partition("_")[0].lower(),)):
                continue
            text = f"{where}{name} points at {match['host']}, the container itself: that server is not in it"
            yield Wrong("address-of-itself", item.line, text, "give the address when the container starts")


def _elsewhere(subject: Subject) -> Iterator[Wrong]:
    """Hosts in the variables of the image that are names of a network, and of no service of a compose file."""
    hosts = subject.hosts
    for item, where, values in _settings(subject) if hosts is not None else ():
        for name, value in values:
            match = _THERE.match(value) or (_BARE.fullmatch(value) if is_server(name, None) else None)
            if match is None or match["host"] in (hosts or ()) or match["host"] in _ANY:
                continue
            text = f"{where}{name} names the host {match['host']}, and no service of the project's compose files does"
            yield Wrong("host-unknown", item.line, text, "give the address when the container starts")


def _in_code(subject: Subject) -> Iterator[Wrong]:
    """Databases whose address the code names, and that the image does not bring."""
    service, said = subject.service, subject.image.command
    if service is None or said is None or _brings(subject, _SERVERS):
        return
    for note in service.notes:
        if not note.is_about(Topic.ADDRESS_FIXED) or note.path is None or not _is_shipped(subject, note.path):
            continue
        text = f"{note.path}:{note.line} names a database at localhost, the container itself: that server is not in it"
        fix = "read the address from an environment variable"
        yield Wrong("address-of-itself", said.evidence.line, text, fix)
        return


def _is_shipped(subject: Subject, path: str) -> bool:
    """Whether a file of the tree is sent to the build."""
    root = subject.context.root
    inside = path[len(root) :].lstrip("/") if path.startswith(f"{root}/") or not root else None
    return inside is not None and bool(subject.context.find(inside))


def _settings(subject: Subject) -> Iterator[tuple[Instruction, str, Iterable[tuple[str, str]]]]:
    """The variables that the program gets from the image: those of ENV, and those of the files of settings in it."""
    for item in subject.final:
        if item.keyword == "ENV":
            yield item, "", item.pairs
    for path, item, values in settings_shipped(subject):
        if is_read(subject, path):
            yield item, f"{path}: ", values.items()


def is_read(subject: Subject, path: str) -> bool:
    """Whether the program reads a file of settings: libraries look for `.env`, frameworks with pages for others too."""
    name, service = posixpath.basename(path), subject.service
    if name == ".env" or service is None or service.spec.framework in PREFIXES or service.spec.static is not None:
        return True
    texts = [subject.context.read(source) or "" for _, source in reached(subject.built).modules]
    # What an unknown program reads, and which of several a library of Python finds, is unknown.
    if service.spec.language != "node" or not texts:
        return True
    return name in " ".join(subject.image.words) or any(name in text for text in texts)


def _may_be_here(subject: Subject, match: re.Match[str], value: str) -> bool:
    """Whether an address may be the service's own, a page's origin, or that of a server that the image brings."""
    scheme, port = match["scheme"], match["port"]
    exposed = {str(said.value.number) for said in subject.image.stage.exposed}
    # An origin, such as CORS allows, has no path: it is where a browser gets its pages from.
    is_origin = scheme in ("http", "https") and not value[match.end() :]
    if port in exposed or is_origin or (scheme in ("http", "https") and not (port and exposed)):
        return True
    return _brings(subject, (scheme[:5],))


def _brings(subject: Subject, programs: tuple[str, ...]) -> bool:
    """Whether the image installs a server."""
    return any(
        name.startswith(programs) or name.endswith(("-server", "supervisor"))
        for item in subject.final
        if item.keyword == "RUN"
        for name in installed(item.value[:_MAX_COMMAND], subject.image.stage.variables)
    )


PRACTICES = (
    Practice(
        "address-of-itself",
        "localhost is another machine in each container and in each browser.",
        "docs.docker.com/engine/network/",
        _set,
    ),
    Practice(
        "host-unknown",
        "A program finds the others by the names that their network gives them, and by no others.",
        "docs.docker.com/compose/how-tos/networking/",
        _elsewhere,
        "hint",
    ),
)
