"""The folders in its own tree that a program writes to, although the code belongs to root."""

import posixpath

from genfile.detect.node.compiled import compiled
from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.made import placed, started_file
from genfile.detect.node.manager import NodeProject
from genfile.detect.written import overwrites, put_apart
from genfile.evidence import BesideCode, Draft, Evidence, Fact
from genfile.parsers.javascript import JsModule
from genfile.parsers.jspaths import Standing, Where

MAX_FOLDERS = 8
MAX_DEPTH = 6
Sources = list[tuple[str, JsModule]]


def put_writes(project: NodeProject, draft: Draft, sources: Sources) -> None:
    """Put /writable, and /data for the folder of a database file."""
    folder = project.folder
    listed = list(draft.values.get("writable", ()))
    evidence: list[Evidence] = []
    start = tuple(draft.values.get("start", ()))
    stores: list[Fact[str]] = []
    apart: list[Fact[str]] = []
    if (prisma := _prisma_file(project)) is not None:
        listed.append(prisma.value)
        evidence.extend(prisma.evidence)
    for name, module in sources:
        for item in module.written(_Places(project, sources, start).standing(name)):
            if item.file is not None and _is_own(item.file):
                overwrites(folder, draft, item.file, folder.says(name, item.line, f"writes {item.file}"))
            if item.database and item.folder.startswith("/"):
                apart.append(folder.fact(item.folder, name, item.line, f"its database is a file in {item.folder}"))
            if not _is_own(item.folder) or _holds_start(item.folder, start):
                continue
            if item.folder == ".":
                if item.database:
                    says = folder.says(name, item.line, "its database is a file")
                    draft.beside.append(BesideCode(says, item.file, True, item.variable, item.before))
                continue
            full = folder.full(item.folder) or "."
            if item.database and _may_hold_a_volume(project, item.folder):
                stores.append(folder.fact(full, name, item.line, f"its database is a file in {item.folder}"))
            elif full not in listed and len(listed) < MAX_FOLDERS:
                listed.append(full)
                what = "its database is a file" if item.database else f"writes to {item.folder}"
                evidence.append(folder.says(name, item.line, what))
    if stores:
        draft.put("data", stores[0])
    for fact in stores[1:]:
        if fact.value not in (*listed, stores[0].value) and len(listed) < MAX_FOLDERS:
            listed.append(fact.value)
            evidence.extend(fact.evidence)
    kept = [path for path in listed if not any(path.startswith(f"{other}/") for other in listed)]
    kept = [path for path in kept if path != draft.values.get("data")]
    if evidence and kept:
        draft.put("writable", Fact(kept, tuple(evidence)))
    elif evidence:
        draft.values.pop("writable", None)
    put_apart(draft, apart)


def _may_hold_a_volume(project: NodeProject, where: str) -> bool:
    """Whether a folder holds only data: a volume over code would keep the first image's code."""
    return where != "." and (not project.folder.has_folder(where) or posixpath.basename(where) in _FOR_DATA)


_FOR_DATA = frozenset({"data", "db", "database", "storage"})


class _Places:
    """The paths that other modules' names stand for; following names is bounded."""

    def __init__(self, project: NodeProject, sources: Sources, start: tuple[str, ...]) -> None:
        self._project = project
        self._sources = sources
        self._start = start
        self._depth = 0

    def standing(self, name: str) -> Standing:
        working = posixpath.normpath(placed(self._start)[0] or ".") if self._start else "."
        return Standing(
            _in_image(self._project, name, self._start),
            "" if working == "." else working,
            lambda module, names: self._far(name, module, names),
            self._by_key,
        )

    def _far(self, origin: str, module: str, names: tuple[str, ...]) -> Where | None:
        target = resolve_import(self._project, origin, module)
        read = read_module(self._project, target) if target is not None and self._depth < MAX_DEPTH else None
        if read is None or target is None:
            return None
        self._depth += 1
        try:
            found = read.exported_path(names, self.standing(target))
            if found is None:
                found = self._handed_on(target, read, names)
            return found
        finally:
            self._depth -= 1

    def _handed_on(self, name: str, module: JsModule, names: tuple[str, ...]) -> Where | None:
        if names and names[0] in module.bindings:
            source, exported = module.bindings[names[0]]
            return self._far(name, source, names[1:] if exported == "*" else (exported, *names[1:]))
        on = (self._far(name, item.module, names) for item in module.imports if item.handed_on)
        return next((found for found in on if found is not None), None)

    def _by_key(self, key: str) -> Where | None:
        """The default of a setting in any of the program's schemas."""
        for name, module in self._sources:
            value = next((value for entry, value, _ in module.defaults if entry == key), None)
            if isinstance(value, str):
                return self.standing(name).literal(value)
        return None


def _in_image(project: NodeProject, name: str, start: tuple[str, ...]) -> str:
    """Where a module is at run time: in place, in the compiler's output, or in a bundle's single file."""
    started = started_file(project, start) or ""
    if not started or project.folder.has(started):
        return name
    known = compiled(project)
    if known is not None and name in known.outputs:
        return known.outputs[name]
    return started


def _is_own(where: str) -> bool:
    """Whether a folder may be in an image: printable, short, and not a tool's own."""
    parts = where.split("/")
    return (
        len(where) < 120
        and where.isprintable()
        and "\\" not in where
        and "node_modules" not in parts
        and not where.startswith((".git", "~", "/"))
        and not any(char in where for char in "{}*?<>|%$ ")
    )


def _holds_start(where: str, start: tuple[str, ...]) -> bool:
    """Whether a folder holds the started file: it belongs to the code, and nobody may write there."""
    return where != "." and any(posixpath.normpath(word).startswith(f"{where}/") for word in start[1:])


def _prisma_file(project: NodeProject) -> Fact[str] | None:
    """The folder of Prisma's SQLite database, relative to the schema: `url = "file:./dev.db"`."""
    name = next((name for name in ("prisma/schema.prisma", "schema.prisma") if project.folder.has(name)), None)
    text = project.folder.text(name) if name is not None else None
    if name is None or text is None:
        return None
    inside = False
    for number, line in enumerate(text.splitlines()[:400], 1):
        words = line.split()
        inside = inside or (words[:1] == ["provider"] and '"sqlite"' in words)
        if inside and words[:1] == ["url"]:
            path = words[-1].strip('"').removeprefix("file:")
            if path.startswith(("/", "env(")) or ".." in path or not words[-1].startswith('"file:'):
                return None
            where = posixpath.dirname(posixpath.normpath(posixpath.join(posixpath.dirname(name), path))) or "."
            return project.folder.fact(project.folder.full(where) or ".", name, number, f"its database is {path}")
    return None
