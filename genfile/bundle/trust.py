"""The rules of the user's own configuration: which places a tree may name, and whose templates may run code."""

import fnmatch
import os
import sys
from pathlib import Path

from genfile.errors import UsageError

NAME = "config.toml"


def config_file() -> Path:
    """`$XDG_CONFIG_HOME/genfile/config.toml` (Windows: below %APPDATA%), `~/.config` without the variable."""
    variable = os.environ.get("APPDATA" if sys.platform == "win32" else "XDG_CONFIG_HOME", "")
    base = Path(variable) if Path(variable).is_absolute() else Path.home() / ".config"
    return base / "genfile" / NAME


def trust_rules(file: Path) -> list[str]:
    """The list `trust`: references with `*`, such as `gh:acme/*`, and folders. Raises UsageError if it is none."""
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_toml

    try:
        found = parse_toml(file.read_text("utf-8")).value
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"{file} can't be read: {reason}") from None
    except ParseError as error:
        raise UsageError(f"{file}: {error}") from None
    rules = found.get("trust", []) if isinstance(found, dict) else []
    if not isinstance(rules, list) or not all(isinstance(rule, str) and rule.strip("*") for rule in rules):
        raise UsageError(
            f"{file}: `trust` must be a list of references, such as gh:acme/*", hint='trust = ["gh:acme/*"]'
        )
    return rules


def matches(place: str, rules: list[str]) -> bool:
    """Whether a rule names a place: the resolved path of a folder or an archive, or a reference."""
    # Text that a server or a file system would resolve to another place than it says is never matched.
    if any(part in place for part in ("..", "%", "\\", "\n")):
        return False
    return any(fnmatch.fnmatchcase(place, _expanded(rule)) for rule in rules)


def _expanded(rule: str) -> str:
    return str(Path(rule).expanduser()) if rule.startswith("~/") else rule
