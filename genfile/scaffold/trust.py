"""Which templates may run code without `--trust`: rules in the user's configuration."""

from pathlib import Path

from genfile.bundle import Bundle
from genfile.bundle.trust import config_file, matches, trust_rules


def is_trusted(bundle: Bundle, file: Path | None = None) -> bool:
    """Whether a rule of the user's configuration names where a template comes from.

    ``file``: the configuration, by default the user's own. Raises UsageError for one that can't be read.
    """
    return matches(_place(bundle), trust_rules(file or config_file()))


def _place(bundle: Bundle) -> str:
    if bundle.folder is not None and bundle.kind in ("folder", "archive"):
        return str(bundle.folder.resolve())
    return bundle.reference
