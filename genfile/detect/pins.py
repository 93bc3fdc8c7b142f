"""Files that pin the version of a tool: those of mise and asdf, and files that hold one version and nothing else.

Version managers look for them in the working directory and in every folder above it; so do these functions, from the
service's folder to the root of the tree. The nearest file that names a version counts.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from genfile.detect.tree import Project
from genfile.evidence import Fact
from genfile.parsers import Document
from genfile.parsers.small import parse_tool_versions
from genfile.versions import Pin, parse_pin

MISE_FILES = (
    "mise.toml", ".mise.toml", "mise/config.toml", ".mise/config.toml", ".config/mise.toml", ".config/mise/config.toml",
    ".rtx.toml",
)  # fmt: skip
TOOL_VERSIONS = ".tool-versions"
# What mise and asdf call a runtime; mise knows the names of both.
TOOL_NAMES = {"node": ("nodejs", "node"), "python": ("python",), "go": ("golang", "go"), "java": ("java",)}


class ToolVersion(Struct, frozen=True):
    """A version as the file of a version manager gives it: its text, its line, and what that line says."""

    text: str
    line: int | None
    says: str


def pin_in_mise(folder: Project, language: str, *names: str) -> Fact[Pin] | None:
    """The version in the nearest mise.toml that names the runtime; ``names``: the tool's, if it is not the runtime."""
    return _pin_of_tool(folder, MISE_FILES, language, names or TOOL_NAMES[language])


def pin_in_tool_versions(folder: Project, language: str, *names: str) -> Fact[Pin] | None:
    """The version in the nearest .tool-versions that names the runtime; ``names``: as for `pin_in_mise`."""
    return _pin_of_tool(folder, (TOOL_VERSIONS,), language, names or TOOL_NAMES[language])


def pin_in_file(folder: Project, name: str, language: str, *, upwards: bool = True) -> Fact[Pin] | None:
    """The version in the nearest file of that name, in its first line that is no comment; a note if that is none."""
    for place in folder.upwards() if upwards else (folder,):
        number, text = _first_line(place.text(name) or "") if place.has(name) else (0, "")
        pin = parse_pin(text, language) if text else None
        if pin is not None:
            return place.fact(pin, name, number, text)
        if text:
            path = place.full(name)
            place.tree.note("warning", f"{path} does not name a {language} version: {text[:40]!r}", path, number)
    return None


def pin_in_properties(folder: Project, name: str, key: str, language: str, *, upwards: bool = True) -> Fact[Pin] | None:
    """The version under a key of the nearest properties file of that name."""
    from genfile.parsers.data import parse_properties

    for place in folder.upwards() if upwards else (folder,):
        settings = place.parse(parse_properties, name) if place.has(name) else None
        text = settings.text(key) if settings is not None else None
        pin = parse_pin(text, language) if text else None
        if settings is not None and pin is not None and text:
            return place.fact(pin, name, settings.line(key), f"{key} {text}")
    return None


def _pin_of_tool(folder: Project, files: tuple[str, ...], language: str, names: tuple[str, ...]) -> Fact[Pin] | None:
    """The first version of a tool in the files of a version manager, the nearest folder first."""
    for place in folder.upwards():
        for file in files:
            tools = _tools(place, file) if place.has(file) else {}
            for found in (tools[name] for name in names if name in tools):
                pin = parse_pin(found.text, language)
                if pin is not None:
                    return place.fact(pin, file, found.line, found.says)
    return None


def _tools(place: Project, file: str) -> dict[str, ToolVersion]:
    """Every tool that a file of mise or asdf names, with its version."""
    if file == TOOL_VERSIONS:
        lines = place.parse(parse_tool_versions, file) or {}
        return {name: ToolVersion(text, line, f"{name} {text}") for name, (text, line) in lines.items()}
    settings = place.toml(file)
    return dict(_mise_tools(settings)) if settings is not None else {}


def _mise_tools(settings: Document) -> Iterator[tuple[str, ToolVersion]]:
    """The `[tools]` of a mise.toml; `core:node` is what mise itself knows as node."""
    tools = settings.get("tools")
    for key, value in tools.items() if isinstance(tools, dict) else ():
        text = _mise_version(value)
        if text:
            yield str(key).removeprefix("core:"), ToolVersion(text, settings.line("tools", key), text)


def _mise_version(value: Any) -> str | None:
    """The version of a tool: "22", "prefix:22", ["22", "20"] (the first is the one in use), {version = "22"}."""
    value = value[0] if isinstance(value, list) and value else value
    value = value.get("version") if isinstance(value, dict) else value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return value.removeprefix("prefix:") if isinstance(value, str) else None


def _first_line(text: str) -> tuple[int, str]:
    """The number and the text of the first line that is neither empty nor a comment; `(0, "")` if there is none."""
    for number, line in enumerate(text.splitlines(), 1):
        said = line.split("#")[0].strip()
        if said:
            return number, said
    return 0, ""
