"""What keeps a Go program running, from its main function through all that it reaches in the module."""

import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

from msgspec import Struct

from genfile.detect.code import is_left_out
from genfile.detect.go.dispatch import Commands, DeclarationPlace, GoCommand
from genfile.detect.go.graph import graph_of
from genfile.detect.go.module import MAX_FILES, GoModule, GoProgram
from genfile.evidence import Evidence
from genfile.parsers.go import GoFile
from genfile.parsers.goflow import Declaration, Hold, Part

# The course of a program: it keeps running, asks somebody at a terminal, ends by itself, or that is unknown.
Course = Literal["stays", "asks", "ends", "unknown"]
# Calls of other modules that may not return, by the prefix of their last name.
_LASTING = re.compile(r"(?:Run|Start|Serve|Listen|Wait|Poll|Loop|Block|Consume|Subscribe|Forever|Execute|Launch|Join)")
# Names of commands that run until they are stopped.
WORKING = frozenset(
    """
    worker workers work consumer consume bot daemon scheduler cron agent poller indexer processor run start listen
    subscribe subscriber
    """.split()
)
# Names among them that terminal tools also use for work that ends.
COMMON = frozenset({"run", "start", "listen", "agent", "work"})
MAX_DECLARATIONS = 20_000


class GoLife(Struct, frozen=True):
    course: Course
    reason: Evidence | None = None


class GoReach:
    """The declarations that a program's main function reaches, by the names in each of them.

    A named type brings all its methods, whoever calls them through an interface. So everything that runs is included
    except what only reflection finds; some of it may never run.
    """

    def __init__(self, module: GoModule, program: GoProgram) -> None:
        self.module, self.program = module, program
        self._graph = graph_of(module)

    @cached_property
    def whole(self) -> bool:
        """Whether all of the program's own code in the tree was read, including what wire generates."""
        sources, folder = self.module.sources(self.program), self.module.folder
        for place in self._folders:
            names = [name for name in folder.names(place) if name.endswith(".go")]
            if "wire.go" in names and "wire_gen.go" not in names:
                return False
            if any(is_left_out(folder, posixpath.join(place, name)) for name in names):
                return False
        return len(sources) < MAX_FILES

    @cached_property
    def misses(self) -> bool:
        """Whether an imported package of the module has no file in the tree: generated code."""
        named = {name for _, file in self.module.sources(self.program) for name in file.imports}
        inside = [place for name in named if (place := self.module.inside(name))]
        return any(not self.module.package(place) for place in inside)

    @cached_property
    def all(self) -> dict[int, DeclarationPlace]:
        """Everything that may run, in goroutines and through commands too."""
        return self._from(self._roots(), aside=True, told=True)

    @cached_property
    def default(self) -> dict[int, DeclarationPlace]:
        """What runs if the program gets no command and no flag, in goroutines too."""
        return self._from(self._roots(), aside=True)

    @cached_property
    def commands(self) -> Commands:
        """The commands that the program takes."""
        return Commands(self.all.values(), (self.program.name, self.module.base_name), self._graph.imported)

    @property
    def cut(self) -> bool:
        """Whether the program may reach more declarations than the limit."""
        return len(self.all) >= MAX_DECLARATIONS

    @cached_property
    def waited(self) -> dict[int, DeclarationPlace]:
        """What main itself reaches, without the goroutines that it starts and without any command."""
        return self._from(self._roots(), aside=False)

    def told(self, command: GoCommand, *, aside: bool = True) -> dict[int, DeclarationPlace]:
        """What a command reaches, without the declaration that contains it. ``aside``: in goroutines too."""
        said = (command.part.words, command.part.aside) if aside else (command.part.words,)
        return self._from([found for words in said for found in self._graph.led(command.place, words)], aside=aside)

    @cached_property
    def lines(self) -> dict[str, set[int]]:
        """The lines that the program reaches, by file."""
        return self.lines_of(self.all.values(), told=True)

    def lines_of(
        self, places: Iterable[DeclarationPlace], *, told: bool = False, aside: bool = True
    ) -> dict[str, set[int]]:
        """The lines of declarations, by file. ``told``: with the parts that only a command or flag leads to; ``aside``:
        with goroutines."""
        found: dict[str, set[int]] = {}
        for place in places:
            first, last = place.declaration.lines
            lines = set(range(first, last + 1))
            for part in place.declaration.parts if not told else ():
                if not self.commands.is_default(place, part):
                    lines -= set(range(part.lines[0], part.lines[1] + 1))
            for start, end in place.declaration.goes if not aside else ():
                lines -= set(range(start, end + 1))
            found.setdefault(place.path, set()).update(lines)
        return found

    def has(self, path: str, line: int) -> bool:
        """Whether a line belongs to a declaration that is reached."""
        return line in self.lines.get(path, ())

    def is_unseen(self, place: DeclarationPlace) -> bool:
        """Whether what runs without any command is only a function that the tree does not have."""
        return any(
            len(part.words) == 1 and self.commands.is_default(place, part) and not self._graph.led(place, part.words)
            for part in place.declaration.parts
        )

    def _roots(self) -> Iterator[DeclarationPlace]:
        yield from self._graph.places(self.program.folder, "main")
        for path in self._folders:
            yield from self._graph.places(path or ".", "init")

    def _from(
        self, roots: Iterable[DeclarationPlace], *, aside: bool, told: bool = False
    ) -> dict[int, DeclarationPlace]:
        queue = list(roots)
        found: dict[int, DeclarationPlace] = {}
        while queue and len(found) < MAX_DECLARATIONS:
            place = queue.pop()
            if id(place.declaration) in found:
                continue
            found[id(place.declaration)] = place
            item = place.declaration
            run: list[Declaration | Part] = [item]
            run += [part for part in item.parts if told or self.commands.is_default(place, part)]
            for words in (words for one in run for words in ((one.words, one.aside) if aside else (one.words,))):
                queue += [led for led in self._graph.led(place, words) if id(led.declaration) not in found]
        return found

    @cached_property
    def _folders(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(posixpath.dirname(path) for path, _ in self.module.sources(self.program)))


def reach(module: GoModule, program: GoProgram) -> GoReach:
    """What a program reaches, found once and kept with its module."""
    if program.folder not in module.reaches:
        module.reaches[program.folder] = GoReach(module, program)
    found: GoReach = module.reaches[program.folder]
    return found


def running(module: GoModule, program: GoProgram, sources: list[tuple[str, GoFile]]) -> list[tuple[str, GoFile]]:
    """Files without those whose functions the program never reaches: test stand-ins, other servers."""
    found = reach(module, program)
    if not found.whole or found.cut or found.misses:
        return sources
    files = {place.path for place in found.all.values()}
    return [item for item in sources if item[0] in files or not item[1].flow.declarations]


def life(module: GoModule, program: GoProgram) -> GoLife:
    """Whether a program that does not listen keeps running, asks somebody, or ends."""
    found = reach(module, program)
    asked = next(_held(found.all.values(), "asks"), None)
    if asked is not None:
        return GoLife("asks", _says(module, *asked))
    places = list(found.waited.values())
    kept = list(main_held(found, places))
    loops = [pair for pair in main_held(found, found.default.values(), aside=True) if pair[1].kind == "loop"]
    held = [pair for kind in ("waits", "loop") for pair in kept if pair[1].kind == kind]
    may_end = next((pair for pair in kept if pair[1].kind == "may end"), None)
    if not held and loops and _starts(places):
        held = loops[:1]
    if not held and may_end is not None and _speaks(module, may_end[0]):
        held = [may_end]
    if held:
        return GoLife("stays", _says(module, *held[0]))
    asks_others = may_end is not None and "net/http" in may_end[0].file.imports
    unsure = asks_others or any(pair[1].kind == "unsure" for pair in kept) or _may_last(module, found, places)
    if unsure or not found.whole or found.cut or found.misses:
        return GoLife("unknown", _says(module, *may_end) if may_end is not None else None)
    main = next(iter(found.waited.values()), None)
    return GoLife("ends", module.folder.says(main.path, main.declaration.lines[0], "func main") if main else None)


def staying(module: GoModule, program: GoProgram) -> GoCommand | None:
    """The worker command that keeps a program running; None if it stays without one, or not at all."""
    found = reach(module, program)
    for command in found.commands.listed:
        name = command.words[-1].rpartition("=")[2].lstrip("-").lower()
        if name not in WORKING:
            continue
        places = list(found.told(command, aside=False).values())
        at = command.place.declaration.parts.index(command.part)
        own = [hold for hold in command.place.declaration.holds if hold.part == at]
        holds = [*own, *(hold for _, hold in main_held(found, places))]
        if any(hold.kind in ("waits", "loop", "may end") for hold in holds) or _may_last(module, found, places):
            return command
    return None


def main_held(
    found: GoReach, places: Iterable[DeclarationPlace], *, aside: bool = False
) -> Iterator[tuple[DeclarationPlace, Hold]]:
    """What may keep the program running in the given declarations, without the parts that only a command leads to.
    ``aside``: in goroutines too."""
    for place in places:
        for hold in place.declaration.holds:
            part = place.declaration.parts[hold.part] if hold.part is not None else None
            if (aside or not hold.aside) and (part is None or found.commands.is_default(place, part)):
                yield place, hold


def _held(places: Iterable[DeclarationPlace], kind: str) -> Iterator[tuple[DeclarationPlace, Hold]]:
    return ((place, hold) for place in places for hold in place.declaration.holds if hold.kind == kind)


def _says(module: GoModule, place: DeclarationPlace, hold: Hold) -> Evidence:
    return module.folder.says(place.path, hold.line, hold.says)


def _starts(places: Iterable[DeclarationPlace]) -> bool:
    """Whether main waits for goroutines, through a wait group or an errgroup."""
    return any(
        word.endswith(".Wait") for place in places for word in place.declaration.words
        if "sync" in place.file.imports or "golang.org/x/sync/errgroup" in place.file.imports
    )  # fmt: skip


def _speaks(module: GoModule, place: DeclarationPlace) -> bool:
    """Whether a loop is in a file that talks to others: through a third-party module, or through net."""
    return any(
        ("." in name.split("/")[0] and module.inside(name) is None) or name == "net" for name in place.file.imports
    )


def _may_last(module: GoModule, found: GoReach, places: list[DeclarationPlace]) -> bool:
    """Whether the given declarations call something outside the project that may not return."""
    own = {item.declaration.name for item in found.all.values()}
    lines: dict[str, list[int]] = {}
    for place in places:
        if place.path not in lines:
            lines[place.path] = sorted(_lasting(module, place.file, own))
        first, last = place.declaration.lines
        at = bisect_left(lines[place.path], first)
        if at < len(lines[place.path]) and lines[place.path][at] <= last:
            return True
    return False


def _lasting(module: GoModule, file: GoFile, own: set[str]) -> Iterator[int]:
    """The lines of such calls in a file that imports third-party modules; calls of the standard library don't count."""
    if not any("." in name.split("/")[0] and module.inside(name) is None for name in file.imports):
        return
    standard = {posixpath.basename(path) for path in file.imports if "." not in path.split("/")[0]}
    for call in file.calls:
        # `fx.New(…).Run()` has no name before it.
        first, _, rest = call.callee.rpartition(".")[0].partition(".")
        name = call.callee.rpartition(".")[2]
        given = file.flow.origins.get(first, set()) if not rest else set()
        if _LASTING.match(name) and name not in own and first not in standard and not (given and given <= standard):
            yield call.line
