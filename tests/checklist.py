"""The acceptance list: what holds for every Dockerfile and .dockerignore that genfile writes.

Each check takes a case and gives the faults it finds, as text; none means that the property holds.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from genfile.dockerfile.context import missing_sources
from genfile.dockerfile.ignore import IgnoreRules, read_ignore
from genfile.dockerfile.model import Dockerfile, Instruction, Stage
from genfile.dockerfile.reader import read_dockerfile

STAGES = {"base", "tools", "frontend", "uv", "micromamba", "pixi", "deps", "build", "layers", "runtime"}
# Images whose tags carry no distribution: there is only one, or it stands in the name.
PLAIN_TAGS = ("oven/bun:", "astral-sh/uv:", "mambaorg/micromamba:", "prefix-dev/pixi:", "distroless/")
DISTROS = ("trixie", "bookworm", "bullseye", "noble")
MANAGERS = {"npm", "npx", "pnpm", "yarn", "bunx", "uv", "poetry", "pipenv", "pdm", "mvn", "gradle", "go"}
CACHES = {
    "npm ci": "/root/.npm",
    "npm install --omit": "/root/.npm",
    "pnpm install": "/pnpm/store",
    "yarn install": ("/usr/local/share/.cache/yarn", "/root/.yarn/berry/cache"),
    "bun install": "/root/.bun/install/cache",
    "pip install": ("/root/.cache/pip", "/root/.cache/uv"),
    "uv sync": "/root/.cache/uv",
    "poetry install": "/root/.cache/pypoetry",
    "pipenv sync": "/root/.cache/pipenv",
    "go mod download": "/go/pkg/mod",
    "go build": "/root/.cache/go-build",
    "mvn ": "/root/.m2",
    "gradlew ": "/root/.gradle",
}
LOCKED = {
    "npm": "npm ci",
    "pnpm": "--frozen-lockfile",
    "yarn": "--frozen-lockfile",
    "yarn-berry": "--immutable",
    "bun": "--frozen-lockfile",
    "uv": "--locked",
    "pipenv": "pipenv sync",
}
SECRET_NAME = re.compile(r"token|secret|password|passwd|apikey|credential|private", re.IGNORECASE)


@dataclass(frozen=True)
class Case:
    """A pair of files, with the spec they were made from and the files of the build context."""

    dockerfile: str
    ignorefile: str
    spec: dict[str, Any]
    files: frozenset[str]

    @cached_property
    def parsed(self) -> Dockerfile:
        return read_dockerfile(self.dockerfile)

    @cached_property
    def ignored(self) -> IgnoreRules:
        return read_ignore(self.ignorefile)

    @property
    def final(self) -> Stage:
        return self.parsed.stages[-1]

    def runs(self) -> Iterator[Instruction]:
        return (item for item in self.parsed.instructions if item.keyword == "RUN")


Check = Callable[[Case], Iterator[str]]


def head(case: Case) -> Iterator[str]:
    """Line 1 is the syntax directive; LF, one final newline, no trailing blanks, no tabs."""
    if not case.dockerfile.startswith("# syntax=docker/dockerfile:1\n"):
        yield "the first line"
    for text in (case.dockerfile, case.ignorefile):
        if "\r" in text or "\t" in text or not text.endswith("\n") or text.endswith("\n\n"):
            yield "line ends"
        if any(line != line.rstrip() for line in text.split("\n")):
            yield "trailing blanks"
        if "\n\n\n" in text:
            yield "two blank lines"


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
    """No ADD, MAINTAINER, ONBUILD, SHELL, STOPSIGNAL; VOLUME for a database of its own alone; no chown -R, sudo, cd."""
    for item in case.parsed.instructions:
        if item.keyword == "VOLUME" and case.spec.get("data"):
            continue
        if item.keyword in ("ADD", "MAINTAINER", "ONBUILD", "SHELL", "VOLUME", "STOPSIGNAL"):
            yield item.keyword
    for run in case.runs():
        for word in ("chown -R", "chmod 777", "sudo ", "apt-get upgrade", "corepack", "| sh", "DEBIAN_FRONTEND"):
            if word in run.value:
                yield word


def user(case: Case) -> Iterator[str]:
    """One USER in the final stage: two numbers, not root, after its last RUN and COPY."""
    found = case.final.all("USER")
    if len(found) != 1 or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", found[0].value):
        yield f"USER {[item.value for item in found]}"
        return
    after = [item.keyword for item in case.final.instructions if item.line > found[0].line]
    if {"RUN", "COPY"} & set(after):
        yield "work after USER"


def process(case: Case) -> Iterator[str]:
    """ENTRYPOINT, CMD, HEALTHCHECK are exec forms, each at most once; no package manager starts; sh only with exec."""
    for keyword in ("ENTRYPOINT", "CMD", "HEALTHCHECK"):
        found = case.final.all(keyword)
        if len(found) > 1 or any(item.exec_form is None for item in found):
            yield f"{keyword} {[item.value for item in found]}"
    words = [
        word for keyword in ("ENTRYPOINT", "CMD") for item in case.final.all(keyword) for word in item.exec_form or ()
    ]
    program = next((word for word in words if word not in ("/usr/bin/tini", "--")), "")
    if program in MANAGERS:
        yield f"{program} starts the service"
    if "sh" in words[:3] and not any(word.startswith("exec ") for word in words):
        yield "a shell stays process 1"
    if not words and not case.spec["static"]:
        yield "nothing is started"


def node_init(case: Case) -> Iterator[str]:
    """Node runs below tini, which the stage or its base installs."""
    if case.spec["language"] == "node" and not case.spec["static"] and case.spec.get("engine") == "node":
        entry = case.final.last("ENTRYPOINT")
        if entry is None or entry.exec_form != ("/usr/bin/tini", "--"):
            yield "no tini"
        if not any("tini" in run.value for stage in case.parsed.lineage(case.final) for run in stage.all("RUN")):
            yield "tini is not installed"


def port(case: Case) -> Iterator[str]:
    """EXPOSE is the spec's port or absent; a variable for it has the same default; the health check asks there."""
    exposed = [item.value for item in case.final.all("EXPOSE")]
    wanted = [str(case.spec["port"])] if case.spec["port"] else []
    if exposed != wanted:
        yield f"EXPOSE {exposed}, the spec says {wanted}"
    environment = {key: value for item in case.final.all("ENV") for key, value in item.pairs}
    variable = case.spec["port_variable"]
    if variable and environment.get(variable) != str(case.spec["port"]):
        yield f"{variable} is {environment.get(variable)}"
    health = case.final.last("HEALTHCHECK")
    if health is not None and (not wanted or wanted[0] not in health.value or "127.0.0.1" not in health.value):
        yield "the health check asks elsewhere"


def secret_values(case: Case) -> Iterator[str]:
    """No ARG or ENV has the name of a secret; credentials of registries are mounted, never copied."""
    for item in case.parsed.instructions:
        if item.keyword in ("ARG", "ENV"):
            yield from (f"{item.keyword} {key}" for key, _ in item.pairs if SECRET_NAME.search(key))
        if item.keyword == "COPY" and any(
            word.endswith((".npmrc", ".netrc", "pip.conf", "settings.xml", ".pem")) for word in item.words[:-1]
        ):
            yield f"COPY {item.value}"
    mounted = {mount.get("id") for run in case.runs() for mount in run.mounts if mount.get("type") == "secret"}
    for secret in case.spec["secrets"]:
        if secret["id"] not in mounted:
            yield f"secret {secret['id']} is not mounted"


def installs(case: Case) -> Iterator[str]:
    """Every installation has its cache mount, follows the lock file, and sees manifests before any sources."""
    for run in case.runs():
        targets = {mount.get("target") for mount in run.mounts if mount.get("type") == "cache"}
        for command, wanted in CACHES.items():
            if command in run.value and "--global" not in run.value and "-c pip" not in run.value:
                options = wanted if isinstance(wanted, tuple) else (wanted,)
                if not targets & set(options):
                    yield f"{command}: no cache mount"
    manager = case.spec["package_manager"]
    if manager and manager["lockfile"] and manager["name"] in LOCKED:
        text = LOCKED[manager["name"]]
        if not any(text in run.value for run in case.runs()):
            yield f"{text} is missing"


def order(case: Case) -> Iterator[str]:
    """The first installation of a stage stands before the copy of the whole context."""
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
            "uv sync",
            "poetry install",
            "go mod download",
            "go-offline",
            "--quiet dependencies",
        )
        if (
            case.spec["manifests"]
            and not any(
                run.line < copied and any(command in run.value for command in commands) for run in stage.all("RUN")
            )
            and stage.name == "build"
            and case.spec["language"] != "static"
        ):
            if case.spec["language"] == "go" and len(case.spec["manifests"]) == 0:
                continue
            yield f"{stage.name}: the sources come before the dependencies"


def apt(case: Case) -> Iterator[str]:
    """apt: update in the same step, nothing recommended, sorted names, locked cache mounts."""
    for run in case.runs():
        if "apt-get install" not in run.value:
            continue
        names = run.value.split("--no-install-recommends", 1)[-1].split()
        if (
            "apt-get update" not in run.value
            or "-y --no-install-recommends" not in run.value
            or names != sorted(set(names))
        ):
            yield run.value
        if any(mount.get("sharing") != "locked" for mount in run.mounts):
            yield "apt's caches are not locked"
        if run in case.final.instructions and any(
            name in ("gcc", "g++", "make", "git", "curl") or name.endswith("-dev") for name in names
        ):
            yield f"a compiler in the runtime stage: {names}"


def copies(case: Case) -> Iterator[str]:
    """The final stage copies with --link; owners are numbers; absolute destinations."""
    for item in case.final.all("COPY"):
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
    final = {key: value for item in case.final.all("ENV") for key, value in item.pairs}
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
    if case.spec["language"] == "java" and "jdk" in case.final.image:
        yield f"runs on {case.final.image}"


def python(case: Case) -> Iterator[str]:
    """Python: one image for both stages, and its virtual environment at one path."""
    if case.spec["language"] == "python":
        lineages = [
            case.parsed.lineage(stage)[-1].image for stage in case.parsed.stages if stage.name in ("build", "runtime")
        ]
        if len(set(lineages)) != 1:
            yield f"two images: {lineages}"


def comments(case: Case) -> Iterator[str]:
    """A comment right above FROM or ARG is its description, and begins with the name."""
    lines = case.dockerfile.split("\n")
    for number, line in enumerate(lines[1:], 1):
        above = lines[number - 1]
        if line.startswith(("FROM ", "ARG ")) and above.startswith("# ") and not above.startswith("# syntax="):
            name = line.split()[-1] if line.startswith("FROM ") else line.split()[1]
            block = number - 1
            while lines[block - 1].startswith("#"):
                block -= 1
            if not lines[block].startswith(f"# {name} "):
                yield above


def heredocs(case: Case) -> Iterator[str]:
    """hadolint reads on after a heredoc only when an empty line follows."""
    lines = case.dockerfile.split("\n")
    for number, line in enumerate(lines):
        if line == "EOF" and lines[number + 1] != "":
            yield "no empty line after a heredoc"


def ignored(case: Case) -> Iterator[str]:
    """Version control, secrets, installed packages and the Dockerfile itself never enter the context."""
    for path in (
        ".git/config",
        ".env",
        ".env.local",
        "sub/.env",
        "node_modules/x/index.js",
        "sub/node_modules/x.js",
        "server.key",
        "tls/cert.pem",
        "Dockerfile",
        ".dockerignore",
        "id_rsa",
    ):
        if not case.ignored.excludes(path):
            yield f"{path} is sent"


def survives(case: Case) -> Iterator[str]:
    """Everything that is taken from the context is still in it once .dockerignore has been applied."""
    for missing in missing_sources(case.parsed, case.ignored, case.files):
        rule = missing.rule.pattern if missing.rule else "nothing"
        yield f"line {missing.line}: {missing.source} is left out by {rule}"


CHECKS: tuple[Check, ...] = (
    head,
    images,
    version,
    stages,
    forbidden,
    user,
    process,
    node_init,
    port,
    secret_values,
    installs,
    order,
    apt,
    copies,
    environment,
    go,
    java,
    python,
    comments,
    heredocs,
    ignored,
    survives,
)


def faults(case: Case) -> list[str]:
    """Every fault of a case, each with the name of the check that found it."""
    return [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(case)]
