"""What an image carries and nobody runs: compilers, whole development kits, and files that are written twice."""

import posixpath
import re
from collections.abc import Iterator

from genfile.container.packages import installed
from genfile.data.systems import is_builder, is_jdk
from genfile.dockerfile.model import Instruction
from genfile.image.bases import base_of
from genfile.practice.subject import Practice, Subject, Wrong

_COMPILER = re.compile(r"(?:gcc|g\+\+|clang)(?:-\d+)?|build-essential|build-base|alpine-sdk|rustc|cargo|cmake")
_COMPILERS = frozenset({"gcc", "g++", "make"})
_HEADERS = re.compile(r"[\w.+-]+-dev(?:el)?")
# What takes packages away again in the same layer.
_REMOVES = re.compile(r"\bapk\s+(?:-\S+\s+)*del\b|\bapt(?:-get)?\s+(?:-\S+\s+)*(?:purge|remove|autoremove)\b")
_OWNER = re.compile(r"(?:^|&&|;)\s*chown\s+(?:-\w*R\w*|--recursive)\s+\S+\s+(?P<path>[^\s;&|]+)")
_MAX_COMMAND = 8_000


def _tools(subject: Subject) -> Iterator[Wrong]:
    base = subject.lineage[-1]
    program = posixpath.basename(subject.image.words[0]) if subject.image.words else ""
    if is_builder(base.image):
        yield Wrong(
            "build-tools-shipped",
            base.line,
            f"the image that is shipped starts from {base.image}: it brings a compiler, and all that was downloaded",
            "build in one stage, and copy what it makes into a smaller image",
        )
    elif is_jdk(base.image) and "java" in (program, _program(subject)):
        yield Wrong(
            "build-tools-shipped",
            base.line,
            f"{base.image} brings a whole JDK; starting a program needs no more than a JRE",
            "take an image with a JRE, such as eclipse-temurin with -jre",
        )
    elif (image := base_of(base.image)) is not None and image.programs >= _COMPILERS:
        yield Wrong(
            "build-tools-shipped",
            base.line,
            f"{base.image} brings compilers and the headers of many libraries, and only a build needs them",
            "take its slim image for the final stage",
        )
    yield from _compilers(subject)


def _program(subject: Subject) -> str:
    """The program behind wrappers and scripts."""
    command = subject.image.command
    return posixpath.basename(command.value.words[0]) if command is not None and command.value.words else ""


def _compilers(subject: Subject) -> Iterator[Wrong]:
    """System packages that only compile, installed in the stages behind the image and left there."""
    spec = subject.service.spec if subject.service is not None else None
    wanted = set(spec.system_packages.run) if spec is not None else set()
    for item in subject.final:
        text = item.value[:_MAX_COMMAND]
        if item.keyword != "RUN" or _REMOVES.search(text):
            continue
        names = [name for name in installed(text, subject.image.stage.variables) if name not in wanted]
        compilers = [name for name in names if _COMPILER.fullmatch(name)]
        named = [*compilers, *(name for name in names if _HEADERS.fullmatch(name))]
        if not named:
            continue
        verb, pronoun = ("is", "it") if len(named) == 1 else ("are", "them")
        yield Wrong(
            "build-tools-shipped",
            item.line,
            f"{', '.join(named[:3])} {verb} in the image that is shipped, and only a build needs {pronoun}",
            "compile in a stage of its own, or remove them in the same step",
        )


def _twice(subject: Subject) -> Iterator[Wrong]:
    """`chown -R` of what an earlier instruction copied: the layer holds every file a second time."""
    copies = [item for item in subject.final if item.keyword in ("COPY", "ADD")]
    for item in subject.final:
        for match in _OWNER.finditer(item.value[:_MAX_COMMAND]) if item.keyword == "RUN" else ():
            path = match["path"].strip("\"'")
            brought = next((one for one in copies if one.line < item.line and _is_below(subject, one, path)), None)
            if brought is not None:
                yield Wrong(
                    "layer-doubled",
                    item.line,
                    f"chown -R {path} writes all that {brought.keyword} brought there into a second layer",
                    "use COPY --chown",
                )
                break


def _is_below(subject: Subject, item: Instruction, path: str) -> bool:
    """Whether a COPY of whole folders goes to a path, or below it."""
    if "$" in path or "$" in item.words[-1] or not any(_is_folder(word) for word in item.words[:-1]):
        return False
    folder = next((step.folder for step in subject.image.stage.steps if step.item is item), "/")
    target = posixpath.normpath(posixpath.join(folder, item.words[-1]))
    place = posixpath.normpath(posixpath.join(folder, path))
    return place != "/" and (target == place or target.startswith(f"{place}/"))


def _is_folder(word: str) -> bool:
    return "." not in posixpath.basename(word.rstrip("/")).strip(".")


PRACTICES = (
    Practice(
        "build-tools-shipped",
        "Compilers make an image large, and help whoever breaks into the container.",
        "docs.docker.com/build/building/multi-stage/",
        _tools,
        "hint",
    ),
    Practice(
        "layer-doubled",
        "A step that changes the owner of every file stores every file again.",
        "docs.docker.com/reference/dockerfile/#copy---chown---chmod",
        _twice,
        "hint",
    ),
)
