"""Whether a Go module is a service, a library, or a terminal tool."""

from collections.abc import Callable, Iterable
from typing import Any

from genfile.data import frameworks
from genfile.detect.go.dispatch import SERVING
from genfile.detect.go.life import COMMON, life, main_held, reach, staying
from genfile.detect.go.module import GoModule, GoProgram, read_module
from genfile.detect.go.serving import command_of, serving
from genfile.detect.hosting import hosting
from genfile.detect.language import Claim, Strength
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Note
from genfile.parsers.values import port_of

# Names of programs that serve, best first; the module's own name comes before them.
SERVICE_NAMES = tuple(
    """
    server api web app service main httpd http backend gateway apiserver api-server serve site
    """.split()
)
# Libraries for terminal commands: a Dockerfile beside them only packs the tool.
_TERMINAL = (
    "github.com/spf13/cobra",
    "github.com/urfave/cli",
    "github.com/alecthomas/kong",
    "github.com/charmbracelet/bubbletea",
)
# Prompts and line editing at a terminal.
_QUESTIONS = (
    "github.com/manifoldco/promptui", "github.com/AlecAivazis/survey", "github.com/charmbracelet/huh",
    "github.com/chzyer/readline", "github.com/peterh/liner", "github.com/c-bata/go-prompt",
    "github.com/eiannone/keyboard",
)  # fmt: skip
# Windows, trays and games: a program that imports one is for a desktop, even if it listens.
_DESKTOP = (
    "github.com/getlantern/systray", "fyne.io/systray", "fyne.io/fyne", "gioui.org", "github.com/wailsapp/wails",
    "github.com/webview/webview", "github.com/webview/webview_go", "github.com/zserge/lorca", "github.com/lxn/walk",
    "github.com/gotk3/gotk3", "github.com/diamondburned/gotk4", "github.com/hajimehoshi/ebiten",
    "github.com/go-gl/glfw",
    "github.com/veandco/go-sdl2", "github.com/therecipe/qt", "github.com/asticode/go-astilectron",
    "github.com/energye/systray", "github.com/AllenDang/giu", "github.com/richardwilkes/unison",
)  # fmt: skip
# Full-screen terminal interfaces: if such a program listens, it is for scripts on the same machine.
_SCREENS = (
    "github.com/gdamore/tcell",
    "github.com/rivo/tview",
    "github.com/nsf/termbox-go",
    "github.com/jroimartin/gocui",
)
_LISTENERS = frozenset({"ListenAndServe", "ListenAndServeTLS", "Listen", "Serve", "Run", "Start", "RunTLS", "StartTLS"})


def claim(folder: Project) -> Claim | None:
    """The claim of a module with a service; None for a library or a module of tools."""
    module = read_module(folder)
    if module is None or not module.programs:
        return None
    program = choose_program(module)
    path = next(path for path, file in module.package(program.folder) if file.has_main)
    if for_desktop(module, program) or draws_terminal(module, program):
        return None
    if serves(module, program) and not is_console(module, program):
        # A folder with a manifest comes before one that genfile makes a manifest for.
        strength: Strength = "server" if module.loose is None else "program"
        return Claim(strength, folder.says(path, 1, "package main that listens"))
    reason = _runs_long(module, program)
    return Claim("program", reason) if reason is not None else None


def is_console(module: GoModule, program: GoProgram) -> bool:
    """Whether a terminal tool that talks to a person without being told a command listens for its own run alone: it
    has no framework of servers, no command of a server's name, and nothing in the tree runs it anywhere else."""
    found, folder = reach(module, program), module.folder
    if folder.has("Procfile") or hosting(folder).dockerfiles or hosting(folder).port is not None:
        return False
    named = {command.words[-1] for command in found.commands.listed if command.words} & {*SERVING} - COMMON
    if _of_terminal(module, program) is None or named or command_of(module, program) is not None:
        return False
    servers = {name for item in frameworks("go") if item.kind == "server" for name in item.dependencies}
    asks = any(hold.kind == "asks" for _, hold in main_held(found, found.waited.values()))
    return asks and _imported(module, program, servers) is None


def _runs_long(module: GoModule, program: GoProgram) -> Evidence | None:
    """The sign that a program which listens to nothing keeps running; a terminal tool has none."""
    folder = module.folder
    if folder.has("Procfile"):
        return folder.says("Procfile", 1, "Procfile")
    reason = keeps_running(module, program)
    course = life(module, program).course
    if reason is not None or _of_terminal(module, program) is not None or course == "asks":
        return reason
    # Without a start command it only packs a program that ends: a disk image, a tool for others.
    if hosting(folder).dockerfiles and (course != "ends" or hosting(folder).starts):
        return Evidence(hosting(folder).dockerfiles[0], 1, "a Dockerfile")
    return None


def keeps_running(module: GoModule, program: GoProgram) -> Evidence | None:
    """The sign in its own code that a program which listens to nothing keeps running; a terminal tool has none."""
    course = life(module, program)
    workers = {name for item in frameworks("go") if item.kind == "worker" for name in item.dependencies}
    works = _imported(module, program, workers)
    if works is not None and course.course != "asks":
        return works
    of_terminal = _of_terminal(module, program) is not None
    command = staying(module, program) if course.course != "stays" else None
    if command is not None and not (of_terminal and command.words[-1] in COMMON):
        says = f"{' '.join(command.words)} keeps running"
        return module.folder.says(command.place.path, command.part.branch.line, says)
    if of_terminal or course.course == "asks":
        return None
    return course.reason if course.course == "stays" else None


def _of_terminal(module: GoModule, program: GoProgram) -> Evidence | None:
    """Where a program imports a library for commands and prompts at a terminal."""
    return _imported(module, program, (*_TERMINAL, *_QUESTIONS))


def _imported(module: GoModule, program: GoProgram, names: Iterable[str]) -> Evidence | None:
    """The first import of one of these modules, in any major version, in a file that the program reaches."""
    listed = tuple(names)
    reached = reach(module, program)
    for path, file in module.sources(program):
        for name, line in file.imports.items():
            if any(name == item or name.startswith(item + "/") for item in listed) and path in reached.lines:
                return module.folder.says(path, line, name)
    return None


def why_none(folder: Project) -> Note | None:
    """Why a module's programs are not services, for a tree without services."""
    module = read_module(folder)
    if module is None or not module.programs:
        name = next(folder.files("*.go"), None) if module is not None and module.loose is not None else None
        text = "Go code without a go.mod and without a main package; run `go mod init` to create a go.mod"
        return Note("info", f"{folder.full(name)}: {text}", folder.full(name)) if name is not None else None
    program = choose_program(module)
    if for_desktop(module, program):
        text = "the program opens desktop windows"
    elif draws_terminal(module, program):
        text = "the program draws in a terminal"
    elif (course := life(module, program)).course == "asks":
        return _none(course.reason, "the program asks a person at a terminal")
    elif (tool := _of_terminal(module, program)) is not None:
        return _none(tool, "the program is a command-line tool")
    elif course.course == "ends":
        return _none(course.reason, "the program exits by itself; nothing that main reaches listens, waits or loops")
    else:
        return None
    path = next(path for path, file in module.package(program.folder) if file.has_main)
    return _none(folder.says(path, 1, "package main"), text)


def _none(reason: Evidence | None, text: str) -> Note | None:
    return Note("info", f"{reason}: {text}, so it is not a service", reason.path, reason.line) if reason else None


def choose_program(module: GoModule) -> GoProgram:
    """The main package of the service: of several, the one that listens, that the project releases, that has a server's
    name, that is nearest."""
    programs = module.programs
    if len(programs) == 1:
        return programs[0]
    ranks: tuple[Callable[[GoProgram], Any], ...] = (
        lambda item: for_desktop(module, item),
        lambda item: not serves(module, item),
        lambda item: _course_rank(module, item),
        lambda item: item.folder not in module.declared,
        lambda item: _rank(module, item),
        lambda item: (item.folder.count("/"), item.folder),
    )
    for rank in ranks:
        # The dear ones are asked of those alone that the ones before leave.
        ranked = [(rank(item), item) for item in programs]
        best = min(place for place, _ in ranked)
        programs = tuple(item for place, item in ranked if place == best)
        if len(programs) == 1:
            break
    return programs[0]


# Programs that stay come first, then unknown ones, then those that end or ask somebody.
_COURSES = ("stays", "unknown", "ends", "asks")


def _course_rank(module: GoModule, program: GoProgram) -> int:
    """How likely a program is the service, by what keeps it running."""
    if serves(module, program):
        return 0
    of_terminal = _of_terminal(module, program) is not None
    if (command := staying(module, program)) is not None and not (of_terminal and command.words[-1] in COMMON):
        return 0
    return len(_COURSES) if of_terminal else _COURSES.index(life(module, program).course)


def stays(module: GoModule, program: GoProgram) -> bool:
    """Whether a program certainly stays: it listens, or waits for ever."""
    return serves(module, program) or (_course_rank(module, program) == 0)


def for_desktop(module: GoModule, program: GoProgram) -> bool:
    """Whether a main package itself opens windows or uses the system tray."""
    return any(
        name == item or name.startswith(item + "/")
        for _, file in module.package(program.folder)
        for name in file.imports
        for item in _DESKTOP
    )


def draws_terminal(module: GoModule, program: GoProgram) -> bool:
    """Whether a program has a full-screen terminal interface; of several, the one that imports its library."""
    if not any(module.requires(name) or module.requires(name + "/v2") for name in _SCREENS):
        return False
    others = (other for other in module.programs if other != program)
    return _imported(module, program, _SCREENS) is not None or not any(
        _imported(module, other, _SCREENS) for other in others
    )


def _rank(module: GoModule, program: GoProgram) -> int:
    if program.folder == ".":
        return 0
    # Beside a daemon with the module's name, the program with just the name is its client.
    base, name = module.base_name.lower(), program.name.lower()
    if name in (f"{base}d", f"{base}s", f"{base}-server", f"{base}server"):
        return 1
    if name == base:
        return 2
    return 3 + SERVICE_NAMES.index(name) if name in SERVICE_NAMES else 99


def serves(module: GoModule, program: GoProgram) -> bool:
    """Whether a program listens on the network, directly or through one of its commands."""
    return serving(module, program)


def listens(callee: str, arguments: tuple[object, ...]) -> bool:
    """Whether a call binds an address."""
    return callee.rsplit(".", 1)[-1] in _LISTENERS and any(port_of(value) != (None, None) for value in arguments)


def bare_program(folder: Project) -> Evidence | None:
    """The root's main package, unless it ends by itself, is for a terminal, or is released as a tool."""
    module = read_module(folder) if folder.has("go.mod") else None
    if module is None or not module.programs:
        return None
    if any(folder.has(name) for name in (".goreleaser.yaml", ".goreleaser.yml")):
        return None
    program = choose_program(module)
    if for_desktop(module, program) or draws_terminal(module, program) or _of_terminal(module, program) is not None:
        return None
    path, file = next(pair for pair in module.package(program.folder) if pair[1].has_main)
    if "flag" in file.imports or "os/exec" in file.imports or life(module, program).course != "unknown":
        return None
    return folder.says(path, 1, "package main")
