"""Tests, documentation and other services that nothing in the image reads, where the whole folder is copied."""

import ast
import itertools
import posixpath
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from genfile.detect.code import parse_code
from genfile.detect.databasefiles import unnamed_databases
from genfile.detect.others import services_within, unnamed, unscripted
from genfile.detect.paths import inside
from genfile.detect.tree import Project
from genfile.evidence import Draft, Fact

_FOLDERS = ("test", "tests", "__tests__", "spec", "e2e", "cypress", "docs", "doc")
_FILES = ("README*", "CHANGELOG*", "CONTRIBUTING*", "CODE_OF_CONDUCT*", "SECURITY.*", "HISTORY*", "AUTHORS*")
_SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx")
_CODE = (".py", *_SCRIPTS)
# Files for tools that no image runs.
_TOOLS = ("*.test.*", "*.spec.*", "conftest.py", "noxfile.py", "jest.config.*", "vitest.config.*", "cypress.config.*",
          "playwright.config.*", "gulpfile.*", ".eslintrc.*", "eslint.config.*")  # fmt: skip
# Files for people and tools that work on the code. What only installs or compiles it is not among them.
_LOOSE = (*_TOOLS, ".nvmrc", ".node-version", ".python-version", ".prettierrc*", ".prettierignore",
          "prettier.config.*", ".eslintignore", ".mocharc*", ".nycrc*", "tox.ini", "Makefile", "renovate.json",
          "requirements[-_.]dev*.txt", "requirements[-_.]test*.txt", "dev[-_]requirements*.txt")  # fmt: skip
# Settings of a hosting platform, which may hold secrets: its own editor writes them there.
_HOSTS = (".replit", "replit.nix")
# Manifests that name files which installing the project reads.
_MANIFESTS = ("pyproject.toml", "setup.cfg", "MANIFEST.in")
# Tables in manifests that only such tools read.
_TABLES = re.compile(
    r"^\[(?:tool\.(?:pytest|ruff|coverage|mypy|black|isort|pylint|pyright|tox|nox|hatch\.envs)\b[^\]\n]*"
    r"|(?:tool:pytest|coverage:[a-z]+|flake8|mypy|pycodestyle|isort)[^\]\n]*)\]\n(?:(?!\[).*\n?)*",
    re.MULTILINE,
)
# Files that say what a build copies.
_BUILDS = ("package.json", "angular.json", "nest-cli.json")
_COMPONENTS = (".vue", ".svelte", ".astro", ".mdx")
MAX_READ = 400
MAX_TEXT = 4_000_000
# How many characters of JavaScript are parsed to find out whether a name in them is a file's, and of one file.
MAX_PARSED = 600_000
MAX_FILE = 200_000
MAX_APPS = 40
_IMPORTS_TESTS = re.compile(
    r"^\s*(?:from|import)\s+(?:\.|[\w.]+\.)tests\b|^\s*from\s+\.\s+import\s.*\btests\b", re.MULTILINE
)


def put_unread(folder: Project, draft: Draft, services: Iterable[str] = ()) -> None:
    """Put /unread. A name that the code or a manifest mentions, as a path or a module, counts as read.

    ``services``: the folders of all services of the tree, and of what runs elsewhere; those inside of this one are left
    out like its tests, so that a change in a server does not build the front end next to it again.
    """
    if draft.values["language"] == "java":
        _put_beside_jvm(folder, draft, services)
        return
    copied, built = _copies_all(draft), _builds(draft)
    if not copied and not built:
        return
    always = folder.present(_HOSTS)
    always += unnamed_databases(folder) if copied else []
    left = [*_left(folder, draft, services, copied=copied, built=built), *always]
    if left:
        says = folder.says(left[0], None, "nothing that runs refers to it")
        draft.put("unread", Fact([folder.full(name) for name in left], (says,)))


def _left(folder: Project, draft: Draft, services: Iterable[str], *, copied: bool, built: bool) -> list[str]:
    found = list(_candidates(folder, draft.values) if copied else _documents(folder))
    others = services_within(folder, services)
    apps = _of_apps(folder) if found and draft.values.get("framework") == "django" else []
    folders = [*(name for name in found if folder.has_folder(name)), *others, *apps]
    texts = _texts(folder, folders) if found or others else None
    if texts is None:
        return []
    read = _Reader(folder, texts, [*found, *others])
    builds = [folder.text(name) or "" for name in _BUILDS] if built else []
    left = [name for name in found if not read.names(name) and not any(_names(text, name) for text in builds)]
    if not any(_IMPORTS_TESTS.search(text) for text in texts.values()):
        left += apps
    others = [name for name in others if not read.names(name)]
    return [*left, *unnamed(folder, others, _commands(draft.values))]


def _commands(values: dict[str, Any]) -> Iterator[str]:
    """The words of every command of the image and its build."""
    for key in ("build", "start", "release"):
        yield from values.get(key) or ()
    for words in values.get("processes", {}).values():
        yield from words


def _put_beside_jvm(folder: Project, draft: Draft, services: Iterable[str]) -> None:
    """Add to /unread, which has the tests of a JVM build, the services inside of its folder that no script names."""
    left = [] if "workspace" in draft.values else unscripted(folder, services_within(folder, services))
    if left:
        before = draft.evidence.get("/unread")
        says = folder.says(left[0], None, "no build script refers to it")
        names = [*draft.values.get("unread", ()), *map(folder.full, left)]
        draft.put("unread", Fact(names, (*(before.evidence if before else ()), says)))


def _copies_all(draft: Draft) -> bool:
    values = draft.values
    if "static" in values or "workspace" in values:
        return False
    if values["language"] == "node":
        return not values.get("build") and values["path"] in values.get("run_paths", ())
    return bool(values["language"] == "python")


def _builds(draft: Draft) -> bool:
    """Whether a step builds from the whole folder, and not from Markdown pages."""
    values = draft.values
    pages = "static" in values and not values["static"].get("spa")
    return values["language"] == "node" and bool(values.get("build")) and "workspace" not in values and not pages


def _candidates(folder: Project, values: dict[str, Any]) -> Iterator[str]:
    yield from (name for name in _FOLDERS if folder.has_folder(name))
    yield from _documents(folder)
    words = {word.removeprefix("./") for command in _commands(values) for word in command.split()}
    for name in sorted(folder.names()):
        known = folder.full(name) in values.get("manifests", ()) or name in words
        if not known and any(fnmatchcase(name, pattern) for pattern in _LOOSE):
            yield name


def _documents(folder: Project) -> Iterator[str]:
    for name in sorted(folder.names()):
        if any(fnmatchcase(name, pattern) for pattern in _FILES) and not name.endswith(_CODE):
            yield name


def _of_apps(folder: Project) -> list[str]:
    """The tests beside the code of each Django app."""
    return sorted(path for path in folder.files("tests.py", depth=3) if "/" in path)[:MAX_APPS]


class _Reader:
    """What the code and the manifests of a folder refer to."""

    def __init__(self, folder: Project, texts: dict[str, str], targets: list[str]) -> None:
        self._folder = folder
        self._texts = texts
        self._targets = targets
        self._plain: dict[str, str] = {}
        self._left = MAX_PARSED

    def names(self, name: str) -> bool:
        """Whether a text names a file or folder. What looks like it in JavaScript is read again without its URLs."""
        return any(_names(text, name) and _names(self._without_urls(path), name) for path, text in self._texts.items())

    def _without_urls(self, path: str) -> str:
        if path not in self._plain:
            text = self._texts[path]
            self._left -= len(text)
            fits = self._left >= 0 and len(text) <= MAX_FILE
            self._plain[path] = _without_urls(self._folder, path, text, self._targets) if fits else text
        return self._plain[path]


def _without_urls(folder: Project, path: str, text: str, targets: list[str]) -> str:
    """A module of JavaScript without its URLs, and without its imports from other places than some."""
    from genfile.parsers.javascript import parse_typescript
    from genfile.parsers.jscomponents import COMPONENTS, markup_of, parse_component
    from genfile.parsers.jsurls import without_urls

    def is_elsewhere(module: str) -> bool:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), module.partition("?")[0]))
        return not any(inside(place, target) for target in targets)

    component = path.endswith(COMPONENTS)
    if not component and not path.endswith(_SCRIPTS):
        return text
    module = folder.parse(parse_component if component else parse_typescript, path)
    if module is None:
        return text
    return without_urls(module, targets, is_elsewhere) + (markup_of(text) if component else "")


def _texts(folder: Project, apart: list[str]) -> dict[str, str] | None:
    """What may name a file that is read at run time, by its path; None if that is more than is looked at."""
    paths = list(itertools.islice(_sources(folder, apart), MAX_READ + 1))
    if len(paths) > MAX_READ:
        return None
    texts: dict[str, str] = {}
    left = MAX_TEXT
    for path in paths:
        texts[path] = folder.text(path) or ""
        left -= len(texts[path])
        if left < 0:
            return None
    return {
        path: _without_remarks(folder, path, text) if path.endswith(".py") else without_tools(text)
        for path, text in texts.items()
    }


def without_tools(text: str) -> str:
    """A manifest without the tables that only tools read which no image runs."""
    return _TABLES.sub("", text)


def _sources(folder: Project, apart: list[str]) -> Iterator[str]:
    for path in folder.files("*"):
        if path.endswith((*_CODE, *_COMPONENTS)) or path in _MANIFESTS:
            aside = any(path == name or path.startswith(f"{name}/") for name in apart)
            if not aside and not any(fnmatchcase(posixpath.basename(path), pattern) for pattern in _TOOLS):
                yield path


def _without_remarks(folder: Project, path: str, text: str) -> str:
    """A Python module without docstrings and comment lines, which read nothing."""
    from genfile.parsers.python import parse_python

    module = parse_code(folder, parse_python, path)
    lines = text.split("\n")
    for node in module.of(ast.Expr) if module is not None else ():
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for number in range(node.lineno - 1, min(node.end_lineno or node.lineno, len(lines))):
                lines[number] = ""
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def _names(text: str, name: str) -> bool:
    """Whether a text has a name as a path or a module: `"docs/x"`, `from tests import`; a file's name anywhere."""
    if "." in name.lstrip("."):
        module = posixpath.splitext(name)[0] if name.endswith(_CODE) else name
        return module in text or f"*{posixpath.splitext(name)[1]}" in text
    plain = re.escape(name)
    return re.search(rf"(?:[\"'`/]{plain}[\"'`/.])|(?:\b(?:from|import)\s+{plain}\b)", text) is not None
