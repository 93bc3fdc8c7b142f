"""Secrets in the files of settings that an image carries: YAML, JSON and TOML beside the program."""

import posixpath
import re
from collections.abc import Iterator

from genfile.dockerfile.model import Instruction
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
# A password in a connection string, and in the address of a server.
_CONNECTION = re.compile(r"(?:^|;)\s*(?:password|pwd)\s*=\s*(?P<password>[^;]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/:@]*:(?P<password>[^\s/@]+)@(?!localhost|127\.)")
_STANDS_FOR = re.compile(
    r"\s*(?:\$[\w{(].*|.*[<{%].*|\W*(.)\1*\W*|.*(?:your|change[-_]?me|placeholder).*)", re.IGNORECASE
)
_LOCAL = re.compile(r"(?:server|data source|host)\s*=\s*(?:\(?local|\.|127\.)", re.IGNORECASE)
# What signs tokens in settings such as `Jwt: { Key: … }`.
_SIGNS = re.compile(r"(?:jwt|token|auth|signing|encryption)\w*_(?:secret_?)?key$|signing_?key$", re.IGNORECASE)
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
        item = brought_by(subject, path) or _published(subject, path) if count <= _MAX_FILES else None
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


def _published(subject: Subject, path: str) -> Instruction | None:
    """The instruction that brings what `dotnet publish` made, with the settings that lie beside the project."""
    folder = posixpath.dirname(path)
    names = subject.context.folders.get(posixpath.join(subject.context.root, folder).rstrip("/"), ())
    is_beside = posixpath.basename(path).startswith("appsettings") and any(name.endswith("proj") for name in names)
    if not is_beside or not subject.context.find(path):
        return None
    publishes = {
        word
        for stage in subject.built.needed
        if any(step.words[:2] == ("dotnet", "publish") for step in stage.steps)
        for word in (stage.name, str(stage.index))
    }
    return next((item for item in subject.final if item.keyword == "COPY" and item.flag("from") in publishes), None)


def _secrets(document: Document) -> Iterator[tuple[str, int | None]]:
    """The settings with a secret for a value, each with its line."""
    for keys, value in leaves(document.value, ()):
        own = re.sub(r"(?<=[a-z])(?=[A-Z])|[.-]", "_", keys[-1])
        whole = "_".join(keys[-2:]) if own.lower() == "key" else own
        named = is_secret(own) or _SIGNS.search(whole) is not None
        if (named and not _NO_SECRET.fullmatch(value.strip())) or has_password(value):
            yield ".".join(keys), document.line(*keys)


def has_placeholder(value: str) -> bool:
    """Whether a text stands for a secret that somebody has to put in its place."""
    return _STANDS_FOR.fullmatch(value) is not None


def has_password(value: str) -> bool:
    """Whether a text is an address, or a connection string, with a password for another machine."""
    match = _ADDRESS.search(value) or (_CONNECTION.search(value) if not _LOCAL.search(value) else None)
    return match is not None and not _STANDS_FOR.fullmatch(match["password"])


PRACTICES = (
    Practice(
        "secret-in-settings",
        "A file of settings in an image is in each of its copies, with each password in it.",
        "docs.docker.com/build/building/secrets",
        _settings,
        "hint",
    ),
)
