"""Whether a fresh checkout has what the image is built from."""

import posixpath
import re
from collections.abc import Iterator

from genfile.container.variables import expand
from genfile.detect.node.public import PUBLIC_PREFIXES
from genfile.practice.defaults import given_to_build, is_needed, line_of_build
from genfile.practice.secrets import settings_handed
from genfile.practice.subject import Practice, Subject, Wrong

_ADDRESS = re.compile(r"_(?:URL|URI|API|HOST|ENDPOINT|BACKEND|SERVER|BASE)(?:_|$)")


def _all(subject: Subject) -> Iterator[Wrong]:
    yield from _made(subject)
    yield from _undefined(subject)


def _made(subject: Subject) -> Iterator[Wrong]:
    """Sources of COPY that version control does not have, such as target/*.jar."""
    context = subject.context
    missing: dict[str, int] = {}
    for stage in subject.built.needed if context.whole else ():
        for item in subject.instructions(stage):
            if item.keyword not in ("COPY", "ADD") or item.flag("from") is not None or item.heredocs:
                continue
            for word in item.words[:-1]:
                path = posixpath.normpath(expand(word, stage.variables, item.escape).lstrip("/") or ".")
                if "$" not in path and "://" not in path and not context.excludes(path) and _is_missing(subject, path):
                    missing.setdefault(path, item.line)
    for name, item in settings_handed(subject) if context.whole else ():
        missing.setdefault(name, item.line)
    for word, line in list(missing.items())[:1]:
        more = f" ({len(missing) - 1} more)" if len(missing) > 1 else ""
        text = f"{word}{more} is not in version control, and no stage makes it: a fresh checkout can't be built"
        fix = "give its variables when the container starts" if ".env" in word else "build it in a stage"
        yield Wrong("checkout-builds", line, text, fix)


def _undefined(subject: Subject) -> Iterator[Wrong]:
    """Addresses that the pages read from variables which only a file of somebody's machine has."""
    service = subject.service
    if service is None or service.spec.static is None or not service.spec.build or not subject.context.whole:
        return
    items = [item for stage in subject.image.needed() for item in subject.instructions(stage)]
    declared = {word.partition("=")[0] for item in items if item.keyword == "ARG" for word in item.words}
    given = declared | given_to_build(subject)
    for item in service.spec.environment:
        is_public = item.phase == "build" and item.name.startswith(PUBLIC_PREFIXES) and _ADDRESS.search(item.name)
        known = item.name in given or item.fallback or item.value or item.default
        if not is_public or known or not is_needed(subject, item.name):
            continue
        text = f"nothing gives {item.name} to the build: in the pages of a fresh checkout it is undefined"
        yield Wrong("checkout-builds", line_of_build(subject), text, f"declare ARG {item.name}, and pass it")
        return


def _is_missing(subject: Subject, path: str) -> bool:
    """Whether a path may only be there where something outside the image has made it."""
    folder, name = posixpath.split(path)
    if any(char in folder for char in "*?["):
        return False
    if not any(char in name for char in "*?["):
        return subject.context.find(path) is None
    return bool(folder) and subject.context.find(folder) is None


PRACTICES = (
    Practice(
        "checkout-builds",
        "An image that needs files of somebody's machine can't be built anywhere else.",
        "docs.docker.com/build/building/multi-stage/",
        _all,
        "hint",
    ),
)
