"""The input of an effect: the stage, the command, and its working folder."""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.container.variables import expand
from genfile.image.context import Context
from genfile.image.files import Answer, FoundPath, MadePath, Unknown
from genfile.image.stage import Lack, StageState, make_folder, source_text
from genfile.parsers import Document

if TYPE_CHECKING:
    from genfile.parsers.javascript import JsModule

# How deeply scripts may call scripts.
MAX_DEPTH = 6


class Run(Struct, frozen=True):
    """A command.

    ``effects``: the known programs' effects, by name; ``folder``: where it runs; ``given``: variables set for it alone;
    ``line``: of its instruction.
    """

    context: Context
    stage: StageState
    effects: "Mapping[str, Effect]"
    words: tuple[str, ...]
    folder: str
    line: int
    given: dict[str, str] = field(default_factory=dict)
    depth: int = 0

    @property
    def program(self) -> str:
        return posixpath.basename(self.words[0])

    @property
    def rest(self) -> tuple[str, ...]:
        return self.words[1:]

    @property
    def operands(self) -> tuple[str, ...]:
        """The words that are not flags."""
        return tuple(word for word in self.rest if not word.startswith("-"))

    def has(self, *flags: str) -> bool:
        return not set(flags).isdisjoint(self.rest)

    def value(self, *flags: str) -> str | None:
        """The value of a flag: `--flag x` or `--flag=x`."""
        found = self.values(*flags)
        return found[0] if found else None

    def values(self, *flags: str) -> list[str]:
        """All values of a repeated flag."""
        found: list[str] = []
        for at, word in enumerate(self.rest):
            if not word.startswith(flags):
                continue
            name, sign, value = word.partition("=")
            if name in flags and sign:
                found.append(value)
            elif word in flags and at + 1 < len(self.rest):
                found.append(self.rest[at + 1])
        return found

    def variable(self, name: str) -> str | None:
        return self.given.get(name, self.stage.settings.get(name, self.stage.variables.get(name)))

    def at(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self.folder, path))

    def find(self, path: str) -> FoundPath:
        return self.stage.files.find(self.at(path))

    def text(self, path: str) -> str | None:
        """The text of a file in the stage, if it is a copy from the build context."""
        return source_text(self.context, self.stage, self.at(path))

    def data(self, parser: Callable[[str], Document], path: str) -> Document | None:
        """A parsed file in the stage; None if it is unavailable."""
        found = self.find(path)
        return self.context.parsed(parser, found.source) if found.source is not None else None

    def module(self, path: str) -> "JsModule | None":
        """A JavaScript or TypeScript module in the stage, parsed."""
        from genfile.parsers.javascript import parse_javascript, parse_typescript

        typescript = path.endswith((".ts", ".mts", ".cts", ".tsx"))
        found = self.find(path)
        if found.source is None:
            return None
        return self.context.parsed(parse_typescript if typescript else parse_javascript, found.source)

    def make(self, path: str, *, folder: bool = False, open: bool = False, content: Any = None) -> None:
        """Record that the command creates a file or a folder. ``open``: it may contain more than is known."""
        owner = self.stage.user.partition(":")[0]
        self.stage.files.put(MadePath(self.at(path), self.words[0], folder, open, owner, content))

    def make_folder(self, path: str) -> None:
        make_folder(self.stage, self.at(path), self.words[0], self.stage.user.partition(":")[0])

    def may_change(self, *paths: str) -> None:
        """Record that the command may have changed anything at and below these paths."""
        for path in paths:
            self.stage.files.put(Unknown(self.at(path), " ".join(self.words[:3])))

    def needs(self, path: str) -> bool:
        """Record that the command needs a file; returns False if it is missing, which is recorded."""
        found = self.find(path)
        if found.answer is not Answer.NO:
            return True
        self.stage.lacks.append(Lack("run", self.at(path), self.line, " ".join(self.words[:3])))
        return False

    def again(self, words: Iterable[str], *, folder: str | None = None, given: dict[str, str] | None = None) -> "Run":
        """The same context with another command: the one that a wrapper runs."""
        return replace(
            self,
            words=tuple(words),
            folder=folder or self.folder,
            given={**self.given, **(given or {})},
            depth=self.depth + 1,
        )

    def expanded(self, words: Iterable[str]) -> tuple[str, ...]:
        values = {**self.stage.variables, **self.given}
        return tuple(expand(word, values) if "$" in word else word for word in words)


Effect = Callable[[Run], None]
