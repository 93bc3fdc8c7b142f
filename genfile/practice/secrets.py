"""Secrets and version control: what must not be in a layer."""

import re
from collections.abc import Iterator

from genfile.dockerfile.model import Instruction
from genfile.practice.subject import Practice, Subject, Wrong

_NAME = re.compile(
    r"(?:^|_)(?:SECRET|TOKEN|PASSWORD|PASSWD|PWD|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)(?:_|$)|SECRET_KEY"
)
# Names that hold no secret, though they end like one: of a file, of a time, of a public key.
_HARMLESS = re.compile(
    r"(?:_FILE|_PATH|_DIR|_URL|_EXPIR\w*|_TTL|_NAME|_ID|_HEADER|_LENGTH|_ALGORITHM|PUBLIC\w*)$|PUBLISHABLE|NEXT_PUBLIC|VITE_",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(r"|\"\"|''|true|false|\d{1,2}", re.IGNORECASE)
_ENV_FILES = (".env", ".env.local", ".env.production", ".env.development")


def _values(subject: Subject) -> Iterator[Wrong]:
    for stage in subject.image.needed():
        for item in subject.instructions(stage):
            if item.keyword not in ("ENV", "ARG"):
                continue
            for name, value in item.pairs:
                if (
                    not _NAME.search(name.upper())
                    or _HARMLESS.search(name)
                    or "$" in value
                    or _NO_VALUE.fullmatch(value)
                ):
                    continue
                yield Wrong(
                    "secret-in-image",
                    item.line,
                    f"{item.keyword} {name} has a value: whoever has the image can read it",
                    "mount it for one step (RUN --mount=type=secret), or give it when the container starts",
                )


def _env_file(subject: Subject) -> Iterator[Wrong]:
    whole = next((item for item in subject.final if _copies_all(item)), None)
    for name in _ENV_FILES:
        if not subject.context.is_file(name):
            continue
        named = next((item for item in subject.final if _copies(item, name)), None)
        item = named or (whole if subject.context.find(name) else None)
        if item is not None:
            yield Wrong(
                "env-file-shipped",
                item.line,
                f"{name} goes into the image: its secrets can be read by whoever has the image",
                f"leave {name} out in .dockerignore, and give the variables when the container starts",
            )
            return


def _no_ignore(subject: Subject) -> Iterator[Wrong]:
    if subject.context.ignored.rules:
        return
    for stage in subject.image.needed():
        item = next((item for item in subject.instructions(stage) if _copies_all(item)), None)
        if item is not None:
            yield Wrong(
                "no-dockerignore",
                item.line,
                "there is no .dockerignore: .git, installed packages and local settings are copied, too",
                "`genfile init` writes one",
            )
            return


def _copies_all(item: Instruction) -> bool:
    if item.keyword not in ("COPY", "ADD") or item.flag("from") is not None or item.heredocs:
        return False
    return any(word in (".", "./", "/") for word in item.words[:-1])


def _copies(item: Instruction, name: str) -> bool:
    if item.keyword not in ("COPY", "ADD") or item.flag("from") is not None:
        return False
    return any(word.removeprefix("./") == name for word in item.words[:-1])


PRACTICES = (
    Practice(
        "secret-in-image",
        "A value in ENV or ARG is in the image's history for good.",
        "docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env",
        _values,
    ),
    Practice(
        "env-file-shipped",
        "A file of local settings often holds secrets, and every layer can be read.",
        "docs.docker.com/build/building/secrets",
        _env_file,
    ),
    Practice(
        "no-dockerignore",
        "Without an ignore file the build context holds what must not be in an image, and changes all the time.",
        "docs.docker.com/build/concepts/context/#dockerignore-files",
        _no_ignore,
    ),
)
