"""Which templates may run code of their own without being asked for: rules of the user's own configuration."""

import fnmatch
import os
import sys
from pathlib import Path

from genfile.bundle import Bundle
from genfile.errors import UsageError

NAME = "config.toml"


def config_file() -> Path:
    """`$XDG_CONFIG_HOME/genfile/config.toml` (Windows: below %APPDATA%), `~/.config` without the variable."""
    variable = os.environ.get("APPDATA" if sys.platform == "win32" else "XDG_CONFIG_HOME", "")
    base = Path(variable) if Path(variable).is_absolute() else Path.home() / ".config"
    return base / "genfile" / NAME


def is_trusted(bundle: Bundle, file: Path | None = None) -> bool:
    """Whether a rule of the user's configuration names where a template comes from.

    ``file``: the configuration, by default the user's own; its `trust` is a list of references with `*`, such as
    `gh:acme/*`, or of folders. Raises UsageError for one that can't be read.
    """
    place = _place(bundle)
    # What a server or a file system would read as another place than the one that is written there is never matched.
    if any(part in place for part in ("..", "%", "\\", "\n")):
        return False
    return any(fnmatch.fnmatchcase(place, _expanded(rule)) for rule in _rules(file or config_file()))


def _place(bundle: Bundle) -> str:
    if bundle.folder is not None and bundle.kind in ("folder", "archive"):
        return str(bundle.folder.resolve())
    return bundle.reference


def _expanded(rule: str) -> str:
    return str(Path(rule).expanduser()) if rule.startswith("~/") else rule


def _rules(file: Path) -> list[str]:
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_toml

    try:
        found = parse_toml(file.read_text("utf-8")).value
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, ParseError) as error:
        raise UsageError(f"{file}: {error}") from None
    rules = found.get("trust", []) if isinstance(found, dict) else []
    if not isinstance(rules, list) or not all(isinstance(rule, str) and rule.strip("*") for rule in rules):
        raise UsageError(f"{file}: trust is a list of references, such as gh:acme/*", hint='trust = ["gh:acme/*"]')
    return rules
