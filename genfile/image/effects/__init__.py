"""The effects of RUN commands on a stage: one function per command, found by the program's name.

A command that is not known may have done anything to the folder that it ran in, and to each path that it was given;
a text that is more than a list of commands, anything at all.
"""

from genfile.image.effects.shell import carry_out

__all__ = ["carry_out"]
