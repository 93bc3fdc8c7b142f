"""A front end whose files a server in the same tree serves: one image, with a stage that builds it.

Only evidence decides: the build writes into the server's folder, the server embeds or serves the output folder, or the
project's own Dockerfile or Makefile combines the two. Without any, they stay two services.
"""

import shlex
from typing import Any

from genfile.detect import node
from genfile.detect.committed import in_git
from genfile.detect.frontend.apart import left_out
from genfile.detect.frontend.bundles import assets, in_place, left_of_build, mentions, own_site, quiet_sites
from genfile.detect.frontend.gradle import leave_tasks, run_by_gradle
from genfile.detect.frontend.maven import leave_executions, run_by_maven
from genfile.detect.frontend.recipes import moves
from genfile.detect.frontend.scripts import built_by_server, scripted
from genfile.detect.frontend.signals import (
    Served,
    Signal,
    beside_embedded,
    embeds,
    first,
    is_embedded,
    names,
    writes_into,
)
from genfile.detect.frontend.together import built_by_java, dockerfiles_above, one_dockerfile, runs_itself
from genfile.detect.paths import inside, relative
from genfile.detect.survey import FoundService, is_page_beside, tell_of_part
from genfile.detect.tree import Project, Tree
from genfile.evidence import Draft, Evidence, Fact, Note, Topic

KEPT = (
    "runtime package_manager engine framework build manifests outputs workspace beside system_packages secrets "
    "has_dev_dependencies ignore_scripts lifecycle_scripts dependency_scripts rebuild rebuild_dev "
    "generates_modules"
).split()

SIGNALS: tuple[Signal, ...] = (
    writes_into,
    moves,
    scripted,
    embeds,
    names,
    run_by_gradle,
    run_by_maven,
    built_by_server,
    one_dockerfile,
)


def pair(tree: Tree, found: list[FoundService]) -> tuple[list[FoundService], dict[str, Served]]:
    """Separate the front ends that a server serves from the services: the remaining ones, and each front end by its
    server's folder."""
    servers = [item for item in found if item.claim.strength in ("server", "program")]
    servers.sort(key=lambda item: (-item.project.path.count("/"), item.project.path))
    taken: dict[str, Served] = {}
    gone: set[str] = set()
    sites = [item for item in found if item.language.NAME == "node" and item.project.path]
    for site in sorted(sites, key=lambda item: -mentions(tree, item.project)):
        # A front end with its own server is still one if the project's Dockerfile treats it so.
        output = _output(site.project)
        alone = site.claim.strength != "site" and output is None
        if (output is None and not alone) or (alone and runs_itself(site.project) is not None):
            continue
        place = output or site.project.full("dist")
        rival = next((path for path, served in taken.items() if output in (served.output, served.target)), None)
        if output is not None and rival is not None:
            _note_second(tree, site.project, rival, taken[rival].reason)
            gone.add(site.project.path)
        elif _take(tree, servers, site.project, place, (one_dockerfile,) if alone else SIGNALS, taken):
            gone.add(site.project.path)
    _leave_beside(tree, sites, taken, gone)
    claimed = {item.project.path for item in found}
    for server in servers:
        if server.project.path not in taken and server.language.NAME in ("python", "go", "java"):
            own = own_site(server, _output(server.project))
            if server.language.NAME != "java":
                own = own or in_place(server) or assets(tree, server, claimed)
            if own is not None:
                taken[server.project.path] = own
    _tell_of_pages(servers, taken)
    _take_quiet(tree, servers, claimed, taken)
    # What is inside an assigned front end is part of it.
    fronts = {served.project.path for served in taken.values() if served.project.path} | gone
    kept = [item for item in found if not any(inside(item.project.path, path) for path in fronts) or item in servers]
    return [item for item in kept if item.project.path not in gone], taken


def _take(
    tree: Tree,
    servers: list[FoundService],
    site: Project,
    output: str,
    signals: tuple[Signal, ...],
    taken: dict[str, Served],
) -> bool:
    """Assign a front end to the first server that a signal or its own build names, the deepest folder first."""
    # Only a Dockerfile or a Java build can show this for a front end alone.
    for server in servers if signals != (one_dockerfile,) else _with_builds(tree, servers):
        if server.project.path == site.path:
            continue
        served = first(signals, server, site, output)
        if served is not None:
            if served.unused:
                text = f"{site.path}: front end of another program, so the image does not build it ({served.reason})"
                tree.note("info", text, served.reason.path, served.reason.line)
                return True
            if server.project.path in taken:
                _note_second(tree, site, server.project.path, served.reason)
            taken.setdefault(server.project.path, served)
            return True
        if built_by_java(server, site) is not None:
            return True
    return False


def _tell_of_pages(servers: list[FoundService], taken: dict[str, Served]) -> None:
    """Tell of the pages in a server's own folder: it serves them, or no image has them."""
    for server in servers:
        for page in (item for item in server.others if is_page_beside(server, item)):
            output = _output(server.project)
            if server.project.path in taken or output is None:
                tell_of_part(server, page)
                continue
            says = page.claim.reason
            text = (
                f"{says}: this front end is in no image; the {server.language.NAME} service has its folder and does "
                f"not serve {output}. Serve it from the program, or move the front end to a folder of its own"
            )
            server.project.tree.note("warning", text, says.path, says.line)


def _with_builds(tree: Tree, servers: list[FoundService]) -> list[FoundService]:
    """The servers that a Dockerfile or a Java build creates."""
    key = ("servers-with-builds",)
    known = tree.memory.setdefault(key, {})
    for server in servers:
        if server.project.path not in known:
            java = server.language.NAME == "java"
            known[server.project.path] = java or bool(dockerfiles_above(server.project))
    return [server for server in servers if known[server.project.path]]


def _take_quiet(tree: Tree, servers: list[FoundService], claimed: set[str], taken: dict[str, Served]) -> None:
    """Assign front ends that are not sites by themselves to servers that have none yet."""
    if all(item.project.path in taken for item in servers):
        return
    for site in sorted(quiet_sites(tree, claimed), key=lambda item: -mentions(tree, item)):
        free = [item for item in servers if item.project.path not in taken]
        output = _output(site)
        signals = SIGNALS if output is not None else (one_dockerfile,)
        _take(tree, free, site, output or site.full("dist"), signals, taken)


def _leave_beside(tree: Tree, sites: list[FoundService], taken: dict[str, Served], gone: set[str]) -> None:
    """Drop the front ends whose place in the program another one has."""
    for site in sites:
        if site.project.path in gone or site.claim.strength != "site":
            continue
        rival = beside_embedded(site.project, taken)
        if rival is not None:
            _note_second(tree, site.project, rival[0], rival[1].reason)
            gone.add(site.project.path)


def _note_second(tree: Tree, site: Project, server: str, reason: Evidence) -> None:
    """Note another front end: an image has one, and the other is not a service either."""
    text = f"{site.path}: second front end of {server or '.'}, so the image does not build it ({reason})"
    tree.note("warning", text, reason.path, reason.line)


def put(draft: Draft, served: Served) -> None:
    """Put /frontend into its server's draft."""
    front = node.detect(served.project)
    values = {name: front.values[name] for name in KEPT if name in front.values}
    static = front.values.get("static")
    in_place = static is None or served.project.spec_path == served.target
    values["path"] = served.project.spec_path
    values["output"] = served.project.spec_path if in_place or static is None else static["root"]
    values["target"] = served.target
    values["environment"] = [item for item in front.values.get("environment", []) if item["phase"] != "run"]
    if served.script is not None:
        manager = values["package_manager"]["name"]
        values["build"] = [f"{'yarn' if manager.startswith('yarn') else manager} run {shlex.quote(served.script)}"]
    if served.output is not None:
        values["output"] = served.output
        in_place = in_place and served.output == served.project.spec_path
    if not values.get("build"):
        return
    values["build"] = [*_room(served, values), *values["build"], *served.after]
    theirs = draft.values.get("manifests", [])
    values["leaves_out"] = left_out(served.project, str(draft.values["language"]), theirs, values.get("manifests", []))
    # What was missing before it is built is there after it.
    draft.notes = [note for note in draft.notes if not _embeds_target(note, served.target)]
    draft.put("frontend", Fact(values, (served.reason,)))
    if in_place and served.project.spec_path == draft.values["path"]:
        text = (
            f"it is not known where its build writes, so the image takes all of {served.project.spec_path} from there"
        )
        draft.note("warning", text, served.reason.path, served.reason.line)
    if draft.values["language"] == "go" and not is_embedded(_of(draft, served), served.target):
        # The program reads them from disk.
        draft.values["assets"] = list(dict.fromkeys([*draft.values.get("assets", ()), served.target]))
    _leave_to_stage(draft, served)
    leave_tasks(draft, served)
    leave_executions(draft, served)
    _without_sources(draft, served)
    # That it has no server of its own is no matter here.
    others = (Topic.NO_START, Topic.GIT_GIVEN, Topic.PROXIED)
    for note in front.notes:
        if not any(note.is_about(topic) for topic in others):
            draft.note(note.level, note.text, note.path, note.line, note.about)
    _note_git(draft, front, served)
    output = str(values["output"])
    folders = draft.values.setdefault("outputs", [])
    for folder in (output, served.target):
        tree = served.project.tree
        # Ignored content of an existing folder is a build's leftover.
        made = not Project(tree, "").has_folder(folder) or in_git(tree, f"{folder}/any") is False
        if not in_place and folder not in folders and made:
            folders.append(folder)


def _of(draft: Draft, served: Served) -> Project:
    """The server's folder."""
    path = draft.values["path"]
    return Project(served.project.tree, "" if path == "." else path)


def _without_sources(draft: Draft, served: Served) -> None:
    """Paths of the server without the front end's sources: what it names there is the stage's output."""
    given = set(draft.values.get("beside", ()))
    theirs = {path for path in given if inside(path, served.project.path) or inside(path, served.target)}
    if theirs:
        draft.values["beside"] = [path for path in draft.values["beside"] if path not in theirs]
        draft.values["run_paths"] = [path for path in draft.values["run_paths"] if path not in theirs]
        draft.evidence.pop("/beside", None)


def _room(served: Served, values: dict[str, Any]) -> list[str]:
    """The command that creates the folder outside the front end's own that its build expects."""
    if not served.room:
        return []
    workspace = values.get("workspace")
    base = workspace["root"] if workspace else served.project.spec_path
    return [f"mkdir -p {shlex.quote(relative(served.room, base))}"]


def _note_git(draft: Draft, front: Draft, served: Served) -> None:
    """Keep .git, which the front end's build asks, out of the other stages, which copy the whole tree."""
    if front.values.get("git"):
        what = f"the build of {served.project.spec_path} reads git"
        text = f"{what}, but .git is not in the build context; pass the version as a build argument"
        draft.note("warning", text, served.reason.path, served.reason.line)


def _embeds_target(note: Note, target: str) -> bool:
    place = note.about.path if note.about is not None and note.is_about(Topic.NOT_EMBEDDED) else ""
    target = "" if target == "." else target
    return bool(place) and (inside(place, target) or inside(target, place))


def _leave_to_stage(draft: Draft, served: Served) -> None:
    """Remove from the server's build what the front end's stage does."""
    evidence = draft.evidence.get("/build")
    if draft.values.get("language") != "node" or evidence is None or not evidence.evidence:
        return
    server = Project(served.project.tree, "").at(draft.values.get("path", "."))
    manager = draft.values["package_manager"]["name"]
    left = left_of_build(server, served.project, evidence.evidence[0], manager)
    if left is not None:
        draft.put("build", Fact(left, (*(evidence.evidence[:1] if left else ()), served.reason)))


def _output(project: Project) -> str | None:
    """The output folder of a site's build, relative to the root."""
    from genfile.detect.node.claims import read_project
    from genfile.detect.node.framework import find_framework
    from genfile.detect.node.site import static_output

    read = read_project(project)
    found = find_framework(read) if read else None
    static = static_output(read, found.value) if read and found else None
    return project.full(static.value["root"]) if static is not None else None


__all__ = ["SIGNALS", "Served", "pair", "put"]
