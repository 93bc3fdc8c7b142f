"""Read BuildKit's progress as JSON lines (`--progress=rawjson`): which steps ran, and which were cached."""

import base64
import json
import re
from dataclasses import dataclass

# Where package managers keep their downloads; a cache mount there is empty on a new builder.
KEPT_DOWNLOADS = re.compile(
    r"/root/\.(npm|m2|gradle|yarn|bun|cache/(uv|pip|pypoetry|pdm))|/go/pkg/mod|/pnpm/store|/var/(cache|lib)/apt"
)
_DOWNLOADS = re.compile(rf"--mount=type=cache\S*target=({KEPT_DOWNLOADS.pattern})")
_NAME = re.compile(r"\[(?:(?P<stage>[a-z][a-z0-9_.-]*) +)?\d+/\d+\] (?P<instruction>.+)", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One instruction of a build."""

    stage: str
    instruction: str
    cached: bool

    @property
    def keyword(self) -> str:
        return self.instruction.split(maxsplit=1)[0]


def read_progress(output: str) -> list[Step]:
    """Every instruction that a build reached, in order, except FROM. Lines that are not JSON are skipped."""
    found: dict[str, Step] = {}
    for line in output.splitlines():
        try:
            status = json.loads(line)
        except ValueError:
            continue
        for vertex in (status.get("vertexes") or []) if isinstance(status, dict) else []:
            named = _NAME.fullmatch(vertex.get("name", ""))
            if named is None or named["instruction"].startswith("FROM ") or "completed" not in vertex:
                continue
            # A layer pulled later from a registry cache is reported again, this time without `cached`.
            before = found.get(vertex["digest"])
            cached = bool(vertex.get("cached")) or (before is not None and before.cached)
            found[vertex["digest"]] = Step(named["stage"] or "", named["instruction"], cached)
    return list(found.values())


def last_words(output: str, lines: int = 12) -> str:
    """The last lines that a failed build printed, with BuildKit's own message."""
    said: list[str] = []
    for line in output.splitlines():
        try:
            status = json.loads(line)
        except ValueError:
            said.append(line)
            continue
        for log in (status.get("logs") or []) if isinstance(status, dict) else []:
            said += base64.b64decode(log.get("data", "")).decode("utf-8", "replace").splitlines()
    return "\n".join([line for line in said if line.strip()][-lines:])


def run_again(steps: list[Step]) -> list[str]:
    """The RUN instructions that a build executed, without their mounts, each with its stage."""
    return [
        f"{step.stage + ': ' if step.stage else ''}{_command(step.instruction)}"
        for step in steps
        if step.keyword == "RUN" and not step.cached
    ]


def downloads_again(steps: list[Step]) -> list[str]:
    """Those that download again on a builder with a full layer cache and empty mounts."""
    return run_again([step for step in steps if _DOWNLOADS.search(step.instruction)])


def _command(instruction: str) -> str:
    words = instruction.split()[1:]
    return " ".join(word for word in words if not word.startswith("--mount="))
