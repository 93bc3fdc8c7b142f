"""What a Go service is: its name, module, main package, lockfile and framework."""

import re
from collections.abc import Collection

from genfile.data import Framework, frameworks
from genfile.detect.go.claims import serves, stays
from genfile.detect.go.context import needs_sums
from genfile.detect.go.module import GoModule, GoProgram
from genfile.detect.go.port import Sources
from genfile.evidence import Draft, Fact
from genfile.spec.base import service_name

# Names of folders and files that don't describe the program.
_COMMON = ("main", "server", "app", "cmd")


def put_identity(module: GoModule, program: GoProgram, kept: Collection[str], draft: Draft) -> None:
    """Put /name, /module, the lockfile, /main_package, /start, /commands, /tags and /vendored; ``kept``: the folders of
    other programs that the image has."""
    draft.values["language"] = "go"
    main = next(path for path, file in module.package(program.folder) if file.has_main)
    _put_module(module, program, draft, main)
    _put_program(module, program, kept, draft, main)
    if module.tags:
        draft.put("tags", Fact(list(module.tags), tuple(module.tags.values())[:1]))
    # Before 1.14, Go used vendor/ only when told to, and such folders are often incomplete.
    old = re.fullmatch(r"1\.(\d|1[0-3])(\.\d+)?", module.manifest.go or "1.13") is not None
    if module.folder.has("vendor/modules.txt") and not old:
        draft.put("vendored", module.folder.fact(True, "vendor/modules.txt", 1, "vendor/modules.txt"))


def _put_module(module: GoModule, program: GoProgram, draft: Draft, main: str) -> None:
    """What go.mod and go.sum say; without go.mod, ``main`` is the evidence: the file with the main function."""
    folder = module.folder
    manifest = folder.says("go.mod", module.manifest.lines.get("module"), f"module {module.manifest.module}")
    manager = folder.says("go.mod", 1, "go.mod")
    if module.loose is not None:
        manifest = manager = folder.says(main, 1, "package main, without go.mod")
    name = module.base_name if program.folder == "." or program.name in _COMMON else program.name
    draft.put("name", Fact(service_name(name), (manifest,)))
    draft.put("module", Fact(module.manifest.module, (manifest,)))
    draft.put("package_manager.name", Fact("gomod", (manager,)))
    if folder.has("go.sum"):
        draft.put("package_manager.lockfile", folder.fact(folder.full("go.sum"), "go.sum", 1, "go.sum"))
    # `go mod tidy` also creates the sums; an older tool's vendor/ is not part of a module.
    made = module.loose is not None and not folder.has_folder("vendor")
    draft.put("sums", Fact(made or folder.has("go.sum") or (module.loose is None and not needs_sums(module))))


def _put_program(module: GoModule, program: GoProgram, kept: Collection[str], draft: Draft, main: str) -> None:
    """The main package that is built, its binary, and the other programs of the module."""
    folder, says = module.folder, (module.folder.says(main, 1, "package main"),)
    mains = [path for path, file in module.package(program.folder) if file.has_main]
    if len(mains) > 1:
        text = f"main is declared in {', '.join(mains[:4])}, so go build refuses this package; keep one of them in it"
        draft.note("warning", text, folder.full(mains[1]))
    others = [item for item in module.programs if item != program]
    draft.put("main_package", Fact(program.package, says, guess=bool(others) and not stays(module, program)))
    draft.put("start", Fact([f"/app/{service_name(program.name, 'app')}"], says))
    if others:
        draft.values["commands"] = {service_name(item.name): item.package for item in reversed(module.programs)}
    left = [item for item in others if item.folder not in kept]
    if left:
        names = ", ".join(item.package for item in left[:8])
        text = f"the image builds {program.package}; the module also has {names} (choose one with --set main_package=…)"
        draft.note("info", text, draft.evidence["/module"].evidence[0].path)


def put_framework(module: GoModule, program: GoProgram, sources: Sources, draft: Draft) -> Framework | None:
    """Put the first framework that go.mod requires and the program imports, else net/http; returns the framework."""
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
