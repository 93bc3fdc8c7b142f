"""Reading the files of a project that genfile keeps: never through a link, never more than they may hold."""

import os
import stat
from pathlib import Path

from genfile.errors import SourceError

CONFIG = "genfile.toml"
_MAX_BYTES = 1024 * 1024


def read_text(base: Path, name: str) -> str | None:
    """The text of a file of the project; None where there is none. Raises SourceError when it can't be read.

    A link is not followed, wherever it leads: what a tree's file says is not to be a file of the machine.
    """
    path = base / name
    # O_NONBLOCK: opening a FIFO must not wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if path.is_symlink():
            raise SourceError(f"{name} is a symbolic link", hint="replace it with a regular file")
        with os.fdopen(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SourceError(f"{name} is not a regular file")
            content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise SourceError(f"{name} is larger than 1 MiB")
        return content.decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise SourceError(f"{name} can't be read: {reason}") from None
