"""Dockerfiles that somebody wrote, checked on paper against the project that they are for.

`wanted` says which ones and how each is built; `check_dockerfiles` finds what ends a build or a start, and
`lint_dockerfiles` what is wrong by good practice as well.
"""

from genfile.handwritten.checked import Checked, check_dockerfiles, dockerfiles_of, lint_dockerfiles
from genfile.handwritten.found import Found, by_weight
from genfile.handwritten.kept import kept_out
from genfile.handwritten.names import is_dockerfile

__all__ = [
    "Checked",
    "Found",
    "by_weight",
    "check_dockerfiles",
    "dockerfiles_of",
    "is_dockerfile",
    "kept_out",
    "lint_dockerfiles",
]
