"""Code that git ignores and the program imports: the project's command that generates it inside the image."""

import posixpath
import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from genfile.detect.go.module import GoModule
from genfile.detect.go.port import Sources
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Fact
from genfile.parsers.makefile import MakeTarget, parse_makefile
from genfile.parsers.small import parse_shell

MAX_DEPTH = 4
MAX_COMMANDS = 8
MAX_SOURCES = 400
# Commands that need only Go and the module itself.
_OWN = re.compile(r"go (?:tool|run|generate)\b|(?:mkdir|rm|cp)\b")
_ALL = re.compile(r"(?:go-)?(?:generate|gen|codegen)(?:-all)?")
_ONE = re.compile(r"(?:^|[-_/])(?:sqlc|templ|protos?|buf|swag|swagger|docs|ent|gqlgen|oapi|openapi|jet)(?:$|[-_/])")
_VERSION = re.compile(r"v\d[\w.+-]{0,80}")
_MAKE = ("Makefile", "makefile", "GNUmakefile")
_SHELL = re.compile(r"[`;&|<>$()]|\$\(")


class Generator(Struct, frozen=True):
    """A tool: its package, its input files (a pattern), its words, and the name of its output."""

    package: str
    reads: str
    words: str
    makes: str = ""


# Tools whose output is often not committed; mocks are only for tests.
GENERATORS = (
    Generator("github.com/sqlc-dev/sqlc/cmd/sqlc", "sqlc.y*ml", "generate"),
    Generator("github.com/sqlc-dev/sqlc/cmd/sqlc", "sqlc.json", "generate"),
    Generator("github.com/a-h/templ/cmd/templ", "*.templ", "generate"),
    Generator("github.com/bufbuild/buf/cmd/buf", "buf.gen.yaml", "generate"),
    Generator("github.com/99designs/gqlgen", "gqlgen.y*ml", "generate"),
    Generator("github.com/swaggo/swag/cmd/swag", "*.go", "init", "docs"),
    Generator("github.com/swaggo/swag/v2/cmd/swag", "*.go", "init", "docs"),
)


def generate_commands(module: GoModule, sources: Sources, missing: str) -> Fact[list[str]] | None:
    """The commands that generate a package of the module without any Go file."""
    for signal in SIGNALS:
        fact = signal(module, sources, missing)
        if fact is not None:
            return fact
    return None


def _make_all(module: GoModule, sources: Sources, missing: str) -> Fact[list[str]] | None:
    """The Makefile target `generate`, if it only runs tools of the module: `go tool`, `go run`."""
    return _from_make(module.folder, _ALL.fullmatch)


def _make_one(module: GoModule, sources: Sources, missing: str) -> Fact[list[str]] | None:
    """A Makefile target for one generator: `proto`, `swag`."""
    return _from_make(module.folder, _ONE.search)


def _from_make(folder: Project, fits: Callable[[str], object]) -> Fact[list[str]] | None:
    for name in _MAKE:
        targets = (folder.parse(parse_makefile, name) if folder.has(name) else None) or {}
        for title, target in targets.items():
            commands = [item for item in _commands(targets, title) if not _only_says(item)] if fits(title) else []
            generating = any(command.startswith("go ") for command in commands)
            if generating and all(_is_own(command) for command in commands):
                return folder.fact(commands[:MAX_COMMANDS], name, target.line, f"{title}: {commands[0]}")
    return None


def _commands(targets: dict[str, MakeTarget], name: str, depth: int = 0) -> Iterator[str]:
    target = targets.get(name)
    if target is None or depth > MAX_DEPTH:
        return
    for item in target.prerequisites[:MAX_COMMANDS]:
        yield from _commands(targets, item, depth + 1)
    yield from target.commands[:MAX_COMMANDS]


def _only_says(command: str) -> bool:
    """Whether a recipe's command only prints what is being done."""
    parsed = parse_shell(command) or ()
    return bool(parsed) and all(item.words[:1] in (("echo",), ["echo"], ("printf",), ["printf"]) for item in parsed)


def _is_own(command: str) -> bool:
    return _OWN.match(command) is not None and not _SHELL.search(command) and len(command) < 300


def _directive(module: GoModule, sources: Sources, missing: str) -> Fact[list[str]] | None:
    """`//go:generate go run …` or `go tool …` in a package: `go generate` for that package."""
    folder = module.folder
    for path in _near(folder, missing):
        found = directive(folder, path)
        if found is not None:
            package = posixpath.dirname(path)
            return folder.fact([f"go generate ./{package}".rstrip("/")], path, *found)
    return None


def directive(folder: Project, path: str) -> tuple[int, str] | None:
    """A file's first `//go:generate` line that needs only Go, and that does not make mocks for tests."""
    text = folder.text(path) or ""
    for number, line in enumerate(text.splitlines() if "//go:generate " in text else (), 1):
        command = line.removeprefix("//go:generate ").strip() if line.startswith("//go:generate ") else ""
        if command.startswith(("go run ", "go tool ")) and "mock" not in command:
            return number, line.strip()
    return None


def _near(folder: Project, missing: str) -> list[str]:
    """The module's Go files, those nearest to a folder first."""
    names = [name for _, name in zip(range(MAX_SOURCES), folder.files("*.go"), strict=False)]
    return sorted(names, key=lambda name: (-len(posixpath.commonprefix([name, missing])), name))


def _tool(module: GoModule, sources: Sources, missing: str) -> Fact[list[str]] | None:
    """A generator with its configuration in the tree: a `tool` in go.mod or tools.go, or one at a required version."""
    folder = module.folder
    for item in GENERATORS:
        if item.makes and posixpath.basename(missing) != item.makes:
            continue
        read = next(iter(folder.files(item.reads, depth=8)), None)
        started = _started(module, item.package) if read is not None else None
        if read is None or started is None:
            continue
        says, command = started
        words = item.words
        if item.makes:
            words += _entry(module, sources, missing)
        return Fact([f"{command} {words}"], (says, folder.says(read, 1, item.package.rsplit("/", 1)[-1])))
    return None


def _started(module: GoModule, package: str) -> tuple[Evidence, str] | None:
    """How to start a tool at the module's version."""
    folder = module.folder
    if package in module.manifest.tools:
        says = folder.says("go.mod", module.manifest.tools[package], f"tool {package}")
        return says, f"go tool {posixpath.basename(package)}"
    for name in ("tools.go", "tools/tools.go", "internal/tools/tools.go"):
        for number, line in enumerate((folder.text(name) or "").splitlines() if folder.has(name) else (), 1):
            if f'"{package}"' in line:
                return folder.says(name, number, line.strip()), f"go run {package}"
    pattern = re.compile(re.escape(package) + r"@(v\d[\w.+-]*)")
    for name in (*_MAKE, "Taskfile.yml", "Taskfile.yaml", "justfile"):
        for number, line in enumerate((folder.text(name) or "").splitlines() if folder.has(name) else (), 1):
            match = pattern.search(line)
            if match is not None:
                return folder.says(name, number, line.strip()), f"go run {package}@{match[1]}"
    # A tool in a module that the code requires too has that module's version.
    for item in module.manifest.requires:
        if package.startswith(item.path + "/") and _VERSION.fullmatch(item.version):
            return folder.says("go.mod", item.line, f"{item.path} {item.version}"), f"go run {package}@{item.version}"
    return None


def _entry(module: GoModule, sources: Sources, missing: str) -> str:
    """swag's arguments: where `main` is, and the output folder."""
    main = next((path for path, file in sources if file.has_main), "main.go")
    told = "" if main == "main.go" else f" -g {main}"
    return told + ("" if missing == "docs" else f" -o {missing}")


SIGNALS = (_make_all, _tool, _make_one, _directive)


def missing_wire(module: GoModule, sources: Sources) -> Fact[list[str]] | None:
    """wire, if an injector is committed and its output is not."""
    folder = module.folder
    for package in dict.fromkeys(posixpath.dirname(path) for path, _ in sources):
        names = folder.names(package)
        if "wire_gen.go" in names:
            continue
        for name in names:
            text = folder.text(posixpath.join(package, name)) if name.endswith(".go") else None
            if text and re.search(r"(?m)^//(?:go:build|\s*\+build) wireinject", text):
                tool = "github.com/google/wire/cmd/wire"
                started = _started(module, tool)
                command = started[1] if started else f"go run -mod=mod {tool}"
                says = folder.says(posixpath.join(package, name), 1, "wireinject, without wire_gen.go")
                return Fact([f"{command} ./{package}".rstrip("/")], (says,))
    return None


def undeclared(module: GoModule, sources: Sources) -> tuple[Evidence, str] | None:
    """The module's first package with a generate directive from which an undeclared function is called."""
    declared: dict[str, frozenset[str]] = {}
    for path, file in sources:
        called: dict[str, str] = {}
        for name, alias in file.aliases.items() if file.calls else ():
            inside = module.inside(name)
            if inside is not None and inside != ".":
                if inside not in declared:
                    declared[inside] = _declared(module, inside)
                called |= {alias or posixpath.basename(inside): inside} if declared[inside] else {}
        for call in file.calls if called else ():
            first, _, last = call.callee.partition(".")
            if first in called and last[:1].isupper() and last.isidentifier() and last not in declared[called[first]]:
                return module.folder.says(path, call.line, call.callee), called[first]
    return None


def _declared(module: GoModule, inside: str) -> frozenset[str]:
    """The names that a package declares; none unless something says that a part of it is generated."""
    paths = [posixpath.join(inside, name) for name in module.folder.names(inside) if name.endswith(".go")]
    if not any(directive(module.folder, path) for path in paths):
        return frozenset()
    return frozenset(item.name for _, file in module.package(inside) for item in file.flow.declarations) | {""}
