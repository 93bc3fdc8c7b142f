"""Steps that hide a failure, or run what nobody has looked at."""

import re
from collections.abc import Iterator

from genfile.practice.subject import Practice, Subject, Wrong

# A build or an installation whose failure the step calls a success.
_HIDDEN = re.compile(
    r"\b(?P<what>(?:npm|pnpm|yarn|bun|pip3?|poetry|uv|mvn|\./mvnw|gradle|\./gradlew|go|cargo|make)\s[^|;&]*?)\s*"
    r"(?:2>\s*/dev/null\s*)?\|\|\s*(?:true|:|exit 0)(?=\s*(?:$|[;&]))"
)
_PIPED = re.compile(r"\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:(?:ba|da|a)?sh\b|python3?\s+-(?:\s|$))")
_MAX_COMMAND = 8_000


def _hidden(subject: Subject) -> Iterator[Wrong]:
    for stage in subject.built.needed:
        for item in subject.instructions(stage):
            match = _HIDDEN.search(item.value[:_MAX_COMMAND]) if item.keyword == "RUN" else None
            if match is not None:
                text = f"`{match['what'][:60]}` may fail, and the build goes on as if it had not"
                yield Wrong("failure-hidden", item.line, text, "leave `|| true` out")


def _piped(subject: Subject) -> Iterator[Wrong]:
    for stage in subject.built.needed:
        for item in subject.instructions(stage):
            if item.keyword == "RUN" and _PIPED.search(item.value[:_MAX_COMMAND]):
                text = "the shell runs whatever the address has at that time, and half of it if the download breaks off"
                yield Wrong("unchecked-script", item.line, text, "download a release, and check its sum")


PRACTICES = (
    Practice(
        "failure-hidden",
        "An image whose build failed should not exist.",
        "docs.docker.com/reference/dockerfile/#run",
        _hidden,
        "hint",
    ),
    Practice(
        "unchecked-script",
        "What is piped into a shell changes without notice, and nobody has looked at it.",
        "docs.docker.com/build/building/best-practices/#run",
        _piped,
        "hint",
    ),
)
