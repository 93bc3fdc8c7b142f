"""Whether a project speaks of a database, or of a variable: a starter may declare a driver for later."""

import posixpath
import re
from collections.abc import Iterator

from genfile.data import BackingService, load_table
from genfile.detect.hosting.written import is_written
from genfile.detect.tree import Project

_READ = (
    *(".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte", ".go", ".java", ".kt"),
    *(".scala", ".groovy", ".prisma", ".sql", ".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".conf", ".xml"),
    *(".properties", ".sh", ".env"),
)
_MANIFESTS = frozenset(
    """
    package.json package-lock.json npm-shrinkwrap.json pnpm-lock.yaml pnpm-workspace.yaml pyproject.toml uv.toml
    environment.yml environment.yaml setup.py setup.cfg pixi.toml pom.xml libs.versions.toml
    """.split()
)
MAX_FILES = 400


def is_mentioned(folder: Project, service: BackingService) -> bool:
    """Whether a file of the tree has a word for a database: its own names, its clients, its port, or one for any
    database of SQL. A tree with too many files to read counts as one that does."""
    return _is_said(folder, _pattern(service))


def is_named(folder: Project, variable: str) -> bool:
    """Whether a file of the tree has a variable's name, or a key that libraries of settings read from it:
    `DATABASE_URL`, `database_url`, `database.url`. A tree with too many files to read counts as one that does."""
    words = "[_.-]?".join(re.escape(word) for word in variable.lower().split("_"))
    return _is_said(folder, re.compile(rf"(?<![a-z0-9]){words}(?![a-z0-9])"))


def _is_said(folder: Project, said: re.Pattern[str]) -> bool:
    """Whether the lower-cased text of a file matches, in the service's folder or the tree."""
    whole = Project(folder.tree, "")
    seen = 0
    for place in (folder, whole) if folder.path else (folder,):
        for path in _files(place):
            seen += 1
            if seen > MAX_FILES or said.search((place.text(path) or "").lower()) is not None:
                return True
    return False


def _pattern(service: BackingService) -> re.Pattern[str]:
    """The words for a database, in lower case; short ones only as words of their own."""
    table = load_table("connections")
    general = [*table["subjects"], "databases", "dbname", "dsn"] if service.name in table["sql"] else []
    own = {text.lower() for text in (service.name, *service.schemes, *service.names)}
    clients = {text.lower() for text in (*service.npm, *service.pypi, *service.go, *service.maven)}
    short = {text for text in own | clients if len(text) < _SHORT} | {text.lower() for text in general}
    short.add(str(service.port))
    plain = sorted(re.escape(text) for text in (own | clients) - short)
    apart = [rf"(?<![a-z0-9]){re.escape(text)}(?![a-z0-9])" for text in sorted(short)]
    return re.compile("|".join((*plain, *apart)))


_SHORT = 4


def _files(place: Project) -> Iterator[str]:
    for path in place.files():
        name = posixpath.basename(path)
        named = name.endswith(_READ) or name.startswith((".env", "Procfile", "Dockerfile"))
        if not named or name in _MANIFESTS or "node_modules" in path.split("/"):
            continue
        if not is_written(place.tree, place.full(path)):
            yield path
