"""What a child may do that it should not: run as tasks in guarded processes, never in the tests' own."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from genfile.errors import GuardError, NothingFoundError, SourceError

Data = dict[str, Any]
Blobs = Sequence[bytes]


def echo(data: Data, blobs: Blobs) -> Any:
    return {"data": data, "sizes": [len(blob) for blob in blobs], "cwd": str(Path.cwd()), "pid": os.getppid()}


def surroundings(data: Data, blobs: Blobs) -> Any:
    return {"environment": dict(os.environ), "home": str(Path.home()), "path": sys.path, "isolated": sys.flags.isolated}


def burn(data: Data, blobs: Blobs) -> Any:
    while True:
        pass


def sleep(data: Data, blobs: Blobs) -> Any:
    time.sleep(data["seconds"])
    return "awake"


def sleep_deaf(data: Data, blobs: Blobs) -> Any:
    for number in range(1, 32):
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_IGN)
    time.sleep(3600)


def eat(data: Data, blobs: Blobs) -> Any:
    eaten = []
    while True:
        eaten.append(bytes(16 * 1024 * 1024))


def die(data: Data, blobs: Blobs) -> Any:
    os.kill(os.getpid(), data["signal"])


def leave(data: Data, blobs: Blobs) -> Any:
    os._exit(0)


def kill_child(data: Data, blobs: Blobs) -> Any:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(3600)


def fail(data: Data, blobs: Blobs) -> Any:
    return {}[data["text"]]


def refuse(data: Data, blobs: Blobs) -> Any:
    kinds: dict[str, Any] = {
        "source": SourceError("no\x1b[2J\nsuch", hint="h"),
        "nothing": NothingFoundError("nothing"),
        "guard": GuardError("mine", code="mine"),
    }
    raise kinds[data["kind"]]


def flood(data: Data, blobs: Blobs) -> Any:
    return "x" * (24 * 1024 * 1024)


def write(data: Data, blobs: Blobs) -> Any:
    with Path(data["path"]).open("wb", buffering=0) as file:
        file.write(b"x")


def open_many(data: Data, blobs: Blobs) -> Any:
    files = []
    while True:
        files.append(open(os.devnull))  # noqa: PTH123, SIM115


def connect(data: Data, blobs: Blobs) -> Any:
    try:
        socket.create_connection(("127.0.0.1", data["port"]), timeout=5).close()
    except OSError as error:
        return f"refused: {error.strerror}"
    return "connected"


def answer(data: Data, blobs: Blobs) -> Any:
    return json.loads(data["text"])


def raw(data: Data, blobs: Blobs) -> Any:
    """Write an answer past the code that makes one."""
    for number in range(3, 20):
        try:
            os.write(number, data["text"].encode())
        except OSError:
            continue
    os._exit(0)


def forks(data: Data, blobs: Blobs) -> Any:
    try:
        pid = os.fork()
    except OSError as error:
        return f"refused: {error.strerror}"
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "forked"
