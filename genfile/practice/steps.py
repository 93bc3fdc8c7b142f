"""Steps that hide a failure, or run what nobody has looked at."""

import re
from collections.abc import Iterator

from genfile.practice.subject import Practice, Subject, Wrong

# A build or an installation whose failure the step calls a success.
_HIDDEN = re.compile(
    r"\b(?P<what>(?:npm|pnpm|yarn|bun|pip3?|poetry|uv|mvn|\./mvnw|gradle|\./gradlew|go|cargo|make)\s[^|;&]*?)\s*"
    r"(?:2>\s*/dev/null\s*)?\|\|\s*(?:true|:|exit 0)(?=\s*(?:$|[;&]))"
)
# A list that was not read, which the next command does not wait for.
_LEFT = re.compile(r"\b(?P<what>apt(?:-get)?\s+(?:-\S+\s+)*(?:update|install)\b[^;&|\n]*?)\s*;\s*(?!\s|$)")
_STRICT = re.compile(r"\bset\s+-\w*e")
# A program of the project's own that a script starts on the way.
_OWN = re.compile(
    r"^[ \t]*(?P<what>(?:node|npx|npm|pnpm|yarn|bun|python3?|flask|alembic|php|bundle|rails)[ \t][^|;&\n]*?)[ \t]*"
    r"(?:2>[ \t]*/dev/null[ \t]*)?\|\|[ \t]*(?:true|:)[ \t]*$",
    re.MULTILINE,
)
_PIPED = re.compile(r"\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:(?:ba|da|a)?sh\b|python3?\s+-(?:\s|$))")
_MAX_COMMAND = 8_000


def _hidden(subject: Subject) -> Iterator[Wrong]:
    for stage in subject.built.needed:
        for item in subject.instructions(stage):
            value = item.value[:_MAX_COMMAND] if item.keyword == "RUN" else ""
            hidden = _HIDDEN.search(value)
            match = hidden or (None if _STRICT.search(value) else _LEFT.search(value))
            if match is not None:
                text = f"`{match['what'][:60]}` may fail, and the build goes on as if it had not"
                fix = "leave `|| true` out" if match is hidden else "use && in place of ;"
                yield Wrong("failure-hidden", item.line, text, fix)
    yield from _hidden_at_start(subject)


def _hidden_at_start(subject: Subject) -> Iterator[Wrong]:
    """Failures that the script of the container hides."""
    command = subject.image.command
    for path in command.value.scripts if command is not None else ():
        match = _OWN.search((subject.context.read_text(path) or "")[:_MAX_COMMAND])
        if match is not None and command is not None:
            text = f"{path}: `{match['what'][:60]}` may fail, and the container goes on as if it had not"
            said = subject.image.stage.entrypoint or subject.image.stage.command
            yield Wrong("failure-hidden", said.evidence.line if said is not None else None, text, "leave `|| true` out")
            return


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
