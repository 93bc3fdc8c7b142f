"""What a compose file of production makes of an image: a server for development, or the files of one machine."""

import posixpath
import re
from collections.abc import Iterator

from genfile.container.compose import ASIDE_RANK, ComposeService, strength
from genfile.practice.development import DEBUGGING, development_server
from genfile.practice.subject import Practice, Subject, Wrong

_MOUNT = re.compile(r"volumes: (?P<source>[^:]+):(?P<target>/[^:]*)")


def _developed(subject: Subject) -> Iterator[Wrong]:
    ranks = {path: strength(posixpath.basename(path)) for path, _ in subject.composed}
    best = min((rank for rank in ranks.values() if rank is not None), default=ASIDE_RANK)
    for path, item in subject.composed:
        # Beside a file for production, one without a word in its name is that of developers.
        if ranks[path] is None or ranks[path] != best or best >= ASIDE_RANK:
            continue
        found = list(_signs(subject, item))
        if found:
            said = " and ".join(dict.fromkeys(found))
            started = subject.image.stage.command or subject.image.stage.entrypoint
            text = f"{path} runs the image for development: {said}"
            at = started.evidence.line if started is not None else subject.image.stage.line
            fix = "put it into compose.override.yaml, which Docker Compose adds where people develop"
            yield Wrong("compose-development", at, text, fix)
            return


def _signs(subject: Subject, item: ComposeService) -> Iterator[str]:
    for started in (item.entrypoint, item.command):
        words = started.value if started is not None else ()
        text = words if isinstance(words, str) else " ".join(words)
        why = development_server(text)
        if started is not None and why is not None:
            yield f"line {started.evidence.line} starts `{text[:60]}`"
    for name, said in item.environment.items():
        if said.value.lower() in DEBUGGING.get(name, ()):
            yield f"line {said.evidence.line} sets {name}={said.value}"
    for volume in item.volumes:
        match = _MOUNT.match(volume.evidence.says)
        if match is not None and _hides(subject, posixpath.dirname(volume.evidence.path), match):
            yield f"line {volume.evidence.line} puts {match['source']} over {match['target'].rstrip('/')}"


def _hides(subject: Subject, folder: str, mount: re.Match[str]) -> bool:
    """Whether a mounted folder takes the place of what an instruction copied from that same folder."""
    if not mount["source"].startswith("."):
        return False
    source = posixpath.normpath(posixpath.join(folder, mount["source"]))
    target = posixpath.normpath(mount["target"])
    return any(
        copy.value.stage is None
        and posixpath.normpath(copy.value.target) == target
        and posixpath.normpath(posixpath.join(subject.context.root, copy.value.source.lstrip("/"))) == source
        for copy in subject.image.stage.copies
    )


PRACTICES = (
    Practice(
        "compose-development",
        "What runs is then neither the files nor the server of the image that was tested.",
        "docs.docker.com/compose/how-tos/production/",
        _developed,
        "hint",
    ),
)
