"""The part of a workspace that one member needs: other members, and files beside them."""

import posixpath
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from genfile.detect.node.configs import build_configs, build_steps
from genfile.detect.node.copied import copied_members, linked_members
from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import settings_at
from genfile.detect.node.manager import LOCKS, NodeProject, package_manager
from genfile.detect.node.manifest import FILE, LIFECYCLE, PackageJson
from genfile.detect.node.nx import nx_root
from genfile.detect.node.schema import shared_schema
from genfile.detect.node.scripts import ScriptStep, resolve
from genfile.detect.node.sources import source_files
from genfile.detect.outside import outermost
from genfile.detect.paths import inside, relative
from genfile.detect.tree import Project, Tree
from genfile.parsers.javascript import JsModule
from genfile.parsers.tsoutput import Chain, TsConfig, chain_of
from genfile.parsers.tsoutput import inside as joined

# Files at a workspace's root that tools read; files for people don't matter to a build.
_READ = (".json", ".jsonc", ".json5", ".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".yaml", ".yml", ".toml", "rc")
# Beginnings of the names of files that never reach an image or a builder.
_NEVER = ("compose", "docker-compose", "Dockerfile", ".env", ".gitlab-ci", "genfile.", ".genfile")
# Yarn's own folders, which its commands read.
_YARN = (".yarn/releases", ".yarn/plugins", ".yarn/patches")
MAX_FILES = 40
MAX_FOLDERS = 12
MAX_SOURCES = 400
_CODE = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro")


class Closure(Struct, frozen=True):
    """Paths in the tree. ``members``: other members that are needed; ``at_run``: those that the running program needs;
    ``of_root``: those that every installation resolves; ``injected``: those that pnpm copies into node_modules.

    ``files`` of the root and ``folders`` are read beside the members; ``files`` is None if they are unknown, for the
    ``reason``.
    """

    members: tuple[str, ...]
    at_run: tuple[str, ...]
    of_root: tuple[str, ...] = ()
    files: tuple[str, ...] | None = None
    folders: tuple[str, ...] = ()
    reason: str = ""
    injected: tuple[str, ...] = ()


class _Unknown(Exception):
    """The sources of a build are unknown; the message says why."""


def closure_of(project: NodeProject) -> Closure | None:
    """The part of the workspace that a member is built from; None for a package outside any workspace. Computed
    once."""
    return project.folder.tree.once(
        ("node-closure", project.folder.path),
        lambda: _with_copies(project, _closure(project)) if project.workspace is not None else None,
    )


def installed(project: NodeProject) -> tuple[PackageJson, ...]:
    """Every manifest that the service's installation reads."""
    workspace, closure = project.workspace, closure_of(project)
    if workspace is None or closure is None:
        return project.packages
    members = {project.folder.path, *closure.members}
    whole = closure.files is None
    return (project.root_package, *(item for item in workspace.packages if whole or item.project.path in members))


def _closure(project: NodeProject) -> Closure:
    workspace = project.workspace
    assert workspace is not None
    at_run = workspace.runs_with(project.package)
    # Yarn 1 resolves all that the root itself depends on, whatever it then installs.
    of_root = workspace.needs(project.root_package) if package_manager(project)[0].value == "yarn" else ()
    of_root = tuple(path for path in of_root if path != project.folder.path)
    members = tuple(sorted({*workspace.needs(project.package), *of_root}))
    try:
        members, places = _sources(project, set(members))
    except _Unknown as reason:
        return Closure(members, at_run, of_root, reason=str(reason))
    paths = project.root.tree.paths
    files = tuple(place for place in places if place in paths)
    return Closure(members, at_run, of_root, files, tuple(place for place in places if place not in paths))


def _with_copies(project: NodeProject, closure: Closure) -> Closure:
    """A closure with the members that pnpm copies; what only node_modules has is not needed beside it."""
    if package_manager(project)[0].value != "pnpm":
        return closure
    own = project.folder.path
    injected = copied_members(project.root, own, closure.members)
    if not injected:
        return closure
    linked = linked_members(project.root, own, closure.members)
    at_run = tuple(path for path in closure.at_run if path not in injected or path in linked)
    return replace(closure, injected=injected, at_run=at_run)


def _sources(project: NodeProject, members: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The members, with those that their files name, and the paths that are read beside them. Raises _Unknown."""
    workspace, root = project.workspace, project.root
    assert workspace is not None
    if (nx := nx_root(project.folder)) is not None and inside(nx.path, root.path):
        raise _Unknown("Nx itself works out what a project consists of")
    packages = {item.project.path: item for item in workspace.packages}
    queue = [project.folder.path, *sorted(members)]
    places: set[str] = set()
    schema = shared_schema(project, [packages[path] for path in sorted(members) if path in packages])
    named = [*_of_root(project), *([schema] if schema is not None else ())]
    while queue:
        path = queue.pop(0)
        package = packages.get(path)
        member = NodeProject(Project(root.tree, path), package, workspace) if package is not None else None
        found = [*named, *(_named(member) if member is not None else ())]
        named = []
        for place in found:
            owner = next((other for other in packages if inside(place, other)), None)
            if owner is None:
                places.update(_beside(workspace.root, place, packages))
            elif owner != project.folder.path and owner not in members:
                members.add(owner)
                queue.append(owner)
    places.update(root.full(name) for name in root.names() if _is_read(name))
    places.update(root.full(name) for name in _YARN if root.has_folder(name))
    kept = outermost(places)
    count = sum(place in root.tree.paths for place in kept)
    if count > MAX_FILES or len(kept) - count > MAX_FOLDERS:
        raise _Unknown(
            f"its build may read {count} files of the root and {len(kept) - count} folders outside of members"
        )
    return tuple(sorted(members)), tuple(kept)


def _is_read(name: str) -> bool:
    locks = {lock for lock, _ in LOCKS}
    return name in locks or (name.endswith(_READ) and not name.startswith(_NEVER) and name != ".npmrc")


def _beside(root: Project, place: str, members: dict[str, PackageJson]) -> Iterator[str]:
    """The file or folder at a path outside every member. Raises _Unknown for a folder that holds members."""
    place = posixpath.normpath(place)
    inner = relative(place, root.path)
    if inner == "." or inner.startswith("..") or "node_modules" in inner.split("/"):
        return
    folder = root.tree.subfolders(posixpath.dirname(place)) if place not in root.tree.paths else []
    if place not in root.tree.paths and posixpath.basename(place) not in folder:
        # Made by something else, or not a path.
        return
    if any(inside(member, place) for member in members):
        raise _Unknown(f"a configuration file refers to {inner}, which contains members")
    # For a file in a folder, take the whole folder: it holds what the file needs.
    yield place if "/" not in inner or place not in root.tree.paths else posixpath.dirname(place)


def _of_root(project: NodeProject) -> list[str]:
    """What the root's own scripts and configuration name."""
    root = NodeProject(project.root, project.root_package, None)
    found = [project.root.full(name) for name in _words(root, [*LIFECYCLE, "build"])]
    for name in project.root.names():
        if name.endswith((".js", ".cjs", ".mjs", ".ts", ".mts", ".cts")) and not name.startswith(_NEVER):
            module = read_module(root, name)
            found += _imported(root, name, module) if module is not None else ()
    return found


def _named(project: NodeProject) -> Iterator[str]:
    """The paths outside a member that its configuration, scripts and modules name."""
    folder = project.folder
    yield from (path for path in _of_settings(project) if not inside(path, folder.path))
    names = [*LIFECYCLE, *(step.script for step in build_steps(project))]
    yield from (folder.full(word) for word in _words(project, names) if word.startswith(".."))
    for name, module in (*build_configs(project), *source_files(project, ())):
        for path in _imported(project, name, module):
            if not inside(path, folder.path):
                yield path


def _of_settings(member: NodeProject) -> Iterator[str]:
    """What the TypeScript configurations of a folder name, and what they extend."""
    folder = member.folder
    root = Project(folder.tree, "")
    for name in folder.names():
        if name.startswith("tsconfig") and name.endswith(".json"):
            chain = chain_of(folder.full(name), lambda path: settings_at(root, path))
            yield from _of_chain(member, chain) if chain is not None else ()
            yield from _extended(member, chain) if chain is not None else ()


def _extended(member: NodeProject, chain: Chain) -> Iterator[str]:
    """The members whose configuration a package's own extends (`@shop/tsconfig/base.json`), dependencies or not."""
    for config in chain.configs if member.workspace is not None else ():
        names = config.value.get("extends")
        for name in [names] if isinstance(names, str) else _list(names):
            parts = name.split("/")[: 2 if name.startswith("@") else 1]
            found = member.workspace.named(["/".join(parts)]) if member.workspace is not None else []
            yield from (item.project.path for item in found)


def _of_chain(member: NodeProject, chain: Chain) -> Iterator[str]:
    """What a chain of configurations names. As for the compiler, the nearest wins, and paths are relative to the file
    that has them."""
    yield from (config.path for config in chain.configs)
    for table, names in (("", ("include", "files")), ("compilerOptions", ("rootDirs", "typeRoots"))):
        for name in names:
            config, value = _stated(chain, table, name)
            for text in _list(value) if config is not None else ():
                path = joined(config.folder, text.partition("*")[0]) if config is not None else None
                if path is not None and (text.startswith("..") or config is not chain.configs[0]):
                    yield path
    config, paths = _stated(chain, "compilerOptions", "paths")
    base = chain.folder("baseUrl")
    for alias, items in paths.items() if config is not None and isinstance(paths, dict) else ():
        for text in _list(items):
            path = joined(base if base is not None else config.folder if config else "", text.partition("*")[0])
            own = config is chain.configs[0]
            if path is not None and (own or _is_imported(member, alias.partition("*")[0], path)):
                yield path
    nearest = chain.configs[0]
    references = nearest.value.get("references")
    for item in references if isinstance(references, list) else ():
        inner = item.get("path") if isinstance(item, dict) else None
        path = joined(nearest.folder, inner) if isinstance(inner, str) and inner.startswith("..") else None
        if path is not None:
            yield path


def _stated(chain: Chain, table: str, name: str) -> tuple[TsConfig | None, object]:
    """The nearest configuration with a setting, and its value."""
    for config in chain.configs:
        values = config.value.get(table) if table else config.value
        if isinstance(values, dict) and values.get(name) is not None:
            return config, values[name]
    return None, None


def _is_imported(member: NodeProject, alias: str, path: str) -> bool:
    """Whether an inherited alias for a part of another member is used outside that member; otherwise it only serves
    that member's sources. True if unknown."""
    workspace, tree = member.workspace, member.folder.tree
    own = member.folder.path
    folders = [own, *(workspace.members if workspace is not None else ())]
    target = next((folder for folder in folders[1:] if folder != own and inside(path, folder)), None)
    if target is None or not alias:
        return True
    return tree.once(
        ("node-alias", target, alias),
        lambda: _is_in_text(tree, dict.fromkeys(folder for folder in folders if folder != target), alias),
    )


def _is_in_text(tree: Tree, folders: Iterable[str], alias: str) -> bool:
    count = 0
    for folder in folders:
        place = Project(tree, folder)
        for name in place.files("*", depth=10):
            if name.endswith(_CODE) and not name.endswith(".d.ts"):
                count += 1
                text = place.text(name) or ""
                if count > MAX_SOURCES or f'"{alias}' in text or f"'{alias}" in text:
                    return True
    return False


def _list(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _words(project: NodeProject, names: list[str]) -> Iterator[str]:
    """The words of scripts that may be paths, relative to the package's folder."""
    for name in dict.fromkeys(names):
        for step in resolve(project.package, name) or ():
            yield from _paths_of(step)


def _paths_of(step: ScriptStep) -> Iterator[str]:
    for word in step.words[1:]:
        path = word.rpartition("=")[2]
        if path and not path.startswith(("-", "/")) and "$" not in path:
            yield posixpath.normpath(posixpath.join(step.folder, path))


def _imported(project: NodeProject, name: str, module: JsModule) -> Iterator[str]:
    """The files in the tree that a module imports or names by a path."""
    folder = posixpath.dirname(project.folder.full(name))
    for text in (*(item.module for item in module.imports), *(path for path, _ in module.paths)):
        if text.startswith((".", "..")) and "\0" not in text and "$" not in text:
            path = joined(folder, text)
            for candidate in (
                (path, *(f"{path}{end}" for end in (".ts", ".js", ".mjs", ".cjs", ".json"))) if path else ()
            ):
                if candidate in project.folder.tree.paths or candidate == path:
                    yield candidate


__all__ = ["FILE", "Closure", "closure_of", "installed"]
