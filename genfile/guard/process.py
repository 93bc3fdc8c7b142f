"""The parent's side of one child: start it, send requests, end it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genfile import __version__, errors
from genfile.errors import GenfileError, GuardError
from genfile.guard.child import MAX_REPLY
from genfile.guard.frames import read_frame, write_frame

if TYPE_CHECKING:
    from genfile.guard.limits import Guard

MEBIBYTE = 1024 * 1024

# Runs before genfile can be imported: where to find it is the argument.
_BOOT = (
    "import json, sys; first, *more = json.loads(sys.argv[1]); sys.path.insert(0, first); sys.path += more; "
    "from genfile.guard.child import main; main()"
)
# What a child of a pool calls before its first request: `module:function`.
_WARM_UP = "genfile.guard.tasks:warm_up"
# Without these no Python starts; nothing else of the environment is handed down.
_VARIABLES = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_START_SECONDS = 60


class Child:
    """A child that answers one request at a time. ``warm``: it imports everything before the first one."""

    def __init__(self, guard: "Guard", *, warm: bool = False) -> None:
        self.guard = guard
        self.served = 0
        self._hello: dict[str, Any] | None = None
        self._ending = threading.Lock()
        self._ended = False
        self._process = _start(guard)
        with suppress(OSError):
            limits = {"seconds": guard.seconds, "memory": guard.memory, "files": guard.files}
            write_frame(self._stdin, {**limits, "warm": _WARM_UP if warm else None})

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    @property
    def _stdin(self) -> Any:
        return self._process.stdin

    def run(self, task: str, data: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
        """See `Runner.run`. After any GuardError the child is of no more use."""
        guard = self.guard
        self.served += 1

        def talk() -> tuple[dict[str, Any], list[bytes]]:
            self._greet()
            write_frame(self._stdin, {"task": task, "data": data, "cwd": _current()}, blobs)
            return read_frame(self._process.stdout, MAX_REPLY)  # type: ignore[arg-type]

        wall = guard.wall or guard.seconds * (1 if sys.platform == "win32" else 6)
        header, replies = self._within(wall, talk)
        died = header.get("signal")
        if died:
            raise self._death(died)
        if len(replies) != 1 or not replies[0]:
            raise GuardError("the guarded process gave no answer, or one that is too long", code="reply")
        return _result(replies[0], guard)

    def missing(self) -> tuple[str, ...]:
        """See `Guard.missing`."""
        self._within(_START_SECONDS, self._greet)
        return tuple(map(str, (self._hello or {}).get("missing", ())))

    def _greet(self) -> None:
        if self._hello is None:
            hello, _ = read_frame(self._process.stdout, MAX_REPLY)  # type: ignore[arg-type]
            if hello.get("version") != __version__:
                raise GuardError(
                    f"the guarded process runs genfile {hello.get('version')}, not {__version__}", code="start"
                )
            self._hello = hello

    def _within(self, seconds: float, talk: Callable[[], Any]) -> Any:
        """Talk to the child in a thread of its own: pipes can't be waited for with a limit on every system."""
        results: list[Any] = []

        def work() -> None:
            try:
                results.append(talk())
            except BaseException as error:
                results.append(error)

        thread = threading.Thread(target=work, daemon=True, name="genfile-guard")
        thread.start()
        try:
            thread.join(seconds)
        finally:
            late = thread.is_alive()
            if late:
                self.end()
        if late:
            raise GuardError(f"stopped: did not finish within {seconds:g} seconds", code="time", hint=_hint("seconds"))
        result = results[0]
        if isinstance(result, GenfileError):
            raise result
        if isinstance(result, EOFError | OSError):
            code = "signal" if self._hello else "start"
            raise GuardError("the guarded process ended before it answered", code=code) from None
        if isinstance(result, BaseException):
            raise GuardError("the guarded process gave an invalid answer", code="reply") from None
        return result

    def _death(self, number: int) -> GuardError:
        if number == getattr(signal, "SIGXCPU", None):
            text = f"stopped: reached the limit of {self.guard.seconds:g} seconds of CPU time"
            return GuardError(text, code="time", signal=number, hint=_hint("seconds"))
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = "unknown"
        return GuardError(
            f"the guarded process was killed by signal {number} ({name})",
            code="signal",
            signal=number,
            hint="a library gave up, most likely out of memory; raise `memory` if you trust the input",
        )

    def end(self) -> None:
        """End the child and all that it started, and wait until it is gone. Again: nothing."""
        with self._ending:
            if self._ended:
                return
            self._ended = True
            # Until the child has been waited for, its number can't belong to another process.
            with suppress(OSError):
                if hasattr(os, "killpg"):
                    self._ask_to_end()
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError, ValueError):
                pipe.close()  # type: ignore[union-attr]

    def _ask_to_end(self) -> None:
        """Let the child end its own process for a request: as an orphan it would stay as a zombie in a container."""
        pid = self._process.pid
        os.kill(pid, signal.SIGTERM)
        for _ in range(200) if hasattr(os, "waitid") else ():
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return
            time.sleep(0.005)


def _start(guard: "Guard") -> "subprocess.Popen[bytes]":
    python = guard.python or ("" if getattr(sys, "frozen", False) else sys.executable)
    if not python:
        raise GuardError(
            "no Python interpreter found to start a guarded process",
            code="start",
            hint="pass one that has genfile installed: Guard(python=…)",
        )
    environment = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
    # A home that nothing can be written to or read from.
    environment |= {"HOME": os.devnull, "USERPROFILE": os.devnull, "LANG": "C.UTF-8"}
    try:
        return subprocess.Popen(
            [python, "-I", "-X", "utf8", "-c", _BOOT, json.dumps(_paths())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise GuardError(f"{python} can't be started: {error.strerror or error}", code="start") from None


def _paths() -> list[str]:
    """Where the child finds genfile, and behind that what it needs; never in the current folder, for that may be the
    tree."""
    own = str(Path(__file__).resolve().parent.parent.parent)
    return [own, *(path for path in sys.path if Path(path).is_absolute() and path not in (own, _current()))]


def _current() -> str:
    """The current folder; the root of the file system where it has been deleted."""
    try:
        return str(Path.cwd())
    except OSError:
        return os.sep


def _hint(limit: str) -> str:
    return f"raise the guard's `{limit}` if you trust the input"


def _result(reply: bytes, guard: "Guard") -> bytes:
    """The JSON of what the function returned. Raises what it raised, by its name, and GuardError."""
    marker = b'{"result": '
    if reply.startswith(marker):
        return reply[len(marker) : -1]
    try:
        error = json.loads(reply)["error"]
        kind, message, hint = error["kind"], str(error.get("message"))[:1000], error.get("hint")
    except (ValueError, TypeError, LookupError, RecursionError):
        raise GuardError("the guarded process gave an invalid answer", code="reply") from None
    if kind == "MemoryError":
        text = f"stopped: reached the limit of {guard.memory // MEBIBYTE} MiB of memory"
        raise GuardError(text, code="memory", hint=_hint("memory"))
    if kind == "limits":
        raise GuardError(f"the limits can't be set: {message}", code="start")
    known = getattr(errors, kind, None) if isinstance(kind, str) else None
    if isinstance(known, type) and issubclass(known, GenfileError) and known is not GuardError:
        raise known(message, hint=str(hint)[:1000] if hint else None)
    raise GuardError(f"the guarded process failed: {message}", code="failed")
