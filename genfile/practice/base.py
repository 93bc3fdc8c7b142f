"""Base images: against the version that the project asks for, past their end of life, or with tags that move."""

import posixpath
import re
from collections.abc import Iterator

from genfile.data import data_date, runtime
from genfile.data.systems import is_distribution, is_official, release_of, successor
from genfile.detect.hosting.images import IMAGES, image_pin
from genfile.evidence import Evidence
from genfile.parsers.data import parse_json
from genfile.parsers.gomod import parse_go_mod
from genfile.practice.subject import Practice, Subject, Wrong
from genfile.spec.project import LANGUAGES
from genfile.versions import parse_pin, satisfies

# A version range at the end of a text (`22.*` is one line), and the newest version that a package works with.
_RANGE = re.compile(r"(?:[<>~^!]=?|==?=?)\s*v?\d[^()]*$|(?<!\.)\*$")
_UP_TO = re.compile(r"\bup to (\d[\d.]*)")
_APT = frozenset({"apt", "apt-get"})
_DISTRIBUTION = re.compile(r"(?:alpine|ubi|al|oraclelinux|windowsservercore-ltsc)-?[\d.]+")
# Where a version is what people develop or test with, not what the project asks for.
_WORKSHOPS = (".github/", ".gitlab-ci", ".circleci/", ".devcontainer", ".travis.yml", "azure-pipelines", "Jenkinsfile")


def _version(subject: Subject) -> Iterator[Wrong]:
    asked = list(_service_version(subject))
    yield from asked or _packages(subject)


def _service_version(subject: Subject) -> Iterator[Wrong]:
    service = subject.service
    if service is None or service.spec.runtime is None:
        return
    if service.spec.language == "go":
        yield from _go_version(subject, service.spec.path)
        return
    fact = service.facts.get("/runtime/version")
    spec = service.spec
    if fact is None or fact.guess or not fact.evidence or spec.language not in IMAGES:
        return
    said = fact.evidence[0]
    if said.path.startswith(_WORKSHOPS) or said.line is None:
        return
    asked = spec.runtime.version if spec.runtime else ""
    for image, line in subject.bases:
        pin = image_pin(image, spec.language, IMAGES[spec.language])
        if pin is None or _fits(pin.line, asked, said, spec.language):
            continue
        yield Wrong(
            "base-version",
            line,
            f"{image} is not what the project asks for: {said}",
            f"take {spec.language} {asked}",
            evidence=(said,),
        )


def _packages(subject: Subject) -> Iterator[Wrong]:
    """Direct dependencies that ask for a newer Node than the image that installs them has, by package-lock.json."""
    seen: set[str] = set()
    for stage, item in subject.installations:
        pin = image_pin(stage.reference, "node", IMAGES["node"]) if item.manager == "npm" else None
        source = stage.files.find(posixpath.join(item.folder, "package-lock.json")).source
        document = subject.context.parsed(parse_json, source) if source is not None and pin is not None else None
        packages = document.get("packages") if document is not None else None
        if pin is None or not isinstance(packages, dict) or stage.reference in seen or not pin.line.isdecimal():
            continue
        seen.add(stage.reference)
        asked = [(name, said) for name, said in _engines(packages) if not satisfies(pin.line, said, "npm")]
        if asked:
            name, said = asked[0]
            more = f", and {len(asked) - 1} more packages do" if len(asked) > 1 else ""
            text = f"{stage.reference} is not what {name} asks for: {said}{more}"
            yield Wrong("base-version", item.step.line, text, "take a line that the dependencies support", "hint")


def _engines(packages: dict[str, object]) -> Iterator[tuple[str, str]]:
    """What the direct dependencies in a package-lock.json say of Node."""
    root = packages.get("")
    tables = [root.get(key) for key in ("dependencies", "devDependencies")] if isinstance(root, dict) else []
    for name in sorted(name for table in tables if isinstance(table, dict) for name in table):
        entry = packages.get(f"node_modules/{name}")
        engines = entry.get("engines") if isinstance(entry, dict) else None
        said = engines.get("node") if isinstance(engines, dict) else None
        if isinstance(said, str) and re.search(r"\d", said):
            yield name, said


def _go_version(subject: Subject, folder: str) -> Iterator[Wrong]:
    """The version that go.mod asks for, which an image's Go refuses to build with less than."""
    inside = posixpath.relpath(folder, subject.context.root or ".")
    path = posixpath.normpath(posixpath.join(inside, "go.mod"))
    module = subject.context.parsed(parse_go_mod, path)
    least = module.go if module is not None else None
    if module is None or least is None:
        return
    for image, line in subject.bases:
        match = re.match(r"v?(\d+(?:\.\d+)*)", image.rpartition(":")[2])
        if image_pin(image, "go", IMAGES["go"]) is None or match is None:
            continue
        have, asked = _numbers(match[1]), _numbers(least)
        # `golang:1.25` is its newest patch release.
        if have[: len(asked)] < asked[: len(have)]:
            text = f"{image} is not what the project asks for: {path}:{module.lines.get('go', 1)} (go {least})"
            yield Wrong("base-version", line, text, f"take go {'.'.join(least.split('.')[:2])} or later")


def _fits(have: str, asked: str, evidence: Evidence, language: str) -> bool:
    """Whether the evidence allows an image's version line.

    A pin allows only that version, a range every line in it; Go and the JVM state a minimum.
    """
    if language in ("go", "java"):
        least = parse_pin(evidence.says.split()[-1], language)
        return least is None or satisfies(have, least.line, "floor")
    newest = _UP_TO.search(evidence.says)
    if newest is not None:
        return _numbers(have) <= _numbers(newest[1])
    constraint = _RANGE.search(evidence.says)
    if constraint is not None:
        text = constraint[0].strip()
        return satisfies(have, text, "npm" if language == "node" else "poetry" if "^" in text else "pep440")
    ours, theirs = have.split("."), asked.split(".")
    depth = 1 if language == "node" else min(len(ours), len(theirs))
    return ours[:depth] == theirs[:depth]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _ended(subject: Subject) -> Iterator[Wrong]:
    for image, line in subject.bases:
        for language, names in IMAGES.items():
            pin = image_pin(image, language, names) if language in LANGUAGES else None
            ended = _end(language, pin.line) if pin is not None else None
            if ended is not None:
                fix = "take a line that still gets security fixes"
                yield Wrong("base-ended", line, f"{image}: {language} {ended}", fix)
                break
        else:
            yield from _system_ended(image, line)
    yield from _archived(subject)


def _archived(subject: Subject) -> Iterator[Wrong]:
    """Steps that ask a mirror for the packages of a distribution which only an archive has."""
    for stage in subject.built.needed:
        release = release_of(stage.reference)
        if release is None or not release.archived:
            continue
        moved = any("archive.debian.org" in item.value for item in subject.instructions(stage))
        updates = (step for step in stage.steps if step.words[0] in _APT and "update" in step.words)
        if (step := next(updates, None)) is not None and not moved:
            text = f"`{' '.join(step.words)[:60]}` fails: no mirror has {release.name}, only archive.debian.org does"
            yield Wrong("base-ended", step.line, text, "take a release that still gets security fixes")


def _end(language: str, version: str) -> str | None:
    """A version line that gets no more fixes, and since when; the data leaves out the oldest lines."""
    lines = runtime(language)
    known = lines.line(version)
    if known is not None:
        return f"{known.version} reached its end of life on {known.end_of_life}" if known.over else None
    oldest = min((item.version for item in lines.lines), key=_numbers)
    # A bare major, such as `python:3`, is no line of its own.
    whole = "." in version or "." not in oldest
    return f"{version} reached its end of life before {oldest} did" if whole and _older(version, oldest) else None


def _older(version: str, other: str) -> bool:
    return _numbers(version) < _numbers(other)


def _system_ended(image: str, line: int) -> Iterator[Wrong]:
    """A distribution past its end of life, or an image that gets no more releases."""
    instead = successor(image)
    if instead is not None:
        text = f"{image}: this image gets no new releases, and no security fixes"
        yield Wrong("base-ended", line, text, instead)
        return
    release = release_of(image)
    if release is not None and release.ends < data_date():
        text = f"{image}: {release.name} reached its end of life on {release.ends}"
        yield Wrong("base-ended", line, text, "take a release that still gets security fixes")


def _moving(subject: Subject) -> Iterator[Wrong]:
    for image, line in (*subject.bases, *_copied_from(subject)):
        if "$" in image or "@" in image or image == "scratch" or not ("/" in image or is_official(image)):
            # Neither a registry in the name nor an official image: built locally.
            continue
        tag = image.rpartition("/")[2].partition(":")[2]
        fix = "name a version"
        if image.endswith(":"):
            # A tag that only a build argument has is another finding.
            continue
        if tag in ("", "latest"):
            what = "has no tag, which means latest" if not tag else "is the tag latest"
            yield Wrong("base-moving", line, f"{image} {what}: what it is changes without notice", fix)
        elif is_official(image) and not is_distribution(image) and not _names_version(image.rpartition("/")[2]):
            text = f"{image} names no version: the next major version comes without notice"
            yield Wrong("base-moving", line, text, fix, "hint")


def _unnamed(subject: Subject) -> Iterator[Wrong]:
    """Images whose name ends where the value of a build argument is missing."""
    written = {stage.line: stage.image for stage in subject.dockerfile.stages}
    for image, line in subject.bases:
        names = re.findall(r"\$\{?(\w+)", written.get(line, ""))
        if names and (not image or image.endswith((":", "/", "@"))):
            name = next((name for name in names if not _has_default(subject, name)), names[-1])
            text = f"{name} has no default: without --build-arg {name}=… this line names no image, and the build fails"
            yield Wrong("base-argument", line, text, f"give ARG {name} a default")


def _has_default(subject: Subject, name: str) -> bool:
    return any(
        key == name and value
        for item in subject.dockerfile.instructions
        for key, value in (item.pairs if item.keyword == "ARG" else ())
    )


def _copied_from(subject: Subject) -> Iterator[tuple[str, int]]:
    """The images of others that files are copied from, each with the line that names it."""
    stages = {stage.name for stage in subject.image.stages} | {str(stage.index) for stage in subject.image.stages}
    seen = {image for image, _ in subject.bases}
    for stage in subject.built.needed:
        for item in subject.instructions(stage):
            image = item.flag("from") if item.keyword == "COPY" else None
            if image is not None and image not in stages and image not in seen:
                seen.add(image)
                yield image, item.line


def _names_version(image: str) -> bool:
    """Whether a name with its tag has a number that is not its distribution's."""
    return re.search(r"\d", _DISTRIBUTION.sub("", image)) is not None


PRACTICES = (
    Practice(
        "base-version",
        "The image runs another version than the one that manifests and tools of the project name.",
        "docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        _version,
    ),
    Practice(
        "base-ended",
        "A runtime or a distribution past its end of life gets no security fixes.",
        "endoflife.date",
        _ended,
    ),
    Practice(
        "base-moving",
        "A build of tomorrow must not start from another image than the one that was tested.",
        "docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        _moving,
    ),
    Practice(
        "base-argument",
        "A build that works only with an argument fails for whoever does not know its name.",
        "docs.docker.com/reference/build-checks/invalid-default-arg-in-from",
        _unnamed,
    ),
)
