"""The user's own configuration of cookiecutter, and its replay files."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from genfile.errors import SourceError, UsageError
from genfile.parsers import reason_of

ABBREVIATIONS = {
    "gh": "https://github.com/{0}.git",
    "gl": "https://gitlab.com/{0}.git",
    "bb": "https://bitbucket.org/{0}",
}
MAX_BYTES = 1024 * 1024


def load_user_config(path: Path | None = None, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """`default_context` and `abbreviations` of `~/.cookiecutterrc`, or of the file that COOKIECUTTER_CONFIG names.

    A file that is named has to be there. Raises UsageError or SourceError.
    """
    variables = os.environ if environment is None else environment
    named = str(path) if path is not None else variables.get("COOKIECUTTER_CONFIG")
    file = Path(named) if named is not None else Path(variables.get("HOME", "~")).expanduser() / ".cookiecutterrc"
    config: dict[str, Any] = {"default_context": {}, "abbreviations": dict(ABBREVIATIONS)}
    if named is None and not file.is_file():
        return config
    found = _read_yaml(file)
    for key in config:
        value = found.get(key)
        if value is not None and not isinstance(value, dict):
            raise UsageError(f"{file}: {key} is not a mapping")
        config[key] |= value or {}
    return config


def expand_abbreviation(reference: str, config: Mapping[str, Any]) -> str:
    """`gh:owner/name` as the URL that the user's (or cookiecutter's) abbreviations make of it."""
    abbreviations = config.get("abbreviations") or ABBREVIATIONS
    if reference in abbreviations:
        return str(abbreviations[reference])
    prefix, _, rest = reference.partition(":")
    if prefix not in abbreviations:
        return reference
    return str(abbreviations[prefix]).replace("{0}", rest).replace("{}", rest)


def load_replay(path: Path) -> dict[str, Any]:
    """The answers of a replay file. Raises UsageError for one that is none."""
    try:
        found = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not JSON: {reason_of(error)}") from None
    if not isinstance(found, dict) or not isinstance(found.get("cookiecutter"), dict):
        raise UsageError(f"{path}: a replay file needs an object `cookiecutter`")
    return found


def _read_yaml(file: Path) -> dict[str, Any]:
    import yaml

    try:
        # The user's own file, read as cookiecutter reads it: 3.10 is a number there.
        value = yaml.safe_load(_read(file))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UsageError(f"{file}: not YAML: {reason_of(error)}") from None
    if value is not None and not isinstance(value, dict):
        raise UsageError(f"{file}: not a mapping")
    return value or {}


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(f"{path}: larger than {MAX_BYTES:,} bytes")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: can't be read: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from None
