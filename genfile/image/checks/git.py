"""git is installed where an installation needs it."""

import posixpath
from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.finding import Finding
from genfile.image.needs import Needs
from genfile.image.stage import RunStep, StageState

ID = "git-where-fetched"
REASON = "Installing a dependency from git needs git in that stage; slim images do not have it."
_INSTALLERS = frozenset("npm pnpm yarn pip pip3 uv poetry pipenv pdm".split())
_GIT = ("git+", "git://", "git@")


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    for stage in built.needed:
        base = stage.base
        if base is None or stage.loose is not None or "git" in base.programs:
            continue
        for step in stage.steps:
            if posixpath.basename(step.words[0]) in _INSTALLERS and "git" not in step.packages:
                said = next((word for word in step.words if word.startswith(_GIT) or "@ git+" in word), None)
                said = said or _in_files(built, stage, step)
                if said is not None:
                    text = f"{' '.join(step.words[:2])} fetches {said} with git, which this stage does not have"
                    yield Finding(ID, text, built.path, step.line, "install git in this stage, before this step")
                    break


def _in_files(built: Built, stage: StageState, step: RunStep) -> str | None:
    """A git dependency in a requirements file that the step reads."""
    for at, word in enumerate(step.words[:-1]):
        if word not in ("-r", "--requirement"):
            continue
        found = stage.files.find(posixpath.join(step.folder, step.words[at + 1]))
        text = built.context.read(found.source) if found.source is not None else None
        for line in (text or "").splitlines():
            if not line.lstrip().startswith("#") and "git+" in line:
                return line.strip().split("#")[0][:80]
    return None
