"""The runtime that an image reference or a CI step names."""

import re
from collections.abc import Iterator

from genfile.detect.hosting.facts import Hosting
from genfile.detect.tree import Project
from genfile.evidence import Fact
from genfile.parsers import Document, ParseError
from genfile.versions import Pin, parse_pin

COMPOSE_ENDINGS = (".yml", ".yaml")
IMAGES = {
    "node": ("node",),
    "python": ("python",),
    "go": ("golang",),
    "java": ("eclipse-temurin", "openjdk", "amazoncorretto", "azul/zulu-openjdk", "maven", "gradle",
             "liberica-openjdk-debian", "adoptopenjdk"),
    "gradle": ("gradle",),
}  # fmt: skip
_SETUP = {
    "node": ("actions/setup-node", "node-version"),
    "python": ("actions/setup-python", "python-version"),
    "go": ("actions/setup-go", "go-version"),
    "java": ("actions/setup-java", "java-version"),
    "gradle": ("gradle/actions/setup-gradle", "gradle-version"),
}


def quietly(place: Project, name: str) -> Document | None:
    """Parse a YAML file that only serves as evidence; None without a note if it is malformed."""
    return place.parse(_evidence, name)


def _evidence(text: str) -> Document | None:
    from genfile.parsers.data import parse_yaml

    try:
        return parse_yaml(text) if text else None
    except ParseError:
        return None


def image_pin(image: str, language: str, names: tuple[str, ...]) -> Pin | None:
    name, _, tag = image.partition("@")[0].rpartition(":")
    short = name.removeprefix("docker.io/").removeprefix("library/")
    host, last = short.split("/")[0], short.rpartition("/")[2]
    # A private registry mirrors official images under their names; Microsoft builds and tags its own differently.
    is_mirror = re.search("[.:]", host) is not None and host != "mcr.microsoft.com"
    short = last if short not in names and is_mirror else short
    if short not in names or not tag:
        return None
    if short in ("maven", "gradle") and language == "java":
        match = re.search(r"(?:jdk-?|temurin-|corretto-|openjdk-)(\d+)", tag)
        return Pin(match[1]) if match else None
    return parse_pin(tag, language) if tag[:1].isdigit() or language == "node" else None


def read_ci(folder: Project, found: Hosting) -> None:
    """setup-node, setup-python, setup-go and setup-java in GitHub workflows, if they name one version."""
    steps = folder.tree.once(("ci-versions",), lambda: list(_ci_versions(Project(folder.tree, ""))))
    for language, fact in steps:
        found.versions.setdefault(language, []).append(fact)


def _ci_versions(root: Project) -> Iterator[tuple[str, Fact[Pin]]]:
    """The versions that the workflows name, with their languages; the same for every folder."""
    base = ".github/workflows"
    for name in root.names(base)[:12]:
        text = root.text(f"{base}/{name}") if name.endswith(COMPOSE_ENDINGS) else None
        if not text or "setup-" not in text:
            continue
        document = quietly(root, f"{base}/{name}")
        for job, body in (document.table("jobs") if document else {}).items():
            steps = body.get("steps") if isinstance(body, dict) else None
            for index, step in enumerate(steps if isinstance(steps, list) else []):
                if isinstance(step, dict) and document is not None:
                    yield from _ci_step(root, f"{base}/{name}", document, (job, index), step)


def _ci_step(
    root: Project, path: str, document: Document, at: tuple[str, int], step: dict[str, object]
) -> Iterator[tuple[str, Fact[Pin]]]:
    given = step.get("with")
    for language, (action, key) in _SETUP.items():
        if not str(step.get("uses", "")).startswith(action) or not isinstance(given, dict):
            continue
        text = str(given.get(key, ""))
        pin = parse_pin(text, language) if text and "\n" not in text.strip() else None
        # `3.x` is whatever is newest on the day, and says nothing of the project.
        if pin is not None and (pin.line in text or not any(map(str.isdigit, text))):
            line = document.line("jobs", at[0], "steps", at[1], "with", key)
            yield language, root.fact(pin, path, line, f"{key}: {text}")


def read_gitlab(folder: Project, found: Hosting) -> None:
    """The image in .gitlab-ci.yml."""
    root = Project(folder.tree, "")
    name = ".gitlab-ci.yml"
    document = quietly(root, name) if root.has(name) else None
    image = document.get("image") if document else None
    image = image.get("name") if isinstance(image, dict) else image
    if isinstance(image, str) and document is not None:
        _put_image(root, name, document.line("image"), image, found)


def _put_image(place: Project, name: str, line: int | None, image: str, found: Hosting) -> None:
    for language, names in IMAGES.items():
        pin = image_pin(image, language, names)
        if pin is not None:
            found.versions.setdefault(language, []).append(place.fact(pin, name, line, f"image {image}"))
