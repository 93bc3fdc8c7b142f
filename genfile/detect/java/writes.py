"""The folders beside a JVM program that it writes to, although root owns the code."""

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from genfile.detect.hosting import hosting
from genfile.detect.java.build import Build
from genfile.detect.java.codepaths import code_of
from genfile.detect.java.logfiles import folder_of_log, log_files
from genfile.detect.java.settings import expand, flat_settings, plain_key
from genfile.evidence import BesideCode, Draft, Evidence, Fact
from genfile.parsers.jvmwrites import database_folder

MAX_FOLDERS = 8
# A web application's pages in the tree, and the image's working directory.
WEB_FOLDER = "src/main/webapp"
_HOME = "/app/"
# Folders of the developer's tree that no image has; generators write there.
_SOURCES = ("src/main/java", "src/main/kotlin", "src/test", "target", "build")
_FOR_DATA = frozenset({"data", "db", "database", "storage"})
_ELSEWHERE = ("/tmp", "/dev", "/proc", "/sys", "/var/tmp", "/run")


class _Place(Struct, frozen=True):
    """The path of a folder, with evidence that the program writes to it."""

    text: str
    says: Evidence
    database: bool = False


def put_writes(build: Build, draft: Draft) -> None:
    """Put /writable, /data for the folder of a database that is a file, /volumes for folders outside the tree."""
    folder, web = build.folder, draft.values.get("layout") == "war"
    listed: dict[str, Evidence] = {}
    stores: dict[str, Evidence] = {}
    apart: dict[str, Evidence] = {}
    for place in (*_of_settings(build), *_of_logs(build), *_of_code(build, web=web)):
        where = _inside(place.text)
        if where is None:
            if place.text.startswith("/") and _may_be_apart(place.text):
                apart.setdefault(posixpath.normpath(place.text), place.says)
            continue
        if where == "." and not web:
            draft.beside.append(BesideCode(place.says, database=place.database))
            continue
        full = folder.full(where) if where != "." else folder.spec_path
        if place.database and not web and _may_hold_a_volume(build, where):
            stores.setdefault(full, place.says)
        else:
            listed.setdefault(full, place.says)
    first = next(iter(stores), None)
    if first is not None:
        draft.put("data", Fact(first, (stores[first],)))
    rest = {path: says for path, says in {**listed, **stores}.items() if path != first}
    # A folder that the user owns covers those below it; the working directory does not, since it also has the code.
    around = [path for path in (*rest, first) if path not in (None, folder.spec_path)]
    kept = [path for path in rest if not any(path.startswith(f"{other}/") for other in around)][:MAX_FOLDERS]
    if kept:
        draft.put("writable", Fact(kept, tuple(rest[path] for path in kept)))
    _put_apart(build, draft, apart)


def _put_apart(build: Build, draft: Draft, apart: dict[str, Evidence]) -> None:
    """Put volumes for folders outside the tree: those that the project's own container files have; note the others."""
    volumes: dict[str, tuple[Evidence, ...]] = {}
    for path, says in apart.items():
        kept = next((fact for fact in hosting(build.folder).volumes if _below(path, fact.value.rstrip("/"))), None)
        if kept is not None:
            volumes.setdefault(kept.value.rstrip("/"), (says, *kept.evidence))
        else:
            text = f"{says}: the program writes to {path}, which does not exist in the image; mount a volume there"
            draft.note("info", f"{text}, or set another folder", says.path, says.line)
    if volumes:
        listed = list(volumes)[:MAX_FOLDERS]
        draft.put("volumes", Fact(listed, tuple(item for path in listed for item in volumes[path])))


def _below(path: str, folder: str) -> bool:
    return bool(folder) and f"{path}/".startswith(f"{folder}/")


def _may_be_apart(path: str) -> bool:
    """Whether an absolute path may be a data folder: not one of the system, nor somebody's home."""
    path = posixpath.normpath(path)
    plain = re.fullmatch(r"/[\w./-]{2,100}", path) is not None and path.count("/") > 0
    return plain and not any(_below(path, place) for place in (*_ELSEWHERE, "/home", "/Users", "/root"))


def _may_hold_a_volume(build: Build, where: str) -> bool:
    """Whether a folder only holds data: a volume over one with code would keep the first image's code."""
    return where != "." and (not build.folder.has_folder(where) or posixpath.basename(where) in _FOR_DATA)


def _inside(text: str) -> str | None:
    """A path relative to the working directory; None for one that is elsewhere, or for a text that is not a path."""
    text = text.strip().removeprefix("file:")
    text = text.removeprefix(_HOME) if text.startswith(_HOME) else text
    if text.startswith(("/", "~")) or len(text) > 120 or not text.isprintable():
        return None
    if any(char in text for char in "\\:{}*?<>|%$# "):
        return None
    where = posixpath.normpath(text) if text else "."
    if where.startswith(("..", ".git")) or any(_below(where, place) for place in _SOURCES):
        return None
    return where


def _of_settings(build: Build) -> Iterator[_Place]:
    """The folders of file databases that JDBC URLs in the configuration name, and Tomcat's working folder."""
    for key, fact in flat_settings(build.folder).items():
        if "jdbc:" in fact.value:
            text = expand(build.folder, fact.value)
            where = database_folder(text) if text is not None else None
            if where is not None:
                yield _Place(where, fact.evidence[0], database=True)
        elif key == plain_key("server.tomcat.basedir"):
            text = expand(build.folder, fact.value)
            if text is not None:
                yield _Place(text, fact.evidence[0])


def _of_logs(build: Build) -> Iterator[_Place]:
    def setting(key: str) -> str | None:
        found = flat_settings(build.folder).get(plain_key(key))
        return expand(build.folder, found.value) if found is not None else None

    for path, says in log_files(build, setting):
        yield _Place(folder_of_log(path), says)


def _of_code(build: Build, *, web: bool) -> Iterator[_Place]:
    for name, item in code_of(build).written():
        what = "its database is a file" if item.database else f"writes to {posixpath.normpath(item.folder)}"
        if item.web:
            below = item.folder.strip("/")
            if web and below:
                yield _Place(f"{WEB_FOLDER}/{below}", build.folder.says(name, item.line, what))
            continue
        yield _Place(item.folder, build.folder.says(name, item.line, what), item.database)
