"""Databases of SQLite in a tree, known by their first bytes, whatever their names are."""

import itertools
import posixpath
import re

from genfile.detect.mentioned import is_said
from genfile.detect.tree import Project
from genfile.source.base import Unreadable

# https://www.sqlite.org/fileformat2.html
HEAD = b"SQLite format 3\0"
# Names that no database has: code, texts, pictures, fonts, archives.
_OTHERS = re.compile(
    r".*\.(?:py[cdio]?|[cm]?[jt]sx?|html?|css|s[ac]ss|less|vue|svelte|mdx?|rst|txt|json|ya?ml|toml|ini|cfg|conf|xml|csv|tsv"
    r"|sql|sh|bat|ps1|lock|po|mo|map|j2|jinja2?|ipynb|png|jpe?g|gif|svg|ico|webp|avif|bmp|pdf|woff2?|ttf|otf|eot|mp[34]"
    r"|wav|ogg|webm|zip|gz|tgz|bz2|xz|7z|whl|jar|pt|pth|onnx|pkl|npy|npz|parquet|safetensors|bin|h5|sqlite3)",
    re.IGNORECASE,
)
MAX_FILES = 60
_MAX_DEPTH = 4


def unnamed_databases(folder: Project) -> list[str]:
    """The databases that nothing in the tree names, nor the folder that they are in: copies and leftovers."""
    found = (name for name in folder.files("*", depth=_MAX_DEPTH) if not _OTHERS.fullmatch(name))
    tried = itertools.islice(found, MAX_FILES)
    return [name for name in tried if _is_database(folder, name) and not _is_named(folder, name)]


def _is_database(folder: Project, name: str) -> bool:
    tree = folder.tree
    try:
        content = tree.source.read(folder.full(name), tree.limits.file_bytes)
        tree.budget.allows(read=len(content))
        return content.startswith(HEAD)
    except Unreadable:
        # Too large to be read.
        return "sqlite" in posixpath.splitext(name)[1]


def _is_named(folder: Project, name: str) -> bool:
    """Whether some file has its name, an ending that others of its kind have, or the name of its folder."""
    place, base = posixpath.split(name.lower())
    ending = re.escape(posixpath.splitext(base)[1])
    words = [rf"(?<![\w.-]){re.escape(base)}(?![\w-])"]
    words += [rf"[*}}]{ending}(?![\w-])"] if ending else []
    words += [rf"(?<![\w.-]){re.escape(posixpath.basename(place))}(?![\w-])"] if place else []
    return is_said(folder, re.compile("|".join(words)))
