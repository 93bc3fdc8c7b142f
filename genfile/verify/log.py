"""BuildKit's plain progress: the steps of a build, which were cached, and which failed."""

import re

from msgspec import Struct

_STEP = re.compile(r"^#(\d+) \[(?:([a-z][a-z0-9_-]*) )?(\d+/\d+)\] (.+)$")
_CACHED = re.compile(r"^#(\d+) CACHED$")
_FAILED = re.compile(r"^#(\d+) ERROR: ", re.MULTILINE)
_NUMBERED = re.compile(r"^#(\d+) ")
# Words of dependency installations, in the commands that presets write.
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
# Project installers, with the flag that restricts them to dependencies.
_WITHOUT_PROJECT = (("uv sync", "--no-install"), ("poetry install", "--no-root"), ("pdm sync", "--no-self"))


class BuildStep(Struct, frozen=True):
    """A build step: its stage, its instruction, and whether its result was cached."""

    stage: str
    instruction: str
    cached: bool

    @property
    def installs(self) -> bool:
        """Whether it installs dependencies; the project itself is installed again after each change."""
        own = "--prefix" in self.instruction or any(
            tool in self.instruction and flag not in self.instruction for tool, flag in _WITHOUT_PROJECT
        )
        return not own and any(word in self.instruction for word in _INSTALLS)


def read_steps(output: str) -> list[BuildStep]:
    """Every step in a build's plain progress, by number; without FROM, which runs nothing."""
    named: dict[int, tuple[str, str]] = {}
    cached: set[int] = set()
    for line in output.splitlines():
        step = _STEP.match(line)
        if step is not None and not step[4].startswith("FROM "):
            named.setdefault(int(step[1]), (step[2] or "", step[4]))
        elif (hit := _CACHED.match(line)) is not None:
            cached.add(int(hit[1]))
    return [BuildStep(stage, text, number in cached) for number, (stage, text) in sorted(named.items())]


def failed_lines(output: str) -> str:
    """A build's output without the lines of steps that did not fail; all of it if no step is said to have failed."""
    failed = set(_FAILED.findall(output))
    if not failed:
        return output
    lines = ((line, _NUMBERED.match(line)) for line in output.splitlines())
    return "\n".join(line for line, step in lines if step is None or step[1] in failed)
