"""A read-only, bounded view of a source tree: a folder, an archive, or a mapping of path to text."""

from genfile.source.base import LIMITS, Limits, Source, Unreadable
from genfile.source.budget import Budget
from genfile.source.open import AnySource, open_source

__all__ = ["LIMITS", "AnySource", "Budget", "Limits", "Source", "Unreadable", "open_source"]
