"""A container under test: started as a hardened platform would, sent requests, and stopped."""

import re
import time
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from genfile.verify.docker import docker, inspect
from genfile.verify.folders import unwritable
from genfile.verify.listening import ListeningSocket, listeners
from genfile.verify.page import OTHER_PROTOCOL, PageAnswer, broken_asset, fetch
from genfile.verify.traces import label_of

if TYPE_CHECKING:
    from genfile.verify.gates import Request

# The status of a server that is not ready yet; ask again.
NOT_READY = 503
# How long a worker must stay up, and how long a health path may answer anything but 200, in seconds.
STAYS = 8
LATE = 10
HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop=ALL", "--security-opt", "no-new-privileges")
_READ_ONLY = re.compile(r"read-only file ?system|\bEROFS\b", re.IGNORECASE)
# Usual health paths of frameworks and platforms.
HEALTH_PATHS = ("/health", "/healthz", "/api/health", "/livez", "/readyz", "/status", "/ping", "/actuator/health", "/")


class GateOutcome(Struct, frozen=True):
    """How a gate ended: a one-line summary, the log of a failure, and observations that reveal the cause.

    ``listens``: where the program listens, looked up if it did not answer; ``answers``: another path that answers 200;
    ``out_of_memory``: the engine killed it for that; ``silent``: nothing answered in time, and nobody could look where
    it listens; ``stuck``: it did not end when told to.
    """

    passed: bool
    detail: str
    log: str = ""
    listens: tuple[ListeningSocket, ...] = ()
    answers: str | None = None
    out_of_memory: bool = False
    silent: bool = False
    stuck: bool = False


class _Said(Struct, frozen=True):
    """What was observed of a running container, and the fault, if any."""

    seen: tuple[str, ...] = ()
    fault: str | None = None
    log: str = ""
    listens: tuple[ListeningSocket, ...] = ()
    answers: str | None = None
    silent: bool = False

    def __add__(self, other: "_Said") -> "_Said":
        listens, answers = other.listens or self.listens, other.answers or self.answers
        return _Said(self.seen + other.seen, other.fault, other.log, listens, answers, self.silent or other.silent)


_NOTHING_SAID = _Said()


class Running(Struct, frozen=True):
    """A container of the image ``tag``: its name, and the run's label; ``network``: the one with databases."""

    request: "Request"
    tag: str
    run: str
    network: str | None = None

    @property
    def container(self) -> str:
        return f"genfile-gates-{self.run}"

    def start(self, environment: "dict[str, str]") -> GateOutcome:
        """Start it as a numeric user with a read-only root; it must still run a moment later."""
        user = str(self._config.get("User", ""))
        if not user.replace(":", "").isdecimal() or user.split(":")[0] == "0":
            return GateOutcome(False, f"the user is {user!r}, not a number other than 0")
        result = docker("run", "--detach", "--name", self.container, *self._flags(environment), self.tag)
        if not result.ok:
            return GateOutcome(False, "docker run failed", result.output)
        time.sleep(1.5)
        state = self._state
        if self.request.one_off and not state.get("Running") and state.get("ExitCode") == 0:
            return GateOutcome(True, f"as {user}, read-only; it did its work and ended with 0")
        if not state.get("Running"):
            return self._failed(f"it ended at once with {state.get('ExitCode')}")
        memory = f", {self.request.memory} of memory" if self.request.memory else ""
        return GateOutcome(True, f"as {user}, read-only, no capabilities{memory}")

    def _flags(self, environment: "dict[str, str]") -> list[str]:
        request, config = self.request, self._config
        words = ["--label", label_of(self.run), *HARDENED]
        # Without swap: the platform's limit is all there is.
        words += ["--memory", request.memory, "--memory-swap", request.memory] if request.memory else []
        words += ["--network", self.network] if self.network else []
        words += ["--publish", f"127.0.0.1::{request.port}"] if request.port else []
        words += ["--health-interval=1s", "--health-start-period=60s"] if config.get("Healthcheck") else []
        words += [word for mount in request.memory_mounts for word in ("--tmpfs", mount)]
        own = config.get("Volumes") or {}
        words += [word for folder in request.writable if folder not in own for word in ("--volume", folder)]
        return words + [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]

    @property
    def _config(self) -> dict[str, Any]:
        return inspect("image", self.tag).get("Config", {}) or {}

    @property
    def _state(self) -> dict[str, Any]:
        return inspect("container", self.container).get("State", {}) or {}

    @property
    def _log(self) -> str:
        return docker("logs", self.container).output

    def _failed(self, detail: str, said: _Said = _NOTHING_SAID) -> GateOutcome:
        state = self._state
        killed = bool(state.get("OOMKilled"))
        remark = f"; it took more than {self.request.memory} of memory" if killed else ""
        log = said.log or self._log
        return GateOutcome(False, detail + remark, log, said.listens, said.answers, killed, said.silent)

    def _ended(self) -> str | None:
        """How the container ended or was restarted; None while it runs."""
        found = inspect("container", self.container)
        state = found.get("State", {})
        if not state.get("Running"):
            return f"it ended with {state.get('ExitCode')}"
        again = int(found.get("RestartCount") or 0)
        return f"it was started again {again} times" if again or state.get("Restarting") else None

    def answer(self) -> GateOutcome:
        """Whether it works: what was requested, and what is wrong with the response, in one line."""
        if self._is_done():
            return GateOutcome(True, "it did its work and ended with 0")
        deadline = time.monotonic() + self.request.answer_within
        said = self._stays() if self.request.port is None else self._serves(deadline)
        if said.fault is None and self.request.port is not None and self._config.get("Healthcheck"):
            said = self._gets_healthy(deadline, said)
        if said.fault is None and not self._is_done():
            said = self._writes(said)
        remark = "its log speaks of a read-only file system" if _READ_ONLY.search(self._log) else None
        detail = "; ".join(part for part in (*said.seen, said.fault, remark) if part)
        return GateOutcome(True, detail) if said.fault is None else self._failed(detail, said)

    def _is_done(self) -> bool:
        """Whether a program that exits has done its work."""
        state = self._state if self.request.one_off else {"Running": True}
        return not state.get("Running") and state.get("ExitCode") == 0

    def _stays(self) -> _Said:
        """Check that a worker stays up for a while; a program that exits may end in that time."""
        what = "a one-off program" if self.request.one_off else "a worker"
        deadline = time.monotonic() + STAYS
        while time.monotonic() < deadline:
            if self._is_done():
                return _Said((f"{what}: it did its work and ended with 0",))
            if (ended := self._ended()) is not None:
                return _Said((), f"{what}, but {ended}")
            time.sleep(0.5)
        return _Said((f"{what}, still running after {STAYS} s",))

    def _serves(self, deadline: float) -> _Said:
        """Ask until the path answers, then request the start page and its assets.

        An API may have no start page: if `/` answers 404, the health path counts instead.
        """
        path = self.request.path
        answer = self._first_answer(deadline)
        if isinstance(answer, str):
            return _Said((), answer)
        if answer is None:
            return self._silent()
        if answer.status == OTHER_PROTOCOL:
            return _Said(("an answer that is not HTTP",))
        seen: tuple[str, ...] = (f"{path} answers HTTP {answer.status}",)
        if answer.status >= 500:
            return _Said(seen, "it answers with an error")
        if answer.status >= 400 and self.request.has_to_be_there:
            other = self._well_elsewhere()
            return _Said(
                (*seen, f"{other} answers HTTP 200") if other else seen, f"nothing is at {path}", "", (), other
            )
        if path != "/" and (page := self._ask("/")) is not None:
            seen, answer = (*seen, f"/ answers HTTP {page.status}"), page
            if page.status >= 500:
                return _Said(seen, "its start page is an error")
        elif answer.status == 404:
            seen = (*seen, "no page that shows that it works: name a health path")
        return _Said(seen) + _loads(answer)

    def _first_answer(self, deadline: float) -> "PageAnswer | str | None":
        """The first answer that counts; a text that says how the container ended before; None if nothing came in time.
        A required path gets a few more seconds, since routes may be added after the port opens."""
        answer: PageAnswer | None = None
        late: float | None = None
        while time.monotonic() < (deadline if late is None else min(deadline, late)):
            if (ended := self._ended()) is not None:
                return f"{ended} before it answered"
            answer = self._ask(self.request.path)
            missing = answer is not None and self.request.has_to_be_there and 400 <= answer.status < 500
            if answer is not None and answer.status != NOT_READY and not missing:
                return answer
            late = time.monotonic() + LATE if missing and late is None else late
            time.sleep(0.3)
        return answer

    def _silent(self) -> _Said:
        """Nothing answered in time: find out where it listens instead."""
        found = tuple(listeners(self.container))
        fault = f"no answer within {self.request.answer_within:.0f} s"
        if found:
            return _Said((), f"{fault}; it listens on {', '.join(map(str, found))}", "", found)
        return _Said((), fault, silent=True)

    def _well_elsewhere(self) -> str | None:
        for path in HEALTH_PATHS:
            answer = self._ask(path) if path != self.request.path else None
            if answer is not None and answer.status == 200:
                return path
        return None

    def _gets_healthy(self, deadline: float, said: _Said) -> _Said:
        health: dict[str, Any] = {}
        while time.monotonic() < deadline:
            if (ended := self._ended()) is not None:
                return said + _Said((), f"{ended} before it was healthy")
            health = self._state.get("Health", {})
            if health.get("Status") == "healthy":
                return said + _Said(("healthy",))
            time.sleep(0.3)
        last = next((str(item.get("Output", "")).strip() for item in reversed(health.get("Log") or [])), "")
        return said + _Said((), "not healthy", f"{self._log}\nthe last health check said: {last}")

    def _writes(self, said: _Said) -> _Said:
        """Check that the program's user can write to its folders and to the image's volumes."""
        volumes = self._config.get("Volumes") or {}
        scratch = (mount.partition(":")[0] for mount in self.request.memory_mounts)
        folders = sorted({*self.request.writable, *scratch, *map(str, volumes)} - {"/tmp"})
        if not folders:
            return said
        fault, how = unwritable(self.container, folders)
        return said + _Said((f"{', '.join(folders)}: {how}",) if fault is None else (), fault)

    def _ask(self, path: str) -> PageAnswer | None:
        """Send one request: to the published port, else to the container's own address."""
        port = self.request.port
        network = inspect("container", self.container).get("NetworkSettings", {})
        published = (network.get("Ports") or {}).get(f"{port}/tcp") or []
        hosts = [f"127.0.0.1:{item['HostPort']}" for item in published if item.get("HostPort")]
        addresses = [item.get("IPAddress") for item in (network.get("Networks") or {}).values()]
        hosts += [f"{address}:{port}" for address in addresses if address]
        answers = (fetch(f"http://{host}{path}") for host in hosts)
        return next((answer for answer in answers if answer is not None), None)

    def stop(self) -> GateOutcome:
        """Check that SIGTERM ends it in time."""
        if self._is_done():
            return GateOutcome(True, "it had ended")
        if (ended := self._ended()) is not None:
            return self._failed(f"{ended} before it was told to")
        started = time.monotonic()
        docker("stop", "--time", "10", self.container)
        seconds = time.monotonic() - started
        code = self._state.get("ExitCode")
        # 137 is SIGKILL: it had to be killed. Any other exit code is the program's own business.
        passed = code is not None and code != 137 and seconds <= self.request.stop_within + 0.5
        detail = f"exit code {code} after {seconds:.1f} s"
        return GateOutcome(True, detail) if passed else replace(self._failed(detail), stuck=True)


def _loads(page: PageAnswer) -> _Said:
    if not page.is_page:
        return _NOTHING_SAID
    fault, loaded = broken_asset(page)
    verb = "load" if len(loaded) > 1 else "loads"
    return _Said((f"its {' and '.join(loaded)} {verb}",) if loaded else (), fault)
