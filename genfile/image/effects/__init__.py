"""What commands of a RUN do to a stage: one function a command, found by the name of its program.

A command that is not known may have done anything to the folder that it ran in, and to each path that it was given;
a text that is more than a list of commands, anything at all.
"""

from genfile.image.effects.shell import carry_out

__all__ = ["carry_out"]
