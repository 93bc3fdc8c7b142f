"""The mode of a program on Node: its framework and its own code ask NODE_ENV which one it is."""

import posixpath
import re
from collections.abc import Iterator

from genfile.image.loaded import reached
from genfile.parsers.data import parse_json
from genfile.practice.secrets import settings_shipped
from genfile.practice.subject import Practice, Subject, Wrong

# Frameworks that are Express, whose answers to errors have stack traces in every mode but production.
_EXPRESS = frozenset({"express", "nestjs"})
_READS = re.compile(r"\bprocess\.env\.NODE_ENV\b")
_DEVELOPMENT = re.compile(r"\b(?:nodemon|ts-node-dev|tsx\s+watch|--watch|dev|develop)\b")
_MANAGERS = frozenset({"npm", "yarn", "pnpm", "bun"})
_MAX_MODULES = 60


def _mode(subject: Subject) -> Iterator[Wrong]:
    service, said = subject.service, subject.image.command
    if service is None or said is None or service.spec.language != "node" or service.spec.static is not None:
        return
    script = _script(subject)
    if script is None:
        return
    text = f"{' '.join(subject.image.words)} {said.value.text} {script}"
    if "NODE_ENV" in subject.image.environment or "NODE_ENV" in text or _DEVELOPMENT.search(text):
        return
    if any("NODE_ENV" in values for _, _, values in settings_shipped(subject)):
        return
    place = _reader(subject)
    if service.spec.framework in _EXPRESS or place is not None:
        what = "Express answers errors with stack traces" if place is None else f"{place} asks for it"
        text = f"the image does not set NODE_ENV: {what}"
        yield Wrong("node-env", said.evidence.line, text, "ENV NODE_ENV=production")


def _script(subject: Subject) -> str | None:
    """The script of package.json that the command runs, "" if it runs none; None if it is unknown."""
    words = [word for word in subject.image.words if not word.startswith("-")]
    if not words or posixpath.basename(words[0]) not in _MANAGERS:
        return ""
    name = next((word for word in words[1:] if word != "run"), "")
    source = subject.built.final.find("package.json").source
    document = subject.context.parsed(parse_json, source) if source is not None else None
    return document.text("scripts", name) if document is not None else None


def _reader(subject: Subject) -> str | None:
    """The place where a module that the program loads asks for the mode."""
    for _, source in reached(subject.built).modules[:_MAX_MODULES]:
        for number, line in enumerate((subject.context.read(source) or "").splitlines(), 1):
            if _READS.search(line):
                return f"{posixpath.join(subject.context.root, source)}:{number}"
    return None


PRACTICES = (
    Practice(
        "node-env",
        "Outside of production, frameworks on Node show stack traces and leave caches out.",
        "expressjs.com/en/advanced/best-practice-performance.html#set-node_env-to-production",
        _mode,
        "hint",
    ),
)
