"""What a build is given by argument: secrets that it keeps, and variables that it empties when nobody gives them."""

import re
from collections.abc import Iterator

from genfile.container.model import FinishedStage
from genfile.dockerfile.model import Instruction
from genfile.practice.secrets import is_secret, settings_sent
from genfile.practice.subject import Practice, Subject, Wrong

_ARGUMENT = re.compile(r"\$\{?(?P<name>\w+)\}?")


def _secrets(subject: Subject) -> Iterator[Wrong]:
    """Build arguments that take a secret: the history of the stage, and that of the image if it is its own, keep it."""
    own = {stage.index for stage in subject.lineage}
    for stage in subject.image.needed():
        found = [(item.line, name) for item, name in _open(subject, stage) if is_secret(name)]
        # What ENV keeps in the image is another finding.
        kept = {name for item in subject.final if item.keyword == "ENV" for name, _ in item.pairs}
        found = [(line, name) for line, name in found if stage.index not in own or name not in kept]
        if found:
            names = ", ".join(dict.fromkeys(name for _, name in found))
            where = "the image" if stage.index in own else "the build cache"
            text = f"{names} {'comes' if ',' not in names else 'come'} by ARG: the history in {where} keeps the value"
            fix = "mount it for one step: RUN --mount=type=secret"
            yield Wrong("secret-argument", found[0][0], text, fix)


def _emptied(subject: Subject) -> Iterator[Wrong]:
    """`ENV NAME=$NAME` of an argument without a default: an empty value still wins over that of a file of settings."""
    files = list(settings_sent(subject))
    for stage in subject.image.needed() if files else ():
        arguments = {name for _, name in _open(subject, stage)}
        for item in subject.instructions(stage):
            for name, value in item.pairs if item.keyword == "ENV" else ():
                match = _ARGUMENT.fullmatch(value)
                if match is None or match["name"] not in arguments or stage.variables.get(name):
                    continue
                path = next((path for path, values in files if values.get(name)), None)
                if path is not None:
                    text = f"without a build argument, {name} is empty here, and that of {path} is not read"
                    yield Wrong("argument-empty", item.line, text, f"give ARG {match['name']} a default")
                    return


def _open(subject: Subject, stage: FinishedStage) -> Iterator[tuple[Instruction, str]]:
    """The arguments of a stage that have no default."""
    for item in subject.instructions(stage):
        for word in item.words if item.keyword == "ARG" else ():
            if "=" not in word:
                yield item, word


PRACTICES = (
    Practice(
        "secret-argument",
        "Build arguments are in the history of what is built with them, where anybody with the layers reads them.",
        "docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env",
        _secrets,
        "hint",
    ),
    Practice(
        "argument-empty",
        "A variable that is set, and be it to nothing, goes before the one of the same name in a file of settings.",
        "docs.docker.com/reference/dockerfile/#arg",
        _emptied,
        "hint",
    ),
)
