"""What holds for the Dockerfiles of the built-in presets besides: the house's own style and its bases."""

import re
from collections.abc import Iterator

from genfile.acceptance.case import Case, Check

STAGES = {"base", "tools", "frontend", "uv", "micromamba", "pixi", "deps", "jre", "build", "layers"}
STAGES |= {"app", "archive", "runtime"}
# Images whose tags carry no distribution: there is only one, or it stands in the name.
PLAIN_TAGS = ("composer:", "oven/bun:", "astral-sh/uv:", "mambaorg/micromamba:", "prefix-dev/pixi:", "distroless/")
DISTROS = ("trixie", "bookworm", "bullseye", "noble")


def images(case: Case) -> Iterator[str]:
    """Every FROM is an earlier stage, or a tag with its distribution; each image stands in one FROM only."""
    seen: set[str] = set()
    for stage in case.parsed.stages:
        if stage.image in case.parsed.stage_names:
            continue
        if ":" not in stage.image or stage.image.endswith(":latest"):
            yield f"{stage.image} has no tag"
        if not any(name in stage.image for name in PLAIN_TAGS) and not any(name in stage.image for name in DISTROS):
            yield f"{stage.image} names no distribution"
        if stage.image in seen:
            yield f"{stage.image} stands twice"
        seen.add(stage.image)
        if stage.platform not in (None, "$BUILDPLATFORM"):
            yield f"platform {stage.platform}"


def version(case: Case) -> Iterator[str]:
    """The runtime's line of the spec is in the tag that builds it."""
    if case.spec["runtime"] and not any(
        re.search(rf"[:-](?:jdk)?{re.escape(case.spec['runtime']['version'])}(?:[-.]|$)", stage.image)
        for stage in case.parsed.stages
    ):
        yield f"no tag names {case.spec['runtime']['version']}"


def stages(case: Case) -> Iterator[str]:
    """Names are lower-case, unique, known, used; the last stage is the runtime."""
    names = [stage.name or "" for stage in case.parsed.stages]
    if len(set(names)) != len(names) or not set(names) <= STAGES or names[-1] != "runtime":
        yield f"stages {names}"
    used = {stage.image for stage in case.parsed.stages}
    used |= {value for item in case.parsed.instructions for key, value in item.flags if key == "from"}
    for name in names[:-1]:
        if name not in used:
            yield f"{name} is never used"
    for item in case.parsed.instructions:
        source = item.flag("from")
        if source is not None and source not in names:
            yield f"--from={source}"


def forbidden(case: Case) -> Iterator[str]:
    """No ADD, MAINTAINER, ONBUILD, SHELL, STOPSIGNAL; VOLUME for data alone; chown -R for what the program
    changes alone; no sudo, cd."""
    tomcat = case.spec.get("layout") == "war"
    for item in case.parsed.instructions:
        if item.keyword == "VOLUME" and (any(case.spec.get(name) for name in ("data", "volumes", "kept")) or tomcat):
            continue
        if item.keyword in ("ADD", "MAINTAINER", "ONBUILD", "SHELL", "VOLUME", "STOPSIGNAL"):
            yield item.keyword
    for run in case.runs():
        if "chown -R" in run.value and not case.spec.get("owned"):
            yield "chown -R"
        for word in ("chmod 777", "sudo ", "apt-get upgrade", "corepack", "| sh", "DEBIAN_FRONTEND"):
            if word in run.value:
                yield word


def node_init(case: Case) -> Iterator[str]:
    """Node runs below tini, which the stage or its base installs."""
    if case.spec["language"] == "node" and not case.spec["static"] and case.spec.get("engine") == "node":
        entry = case.final.last("ENTRYPOINT")
        if entry is None or entry.exec_form != ("/usr/bin/tini", "--"):
            yield "no tini"
        if not any("tini" in run.value for stage in case.parsed.lineage(case.final) for run in stage.all("RUN")):
            yield "tini is not installed"


def order(case: Case) -> Iterator[str]:
    """An installation, of a stage or of one that it continues, stands before the copy of the whole context."""
    for stage in case.parsed.stages:
        copied = next(
            (
                item.line
                for item in stage.instructions
                if item.keyword == "COPY" and item.flag("from") is None and item.words[0] == "."
            ),
            None,
        )
        if copied is None or case.spec.get("package") or case.spec.get("vendored") or case.spec["workspace"]:
            continue
        commands = (
            "npm ci",
            "npm install",
            "pnpm install",
            "yarn install",
            "pip install",
            "pip --python",
            "uv sync",
            "poetry install",
            "go mod download",
            "go-offline",
            "composer install",
            "--quiet dependencies",
        )
        if (
            case.spec["manifests"]
            and not any(
                run.line < copied and any(command in run.value for command in commands)
                for parent in case.parsed.lineage(stage)
                for run in parent.all("RUN")
            )
            and stage.name == "build"
            and case.spec["language"] != "static"
        ):
            if case.spec["language"] == "go" and len(case.spec["manifests"]) == 0:
                continue
            yield f"{stage.name}: the sources come before the dependencies"


def copies(case: Case) -> Iterator[str]:
    """The final stage copies with --link; owners are numbers; absolute destinations."""
    stages = [stage for stage in case.parsed.lineage(case.final) if stage.name in ("app", "runtime")]
    for item in (item for stage in stages for item in stage.all("COPY")):
        if item.heredocs:
            continue
        if item.flag("link") is None:
            yield f"no --link: {item.value}"
        owner = item.flag("chown")
        if owner is not None and not re.fullmatch(r"\d+:\d+", owner):
            yield f"owner {owner}"
        if not item.words[-1].startswith("/"):
            yield f"relative: {item.value}"


def environment(case: Case) -> Iterator[str]:
    """Production settings are in the runtime stage; NODE_ENV never before development dependencies are installed."""
    final = case.environment
    if case.spec["language"] == "node" and not case.spec["static"]:
        if final.get("NODE_ENV") != "production":
            yield "NODE_ENV"
        if any(
            key == "NODE_ENV" for stage in case.parsed.stages[:-1] for item in stage.all("ENV") for key, _ in item.pairs
        ):
            yield "NODE_ENV while building"
    if case.spec["language"] == "python" and final.get("PYTHONUNBUFFERED") != "1":
        yield "PYTHONUNBUFFERED"
    if case.spec["language"] == "java" and "MaxRAMPercentage" not in final.get("JAVA_TOOL_OPTIONS", ""):
        yield "MaxRAMPercentage"


def go(case: Case) -> Iterator[str]:
    """Go: CGO_ENABLED and GOTOOLCHAIN are said, -trimpath, a static base image only without cgo, declared targets."""
    if case.spec["language"] != "go":
        return
    build = next(stage for stage in case.parsed.stages if stage.name == "build")
    values = {key: value for item in build.all("ENV") for key, value in item.pairs}
    cgo = case.spec["cgo"]
    if values.get("CGO_ENABLED") != ("1" if cgo else "0") or values.get("GOTOOLCHAIN") != "local":
        yield f"ENV {values}"
    if not any("-trimpath" in run.value for run in build.all("RUN")):
        yield "-trimpath"
    if ("static-debian" in case.final.image) == cgo:
        yield f"runs on {case.final.image}"
    declared = {key for item in build.all("ARG") for key, _ in item.pairs}
    if build.platform and not {"TARGETOS", "TARGETARCH"} <= declared:
        yield "targets are not declared"


def java(case: Case) -> Iterator[str]:
    """Java: the JDK stays behind."""
    image = case.parsed.lineage(case.final)[-1].image
    if case.spec["language"] == "java" and "jdk" in image:
        yield f"runs on {image}"


def python(case: Case) -> Iterator[str]:
    """Python: one image for both stages, and its virtual environment at one path."""
    if case.spec["language"] == "python":
        lineages = [
            case.parsed.lineage(stage)[-1].image for stage in case.parsed.stages if stage.name in ("build", "runtime")
        ]
        if len(set(lineages)) != 1:
            yield f"two images: {lineages}"


CHECKS: tuple[Check, ...] = (
    images,
    version,
    stages,
    forbidden,
    node_init,
    order,
    copies,
    environment,
    go,
    java,
    python,
)
