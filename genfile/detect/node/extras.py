"""What the installation reads and must not run, and the variables of the build and the program."""

import posixpath

from genfile.container.compose import EXAMPLES
from genfile.data import telemetry_off
from genfile.detect.code import parse_code
from genfile.detect.committed import in_git, is_sent
from genfile.detect.node.buildvars import build_variables
from genfile.detect.node.closure import installed
from genfile.detect.node.loaded import config_variables, tool_configs
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import FILE, LIFECYCLE, PackageJson
from genfile.detect.node.members import is_built, put_generated, put_member_scripts
from genfile.detect.node.native import scripted_packages
from genfile.detect.node.peers import put_peers
from genfile.detect.node.public import PREFIXES, PUBLIC_PREFIXES, public_settings
from genfile.detect.node.release import put_release
from genfile.detect.node.schema import generates_modules, has_engine, leave_schema, user_of
from genfile.detect.node.scripts import resolve
from genfile.detect.node.secrets import secret_id
from genfile.detect.node.stores import build_address, schema_variables
from genfile.detect.node.workspace import workspace_at
from genfile.detect.paths import relative
from genfile.detect.shared import is_secret
from genfile.detect.tree import Project
from genfile.dockerfile.sensitive import is_sensitive
from genfile.evidence import Draft, Fact
from genfile.parsers.data import parse_dotenv
from genfile.parsers.javascript import parse_typescript

# Git hooks and developers' guards, which no image needs.
GIT_HOOKS = frozenset(
    """
    husky lefthook simple-git-hooks is-ci only-allow npx skip-ci pre-commit patch-husky echo git yorkie
    ghooks husky-init ls-lint npm-force-resolutions check-engine
    """.split()
)
# Package manager settings that change what an installation does.
SETTINGS = {
    "npm": (".npmrc",),
    "pnpm": (".npmrc", "pnpm-workspace.yaml", ".pnpmfile.cjs"),
    "yarn": (".npmrc", ".yarnrc"),
    "yarn-berry": (".yarnrc.yml", ".pnp.cjs"),
    "bun": ("bunfig.toml", ".npmrc"),
}


def _put_linker(project: NodeProject, draft: Draft) -> None:
    """Fill node_modules from the same lockfile instead of Plug'n'Play, which needs Yarn's loader and cache at run
    time."""
    settings = project.root.yaml(".yarnrc.yml") if project.root.has(".yarnrc.yml") else None
    linker = settings.text("nodeLinker") if settings else None
    if linker in ("node-modules", "pnpm"):
        return
    draft.values.setdefault("environment", []).append(
        {"name": "YARN_NODE_LINKER", "phase": "install", "value": "node-modules"}
    )
    name = ".yarnrc.yml" if settings is not None else FILE
    draft.note("info", "the image uses node_modules instead of Plug'n'Play", project.root.full(name))


_FOCUS = ".yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs"


def _wants_every_member(project: NodeProject, draft: Draft) -> bool:
    """Whether installing one member fails without the manifests of all others.

    Bun before 1.4 considers its lockfile changed. Yarn 2 and newer does too, unless it focuses, which version 4 or a
    plug-in can, and only with the scripts of all packages.
    """
    manager = draft.values["package_manager"]
    numbers = [int(part) for part in str(manager.get("version") or "99").split(".")[:2] if part.isdecimal()]
    if manager["name"] == "yarn-berry":
        focuses = numbers >= [4] or project.root.has(_FOCUS)
        return not focuses or bool(draft.values.get("ignore_scripts"))
    return manager["name"] == "bun" and numbers < [1, 4]


def _put_settings(project: NodeProject, draft: Draft) -> None:
    """Add the .npmrc that the installation reads to the build's files; one with a credential becomes a secret."""
    path, workspace = project.root.full(".npmrc"), draft.values.get("workspace")
    if workspace and workspace["files"] is not None and path in draft.values["manifests"]:
        workspace["files"] = sorted([*workspace["files"], path])


def put_install(project: NodeProject, draft: Draft) -> None:
    """Put /manifests, and facts about the scripts that an installation would run."""
    manager = draft.values["package_manager"]["name"]
    lock = draft.values["package_manager"].get("lockfile")
    root = project.root
    names = [FILE, *([relative(lock, root.path)] if lock else [])]
    names += [name for name in SETTINGS[manager] if root.has(name) and not (lock and _ignores_lock(project, name))]
    if manager == "yarn-berry":
        names += sorted(
            name
            for folder in ("releases", "plugins", "patches")
            for name in root.files(below=f".yarn/{folder}", depth=1)
        )
        _put_linker(project, draft)
    patches = sorted(root.files("*.patch", below="patches", depth=1)) if root.has_folder("patches") else []
    # One mount for the folder; Yarn copies each file.
    names += patches if manager == "yarn-berry" else ["patches"] if patches else []
    names += _declared_patches(project) if manager != "yarn-berry" else []
    names += _local_packages(project, manager)
    _put_scripts(project, draft)
    # A member installs what it needs; a workspace's root installs every member.
    at_root = workspace_at(project.folder) if project.workspace is None else None
    members = at_root.members if at_root is not None else [item.project.path for item in installed(project)]
    if project.workspace is not None and _wants_every_member(project, draft):
        members = project.workspace.members
    inside = sorted(relative(member, root.path) for member in members)
    names += [f"{member}/{FILE}" for member in inside if member != "."]
    draft.values["manifests"] = [root.full(name) for name in dict.fromkeys(names)]
    if not any(package.every_dependency for package in project.packages) and not lock:
        draft.values["manifests"] = []
    _put_settings(project, draft)
    if manager == "npm" and lock:
        put_peers(project, draft)
    dev = any(item.dev_dependencies for item in installed(project))
    draft.put("has_dev_dependencies", Fact(dev))
    scripted = scripted_packages(project, manager)
    if scripted:
        draft.put("dependency_scripts", Fact(True, (scripted[0].says,)))
    if scripted and draft.values.get("ignore_scripts"):
        for key, production in (("rebuild", True), ("rebuild_dev", False)):
            items = [item for item in scripted if item.production is production]
            if items:
                draft.put(key, Fact([item.name for item in items], tuple(item.says for item in items)))


def _ignores_lock(project: NodeProject, name: str) -> bool:
    """Whether a .yarnrc does nothing but tell Yarn to ignore the committed lockfile; a note says what the image does
    instead."""
    root = project.root
    text = (root.text(name) or "") if name == ".yarnrc" else ""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    if not lines or not all("no-lockfile" in line.split()[0] for line in lines):
        return False
    says = root.says(name, 1, lines[0])
    note = (
        f"{says}: Yarn would ignore yarn.lock; the image leaves {name} out of the installation, so the lockfile counts"
    )
    root.tree.note("warning", note, says.path, says.line)
    return True


def _declared_patches(project: NodeProject) -> list[str]:
    """The patches that `patchedDependencies` names outside `patches`: in package.json for Bun, there under `pnpm` or in
    pnpm-workspace.yaml for pnpm. A folder of patches alone is one mount."""
    root, package = project.root, project.root_package
    settings = root.yaml("pnpm-workspace.yaml") if root.has("pnpm-workspace.yaml") else None
    tables = [package.document.table("patchedDependencies"), package.document.table("pnpm", "patchedDependencies")]
    tables += [settings.table("patchedDependencies")] if settings is not None else []
    found: list[str] = []
    for value in (value for table in tables for value in table.values() if isinstance(value, str)):
        path = posixpath.normpath(value)
        folder = posixpath.dirname(path)
        if path.startswith(("..", "/")) or folder == "patches" or not root.has(path):
            continue
        alone = folder and all(name.endswith((".patch", ".diff")) for name in root.files(below=folder, depth=8))
        found.append(folder if alone else path)
    return sorted(set(found))


def _local_packages(project: NodeProject, manager: str) -> list[str]:
    """The packages in the tree that the installation copies from: `file:../kit`, relative to the root.

    npm only links a folder; an archive is unpacked by every manager.
    """
    tree, found = project.root.tree, []
    for text in project.package.every_dependency.values() if manager != "yarn-berry" else ():
        path = posixpath.normpath(text.removeprefix("file:")) if text.startswith("file:") else ""
        place = posixpath.normpath(project.folder.full(path)) if path and not path.startswith("/") else ""
        archive = place in tree.paths and place.endswith((".tgz", ".tar.gz"))
        if archive or (manager != "npm" and place not in ("", ".") and place in tree.folders):
            found.append(relative(place, project.root.path))
    return sorted(found)


def _put_scripts(project: NodeProject, draft: Draft) -> None:
    """Put the project's lifecycle scripts: they run once the sources are there; git hooks never run."""
    package = project.root_package
    found = [name for name in LIFECYCLE if name in package.scripts]
    useful = [name for name in found if not _is_hook(package, name)]
    if project.workspace is None and any(command.endswith(" run build") for command in draft.values.get("build", ())):
        # Hosts that only install run the build in such a script.
        useful = [name for name in useful if not is_built(package, name)]
    if found:
        draft.put("ignore_scripts", Fact(True, tuple(package.says("scripts", name) for name in found)))
    if useful:
        draft.put("lifecycle_scripts", Fact(useful, tuple(package.says("scripts", name) for name in useful)))
    put_member_scripts(project, draft, _is_hook)
    holder = put_generated(project, draft)
    if holder is not None:
        if generates_modules(holder):
            draft.put("generates_modules", Fact(True, (user_of(project, holder).depends("@prisma/client"),)))
        _put_migrations(project, draft, holder)
    elif "patch-package" in package.every_dependency and project.root.has_folder("patches"):
        draft.put("generates_modules", Fact(True, (package.depends("patch-package"),)))


def _put_migrations(project: NodeProject, draft: Draft, holder: PackageJson) -> None:
    """Make Prisma's migrations a release command, whose program must be in the image."""
    value = build_address(project)
    for name in _addresses(project, draft):
        draft.values.setdefault("environment", []).append({"name": name, "phase": "build", "value": value})
    folder = next((name for name in ("prisma/migrations", "migrations") if holder.project.has_folder(name)), None)
    if folder is None:
        leave_schema(project, draft, holder)
        return
    says = holder.project.says(folder, None, "migrations")
    schema = posixpath.join(posixpath.dirname(folder), "schema.prisma")
    command = ["prisma", "migrate", "deploy"]
    apart = holder is not project.package
    config = next(tool_configs(holder.project, command), None) if apart else None
    if config is not None:
        # Its paths are relative to its own folder.
        command.append(f"--config={relative(holder.project.full(config), project.folder.path)}")
    elif apart and holder.project.has(schema):
        command.append(f"--schema={relative(holder.project.full(schema), project.folder.path)}")
    put_release(project, draft, command, says, holder)
    reads = _release_reads(holder.project, schema)
    if draft.values.get("release", [""])[0].endswith("/prisma") and reads:
        draft.put("release_reads", Fact(reads, (says,)))


def _release_reads(folder: Project, schema: str) -> list[str]:
    """The variables that Prisma reads: those of its schema and its configuration; none if that imports others."""
    from genfile.parsers.prisma import prisma_source

    source = prisma_source(folder.text(schema) or "") if folder.has(schema) else None
    names = [name for name, _ in source.variables] if source is not None else []
    found = next(tool_configs(folder, ["prisma"]), None)
    if found is None:
        return names
    module = parse_code(folder, parse_typescript, found)
    if module is None or any(item.module.startswith((".", "/", "~", "@/", "#")) for item in module.imports):
        return []
    called = [call.arguments[0] for call in module.calls if call.callee == "env" and call.arguments]
    read = [*names, *(item.name for item in module.env_names), *(name for name in called if isinstance(name, str))]
    return list(dict.fromkeys(name for name in read if name.isidentifier()))


def _addresses(project: NodeProject, draft: Draft) -> list[str]:
    """The variables with an address that generating the client needs, or a build that loads the program."""
    named = [*(name for name, _ in schema_variables(project)), *config_variables(project)]
    if has_engine(project) or draft.values.get("framework") in PREFIXES:
        named.insert(0, "DATABASE_URL")
    return list(dict.fromkeys(named))


def _is_hook(package: PackageJson, name: str) -> bool:
    steps = resolve(package, name)
    if steps is None:
        # `husky || true`, `node -e "…"`: anything but a plain sequence is almost always a guarded hook.
        return any(
            word in package.scripts[name] for word in ("husky", "lefthook", "simple-git-hooks", "git ", "only-allow")
        )
    return all(
        step.program in GIT_HOOKS
        or any(word in GIT_HOOKS for word in step.words[:3])
        or any(hook in word for word in step.words for hook in ("husky", "lefthook", "simple-git-hooks"))
        for step in steps
    )


def _put_public_setting(name: str, draft: Draft, listed: list[dict[str, object]]) -> None:
    """Put a setting that is compiled in: a build argument, whatever its name, as the page shows it to everyone."""
    listed.append({"name": name, "phase": "build"})
    if is_sensitive(name):
        text = f"{name} is compiled into public files, where everyone can read it, and its name looks like a secret"
        draft.note("info", f"{text}; if it is meant to be public, pass it with --build-arg {name}=…")


def _build_settings(project: NodeProject, draft: Draft, committed: set[str]) -> list[dict[str, object]]:
    """What the build reads: build arguments, and secrets for those with a secret's name."""
    found: list[dict[str, object]] = []
    present = {item["name"] for item in draft.values.get("environment", ())} | committed
    for item in build_variables(project, draft.values.get("framework")) if draft.values.get("build") else ():
        if item.name in present:
            continue
        if (is_sensitive(item.name) or is_secret(item.name)) and not item.name.startswith(PUBLIC_PREFIXES):
            secret = {"id": secret_id(item.name), "kind": "variable", "variable": item.name, "phase": "build"}
            draft.values.setdefault("secrets", []).append(secret)
            draft.evidence.setdefault("/secrets", Fact(draft.values["secrets"], (item.says,)))
            text = f"{item.says}: the build reads this secret, and its output may contain it; pass it"
            draft.note(
                "warning", f"{text} with --secret id={secret['id']},env={item.name}", item.says.path, item.says.line
            )
        else:
            value: dict[str, object] = {"name": item.name, "phase": "build"}
            found.append(value if item.default is None else {**value, "default": item.default})
            text = f"{item.says}: compiled into the output; pass it with --build-arg {item.name}=…"
            draft.note("info", text, item.says.path, item.says.line)
    return found


def _silence(project: NodeProject, draft: Draft) -> list[dict[str, object]]:
    """Variables that turn off the build tools' telemetry."""
    if not draft.values.get("build"):
        return []
    names = sorted({name for package in project.packages for name in package.every_dependency})
    found = [item for name in names for item in telemetry_off(name).items()]
    return [{"name": name, "phase": "build", "value": value} for name, value in found]


def put_environment(project: NodeProject, draft: Draft) -> None:
    """Put /environment: compiled-in public settings are build arguments; the others are listed without a value."""
    folder = project.folder
    present = {item["name"] for item in draft.values.get("environment", ())}
    # The names of a file that the builder gets have their values there. One that the image leaves out is an example,
    # unless version control leaves it out too: such a file is one developer's own.
    sent = {file: is_sent(folder, file, draft) for file in (".env", ".env.production") if folder.has(file)}
    committed = {name for file, there in sent.items() if there for name in folder.parse(parse_dotenv, file) or ()}
    left = [file for file, there in sent.items() if not there and in_git(folder.tree, folder.full(file)) is not False]
    listed = [*_build_settings(project, draft, committed), *_silence(project, draft)]
    present.update(str(item["name"]) for item in listed)
    for file in (*EXAMPLES, *left):
        for name in folder.parse(parse_dotenv, file) or () if folder.has(file) else ():
            if name in present or name in committed:
                continue
            present.add(name)
            public = name.startswith(PUBLIC_PREFIXES)
            if public and draft.values.get("build"):
                _put_public_setting(name, draft, listed)
            elif "static" not in draft.values and name not in ("PORT", "NODE_ENV", "HOST", "HOSTNAME"):
                listed.append({"name": name, "phase": "run", "secret": is_secret(name)})
    framework = draft.values.get("framework")
    read = public_settings(project, framework) if framework and draft.values.get("build") else {}
    for name in read:
        # One in a committed file keeps its value there, unless the build is given another.
        if name not in present:
            _put_public_setting(name, draft, listed)
    for item in listed if "static" in draft.values else ():
        says = read.get(str(item["name"]))
        if says is not None and item["phase"] == "build" and "value" not in item and item["name"] not in committed:
            item["required"] = True
            text = f"{says}: compiled into the page, which fails without it; pass it with --build-arg {item['name']}=…"
            draft.note("info", text, says.path, says.line)
    if listed:
        draft.values["environment"] = [*draft.values.get("environment", ()), *listed]
