"""Whether a file looks like one that genfile writes: such a file is not evidence.

A Dockerfile that was made from guesses would turn them into facts on the next run. Nothing marks the files, so that
they stay plain ones that a person owns; what they are made of is the mark: the same head, the same final stage, the
same way to name its user, its process and its check, all together. Hand-written files have some of these, not all.

A file that was edited and still has the shape counts as genfile's as a whole: of its lines nobody can tell which were
decided and which are guesses that stayed. What a person decides is said in genfile.toml or with `--set`, and holds
through every update; a file that was rewritten beyond its shape is the person's, and a witness like any other.
"""

import posixpath
import re
from fnmatch import fnmatchcase

from genfile.dockerfile.model import Dockerfile, Stage
from genfile.dockerfile.reader import DockerfileError, read_dockerfile

_STAGES = frozenset("base build deps frontend layers micromamba pixi runtime tools uv".split())
_CHECKS = frozenset(
    {
        (("interval", "30s"), ("timeout", timeout), ("start-period", start), ("retries", "3"))
        for timeout in ("3s", "5s")
        for start in ("5s", "20s", "60s")
    }
)
_HARDENED = ("read_only: true", "cap_drop:", "no-new-privileges:true", "tmpfs:")


def is_own_dockerfile(text: str) -> bool:
    """Whether a Dockerfile has the shape of genfile's."""
    if not text.startswith("# syntax=docker/dockerfile:1\n"):
        return False
    try:
        dockerfile = read_dockerfile(text)
    except DockerfileError:
        return False
    last = dockerfile.stages[-1]
    return last.name == "runtime" and _STAGES.issuperset(dockerfile.stage_names) and _is_runtime(dockerfile, last)


def _is_runtime(dockerfile: Dockerfile, stage: Stage) -> bool:
    user, check = stage.last("USER"), stage.last("HEALTHCHECK")
    if user is None or not re.fullmatch(r"\d+(?::\d+)?", user.value):
        return False
    if check is not None and (check.flags not in _CHECKS or check.exec_form is None):
        return False
    if any(len(item.words) != 1 or not item.words[0].isdecimal() for item in stage.all("EXPOSE")):
        return False
    commands = [item for word in ("CMD", "ENTRYPOINT") for item in stage.all(word)]
    copies = [item for base in dockerfile.lineage(stage) for item in base.all("COPY") if not item.heredocs]
    return (
        all(item.exec_form is not None for item in commands)
        and all(item.keyword != "ADD" for item in stage.instructions)
        and any(item.flag("link") is not None for item in copies)
    )


def is_own_compose(text: str) -> bool:
    """Whether a compose file has the shape of genfile's: every service that it builds is hardened the same way."""
    built = len(re.findall(r"^    build:", text, re.M))
    return built > 0 and all(text.count(word) >= built for word in _HARDENED) and "\n    security_opt:\n" in text


# The names that each .dockerignore of genfile's leaves out: what an image is made with, and secrets.
_LEFT_OUT = tuple(
    """
    Dockerfile Dockerfile.* *.Dockerfile *.dockerignore .dockerignore genfile.toml genfile.lock .genfile-answers.toml
    compose.yaml compose.*.yaml compose.yml compose.*.yml
    docker-compose*.yaml docker-compose*.yml .env .env.* *.pem *.key *.p12 *.pfx id_rsa* id_ed25519* .netrc *.tfstate
    .gitattributes .gitlab-ci.yml
    """.split()
)


def is_left_out(path: str) -> bool:
    """Whether genfile's own .dockerignore keeps a file out of every build, by its name."""
    name = posixpath.basename(path)
    return any(fnmatchcase(name, pattern) for pattern in _LEFT_OUT)
