"""An image on paper: the result of a Dockerfile and a build context, and its problems, without an engine.

`build` carries the instructions out on a symbolic file system: paths that are known, paths that a known command makes,
paths that nobody can know. `check` asks the checks of it. Neither knows of detection or of presets.
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
