"""Signals and words that every language shares."""

from collections.abc import Iterable
from typing import Any

from genfile.data import started_programs
from genfile.detect.tree import Project
from genfile.evidence import Fact
from genfile.parsers.small import parse_tool_versions
from genfile.parsers.values import Beginning, EnvDefault
from genfile.versions import Pin, parse_pin

_SECRET_WORDS = (
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PRIVATE",
    "APIKEY",
    "API_KEY",
    "CREDENTIAL",
    "DATABASE_URL",
    "DSN",
)


# Examples of the variables that a project wants set.
EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", ".env.local.example")

MISE_FILES = (
    "mise.toml", ".mise.toml", "mise/config.toml", ".mise/config.toml", ".config/mise.toml", ".config/mise/config.toml",
    ".rtx.toml",
)  # fmt: skip


def started(arguments: Iterable[Any]) -> str | None:
    """The package of the program that a call starts: its first argument is a name, a list of words, or a command, or a
    variable with one of these in its place."""
    first = next(iter(arguments), None)
    first = first[0] if isinstance(first, list) and first else first
    while isinstance(first, EnvDefault):
        first = first.default
    first = f"{first.text}…" if isinstance(first, Beginning) else first
    words = first.split() if isinstance(first, str) else []
    return started_programs().get(words[0]) if words else None


def is_secret(name: str) -> bool:
    """Whether the name of a variable says that its value is a secret."""
    return any(word in name.upper() for word in _SECRET_WORDS)


def _mise_version(value: Any) -> str | None:
    """The version of a tool: "22", "prefix:22", ["22", "20"] (the first is the one in use), {version = "22"}."""
    value = value[0] if isinstance(value, list) and value else value
    value = value.get("version") if isinstance(value, dict) else value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return value.removeprefix("prefix:") if isinstance(value, str) else None


def pin_in_mise(places: Iterable[Project], tools: tuple[str, ...], language: str) -> Fact[Pin] | None:
    """A tool's version in the first mise.toml that names it; ``tools`` are its names there."""
    for place in places:
        for name in MISE_FILES:
            settings = place.toml(name) if place.has(name) else None
            for tool in (*tools, *(f"core:{tool}" for tool in tools)) if settings is not None else ():
                text = _mise_version(settings.get("tools", tool)) if settings else None
                pin = parse_pin(text, language) if text else None
                if settings is not None and pin is not None and text:
                    return place.fact(pin, name, settings.line("tools", tool), text)
    return None


def pin_in_tool_versions(places: Iterable[Project], tools: tuple[str, ...], language: str) -> Fact[Pin] | None:
    """A tool's version in the first .tool-versions that names it."""
    name = ".tool-versions"
    for place in places:
        found = (place.parse(parse_tool_versions, name) if place.has(name) else None) or {}
        for tool in tools:
            if tool in found:
                text, line = found[tool]
                pin = parse_pin(text, language)
                if pin is not None:
                    return place.fact(pin, name, line, f"{tool} {text}")
    return None


def pin_in_file(places: Iterable[Project], name: str, language: str) -> Fact[Pin] | None:
    """The version in a file that holds nothing else, in its first line that is no comment; a note where it is none."""
    for place in places:
        lines = (place.text(name) or "").splitlines() if place.has(name) else []
        for number, line in enumerate(lines, 1):
            text = line.split("#")[0].strip()
            if not text:
                continue
            pin = parse_pin(text, language)
            if pin is not None:
                return place.fact(pin, name, number, text)
            path = place.full(name)
            place.tree.note("warning", f"{path} does not name a {language} version: {text[:40]!r}", path, number)
            break
    return None
