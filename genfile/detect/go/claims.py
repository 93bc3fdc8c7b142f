"""Is a Go module a service, a library, or a tool for a terminal?"""

from genfile.data import frameworks
from genfile.detect.go.module import GoModule, Program, declared_programs, read_module
from genfile.detect.hosting import hosting
from genfile.detect.language import Claim
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.values import port_of

# Names of programs that serve, best first; the module's own name stands before them.
SERVICE_NAMES = tuple(
    """
    server api web app service main httpd http backend gateway apiserver api-server serve site
    """.split()
)
# Made for commands at a terminal: a Dockerfile beside them only packs the tool.
_TERMINAL = (
    "github.com/spf13/cobra",
    "github.com/urfave/cli",
    "github.com/alecthomas/kong",
    "github.com/charmbracelet/bubbletea",
)
# Windows, trays and games: a program that imports one is for a desktop, whatever it listens on.
_DESKTOP = (
    "github.com/getlantern/systray", "fyne.io/systray", "fyne.io/fyne", "gioui.org", "github.com/wailsapp/wails",
    "github.com/webview/webview", "github.com/webview/webview_go", "github.com/zserge/lorca", "github.com/lxn/walk",
    "github.com/gotk3/gotk3", "github.com/diamondburned/gotk4", "github.com/hajimehoshi/ebiten",
    "github.com/go-gl/glfw",
    "github.com/veandco/go-sdl2", "github.com/therecipe/qt", "github.com/asticode/go-astilectron",
    "github.com/energye/systray", "github.com/AllenDang/giu", "github.com/richardwilkes/unison",
)  # fmt: skip
# A screen of its own at a terminal: what it listens on besides is for scripts beside it.
_SCREENS = (
    "github.com/gdamore/tcell",
    "github.com/rivo/tview",
    "github.com/nsf/termbox-go",
    "github.com/jroimartin/gocui",
)
# Calls of a program that is meant to stay.
_STAYING = frozenset({"signal.Notify", "signal.NotifyContext", "time.NewTicker", "time.Tick", "cron.New"})
_LISTENERS = frozenset({"ListenAndServe", "ListenAndServeTLS", "Listen", "Serve", "Run", "Start", "RunTLS", "StartTLS"})


def claim(folder: Project) -> Claim | None:
    """The claim of a module's service; None for a library or a module of tools."""
    module = read_module(folder)
    if module is None or not module.programs:
        return None
    program = choose_program(module)
    path = next(path for path, file in module.package(program.folder) if file.has_main)
    if for_desktop(module, program) or draws_terminal(module):
        return None
    if serves(module, program):
        return Claim("server", folder.says(path, 1, "package main, and it listens"))
    reason = _runs_long(module, program)
    return Claim("program", reason) if reason is not None else None


def _runs_long(module: GoModule, program: Program) -> Evidence | None:
    """A program that listens to nothing is a service only where something says that it stays: a tool for a terminal
    has none of these."""
    folder = module.folder
    if folder.has("Procfile"):
        return folder.says("Procfile", 1, "Procfile")
    if hosting(folder).dockerfiles and not any(module.requires(name) for name in _TERMINAL):
        return Evidence(hosting(folder).dockerfiles[0], 1, "a Dockerfile")
    path, file = next(pair for pair in module.package(program.folder) if pair[1].has_main)
    stays = next((call for call in file.calls if call.callee in _STAYING), None)
    if not any(module.requires(name) for name in _TERMINAL):
        if stays is not None:
            return folder.says(path, stays.line, stays.callee)
        if file.waits is not None:
            return folder.says(path, file.waits, "it waits for ever")
    workers = {name for item in frameworks("go") if item.kind == "worker" for name in item.dependencies}
    for path, file in module.sources(program):
        for name, line in file.imports.items():
            if any(name == item or name.startswith(item + "/") for item in workers):
                return folder.says(path, line, name)
    return None


def choose_program(module: GoModule) -> Program:
    """The main package that is the service: of several the one that listens, that the project itself releases, that
    has the name of one, that is nearest."""
    programs = module.programs
    if len(programs) == 1:
        return programs[0]
    declared = declared_programs(module.folder)
    return min(
        programs,
        key=lambda item: (
            for_desktop(module, item),
            not serves(module, item),
            item.folder not in declared,
            _rank(module, item),
            item.folder.count("/"),
            item.folder,
        ),
    )


def for_desktop(module: GoModule, program: Program) -> bool:
    """Whether a main package itself opens windows or sits in a tray."""
    return any(
        name == item or name.startswith(item + "/")
        for _, file in module.package(program.folder)
        for name in file.imports
        for item in _DESKTOP
    )


def draws_terminal(module: GoModule) -> bool:
    """Whether the module's program is one that draws on a terminal."""
    return any(module.requires(name) or module.requires(name + "/v2") for name in _SCREENS)


def _rank(module: GoModule, program: Program) -> int:
    if program.folder == ".":
        return 0
    # Where there is a daemon of the module's name, the program of the name itself is its client.
    base = module.base_name
    if program.name in (f"{base}d", f"{base}s", f"{base}-server", f"{base}server"):
        return 1
    if program.name == module.base_name:
        return 2
    return 3 + SERVICE_NAMES.index(program.name) if program.name in SERVICE_NAMES else 99


def serves(module: GoModule, program: Program) -> bool:
    """Whether a program, or a package of the module that it imports, listens on the network."""
    names = {name for item in frameworks("go") if item.kind == "server" for name in item.dependencies}
    # These are imported by clients too; what serves with them listens by calls of its own.
    names -= {"google.golang.org/grpc", "github.com/twitchtv/twirp", "connectrpc.com/connect"}
    for _, file in module.sources(program):
        if any(name in names for name in file.imports):
            return True
        if any(call.callee == "grpc.NewServer" for call in file.calls):
            return True
        if "net/http" in file.imports or "net" in file.imports:
            if any(kind in ("http.Server",) for kind, *_ in file.fields):
                return True
            if any(call.callee.startswith(("http.ListenAndServe", "http.Serve", "net.Listen")) for call in file.calls):
                return True
    return False


def listens(callee: str, arguments: tuple[object, ...]) -> bool:
    """Whether a call is one that binds an address."""
    return callee.rsplit(".", 1)[-1] in _LISTENERS and any(port_of(value) != (None, None) for value in arguments)


def bare_program(folder: Project) -> Evidence | None:
    """The root's main package, unless it is made for a terminal or released as a tool."""
    module = read_module(folder) if folder.has("go.mod") else None
    if module is None or not module.programs or any(module.requires(name) for name in _TERMINAL):
        return None
    if any(folder.has(name) for name in (".goreleaser.yaml", ".goreleaser.yml")):
        return None
    program = choose_program(module)
    path, file = next(pair for pair in module.package(program.folder) if pair[1].has_main)
    if for_desktop(module, program) or draws_terminal(module):
        return None
    if "flag" in file.imports or "os/exec" in file.imports:
        return None
    return folder.says(path, 1, "package main")
