"""What a compose file of production makes of an image: a server for development, or the files of one machine."""

import posixpath
import re
from collections.abc import Iterator

from genfile.container.compose import ASIDE_RANK, ComposeService, strength
from genfile.evidence import Evidence
from genfile.practice.configured import has_password, has_placeholder
from genfile.practice.development import DEBUGGING, development_server
from genfile.practice.secrets import is_secret
from genfile.practice.subject import Practice, Subject, Wrong

_MOUNT = re.compile(r"volumes: (?P<source>[^:]+):(?P<target>/[^:]*)")


def _developed(subject: Subject) -> Iterator[Wrong]:
    ranks = {path: strength(posixpath.basename(path)) for path, _ in subject.composed}
    folders = {posixpath.dirname(path) for path in ranks}
    beside = [strength(name) for folder in folders for name in subject.context.folders.get(folder, ())]
    best = min((rank for rank in beside if rank is not None), default=ASIDE_RANK)
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


def _secrets(subject: Subject) -> Iterator[Wrong]:
    """Keys and passwords that a compose file has in the clear for the program of the image."""
    for path, item in subject.composed:
        found: list[tuple[str, int]] = []
        for name, said in item.environment.items():
            line, text = _entry(subject, said.evidence, name)
            # `${NAME}` comes from somewhere else, and `${NAME:-value}` is for developers.
            if line and "${" not in text and (_is_kept(name, said.value) or has_password(said.value)):
                found.append((name, line))
        if found and strength(posixpath.basename(path)) != ASIDE_RANK:
            names = f"{', '.join(name for name, _ in found[:3])}{' and others' if len(found) > 3 else ''}"
            text = f"{path}:{found[0][1]} has {names} in the clear: whoever has the repository can read it"
            started = subject.image.stage.command or subject.image.stage.entrypoint
            at = started.evidence.line if started is not None else subject.image.stage.line
            yield Wrong("secret-in-compose", at, text, "take it from a secret, or from a file that is not committed")
            return


def _entry(subject: Subject, said: Evidence, name: str) -> tuple[int, str]:
    """The line of a variable below `environment:`, with its text; 0 where it can't be found."""
    lines = (subject.context.read_text(said.path) or "").splitlines()
    named = re.compile(rf"""\s*(?:-\s*)?["']?{re.escape(name)}["']?\s*[:=]""")
    for number in range(said.line or 1, len(lines) + 1):
        if named.match(lines[number - 1]):
            return number, lines[number - 1]
    return 0, ""


def _is_kept(name: str, value: str) -> bool:
    """Whether a variable is a secret by its name, and its value may be one."""
    return is_secret(name) and len(value) > 3 and not has_placeholder(value)


def _signs(subject: Subject, item: ComposeService) -> Iterator[str]:
    for started in (item.entrypoint, item.command):
        words = started.value if started is not None else ()
        text = words if isinstance(words, str) else " ".join(words)
        why = development_server(text)
        if started is not None and why is not None:
            yield f"line {started.evidence.line} starts `{text[:60]}`"
    for name, said in item.environment.items():
        if said.value.lower() in DEBUGGING.get(name, ()):
            yield f"line {_entry(subject, said.evidence, name)[0]} sets {name}={said.value}"
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
        and subject.context.is_folder(posixpath.normpath(copy.value.source.lstrip("/") or "."))
        and posixpath.normpath(copy.value.target) == target
        and posixpath.normpath(posixpath.join(subject.context.root, copy.value.source.lstrip("/"))) == source
        for copy in subject.image.stage.copies
    )


PRACTICES = (
    Practice(
        "secret-in-compose",
        "A password in a file of the repository is known to all who ever had a copy.",
        "docs.docker.com/compose/how-tos/use-secrets/",
        _secrets,
        "hint",
    ),
    Practice(
        "compose-development",
        "What runs is then neither the files nor the server of the image that was tested.",
        "docs.docker.com/compose/how-tos/production/",
        _developed,
        "hint",
    ),
)
