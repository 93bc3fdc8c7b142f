"""The values of names in a Gradle script: variables, extra properties, gradle.properties."""

import re
from collections.abc import Iterable

from genfile.detect.tree import Project
from genfile.parsers.data import parse_properties
from genfile.parsers.gradle import GradleScript

MAX_DEPTH = 4
MAX_TEXT = 300
_PLACEHOLDER = re.compile(r"\$\{([\w.\[\]\"'()-]+)\}|\$([A-Za-z_]\w*(?:\.\w+)*)")
# `providers.gradleProperty("x").get()`, `extra["x"]`, `rootProject.ext.x`, `x.toInt()` all read `x`.
_ASKED = re.compile(
    r"(?:gradleProperty|findProperty|property|getProperty|get|extra|ext)[(\[]\s*[\"']([\w.-]+)[\"']\s*[)\]]"
)
_AROUND = re.compile(
    r"^(?:(?:project|rootProject|ext|extra|this|buildscript)\.)+|(?:\.(?:toInt|toString|get|asInt|trim)\(\))+$"
)
_EXTRA = re.compile(r"(?:extra|ext)(?:\.set)?[\[.][\"']?([\w.-]+)[\"']?\]?")


class GradleNames:
    """A module's names: from its scripts, nearest first, then from gradle.properties."""

    def __init__(self, scripts: Iterable[tuple[Project, str, GradleScript]], *folders: Project) -> None:
        self._values: dict[str, str] = {}
        for _, _, script in scripts:
            self._take(script)
        for folder in folders:
            file = folder.parse(parse_properties, "gradle.properties") if folder.has("gradle.properties") else None
            for key, value in (file.value if file is not None else {}).items():
                self._values.setdefault(key, value)

    def _take(self, script: GradleScript) -> None:
        for item in script.statements:
            value = item.arguments[-1] if item.arguments else None
            if not isinstance(value, str):
                continue
            extra = _EXTRA.fullmatch(item.name)
            if extra is not None or (item.assigned and (not item.blocks or item.blocks[-1] in ("ext", "extra"))):
                self._values.setdefault(extra[1] if extra is not None else item.name, value)
            elif item.blocks[-1:] in (("ext",), ("extra",)) and item.name == "set" and len(item.arguments) == 2:
                self._values.setdefault(str(item.arguments[0]), value)

    def resolve(self, text: str | None, depth: int = 0) -> str | None:
        """A text with its names filled in, or the value of a bare name; unchanged if unknown."""
        if text is None or depth > MAX_DEPTH or len(text) > MAX_TEXT:
            return text
        if "$" in text:
            return _PLACEHOLDER.sub(lambda match: self._named(match[1] or match[2], depth) or match[0], text)
        return self._named(text, depth) or text

    def _named(self, text: str, depth: int) -> str | None:
        asked = _ASKED.search(text)
        name = asked[1] if asked is not None else _AROUND.sub("", text)
        value = self._values.get(name)
        return self.resolve(value, depth + 1) if value is not None and value != text else None
