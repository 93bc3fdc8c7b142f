"""The five gates: general, a path in and a report out.

1 it builds, cold and warm · 2 it starts hardened, as a numeric user · 3 it works: its start page answers, with that
page's script and style sheet, its folders can be written to, its health check agrees · 4 SIGTERM ends it ·
5 a change of one line keeps the layers of the dependencies
"""

import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from genfile.verify.docker import build, check, docker, inspect
from genfile.verify.folders import unwritable
from genfile.verify.log import read_steps
from genfile.verify.page import OTHER_PROTOCOL, Answer, broken_asset, fetch

# What listens says that it is not ready: it is asked again.
NOT_READY = 503
_READ_ONLY = re.compile(r"read-only file ?system|\bEROFS\b", re.IGNORECASE)
# How much of the log of what failed is kept: the cause may stand well above the last lines.
LOG_LINES = 200
# How long a worker has to stay, in seconds.
STAYS = 8
HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop=ALL", "--security-opt", "no-new-privileges")


@dataclass(frozen=True)
class Request:
    """What is to be proven.

    ``dockerfile`` is relative to ``root``, ``context`` too; ``port`` None means a worker; ``touch`` is a source
    file, relative to ``root``, that gets one more line. ``path`` is the service's health path, `/` without one.
    ``writable``: folders in the image that the program writes to; a volume is mounted at each that the image makes
    none of, as the Dockerfile says. ``syntax`` False leaves out the `# syntax=` line, for engines that reach no
    registry.
    """

    root: Path
    dockerfile: str = "Dockerfile"
    context: str = "."
    port: int | None = None
    path: str = "/"
    touch: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    writable: tuple[str, ...] = ()
    syntax: bool = True
    answer_within: float = 60
    stop_within: float = 2


@dataclass(frozen=True)
class Gate:
    """The outcome of one gate; ``detail`` is one line."""

    name: str
    passed: bool
    seconds: float
    detail: str


@dataclass
class Report:
    """Every gate that was reached, in order, and the end of the log of the one that failed.

    ``image_bytes`` is 0 where no image was built.
    """

    gates: list[Gate] = field(default_factory=list)
    log: str = ""
    image_bytes: int = 0

    @property
    def passed(self) -> bool:
        return len(self.gates) >= 6 and all(gate.passed for gate in self.gates)

    def to_json(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "image_bytes": self.image_bytes or None,
            "gates": [vars(gate) for gate in self.gates],
            "log": self.log,
        }

    def render(self) -> str:
        """A line a gate, then the log."""
        lines = [f"{'pass' if g.passed else 'FAIL'}  {g.name:<8} {g.seconds:6.1f} s  {g.detail}" for g in self.gates]
        return "\n".join([*lines, *([self.log] if self.log else [])])


def run_gates(request: Request, tell: "Callable[[str, Gate | None], None] | None" = None) -> Report:
    """Run all gates on a copy of the tree: the user's own files are never touched. Stops at the first that fails.

    ``tell``: told of each gate by name when it begins (None), and with its outcome when it has ended.
    """
    report = Report()
    tag = f"genfile-gates:{secrets.token_hex(6)}"
    container = tag.replace(":", "-")
    with tempfile.TemporaryDirectory(prefix="genfile-gates-") as folder:
        root = Path(folder) / "tree"
        shutil.copytree(
            request.root, root, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules", ".venv")
        )
        dockerfile = _prepare(request, root)
        try:
            _all_gates(request, report, root, dockerfile, tag, container, tell)
        finally:
            docker("rm", "--force", "--volumes", container)
            docker("image", "rm", "--force", tag)
            # The tag moves on with each build: the images before the last one are known by their label alone.
            docker("image", "prune", "--force", "--filter", f"label={_label(tag)}")
    return report


def _prepare(request: Request, root: Path) -> Path:
    """The Dockerfile to build with; without its syntax line where that image can't be had."""
    dockerfile = root / request.dockerfile
    if not request.syntax:
        lines = dockerfile.read_text("utf-8").splitlines(keepends=True)
        dockerfile.write_text("".join(line for line in lines if not line.startswith("# syntax=")), "utf-8")
    return dockerfile


def _label(tag: str) -> str:
    """What every image of one run is marked with."""
    return f"genfile.gates={tag.partition(':')[2]}"


def _all_gates(
    request: Request,
    report: Report,
    root: Path,
    dockerfile: Path,
    tag: str,
    container: str,
    tell: "Callable[[str, Gate | None], None] | None",
) -> None:
    context = root / request.context
    steps: list[tuple[str, Callable[[], tuple[bool, str, str]]]] = [
        ("check", lambda: _check(dockerfile, context)),
        ("build", lambda: _build(dockerfile, context, tag)),
        ("start", lambda: _start(request, tag, container)),
        ("answer", lambda: _answer(request, tag, container)),
        ("stop", lambda: _stop(request, container)),
        ("cache", lambda: _cache(request, root, dockerfile, context, tag)),
    ]
    for name, step in steps:
        started = time.monotonic()
        if tell is not None:
            tell(name, None)
        passed, detail, log = step()
        report.gates.append(Gate(name, passed, time.monotonic() - started, detail))
        if tell is not None:
            tell(name, report.gates[-1])
        if name == "build" and passed:
            report.image_bytes = int(inspect("image", tag).get("Size", 0))
        if not passed:
            report.log = "\n".join(log.splitlines()[-LOG_LINES:])
            return


def _check(dockerfile: Path, context: Path) -> tuple[bool, str, str]:
    result = check(dockerfile, context)
    return (
        result.ok,
        "BuildKit's checks find nothing" if result.ok else "BuildKit's checks warn",
        result.output,
    )


def _build(dockerfile: Path, context: Path, tag: str) -> tuple[bool, str, str]:
    cold = build(dockerfile, context, tag, cache=False, label=_label(tag))
    if not cold.ok:
        return False, f"the build ended with {cold.code}", cold.output
    warm = build(dockerfile, context, tag, label=_label(tag))
    missed = [step.instruction for step in read_steps(warm.output) if not step.cached]
    if not warm.ok or missed:
        return False, f"built again, not cached: {missed[:2]}", warm.output
    return True, "cold, then all cached", ""


def _start(request: Request, tag: str, container: str) -> tuple[bool, str, str]:
    user = str(inspect("image", tag).get("Config", {}).get("User", ""))
    if not user.replace(":", "").isdecimal() or user.split(":")[0] == "0":
        return False, f"the user is {user!r}, not a number other than 0", ""
    environment = [word for name, value in request.environment.items() for word in ("--env", f"{name}={value}")]
    publish = ["--publish", f"127.0.0.1::{request.port}"] if request.port else []
    health = ["--health-interval=1s", "--health-start-period=60s"] if _has_health(tag) else []
    own = inspect("image", tag).get("Config", {}).get("Volumes") or {}
    volumes = [word for folder in request.writable if folder not in own for word in ("--volume", folder)]
    result = docker("run", "--detach", "--name", container, *HARDENED, *publish, *health, *volumes, *environment, tag)
    if not result.ok:
        return False, "docker run failed", result.output
    time.sleep(1.5)
    state = inspect("container", container).get("State", {})
    if not state.get("Running"):
        return False, f"it ended at once with {state.get('ExitCode')}", docker("logs", container).output
    return True, f"as {user}, read-only, no capabilities", ""


def _has_health(tag: str) -> bool:
    return bool(inspect("image", tag).get("Config", {}).get("Healthcheck"))


def _ended(container: str) -> str | None:
    """How a container ended, or that it was started again; None while it runs."""
    found = inspect("container", container)
    state = found.get("State", {})
    if not state.get("Running"):
        return f"it ended with {state.get('ExitCode')}"
    again = int(found.get("RestartCount") or 0)
    return f"it was started again {again} times" if again or state.get("Restarting") else None


def _answer(request: Request, tag: str, container: str) -> tuple[bool, str, str]:
    """It works: what it was asked for, and what is wrong with that, as one line."""
    deadline = time.monotonic() + request.answer_within
    said = _stays(container) if request.port is None else _serves(request, container, deadline)
    if said.fault is None and request.port is not None and _has_health(tag):
        said = _gets_healthy(container, deadline, said)
    if said.fault is None:
        said = _writes(request, tag, container, said)
    log = docker("logs", container).output
    remark = "its log speaks of a read-only file system" if _READ_ONLY.search(log) else None
    detail = "; ".join(part for part in (*said.seen, said.fault, remark) if part)
    return said.fault is None, detail, "" if said.fault is None else said.log or log


@dataclass(frozen=True)
class _Said:
    """What was seen of a running container, and the fault that was found, if any."""

    seen: tuple[str, ...] = ()
    fault: str | None = None
    log: str = ""

    def __add__(self, other: "_Said") -> "_Said":
        return _Said(self.seen + other.seen, other.fault, other.log)


def _stays(container: str) -> _Said:
    """A worker has to stay for a while."""
    deadline = time.monotonic() + STAYS
    while time.monotonic() < deadline:
        if (ended := _ended(container)) is not None:
            return _Said((), f"a worker, but {ended}")
        time.sleep(0.5)
    return _Said((f"a worker, still running after {STAYS} s",))


def _serves(request: Request, container: str, deadline: float) -> _Said:
    """Ask until the health path answers, then for the start page and its assets.

    An API may have no start page: where `/` answers 404 the health path stands for it.
    """
    answer: Answer | None = None
    while time.monotonic() < deadline and (answer is None or answer.status == NOT_READY):
        if (ended := _ended(container)) is not None:
            return _Said((), f"{ended} before it answered")
        answer = _ask(container, request.port, request.path)
        if answer is None or answer.status == NOT_READY:
            time.sleep(0.3)
    if answer is None:
        return _Said((), f"no answer within {request.answer_within:.0f} s")
    if answer.status == OTHER_PROTOCOL:
        return _Said(("an answer that is no HTTP",))
    seen: tuple[str, ...] = (f"{request.path} answers HTTP {answer.status}",)
    if answer.status >= 500:
        return _Said(seen, "it answers with an error")
    if request.path != "/" and (page := _ask(container, request.port, "/")) is not None:
        seen, answer = (*seen, f"/ answers HTTP {page.status}"), page
        if page.status >= 500:
            return _Said(seen, "its start page is an error")
    return _Said(seen) + _loads(answer)


def _loads(page: Answer) -> _Said:
    if not page.is_page:
        return _Said()
    fault, loaded = broken_asset(page)
    verb = "load" if len(loaded) > 1 else "loads"
    return _Said((f"its {' and '.join(loaded)} {verb}",) if loaded else (), fault)


def _gets_healthy(container: str, deadline: float, said: _Said) -> _Said:
    health: dict[str, Any] = {}
    while time.monotonic() < deadline:
        health = inspect("container", container).get("State", {}).get("Health", {})
        if health.get("Status") == "healthy":
            return said + _Said(("healthy",))
        time.sleep(0.3)
    return said + _Said((), "not healthy", str(health))


def _writes(request: Request, tag: str, container: str, said: _Said) -> _Said:
    """The folders that the program writes to, and the image's volumes, can be written to by its user."""
    volumes = inspect("image", tag).get("Config", {}).get("Volumes") or {}
    folders = sorted({*request.writable, *map(str, volumes)})
    if not folders:
        return said
    fault, how = unwritable(container, folders)
    return said + _Said((f"{', '.join(folders)}: {how}",) if fault is None else (), fault)


def _ask(container: str, port: int | None, path: str) -> Answer | None:
    """One request: by the published port, else by the container's own address."""
    network = inspect("container", container).get("NetworkSettings", {})
    published = (network.get("Ports") or {}).get(f"{port}/tcp") or []
    hosts = [f"127.0.0.1:{item['HostPort']}" for item in published if item.get("HostPort")]
    addresses = [item.get("IPAddress") for item in (network.get("Networks") or {}).values()]
    hosts += [f"{address}:{port}" for address in addresses if address]
    answers = (fetch(f"http://{host}{path}") for host in hosts)
    return next((answer for answer in answers if answer is not None), None)


def _stop(request: Request, container: str) -> tuple[bool, str, str]:
    started = time.monotonic()
    if (ended := _ended(container)) is not None:
        return False, f"{ended} before it was told to", docker("logs", container).output
    docker("stop", "--time", "10", container)
    seconds = time.monotonic() - started
    code = inspect("container", container).get("State", {}).get("ExitCode")
    # 137 is SIGKILL: it had to be ended. What else a program says when it is told to stop is its own affair.
    passed = code is not None and code != 137 and seconds <= request.stop_within + 0.5
    return passed, f"exit code {code} after {seconds:.1f} s", docker("logs", container).output


_COMMENTS = {
    **dict.fromkeys((".py", ".properties", ".yml", ".yaml"), ("# ", "")),
    **dict.fromkeys((".html", ".vue", ".svelte", ".astro", ".md"), ("<!-- ", " -->")),
}


def changed_line(file: Path) -> None:
    """Add a comment to a source file that no build before has seen: the engine knows the layers of earlier ones."""
    before, after = _COMMENTS.get(file.suffix, ("// ", ""))
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"\n{before}{secrets.token_hex(8)}{after}\n")


def _cache(request: Request, root: Path, dockerfile: Path, context: Path, tag: str) -> tuple[bool, str, str]:
    if request.touch is None:
        return True, "no source file was named to be touched", ""
    changed_line(root / request.touch)
    result = build(dockerfile, context, tag, label=_label(tag))
    steps = read_steps(result.output)
    missed = [step.instruction for step in steps if step.installs and not step.cached]
    if not result.ok or missed:
        return False, f"installed again: {missed[:1]}", result.output
    return (
        True,
        f"{sum(step.cached for step in steps)} of {len(steps)} steps cached, every installation among them",
        "",
    )
