"""Shell texts: their commands in order, each handed to the effect of its program."""

import re
from functools import cache

from genfile.container.shell import Simple, script_commands, split_commands
from genfile.image.context import Context
from genfile.image.effects.run import MAX_DEPTH, Effect, Run
from genfile.image.files import Made, Unknown
from genfile.image.stage import Stage, Step

# A file that a text writes to: `> path`, `>> "path"`.
_REDIRECTED = re.compile(r"(?<![0-9&<>])>{1,2}\s*[\"']?([A-Za-z0-9_./~-]+)")
MAX_STEPS = 2_000
# Tools that run what a file of rules says, wherever that writes.
_BUILDERS = frozenset("make gmake ninja cmake just task bazel mage rake invoke".split())


def carry_out(context: Context, stage: Stage, text: str, line: int, *, words: tuple[str, ...] | None = None) -> None:
    """What a RUN instruction does: ``text`` in a shell, or ``words`` without one."""
    if words is not None:
        perform(Run(context, stage, words, stage.folder, line))
        return
    commands = script_commands(text) if "\n" in text.strip() else split_commands(text)
    if commands is None:
        anything(stage, "a step that is more than a list of commands")
        return
    in_order(Run(context, stage, ("sh",), stage.folder, line), commands)
    for match in _REDIRECTED.finditer(text):
        if not match[1].startswith(("/dev/", "&")):
            stage.files.put(Made(stage.at(match[1]), "a redirection"))


def in_order(run: Run, commands: tuple[Simple, ...]) -> None:
    """The commands of a list, in the folder that `cd` leads to and with what is exported."""
    folder, exported = run.folder, dict(run.given)
    for item in commands:
        if not item.words:
            exported.update(item.assignments)
            continue
        if item.joined == "||":
            # What runs only where the command before it has failed.
            continue
        given = {**exported, **dict(item.assignments)}
        words = Run(run.context, run.stage, item.words, folder, run.line, given).expanded(item.words)
        words = tuple(word for word in words if word) or ("true",)
        here = Run(run.context, run.stage, words, folder, run.line, given, run.depth)
        if words[0] in ("cd", "pushd"):
            folder = here.at(words[1]) if len(words) > 1 and not words[1].startswith(("-", "~")) else folder
        elif words[0] == "export":
            exported.update({name: value for name, _, value in (word.partition("=") for word in words[1:])})
        else:
            perform(here)


def perform(run: Run) -> None:
    """One command: by its program's effect; without one, it may have changed what it could reach."""
    if run.depth > MAX_DEPTH or len(run.stage.steps) > MAX_STEPS:
        anything(run.stage, "scripts that call each other")
        return
    seen = {**run.stage.variables, **run.stage.settings, **run.given}
    packages = frozenset(run.stage.packages)
    run.stage.steps.append(Step(run.line, run.words, run.folder, packages, seen))
    effect = effects().get(run.program)
    if effect is None:
        unknown(run)
    else:
        effect(run)


def unknown(run: Run) -> None:
    """A command that is not known: its folder, and each absolute path that it names."""
    if ("/" in run.words[0] and run.depth == 0) or run.program in _BUILDERS:
        anything(run.stage, f"nobody knows what {run.words[0]} does")
        return
    run.may_change(run.folder, *(word for word in run.operands if word.startswith("/")))
    if run.depth == 0:
        # Not called by a package manager in its project: an installer of its own.
        run.stage.loose = run.stage.loose or f"nobody knows what {run.words[0]} does"
        run.may_change("/usr", "/opt", "/root")


def anything(stage: Stage, why: str) -> None:
    stage.loose = stage.loose or why
    stage.files.put(Unknown("/", why))


@cache
def effects() -> dict[str, Effect]:
    """The effect of each program that is known."""
    from genfile.image.effects import bundlers, files, go, jvm, node, python, system, typescript

    return {
        **files.EFFECTS,
        **system.EFFECTS,
        **go.EFFECTS,
        **jvm.EFFECTS,
        **node.EFFECTS,
        **python.EFFECTS,
        **typescript.EFFECTS,
        **bundlers.EFFECTS,
    }
