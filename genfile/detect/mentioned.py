"""Whether a project speaks of a database, or of a variable: a starter may declare a driver for later."""

import itertools
import posixpath
import re
from collections.abc import Iterable, Iterator

from genfile.data import BackingService, load_table
from genfile.detect.hosting.written import is_written
from genfile.detect.tree import Project
from genfile.evidence import Evidence

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
    return is_said(folder, words_for(service))


def named(folder: Project, variables: Iterable[str]) -> set[str]:
    """Those of some variables whose names are in the code or the settings of the tree, as such or as a key that a
    library reads from them: `DATABASE_URL`, `database_url`, `database.url`; also without the first of three words,
    which may be a library's prefix. What only sets variables does not count. In a tree with too many files, all are."""
    keys: dict[str, set[str]] = {}
    patterns: list[str] = []
    for name in variables:
        for words in _without_prefix(name):
            keys.setdefault("".join(words), set()).add(name)
            patterns.append("[_.-]?".join(words))
    if not keys:
        return set()
    said = re.compile(rf"(?<![a-z0-9_])(?:{'|'.join(patterns)})(?![a-z0-9_])")
    every, found = set().union(*keys.values()), set[str]()
    for seen, text in enumerate(_texts(folder, _SETS)):
        found = found.union(*(keys[re.sub("[_.-]", "", match)] for match in said.findall(text)))
        if seen >= MAX_FILES or found == every:
            return every
    return found


def is_in_code(folder: Project, said: re.Pattern[str]) -> bool:
    """Whether the lower-cased text of a file of code or settings matches; in a tree with too many files, it does."""
    return any(seen >= MAX_FILES or said.search(text) is not None for seen, text in enumerate(_texts(folder, _SETS)))


def first_mention(folder: Project, said: re.Pattern[str], *, code: bool = False) -> Evidence | None:
    """The first line of the tree's code, settings or SQL whose lower-cased text matches, of the first files; ``code``:
    of code and settings alone."""
    for place, path, text in itertools.islice(_read(folder, _SETS if code else None), MAX_FILES):
        match = said.search(text)
        if match is not None:
            line = text.count("\n", 0, match.start()) + 1
            return place.says(path, line, match[0])
    return None


def is_said(folder: Project, said: re.Pattern[str]) -> bool:
    """Whether the lower-cased text of a file of code, settings or values matches; in a tree with too many files, it
    does."""
    return any(seen >= MAX_FILES or said.search(text) is not None for seen, text in enumerate(_texts(folder)))


# Files that give variables values, and read none.
_SETS = re.compile(r"(?:^|/)(?:\.env.*|env\.example|Dockerfile.*|(?:docker-)?compose.*\.ya?ml|\.github/.*|.*\.sql)$")


def _without_prefix(variable: str) -> Iterator[list[str]]:
    """The words of a name, and those after the first of three or more."""
    words = [word for word in re.split(r"[^a-z0-9]+", variable.lower()) if word]
    yield words
    if len(words) > 2:
        yield words[1:]


def _texts(folder: Project, without: re.Pattern[str] | None = None) -> Iterator[str]:
    return (text for _, _, text in _read(folder, without))


def _read(folder: Project, without: re.Pattern[str] | None = None) -> Iterator[tuple[Project, str, str]]:
    """The files in the service's folder, then in the tree, each with its folder and its lower-cased text."""
    for place in folder.with_root():
        for path in _files(place):
            if without is None or without.search(path) is None:
                yield place, path, (place.text(path) or "").lower()


def is_in_settings(folder: Project, service: BackingService) -> bool:
    """Whether a settings file or an example of the environment has a word for a database; only the first files count,
    and none that genfile wrote, that starts containers, or that runs in CI."""
    said = words_for(service)
    paths = (path for path in _files(folder) if path.endswith(_SETTINGS) or posixpath.basename(path).startswith(".env"))
    listed = (path for path in paths if _STARTS.search(path) is None)
    return any(said.search((folder.text(path) or "").lower()) for path in itertools.islice(listed, _MAX_SETTINGS))


_SETTINGS = (".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".conf", ".properties", ".env")
_STARTS = re.compile(r"(?:^|/)(?:(?:docker-)?compose[^/]*\.ya?ml|Dockerfile[^/]*|\.github/.*|\.gitlab[^/]*)$")
_MAX_SETTINGS = 60


def words_for(service: BackingService) -> re.Pattern[str]:
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
