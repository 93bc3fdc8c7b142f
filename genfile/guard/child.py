"""The child: it serves requests, each in a process of its own with limits, and never looks at a tree itself.

Only this process forks, and it has one thread, so that a fork is safe; on Windows, which can't fork, it does the work
itself, and is used once.
"""

import gc
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, Any

from genfile import __version__
from genfile.errors import GenfileError
from genfile.guard.frames import read_frame, write_frame

MAX_REPLY = 16 * 1024 * 1024
MAX_REQUEST = 1024 * 1024 * 1024
# The process for the request that is being answered, if any.
_RUNNING: list[int] = []
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def main() -> None:
    """Greet the parent, then answer until it closes the pipe."""
    requests, replies = _take_pipes()
    signal.signal(signal.SIGTERM, _end)
    greeting, _ = read_frame(requests, MAX_REQUEST)
    missing = _missing()
    if greeting["warm"]:
        _function(greeting["warm"])()
    # What is shared with the processes for each request stays so: nobody touches it to look for garbage.
    gc.freeze()
    write_frame(replies, {"version": __version__, "missing": missing})
    while True:
        try:
            header, blobs = read_frame(requests, MAX_REQUEST)
        except EOFError:
            return
        if hasattr(os, "fork"):
            status, reply = _in_fork(header, blobs, greeting, (requests, replies))
        else:
            status, reply = 0, _answer(header, blobs)
        write_frame(replies, {"signal": status}, [reply])


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the parent, away from the numbers that `print` and `input` know."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return requests, replies


def _in_fork(
    header: dict[str, Any], blobs: Sequence[bytes], limits: dict[str, Any], pipes: tuple[IO[bytes], IO[bytes]]
) -> tuple[int, bytes]:
    """Answer in a process of its own: the signal that it died of (0: none), and what it wrote."""
    source, target = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.close(source)
            for pipe in pipes:
                os.close(pipe.fileno())
            reply = _apply(limits) or _answer(header, blobs)
            with os.fdopen(target, "wb") as out:
                out.write(reply)
        finally:
            os._exit(0)
    _RUNNING.append(pid)
    os.close(target)
    parts: list[bytes] = []
    left = MAX_REPLY + 1
    with os.fdopen(source, "rb") as answer:
        while left > 0 and (part := answer.read1(min(left, 1024 * 1024))):
            parts.append(part)
            left -= len(part)
    too_long = left <= 0
    if too_long:
        with suppress(OSError):
            os.kill(pid, 9)
    _, status = os.waitpid(pid, 0)
    _RUNNING.clear()
    if too_long:
        # It may have died of the signal just sent: what it did wrong is its answer.
        return 0, b""
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, b"".join(parts)


def _end(*_: object) -> None:
    """The parent has no more use for this: take the process for a request along, and wait for it."""
    for pid in _RUNNING:
        with suppress(OSError):
            os.kill(pid, 9)
            os.waitpid(pid, 0)
    os._exit(0)


def _apply(limits: dict[str, Any]) -> bytes:
    """Set the limits of the process for one request; what to answer where that can't be done, else nothing."""
    if sys.platform == "win32":
        return b""
    import math
    import resource

    seconds = math.ceil(limits["seconds"])
    wanted = {
        resource.RLIMIT_CPU: (seconds, seconds + 1),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NOFILE: (limits["files"], limits["files"]),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_AS: (limits["memory"], limits["memory"]),
    }
    for kind, (soft, hard) in wanted.items():
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        try:
            resource.setrlimit(kind, (soft, hard))
        except (OSError, ValueError) as error:
            # `_missing` has told of it.
            if sys.platform != "darwin" or kind != resource.RLIMIT_AS:
                return json.dumps({"error": {"kind": "limits", "message": str(error)}}).encode()
    return b""


def _missing() -> list[str]:
    """Cut off the network, and say which limits this system does not have."""
    if sys.platform == "win32":
        return ["memory, files and network: Windows can't limit these for a process"]
    missing = []
    if sys.platform == "darwin":
        missing.append("memory: macOS does not enforce this limit")
    reason = _cut_network()
    if reason is not None:
        missing.append(f"network: {reason}")
    return missing


def _cut_network() -> str | None:
    """Move into an empty network namespace; the reason where that can't be done."""
    if not sys.platform.startswith("linux"):
        return f"{sys.platform} has no network namespaces"
    import ctypes

    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (OSError, AttributeError):
        return "the C library has no unshare"
    # The superuser needs no namespace of users, in which it would lose its rights to files.
    if unshare(_CLONE_NEWNET) == 0 or unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        return None
    return f"namespaces: {os.strerror(ctypes.get_errno())}"


def _function(task: str) -> Callable[..., Any]:
    """The function that ``module:function`` names."""
    module, _, name = task.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _answer(header: dict[str, Any], blobs: Sequence[bytes]) -> bytes:
    """Call the function; what it returned, or what went wrong, as JSON."""
    try:
        os.chdir(header["cwd"])
        result = _function(header["task"])(header["data"], blobs)
        reply = json.dumps({"result": result}).encode()
    except MemoryError:
        return b'{"error": {"kind": "MemoryError"}}'
    except GenfileError as error:
        kind = type(error).__name__
        reply = json.dumps({"error": {"kind": kind, "message": error.message, "hint": error.hint}}).encode()
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119
        reply = json.dumps({"error": {"kind": "Exception", "message": where}}).encode()
    return reply
