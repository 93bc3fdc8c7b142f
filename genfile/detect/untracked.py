"""What git ignores and the image should not get either: local data, outputs and environments of the machine.

A checkout has none of it, so nothing that is built elsewhere can need it. A folder that the code reads stays in the
build context all the same: somebody may create it before the build. What is decided here does not depend on whether
such files are there, so that every machine gets the same ignore file.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from genfile.data.entries import load_table
from genfile.detect.paths import inside
from genfile.detect.tree import Project, Tree
from genfile.detect.unread import without_tools
from genfile.detect.written import PLACEHOLDERS
from genfile.dockerfile.ignore import read_ignore
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.gitignore import MAX_TEXT, GitPattern, parse_gitignore
from genfile.source.left_out import Patterns

_NAME = ".gitignore"
MAX_FILES = 20
MAX_PATTERNS = 30
MAX_READ = 400
# Files that may name a folder which the build or the program reads.
_TEXTS = re.compile(
    r".*\.(?:py|[cm]?[jt]sx?|vue|svelte|astro|go|java|kt|kts|scala|groovy|gradle|json|toml|cfg|ya?ml|xml|html|sh)"
    r"|Procfile|Makefile|Dockerfile.*|MANIFEST\.in|requirements.*\.txt"
)
_COMMANDS = re.compile(r".*\.sh|Procfile|Makefile|Dockerfile.*")
_NOT_READ = re.compile(r"(?:docker-)?compose.*\.ya?ml|.*lock\.(?:json|yaml)|\..*")
# What a tsconfig.json says of places that it only writes to, or leaves out.
_COMPILED = re.compile(r"\"(?:exclude|outDir|declarationDir)\"\s*:\s*(?:\[[^\]]*\]|\"[^\"]*\")")
# Fields with files of the tree that the build or the program needs.
_NEEDED = "manifests requirements assets run_paths beside local_packages data_files source_files committed".split()


class _Chosen(Struct):
    """A pattern that goes into the ignore file, and what says so."""

    pattern: GitPattern
    place: str
    says: Evidence
    text: str

    def covers(self, path: str) -> bool:
        return read_ignore(self.text.removeprefix("!")).excludes(path)


def put_untracked(folder: Project, draft: Draft) -> None:
    """Put /untracked: those patterns of the .gitignore files above and below the service that stand for folders and
    databases of one machine."""
    places = list(_places(folder.tree, folder.path))
    listed = [
        (item, place)
        for place in places
        for item in parse_gitignore(folder.tree.text(posixpath.join(place, _NAME)) or "")
    ]
    wanted = [(item, place) for item, place in listed if not item.negated and _is_wanted(item, folder, draft, place)]
    named = _named(folder, draft, [item for item in wanted if not _is_database(item[0])])
    chosen: list[_Chosen] = []
    for item, place in listed:
        if item.negated:
            _take_back(folder.tree, chosen, item, place)
        elif (item, place) in wanted and _name(item, place) not in named:
            says = Evidence(posixpath.join(place, _NAME), item.line, "git ignores it")
            text = _text(folder.tree, item, place)
            if text not in [other.text for other in chosen]:
                chosen.append(_Chosen(item, place, says, text))
    kept = chosen[:MAX_PATTERNS]
    if kept:
        draft.put("untracked", Fact([item.text for item in kept], tuple(item.says for item in kept)))


def _places(tree: Tree, path: str) -> Iterator[str]:
    """The folders with a .gitignore above and below a service, the upper ones first; not those that others ignore, and
    not those of tools, which ignore their own folder with all that is in it."""
    found = 0
    for place in sorted(tree.folders, key=lambda place: (place.count("/") + bool(place), place)):
        if _NAME not in tree.folders[place] or not (inside(place, path) or inside(path, place)):
            continue
        if any(part.startswith(".") for part in place.split("/")):
            continue
        own = posixpath.join(place, _NAME)
        if found < MAX_FILES and not ignored_by_git(tree, own):
            found += 1
            yield place


def ignored_by_git(tree: Tree, path: str) -> bool:
    """Whether a .gitignore of the tree leaves a path out."""
    place = path
    while place:
        place = posixpath.dirname(place)
        rules = _rules(tree, place)
        if rules is not None and rules.leave_out(path.removeprefix(f"{place}/") if place else path):
            return True
    return False


def _rules(tree: Tree, place: str) -> Patterns | None:
    """What the .gitignore of a folder says, without the lines that git can't read."""
    own = posixpath.join(place, _NAME)
    if own not in tree.paths:
        return None
    return tree.once(("gitignore", place), lambda: Patterns(_readable(tree.text(own) or "")))


def _readable(text: str) -> Iterator[str]:
    for line in text[:MAX_TEXT].splitlines():
        try:
            Patterns([line])
        except ValueError:
            continue
        yield line


def _is_database(item: GitPattern) -> bool:
    """Whether a pattern is for the files of a local database, those beside it included."""
    name, _, ending = item.segments[-1].rpartition(".")
    if name.lower() in load_table("gitignored")["pictures"]:
        return False
    return not item.folder and re.split("[-*?]", ending)[0] in load_table("gitignored")["databases"]


def _is_wanted(item: GitPattern, folder: Project, draft: Draft, place: str) -> bool:
    """Whether a pattern is for a folder or for databases, and for nothing that the spec names."""
    name = _name(item, place)
    covers = read_ignore(item.below(place)).excludes if item.plain else None
    if covers is None or not name or any(covers(path) for path in _needed(draft)):
        return False
    if any(covers(f"{path}/x") for path in _written(draft)) or _is_database(item):
        return True
    is_folder = item.folder or item.of_content or "." not in name
    usual = name not in load_table("gitignored")["stock"].split() and not name.startswith(".")
    # What lies among the sources is code that something generates.
    apart = "src" not in (item.segments[0], *place.split("/"))
    return is_folder and usual and apart and not re.search("[*?]", name)


def _name(item: GitPattern, place: str) -> str:
    """The name of what a pattern is for; of a folder's whole content, the folder's."""
    return item.inner[-1] if item.inner else posixpath.basename(place)


def _needed(draft: Draft) -> Iterator[str]:
    """The files and folders that the spec names, outputs aside."""
    values: dict[str, Any] = draft.values
    for key in _NEEDED:
        yield from (path for path in values.get(key) or () if path != ".")
    front = values.get("frontend") or {}
    static = values.get("static") or {}
    yield from (front[key] for key in ("path",) if front.get(key))
    yield from [static["root"]] if static.get("root", ".") != "." and not values.get("build") else []
    yield from [values["path"]] if values["path"] != "." else []


def _written(draft: Draft) -> list[str]:
    listed = [*(draft.values.get("writable") or ()), draft.values.get("data") or "."]
    return [path for path in listed if path != "."]


def _named(folder: Project, draft: Draft, items: list[tuple[GitPattern, str]]) -> set[str]:
    """The last names of patterns that the project's own files have as a part of a path or as a module; all of them if
    there are more files than are looked at. What the program writes is no reason to send it."""
    written = [path.rsplit("/", 1)[-1] for path in _written(draft)]
    names = {_name(item, place) for item, place in items} - {*written}
    if not names:
        return set()
    own = read_ignore("\n".join(item.below(place) for item, place in items))
    paths = [path for path in _texts(folder) if not own.excludes(path)]
    if len(paths) > MAX_READ:
        return names
    choice = "|".join(map(re.escape, sorted(names)))
    path = re.compile(rf"(?:[\"'`/ =]|^)({choice})(?=[\"'`/])|^\s*(?:from|import)\s+\.*({choice})\b", re.MULTILINE)
    word = re.compile(rf"(?<![\w.-])({choice})(?![\w-])()")
    found: set[str] = set()
    for file in paths:
        text = without_tools(folder.tree.text(file) or "")
        text = _COMPILED.sub("", text) if file.endswith(".json") else text
        expression = word if _COMMANDS.fullmatch(posixpath.basename(file)) else path
        found |= {name for match in expression.finditer(text) for name in match.groups() if name}
    return found


def _texts(folder: Project) -> Iterable[str]:
    for place in sorted(folder.tree.folders):
        if inside(place, folder.path) and not any(part.startswith(".") for part in place.split("/")):
            for name in folder.tree.folders[place]:
                if _TEXTS.fullmatch(name) and not _NOT_READ.fullmatch(name):
                    yield posixpath.join(place, name)


def _text(tree: Tree, item: GitPattern, place: str) -> str:
    """A pattern in the syntax of .dockerignore; of a folder alone, only what it holds, if a file has its name."""
    text = item.below(place)
    if not item.folder:
        return text
    covers = read_ignore(text).excludes
    is_file = any(covers(path) and not covers(posixpath.dirname(path)) for path in tree.paths)
    return f"{text}/**" if is_file else text


def _take_back(tree: Tree, chosen: list[_Chosen], item: GitPattern, place: str) -> None:
    """Add a pattern that takes back a part of what the chosen ones leave out; where it can't be said, those go. A file
    that only keeps a folder in version control is nothing to take back."""
    if item.segments[-1] in PLACEHOLDERS:
        return
    any_depth = item.segments[0] == "**"
    end = "/x" if item.folder else ""

    def is_hit(other: _Chosen) -> bool:
        inner = posixpath.join(other.place, other.pattern.inner_sample, item.sample)
        paths = [posixpath.join(place, item.sample), *([inner] if any_depth else [])]
        # What has a bracket in it may take back anything there.
        return any(other.covers(path + end) and not (item.plain and ignored_by_git(tree, path + end)) for path in paths)

    hit = [other for other in chosen if not other.pattern.negated and is_hit(other)]
    if not hit:
        return
    if item.plain and not any_depth:
        text = f"!{item.below(place)}{'/**' if item.folder else ''}"
        chosen.append(_Chosen(item, place, Evidence(posixpath.join(place, _NAME), item.line, "git has it"), text))
        return
    chosen[:] = [other for other in chosen if other not in hit]
