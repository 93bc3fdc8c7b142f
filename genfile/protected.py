"""What genfile never touches: folders and files of version control, by whatever name a file system knows them.

Whoever can write below `.git` can run code (`hooks/`, `core.fsmonitor`) and destroy history. The names are those that
git itself refuses to check out (`verify_path`, `is_hfs_dotgit` and `is_ntfs_dotgit` in git's sources).
"""

import re
import unicodedata

_NAMES = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "_darcs"})
# The short names that Windows makes for those that begin with a full stop: GIT~1, HG~1, …
_SHORT = re.compile(r"(git|hg|svn|jj|bzr|_darcs)~[0-9]+")


def is_protected(path: str) -> bool:
    """Whether any part of a path, relative and with either kind of slash, belongs to version control."""
    return any(_is_protected_name(part) for part in re.split(r"[/\\]", path))


def _is_protected_name(name: str) -> bool:
    # HFS+ ignores code points that have no width, and folds case; NTFS drops trailing dots and blanks, and reads what
    # stands behind a colon as a stream of the file.
    visible = "".join(char for char in name if unicodedata.category(char) not in ("Cf", "Cc", "Cn", "Mn"))
    folded = unicodedata.normalize("NFKC", visible).casefold().partition(":")[0].rstrip(". ")
    return folded in _NAMES or _SHORT.fullmatch(folded) is not None
