"""Run commands of an engine: their output is shown as it comes, and its end is kept."""

import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from genfile.engine.command import Command, Engine
from genfile.errors import GenfileError, UsageError
from genfile.terminal import write_data

ENGINES: tuple[Engine, ...] = ("docker", "podman", "buildah")
# Lines of output in which the reason of a failure is looked for.
_KEPT = 400


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


def run_all(commands: Sequence[Command], folder: Path) -> None:
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


def _run(command: Command, folder: Path) -> tuple[int, str]:
    kept: deque[str] = deque(maxlen=_KEPT)
    try:
        process = subprocess.Popen(
            command.words,
            cwd=folder,
            stdin=subprocess.DEVNULL if command.stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise GenfileError(f"{command.words[0]} can't be started: {error.strerror or error}") from None
    with process:
        if command.stdin is not None and process.stdin is not None:
            process.stdin.write(command.stdin)
            process.stdin.close()
        for line in process.stdout or ():
            kept.append(line)
            # The engine's output is for people, so it goes to the same stream as other output for them.
            write_data(sys.stderr, line)
        code = process.wait()
    return code, "".join(kept)
