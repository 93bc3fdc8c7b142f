"""The folders next to a JVM program that it writes to, where the code belongs to root."""

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from genfile.detect.hosting import hosting
from genfile.detect.java.build import Build
from genfile.detect.java.codepaths import code_of
from genfile.detect.java.logfiles import folder_of_log, log_files
from genfile.detect.java.settings import expand, flat_settings, plain_key
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.jvmwrites import database_folder

MAX_FOLDERS = 8
# Where the pages of a web application lie in the tree, and the folder that the image is started in.
WEB_FOLDER = "src/main/webapp"
_HOME = "/app/"
# The developer's tree, which is in no image: generators write there.
_SOURCES = ("src/main/java", "src/main/kotlin", "src/test", "target", "build")
_FOR_DATA = frozenset({"data", "db", "database", "storage"})
_ELSEWHERE = ("/tmp", "/dev", "/proc", "/sys", "/var/tmp", "/run")


class _Place(Struct, frozen=True):
    """A folder as text, with what says that it is written to."""

    text: str
    says: Evidence
    database: bool = False


def put_writes(build: Build, draft: Draft) -> None:
    """Put /writable, /data for the folder of a database that is a file, /volumes for what lies outside the tree."""
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
        full = folder.full(where) if where != "." else folder.spec_path
        if place.database and not web and _may_hold_a_volume(build, where):
            stores.setdefault(full, place.says)
        else:
            listed.setdefault(full, place.says)
    first = next(iter(stores), None)
    if first is not None:
        draft.put("data", Fact(first, (stores[first],)))
    rest = {path: says for path, says in {**listed, **stores}.items() if path != first}
    # A folder that is its user's holds what is made below; the one that is started in holds the code, too.
    around = [path for path in (*rest, first) if path not in (None, folder.spec_path)]
    kept = [path for path in rest if not any(path.startswith(f"{other}/") for other in around)][:MAX_FOLDERS]
    if kept:
        draft.put("writable", Fact(kept, tuple(rest[path] for path in kept)))
    _put_apart(build, draft, apart)


def _put_apart(build: Build, draft: Draft, apart: dict[str, Evidence]) -> None:
    """What lies outside the tree: a volume where the project's own container files keep it, else a word of it."""
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
    """Whether an absolute path may be a folder for data: not those of the system, nor a person's own."""
    path = posixpath.normpath(path)
    plain = re.fullmatch(r"/[\w./-]{2,100}", path) is not None and path.count("/") > 0
    return plain and not any(_below(path, place) for place in (*_ELSEWHERE, "/home", "/Users", "/root"))


def _may_hold_a_volume(build: Build, where: str) -> bool:
    """Whether a folder holds data alone: a volume over one with code would keep the code of the first image."""
    return where != "." and (not build.folder.has_folder(where) or posixpath.basename(where) in _FOR_DATA)


def _inside(text: str) -> str | None:
    """A path from the folder that the program is started in; None for one that is elsewhere, or is none."""
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
    """Databases in files that an URL of the configuration names; the folder that Tomcat works in."""
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
