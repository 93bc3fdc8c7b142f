"""The build command: the production build by its usual names, without steps that an image build can't run."""

import posixpath
import shlex

from genfile.data import Framework
from genfile.detect.node.alone import own_output, program_source
from genfile.detect.node.angular import read_target
from genfile.detect.node.before import run_before
from genfile.detect.node.compiled import checks_only, compiled
from genfile.detect.node.framework import evidence_of
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.nest import applications
from genfile.detect.node.nx import nx_build
from genfile.detect.node.nxapps import nx_app
from genfile.detect.node.scripts import (
    BUILD_PARTS,
    BUILD_SCRIPTS,
    BUILDERS,
    NOTHING,
    ScriptStep,
    is_development,
    is_installation,
    is_migration,
    resolve,
)
from genfile.evidence import Fact
from genfile.parsers.small import parse_shell

# Programs that a shell finds outside node_modules.
_PLAIN = frozenset("node bun npm pnpm yarn npx bunx sh bash rm mkdir cp mv cat echo cd touch chmod sed git".split())
# Frameworks whose command comes with another package, by that package.
_TOOLS = {"nest": "@nestjs/cli"}


def build_command(project: NodeProject, manager: str, framework: Framework | None) -> Fact[list[str]] | None:
    """The production build: a script with a usual name, else what runs before the start, else the framework's own
    command."""
    scripts = project.package.scripts
    whole = next((name for name in BUILD_SCRIPTS if name in scripts and not _makes_nothing(project, name)), None)
    apps = applications(project)
    steps = resolve(project.package, whole) if whole is not None else None
    if apps and (not steps or steps[-1].words == ("nest", "build")):
        return Fact([f"{execute(manager)} nest build {shlex.quote(app.name)}" for app in apps], (apps[0].says,))
    nx = nx_build(project.folder) or nx_app(project.folder) if whole is None else None
    if nx is not None:
        return Fact([f"{execute(manager)} {nx.command}"], (nx.says,))
    if whole is not None:
        fact = _offline(project, whole, manager) or _script(project, whole, manager, framework)
        first = [_script(project, name, manager, None) for name in run_before(project, whole)]
        return fact.but([*(command for item in first for command in item.value), *fact.value]) if first else fact
    parts = [name for name in BUILD_PARTS if name in scripts and not _does_nothing(scripts[name])]
    if parts:
        facts = [_script(project, name, manager, framework) for name in parts]
        return Fact([command for fact in facts for command in fact.value], facts[0].evidence)
    hosted = _hosted_build(project) or _before_start(project, manager)
    if hosted is not None:
        return hosted
    if framework is not None and framework.build:
        tool = _TOOLS.get(framework.build.split()[0])
        if tool is None or any(tool in package.every_dependency for package in project.packages):
            return Fact([f"{execute(manager)} {framework.build}"], (evidence_of(project, framework),))
    return _typescript_build(project, manager)


def _script(project: NodeProject, name: str, manager: str, framework: Framework | None) -> Fact[list[str]]:
    run = f"{'yarn' if manager.startswith('yarn') else manager} run {shlex.quote(name)}"
    flags = _production_flags(project, name) if framework is not None and framework.name == "angular" else ""
    if flags:
        run += f" -- {flags}" if manager == "npm" else f" {flags}"
    return Fact([run], (project.package.says("scripts", name),))


def _production_flags(project: NodeProject, name: str) -> str:
    """`ng build` with the production configuration, if its default is another one."""
    steps = resolve(project.package, name) or ()
    target = read_target(project)
    last = steps[-1] if steps else None
    if last is None or target is None or last.program != "ng" or "build" not in last.words:
        return ""
    if any(word.startswith(("--configuration", "-c", "--prod")) for word in last.words):
        return ""
    production = target.table("configurations", "production") is not None
    return "--configuration production" if production and target.text("defaultConfiguration") != "production" else ""


def _offline(project: NodeProject, name: str, manager: str) -> Fact[list[str]] | None:
    """A script's steps without those that need a database or reinstall dependencies; None if it has no such steps."""
    package = project.package
    own = resolve(package, name)
    if own is None:
        return None
    before, after = (resolve(package, prefix + name) or () for prefix in ("pre", "post"))
    steps = (*before, *own, *after)
    migrations = [step for step in steps if is_migration(step)]
    left_out = [*migrations, *(step for step in steps if is_installation(step) and not step.folder)]
    if not left_out:
        return None
    if migrations:
        says = package.says("scripts", migrations[0].script)
        command = shlex.join(migrations[0].words)
        text = f"{says}: migrations need the database, which a build does not have; run `{command}` at release"
        project.folder.tree.note("info", text, says.path, says.line)
    kept = [command_of(step, manager) for step in steps if step not in left_out]
    return Fact(kept, (package.says("scripts", name),)) if kept else None


def command_of(step: ScriptStep, manager: str) -> str:
    """A script's step as a command outside the script: its program comes from node_modules."""
    variables = "".join(f"{key}={shlex.quote(value)} " for key, value in step.variables.items())
    words = " ".join(word if "$" in word or "*" in word else shlex.quote(word) for word in step.words)
    plain = step.program in _PLAIN or "/" in step.words[0]
    place = f"cd {shlex.quote(step.folder)} && " if step.folder else ""
    return place + variables + (words if plain else f"{execute(manager)} {words}")


def _before_start(project: NodeProject, manager: str) -> Fact[list[str]] | None:
    """A compile step before the start: the scripts prestart:prod and prestart, or `tsc && node dist/x.js`."""
    package = project.package
    for name in ("start:prod", "start:production", "start"):
        steps = resolve(package, name)
        if not steps or is_development(steps[-1]):
            continue
        for origin, found in ((f"pre{name}", resolve(package, f"pre{name}") or ()), (name, steps[:-1])):
            compiles = [step for step in found if step.program not in NOTHING and not is_migration(step)]
            if compiles and all(step.program in BUILDERS for step in compiles):
                return Fact([command_of(step, manager) for step in compiles], (package.says("scripts", origin),))
    return None


def _hosted_build(project: NodeProject) -> Fact[list[str]] | None:
    """The build in a host's file, if it runs one of the project's scripts: netlify.toml, vercel.json, railway.json."""
    for name, read, path in (
        ("netlify.toml", project.folder.toml, ("build", "command")),
        ("vercel.json", project.folder.jsonc, ("buildCommand",)),
        ("railway.json", project.folder.jsonc, ("build", "buildCommand")),
    ):
        document = read(name) if project.folder.has(name) else None
        text = document.text(*path) if document else None
        words = (text or "").split()
        rest = [word for word in words[1:] if word != "run"]
        if (
            words[:1] in (["npm"], ["pnpm"], ["yarn"], ["bun"])
            and len(rest) == 1
            and rest[0] in project.package.scripts
        ):
            return project.folder.fact([str(text)], name, document.line(*path) if document else None, str(text))
    return None


def execute(manager: str) -> str:
    """A command that calls a program of node_modules from outside a script."""
    return {"npm": "npx --no-install", "pnpm": "pnpm exec", "bun": "bunx"}.get(manager, "yarn")


def _makes_nothing(project: NodeProject, name: str) -> bool:
    """Whether a build script only prints something or only type-checks."""
    if _does_nothing(project.package.scripts[name]):
        return True
    steps = resolve(project.package, name)
    if not steps or not all(step.program in ("tsc", "vue-tsc") and checks_only(project, step) for step in steps):
        return False
    says = project.package.says("scripts", name)
    text = f"{says}: it only checks types and writes no files, so the image skips it"
    project.folder.tree.note("info", text, says.path, says.line)
    return True


def _does_nothing(text: str) -> bool:
    commands = parse_shell(text)
    return commands is not None and all(not c.words or c.words[0] in NOTHING for c in commands)


def _typescript_build(project: NodeProject, manager: str) -> Fact[list[str]] | None:
    """The compiler's command if there is no build script, but it makes what `main` or `start` names, or the program's
    file."""
    if not project.folder.has("tsconfig.json") or "typescript" not in project.package.every_dependency:
        return None
    out, known = output_folder(project), compiled(project)
    start = resolve(project.package, "start")
    target = (start[-1].words[-1] if start else "") or project.package.document.text("main") or ""
    source = program_source(project)
    named = (posixpath.normpath(name) for name in (target, source) if name and out)
    if any(name.startswith(f"{out}/") and not project.folder.has(name) for name in named) or (
        known is not None and known.loads and source in known.outputs
    ):
        own = own_output(project)
        why = f"outDir is {out}" if own is None else "Node can't run the sources directly"
        line = project.folder.says("tsconfig.json", 1, why)
        told = f" --outDir {own}" if own is not None else ""
        return Fact([f"{execute(manager)} tsc{told}"], (line,))
    return None


def output_folder(project: NodeProject) -> str | None:
    """The compiler's output folder, relative to the service's: the one on its command line, else outDir of
    tsconfig.json, followed through `extends` inside the tree."""
    known = compiled(project)
    if known is not None and not known.outputs:
        return None
    if (own := own_output(project)) is not None:
        return own
    name, seen = "tsconfig.json", set[str]()
    for candidate in ("tsconfig.build.json", "tsconfig.json"):
        if project.folder.has(candidate):
            name = candidate
            break
    while name not in seen and len(seen) < 6:
        seen.add(name)
        document = project.folder.jsonc(name) if project.folder.has(name) else None
        if document is None:
            return None
        out = document.text("compilerOptions", "outDir")
        base = posixpath.dirname(name)
        if out:
            folder = posixpath.normpath(posixpath.join(base, out.replace("${configDir}", ".")))
            return folder if not folder.startswith("..") and folder != "." else None
        parent = document.text("extends")
        if not parent or not parent.startswith("."):
            return None
        name = posixpath.normpath(posixpath.join(base, parent))
        name = name if name.endswith(".json") else name + ".json"
    return None


__all__ = ["build_command", "execute", "output_folder"]
