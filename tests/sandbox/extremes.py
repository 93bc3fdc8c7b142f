"""Calls what a template can call with extreme arguments, in a child with bounds of time and memory."""

import os
import resource
import signal
import sys
import time
import traceback
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from genfile.sandbox import Sandbox
from genfile.sandbox.budget import LIMITS, TemplateLimits, bounded
from genfile.template.cookiecutter.environment import CookiecutterEnvironment
from genfile.template.cookiecutter.texts import LIMITS as COOKIECUTTER_LIMITS

SECONDS = 2.0
MEMORY = 300 * 1024 * 1024
# What the callers of both sandboxes turn into one line; MemoryError and RecursionError are not among them.
CLEAR = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
ENVIRONMENTS: dict[str, tuple[Callable[[], SandboxedEnvironment], TemplateLimits]] = {
    "native": (lambda: Sandbox(), LIMITS),
    "cookiecutter": (
        lambda: CookiecutterEnvironment({}, ["jinja2.ext.do", "jinja2.ext.loopcontrols"]),
        COOKIECUTTER_LIMITS,
    ),
}


def deep(levels: int) -> list[Any]:
    value: list[Any] = [1]
    for _ in range(levels):
        value = [value]
    return value


def braid(levels: int) -> list[Any]:
    value: list[Any] = [1]
    for _ in range(levels):
        value = [value, value]
    return value


def values(limits: TemplateLimits) -> dict[str, Any]:
    """What a template can have at most, and what it can't."""
    n = limits.text - 1
    return {
        "huge": 10**5000,
        "wide": 1 << (limits.bits - 1),
        "minus": -(10**9),
        "inf": float("inf"),
        "nan": float("nan"),
        "none": None,
        "text": "a" * n,
        "lines": "a\n" * (n // 2),
        "sharp": "ß" * n,
        "brackets": "(" * (n // 2) + ")" * (n // 2),
        "comments": "<!--x-->" * (n // 8),
        "dashes": "a-" * (n // 2),
        "digits": "9" * n,
        "hex": "0x" + "f" * (n - 2),
        "amp": "&" * n,
        "format": "%999999999d",
        "formats": "%999d" * 3_000,
        "braces": "{0:999}" * 3_000,
        "again": "{0}" * 3_000,
        "list": list(range(limits.items - 2)),
        "texts": ["a" * 30] * (limits.items // 4),
        "lists": [[1, 2]] * (limits.items // 4),
        "deep": deep(limits.depth - 2),
        "deeper": deep(5_000),
        "braid": braid(15),
        "braids": braid(60),
        "table": {f"k{i}": "a" * 20 for i in range(limits.items // 4)},
        "bytes": b"a" * n,
    }


ARGUMENTS: list[tuple[Any, ...]] = [
    *((), (10**9,), (-(10**9),), (10**5000,), (9_999,), (1,), ("text",), ("list",), ("deeper",), ("a",), (None,)),
    *((float("inf"),), ("a", "text"), ("", "text"), ("text", "a"), ("9999", "text"), ("tail",), (0, 10**9)),
    *((10**9, "text"), (1, "text"), (9_999, "text"), ("text", "text"), (True, True, "a"), ("idna",), ("table",)),
]
# One call of so many is made, another one for each filter: the rest takes minutes. GENFILE_EXTREMES=1 makes them all.
SHARE = int(os.environ.get("GENFILE_EXTREMES", "4"))
SMALL = {"one": 1, "word": "a-b a", "pair": [1, 2], "pairs": [[1, 2], [3]], "small": {"a": 1}, "half": 0.5}


def calls(limits: TemplateLimits, every: bool) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    """Extreme values with few arguments; small ones, and one text, with extreme arguments."""
    known = values(limits)
    half = limits.text // 2
    known |= {"tail": "b" + "a" * half}
    for name, value in known.items():
        for arguments in ARGUMENTS if every or name == "text" else ((), (9_999,), ("a",)):
            yield _label(name, arguments), value, tuple(_known(known, item) for item in arguments)
    for name, value in SMALL.items():
        for arguments in ARGUMENTS:
            yield _label(name, arguments), value, tuple(_known(known, item) for item in arguments)


def _label(name: str, arguments: tuple[Any, ...]) -> str:
    return f"{name}({', '.join('10**5000' if item == 10**5000 else repr(item) for item in arguments)})"


def _known(known: dict[str, Any], item: Any) -> Any:
    return known[item] if isinstance(item, str) and item in known else item


def survive(kind: str, pattern: str, log: Path, *, every: bool = False) -> str:
    """Run `pattern` (`v`, `a`: its arguments) over all extremes in a child; what went wrong, or nothing."""
    log.write_text("compiling")
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = _work(kind, pattern, log, every)
        except BaseException:
            log.write_text(log.read_text() + traceback.format_exc()[-1500:])
        finally:
            os._exit(status)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "" if code == 0 else f"ended with {code} at {log.read_text()}"


def _work(kind: str, pattern: str, log: Path, every: bool) -> int:
    make, limits = ENVIRONMENTS[kind]
    environment = make()
    templates: dict[int, Any] = {}
    sys.setrecursionlimit(1_000)
    for label, value, arguments in calls(limits, every):
        if zlib.crc32(f"{pattern} {label}".encode()) % SHARE:
            continue
        count = len(arguments)
        if count not in templates:
            text = pattern.replace("ARGUMENTS", ", ".join(f"a{i}" for i in range(count)))
            try:
                templates[count] = environment.from_string(text)
            except TemplateError:
                templates[count] = None
        if templates[count] is None:
            continue
        log.write_text(label)
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, resource.RLIM_INFINITY))
        # Ends the child where one call in C does not come back.
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS * 1.5)
        began = time.thread_time()
        try:
            with bounded(limits):
                templates[count].render(v=value, **{f"a{i}": item for i, item in enumerate(arguments)})
        except CLEAR:
            pass
        if time.thread_time() - began > SECONDS:
            log.write_text(f"{label}: {time.thread_time() - began:.1f} s")
            return 2
    return 0
