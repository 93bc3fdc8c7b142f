"""The facts of one Go service: the steps that fill its draft, in their order.

A step may read what earlier ones have put into the draft.
"""

from collections.abc import Callable

from msgspec import Struct, field

from genfile.data import Framework
from genfile.detect.go.build import put_build
from genfile.detect.go.claims import choose_program, keeps_running, serves
from genfile.detect.go.command import arguments
from genfile.detect.go.companions import Companion, companions, put_companions
from genfile.detect.go.context import put_context
from genfile.detect.go.identity import put_framework, put_identity
from genfile.detect.go.life import life
from genfile.detect.go.module import GoModule, GoProgram, read_module
from genfile.detect.go.network import put_network
from genfile.detect.go.outside import put_beside, put_kept, put_outside, put_procfile, put_system
from genfile.detect.go.port import Sources, asked_address
from genfile.detect.go.private import put_private
from genfile.detect.go.reach import put_reachable
from genfile.detect.go.stopped import put_stopped
from genfile.detect.go.version import go_version
from genfile.detect.oneoff import put_one_off
from genfile.detect.tree import Project
from genfile.evidence import Draft


class _Service(Struct):
    """What the steps know: the module, the program that is built, its packages, those of all programs in the image,
    and what is decided so far."""

    module: GoModule
    program: GoProgram
    sources: Sources
    companions: tuple[Companion, ...]
    all_sources: Sources
    framework: Framework | None = None
    draft: Draft = field(default_factory=Draft)


def detect(folder: Project) -> Draft:
    """The draft of a module that was claimed, filled by `STEPS`."""
    module = read_module(folder)
    if module is None:
        return Draft()
    program = choose_program(module)
    sources, beside = module.sources(program), companions(module, program)
    service = _Service(module, program, sources, beside, _together(module, sources, beside))
    for step in STEPS:
        step(service)
    return service.draft


def _together(module: GoModule, sources: Sources, beside: tuple[Companion, ...]) -> Sources:
    """The files of a program, then those that only its companions have."""
    found = dict(sources)
    for item in beside:
        for path, file in module.sources(item.program):
            found.setdefault(path, file)
    return list(found.items())


def _identity(service: _Service) -> None:
    """The name, the module, the main package, the lockfile."""
    kept = {item.program.folder for item in service.companions}
    put_identity(service.module, service.program, kept, service.draft)


def _version(service: _Service) -> None:
    """The Go release that builds it."""
    go_version(service.module, service.draft)


def _framework(service: _Service) -> None:
    """The framework that serves, or net/http."""
    service.framework = put_framework(service.module, service.program, service.sources, service.draft)


def _network(service: _Service) -> None:
    """The port, the variable that sets it, the health endpoint."""
    put_network(service.module, service.program, service.sources, service.framework, service.draft)


def _system(service: _Service) -> None:
    """System packages, and whether C is compiled."""
    put_system(service.module, service.all_sources, service.draft)


def _outside(service: _Service) -> None:
    """Files that the program reads and writes, databases, variables; the programs that run beside it."""
    put_outside(service.module, service.program, service.all_sources, service.draft)
    put_kept(service.module, service.framework, service.draft)
    put_beside(service.module, service.draft)
    put_companions(service.module, service.companions, service.draft)
    put_stopped(service.module, service.sources, service.draft)


def _context(service: _Service) -> None:
    """What the build context holds, and the credentials for private modules."""
    put_context(service.module, service.draft)
    put_private(service.module, service.draft)


def _command(service: _Service) -> None:
    """The arguments of the program: of a Procfile, or those that make it serve."""
    draft = service.draft
    put_procfile(service.module, draft)
    given = arguments(service.module, service.program, service.sources) if len(draft.values["start"]) == 1 else None
    if given is not None and given.value:
        draft.put("start", given.but([*draft.values["start"], *given.value]))


def _course(service: _Service) -> None:
    """Whether the program ends by itself. A Procfile is only for what runs on."""
    module, program = service.module, service.program
    stays = serves(module, program) or keeps_running(module, program) is not None
    course = life(module, program)
    if course.course == "ends" and not stays and not module.folder.has("Procfile"):
        put_one_off(service.draft, course.reason)


def _build(service: _Service) -> None:
    """The commands and flags of the build."""
    put_build(service.module, service.all_sources, service.draft)


def _reachable(service: _Service) -> None:
    """A server that listens on the loopback interface alone is told to listen on all."""
    asked = asked_address(service.module, service.program, service.framework)
    put_reachable(asked, service.sources, service.draft)


STEPS: tuple[Callable[[_Service], None], ...] = (
    _identity,
    _version,
    _framework,
    _network,
    _system,
    _outside,
    _context,
    _command,
    _course,
    _build,
    _reachable,
)
