"""The facts of one Go service, put together."""

import posixpath
import re

from genfile.data import Framework, backing_services, frameworks, system_packages
from genfile.detect.go.build import put_build
from genfile.detect.go.claims import choose_program, serves, stays
from genfile.detect.go.command import arguments
from genfile.detect.go.context import needs_sums, put_context
from genfile.detect.go.files import beside_binary, data_folder, find_assets, find_changed, find_writable, working_folder
from genfile.detect.go.life import running
from genfile.detect.go.module import GoModule, GoProgram, read_module
from genfile.detect.go.port import HEALTH_PATHS, Sources, find_port
from genfile.detect.go.private import put_private
from genfile.detect.go.reach import put_reachable
from genfile.detect.go.required import put_needed
from genfile.detect.go.routes import health_route
from genfile.detect.go.settings import put_dotenv
from genfile.detect.go.stores import put_stores
from genfile.detect.go.version import go_version
from genfile.detect.hosting import run_packages
from genfile.detect.paths import inside, relative
from genfile.detect.shared import is_secret, started
from genfile.detect.tree import Project
from genfile.detect.written import overwrites
from genfile.evidence import Draft, Fact
from genfile.parsers.small import parse_procfile
from genfile.parsers.values import EnvDefault
from genfile.spec.base import service_name

_NOT_FOR_GO = ("lib", "fonts", "media-types", "gnupg", "zip", "unzip")


def detect(folder: Project) -> Draft:
    """Fill a draft for a module that was claimed."""
    draft = Draft()
    module = read_module(folder)
    if module is None:
        return draft
    program = choose_program(module)
    sources = module.sources(program)
    _put_identity(module, program, draft)
    go_version(module, draft)
    framework = _put_framework(module, program, sources, draft)
    _put_network(module, program, sources, framework, draft)
    _put_dependencies(module, sources, draft)
    _put_outside(module, program, sources, draft)
    _put_kept(module, framework, draft)
    _put_beside(module, draft)
    put_dotenv(module, sources, draft)
    put_context(module, draft)
    put_private(module, draft)
    _put_processes(module, draft)
    given = arguments(module, program, sources) if len(draft.values["start"]) == 1 else None
    if given is not None and given.value:
        draft.put("start", given.but([*draft.values["start"], *given.value]))
    put_build(module, sources, draft)
    put_reachable(module, sources, draft)
    return draft


def _put_identity(module: GoModule, program: GoProgram, draft: Draft) -> None:
    folder = module.folder
    draft.values["language"] = "go"
    main = next(path for path, file in module.package(program.folder) if file.has_main)
    manifest = folder.says("go.mod", module.manifest.lines.get("module"), f"module {module.manifest.module}")
    manager = folder.says("go.mod", 1, "go.mod")
    if module.loose is not None:
        manifest = manager = folder.says(main, 1, "package main, without go.mod")
    name = service_name(
        module.base_name if program.folder == "." or program.name in ("main", "server", "app", "cmd") else program.name
    )
    draft.put("name", Fact(name, (manifest,)))
    draft.put("module", Fact(module.manifest.module, (manifest,)))
    draft.put("package_manager.name", Fact("gomod", (manager,)))
    if folder.has("go.sum"):
        draft.put("package_manager.lockfile", folder.fact(folder.full("go.sum"), "go.sum", 1, "go.sum"))
    # `go mod tidy` makes the sums too; a vendor/ of older tools is not a part of a module.
    made = module.loose is not None and not folder.has_folder("vendor")
    draft.put("sums", Fact(made or folder.has("go.sum") or (module.loose is None and not needs_sums(module))))
    mains = [path for path, file in module.package(program.folder) if file.has_main]
    if len(mains) > 1:
        text = f"main is declared in {', '.join(mains[:4])}: go build refuses such a package: keep one of them in it"
        draft.note("warning", text, folder.full(mains[1]))
    others = [item for item in module.programs if item != program]
    draft.put(
        "main_package",
        Fact(
            program.package,
            (folder.says(main, 1, "package main"),),
            guess=len(others) > 0 and not stays(module, program),
        ),
    )
    binary = service_name(program.name, "app")
    draft.put("start", Fact([f"/app/{binary}"], (folder.says(main, 1, "package main"),)))
    if others:
        draft.values["commands"] = {service_name(item.name): item.package for item in reversed(module.programs)}
        names = ", ".join(item.package for item in others[:8])
        draft.note(
            "info",
            f"the image builds {program.package}; the module also has {names} (choose one with --set main_package=…)",
            manifest.path,
        )
    if module.tags:
        draft.put("tags", Fact(list(module.tags), tuple(module.tags.values())[:1]))
    # Before 1.14 go took vendor/ only when told to, and such folders are often not whole.
    old = re.fullmatch(r"1\.(\d|1[0-3])(\.\d+)?", module.manifest.go or "1.13") is not None
    if folder.has("vendor/modules.txt") and not old:
        draft.put("vendored", folder.fact(True, "vendor/modules.txt", 1, "vendor/modules.txt"))


def _put_framework(module: GoModule, program: GoProgram, sources: Sources, draft: Draft) -> Framework | None:
    """The first framework that go.mod requires and the program's packages import; else net/http."""
    imported = {name for _, file in sources for name in file.imports}
    if module.is_cut(program):
        imported |= {item.path for item in module.manifest.requires if not item.indirect}
    for item in frameworks("go"):
        for name in item.dependencies if item.kind == "server" else ():
            if item.name == "grpc" and not any(
                call.callee == "grpc.NewServer" for _, file in sources for call in file.calls
            ):
                continue
            if item.name == "grpc" and _listens_http(sources):
                continue
            if module.requires(name) and _is_used(item, name, imported) and serves(module, program):
                draft.put("framework", Fact(item.name, (module.says(name),)))
                for key, value in item.environment.items():
                    draft.values.setdefault("environment", []).append({"name": key, "phase": "run", "value": value})
                if item.arguments:
                    draft.values["start"] = [*draft.values["start"], *item.arguments]
                return item
    found = next(((path, file) for path, file in sources if "net/http" in file.imports), None)
    if found is not None and serves(module, program):
        path, file = found
        draft.put("framework", module.folder.fact("net-http", path, file.imports.get("net/http"), "net/http"))
    return None


def _is_used(item: Framework, name: str, imported: set[str]) -> bool:
    """Whether a framework's own package is imported, or one of those that serve; `beego/logs` alone is a logger."""
    if item.imports:
        return name in imported or bool(imported & set(item.imports))
    return any(path == name or path.startswith(name + "/") for path in imported)


def _listens_http(sources: Sources) -> bool:
    return any(call.callee.startswith("http.ListenAndServe") for _, file in sources for call in file.calls) or any(
        kind == "http.Server" for _, file in sources for kind, *_ in file.fields
    )


def _put_network(
    module: GoModule, program: GoProgram, sources: Sources, framework: Framework | None, draft: Draft
) -> None:
    if not serves(module, program):
        return
    port = find_port(module, running(module, program, sources), framework)
    if port is None:
        where = draft.evidence["/framework"].evidence if "/framework" in draft.evidence else ()
        draft.put("port", Fact(8080, where, guess=True, remedy="read the port from PORT, with a default"))
        return
    draft.put(
        "port",
        Fact(port.value.number or 8080, port.evidence, port.guess or port.value.number is None, port.remedy),
    )
    if port.guess and port.value.assumed:
        says = port.evidence[0]
        draft.note("info", f"{says}: no port found; using {port.value.number}", says.path, says.line)
    if port.value.variable and not _holds_address(sources, port.value.variable):
        draft.put("port_variable", port.but(port.value.variable))
    health = health_route(module, sources, HEALTH_PATHS)
    if health is not None:
        draft.put("health", health.but({"path": health.value}))


def _holds_address(sources: Sources, variable: str) -> bool:
    """Whether a variable is a whole address, as LISTEN_ADDR with the default ":8080": a number alone is none, and the
    program's own default is the port already."""
    for _, file in sources:
        values = [value for call in file.calls for value in call.arguments if isinstance(value, EnvDefault)]
        defaults = [value.default for value in values if value.name == variable]
        if any(isinstance(text, str) and ":" in text for text in (*defaults, file.env_defaults.get(variable))):
            return True
    return False


def _put_dependencies(module: GoModule, sources: Sources, draft: Draft) -> None:
    """What the imported packages need of the system: a C compiler, libraries, a folder for a database."""
    folder = module.folder
    own = next(((path, file) for path, file in sources if "C" in file.imports), None)
    build: set[str] = set()
    run: set[str] = set()
    evidence = []
    cgo = folder.fact(True, own[0], own[1].imports["C"], 'import "C"') if own else None
    imported = {name for _, file in sources for name in file.imports}
    for name, needs in system_packages("go").items():
        through = [name, *needs.through]
        used = next((item for item in through if any(f"{path}/".startswith(f"{item}/") for path in imported)), None)
        # Before 1.17 go.mod did not list what only others need; without one nothing is listed but what is imported.
        listed = name if module.requires(name) else used
        if used is not None and listed is not None and module.requires(listed):
            says = module.says(listed)
            if needs.store and "data" not in draft.values:
                draft.put("data", data_folder(module, sources, says))
            if needs.cgo:
                cgo = cgo or Fact(True, (says,))
            if needs.build or needs.run:
                evidence.append(says)
                build.update(needs.build)
                run.update(needs.run)
    programs, says_programs = run_packages(folder)
    # A static program needs no library and no list of types: only programs that it starts.
    kept = [
        (name, says) for name, says in zip(programs, says_programs, strict=True) if not name.startswith(_NOT_FOR_GO)
    ]
    run.update(name for name, _ in kept)
    evidence.extend(says for _, says in kept)
    for path, file in sources:
        for call in file.calls:
            package = started(call.arguments) if call.callee in ("exec.Command", "exec.LookPath") else None
            if package is not None and package not in run:
                run.add(package)
                evidence.append(folder.says(path, call.line, f"{call.callee} runs it"))
    draft.put("cgo", cgo)
    if build or run:
        draft.put("system_packages", Fact({"build": sorted(build), "run": sorted(run)}, tuple(evidence)))


def _put_outside(module: GoModule, program: GoProgram, sources: Sources, draft: Draft) -> None:
    """Files that are opened, databases that are spoken to, variables that are read."""
    folder = module.folder
    start = working_folder(module, program, sources)
    assets = find_assets(module, sources, start.value if start is not None else "")
    draft.put("working_folder", start.but(folder.full(start.value)) if start is not None else None)
    if assets is not None:
        draft.put("assets", assets.but([folder.full(name) for name in assets.value]))
    writable = find_writable(module, sources)
    if writable is not None:
        kept = [folder.full(name) for name in writable.value]
        kept = [name for name in kept if name != draft.values.get("data")]
        draft.put("writable", writable.but(kept) if kept else None)
    for name, says in find_changed(module, sources):
        overwrites(folder, draft, name, says)
    beside = beside_binary(module, sources)
    if beside is not None:
        text = (
            f"{beside}: if the program writes files beside its binary, that fails in the image; write to a folder of "
            "its own and mount a volume there"
        )
        draft.note("warning", text, beside.path, beside.line)
    backing = {
        service.name: module.says(dependency)
        for service in backing_services().values()
        for dependency in service.go
        if module.requires(dependency)
    }
    if backing:
        draft.put("backing_services", Fact(sorted(backing), tuple(backing[name] for name in sorted(backing))))
    present = {item["name"] for item in draft.values.get("environment", ())} | {draft.values.get("port_variable")}
    for item in (item for _, file in sources for item in file.env_names):
        if item.name not in present and len(present) < 80:
            present.add(item.name)
            value = {"name": item.name, "phase": "run", "secret": is_secret(item.name)}
            draft.values.setdefault("environment", []).append(value)
    put_needed(module, sources, draft)
    put_stores(module, sources, draft)


def _put_kept(module: GoModule, framework: Framework | None, draft: Draft) -> None:
    """The files and folders that the framework itself reads in the working folder, where they are there."""
    folder = module.folder
    listed: list[str] = draft.values.get("assets", [])
    found = [name for name in framework.keeps if folder.has(name) or folder.has_folder(name)] if framework else []
    kept = [name for name in found if not any(inside(folder.full(name), path) for path in listed)]
    if framework is None or not kept:
        return
    says = module.says(next(name for name in framework.dependencies if module.requires(name)))
    known = draft.evidence["/assets"].evidence if listed else ()
    evidence = (*known, *(folder.says(name, None, f"{framework.name} reads it") for name in kept), says)
    names = sorted({*listed, *(folder.full(name) for name in kept)})
    draft.put(
        "assets", Fact([name for name in names if not any(inside(name, o) for o in names if o != name)], evidence)
    )


def _put_beside(module: GoModule, draft: Draft) -> None:
    """A program whose name is that of a folder which it opens or writes to is put into one of its own."""
    names = ("assets", "writable")
    paths = [path for name in names for path in draft.values.get(name, ())]
    paths += [path for name in ("working_folder", "data") if (path := draft.values.get(name))]
    taken = {relative(path, module.folder.path).split("/")[0] for path in paths}
    start = draft.values["start"]
    if posixpath.basename(start[0]) in taken:
        place = next(name for name in ("bin", "program", "run") if name not in taken)
        draft.values["start"] = [f"/app/{place}/{posixpath.basename(start[0])}", *start[1:]]


def _put_processes(module: GoModule, draft: Draft) -> None:
    folder = module.folder
    processes = folder.parse(parse_procfile, "Procfile") if folder.has("Procfile") else None
    if processes and "web" in processes:
        words = processes["web"][0].split()
        if words and words[0].startswith("bin/") and len(words) > 1 and not any("$" in word for word in words):
            draft.values["start"] = [draft.values["start"][0], *words[1:]]
