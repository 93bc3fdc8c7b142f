"""Whether the file that a command runs is in the tree, or made by the build."""

import posixpath
from collections.abc import Sequence

from genfile.detect.node.compiled import checks_only, compiled, started_output
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import FILE, LIFECYCLE
from genfile.detect.node.scripts import (
    BUILD_PARTS,
    BUILD_SCRIPTS,
    FILE_RUNNERS,
    NOTHING,
    ScriptStep,
    is_migration,
    resolve,
)
from genfile.detect.node.wrappers import file_place, is_assignment
from genfile.parsers.tsbuild import COMPILERS

# Build programs that make no program: they check, clean, fix paths, or generate a client.
IDLE = frozenset(
    """
    eslint prettier biome vue-tsc tsc-alias rimraf rm del del-cli mkdir mkdirp chmod prisma husky tailwindcss sass
    lint-staged
    """.split()
)
_ENDINGS = (".js", ".mjs", ".cjs", ".json", ".node", "/index.js", "/index.json")
_TYPED = (".ts", ".mts", ".cts", ".tsx", "/index.ts")


def placed(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The folder that `env --chdir=server node x.js` runs in, and the command without `env` and `sh -c "exec …"`."""
    folder, rest = "", list(words)
    if rest[:2] == ["sh", "-c"] and len(rest) == 3:
        rest = [word for word in rest[2].split() if word != "exec"]
    if rest[:1] == ["env"]:
        rest = rest[1:]
        while rest and (rest[0].startswith("--chdir=") or is_assignment(rest[0])):
            word = rest.pop(0)
            folder = word.removeprefix("--chdir=") if word.startswith("--chdir=") else folder
    return folder, tuple(rest)


def started_file(project: NodeProject, words: Sequence[str]) -> str | None:
    """The file that a Node command runs, as the command names it; None if that is not a file in the folder."""
    folder, rest = placed(words)
    if not rest or posixpath.basename(rest[0]) not in FILE_RUNNERS or {"-e", "--eval", "-p", "--print"} & set(rest):
        return None
    at = file_place(rest)
    if at is None or any(sign in rest[at] for sign in "$ *\0"):
        return None
    path = posixpath.normpath(posixpath.join(folder, rest[at]))
    if path == (folder or "."):
        main = project.package.document.text("main") if not folder else None
        path = posixpath.normpath(posixpath.join(folder, main or "index.js"))
    return None if path.startswith(("..", "/")) else path


def absent_file(project: NodeProject, words: Sequence[str], builds: bool) -> str | None:
    """The file that a command runs, if it is certain that it is neither in the tree nor built."""
    path = started_file(project, words)
    if path is None or path in project.package.scripts or _is_there(project, path, words):
        return None
    return None if _is_made(project, path, builds) is not False else path


def _is_there(project: NodeProject, path: str, words: Sequence[str]) -> bool:
    endings = _ENDINGS if placed(words)[1][:1] == ("node",) else (*_ENDINGS, *_TYPED)
    return any(project.folder.has(path + ending) for ending in ("", *endings, f"/{FILE}"))


def _is_made(project: NodeProject, path: str, builds: bool) -> bool | None:
    """Whether the build makes a file; None if unknown."""
    steps = _build_steps(project, builds)
    if steps is None:
        return None
    writing = [step for step in steps if not _writes_nothing(project, step)]
    if not writing:
        return False
    known = compiled(project) if all(step.program in (*COMPILERS, "babel") for step in writing) else None
    return None if known is None else started_output(known, path) is not None


def _writes_nothing(project: NodeProject, step: ScriptStep) -> bool:
    if step.program in COMPILERS:
        return checks_only(project, step)
    return step.program in IDLE or step.program in NOTHING or is_migration(step)


def _build_steps(project: NodeProject, builds: bool) -> list[ScriptStep] | None:
    """Everything that runs before the start: the build, and the scripts around an installation; None if unknown."""
    package = project.package
    parts = [name for name in BUILD_PARTS if name in package.scripts]
    whole = next((name for name in BUILD_SCRIPTS if name in package.scripts), None)
    names = [whole] if whole else parts
    steps: list[ScriptStep] = []
    for name in (*names, "start:prod", "start:production", "start", *LIFECYCLE):
        for origin in (f"pre{name}", name, f"post{name}"):
            found = resolve(package, origin)
            if found is None and origin in package.scripts:
                return None
            before = found[:-1] if found and name.startswith("start") and origin == name else found
            steps += before or ()
    if project.workspace is not None and any(name in project.root_package.scripts for name in LIFECYCLE):
        return None
    if steps or not builds:
        return steps
    # No script builds: the compiler alone does, or a framework's own build, whose output is not known here.
    alone = project.folder.has("tsconfig.json") and "typescript" in package.every_dependency
    framework = "@nestjs/core" in package.every_dependency
    return [ScriptStep(("tsc",), {}, "")] if alone and not framework else None
