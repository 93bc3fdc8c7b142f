"""What other programs find in a Dockerfile: hadolint, and BuildKit's own checks; each fault once."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from genfile.errors import GenfileError, UsageError
from genfile.evidence import Risk
from genfile.handwritten.ignored import SAME

_SECONDS = 120
_MAX_FINDINGS = 500
_LEVELS: dict[str, Literal["error", "warning", "hint"]] = {"error": "error", "warning": "warning"}


def found_by(name: str, text: str, path: str, ours: Iterable[Risk]) -> Iterator[Risk]:
    """The findings of a program in a Dockerfile, without those that genfile has in the same line.

    Raises UsageError for a program that is not known or not there, GenfileError where it fails.
    """
    if name not in _PROGRAMS:
        raise UsageError(f"--with {name}: there is no such program", hint="hadolint and buildkit are known")
    program, read = _PROGRAMS[name]
    if shutil.which(program) is None:
        raise UsageError(f"--with {name}: {program} is not on PATH")
    known = {(risk.line, other) for risk in ours for other in SAME.get(risk.id, ())}
    for risk in list(read(text, path))[:_MAX_FINDINGS]:
        if (risk.line, risk.id) not in known:
            yield risk


def _hadolint(text: str, path: str) -> Iterator[Risk]:
    found = _json(["hadolint", "--no-fail", "--format", "json", "-"], text)
    for item in found if isinstance(found, list) else ():
        level = _LEVELS.get(str(item.get("level")), "hint")
        yield Risk(str(item.get("code")), level, _line(item.get("message")), None, path, _number(item.get("line")))


def _buildkit(text: str, path: str) -> Iterator[Risk]:
    # Without a context: what needs one is genfile's own.
    found = _json(["docker", "buildx", "build", "--call=check,format=json", "-"], text)
    warnings = found.get("warnings") if isinstance(found, dict) else None
    for item in warnings if isinstance(warnings, list) else ():
        ranges = (item.get("location") or {}).get("ranges") or [{}]
        line = _number((ranges[0].get("start") or {}).get("line"))
        said = _line(item.get("detail") or item.get("description"))
        yield Risk(str(item.get("ruleName")), "warning", said, _line(item.get("url")) or None, path, line)


def _json(words: list[str], text: str) -> Any:
    try:
        done = subprocess.run(words, input=text.encode(), capture_output=True, timeout=_SECONDS, check=False)
        return json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        raise GenfileError(f"{words[0]} gave no findings that can be read") from None


def _line(text: object) -> str:
    """A text in one line, without a full stop."""
    return " ".join(str(text or "").split())[:300].rstrip(".")


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


_PROGRAMS: dict[str, tuple[str, Callable[[str, str], Iterator[Risk]]]] = {
    "hadolint": ("hadolint", _hadolint),
    "buildkit": ("docker", _buildkit),
}
