"""The first pass: the folders in the tree that are services, and their languages."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, cast

from msgspec import Struct
from msgspec.structs import replace

from genfile.detect import go, java, node, pages, python, static
from genfile.detect.aside import is_aside
from genfile.detect.contain import contained
from genfile.detect.language import STRENGTHS, Claim, Language
from genfile.detect.paths import inside
from genfile.detect.tree import Project, Tree
from genfile.evidence import Note

if TYPE_CHECKING:
    from genfile.detect.declared.language import Declared

# The order decides between equal claims on a folder: the server's language before its front end's.
LANGUAGES: tuple[Language, ...] = tuple(cast(Language, module) for module in (java, go, python, node))

# Manifests of languages that genfile does not read: a package.json beside one is only its front end.
FOREIGN = {
    "Gemfile": "Ruby",
    "composer.json": "PHP",
    "mix.exs": "Elixir",
    "Cargo.toml": "Rust",
    ".csproj": ".NET",
    ".fsproj": ".NET",
    ".sln": ".NET",
    "Package.swift": "Swift",
    "pubspec.yaml": "Dart",
    "build.sbt": "Scala (sbt)",
    "project.clj": "Clojure",
    "deps.edn": "Clojure",
    "gleam.toml": "Gleam",
    "shard.yml": "Crystal",
    "build.zig": "Zig",
    "stack.yaml": "Haskell",
    ".cabal": "Haskell",
    "dub.json": "D",
    "rebar.config": "Erlang",
}
# The same, for manifests beside what genfile reads: only mentioned if there is nothing else.
BESIDE = {
    "deno.json": "Deno", "deno.jsonc": "Deno", "CMakeLists.txt": "C or C++", "meson.build": "C or C++",
    "Gopkg.toml": "Go without go.mod (dep)", "glide.yaml": "Go without go.mod (glide)", "build.xml": "Java (Ant)",
    ".java": "Java without Maven or Gradle", ".kt": "Kotlin without Gradle or Maven",
    "index.php": "PHP", "app.rb": "Ruby", "config.ru": "Ruby", "build.mill": "Scala (Mill)", "build.sc": "Scala (Mill)",
}  # fmt: skip


_MANIFESTS = frozenset({"pom.xml", "build.gradle", "build.gradle.kts", "package.json", "go.mod", "pyproject.toml"})
_OLD = re.compile(r"[-_.](?:old|bak|backup|legacy|deprecated)$", re.IGNORECASE)
# Sources that belong to a build, if there is one to mention.
SOURCES = (".java", ".kt")
# For how many programs a note says why they are not services.
MAX_REASONS = 5


class FoundService(Struct, frozen=True):
    """A folder that is a service; ``others``: the weaker claims of other languages to it, strongest first."""

    project: Project
    language: Language
    claim: Claim
    others: "tuple[FoundService, ...]" = ()


def survey(tree: Tree, declared: "Sequence[Declared]" = ()) -> list[FoundService]:
    """Every service of the tree, the root's first, then by path; ``declared``: languages that presets know."""
    found: list[FoundService] = []
    for folder in sorted(tree.folders, key=lambda path: (path.count("/") + bool(path), path)):
        if not tree.budget.allows(folder, names=len(tree.folders[folder])):
            break
        if (
            (is_aside(folder) and not _is_for_vendors(tree, folder) and not _is_application(tree, folder))
            or _is_beside(tree, folder)
            or _of_desktop(tree, folder)
        ):
            continue
        with contained(tree, folder):
            best = _best_claim(tree, folder, declared)
            if best is not None:
                found.append(best)
    with contained(tree, "", "could not be searched for services without a manifest"):
        found = _without_strayed(_without_doubles(_without_tools(_serving(found, declared))))
        _tell_of_others(found)
        claimed = {item.project.path for item in found}
        found += [
            _static_claim(project)
            for project in static.sites(tree, alone=not found)
            if project.path not in claimed and (not found or not project.path or not is_aside(project.path))
        ]
        if not found:
            found = _last_resort(tree)
        if not found:
            roots = (folder for folder in static.candidates(tree) if not _is_part_of_another(tree, folder))
            found = [_static_claim(Project(tree, folder)) for folder in roots][:1]
        elif all(item.project.path for item in found):
            found += [_static_claim(project) for project in pages.beside_servers(tree, claimed)]
    return sorted(found, key=lambda item: item.project.path)


def _is_for_vendors(tree: Tree, folder: str) -> bool:
    """Whether a folder called `vendor` is a project for sellers: unlike copies of others' code, it has a manifest of
    its own and stands among other projects."""
    parent, _, name = folder.rpartition("/")
    if name != "vendor" or not parent or is_aside(parent) or not _MANIFESTS & set(tree.folders[folder]):
        return False
    siblings = (f"{parent}/{sub}" for sub in tree.subfolders(parent) if sub != name)
    return any(_MANIFESTS & set(tree.folders.get(sibling, ())) for sibling in siblings)


def _is_application(tree: Tree, folder: str) -> bool:
    """Whether a folder called `docs` is a server like its neighbours: the workspace's own member of `apps`, with a
    framework and a start script, and without a generator of documentation."""
    parent, _, name = folder.rpartition("/")
    if name not in ("doc", "docs") or parent.rpartition("/")[2] != "apps" or is_aside(parent):
        return False
    return node.starts_server(Project(tree, folder))


def _is_beside(tree: Tree, folder: str) -> bool:
    """An example among a library's modules (`x-example` beside `x-core`), or an older copy of something."""
    parent, _, name = folder.rpartition("/")
    if _OLD.sub("", name) != name and _OLD.sub("", name) in tree.subfolders(parent):
        # An older copy: `backend_old` beside `backend`.
        return True
    if name.startswith("initial"):
        return name.replace("initial", "complete", 1) in tree.subfolders(parent)
    if not _is_example(name):
        return False
    siblings = [
        sub
        for sub in tree.subfolders(parent)
        if _MANIFESTS & set(tree.folders.get(f"{parent}/{sub}" if parent else sub, ()))
    ]
    return sum(_is_example(sub) for sub in siblings) * 2 < len(siblings)


def _is_example(name: str) -> bool:
    return name.endswith(_SINGULARS) or name.startswith(("sample-", "example-"))


def _of_desktop(tree: Tree, folder: str) -> bool:
    """Whether a folder is part of an application that Wails packs for desktops."""
    return any("wails.json" in tree.folders.get(above, ()) for above in _folders_up(folder))


def _is_part_of_another(tree: Tree, folder: str) -> bool:
    """Whether pages belong to something else: a desktop application's windows, a library's documentation."""
    if any(node.runs_elsewhere(Project(tree, above)) is not None for above in _folders_up(folder)):
        return True
    other = static.beside(tree, folder)
    if other is not None:
        page = f"{folder}/index.html" if folder else "index.html"
        tree.note("info", f"{page}: pages of a program or a library ({other}), not a site", page)
    return other is not None


def _folders_up(folder: str) -> Iterator[str]:
    yield folder
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


_SINGULARS = ("-example", "-sample", "-demo", "_example", "_sample", "-quickstart")


def _serving(found: list[FoundService], declared: "Sequence[Declared]") -> list[FoundService]:
    """The services, without those that a preset's rules claim and then drop beside others of its language."""
    for language in declared:
        kept = language.serving([item.project for item in found if item.language is language])
        found = [item for item in found if item.language is not language or item.project in kept]
    return found


def _without(found: list[FoundService], drops: Callable[[FoundService], bool]) -> list[FoundService]:
    """The services, without those that are dropped: the strongest of the other claims to their folder steps in."""
    kept: list[FoundService] = []
    for item in found:
        claims = (item, *(replace(other, others=item.others[at:]) for at, other in enumerate(item.others, 1)))
        kept += itertools.islice((claim for claim in claims if not drops(claim)), 1)
    return kept


def _tell_of_others(found: list[FoundService]) -> None:
    """Note which languages only help the service that has their folder."""
    for item in found:
        for other in item.others:
            if not is_page_beside(item, other):
                tell_of_part(item, other)


def is_page_beside(item: FoundService, other: FoundService) -> bool:
    """Whether a weaker claim is a page beside a Python program, which may serve it or not."""
    site = other.language is node and other.claim.strength == "site"
    return site and item.language is python and item.project.has("package.json")


def tell_of_part(item: FoundService, other: FoundService) -> None:
    """Note that another language only helps the service that has its folder, or that its program is left out."""
    if other.claim.strength in ("server", "program"):
        tell_of_left_out(item, other)
        return
    text = (
        f"{item.project.spec_path}: {other.language.NAME} counts as part of the {item.language.NAME} service "
        f"({other.claim.reason})"
    )
    item.project.tree.note("info", text, other.claim.reason.path, other.claim.reason.line)


def tell_of_left_out(item: FoundService, other: FoundService) -> None:
    """Note that no image runs another language's program, since a folder is one service."""
    says = other.claim.reason
    text = (
        f"{says}: no image runs this {other.language.NAME} program, because the {item.language.NAME} service has its "
        f"folder ({item.project.spec_path}); move it with its manifest to a folder of its own to make it a service"
    )
    item.project.tree.note("info", text, says.path, says.line)


def _without_tools(found: list[FoundService]) -> list[FoundService]:
    """The services, without programs beside them that nothing says stay or listen: those are tools."""
    certain = [item for item in found if item.claim.strength in ("server", "program")]

    def is_tool(item: FoundService) -> bool:
        name = item.claim.reason.path.rpartition("/")[2]
        # A name with a purpose is more than a guess.
        usual = name in ("app.py", "server.py", "bot.py", "worker.py", "wsgi.py", "asgi.py")
        return item.language is python and item.claim.strength == "guess" and bool(item.project.path) and not usual

    return _without(found, is_tool) if certain else found


def _without_doubles(found: list[FoundService]) -> list[FoundService]:
    """The services, without a Python project whose program is in a deeper service's folder: that one lists its own
    dependencies, and a host wanted the same list at the root."""
    own = [item.project.path for item in found if item.language is python]

    def is_double(item: FoundService) -> bool:
        below = [path for path in own if path != item.project.path and inside(path, item.project.path)]
        file = python.main_file(item.project) if item.language is python and below else None
        return file is not None and any(inside(item.project.full(file), path) for path in below)

    return _without(found, is_double)


def _without_strayed(found: list[FoundService]) -> list[FoundService]:
    """The services, without a start file copied out of a deeper service's folder without its modules."""
    own = [item.project for item in found if item.language is node]

    def is_strayed(item: FoundService) -> bool:
        below = [other for other in own if other.path != item.project.path and inside(other.path, item.project.path)]
        says = node.strayed(item.project, below) if item.language is node and below else None
        if says is not None:
            text = f"{says[0]}: it can't start on its own, so it is not a service next to {says[1].spec_path}"
            item.project.tree.note("info", text, says[0].path)
        return says is not None

    return _without(found, is_strayed)


def _declared_claim(project: Project, names: frozenset[str], declared: "Sequence[Declared]") -> FoundService | None:
    for language in declared:
        claim = language.claim(project) if language.is_candidate(names) else None
        if claim is not None:
            return FoundService(project, language, claim)
    return None


def _best_claim(tree: Tree, folder: str, declared: "Sequence[Declared]" = ()) -> FoundService | None:
    project = Project(tree, folder)
    names = frozenset(tree.folders[folder]) | {name + "/" for name in tree.subfolders(folder)}
    ruled = _declared_claim(project, names, declared)
    if ruled is not None and cast("Declared", ruled.language).wins:
        return ruled
    claims: list[FoundService] = []
    for language in LANGUAGES:
        if language.is_candidate(names) and (claim := language.claim(project)) is not None:
            claims.append(FoundService(project, language, claim))
    claims = [item for item in claims if not _brought_along(item)]
    foreign = _foreign(names) if claims else None
    if foreign is not None and all(_is_front(item) for item in claims):
        if ruled is not None:
            return ruled
        text = (
            f"{project.spec_path}: this is a {FOREIGN[foreign[0]]} project, which no preset supports; its front end is "
            "not a service"
        )
        tree.note("info", text, project.full(foreign[1]))
        return None
    claims.sort(key=lambda item: STRENGTHS.index(item.claim.strength))
    if not claims:
        return ruled
    winner, *others = claims
    return replace(winner, others=tuple(others))


def _foreign(names: frozenset[str]) -> tuple[str, str] | None:
    """The manifest of a language that genfile does not support, as the data has it and as it is called here."""
    ends = tuple(FOREIGN)
    found = sorted(name for name in names if name.endswith(ends))
    return next(((end, name) for end in FOREIGN for name in found if name.endswith(end)), None)


def _brought_along(found: FoundService) -> bool:
    """Whether a program is part of a desktop application, which starts it itself; a note says so."""
    says = node.brought_along(found.project) if found.language is not node else None
    if says is not None:
        text = f"{found.claim.reason}: part of a desktop app ({says}), not a service"
        found.project.tree.note("info", text, found.claim.reason.path, found.claim.reason.line)
    return says is not None


def _is_front(found: FoundService) -> bool:
    """Whether a claim beside another language's manifest is only its front end: a Procfile there starts the other."""
    return found.claim.strength in ("site", "guess") or found.claim.reason.path.endswith("Procfile")


def uncovered(tree: Tree) -> Iterator[Note]:
    """The content of a tree without a service: why its programs are not services, and the manifests nearest to the root
    that no preset covers."""
    reasons = list(itertools.islice(_reasons(tree), MAX_REASONS))
    yield from reasons
    for folder in sorted(tree.folders, key=lambda path: (path.count("/") + bool(path), path)):
        if is_aside(folder):
            continue
        kinds = ((name, _kind(name)) for name in tree.folders[folder])
        found = next(((name, kind) for name, kind in kinds if kind and not (reasons and name.endswith(SOURCES))), None)
        if found is not None:
            path = f"{folder}/{found[0]}" if folder else found[0]
            yield Note("info", f"{path}: this is a {found[1]} project, which no preset supports", path)
            return


def _kind(name: str) -> str:
    kinds = FOREIGN | BESIDE
    return next((kinds[item] for item in kinds if name == item or (item[0] == "." and name.endswith(item))), "")


def _reasons(tree: Tree) -> Iterator[Note]:
    """Why a language's programs in the tree are not services, nearest to the root first."""
    for folder in sorted(tree.folders, key=lambda path: (path.count("/") + bool(path), path)):
        project = Project(tree, folder)
        names = frozenset(tree.folders[folder]) | {name + "/" for name in tree.subfolders(folder)}
        for language in LANGUAGES if not is_aside(folder) else ():
            why = getattr(language, "why_none", None)
            note = why(project) if why is not None and language.is_candidate(names) else None
            if note is not None:
                yield note


def _last_resort(tree: Tree) -> list[FoundService]:
    """A program at the root, or in a module of its go.work, that nothing is known about: without any other service, it
    may be one."""
    root = Project(tree, "")
    names = frozenset(tree.folders.get("", ()))
    if any(name in names for name in FOREIGN):
        return []
    for project in (root, *go.members(root)):
        for language in LANGUAGES:
            program = getattr(language, "program", None)
            reason = program(project) if program is not None else None
            if reason is not None and (language is node or node.brought_along(project) is None):
                text = f"{reason}: no sign that this program keeps running or listens; it may be a library"
                tree.note("warning", text, reason.path, reason.line)
                return [FoundService(project, language, Claim("guess", reason))]
    return []


def _static_claim(project: Project) -> FoundService:
    return FoundService(project, cast(Language, static), static.claim(project))


__all__ = ["LANGUAGES", "FoundService", "is_aside", "survey", "uncovered"]
