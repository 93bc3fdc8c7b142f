"""A Go module as the detectors read it: its packages, its programs, and what a program imports."""

import ast
import itertools
import posixpath
import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any

from msgspec import Struct

from genfile.detect.aside import NOT_SERVICES
from genfile.detect.code import is_left_out, parse_code
from genfile.detect.go.loose import is_loose, loose_manifest
from genfile.detect.go.work import neighbours
from genfile.detect.hosting import hosting
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.go import GoFile, parse_go
from genfile.parsers.gomod import GoMod, Requirement, parse_go_mod
from genfile.parsers.makefile import parse_makefile

MAX_FOLDERS = 400
# The package in a script's `go build` or `go install`, as its last word.
_GO_BUILD = re.compile(
    r"\bgo (?:build|install)\b[^&|;]*?\s(\.{1,2}(?:/[A-Za-z0-9._/-]+)?|cmd/[A-Za-z0-9._/-]+)\s*(?=$|&|;|\\|\|)"
)
MAX_FILES = 250
# How many import steps away from the programs packages are read in turn.
MAX_LEVELS = 2
# Files that a build for Linux skips, by the last parts of their names (go/build: matchFile).
_OTHER_SYSTEMS = frozenset(
    """
    windows darwin freebsd netbsd openbsd plan9 solaris js wasip1 aix android ios dragonfly illumos
    """.split()
)
_OTHER_MACHINES = frozenset(
    """
    arm 386 wasm mips ppc64 ppc64le s390x riscv64 loong64 mips64 mipsle
    """.split()
)


class GoProgram(Struct, frozen=True):
    """A main package: its folder relative to the module (`.` is the root), and its binary's name."""

    folder: str
    name: str

    @property
    def package(self) -> str:
        return "." if self.folder == "." else f"./{self.folder}"


class GoModule:
    """A folder with a readable go.mod, or with Go code that genfile makes one for.

    ``loose``: in the latter case, where the code imports each module that go.mod would require.
    """

    def __init__(self, folder: Project, manifest: GoMod, loose: dict[str, Evidence] | None = None) -> None:
        self.folder = folder
        self.manifest = manifest
        self.loose = loose
        self._packages: dict[str, tuple[tuple[str, GoFile], ...]] = {}
        self._sources: dict[str, list[tuple[str, GoFile]]] = {}
        self._insides: dict[str, str | None] = {}
        # Results that are kept with the module: what each program reaches, by its folder, and its values.
        self.reaches: dict[Any, Any] = {}

    @cached_property
    def tags(self) -> dict[str, Evidence]:
        """The build tags of a release, each with its evidence."""
        return build_tags(self.folder)

    @cached_property
    def base_name(self) -> str:
        """The last part of the module path, without a major version: `shop` for `github.com/a/shop/v2`."""
        parts = (self.manifest.module or self.folder.folder_name).split("/")
        if len(parts) > 1 and parts[-1][:1] == "v" and parts[-1][1:].isdigit():
            parts.pop()
        return parts[-1]

    def package(self, name: str, *, first: bool = False) -> tuple[tuple[str, GoFile], ...]:
        """A package's parsed files for a build on Linux; the name is a folder relative to the module.

        ``first``: a program starts in it, so it is read even if the budget for others is used up.
        """
        if name not in self._packages:
            files: list[tuple[str, GoFile]] = []
            for file in self.folder.names("" if name == "." else name):
                if file.endswith(".go") and builds_on_linux(file) and len(files) < 60:
                    path = file if name == "." else f"{name}/{file}"
                    if _is_generated_table(self.folder.text(path) or ""):
                        continue
                    parsed = parse_code(self.folder, parse_go, path, first=first)
                    if parsed is not None and not _is_ignored(parsed.build_constraint, self.tags):
                        files.append((path, parsed))
            self._packages[name] = tuple(files)
        return self._packages[name]

    @cached_property
    def declared(self) -> dict[str, Evidence]:
        """The main packages that the project releases, by folder."""
        return declared_programs(self.folder)

    @cached_property
    def programs(self) -> tuple[GoProgram, ...]:
        """Every main package that is not a tool, an example or a test, nearest first; then those declared elsewhere."""
        found: list[GoProgram] = []
        # internal/ serves the module itself: mostly generators.
        folders = [folder for folder in self._folders() if "internal" not in folder.split("/")]
        folders += [folder for folder in self.declared if folder not in folders]
        for folder in folders:
            # Checks the text first, to spend the source budget on the programs and their imports.
            if self._may_be_main(folder) and any(file.has_main for _, file in self.package(folder, first=True)):
                found.append(GoProgram(folder, self.base_name if folder == "." else posixpath.basename(folder)))
        return tuple(found)

    def _may_be_main(self, folder: str) -> bool:
        names = self.folder.names("" if folder == "." else folder)
        listed = [name for name in names if name.endswith(".go") and builds_on_linux(name)]
        return any(_MAIN.search(self.folder.text(posixpath.join(folder, name)) or "") for name in listed[:60])

    @cached_property
    def nearest_first(self) -> None:
        """Read every program's direct imports before their imports, so that a large program does not use up the budget
        of the others."""
        level = [program.folder for program in self.programs]
        seen = set(level)
        for _ in range(MAX_LEVELS if len(level) > 1 else 0):
            files = [file for folder in level for _, file in self.package(folder)]
            names = dict.fromkeys(name for file in files for name in file.imports)
            level = [place for name in names if (place := self.inside(name)) and place not in seen]
            seen.update(level)

    def _folders(self) -> list[str]:
        """Folders with Go files in this module; nested modules have their own go.mod."""
        found: list[str] = []
        for inside in _below(self.folder):
            parts = inside.split("/") if inside else []
            aside = NOT_SERVICES - {"cmd"}
            if any(part in aside or part.startswith((".", "_")) for part in parts):
                continue
            found.append(inside or ".")
        return sorted(found, key=lambda name: (name != ".", not name.startswith("cmd"), name.count("/"), name))[
            :MAX_FOLDERS
        ]

    def inside(self, name: str) -> str | None:
        """The folder of a package by its import path: in this module, or in another one of the tree that is built with
        it (`../pkg/server`); None for a package that is downloaded."""
        if name not in self._insides:
            self._insides[name] = self._find_inside(name)
        return self._insides[name]

    def _find_inside(self, name: str) -> str | None:
        module = self.manifest.module or "\0"
        if name == module:
            return "."
        if name.startswith(module + "/") and not any(other.startswith(module + "/") for other in self._neighbours):
            return name.removeprefix(module + "/")
        # The longest matching path is the package's module.
        head = name
        while head and head != module:
            if head in self._neighbours:
                return self._beside(posixpath.join(self._neighbours[head], name[len(head) :].strip("/")))
            head = head.rpartition("/")[0]
        return name.removeprefix(module + "/") if head else None

    @cached_property
    def _neighbours(self) -> dict[str, str]:
        return neighbours(self.folder, self.manifest) if self.loose is None else {}

    def _beside(self, path: str) -> str:
        """A folder in the tree, relative to the module's own."""
        return posixpath.relpath(path or ".", self.folder.path or ".")

    def sources(self, program: GoProgram) -> list[tuple[str, GoFile]]:
        """A program's files, then those of the module's packages that it imports; bounded."""
        if program.folder not in self._sources:
            self._sources[program.folder] = self._find_sources(program)
        return self._sources[program.folder]

    def _find_sources(self, program: GoProgram) -> list[tuple[str, GoFile]]:
        self.nearest_first  # noqa: B018
        found: list[tuple[str, GoFile]] = []
        queue, seen = [program.folder], {program.folder}
        while queue and len(found) < MAX_FILES:
            for path, file in self.package(queue.pop(0)):
                found.append((path, file))
                for name in file.imports:
                    inside = self.inside(name)
                    if inside and inside not in seen:
                        seen.add(inside)
                        queue.append(inside)
        return found

    def is_cut(self, program: GoProgram) -> bool:
        """Whether some of a program's own imports were skipped, since the tree has too much code."""
        places = {inside for _, file in self.sources(program) for name in file.imports if (inside := self.inside(name))}
        names = (posixpath.join(place, name) for place in places for name in self.folder.names(place))
        return any(is_left_out(self.folder, posixpath.normpath(name)) for name in names if name.endswith(".go"))

    def requires(self, path: str) -> bool:
        """Whether go.mod requires a module, one of its sub-modules or major versions, or the module of a package."""
        return self._required(path) is not None

    def requires_directly(self, path: str) -> bool:
        """Whether go.mod requires it for a package of the module itself."""
        found = self._required(path)
        return found is not None and not found.indirect

    def _required(self, path: str) -> Requirement | None:
        return next(
            (
                item
                for item in self.manifest.requires
                if item.path == path or item.path.startswith(path + "/") or path.startswith(item.path + "/")
            ),
            None,
        )

    def says(self, path: str) -> Evidence:
        """Where a module is required: in go.mod; without one, where it is imported."""
        item = self._required(path)
        if self.loose and item is not None:
            return self.loose[item.path]
        return self.folder.says("go.mod", item.line if item is not None else None, path)


def declared_programs(folder: Project) -> dict[str, Evidence]:
    """The main packages that the project releases, by folder: goreleaser, Heroku, the Dockerfile, make."""
    found: dict[str, Evidence] = {}
    for name in (".goreleaser.yaml", ".goreleaser.yml", "goreleaser.yaml", "goreleaser.yml"):
        document = folder.yaml(name) if folder.has(name) else None
        for index, item in enumerate(document.items("builds") if document else []):
            main = item.get("main") if isinstance(item, dict) else None
            place = _package_folder(folder, f"{item.get('dir', '.')}/{main or '.'}") if isinstance(item, dict) else None
            if document is not None and place is not None:
                found.setdefault(place, folder.says(name, document.line("builds", index), f"main: {main or '.'}"))
    for number, line in enumerate((folder.text("go.mod") or "").splitlines(), 1):
        if line.strip().startswith("// +heroku install"):
            for word in line.split()[3:]:
                place = _package_folder(folder, word)
                if place is not None:
                    found.setdefault(place, folder.says("go.mod", number, line.strip()))
    for path, number, line in _commands(folder):
        for match in _GO_BUILD.finditer(line):
            place = _package_folder(folder, match[1].strip("\"'").removesuffix("/..."))
            if place is not None and not match[1].endswith("/..."):
                found.setdefault(place, Evidence(path, number, " ".join(line.split())[:100]))
    return found


def _commands(folder: Project) -> Iterator[tuple[str, int, str]]:
    """The commands in Dockerfiles, make and task, by line: make recipes with variables expanded, then raw lines."""
    makefile = folder.parse(parse_makefile, "Makefile") if folder.has("Makefile") else None
    for path in hosting(folder).dockerfiles:
        yield from ((path, number, line) for number, line in _joined(folder.tree.text(path) or ""))
    for target in (makefile or {}).values():
        yield from ((folder.full("Makefile"), target.line, line) for line in target.commands)
    for name in ("Makefile", "Taskfile.yml"):
        yield from ((folder.full(name), number, line) for number, line in _joined(folder.text(name) or ""))


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, backslash continuations joined under the first number."""
    first, whole = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        first = first or number
        whole += line.rstrip().removesuffix("\\")
        if not line.rstrip().endswith("\\"):
            yield first, whole
            first, whole = 0, ""
    if whole:
        yield first, whole


def build_tags(folder: Project) -> dict[str, Evidence]:
    """The build tags of the project's release: the first of goreleaser's, the Dockerfile's and make's."""
    for name in (".goreleaser.yaml", ".goreleaser.yml"):
        document = folder.yaml(name) if folder.has(name) else None
        for index, item in enumerate(document.items("builds") if document else []):
            listed = item.get("tags") if isinstance(item, dict) else None
            if isinstance(listed, list) and listed and document is not None:
                says = folder.says(name, document.line("builds", index, "tags"), f"tags: {listed}")
                return {str(tag): says for tag in listed if _TAG.fullmatch(str(tag))}
    for path, number, line in _commands(folder):
        match = _GO_TAGS.search(line)
        # `go install …@latest` builds another module's program: a tool.
        if match is None or _VERSIONED.search(line, match.end()) is not None:
            continue
        given = match[1].strip("\"'")
        if given.startswith("$"):
            given = dict(_SET.findall(folder.tree.text(path) or "")).get(given.strip("$(){}"), "")
        tags = [tag for tag in re.split(r"[ ,]+", given) if _TAG.fullmatch(tag)]
        if tags:
            return {tag: Evidence(path, number, " ".join(line.split())[:100]) for tag in tags}
    return {}


def _package_folder(folder: Project, text: str) -> str | None:
    """The folder of a package argument, `.` for the module's own; None for a package outside this module."""
    if "$" in text or "{" in text:
        return None
    path = posixpath.normpath(text.strip())
    path = posixpath.dirname(path) or "." if path.endswith(".go") else path
    if path.startswith(("..", "/")) or not any(
        name.endswith(".go") for name in folder.names("" if path == "." else path)
    ):
        return None
    return path


def _below(folder: Project) -> Iterator[str]:
    """The folders with Go files in or below a folder, as relative paths; without nested modules."""
    root, memory = folder.path, folder.tree.memory
    key = ("go-folders",)
    if key not in memory:
        tree = folder.tree.folders
        listed = sorted(path for path, names in tree.items() if any(name.endswith(".go") for name in names))
        memory[key] = listed, frozenset(path for path, names in tree.items() if "go.mod" in names)
    listed, modules = memory[key]
    prefix = f"{root}/" if root else ""
    for path in itertools.chain([root] if root in listed else (), listed[bisect_left(listed, prefix) :]):
        if path != root and not path.startswith(prefix):
            return
        above = path
        while above != root and above not in modules:
            above = above.rpartition("/")[0]
        if above == root:
            yield path[len(prefix) :]


_GENERATED = re.compile(r"(?m)^// Code generated .* DO NOT EDIT\.\r?$")
MAX_GENERATED = 4 * 1024
_MAIN = re.compile(r"(?m)^package main\b(?=[\s\S]*^func main\()")
_TAG = re.compile(r"[a-z0-9][a-z0-9_]{1,40}")
_SET = re.compile(r"(?m)^(?:export\s+)?([A-Z_]+)\s*[:?]?=\s*([A-Za-z0-9_, ]+?)\s*(?:\$\(.*)?$")
_VERSIONED = re.compile(r"[^\s;&|]@(?:latest|v?\d|\$)")
_GO_TAGS = re.compile(r"\bgo (?:build|install)\b.*?-tags[= ]+(\"[^\"]*\"|'[^']*'|\S+)")


def read_module(folder: Project) -> GoModule | None:
    """The module in a folder, or one made for code without go.mod; None if go.mod is malformed (then a note says so) or
    there is no Go."""
    return folder.tree.once(("go-module", folder.path), lambda: _read_module(folder))


def _read_module(folder: Project) -> GoModule | None:
    if not folder.has("go.mod"):
        return GoModule(folder, *loose_manifest(folder)) if is_loose(folder) else None
    manifest = folder.parse(parse_go_mod, "go.mod")
    return None if manifest is None or manifest.module is None else GoModule(folder, manifest)


def _is_generated_table(text: str) -> bool:
    """Whether a file is long and generated, by Go's own marker: protocol messages, queries, mocks."""
    return len(text) > MAX_GENERATED and _GENERATED.search(text, 0, 4_000) is not None


def builds_on_linux(name: str) -> bool:
    """Whether a file's name allows it in a build for Linux: not a test, nor another system's or machine's."""
    parts = name.removesuffix(".go").split("_")
    if parts[-1] == "test":
        return False
    return not any(part in _OTHER_SYSTEMS or part in _OTHER_MACHINES for part in parts[1:][-2:])


def _is_ignored(constraint: str | None, tags: Collection[str] = ()) -> bool:
    """Whether a `//go:build` line excludes the file from a build for Linux on amd64 or arm64 with these tags."""
    if constraint is None:
        return False
    words = re.findall(r"&&|\|\||!|\(|\)|[A-Za-z0-9_.]+", constraint)
    python = {"&&": "and", "||": "or", "!": "not", "(": "(", ")": ")"}
    text = " ".join(python.get(word) or str(_is_set(word, tags)) for word in words)
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        return False
    return not _truth(tree)


def _is_set(tag: str, tags: Collection[str]) -> bool:
    return tag in ("linux", "unix", "amd64", "gc", "cgo") or tag.startswith("go1.") or tag in tags


def _truth(node: ast.expr) -> bool:
    if isinstance(node, ast.BoolOp):
        values = [_truth(item) for item in node.values]
        return all(values) if isinstance(node.op, ast.And) else any(values)
    if isinstance(node, ast.UnaryOp):
        return not _truth(node.operand)
    return bool(isinstance(node, ast.Constant) and node.value)
