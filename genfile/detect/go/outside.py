"""What a Go service has outside of its binary: system packages, files, databases, variables, a Procfile."""

import posixpath

from genfile.data import Framework, backing_services, load_table, system_packages
from genfile.detect.go.asked import asked_names
from genfile.detect.go.files import (
    asset_of,
    beside_binary,
    data_folder,
    far_databases,
    find_assets,
    find_changed,
    find_seeds,
    find_writable,
    lone_database,
    working_folder,
)
from genfile.detect.go.module import MAX_FILES, GoModule, GoProgram
from genfile.detect.go.port import Sources
from genfile.detect.go.required import put_needed
from genfile.detect.go.stores import put_stores
from genfile.detect.hosting import run_packages
from genfile.detect.mentioned import is_in_settings, words_for
from genfile.detect.paths import inside, relative
from genfile.detect.shared import is_secret, started
from genfile.detect.written import overwrites, put_apart
from genfile.evidence import About, Draft, Evidence, Fact, Topic
from genfile.parsers.gocaller import beside_source
from genfile.parsers.small import parse_procfile

_NOT_FOR_GO = ("lib", "fonts", "media-types", "gnupg", "zip", "unzip")


def put_system(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Put /system_packages, /cgo and /data: a C compiler, libraries, programs that the code starts, an embedded
    database."""
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
        # Before Go 1.17, go.mod did not list indirect requirements; without go.mod, only imports are known.
        listed = name if module.requires(name) else used
        if used is not None and listed is not None and module.requires(listed):
            says = module.says(listed)
            if needs.store and "data" not in draft.values:
                put_apart(draft, far_databases(module, sources))
                # A database elsewhere is its only one, if no other is named.
                near = data_folder(module, sources, says)
                if near is None or near.value != folder.spec_path or not draft.values.get("volumes"):
                    draft.put("data", near)
                _tell_of_lone_database(module, sources, draft)
            if needs.cgo:
                cgo = cgo or Fact(True, (says,))
            if needs.build or needs.run:
                evidence.append(says)
                build.update(needs.build)
                run.update(needs.run)
    programs, says_programs = run_packages(folder)
    # A static program needs no libraries and no list of MIME types, only programs that it starts.
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


def _tell_of_lone_database(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Warn of a database file beside the files that the image copies, where the program may not create any."""
    says = lone_database(module, sources) if "data" not in draft.values else None
    if says is not None:
        text = "the database file is in the working folder, where the program can't create it"
        text = f"{says}: {text}; keep it in a folder of its own, such as data/"
        draft.note("warning", text, says.path, says.line, About(Topic.BESIDE_CODE))


def put_outside(module: GoModule, program: GoProgram, sources: Sources, draft: Draft) -> None:
    """Put the files that are opened, the databases and the variables."""
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
    seeds = find_seeds(module, sources) if draft.values.get("data") else None
    if seeds is not None:
        inner = relative(draft.values["data"], folder.path)
        kept = [folder.full(name) for name in seeds.value if inner == "." or inside(name, inner)]
        draft.put("data_files", seeds.but(kept) if kept else None)
    put_beside_source(module, sources, draft)
    beside = beside_binary(module, sources)
    if beside is not None:
        text = (
            f"{beside}: if the program writes files beside its binary, that fails in the image; write to a folder of "
            "its own and mount a volume there"
        )
        draft.note("warning", text, beside.path, beside.line)
    put_backing(module, sources, draft)
    present = {item["name"] for item in draft.values.get("environment", ())} | {draft.values.get("port_variable")}
    names = [item.name for _, file in sources for item in file.env_names]
    for name in (*names, *(name for _, _, name in asked_names(sources))):
        if name not in present and len(present) < 80:
            present.add(name)
            value = {"name": name, "phase": "run", "secret": is_secret(name)}
            draft.values.setdefault("environment", []).append(value)
    put_needed(module, sources, draft)
    put_stores(module, sources, draft)


def put_backing(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Put /backing_services: the databases whose clients the module requires, without those that only others of its
    programs import, or that came with another library and that nothing of the program speaks of."""
    imported = {f"{name}/" for _, file in sources for name in file.imports}
    backing: dict[str, Evidence] = {}
    used: set[str] = set()
    direct: set[str] = set()
    for service in backing_services().values():
        for dependency in filter(module.requires, service.go):
            backing[service.name] = module.says(dependency)
            used |= {service.name} if any(name.startswith(f"{dependency}/") for name in imported) else set()
            direct |= {service.name} if module.requires_directly(dependency) else set()
    sql = set(load_table("connections")["sql"])
    # Another library may open what go.mod requires only for it, unless the program itself opens one of its kind.
    unused = direct | (sql if used & sql or _has_sqlite(imported) else set()) if len(sources) < MAX_FILES else set()
    names = [name for name in sorted(backing) if name in used or name not in unused]
    names = [name for name in names if name in used | direct or _speaks_of(module, sources, name)]
    if names:
        draft.put("backing_services", Fact(names, tuple(backing[name] for name in names)))


def _speaks_of(module: GoModule, sources: Sources, name: str) -> bool:
    """Whether the program's code, comments apart, or its settings have a word for a database."""
    service = backing_services()[name]
    said = words_for(service)
    code = (text for _, file in sources for text in (*file.imports, *(text for text, _ in file.strings)))
    tags = (text for _, file in sources for _, pairs, _ in file.tags for text in pairs.values())
    if any(said.search(text.lower()) for text in (*code, *tags)):
        return True
    return is_in_settings(module.folder, service)


def _has_sqlite(imported: set[str]) -> bool:
    """Whether one of the imported packages, each with a `/` at its end, opens SQLite."""
    stores = ((name, *needs.through) for name, needs in system_packages("go").items() if needs.store)
    known = tuple(f"{item}/" for names in stores if "sqlite" in names[0] for item in names if "sqlite" in item)
    return any(name.startswith(known) for name in imported)


def put_beside_source(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Put /source_files: what the program finds by its own source file; a note where that can't be copied."""
    folder = module.folder
    found: dict[str, Evidence] = {}
    for path, file in sources:
        beside = beside_source(file, path)
        if beside.line is None:
            continue
        says = folder.says(path, beside.line, "runtime.Caller(0)")
        there = [(name, line) for name, line in beside.named if asset_of(module, name) == name]
        found |= {name: folder.says(path, line, f"runtime.Caller(0), {name}") for name, line in there}
        if not there and (beside.named or beside.unknown):
            named = beside.named[0][0] if beside.named else None
            text = f"looks for {folder.full(named)}" if named is not None else "looks for files"
            text = f"{says}: the program {text} beside its source code, which the image does not have"
            draft.note("warning", f"{text}: take the path from a variable, or embed the files", says.path, says.line)
    if found:
        names = sorted(name for name in found if not any(name.startswith(f"{other}/") for other in found))
        draft.put("source_files", Fact([folder.full(name) for name in names], tuple(found[name] for name in names)))


def put_kept(module: GoModule, framework: Framework | None, draft: Draft) -> None:
    """Add to /assets the files and folders in the working folder that the framework itself reads."""
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


def put_beside(module: GoModule, draft: Draft) -> None:
    """Move the binary to a folder of its own if a folder that the program opens or writes has the same name."""
    start = draft.values["start"]
    draft.values["start"] = [binary_place(module, draft, posixpath.basename(start[0])), *start[1:]]


def binary_place(module: GoModule, draft: Draft, binary: str) -> str:
    """Where the image has a binary: in a folder of its own if what a program opens or writes has its name."""
    names = ("assets", "writable")
    paths = [path for name in names for path in draft.values.get(name, ())]
    paths += [path for name in ("working_folder", "data") if (path := draft.values.get(name))]
    taken = {relative(path, module.folder.path).split("/")[0] for path in paths}
    place = next(name for name in ("bin", "program", "run") if name not in taken) if binary in taken else ""
    return posixpath.join("/app", place, binary)


def put_procfile(module: GoModule, draft: Draft) -> None:
    """Add to /start the arguments that `web` of a Procfile gives the binary, unless they need a shell."""
    folder = module.folder
    processes = folder.parse(parse_procfile, "Procfile") if folder.has("Procfile") else None
    if processes and "web" in processes:
        words = processes["web"][0].split()
        if words and words[0].startswith("bin/") and len(words) > 1 and not any("$" in word for word in words):
            draft.values["start"] = [draft.values["start"][0], *words[1:]]
