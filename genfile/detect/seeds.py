"""Files that a database's image runs on its first start: the schema, the first data."""

import itertools
import posixpath
import re

from msgspec import Struct

from genfile.container.compose import read_dotenv, read_mounts
from genfile.container.references import image_name
from genfile.data import BackingService, backing_services, load_table
from genfile.detect.aside import is_aside
from genfile.detect.connections import put_names
from genfile.detect.hosting.containers import compose_files
from genfile.detect.meanings import is_name
from genfile.detect.mentioned import is_in_code
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact

# Where the images of databases look for scripts.
_FOLDER = "/docker-entrypoint-initdb.d"
MAX_SEEDS = 20
MAX_SQL = 100

_WORDS = re.IGNORECASE | re.MULTILINE
_CREATES = re.compile(r"^\s*create\s+table\b", _WORDS)
_USES = re.compile(r"^\s*use\s+`?([\w-]+)`?\s*;", _WORDS)
_MAKES = re.compile(r"^\s*create\s+(?:database|schema)\s+(if\s+not\s+exists\s+)?`?([\w-]+)", _WORDS)
_DROPS = re.compile(r"^\s*drop\s+(?:database|schema)\b", _WORDS)
# What only one kind of database accepts.
_DIALECTS = {
    "mysql": re.compile(r"`|\bauto_increment\b|\bengine\s*=", _WORDS),
    "postgres": re.compile(
        r"\$\$|\b(?:(?:big|small)?serial|jsonb|timestamptz|character\s+varying|nextval|with\s+owner)\b|\bpublic\.|^\\\w",
        _WORDS,
    ),
    "other": re.compile(r"\bautoincrement\b|^\s*pragma\b|^\s*go\s*$|\[dbo\]|\bidentity\s*\(\d|\bvarchar2\b", _WORDS),
}
# Roles and databases that a new server of PostgreSQL does not have, and psql's own way to another database.
_FOREIGN = re.compile(r"\bowner\s*(?:to\b|=)|^\s*(?:grant|revoke|create\s+database)\b|^\\c", _WORDS)
# Folders whose files a tool runs one after the other, and those that a framework runs itself.
_OF_TOOLS = re.compile(r"migrat|drizzle|flyway|liquibase|changelog|versions|alembic|prisma|src/main/", re.IGNORECASE)


class _Seed(Struct, frozen=True):
    service: BackingService
    path: str
    target: str
    says: Evidence


def put_seeds(folder: Project, draft: Draft) -> None:
    """Put /seeds: what the developers' compose file mounts there, for the databases of the service; else the one file
    that creates the tables. What MySQL's files call the database goes to /databases."""
    known = backing_services()
    wanted = [known[name] for name in draft.values.get("backing_services", ()) if name in known]
    found = _mounted(folder, wanted) if wanted else []
    if not found and (lone := _lone(folder, draft, wanted)) is not None:
        found = [lone]
    if not found:
        _tell_of_migrations(folder, draft, wanted)
        return
    value = [{"service": item.service.name, "path": item.path, "target": item.target} for item in found]
    draft.put("seeds", Fact(value, tuple(item.says for item in found)))
    for item in found:
        name = _database(folder.tree.text(item.path) or "") if _kind(item.service) == "mysql" else None
        if name is not None and is_name(item.service, name):
            put_names(draft, {item.service.name: Fact(name, (Evidence(item.path, None, f"the database is {name}"),))})


def _mounted(folder: Project, wanted: list[BackingService]) -> list[_Seed]:
    """What the first compose file that mounts something there mounts."""
    for place, name, document in compose_files(folder):
        dotenv = read_dotenv(place.text(".env") or "") if place.has(".env") else {}
        found: list[_Seed] = []
        for item in read_mounts(document, place.full(name), dotenv):
            image = image_name(item.image)
            inner = item.target == _FOLDER or item.target.startswith(f"{_FOLDER}/")
            exists = item.source in folder.tree.paths or item.source in folder.tree.folders
            exists = exists and ":" not in item.source
            service = next((service for service in wanted if image in (service.name, *service.schemes)), None)
            if service is not None and inner and exists and len(found) < MAX_SEEDS:
                found.append(_Seed(service, item.source, item.target, item.evidence))
        if found:
            return found
    return []


def _lone(folder: Project, draft: Draft, wanted: list[BackingService]) -> _Seed | None:
    """The one file that creates tables, where neither a tool nor the program does; a note if the database's image can't
    run it."""
    stores = [item for item in wanted if item.name in load_table("connections")["sql"]]
    paths = _schemas(folder) if len(stores) == 1 and not draft.values.get("release") else []
    if len(paths) != 1:
        return None
    (path,), (service,) = paths, stores
    name = posixpath.basename(path)
    text = folder.text(path) or ""
    if any(marks.search(text) for kind, marks in _DIALECTS.items() if kind != _kind(service)):
        return None
    if is_in_code(folder, re.compile(rf"{re.escape(name.lower())}|create\s+table\b")):
        return None
    full = folder.full(path)
    foreign = _FOREIGN.search(text) if _kind(service) == "postgres" else _MAKES.search(text) and not _database(text)
    if foreign or re.fullmatch(r"[\w.-]+", name) is None:
        text = f"{full}: nothing creates the tables in this file; run it once against {service.name}"
        draft.note("info", text, full)
        return None
    return _Seed(service, full, f"{_FOLDER}/{name}", folder.says(path, None, "creates the tables"))


# How golang-migrate, goose and dbmate tell a step forward from one back.
_STEP = re.compile(r"^--\s*(?:\+goose\s+up|migrate:up)\b", _WORDS)


def _tell_of_migrations(folder: Project, draft: Draft, wanted: list[BackingService]) -> None:
    """A warning if the tables are made by migrations that only a tool outside of the program runs."""
    if draft.values.get("release") or not any(item.name in load_table("connections")["sql"] for item in wanted):
        return
    for place in folder.with_root():
        steps = (
            name for name in itertools.islice(place.files("*.sql"), MAX_SQL) if not is_aside(posixpath.dirname(name))
        )
        step = next((name for name in steps if name.endswith(".up.sql") or _STEP.search(place.text(name) or "")), None)
        if step is None:
            continue
        where = posixpath.basename(posixpath.dirname(step)).lower()
        if where and not is_in_code(folder, re.compile(rf"(?<![\w-]){re.escape(where)}(?![\w-])")):
            full = place.full(posixpath.dirname(step))
            text = "nothing in the image runs these migrations; run them against the database before the first start"
            draft.note("warning", f"{full}: {text}", place.full(step))
        return


def _schemas(folder: Project) -> list[str]:
    """The files that create tables."""
    names = list(itertools.islice(folder.files("*.sql"), MAX_SQL + 1))
    names = [name for name in names if not is_aside(posixpath.dirname(name)) and _OF_TOOLS.search(name) is None]
    return [name for name in names if _CREATES.search(folder.text(name) or "")] if len(names) <= MAX_SQL else []


def _kind(service: BackingService) -> str:
    return "postgres" if service.name == "postgres" else "mysql"


def _database(text: str) -> str | None:
    """The database that a script of MySQL leaves its tables in, unless it is an error that the database exists."""
    made = list(_MAKES.finditer(text))
    if any(item[1] is None for item in made) and _DROPS.search(text) is None:
        return None
    used = _USES.findall(text)
    return str(used[-1]) if used else made[-1][2] if made else None
