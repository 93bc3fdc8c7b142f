"""The effects of RUN commands on a stage: one function for each program, by its name.

An unknown command may change anything in its working folder and at each path that it names; a text that is more than a
list of commands may change anything at all.
"""

import re
from functools import cache

from genfile.container.shell import script_commands, split_commands
from genfile.image.context import Context
from genfile.image.effects.run import Effect, Run
from genfile.image.effects.shell import anything, in_order, perform
from genfile.image.files import MadePath
from genfile.image.stage import StageState

# A file that a shell text writes to: `> path`, `>> "path"`.
_REDIRECTED = re.compile(r"(?<![0-9&<>])>{1,2}\s*[\"']?([A-Za-z0-9_./~-]+)")


def carry_out(
    context: Context, stage: StageState, text: str, line: int, *, words: tuple[str, ...] | None = None
) -> None:
    """Apply a RUN instruction to a stage: ``text`` in a shell, or ``words`` without one."""
    if words is not None:
        perform(Run(context, stage, effects(), words, stage.folder, line))
        return
    commands = script_commands(text) if "\n" in text.strip() else split_commands(text)
    if commands is None:
        anything(stage, "a step that is more than a list of commands")
        return
    in_order(Run(context, stage, effects(), ("sh",), stage.folder, line), commands)
    for match in _REDIRECTED.finditer(text):
        if not match[1].startswith(("/dev/", "&")):
            stage.files.put(MadePath(stage.at(match[1]), "a redirection"))


@cache
def effects() -> dict[str, Effect]:
    """The effect of each known program, by name."""
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
