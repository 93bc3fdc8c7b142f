"""Addresses of the machine itself in what an image is built or started with: nothing else answers there."""

import re
from collections.abc import Iterator

from genfile.container.packages import installed
from genfile.detect.node.public import PREFIXES
from genfile.practice.subject import Practice, Subject, Wrong

_HERE = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^\s/@]*@)?(?P<host>localhost|127(?:\.\d+){3}|\[::1\])(?::(?P<port>\d+))?(?:[/?#]|$)"
)
_PUBLIC = tuple(sorted({prefix for names in PREFIXES.values() for prefix in names}))
_MAX_COMMAND = 8_000


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
    for item in subject.final:
        for name, value in item.pairs if item.keyword == "ENV" else ():
            match = _HERE.match(value)
            if match is None or name.startswith(_PUBLIC) or _may_be_here(subject, match["scheme"], match["port"]):
                continue
            text = f"{name} points at {match['host']}, which is the container itself: nothing there is that server"
            yield Wrong("address-of-itself", item.line, text, "give the address when the container starts")


def _may_be_here(subject: Subject, scheme: str, port: str | None) -> bool:
    """Whether an address may be the service's own, or that of a server that the image brings."""
    exposed = {str(said.value.number) for said in subject.image.stage.exposed}
    if port in exposed or (scheme in ("http", "https") and not (port and exposed)):
        return True
    return any(
        name.startswith(scheme[:5]) or name.endswith(("-server", "supervisor"))
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
)
