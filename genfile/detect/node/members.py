"""Workspace commands: how the root runs a member's script or program."""

import shlex
from collections.abc import Callable

from genfile.detect.node.build import execute
from genfile.detect.node.closure import installed
from genfile.detect.node.locks import locked_versions, order
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import LIFECYCLE, PackageJson
from genfile.detect.node.schema import SCHEMA, schema_holders, user_of
from genfile.detect.node.scripts import resolve
from genfile.detect.node.workspace import workspace_at
from genfile.detect.paths import relative
from genfile.evidence import Draft, Fact


def run_script(project: NodeProject, manager: str, package: PackageJson, script: str) -> str:
    """The command that runs a member's script from the workspace's root."""
    place, label = _names(project, package)
    word = shlex.quote(script)
    return {
        "npm": f"npm run {word} --workspace {place}",
        "pnpm": f"pnpm --filter {label} run {word}",
        "bun": f"bun run --filter {label} {word}",
    }.get(manager, f"yarn workspace {label} run {word}")


def run_program(project: NodeProject, manager: str, package: PackageJson, command: str) -> str:
    """The command that runs a node_modules program in a member's folder."""
    place, label = _names(project, package)
    return {
        "npm": f"npm exec --workspace {place} -- {command}",
        "pnpm": f"pnpm --filter {label} exec {command}",
        "bun": f"bun run --cwd {place} {command}",
    }.get(manager, f"yarn workspace {label} run {command}")


def _names(project: NodeProject, package: PackageJson) -> tuple[str, str]:
    place = relative(package.project.path, project.root.path)
    return shlex.quote(place), shlex.quote(package.name or place)


def in_member(project: NodeProject, manager: str, command: str) -> str:
    """A command for the service's own folder, turned into one for the root."""
    tool = "yarn" if manager.startswith("yarn") else manager
    package = project.package
    if command.startswith(f"{tool} run "):
        script, _, rest = command.removeprefix(f"{tool} run ").partition(" ")
        command = run_script(project, manager, package, shlex.split(script)[0])
        return f"{command} {rest}" if rest else command
    for prefix in (f"{execute(manager)} ", "node "):
        if command.startswith(prefix):
            words = command if prefix == "node " else command.removeprefix(prefix)
            return run_program(project, manager, package, words)
    return f"cd {_names(project, package)[0]} && {command}"


def needed_members(project: NodeProject) -> list[PackageJson]:
    """The members that the service needs, each after those that it needs itself."""
    workspace = project.workspace
    if workspace is None:
        return []
    needs = set(workspace.needs(project.package))
    found = [package for package in workspace.packages if package.project.path in needs]
    return sorted(found, key=lambda item: (workspace.count_needs(item), item.project.path))


def put_build(project: NodeProject, draft: Draft, manager: str) -> None:
    """Make the build run at a workspace's root, after the builds of the members that it needs."""
    workspace = project.workspace
    if workspace is None:
        return
    fact = draft.evidence.get("/build")
    own: list[str] = list(fact.value) if fact else []
    tool = "yarn" if manager.startswith("yarn") else manager
    plain = own == [f"{tool} run build"]
    if own and own[0].startswith(f"{execute(manager)} nx "):
        # Nx runs at the root, and builds what the project needs of the others by itself.
        return
    if project.root.has("turbo.json") and plain and not _is_old_turbo(project):
        turbo = "yarn turbo" if tool == "yarn" else f"{execute(manager)} turbo"
        says = project.root.says("turbo.json", 1, "turbo.json")
        # The tasks of turbo.json need not depend on those of the libraries.
        label = project.package.name or relative(project.folder.path, project.root.path)
        name = shlex.quote(f"{label}...")
        draft.put("build", Fact([f"{turbo} run build --filter={name}"], (says,)))
        return
    needed = [package for package in needed_members(project) if "build" in package.scripts]
    if fact is None and not needed:
        return
    evidence = fact.evidence if fact else tuple(package.says("scripts", "build") for package in needed[:1])
    commands = [in_member(project, manager, command) for command in own]
    if manager == "pnpm" and (plain or (needed and not own)):
        name = project.package.name or relative(project.folder.path, project.root.path)
        commands = [f"pnpm --filter {shlex.quote(name + '...')} run build"]
    elif needed and manager == "pnpm":
        name = shlex.quote(f"{project.package.name or project.folder.path}^...")
        commands = [f"pnpm --filter {name} run build", *commands]
    else:
        commands = [*(run_script(project, manager, package, "build") for package in needed), *commands]
    draft.put("build", Fact(commands, evidence))


def _is_old_turbo(project: NodeProject) -> bool:
    """Whether the locked Turborepo has no --filter (since 1.2, its release notes); such a one also needs git and a
    repository to build in."""
    version = locked_versions(project).get("turbo")
    return version is not None and order(version[0]) < [1, 2]


def put_member_scripts(project: NodeProject, draft: Draft, is_hook: Callable[[PackageJson, str], bool]) -> None:
    """Put the members' lifecycle scripts, which need their sources: they run before the build, for needed members
    only."""
    manager, at_root = draft.values["package_manager"]["name"], workspace_at(project.folder)
    members = at_root.packages if at_root is not None else installed(project)
    # Yarn and Bun don't run a member's `prepare`.
    names = LIFECYCLE if manager in ("npm", "pnpm") else LIFECYCLE[:3]
    every = [
        (package, name)
        for package in members
        for name in names
        if name in package.scripts and package.project.path != project.root.path
    ]
    if not every:
        return
    draft.put("ignore_scripts", Fact(True, tuple(package.says("scripts", name) for package, name in every)))
    needed = (
        at_root.needs(project.package)
        if at_root is not None
        else [item.project.path for item in needed_members(project)]
    )
    paths = {project.folder.path, *needed}
    commands = [
        run_script(project, manager, package, name)
        for package, name in every
        if package.project.path in paths and not is_hook(package, name) and not is_built(package, name)
    ]
    if commands:
        fact = draft.evidence.get("/build")
        said = fact.evidence if fact else (every[0][0].says("scripts", every[0][1]),)
        draft.put("build", Fact([*commands, *draft.values.get("build", [])], said))


def is_built(package: PackageJson, name: str) -> bool:
    """Whether the `build` script, which runs anyway, does everything that another script does."""
    steps = resolve(package, name)
    done = [step.words for step in resolve(package, "build") or ()]
    return bool(steps) and all(step.words in done for step in steps or ())


def put_generated(project: NodeProject, draft: Draft) -> PackageJson | None:
    """Generate Prisma's client before the build, in the package with the schema: the service or a member that it
    needs."""
    manager = draft.values["package_manager"]["name"]
    places = schema_holders(project, needed_members(project))
    turbo = project.root.jsonc("turbo.json") if project.root.has("turbo.json") else None
    before = turbo.items("tasks", "build", "dependsOn") + turbo.items("pipeline", "build", "dependsOn") if turbo else []
    if any("generate" in str(item) for item in before):
        return places[0] if places else None
    texts = [" ".join(draft.values.get("build", ()))]
    scripts = ["prebuild", "build", "postinstall", *draft.values.get("lifecycle_scripts", ())]
    commands: list[str] = []
    for package in places:
        done = [
            " ".join(step.words)
            for item in (package, project.root_package)
            for name in scripts
            for step in resolve(item, name) or ()
        ]
        if not any("prisma generate" in text for text in (*texts, *done)):
            commands.append(_generating(project, manager, package))
    if commands:
        fact = draft.evidence.get("/build")
        says = user_of(project, places[0]).depends("@prisma/client")
        draft.put("build", Fact([*commands, *draft.values.get("build", [])], (*(fact.evidence if fact else ()), says)))
    return places[0] if places else None


def _generating(project: NodeProject, manager: str, package: PackageJson) -> str:
    """The command that generates the client from a package's schema."""
    if project.workspace is None:
        return f"{execute(manager)} prisma generate"
    if package.project.path == project.root.path:
        # In the folder that loads the client, since pnpm may keep one for each.
        user = user_of(project, package)
        schema = relative(package.project.full(SCHEMA), user.project.path)
        return run_program(project, manager, user, f"prisma generate --schema={shlex.quote(schema)}")
    # What runs around another script does that one's work.
    hooks = {f"{when}{name}" for name in package.scripts for when in ("pre", "post")}
    own = [name for name in package.scripts if name not in hooks]
    texts = {name: [" ".join(step.words) for step in resolve(package, name) or ()] for name in own}
    script = next((name for name, steps in texts.items() if any("prisma generate" in text for text in steps)), None)
    if script is not None:
        return run_script(project, manager, package, script)
    return run_program(project, manager, package, "prisma generate")
