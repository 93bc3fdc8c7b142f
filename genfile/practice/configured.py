"""Secrets in the files of settings that an image carries: YAML, JSON and TOML beside the program."""

import posixpath
import re
from collections.abc import Iterator

from genfile.parsers import Document
from genfile.parsers.data import parse_json, parse_toml, parse_yaml
from genfile.practice.jar import leaves
from genfile.practice.secrets import brought_by, is_example, is_removed, is_secret
from genfile.practice.subject import Practice, Subject, Wrong

_FILE = re.compile(r"(?:app|server|prod|production)?[-_.]?(?:conf|config|configuration|settings)(?:[-_.][\w.-]+)?")
_PARSERS = {".yaml": parse_yaml, ".yml": parse_yaml, ".json": parse_json, ".toml": parse_toml}
# Of tests and of developers alone.
_ASIDE = re.compile(r"(?:^|[._/-])(?:tests?|dev|development|local|ci|docs?|node_modules|vendor)(?:[._/-]|$)")
# What stands for a value: nothing, one sign again and again, a variable, or words that ask for one.
_NO_SECRET = re.compile(
    r"|(.)\1*|.*[$<{%].*|.*(?:your|change|example|placeholder|secret_?here).*|true|false|\d{1,2}", re.I
)
_MAX_FILES = 40


def _settings(subject: Subject) -> Iterator[Wrong]:
    count = 0
    for path in sorted(subject.context.below("")):
        stem, ending = posixpath.splitext(path)
        parser = _PARSERS.get(ending)
        if parser is None or not _FILE.fullmatch(posixpath.basename(stem).lower()):
            continue
        if _ASIDE.search(path.lower()) or is_example(path):
            continue
        count += 1
        item = brought_by(subject, path) if count <= _MAX_FILES else None
        document = subject.context.parsed(parser, path) if item is not None else None
        found = list(_secrets(document)) if document is not None else []
        if item is None or not found or is_removed(subject, item, posixpath.basename(path)):
            continue
        place = posixpath.join(subject.context.root, path)
        line = next((number for _, number in found if number is not None), None)
        names = f"{', '.join(key for key, _ in found[:3])}{' and others' if len(found) > 3 else ''}"
        place += f":{line}" if line is not None else ""
        text = f"{place} has a value for {names}: whoever has the image can read it"
        yield Wrong("secret-in-settings", item.line, text, "take it from an environment variable, or mount the file")
        return


def _secrets(document: Document) -> Iterator[tuple[str, int | None]]:
    """The settings with a secret for a value, each with its line."""
    for keys, value in leaves(document.value, ()):
        own = re.sub(r"(?<=[a-z])(?=[A-Z])|[.-]", "_", keys[-1])
        if is_secret(own) and not _NO_SECRET.fullmatch(value.strip()):
            yield ".".join(keys), document.line(*keys)


PRACTICES = (
    Practice(
        "secret-in-settings",
        "A file of settings in an image is in each of its copies, with each password in it.",
        "docs.docker.com/build/building/secrets",
        _settings,
        "hint",
    ),
)
