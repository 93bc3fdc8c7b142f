"""go.mod and go.work, by the grammar of the Go Modules Reference."""

from collections.abc import Iterator

from msgspec import Struct

from genfile.parsers import ParseError


class Requirement(Struct, frozen=True):
    path: str
    version: str
    indirect: bool
    line: int


class Replacement(Struct, frozen=True):
    """`replace old => new`; ``local``: new is a folder."""

    old: str
    new: str
    line: int

    @property
    def local(self) -> bool:
        return self.new.startswith(("./", "../")) or self.new in (".", "..")


class GoMod(Struct, frozen=True):
    """A go.mod or go.work file; versions without the `go` in front; `lines` by directive."""

    module: str | None
    go: str | None
    toolchain: str | None
    requires: tuple[Requirement, ...]
    replaces: tuple[Replacement, ...]
    uses: tuple[str, ...]
    tools: dict[str, int]
    """The packages of `tool` directives, each with its line."""
    lines: dict[str, int]


def parse_go_mod(text: str) -> GoMod:
    """Read go.mod or go.work. Raises ParseError for a file that holds no directive at all."""
    single: dict[str, str] = {}
    lines: dict[str, int] = {}
    requires: list[Requirement] = []
    replaces: list[Replacement] = []
    uses: list[str] = []
    tools: dict[str, int] = {}
    for number, directive, words, comment in _directives(text):
        if directive in ("module", "go", "toolchain") and words:
            single.setdefault(directive, words[0])
            lines.setdefault(directive, number)
        elif directive == "require" and len(words) >= 2:
            requires.append(Requirement(words[0], words[1], comment.strip().startswith("indirect"), number))
        elif directive == "replace" and "=>" in words:
            at = words.index("=>")
            if at and len(words) > at + 1:
                replaces.append(Replacement(words[0], words[at + 1], number))
        elif directive == "use" and words:
            uses.append(words[0])
        elif directive == "tool" and words:
            tools.setdefault(words[0], number)
    if not (single or requires or uses):
        raise ParseError("it has no go.mod directive")
    toolchain = single.get("toolchain", "").removeprefix("go") or None
    return GoMod(
        single.get("module"),
        single.get("go"),
        None if toolchain == "default" else toolchain,
        tuple(requires),
        tuple(replaces),
        tuple(uses),
        tools,
        lines,
    )


def _directives(text: str) -> Iterator[tuple[int, str, list[str], str]]:
    block: str | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line, _, comment = raw.partition("//")
        words = [word.strip('"`') for word in line.split()]
        if not words:
            continue
        if block is not None:
            if words == [")"]:
                block = None
            else:
                yield number, block, words, comment
        elif words[-1] == "(" and len(words) == 2:
            block = words[0]
        else:
            yield number, words[0], words[1:], comment
