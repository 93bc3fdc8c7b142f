"""Whether a Go program listens on the network, and the arguments that it needs to do so."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from msgspec import Struct

from genfile.data import Framework, frameworks
from genfile.detect.go.dispatch import SERVING, DeclarationPlace, GoCommand
from genfile.detect.go.life import life, reach
from genfile.detect.go.module import GoModule, GoProgram
from genfile.detect.hosting import hosting
from genfile.parsers.go import GoFile

Sources = list[tuple[str, GoFile]]
# Frameworks that clients import too: their servers listen by other calls.
_BOTH = frozenset({"google.golang.org/grpc", "github.com/twitchtv/twirp", "github.com/valyala/fasthttp"})
_STRUCTS = frozenset({"http.Server", "fasthttp.Server"})
_CALLS = ("http.ListenAndServe", "http.Serve", "net.Listen", "tls.Listen", "fasthttp.ListenAndServe", "fasthttp.Serve")
_PLAIN = frozenset({"http.ListenAndServe", "http.ListenAndServeTLS"})
_SERVES = frozenset({"ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS"})
_LOOPBACK = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\]):?\d{0,5}|[\w.]*:0")
MAX_LISTENERS = 500
# Calls and channels that wait, by their last names.
_WAITS = frozenset({"Wait", "Done", "Sleep"})


# `made`: a server is only created, `binds`: opens the address, `serves`: does not return.
_Kind = Literal["made", "binds", "serves"]


class _Listener(Struct, frozen=True):
    """A line that listens, or 0 for a framework that the whole file is for; the address, if it is a literal."""

    path: str
    line: int
    kind: _Kind
    address: str = ""


def serving(module: GoModule, program: GoProgram) -> bool:
    """Whether a program listens on the network, directly or through one of its commands."""
    return _found(module, program)[0]


def command_of(module: GoModule, program: GoProgram) -> GoCommand | None:
    """The command that makes a program serve; None if it serves without one, or not at all."""
    return _found(module, program)[1]


def _found(module: GoModule, program: GoProgram) -> tuple[bool, GoCommand | None]:
    return module.folder.tree.once(
        ("go-serving", module.folder.path, program.folder), lambda: _serving(module, program)
    )


def _serving(module: GoModule, program: GoProgram) -> tuple[bool, GoCommand | None]:
    names = {name for item in frameworks("go") if item.kind == "server" for name in (*item.dependencies, *item.imports)}
    sources = module.sources(program)
    aside = profilers(sources)
    listeners = [
        item
        for path, file in sources
        for item in _listening(path, file, names - _BOTH)
        if (path, item.line) not in aside
    ]
    del listeners[MAX_LISTENERS:]
    if not listeners:
        # For code that was not read completely, the project's container files decide.
        return hosting(module.folder).port is not None and module.is_cut(program), None
    reached = reach(module, program)
    if not reached.whole or reached.cut:
        return True, None
    if _listens(reached.default.values(), reached.lines_of(reached.default.values()), listeners):
        waited = list(reached.waited.values())
        lines = reached.lines_of(waited, aside=False)
        held = any(item.kind != "made" and _is_in(item, lines) for item in listeners)
        return held or _blocks(waited) or life(module, program).course != "ends", None
    found: list[GoCommand] = []
    for command in reached.commands.listed:
        places = list(reached.told(command).values())
        lines = reached.lines_of(places)
        lines.setdefault(command.place.path, set()).update(range(command.part.lines[0], command.part.lines[1] + 1))
        if _listens([*places, command.place], lines, listeners, told=True):
            found.append(command)
    unseen = any(reached.is_unseen(place) for place in reached.default.values())
    return bool(found), None if unseen else min(found, key=_rank, default=None)


def _rank(command: GoCommand) -> tuple[int, int]:
    """A command with the name of a server before others, and of those the shorter one."""
    words = [item.lstrip("-").split("=")[-1] for item in command.words]
    known = [SERVING.index(word) for word in words if word in SERVING]
    return min(known, default=len(SERVING)), len(words)


def _listening(path: str, file: GoFile, names: Collection[str]) -> Iterator[_Listener]:
    """What listens in a file: calls, servers that are made, and a framework that it imports."""
    if any(name in names for name in file.imports):
        yield _Listener(path, 0, "serves")
    for kind, fields, line in file.literals:
        if kind.lstrip("&") in _STRUCTS:
            yield _Listener(path, line, "made", _text(fields.get("Addr")))
    for call in file.calls:
        last = call.callee.rpartition(".")[2]
        if call.callee.startswith(_CALLS) or call.callee == "grpc.NewServer":
            address = next((item for item in map(_text, call.arguments) if ":" in item), "")
            yield _Listener(path, call.line, "serves" if last in _SERVES else "binds", address)
        elif last in _SERVES and "net/http" in file.imports:
            yield _Listener(path, call.line, "serves")


def profilers(sources: Sources) -> frozenset[tuple[str, int]]:
    """Where a program opens an address for its profiler alone: in a file that imports it, the handler that nothing else
    is given to."""
    found = frozenset(
        (path, call.line)
        for path, file in sources
        if "net/http/pprof" in file.imports
        for call in file.calls
        if call.callee == "http.ListenAndServe" and call.arguments[1:] == (None,)
    )
    given = found and any(
        call.callee in ("http.Handle", "http.HandleFunc") for _, file in sources for call in file.calls
    )
    return frozenset() if given else found


def serves_framework(framework: Framework | None, file: GoFile, name: str, given: Collection[object]) -> bool:
    """`router.Run(address)`, in a file that imports the framework."""
    if framework is None or name.rsplit(".", 1)[-1] not in ("Run", "Listen", "Start") or len(given) != 1:
        return False
    return any(path == item or path.startswith(item + "/") for path in file.imports for item in framework.dependencies)


def besides(module: GoModule, program: GoProgram, framework: Framework | None) -> frozenset[tuple[str, int]]:
    """Where a goroutine opens an address for HTTP while main itself waits at another one: metrics, a second server."""
    listed = [(path, file, call) for path, file in module.sources(program) for call in file.calls]
    plain = {(path, call.line) for path, _, call in listed if call.callee in _PLAIN}
    own = {(path, call.line) for path, file, call in listed
           if serves_framework(framework, file, call.callee, call.arguments)}  # fmt: skip
    reached = reach(module, program)
    if not plain or len(plain | own) < 2 or not reached.whole or reached.cut or reached.misses:
        return frozenset()
    lines = reached.lines_of(reached.waited.values(), aside=False)
    held = {(path, line) for path, line in plain | own if line in lines.get(path, ())}
    return frozenset(plain - held if held else ())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_in(item: _Listener, lines: dict[str, set[int]]) -> bool:
    return item.line in lines.get(item.path, ()) or (item.line == 0 and item.path in lines)


def _listens(
    places: Iterable[DeclarationPlace], lines: dict[str, set[int]], listeners: list[_Listener], *, told: bool = False
) -> bool:
    """Whether one of the lines that listen is among those of some declarations, and is no helper's; ``told``: a command
    leads there."""
    inside = list(places)
    for item in listeners:
        if _is_in(item, lines):
            around = [place for place in inside if place.path == item.path]
            if not any(_is_helper(place, item, listeners, told=told) for place in around):
                return True
    return False


def _is_helper(place: DeclarationPlace, item: _Listener, listeners: list[_Listener], *, told: bool) -> bool:
    """Whether a listener is there for one answer, as of a browser where somebody logs in: the function that opens it on
    the loopback closes it again, and no signal is what it waits for."""
    declared = place.declaration
    first, last = declared.lines
    if not first <= item.line <= last:
        return False
    words = declared.words | declared.aside
    for part in declared.parts:
        words |= part.words | part.aside
    closed = any(word.endswith((".Shutdown", ".Close")) for word in words)
    if not closed or any(word.startswith("signal.") or word.endswith(".Done") for word in words):
        return False
    beside = [other for other in listeners if other.path == item.path and first <= other.line <= last]
    addresses = [other.address for other in beside if other.address]
    return told or (bool(addresses) and all(_LOOPBACK.fullmatch(address) for address in addresses))


def _blocks(places: Iterable[DeclarationPlace]) -> bool:
    """Whether something that main comes to waits: for goroutines, for a channel."""
    return any(
        word.rpartition(".")[2] in _WAITS or place.declaration.receives
        for place in places
        for word in place.declaration.words | {""}
    )
