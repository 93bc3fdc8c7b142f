"""HOCON as services' configuration files use it: nested blocks, dotted keys, plain values.

`port = 8080` followed by `port = ${?PORT}` gives `${PORT:8080}`, as other configuration files write it. Includes and
concatenated values are ignored.
"""

import re

from genfile.parsers import Document, Key

MAX_LINES = 20_000
# A longer line or a deeper block was not written by a person.
MAX_LINE = 400
MAX_DEPTH = 50
_OPENS = re.compile(r'^"?([\w.-]+)"?\s*[:=]?\s*\{\s*$')
_VALUE = re.compile(r'^"?([\w.-]+)"?\s*[:=]\s*(.+)$')
_ASKED = re.compile(r"^\$\{\??([A-Za-z_][\w.]*)\}$")


def parse_hocon(text: str) -> Document:
    """Read a .conf file into a flat mapping from dotted key to text. Never raises: it skips what it does not know."""
    values: dict[str, str] = {}
    lines: dict[tuple[Key, ...], int] = {}
    blocks: list[str] = []
    for number, raw in enumerate(text.splitlines()[:MAX_LINES], 1):
        for line in _statements(raw) if len(raw) <= MAX_LINE else ():
            opened = _OPENS.match(line)
            if opened is not None:
                blocks.append(opened[1])
                if len(blocks) > MAX_DEPTH:
                    return Document(values, lines.get)
            elif line == "}":
                if blocks:
                    blocks.pop()
            elif (found := _VALUE.match(line)) is not None:
                key = ".".join((*blocks, found[1]))
                value = found[2].strip().rstrip(",").strip().strip('"')
                asked = _ASKED.match(value)
                values[key] = f"${{{asked[1]}:{values.get(key, '')}}}" if asked and key in values else value
                lines[(key,)] = number
    return Document(values, lines.get)


def _statements(raw: str) -> list[str]:
    """The statements in a line: braces on their own lines, comments removed."""
    line = re.split(r"(?:^|\s)(?:#|//)", raw, maxsplit=1)[0].strip()
    line = re.sub(r"(?<!\$)\{(?!\S*\})", "{\n", line)
    line = re.sub(r"(?<![\w?.])\}|(?<=\s)\}|\}\s*$", lambda match: match[0] if "${" in line else "\n}\n", line)
    return [part.strip() for part in line.split("\n") if part.strip()]
