"""Scripts that generate source files which the build needs but does not generate itself."""

import posixpath
from collections.abc import Iterator

from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import LIFECYCLE
from genfile.detect.node.scripts import BUILD_PARTS, ScriptStep, resolve
from genfile.detect.node.site import ASSET_TOOLS

_MAKERS = ASSET_TOOLS - {"rimraf", "mkdir", "cp"}
_WATCHES = ("-w", "--watch", "--poll")


def run_before(project: NodeProject, build: str) -> list[str]:
    """The scripts that generate styles or scripts missing from one of the tree's folders (`postcss … --dir src/styles`)
    and that no script of the image's build calls; a note names each."""
    package = project.package
    names = [f"{prefix}{name}" for name in (build, *LIFECYCLE) for prefix in ("pre", "", "post")]
    run = {word for name in names for word in _words(project, name)}
    found: dict[str, str] = {}
    for name in sorted(package.scripts, key=lambda name: (name not in BUILD_PARTS, "build" not in name)):
        made = _made(project, resolve(package, name) or ())
        if made is not None and not any(_runs(word, name, made) for word in run):
            found.setdefault(made, name)
    for made, name in found.items():
        says = package.says("scripts", name)
        text = f"{says}: it makes {made}, which the tree lacks, and {build} does not run it; the image runs it first"
        project.folder.tree.note("info", text, says.path, says.line)
    return list(dict.fromkeys(found.values()))


def _words(project: NodeProject, script: str) -> list[str]:
    """The words of a script and of the scripts that it runs."""
    inner = resolve(project.package, script) or ()
    own = project.package.scripts.get(script, "").split()
    return [*own, *(word for step in inner for word in (step.script, *step.words))]


def _runs(word: str, name: str, made: str) -> bool:
    """Whether a word of a script that runs stands for another: its name, a pattern (`run-p build:*`) or its output."""
    return name in word or ("*" in word and ":" in word) or posixpath.normpath(word.rpartition(":")[2]) == made


def _made(project: NodeProject, steps: tuple[ScriptStep, ...]) -> str | None:
    """A script's output: the only path that its last command names and the tree lacks, in a folder that exists."""
    last = steps[-1] if steps else None
    if last is None or any(step.folder for step in steps) or last.program not in _MAKERS:
        return None
    if any(word.split("=")[0] in _WATCHES for word in last.words):
        return None
    folder = project.folder
    lacking = {path for path in _paths(last) if not folder.has(path) and not folder.has_folder(path)}
    made = next(iter(lacking)) if len(lacking) == 1 else ""
    return made if "/" in made and folder.has_folder(made.split("/")[0]) else None


def _paths(step: ScriptStep) -> Iterator[str]:
    """The paths among a command's words, by their folder or extension; `sass src/a.scss:public/a.css` has two."""
    for word in step.words[1:]:
        for part in word.rpartition("=")[2].split(":"):
            path = posixpath.normpath(part)
            plain = not any(sign in part for sign in "*?{$@") and not part.startswith(("-", "/")) and part
            if plain and ("/" in path or posixpath.splitext(path)[1]) and not path.startswith(".."):
                yield path
