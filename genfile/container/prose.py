"""Commands for people and CI: `docker run -p 8080:80`, and the addresses in a README."""

import re
from collections.abc import Iterator

from genfile.container.compose import container_port
from genfile.container.model import Said
from genfile.container.packages import installed
from genfile.evidence import Evidence

MAX_TEXT = 200_000
_RUN = re.compile(r"\b(?:docker|podman|nerdctl)\s+(?:container\s+)?run\b([^\n]*(?:\\\n[^\n]*){0,12})")
_PUBLISH = re.compile(r"(?:-p|--publish)[= ]\s*[\"']?([0-9.:${}A-Za-z_\[\]-]+(?:/tcp)?)")
_ADDRESS = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d{2,5})\b")
_FENCE = re.compile(r"^\s*(```|~~~)")


def published(text: str, path: str) -> Iterator[Said[int]]:
    """The container's side of the ports that `docker run` publishes; images of others are no matter here."""
    for match in _RUN.finditer(text[:MAX_TEXT]):
        words = match[1].replace("\\\n", " ")
        for item in _PUBLISH.finditer(words):
            number = container_port(item[1])
            if number is not None and not _foreign(words):
                yield Said(number, Evidence(path, _line(text, match.start()), f"docker run -p {item[1]}"))


def _foreign(words: str) -> bool:
    """Whether the image that is run is a database's, or another well-known one."""
    from genfile.data import backing_services

    known = {service.image.partition(":")[0].rpartition("/")[2] for service in backing_services().values()}
    known |= {"postgres", "redis", "mysql", "mariadb", "mongo", "rabbitmq", "nginx", "mailhog", "jaeger", "registry"}
    plain = [re.split(r"[:@]", word)[0].rpartition("/")[2] for word in words.split() if not word.startswith("-")]
    return any(word in known for word in plain)


def addresses(text: str, path: str) -> Iterator[Said[int]]:
    """The addresses of this machine that a text names."""
    for match in _ADDRESS.finditer(text[:MAX_TEXT]):
        yield Said(int(match[1]), Evidence(path, _line(text, match.start()), match[0]))


def fenced(text: str) -> str:
    """The fenced blocks of Markdown, each line in its place; all other lines are empty."""
    inside, found = False, []
    for line in text[:MAX_TEXT].splitlines():
        if _FENCE.match(line):
            inside = not inside
            found.append("")
        else:
            found.append(line if inside else "")
    return "\n".join(found)


def apt_lines(text: str, path: str) -> Iterator[Said[str]]:
    """The packages that lines of a workflow install."""
    for number, line in enumerate(text[:MAX_TEXT].splitlines(), 1):
        if "apt" in line and "install" in line:
            plain = re.sub(r"^\s*-?\s*(?:run:\s*)?(?:sudo\s+)?", "", line)
            yield from (Said(name, Evidence(path, number, f"installs {name}")) for name in installed(plain))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
