"""Is a Go module a service, a library, or a tool for a terminal?"""

from genfile.data import frameworks
from genfile.detect.go.module import GoModule, Program, read_module
from genfile.detect.language import Claim
from genfile.detect.tree import Project
from genfile.parsers.values import port_of

# Names of programs that serve, best first; the module's own name stands before them.
SERVICE_NAMES = tuple(
    """
    server api web app service main httpd http backend gateway apiserver api-server serve site
    """.split()
)
_LISTENERS = frozenset({"ListenAndServe", "ListenAndServeTLS", "Listen", "Serve", "Run", "Start", "RunTLS", "StartTLS"})


def claim(folder: Project) -> Claim | None:
    """The claim of a module's service; None for a library or a module of tools."""
    module = read_module(folder)
    if module is None or not module.programs:
        return None
    program = choose_program(module)
    path = next(path for path, file in module.package(program.folder) if file.has_main)
    if serves(module, program):
        return Claim("server", folder.says(path, 1, "package main, and it listens"))
    return Claim("program", folder.says(path, 1, "package main"))


def choose_program(module: GoModule) -> Program:
    """The main package that is the service: of several the one that listens, then by name, then the root's."""
    programs = module.programs
    if len(programs) == 1:
        return programs[0]
    return min(
        programs,
        key=lambda item: (not serves(module, item), _rank(module, item), item.folder.count("/"), item.folder),
    )


def _rank(module: GoModule, program: Program) -> int:
    if program.folder == ".":
        return 0
    if program.name in (module.base_name, f"{module.base_name}d", f"{module.base_name}-server"):
        return 1
    return 2 + SERVICE_NAMES.index(program.name) if program.name in SERVICE_NAMES else 99


def serves(module: GoModule, program: Program) -> bool:
    """Whether a program, or a package of the module that it imports, listens on the network."""
    names = {name for item in frameworks("go") if item.kind == "server" for name in item.dependencies}
    for _, file in module.sources(program):
        if any(name in names or name.startswith("google.golang.org/grpc") for name in file.imports):
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
