"""Filters over paths of the build context and of the image."""

import posixpath
from collections.abc import Iterable, Sequence
from typing import Any

from genfile.preset.marks import without_marks


def join_path(*parts: str) -> str:
    """Join parts of a path; `.` parts fall away: `"/app" | join_path(".")` gives `/app`."""
    kept = [part for part in parts if part not in ("", ".")]
    joined = "/".join([kept[0].rstrip("/"), *kept[1:]]) if kept else "."
    return posixpath.normpath(joined) if joined.startswith("/") and "/../" in f"{joined}/" else joined


def dir_name(path: str) -> str:
    """The folder that a path lies in."""
    return posixpath.dirname(path)


def base_name(path: str) -> str:
    """The last part of a path."""
    return posixpath.basename(path)


def relative(path: str, folder: str) -> str:
    """A path relative to a folder above it; unchanged when it lies elsewhere."""
    return path if folder == "." else path.removeprefix(folder + "/")


def seen_from(path: str, folder: str) -> str:
    """A path relative to any folder: `../kit` for one beside it."""
    return posixpath.relpath(path, folder)


def unique(values: Iterable[Any]) -> list[Any]:
    """The values without repetition, in order."""
    return list(dict.fromkeys(values))


def folders(paths: Iterable[str]) -> list[str]:
    """The folders that paths lie in, `.` for the root, in order and each once."""
    return unique(posixpath.dirname(path) or "." for path in paths)


def in_folder(paths: Iterable[str], folder: str) -> list[str]:
    """Those paths that lie directly in a folder."""
    return [path for path in paths if (posixpath.dirname(path) or ".") == folder]


def outside(paths: Iterable[str], folders: Iterable[str]) -> list[str]:
    """The paths that are neither one of the folders nor inside one."""
    listed = [folder.rstrip("/") for folder in folders]
    return [path for path in paths if not any(path == folder or path.startswith(f"{folder}/") for folder in listed)]


def below(paths: Iterable[str], folders: Sequence[str]) -> list[str]:
    """Those paths that are one of some folders, or lie in one at any depth."""
    return [path for path in paths if any(path == folder or path.startswith(f"{folder}/") for folder in folders)]


def under(paths: Iterable[str], root: str, of: str = ".") -> list[str]:
    """Each path below a root: `["data"] | under("/app")` gives `["/app/data"]`; ``of``: the folder that lies there."""
    return [root if path == of else join_path(root, relative(path, of)) for path in paths]


def uncovered(patterns: Iterable[str], text: str) -> list[str]:
    """Those patterns of an ignore file whose paths its other lines do not leave out, and what takes back of them."""
    from genfile.dockerfile.ignore import read_ignore

    other = read_ignore(without_marks(str(text)))
    kept: list[str] = []
    for pattern in patterns:
        sample = pattern.removeprefix("!").replace("**/", "").replace("*", "x").replace("?", "x")
        own = read_ignore("\n".join(kept)).excludes(sample) if pattern.startswith("!") else not other.excludes(sample)
        kept += [pattern] if own else []
    return kept


# Temporary files of Tomcat's JVM, native code that libraries unpack among them.
TOMCAT_TEMP = "/usr/local/tomcat/temp"
# Logs, uploads, and what JSP pages are compiled to.
TOMCAT_WRITES = ("/usr/local/tomcat/logs", TOMCAT_TEMP, "/usr/local/tomcat/work")


def in_tomcat(paths: Iterable[str], of: str) -> list[str]:
    """Every path that is written to in Tomcat's image: by the web application, relative to its unpacked pages or to
    Tomcat's working directory, and by Tomcat itself; but no folder that Tomcat or the application is in."""
    own = [
        path.replace("/usr/local/tomcat/src/main/webapp", "/usr/local/tomcat/webapps/ROOT", 1)
        for path in under(paths, "/usr/local/tomcat", of)
    ]
    home = "/usr/local/tomcat/webapps/ROOT/"
    return unique([*(path for path in own if not home.startswith(f"{path}/")), *TOMCAT_WRITES])
