"""BuildKit's plain progress, read: which steps there were, and which came out of the cache."""

import re
from dataclasses import dataclass

_STEP = re.compile(r"^#(\d+) \[(?:([a-z][a-z0-9_-]*) )?(\d+/\d+)\] (.+)$")
_CACHED = re.compile(r"^#(\d+) CACHED$")
# Words of an installation of dependencies, by the commands that presets write.
_INSTALLS = (
    "npm ci",
    "npm install --o",
    "npm install --no",
    "pnpm install",
    "yarn install",
    "yarn workspaces focus",
    "bun install",
    "pip install",
    "pip --python",
    "uv sync",
    "poetry install",
    "pipenv sync",
    "pipenv install",
    "pdm sync",
    "pdm install",
    "go mod download",
    "dependency:go-offline",
    "--quiet dependencies",
    "apt-get install",
)
# Installers of projects, and the flag that keeps them to the dependencies.
_WITHOUT_PROJECT = (("uv sync", "--no-install"), ("poetry install", "--no-root"), ("pdm sync", "--no-self"))


@dataclass(frozen=True, slots=True)
class BuildStep:
    """One step of a build: the stage it belongs to, its instruction, whether its result was cached."""

    stage: str
    instruction: str
    cached: bool

    @property
    def installs(self) -> bool:
        """Whether it installs dependencies: the project itself is installed anew with each change."""
        own = "--prefix" in self.instruction or any(
            tool in self.instruction and flag not in self.instruction for tool, flag in _WITHOUT_PROJECT
        )
        return not own and any(word in self.instruction for word in _INSTALLS)


def read_steps(output: str) -> list[BuildStep]:
    """Every step of a build's plain progress, in order of number; FROM is none, for there is nothing to run."""
    named: dict[int, tuple[str, str]] = {}
    cached: set[int] = set()
    for line in output.splitlines():
        step = _STEP.match(line)
        if step is not None and not step[4].startswith("FROM "):
            named.setdefault(int(step[1]), (step[2] or "", step[4]))
        elif (hit := _CACHED.match(line)) is not None:
            cached.add(int(hit[1]))
    return [BuildStep(stage, text, number in cached) for number, (stage, text) in sorted(named.items())]
