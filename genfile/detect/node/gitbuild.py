"""Builds that ask git for a commit or a version: a variable instead, or git and .git for that one step."""

import re

from msgspec import Struct

from genfile.detect.node.configs import is_common, loaded_at_build
from genfile.detect.node.manager import NodeProject
from genfile.evidence import About, Draft, Evidence, Fact, Topic
from genfile.parsers.javascript import JsModule
from genfile.parsers.values import Call

STARTERS = frozenset(
    """
    exec execSync execFile execFileSync execAsync spawn spawnSync execa execaSync execaCommand execaCommandSync $
    """.split()
)
READERS = frozenset({"readFileSync", "readFile"})
QUESTIONS = frozenset("rev-parse describe log show rev-list symbolic-ref branch tag status".split())
MESSAGES = frozenset("log error warn info debug Error test it describe".split())
# Packages that read the repository during a build.
MODULES = frozenset(
    """
    simple-git git-rev-sync git-revision-webpack-plugin git-last-commit git-describe git-rev git-commit-info
    vite-plugin-git-revision vite-plugin-git-version vite-plugin-git-info vite-plugin-git-commit-info
    """.split()
)

_COMMAND = re.compile(r"\bgit (rev-parse|describe|log|show)\b")
_FIRST = re.compile(r"(?:^|&&|;)\s*git [^|;&]*(?:$|&&|;)")


class AskedVariable(Struct, frozen=True):
    """``instead``: the variable that is read first; ``tolerant``: the build goes on without git."""

    says: Evidence
    instead: str | None
    tolerant: bool


def put_git(project: NodeProject, draft: Draft) -> None:
    """Put /git, or the variable that the build accepts instead of asking git."""
    if not draft.values.get("build"):
        return
    asked = _asked(project)
    # A call that fails the build decides.
    found = next((item for item in asked if not item.instead and not item.tolerant), asked[0] if asked else None)
    if found is None:
        return
    says = found.says
    if found.instead is not None:
        _put_argument(draft, found.instead, None if found.tolerant else "unknown")
        text = f"{says}: .git is not in the build context; pass the commit with --build-arg {found.instead}=…"
        draft.note("info", text, says.path, says.line)
    elif found.tolerant:
        text = f"{says}: reads git, but .git is not in the build context; pass the version as a build argument"
        draft.note("warning", text, says.path, says.line)
    else:
        draft.put("git", Fact(True, (says,)))
        packages = draft.values.setdefault("system_packages", {})
        packages["build"] = sorted({*packages.get("build", ()), "git"})
        text = f"{says}: the build step gets git and the .git folder, which must be in the build context"
        draft.note("info", text, says.path, says.line, About(Topic.GIT_GIVEN))


def _put_argument(draft: Draft, name: str, default: str | None) -> None:
    """Put a build argument, with a default if the build would otherwise still ask git."""
    values = draft.values.setdefault("environment", [])
    found = next((item for item in values if (item["name"], item["phase"]) == (name, "build")), None)
    if found is None:
        found = {"name": name, "phase": "build"}
        values.append(found)
    if default is not None and found.get("value") is None and not found.get("secret"):
        found["default"] = default


def _asked(project: NodeProject) -> list[AskedVariable]:
    found: list[AskedVariable] = []
    for path, module in loaded_at_build(project):
        calls = [call for call in module.calls if _asks_git(call)]
        for call in calls:
            found.append(_judged(project, path, module, call))
        for item in () if calls else module.imports:
            if item.module in MODULES:
                says = project.folder.says(path, item.line, f"{item.module} reads git")
                found.append(AskedVariable(says, None, False))
    for name in ("prebuild", "build", "postbuild"):
        text = project.package.scripts.get(name, "")
        if _COMMAND.search(text):
            # A failed substitution leaves an empty text, and the build goes on.
            stops = _FIRST.search(text) is not None
            found.append(AskedVariable(project.package.says("scripts", name), None, not stops))
    return found


def _asks_git(call: Call) -> bool:
    first = call.arguments[0] if call.arguments else None
    words = first.split() if isinstance(first, str) else []
    name = call.callee.rpartition(".")[2]
    if name in READERS:
        return bool(words) and ".git" in words[0].split("/")
    # One of the project's own functions that runs its argument is recognised by the command alone.
    asks = name in STARTERS or (name not in MESSAGES and not QUESTIONS.isdisjoint(words[1:2]))
    return words[:1] == ["git"] and asks


def _judged(project: NodeProject, path: str, module: JsModule, call: Call) -> AskedVariable:
    starts = module.starts_of([call.line])
    says = project.folder.says(path, call.line, f"{call.callee} runs git")
    names = [item.name for item in module.names_before(starts) if item.name not in ("NODE_ENV", "CI")]
    own = [name for name in names if not is_common(name)]
    command = str(call.arguments[0])
    tolerant = "||" in command or any(start in module.guarded for start in starts)
    return AskedVariable(says, next(iter([*own, *names]), None), tolerant)
