"""Files that look like secrets or local data and are not: in version control, and read by the build or the program.

The .gitignore files above a file say whether it is in version control. A tree without any says nothing, and then what
looks like a secret counts as one.
"""

import itertools
import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from genfile.data import framework
from genfile.detect.paths import inside
from genfile.detect.tree import Project, Tree
from genfile.dockerfile.sensitive import is_sensitive
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.data import parse_dotenv
from genfile.source.tracked import untracked

# Files that genfile's ignore file excludes by name, though a program may need them.
_KEYS = ("*.pem", "*.key", "*.p12", "*.pfx", "*.jks")
_SETTINGS = (".env", ".env.*")
# Database files that the Python ignore file excludes by name: the tables and rows of a committed one may exist nowhere
# else.
_DATABASES = ("*.sqlite3",)
# Files that `go test` leaves behind.
_OUTPUT = ("*.test", "*.out")
# Files that a front end's build for production reads; `.local` files are usually for one machine, and then ignored.
_BUNDLED = (".env", ".env.production", ".env.local", ".env.production.local")
_LOCAL = (".env.local", ".env.*.local")
# Code, and settings of a program: not those of its tools and of what starts it.
_PROGRAMS = re.compile(
    r"(?!.*\.config\.).*\.(?:py|[cm]?[jt]sx?|go|java|kt|scala|groovy)|application.*\.(?:ya?ml|properties)"
)
# Files that are copied by hand.
_OTHERS = (".env.*example*", ".env.*sample*", ".env.template", ".env.dist", ".env.test*")
# Folders whose files are all on the program's path.
_ON_PATH = ("src/main/resources/", "src/main/webapp/")
_TEXTS = re.compile(
    r".*\.(?:py|[cm]?[jt]sx?|go|java|kt|kts|scala|groovy|ya?ml|toml|json|properties|xml|ini|cfg|conf|gradle|html)"
)
MAX_FILES = 20
MAX_TOLD = 3
MAX_READ = 400


def put_committed(folder: Project, draft: Draft) -> None:
    """Put /env_files and /committed."""
    tree, path = folder.tree, folder.path
    if _reads_settings(draft.values.get("framework")):
        draft.values["env_files"] = not folder.has(".env.production") or is_sent(folder, ".env.production", draft)
    found: list[str] = []
    evidence: list[Evidence] = []
    databases = _DATABASES if draft.values.get("language") == "python" else ()
    for file in _candidates(tree, path, (*_KEYS, *_SETTINGS, *databases)):
        # A tree that says nothing of version control may have a secret, but not a database that nobody shares.
        shared = in_git(tree, file) is not False if _fits(file, databases) else in_git(tree, file)
        if len(found) < MAX_FILES and shared and (says := _reader(folder, file, draft)) is not None:
            found.append(file)
            evidence.append(says)
    # An embedded file is part of the program.
    for file, says in _embedded(folder) if draft.values["language"] == "go" else ():
        if len(found) < MAX_FILES and file not in found:
            found.append(file)
            evidence.append(says)
    if found:
        draft.put("committed", Fact(found, tuple(evidence)))
        _tell_of_secrets(tree, found, draft)
    _tell_of_private(folder, found, draft)


def _tell_of_private(folder: Project, sent: list[str], draft: Draft) -> None:
    """A warning for each key that the program names and no image has: it is not copied on its own, either."""
    tree, told = folder.tree, 0
    left = [file for file in itertools.islice(_candidates(tree, folder.path, _KEYS), MAX_READ) if file not in sent]
    if "assets" in draft.values:
        draft.values["assets"] = [name for name in draft.values["assets"] if name not in left]
    for file in left[:MAX_FILES]:
        says = _named(folder, posixpath.basename(file), _PROGRAMS) if told < MAX_TOLD else None
        if says is None:
            continue
        told += 1
        if in_git(tree, file) is False:
            text = f"{file} is not in version control, so the image doesn't have it: mount it into the container"
        else:
            text = f"{file} looks like a secret, so it stays out of the image: mount it into the container"
        draft.note("warning", f"{text} ({says})", says.path, says.line)


def _tell_of_secrets(tree: Tree, files: list[str], draft: Draft) -> None:
    """One warning for the secrets in files of variables that the build gets."""
    for file in files:
        if not _fits(posixpath.basename(file), _SETTINGS):
            continue
        found = {name: line for name, (value, line) in parse_dotenv(tree.text(file) or "").items() if value}
        names = [name for name in found if is_sensitive(name)]
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            text = f"the build gets this file with {names[0]}{more}, so the image may contain it; pass secrets"
            draft.note("warning", f"{text} to the container instead", file, found[names[0]])
            return


def is_sent(folder: Project, name: str, draft: Draft) -> bool:
    """Whether the builder gets an existing settings file of the folder, .env or .env.production, for its build."""
    shared = in_git(folder.tree, folder.full(name))
    # A file outside version control is private, and may hold anything.
    known = shared is not False if name == ".env.production" else bool(shared)
    return known and _reads_settings(draft.values.get("framework"))


def _reads_settings(name: str | None) -> bool:
    found = framework("node", name) if name else None
    return found is not None and found.env_files


def _embedded(folder: Project) -> Iterator[tuple[str, Evidence]]:
    """Files in `//go:embed` that look like a secret or test output."""
    for path in itertools.islice(folder.files("*.go"), MAX_READ):
        text = folder.text(path) or ""
        for number, line in enumerate(text.splitlines(), 1) if "//go:embed " in text else ():
            for pattern in line.removeprefix("//go:embed ").split() if line.startswith("//go:embed ") else ():
                named = pattern.strip('"`').removeprefix("all:")
                place = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
                says = folder.says(path, number, f"//go:embed {pattern}")
                yield from ((folder.full(name), says) for name in _below(folder, place))


def _below(folder: Project, pattern: str) -> list[str]:
    """The files of a Go pattern or folder that the ignore file would exclude."""
    head = pattern.partition("*")[0]
    below = head if folder.has_folder(head) else posixpath.dirname(head)
    return [
        name
        for name in folder.files("*", below=below)
        if _fits(posixpath.basename(name), (*_KEYS, *_SETTINGS, *_OUTPUT))
        and any(fnmatchcase(up, pattern) for up in (name, *_parents(name)))
    ]


def _parents(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path


def _candidates(tree: Tree, path: str, patterns: tuple[str, ...]) -> Iterator[str]:
    for place in sorted(tree.folders):
        if not inside(place, path):
            continue
        if {"test", "tests", "__tests__", "testdata", "fixtures", "node_modules"} & set(place.split("/")):
            continue
        for name in tree.folders[place]:
            if _fits(name, patterns) and not _fits(name, _OTHERS):
                yield posixpath.join(place, name)


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def in_git(tree: Tree, path: str) -> bool | None:
    """Whether an existing file is in version control; None if unknown."""
    known = False
    place = posixpath.dirname(path)
    while True:
        text = tree.text(posixpath.join(place, ".gitignore"))
        known = known or text is not None
        inner = path.removeprefix(f"{place}/") if place else path
        if text is not None and untracked(text)(inner):
            return False
        if not place:
            return True if known else None
        place = posixpath.dirname(place)


def _reader(folder: Project, file: str, draft: Draft) -> Evidence | None:
    """What reads a file: a configured bundler, the class path, or code and settings that name it."""
    name, place = posixpath.basename(file), posixpath.dirname(file)
    if _fits(name, _SETTINGS):
        front = draft.values.get("frontend") or {}
        readers = [(folder.path, draft.values.get("framework")), (front.get("path"), front.get("framework"))]
        bundled = any(("" if at == "." else at) == place and _reads_settings(which) for at, which in readers)
        if bundled and name in _BUNDLED:
            return Evidence(file, None, "the front end's build reads it")
        if name == ".env" or _fits(name, _LOCAL):
            return None
    elif any(part in f"{posixpath.relpath(file, folder.path or '.')}" for part in _ON_PATH):
        return Evidence(file, None, "on the class path")
    return _named(folder, name)


def _named(folder: Project, name: str, texts: re.Pattern[str] = _TEXTS) -> Evidence | None:
    """The first code or settings file that names a file; ``texts``: which are looked at."""
    tree = folder.tree
    word = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
    read = 0
    for place in sorted(tree.folders):
        if not inside(place, folder.path):
            continue
        for other in tree.folders[place] if "node_modules" not in place.split("/") else ():
            if read >= MAX_READ or not texts.fullmatch(other) or other.endswith((".lock", "lock.json")):
                continue
            read += 1
            path = posixpath.join(place, other)
            match = word.search(tree.text(path) or "")
            if match is not None:
                line = (tree.text(path) or "").count("\n", 0, match.start()) + 1
                return Evidence(path, line, f"it names {name}")
    return None
