"""The programs of packages that scripts of a package.json call: the package manager looks for them in node_modules."""

import posixpath

from genfile.container.shell import Simple
from genfile.image.effects.run import Run
from genfile.image.files import Answer
from genfile.image.packages import Modules, is_packaged, parents
from genfile.image.programs import find_program
from genfile.image.stage import Lack


def need_programs(run: Run, script: str, commands: tuple[Simple, ...]) -> None:
    """Record the first program that a script calls and no node_modules has: the shell would not find it. After a `cd`
    another node_modules counts, so the rest is left alone."""
    for at, item in enumerate(commands):
        if item.words[:1] in (("cd",), ("pushd",)):
            return
        may_fail = "||" in (item.joined, commands[at + 1].joined if at + 1 < len(commands) else "")
        name = item.words[0] if item.words and not may_fail else ""
        if is_packaged(name) and _is_missing(run, name):
            run.stage.lacks.append(Lack("program", name, run.line, f"the script {script}"))
            return


def _is_missing(run: Run, name: str) -> bool:
    """Whether it is certain that neither the folder's node_modules, nor one above, nor the image has a program."""
    if run.stage.base is None or run.stage.loose is not None:
        return False
    seen = False
    for place in parents(run.folder):
        found = run.stage.files.find(posixpath.join(place, "node_modules"))
        known = isinstance(found.content, Modules)
        answer = found.content.program(name) if isinstance(found.content, Modules) else found.answer
        if answer is not Answer.NO:
            return False
        seen = seen or known
    return seen and find_program(run.stage, name).answer is not Answer.YES
