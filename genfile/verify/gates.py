"""The five gates: general, a path in and a report out.

1 it builds, cold and warm · 2 it starts hardened, as a numeric user · 3 it answers, and its health check agrees ·
4 SIGTERM ends it · 5 a change of one line keeps the layers of the dependencies
"""

import http.client
import secrets
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from genfile.verify.docker import build, check, docker, inspect
from genfile.verify.log import read_steps

# Something listens and answers, but not in HTTP: gRPC, a database's protocol.
OTHER_PROTOCOL = 0
# Nothing listens, or what listens says that it is not ready: both are asked again.
NOT_YET = (None, 503)
HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop=ALL", "--security-opt", "no-new-privileges")


@dataclass(frozen=True)
class Request:
    """What is to be proven.

    ``dockerfile`` is relative to ``root``, ``context`` too; ``port`` None means a worker; ``touch`` is a source
    file, relative to ``root``, that gets one more line. ``syntax`` False leaves out the `# syntax=` line, for
    engines that reach no registry.
    """

    root: Path
    dockerfile: str = "Dockerfile"
    context: str = "."
    port: int | None = None
    path: str = "/"
    touch: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
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
    """Every gate that was reached, in order, and the end of the log of the one that failed."""

    gates: list[Gate] = field(default_factory=list)
    log: str = ""
    image_bytes: int = 0

    @property
    def passed(self) -> bool:
        return len(self.gates) >= 6 and all(gate.passed for gate in self.gates)

    def to_json(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "image_bytes": self.image_bytes,
            "gates": [vars(gate) for gate in self.gates],
            "log": self.log,
        }

    def render(self) -> str:
        """A line a gate, then the log."""
        lines = [f"{'pass' if g.passed else 'FAIL'}  {g.name:<8} {g.seconds:6.1f} s  {g.detail}" for g in self.gates]
        return "\n".join([*lines, *([self.log] if self.log else [])])


def run_gates(request: Request) -> Report:
    """Run all gates on a copy of the tree: the user's own files are never touched. Stops at the first that fails."""
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
            _all_gates(request, report, root, dockerfile, tag, container)
        finally:
            docker("rm", "--force", container)
            docker("image", "rm", "--force", tag)
    return report


def _prepare(request: Request, root: Path) -> Path:
    """The Dockerfile to build with; without its syntax line where that image can't be had."""
    dockerfile = root / request.dockerfile
    if not request.syntax:
        lines = dockerfile.read_text("utf-8").splitlines(keepends=True)
        dockerfile.write_text("".join(line for line in lines if not line.startswith("# syntax=")), "utf-8")
    return dockerfile


def _all_gates(request: Request, report: Report, root: Path, dockerfile: Path, tag: str, container: str) -> None:
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
        passed, detail, log = step()
        report.gates.append(Gate(name, passed, time.monotonic() - started, detail))
        if name == "build" and passed:
            report.image_bytes = int(inspect("image", tag).get("Size", 0))
        if not passed:
            report.log = "\n".join(log.splitlines()[-40:])
            return


def _check(dockerfile: Path, context: Path) -> tuple[bool, str, str]:
    result = check(dockerfile, context)
    return (
        result.ok,
        "BuildKit's checks find nothing" if result.ok else "BuildKit's checks warn",
        result.output,
    )


def _build(dockerfile: Path, context: Path, tag: str) -> tuple[bool, str, str]:
    cold = build(dockerfile, context, tag, cache=False)
    if not cold.ok:
        return False, f"the build ended with {cold.code}", cold.output
    warm = build(dockerfile, context, tag)
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
    result = docker("run", "--detach", "--name", container, *HARDENED, *publish, *health, *environment, tag)
    if not result.ok:
        return False, "docker run failed", result.output
    time.sleep(1.5)
    state = inspect("container", container).get("State", {})
    if not state.get("Running"):
        return False, f"it ended at once with {state.get('ExitCode')}", docker("logs", container).output
    return True, f"as {user}, read-only, no capabilities", ""


def _has_health(tag: str) -> bool:
    return bool(inspect("image", tag).get("Config", {}).get("Healthcheck"))


def _answer(request: Request, tag: str, container: str) -> tuple[bool, str, str]:
    if request.port is None:
        time.sleep(2)
        running = inspect("container", container).get("State", {}).get("Running", False)
        return (
            bool(running),
            "a worker, still running" if running else "it ended",
            docker("logs", container).output,
        )
    deadline = time.monotonic() + request.answer_within
    status: int | None = None
    while time.monotonic() < deadline and status in NOT_YET:
        if not inspect("container", container).get("State", {}).get("Running"):
            return False, "it ended before it answered", docker("logs", container).output
        status = _ask(container, request.port, request.path)
        if status in NOT_YET:
            time.sleep(0.3)
    if status is None or status >= 500:
        return (
            False,
            f"no answer within {request.answer_within:.0f} s" if status is None else f"it answered {status}",
            docker("logs", container).output,
        )
    said = "an answer that is no HTTP" if status == OTHER_PROTOCOL else f"HTTP {status}"
    if not _has_health(tag):
        return True, f"{said}; no HEALTHCHECK", ""
    while time.monotonic() < deadline:
        health = inspect("container", container).get("State", {}).get("Health", {})
        if health.get("Status") == "healthy":
            return True, f"{said}, healthy", ""
        time.sleep(0.3)
    return False, f"{said}, but not healthy", str(health)


def _ask(container: str, port: int, path: str) -> int | None:
    """The status of one request: by the published port, else by the container's own address."""
    network = inspect("container", container).get("NetworkSettings", {})
    published = (network.get("Ports") or {}).get(f"{port}/tcp") or []
    hosts = [f"127.0.0.1:{item['HostPort']}" for item in published if item.get("HostPort")]
    addresses = [item.get("IPAddress") for item in (network.get("Networks") or {}).values()]
    hosts += [f"{address}:{port}" for address in addresses if address]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for host in hosts:
        try:
            with opener.open(f"http://{host}{path}", timeout=3) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except http.client.RemoteDisconnected:
            # Somebody in between took the connection: the program does not listen yet.
            continue
        except http.client.HTTPException:
            return OTHER_PROTOCOL
        except (OSError, ValueError):
            continue
    return None


def _stop(request: Request, container: str) -> tuple[bool, str, str]:
    started = time.monotonic()
    docker("stop", "--time", "10", container)
    seconds = time.monotonic() - started
    code = inspect("container", container).get("State", {}).get("ExitCode")
    # 137 is SIGKILL: it had to be ended. What else a program says when it is told to stop is its own affair.
    passed = code is not None and code != 137 and seconds <= request.stop_within + 0.5
    return passed, f"exit code {code} after {seconds:.1f} s", docker("logs", container).output


def _cache(request: Request, root: Path, dockerfile: Path, context: Path, tag: str) -> tuple[bool, str, str]:
    if request.touch is None:
        return True, "no source file was named to be touched", ""
    with (root / request.touch).open("a", encoding="utf-8") as file:
        file.write("\n")
    result = build(dockerfile, context, tag)
    steps = read_steps(result.output)
    missed = [step.instruction for step in steps if step.installs and not step.cached]
    if not result.ok or missed:
        return False, f"installed again: {missed[:1]}", result.output
    return (
        True,
        f"{sum(step.cached for step in steps)} of {len(steps)} steps cached, every installation among them",
        "",
    )
