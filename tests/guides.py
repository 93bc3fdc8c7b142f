"""Guides of docs/ that are run as they stand: files are written, commands run, what they print compared.

A fenced block with a line like `path`: right above it is that file (`path`, continued: more of it; `path`, in
`[table]`: more below that header). A block of sh is run, and so is one of python that is not a file; a block of text
right after it is what it prints.
"""

import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
_FILE = re.compile(r"^`([^`]+)`(, continued|, in `(\[[^`]+\])`)?:$")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the last line above it that is not blank."""

    language: str
    text: str
    above: str


def blocks(name: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found: list[Block] = []
    above = ""
    language: str | None = None
    inside: list[str] = []
    for line in (DOCS / name).read_text("utf-8").splitlines():
        if language is None and line.startswith("```"):
            language, inside = line[3:], []
        elif language is not None and line == "```":
            found.append(Block(language, "\n".join(inside) + "\n", above))
            above, language = "```", None
        elif language is not None:
            inside.append(line)
        elif line.strip():
            above = line.strip()
    return found


def follow(name: str, folder: Path) -> int:
    """Do what a page says in an empty folder; gives the number of commands that were run."""
    printed, count = "", 0
    for block in blocks(name):
        file = _FILE.match(block.above)
        if block.language == "sh":
            printed = _run(["bash", "-eu", "-o", "pipefail", "-c", block.text], folder)
            count += 1
        elif block.language == "python" and file is None:
            printed = _run([sys.executable, "-c", block.text], folder)
            count += 1
        elif block.language == "text" and block.above == "```" and file is None:
            assert printed == block.text, f"{name}: {printed!r}"
        elif file is not None:
            _write(folder / file[1], block.text, file[2] or "", file[3])
    return count


def _write(path: Path, text: str, how: str, header: str | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if header is not None:
        before, _, after = path.read_text("utf-8").partition(header + "\n")
        text = f"{before}{header}\n{text}{after}"
    elif how:
        text = path.read_text("utf-8") + text
    path.write_text(text, "utf-8")


def _run(command: list[str], folder: Path) -> str:
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path, "XDG_CACHE_HOME": str(folder / ".cache")},
    )
    assert done.returncode == 0, f"{command[-1]}{done.stdout}{done.stderr}"
    return done.stdout
