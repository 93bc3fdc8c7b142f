"""`python -m tools.terminal`: write docs/terminal.svg, what `genfile init` shows in a terminal.

The command runs in a pseudo-terminal, so that the picture has the colours and the width that people see.
"""

import html
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATH = ROOT / "docs" / "terminal.svg"
COMMAND = ("init", "examples/node", "--dry-run", "--yes")
COLUMNS, LINES = 110, 30


def output() -> str:
    """What the command prints on a terminal, with its colours as ANSI sequences."""
    import fcntl
    import pty
    import struct
    import termios

    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    with tempfile.TemporaryDirectory() as home:
        own = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home, "XDG_CACHE_HOME": home}
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", **own}
        command = [sys.executable, "-m", "genfile", *COMMAND]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=child, stderr=child
        )
        os.close(child)
        parts = []
        while part := _read(parent):
            parts.append(part)
        os.close(parent)
        if process.wait():
            raise SystemExit(f"genfile {' '.join(COMMAND)} failed")
    return b"".join(parts).decode("utf-8").replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        # Linux says that the other end is closed by an error.
        return b""


def render() -> str:
    """The picture as SVG."""
    from rich.console import Console
    from rich.text import Text

    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(f"$ genfile {' '.join(COMMAND)}", style="bold", highlight=False)
        console.print(Text.from_ansi(output()))
    return console.export_svg(title="genfile", unique_id="genfile")


def shown(svg: str) -> str:
    """The text of a picture, whichever release of rich drew it."""
    return html.unescape("".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg)))


if __name__ == "__main__":
    PATH.write_text(render(), "utf-8")
