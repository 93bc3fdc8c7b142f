"""Folders that a running program writes to, as the tree and the project's own container files show, and which of them
can be volumes."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from genfile.data import scratch_of
from genfile.detect.committed import in_git
from genfile.detect.hosting import hosting
from genfile.detect.paths import inside
from genfile.detect.tree import Project
from genfile.dockerfile.ignore import read_ignore
from genfile.evidence import BesideCode, Draft, Evidence, Fact, Topic
from genfile.source.tracked import untracked

# Files that only keep a folder in version control.
PLACEHOLDERS = frozenset({".gitkeep", ".gitignore", ".keep", ".dockerignore", ".npmignore", "README.md"})
MAX_FOLDERS = 8
MAX_DEPTH = 3


def put_written(folder: Project, draft: Draft, named: Iterable[str]) -> None:
    """Add to /writable the folders that the code alone does not show. ``named``: the literal paths in the code."""
    if "static" in draft.values:
        return
    listed = list(draft.values.get("writable", ()))
    evidence = list(draft.evidence["/writable"].evidence) if "/writable" in draft.evidence else []
    present = [*listed, *(item for item in (draft.values.get("data"),) if item)]
    for path, says in (*_kept_empty(folder, named), *_given_away(folder)):
        full = folder.full(path)
        apart = not any(inside(full, other) or inside(other, full) for other in present)
        if not apart or full in folder.tree.paths or len(listed) >= MAX_FOLDERS:
            continue
        if not _is_made(full, draft) and _is_empty(folder.tree.folders, full):
            listed.append(full)
            present.append(full)
            evidence.append(says)
    if evidence and listed:
        draft.put("writable", Fact(listed, tuple(evidence)))


# Folders of the system, which hold files of all programs or of people.
_OF_ALL = frozenset({"/tmp", "/var", "/home", "/mnt", "/opt", "/srv"})
_OF_OTHERS = ("/tmp/", "/var/tmp/", "/home/", "/Users/")


def put_apart(draft: Draft, stores: Iterable[Fact[str]]) -> None:
    """Add to /volumes the folders outside of the tree that hold a database. The program's user can't make them."""
    add_volumes(draft, [item for item in stores if item.value not in _OF_ALL and not item.value.startswith(_OF_OTHERS)])


def add_volumes(draft: Draft, folders: Iterable[Fact[str]]) -> None:
    """Add folders outside of the tree to /volumes, without those of the system's own and those inside others."""
    from pydantic import TypeAdapter, ValidationError

    from genfile.spec.base import VolumePath

    own = TypeAdapter(VolumePath)
    known = draft.values.get("volumes", ())
    found: dict[str, tuple[Evidence, ...]] = {}
    for fact in folders:
        try:
            own.validate_python(fact.value)
        except ValidationError:
            continue
        if fact.value not in known:
            found.setdefault(fact.value, fact.evidence)
    listed = list(dict.fromkeys((*known, *found)))
    listed = [path for path in listed if not any(path.startswith(f"{other}/") for other in listed)][:MAX_FOLDERS]
    if found:
        old = draft.evidence["/volumes"].evidence if known else ()
        draft.put("volumes", Fact(listed, (*old, *(item for path in found if path in listed for item in found[path]))))


# A path, also as the address of a SQLite database.
_PLACE = re.compile(r"(?:sqlite(?:\+[a-z0-9]+)?:///|file:)?(?P<path>/[A-Za-z0-9._/-]+)(?:\?.*)?")
# Where other images have code, settings and what the system keeps.
_NOT_DATA = re.compile(
    r"/(?:app|bin|boot|code|dev|etc|lib|opt/app|proc|run|sbin|src|sys|tmp|usr|var/run|workspace)(?:/|$)"
)
_OF_PEOPLE = re.compile(r"/(?:root|home/[^/]+)(?=/|$)")
_DATA_VOLUME = "/data"
# Of files with another extension, most are settings.
_DATA_FILES = ("", ".db", ".db3", ".duckdb", ".sqlite", ".sqlite3")


def put_placed(folder: Project, draft: Draft) -> None:
    """Give variables that the program reads the paths that they have in the project's own container files, where those
    mount a volume there: that is where the data go."""
    if draft.values.get("static"):
        return
    own = hosting(folder)
    mounted = {fact.value: fact for fact in own.volumes}
    listed = draft.values.get("environment", [])
    read = {item["name"] for item in listed if item.get("phase", "run") == "run" and not item.get("secret")}
    for name, said in own.variables.items():
        match = _PLACE.fullmatch(said.value) if name in read and not _is_set(draft, name) else None
        above = next((path for path in mounted if match and inside(match["path"], path)), None)
        if match is None or above is None or _NOT_DATA.match(above):
            continue
        if posixpath.splitext(match["path"])[1] not in _DATA_FILES:
            continue
        # Only root has its home in this image.
        place = _OF_PEOPLE.sub("", match["path"]).replace("/.", "/")
        place = place if place == match["path"] else posixpath.join(_DATA_VOLUME, place.lstrip("/"))
        volume = above if place == match["path"] else _DATA_VOLUME
        listed[:] = [item for item in listed if item["name"] != name]
        listed.append({"name": name, "phase": "run", "value": said.value.replace(match["path"], place)})
        add_volumes(draft, [Fact(volume, (*said.evidence, *mounted[above].evidence))])
        _leave_guess(draft)


def _leave_guess(draft: Draft) -> None:
    """Take back what was guessed of a database's folder, and the warning of one beside the code."""
    fact = draft.evidence.get("/data")
    if fact is not None and fact.guess:
        del draft.values["data"], draft.evidence["/data"]
    draft.notes = [note for note in draft.notes if not note.is_about(Topic.BESIDE_CODE)]


# The folder that takes what would lie beside the code.
DATA = "data"


def put_beside_code(folder: Project, draft: Draft) -> None:
    """Move databases beside the code to a folder of their own where a variable places them, since a new container
    starts without what lies beside the code. The others stay: the program may create files there, and a warning tells
    of it."""
    moved: set[str | None] = set()
    kept: list[BesideCode] = []
    for item in sorted(draft.beside, key=lambda item: item.variable is None):
        if item.file is not None and item.file in moved:
            continue
        if item.variable is not None and _is_set(draft, item.variable):
            moved.add(item.file)
        elif item.variable is not None and item.file is not None and not folder.has(item.file):
            moved.add(item.file)
            _move(folder, draft, item)
        else:
            kept.append(item)
    if kept:
        add_written(draft, draft.values["path"], kept[0].says)
        _tell_of_code_folder(draft, next((item for item in kept if item.database), kept[0]))


def _is_set(draft: Draft, name: str) -> bool:
    """Whether something gives a variable its value: the image, or a database that compose starts."""
    given = any(
        item["name"] == name and item["phase"] == "run" and item.get("value") is not None
        for item in draft.values.get("environment", ())
    )
    return given or any(item["variable"] == name for item in draft.values.get("connections") or ())


def _move(folder: Project, draft: Draft, item: BesideCode) -> None:
    """Set the variable to a file in a folder that is the program's."""
    listed = draft.values.setdefault("environment", [])
    value = f"{item.before}{DATA}/{posixpath.basename(item.file or '')}"
    listed[:] = [entry for entry in listed if (entry["name"], entry["phase"]) != (item.variable, "run")]
    listed.append({"name": item.variable, "phase": "run", "value": value})
    add_written(draft, folder.full(DATA), item.says)


def add_written(draft: Draft, where: str, says: Evidence) -> None:
    """Add a folder to /writable, unless it is the one of /data."""
    if where == draft.values.get("data"):
        return
    written = draft.values.get("writable", [])
    if where not in written:
        old = draft.evidence["/writable"].evidence if "/writable" in draft.evidence else ()
        draft.put("writable", Fact([*written, where], (*old, says)))


def _tell_of_code_folder(draft: Draft, item: BesideCode) -> None:
    what = posixpath.basename(item.file) if item.file else "what it creates"
    text = f"{item.says}: {what} lies beside the code, so a new container starts without it"
    told = f"{text}; use a folder of its own, such as {DATA}/, which becomes a volume"
    draft.note("warning" if item.database else "info", told, item.says.path, item.says.line)


def put_kept(folder: Project, draft: Draft) -> None:
    """Put /kept: the folders of /writable that get no content from the tree, so that a volume there hides nothing of
    the next image."""
    alone = draft.values.get("language") in ("go", "java")
    folders = _sent(folder, draft)
    scratch = scratch_of(draft.values.get("language"), draft.values.get("framework"), draft.values["path"])
    brought = [*draft.values.get("assets", ()), *draft.values.get("run_paths", ())] if alone else []
    kept = [
        path
        for path in draft.values.get("writable", ())
        if path != "."
        and path not in scratch
        and not inside(draft.values["path"], path)
        and not _is_made(path, draft)
        and not any(inside(item, path) or inside(path, item) for item in brought)
        and (alone or _is_empty(folders, path))
    ]
    if kept:
        draft.values["kept"] = kept


def _sent(folder: Project, draft: Draft) -> Mapping[str, Collection[str]]:
    """The files of the tree by folder, without local data that no image gets."""
    rules = read_ignore("\n".join(draft.values.get("untracked", ())))
    if not rules.rules:
        return folder.tree.folders
    return {
        place: [name for name in names if not rules.excludes(posixpath.join(place, name))]
        for place, names in folder.tree.folders.items()
        if not rules.excludes(f"{place}/x")
    }


# Extensions of code, which root keeps owning even if the program writes next to it.
_CODE = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".go", ".java", ".kt", ".sh")


def put_owned(folder: Project, draft: Draft) -> None:
    """Put /owned: the folders that the program writes to and that have files or folders in the tree, which it may
    change too. A folder that also holds code is left out."""
    folders, home = _sent(folder, draft), draft.values["path"]
    data = draft.values.get("data")
    found = [
        path
        for path in (*draft.values.get("writable", ()), *([data] if data else ()))
        if path != "."
        and not inside(home, path)
        and not _is_made(path, draft)
        and any(place == path or inside(place, path) for place in folders)
        and _brings_data(folders, path)
    ]
    if found:
        says = [
            item for name in ("/writable", "/data") if name in draft.evidence for item in draft.evidence[name].evidence
        ]
        draft.put("owned", Fact(found, tuple(says)))


def _brings_data(folders: Mapping[str, Collection[str]], path: str) -> bool:
    """Whether a folder in the tree has a file other than a placeholder, or a subfolder with files, but no code."""
    below = {place: names for place, names in folders.items() if inside(place, path)}
    if any(name.endswith(_CODE) for names in below.values() for name in names):
        return False
    return any(names if place != path else not PLACEHOLDERS.issuperset(names) for place, names in below.items())


def overwrites(folder: Project, draft: Draft, file: str, says: Evidence) -> None:
    """Note that the program overwrites a file of the tree, unless it is code or known to be out of version control."""
    full = folder.full(file)
    if folder.has(file) and not file.endswith(_CODE) and in_git(folder.tree, full) is not False:
        draft.overwritten.setdefault(full, Fact(full, (says,)))


def _is_empty(folders: Mapping[str, Collection[str]], path: str) -> bool:
    """Whether a folder in the tree is empty at every depth, apart from files that keep it in version control."""
    return all(PLACEHOLDERS.issuperset(names) for place, names in folders.items() if inside(place, path))


def _is_made(path: str, draft: Draft) -> bool:
    """Whether the build puts something at a path."""
    front = draft.values.get("frontend") or {}
    made = [*draft.values.get("outputs", ()), *(front[key] for key in ("target", "output") if front.get(key))]
    return any(inside(item, path) for item in made)


# Folders of the system, which no folder of a tree stands for.
_SYSTEM = ("/run/", "/var/", "/etc/", "/proc/", "/sys/", "/dev/", "/tmp/")


def _kept_empty(folder: Project, named: Iterable[str]) -> Iterator[tuple[str, Evidence]]:
    """Committed empty folders whose content git ignores and whose name the code contains: the program fills them."""
    ignored = untracked(folder.tree.text(".gitignore") or "")
    words = {part for text in named if not text.startswith(_SYSTEM) for part in text.split("/")}
    for place, names in folder.tree.folders.items():
        inner = posixpath.relpath(place or ".", folder.path or ".")
        parts = inner.split("/")
        if inner.startswith(".") or len(parts) > MAX_DEPTH or any(part.startswith(".") for part in parts):
            continue
        if not names or not PLACEHOLDERS.issuperset(names) or not _is_empty(folder.tree.folders, place):
            continue
        own = ".gitignore" in names and untracked(folder.tree.text(f"{place}/.gitignore") or "")("x/genfile.bin")
        if (own or ignored(f"{place}/genfile.bin")) and parts[-1] in words:
            yield inner, folder.says(f"{inner}/{names[0]}", None, f"{inner} has no files in version control")


def _given_away(folder: Project) -> Iterator[tuple[str, Evidence]]:
    """The folders that the project's own Dockerfile and compose file declare as volumes, create, or give to the
    program's user."""
    for fact in hosting(folder).written:
        inner = posixpath.relpath(fact.value or ".", folder.path or ".")
        parts = inner.split("/")
        if inner != "." and not any(part.startswith(".") or part in _TOOLS for part in parts):
            yield inner, fact.evidence[0]


_TOOLS = frozenset({"node_modules", "venv", "__pycache__", "target", "dist", "build"})
