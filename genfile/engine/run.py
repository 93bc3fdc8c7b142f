"""Run commands of an engine: their output is shown as it comes, and its end is kept."""

import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from genfile.engine.command import Engine, EngineCommand
from genfile.errors import GenfileError, UsageError
from genfile.terminal import write_data

ENGINES: tuple[Engine, ...] = ("docker", "podman", "buildah")
# Lines of output in which the reason of a failure is looked for.
_KEPT = 400
_KEPT_BYTES = 64 * 1024
# What a terminal obeys: sequences that place the cursor, colours, titles.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


def find_engine(named: str | None) -> Engine:
    """The named engine, or the first that is installed. Raises UsageError if there is none."""
    if named is not None:
        known: Engine | None = next((item for item in ENGINES if item == named), None)
        if known is None:
            raise UsageError(f"{named} is not an engine that genfile knows", hint=f"one of {', '.join(ENGINES)}")
        return known
    found = next((item for item in ENGINES if shutil.which(item)), None)
    if found is None:
        raise UsageError("no container engine was found", hint=f"install one of {', '.join(ENGINES)}, or use --print")
    return found


def run_all(commands: Sequence[EngineCommand], folder: Path) -> None:
    """Run commands one after another in a folder, until one fails.

    Raises GenfileError with the meaning of the engine's message; its output has been shown by then.
    """
    for command in commands:
        code, output = _run(command, folder)
        if code == 0:
            continue
        from genfile.engine.meaning import meaning_of

        meaning = meaning_of(output)
        name = " ".join(command.words[:2])
        if meaning is None:
            raise GenfileError(f"{name} ended with exit code {code}", hint="the reason is in its output above")
        raise GenfileError(meaning.text, hint=meaning.hint)


def _run(command: EngineCommand, folder: Path) -> tuple[int, str]:
    """Run it in front of the user; its exit code and the end of what it printed."""
    drawn = sys.stderr.isatty() and os.name == "posix" and os.environ.get("TERM", "dumb") != "dumb"
    try:
        return _drawn(command, folder) if drawn else _piped(command, folder)
    except OSError as error:
        raise GenfileError(f"{command.words[0]} can't be started: {error.strerror or error}") from None


def _start(command: EngineCommand, folder: Path, output: int) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        command.words,
        cwd=folder,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL if command.stdin is None else subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    if command.stdin is not None and process.stdin is not None:
        process.stdin.write(command.stdin.encode("utf-8"))
        process.stdin.close()
    return process


def _piped(command: EngineCommand, folder: Path) -> tuple[int, str]:
    kept: deque[str] = deque(maxlen=_KEPT)
    with _start(command, folder, subprocess.PIPE) as process:
        for raw in process.stdout or ():
            kept.append(raw.decode("utf-8", "replace"))
            # As the engine prints it: its output is for people, and goes where theirs goes.
            write_data(sys.stderr, kept[-1])
        code = process.wait()
    return code, "".join(kept)


def _drawn(command: EngineCommand, folder: Path) -> tuple[int, str]:
    """With a terminal of its own, so that the engine draws its progress as it does for whoever calls it by hand."""
    import pty
    import tty

    own, its = pty.openpty()
    try:
        # Line ends are the real terminal's affair.
        tty.setraw(its)
        _same_size(its)
        process = _start(command, folder, its)
    except BaseException:
        os.close(own)
        raise
    finally:
        os.close(its)
    kept = b""
    with process, os.fdopen(own, "rb", buffering=0) as shown:
        # Linux ends the reading of a terminal that nobody has open any more with an error.
        with suppress(OSError):
            while piece := shown.read(1 << 16):
                kept = (kept + piece)[-_KEPT_BYTES:]
                sys.stderr.buffer.write(piece)
                sys.stderr.buffer.flush()
        code = process.wait()
    return code, _ESCAPES.sub("", kept.decode("utf-8", "replace")).replace("\r", "\n")


def _same_size(terminal: int) -> None:
    import fcntl
    import struct
    import termios

    size = shutil.get_terminal_size()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size.lines, size.columns, 0, 0))
