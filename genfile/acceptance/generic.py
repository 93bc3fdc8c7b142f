"""What holds for every good Dockerfile, whoever's preset it comes from.

Each check takes a case and gives the faults it finds, as text; none means that the property holds.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from genfile.acceptance.case import Case, Check
from genfile.dockerfile.context import missing_sources

MANAGERS = set("npm npx pnpm yarn bunx uv poetry pipenv pdm mvn gradle go cargo composer".split())
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
    " go build": "/root/.cache/go-build",
    "cargo build": "/usr/local/cargo/registry",
    "composer install": "/tmp/composer",
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


def head(case: Case) -> Iterator[str]:
    """Line 1 is the syntax directive; LF, one final newline, no trailing blanks, no tabs."""
    if not case.dockerfile.startswith("# syntax=docker/dockerfile:1\n"):
        yield "the first line"
    for text in filter(None, (case.dockerfile, case.ignorefile)):
        if "\r" in text or "\t" in text or not text.endswith("\n") or text.endswith("\n\n"):
            yield "line ends"
        if any(line != line.rstrip() for line in text.split("\n")):
            yield "trailing blanks"
        if "\n\n\n" in text:
            yield "two blank lines"


def tags(case: Case) -> Iterator[str]:
    """Every FROM is an earlier stage, scratch, an ARG, or an image with a tag or a digest that is not `latest`."""
    for stage in case.parsed.stages:
        if stage.image in case.parsed.stage_names or stage.image == "scratch" or "$" in stage.image:
            continue
        name = stage.image.rpartition("/")[2]
        if "@" not in name and (":" not in name or name.endswith(":latest")):
            yield f"{stage.image} has no tag"


def names(case: Case) -> Iterator[str]:
    """Names of stages are lower-case, unique and used; what is copied from a stage is there."""
    found = [stage.name or "" for stage in case.parsed.stages]
    named = [name for name in found if name]
    if len(set(named)) != len(named) or any(name != name.lower() for name in named):
        yield f"stages {found}"
    used = {stage.image for stage in case.parsed.stages}
    used |= {value for item in case.parsed.instructions for key, value in item.flags if key == "from"}
    used |= {mount.get("from", "") for run in case.runs() for mount in run.mounts}
    for name in found[:-1]:
        if name and name not in used:
            yield f"{name} is never used"


def dangerous(case: Case) -> Iterator[str]:
    """No MAINTAINER, chmod 777, sudo, and nothing from the network into a shell."""
    for item in case.parsed.instructions:
        if item.keyword == "MAINTAINER":
            yield item.keyword
    for run in case.runs():
        for word in ("chmod 777", "sudo ", "| sh", "| bash"):
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


def code_owner(case: Case) -> Iterator[str]:
    """The user can't replace the program that is started: no folder on its path is the user's. That of WORKDIR is where
    the base image has one and nothing made it before; so are those that COPY --chown makes on its way."""
    started = next((word for word in case.final_words if word.startswith("/")), None)
    above = [str(path) for path in PurePosixPath(started).parents][:-1] if started is not None else []
    there: set[str] = set()
    stages = list(reversed(case.parsed.lineage(case.final)))
    has_user = stages[0].image.endswith(":nonroot") or "unprivileged" in stages[0].image
    for item in (item for stage in stages for item in stage.instructions if item.keyword in ("WORKDIR", "COPY")):
        place = item.words[-1] if not item.heredocs and item.words else item.value
        folder = place.rstrip("/") or "/"
        chowned = item.flag("chown") is not None
        made = {folder, *map(str, PurePosixPath(folder).parents)}
        if item.keyword == "COPY" and not place.endswith("/") and folder == started:
            made.remove(folder)
        owned = (made - there) if chowned or (has_user and item.keyword == "WORKDIR") else set()
        owned |= {folder} if chowned and place.endswith("/") else set()
        for path in above:
            if path in owned:
                yield f"{item.keyword} {item.value} gives {path} to the user"
        there |= made


def process(case: Case) -> Iterator[str]:
    """ENTRYPOINT, CMD, HEALTHCHECK are exec forms, each at most once; no package manager starts; sh only with exec."""
    for keyword in ("ENTRYPOINT", "CMD", "HEALTHCHECK"):
        found = case.final.all(keyword)
        if len(found) > 1 or any(item.exec_form is None for item in found):
            yield f"{keyword} {[item.value for item in found]}"
    words = case.final_words
    program = next((word for word in words if word not in ("/usr/bin/tini", "--")), "")
    if program in MANAGERS:
        yield f"{program} starts the service"
    if "sh" in words[:3] and not any(word.startswith("exec ") for word in words):
        yield "a shell stays process 1"
    if not words and not case.spec["static"]:
        yield "nothing is started"


def port(case: Case) -> Iterator[str]:
    """EXPOSE is the spec's port or absent; a variable for it has the same default; the health check asks there."""
    exposed = [item.value for item in case.final.all("EXPOSE")]
    wanted = [str(case.spec["port"])] if case.spec["port"] else []
    if exposed != wanted:
        yield f"EXPOSE {exposed}, the spec says {wanted}"
    variable = case.spec["port_variable"]
    if variable and case.environment.get(variable, str(case.spec["port"])) != str(case.spec["port"]):
        yield f"{variable} is {case.environment.get(variable)}"
    health = case.final.last("HEALTHCHECK")
    other = case.spec.get("health_port")
    asked = [str(other)] if other else wanted
    # A variable that the image sets is its port, too.
    words = (*asked, *([f"process.env.{variable}"] if variable and asked and not other else ()))
    if health is not None and (not any(word in health.value for word in words) or "127.0.0.1" not in health.value):
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
        # Yarn refuses a frozen lock file for one member alone; it takes what is locked all the same.
        names = (case.spec.get("workspace") or {}).get("names")
        texts = (text, "yarn workspaces focus") if names and manager["name"] == "yarn-berry" else (text,)
        if not any(item in run.value for run in case.runs() for item in texts):
            yield f"{text} is missing"


def apt(case: Case) -> Iterator[str]:
    """apt: update in the same step, nothing recommended, sorted names; locked cache mounts, or no lists left."""
    for run in case.runs():
        if "apt-get install" not in run.value:
            continue
        told, _, after = run.value.split("--no-install-recommends", 1)[-1].partition("&&")
        names, cleans = told.split(), "rm -rf /var/lib/apt/lists/*" in after
        if (
            "apt-get update" not in run.value
            or "-y --no-install-recommends" not in run.value
            or names != sorted(set(names))
        ):
            yield run.value
        if any(mount.get("sharing") != "locked" for mount in run.mounts):
            yield "apt's caches are not locked"
        if not run.mounts and not cleans:
            yield "apt's package lists stay in the layer"
        if run in case.final.instructions and any(
            name in ("gcc", "g++", "make", "git", "curl") or name.endswith("-dev") for name in names
        ):
            yield f"a compiler in the runtime stage: {names}"


def heredocs(case: Case) -> Iterator[str]:
    """hadolint reads on after a heredoc only when an empty line follows."""
    lines = case.dockerfile.split("\n")
    for number, line in enumerate(lines):
        if line == "EOF" and lines[number + 1] != "":
            yield "no empty line after a heredoc"


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
        rule = case.ignored.rule_for(path)
        # A file of defaults, or one in version control that something reads, may be sent: by its name, and no other.
        known = path == ".env" or path in (case.spec.get("committed") or ())
        deliberate = known and rule is not None and rule.negated and rule.pattern == path
        if not deliberate and not case.ignored.excludes(path):
            yield f"{path} is sent"


def survives(case: Case) -> Iterator[str]:
    """Everything that is taken from the context is still in it once .dockerignore has been applied."""
    for missing in missing_sources(case.parsed, case.ignored, case.files):
        rule = missing.rule.pattern if missing.rule else "nothing"
        yield f"line {missing.line}: {missing.source} is left out by {rule}"


CHECKS: tuple[Check, ...] = (
    head,
    tags,
    names,
    dangerous,
    user,
    code_owner,
    process,
    port,
    secret_values,
    installs,
    apt,
    heredocs,
    comments,
    ignored,
    survives,
)
