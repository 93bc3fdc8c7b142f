"""An image on paper: the result of a Dockerfile and a build context, and its problems, without an engine.

`build` carries out the instructions on a symbolic file system, in which a path exists, does not exist, or is unknown.
`check` runs the checks on the result. Neither knows about detection or presets.
"""

from genfile.image.build import Built, build
from genfile.image.checks import CHECKS, Check, check
from genfile.image.context import Context, ignoring
from genfile.image.finding import Finding, Mend
from genfile.image.needs import ImageNeed, Needs

__all__ = [
    "CHECKS",
    "Built",
    "Check",
    "Context",
    "Finding",
    "ImageNeed",
    "Mend",
    "Needs",
    "build",
    "check",
    "ignoring",
]
