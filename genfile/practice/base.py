"""Base images: against the version that the project asks for, their end of life, and tags that move."""

from collections.abc import Iterator

from genfile.data import runtime
from genfile.detect.hosting.images import IMAGES, image_pin
from genfile.evidence import Evidence
from genfile.practice.subject import Practice, Subject, Wrong
from genfile.spec.project import LANGUAGES
from genfile.versions import parse_pin, satisfies

# Files that pin one version, and what a range begins with.
_PINS = frozenset(
    {".nvmrc", ".node-version", ".python-version", ".tool-versions", "mise.toml", ".mise.toml", "runtime.txt"}
)
_RANGES = frozenset("<>=~^*!")


def _version(subject: Subject) -> Iterator[Wrong]:
    service = subject.service
    if service is None or service.spec.runtime is None:
        return
    fact = service.facts.get("/runtime/version")
    spec = service.spec
    if fact is None or fact.guess or not fact.evidence or spec.language not in IMAGES:
        return
    asked = spec.runtime.version if spec.runtime else ""
    for image, line in subject.bases:
        pin = image_pin(image, spec.language, IMAGES[spec.language])
        if pin is None or _fits(pin.line, asked, fact.evidence[0], spec.language):
            continue
        yield Wrong(
            "base-version",
            line,
            f"{image} is not what the project asks for: {fact.evidence[0]}",
            f"take {spec.language} {asked}",
        )


def _fits(have: str, asked: str, evidence: Evidence, language: str) -> bool:
    """Whether an image's version line is one that the evidence allows.

    A file that pins a version means that one; a range means each line in it; what Go and the JVM name is the least.
    """
    if language in ("go", "java"):
        least = parse_pin(evidence.says.split()[-1], language)
        return least is None or satisfies(have, least.line, "floor")
    constraint = evidence.says.rpartition(" is ")[2].strip()
    if evidence.path.rpartition("/")[2] not in _PINS and constraint[:1] in _RANGES:
        return satisfies(have, constraint, "npm" if language == "node" else "pep440")
    ours, theirs = have.split("."), asked.split(".")
    depth = 1 if language == "node" else min(len(ours), len(theirs))
    return ours[:depth] == theirs[:depth]


def _ended(subject: Subject) -> Iterator[Wrong]:
    for image, line in subject.bases:
        for language, names in IMAGES.items():
            pin = image_pin(image, language, names) if language in LANGUAGES else None
            known = runtime(language).line(pin.line) if pin is not None else None
            if known is not None and known.over:
                yield Wrong(
                    "base-ended",
                    line,
                    f"{image}: {language} {known.version} reached its end of life on {known.end_of_life}",
                    "take a line that still gets security fixes",
                )


def _moving(subject: Subject) -> Iterator[Wrong]:
    for image, line in subject.bases:
        if "$" in image or "@" in image or image == "scratch":
            continue
        tag = image.rpartition("/")[2].partition(":")[2]
        if tag in ("", "latest"):
            what = "has no tag, which means latest" if not tag else "is the tag latest"
            yield Wrong("base-moving", line, f"{image} {what}: what it is changes without notice", "name a version")


PRACTICES = (
    Practice(
        "base-version",
        "The image runs another version than the one that manifests and tools of the project name.",
        "docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        _version,
    ),
    Practice("base-ended", "A runtime past its end of life gets no security fixes.", "endoflife.date", _ended),
    Practice(
        "base-moving",
        "A build of tomorrow must not start from another image than the one that was tested.",
        "docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        _moving,
    ),
)
