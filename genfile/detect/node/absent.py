"""Programs that a build or a start calls and no dependency brings: the shell says "not found"."""

import posixpath
from collections.abc import Iterator

from genfile.data import load_table
from genfile.detect.node.closure import installed
from genfile.detect.node.locks import locked_versions
from genfile.detect.node.made import placed
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import PackageJson
from genfile.detect.node.members import needed_members
from genfile.detect.node.scripts import MANAGERS, script_called
from genfile.detect.node.wrappers import SETTERS, without_setters
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import About, Draft, Evidence, Topic
from genfile.parsers.small import parse_shell
from genfile.parsers.yarnlock import parse_yarn_lock

_BUILD, _START = "the image's build", "the image's start"
_FETCHING = (*MANAGERS, "npx", "bunx")
_RUNNING = (("npx", "--no-install"), ("pnpm", "exec"), ("yarn",))


def tell_absent_programs(project: NodeProject, draft: Draft) -> None:
    """Warn of programs of npm packages that are called, if the lockfile has no package that brings them."""
    root, workspace = project.root, project.workspace
    bins = root.tree.once(("node-bins", root.path), lambda: frozenset(_bins(root)))
    packages = [*installed(project), *(workspace.packages if workspace is not None else ())]
    own = {name for package in packages for name in package.programs}
    there = {name for package in packages for name in package.every_dependency}
    # Without a lockfile nobody knows what the dependencies bring.
    told = {""}
    for program, says, place in (*_called(project, draft), *_starting(draft)) if bins else ():
        owners = _owners(program)
        if program in told or not owners or program in own | bins or there & set(owners) or _locked(project, owners):
            continue
        told.add(program)
        text = f'{says}: no dependency brings {program}, so {place} stops at "not found"; add {owners[0]} to '
        text += "dependencies" if place == _START else "devDependencies"
        draft.note("warning", text, says.path, says.line, About(Topic.FAILS))


def _starting(draft: Draft) -> Iterator[tuple[str, Evidence, str]]:
    """The program of the start command."""
    fact, words = draft.evidence.get("/start"), placed(draft.values.get("start") or ())[1]
    if fact is not None and fact.evidence and words and "static" not in draft.values:
        yield posixpath.basename(words[0]), fact.evidence[0], _START


def _owners(program: str) -> list[str]:
    """The packages that bring a program; empty if that is unknown, or the system may have it."""
    data = load_table("bases")
    return data["node_programs"].get(program) or [program] * (program in data["node_tools"]["names"].split())


def _locked(project: NodeProject, names: list[str]) -> bool:
    locked = locked_versions(project)
    return any(name in locked for name in names)


def _bins(root: Project) -> Iterator[str]:
    """The names of what is locked, and of its programs where the lockfile has them; none without a lockfile."""
    for name in ("package-lock.json", "npm-shrinkwrap.json"):
        document = root.json(name) if root.has(name) else None
        for path, item in (document.table("packages") if document is not None else {}).items():
            programs = item.get("bin") if isinstance(item, dict) else None
            yield from programs if isinstance(programs, dict) else ()
            yield from [path.rpartition("node_modules/")[2]] if path else ()
        yield from document.table("dependencies") if document is not None else ()
    for entry in (root.parse(parse_yarn_lock, "yarn.lock") if root.has("yarn.lock") else None) or ():
        yield from entry.programs
        yield entry.asked[0][0]
    document = root.jsonc("bun.lock") if root.has("bun.lock") else None
    for key, item in (document.table("packages") if document is not None else {}).items():
        yield key
        for part in item if isinstance(item, list) else ():
            programs = part.get("bin") if isinstance(part, dict) else None
            yield from programs if isinstance(programs, dict) else ()
    if root.has("pnpm-lock.yaml") and "\npackages:\n" in (root.text("pnpm-lock.yaml") or ""):
        yield "pnpm"


def _called(project: NodeProject, draft: Draft) -> Iterator[tuple[str, Evidence, str]]:
    """The programs that the image's own commands call, and those of the scripts that these run."""
    fact = draft.evidence.get("/build")
    says = fact.evidence[0] if fact is not None and fact.evidence else project.package.says("scripts")
    for name in draft.values.get("lifecycle_scripts", ()):
        yield from ((*item, _BUILD) for item in _of_script(project.root_package, name))
    for command in draft.values.get("build", ()):
        for part in parse_shell(command) or ():
            yield from ((*item, _BUILD) for item in _of_command(project, part.words, says))


def _of_command(project: NodeProject, words: tuple[str, ...], says: Evidence) -> Iterator[tuple[str, Evidence]]:
    """What one command of the build calls: a script, here or of members, or a program of node_modules."""
    package = project.package
    if project.workspace is None:
        script = script_called(package, words) if words else None
        if script is not None:
            yield from _of_script(package, script)
            return
    elif "run" in words and "build" in words:
        # By a filter or by name, in any of them.
        for member in (*needed_members(project), package):
            labels = {member.name, relative(member.project.path, project.root.path)}
            if any(word.endswith("...") or word.rpartition("=")[2] in labels for word in words):
                yield from _of_script(member, "build")
        return
    for start in _RUNNING:
        if words[: len(start)] == start and len(words) > len(start):
            yield words[len(start)], says
            return


def _of_script(package: PackageJson, name: str, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, Evidence]]:
    """The programs that a script calls one after the other, its wrappers and the scripts around it included."""
    if name in seen or len(seen) > 8:
        return
    for origin in (f"pre{name}", name, f"post{name}"):
        if origin not in package.scripts:
            continue
        says = package.says("scripts", origin)
        for command in parse_shell(package.scripts[origin]) or ():
            words = command.words
            if words[:1] in (("cd",), ("export",)) or "PATH" in dict(command.assignments) or _installs(words):
                # Other folders, or what is put there first, may have the rest.
                return
            script = script_called(package, words) if words else None
            if script is not None:
                yield from _of_script(package, script, seen | {origin})
            else:
                yield from ((program, says) for program in _programs(words))


def _installs(words: tuple[str, ...]) -> bool:
    return words[:1] != () and words[0] in MANAGERS and bool({"install", "i", "add", "ci", "link"} & set(words[1:]))


def _programs(words: tuple[str, ...]) -> Iterator[str]:
    """The program of a command, and that which it only sets variables for. npx and bunx download what is missing."""
    while words and words[0] not in _FETCHING:
        yield words[0]
        words = without_setters(words, {})[0] if words[0] in SETTERS else ()
