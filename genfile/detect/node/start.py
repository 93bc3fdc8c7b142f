"""The production start command: candidates in order, each checked against what exists or is built."""

import posixpath

from msgspec.structs import replace

from genfile.data import Framework
from genfile.data.weakening import weakens
from genfile.detect.hosting import hosting
from genfile.detect.node.command import OWNERS, Asked, NodeStart, as_compiled, from_steps, made_by_compiler
from genfile.detect.node.framework import evidence_of, read_module
from genfile.detect.node.made import absent_file, placed
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.nest import applications
from genfile.detect.node.nx import nx_build
from genfile.detect.node.nxapps import nx_app
from genfile.detect.node.refused import finds_all, refusal, tell
from genfile.detect.node.scripted import behind_script
from genfile.detect.node.scripts import MANAGERS, RUNNERS, resolve, resolve_text
from genfile.detect.node.watched import watched_program
from genfile.detect.node.wrappers import variable_files
from genfile.detect.paths import relative
from genfile.detect.shared import is_secret
from genfile.evidence import Draft, Evidence, Fact, decide
from genfile.parsers.small import parse_procfile, parse_shell

ENTRY_NAMES = ("server", "app", "main", "index", "bot", "worker")
ENTRY_FOLDERS = ("", "src", "dist", "build", "lib", "server", "api")
_ENTRY_FILES = tuple(
    posixpath.join(folder, name + ending)
    for folder in ENTRY_FOLDERS
    for name in ENTRY_NAMES
    for ending in (".js", ".mjs", ".cjs", ".ts", ".mts")
)


def possible_start(project: NodeProject, builds: bool) -> Fact[NodeStart] | None:
    """The strongest candidate of a package that may turn out not to be a service."""
    return decide((project, None, builds), START_SIGNALS).fact


def start_command(project: NodeProject, framework: Framework | None, builds: bool) -> Fact[NodeStart] | None:
    """The production start: the first candidate of the ordered signals below whose file is there or is made."""
    fact = _that_holds(project, list(decide((project, framework, builds), START_SIGNALS).asked), builds)
    own = framework is not None and fact is not None and framework.start[:1] == fact.value.words[:1]
    if framework is not None and fact is not None and own and not set(framework.arguments) <= set(fact.value.words):
        fact = fact.but(NodeStart((*fact.value.words, *framework.arguments), fact.value.variables))
    if framework is None or fact is None or not builds:
        return fact
    preview = framework.bare and fact.value.words[:2] in PREVIEWS and not _is_nuxt_2(project)
    if framework.moved or preview:
        return fact.but(NodeStart(framework.start, fact.value.variables))
    return fact


def _that_holds(project: NodeProject, candidates: list[Fact[NodeStart]], builds: bool) -> Fact[NodeStart] | None:
    """The first candidate that can run, with a note about the rejected ones."""
    if builds:
        candidates = [fact.but(made_by_compiler(project, fact.value, fact.evidence)) for fact in candidates]
    absent = [absent_file(project, fact.value.words, builds) for fact in candidates]
    refused = [refusal(project, fact.value.words, fact.value.variables) if builds else None for fact in candidates]
    there = [at for at, name in enumerate(absent) if name is None]
    if candidates and not there:
        # The checks of the image report that the file is missing.
        remedy = f"commit {absent[0]}, or let the build create it"
        return replace(candidates[0], guess=True, remedy=remedy)
    if not there:
        return None
    found = refused[there[0]]
    helped = [at for at in there if finds_all(candidates[at].value.words)] if found is not None else there
    best = helped[0] if helped else there[0]
    started = " ".join(candidates[best].value.words)
    for fact, name in zip(candidates[: there[0]], absent, strict=False):
        line = next(iter(fact.evidence), project.package.says("scripts"))
        text = f"{line}: {name} is neither committed nor created by the build; the image starts `{started}` instead"
        project.folder.tree.note("warning", text, line.path, line.line)
    if found is None:
        return candidates[best]
    remedy = "write imports that Node can resolve, or start the source with tsx"
    says = next(iter(candidates[there[0]].evidence), project.package.says("scripts"))
    tell(project, found, says, f"the image starts `{started}` instead" if helped else remedy)
    return candidates[best] if helped else replace(candidates[best], guess=True, remedy=remedy)


# Commands that serve the build's output, if that is a server by itself.
PREVIEWS = {("nuxt", "start"), ("nuxt", "preview"), ("nuxi", "start"), ("nuxi", "preview"), ("vinxi", "start")}


def _is_nuxt_2(project: NodeProject) -> bool:
    """Nuxt 2, whose output is not a server."""
    return project.package.every_dependency.get("nuxt", "").lstrip("^~>=v ").startswith("2")


def _procfile(asked: Asked) -> Fact[NodeStart] | None:
    """`web` of a Procfile, if it is a single plain command."""
    project = asked[0]
    processes = project.folder.parse(parse_procfile, "Procfile") if project.folder.has("Procfile") else None
    if not processes:
        return None
    name = next((name for name in ("web", "worker", "bot") if name in processes), None)
    if name is None:
        return None
    text, line = processes[name]
    evidence = project.folder.says("Procfile", line, f"{name}: {text}")
    fact = _from_shell(asked, behind_script(project, text), evidence)
    program = placed(fact.value.words)[1][:1] if fact is not None else ()
    if program and not _is_known(project, program[0]):
        note = (
            f"{evidence}: {program[0]} is neither committed nor in your dependencies, so the image does not use this "
            "command"
        )
        project.folder.tree.note("warning", note, evidence.path, evidence.line)
        return None
    return fact


def _is_known(project: NodeProject, program: str) -> bool:
    """Whether a program is a runner, a file in the tree, one that the build may make, or a dependency's."""
    name = posixpath.basename(program)
    if name in (*RUNNERS, *MANAGERS, *_SHELLS) or "$" in program:
        return True
    if "/" in program:
        path = posixpath.normpath(program)
        made = path.split("/")[0] in _MADE and not project.folder.has_folder(posixpath.dirname(path))
        return made or path.startswith(("/", "..")) or project.folder.has(path)
    dependencies = [item for package in project.packages for item in package.every_dependency]
    owner = OWNERS.get(name, name)
    return any(owner == item or name in item.rpartition("/")[2] for item in dependencies) or owner in dependencies


# Folders that an installation or a build makes.
_MADE = frozenset({"node_modules", "dist", "build", "out", "lib"})
_SHELLS = ("sh", "bash", "env", "npx", "bunx", "exec", "deno")


def _nest(asked: Asked) -> Fact[NodeStart] | None:
    """The default application of a Nest monorepo, unless a production script starts another one."""
    apps = applications(asked[0])
    steps = resolve(asked[0].package, "start:prod") if apps else None
    target = posixpath.normpath(steps[-1].words[-1]).removesuffix(".js") if steps else ""
    if not apps or any(target == app.output.removesuffix(".js") for app in apps):
        return None
    return Fact(NodeStart(("node", apps[0].output), {}), (apps[0].says,))


def _production_script(asked: Asked) -> Fact[NodeStart] | None:
    """A script for production: start:prod, start:production, serve:prod."""
    rendered = [name for name in asked[0].package.scripts if name.startswith("serve:ssr")]
    for name in ("start:prod", "start:production", "start-prod", "serve:prod", "prod", "production", *rendered):
        fact = _from_script(asked, name)
        if fact is not None:
            return fact
    return None


def _start_script(asked: Asked) -> Fact[NodeStart] | None:
    """The `start` script, unless it is for development."""
    return _from_script(asked, "start")


def _nx(asked: Asked) -> Fact[NodeStart] | None:
    """The output of the Nx build target, if the `start` script only serves for development."""
    program, app = nx_build(asked[0].folder), nx_app(asked[0].folder)
    if app is not None and app.output is not None and asked[1] is not None and asked[1].name == "nextjs":
        words = (*asked[1].start, relative(app.output, asked[0].folder.path))
        return Fact(NodeStart(words, {}), (app.says,))
    if program is None:
        return None
    return Fact(NodeStart(("node", relative(program.entry, asked[0].folder.path)), {}), (program.says,))


def _framework_start(asked: Asked) -> Fact[NodeStart] | None:
    """The command of the framework's production server."""
    project, framework, _ = asked
    if framework is None or not framework.start:
        return None
    return Fact(NodeStart(framework.start, {}), (evidence_of(project, framework),))


def _hosted(asked: Asked) -> Fact[NodeStart] | None:
    """The command in a Dockerfile or a host's file, if it starts a program of the tree."""
    project = asked[0]
    for fact in hosting(project.folder).starts:
        commands = parse_shell(fact.value)
        words = commands[-1].words if commands else ()
        while words and (words[0] in ("exec", "--") or posixpath.basename(words[0]) in ("dumb-init", "tini")):
            words = words[1:]
        files = [word for word in words[1:] if word.endswith((".js", ".mjs", ".cjs", ".ts")) and word[:1] != "-"]
        if words and posixpath.basename(words[0]) in RUNNERS and len(files) == 1 and project.folder.has(files[0]):
            return fact.but(as_compiled(asked, NodeStart(tuple(words), {}), own=True))
    return None


def _watched(asked: Asked) -> Fact[NodeStart] | None:
    """The program that the `start` and `dev` scripts watch, unwatched: `node --watch x.js`, `nodemon x.js`."""
    project = asked[0]
    found = watched_program(project)
    if found is None:
        return None
    step, name = found
    words = (*(("env", f"--chdir={step.folder}") if step.folder else ()), *step.words)
    own = not asked[2] or words[0] != "tsx"
    return Fact(as_compiled(asked, NodeStart(words, step.variables), own=own), (project.package.says("scripts", name),))


def _main_field(asked: Asked) -> Fact[NodeStart] | None:
    """`main` of package.json, if it is in the tree or is built."""
    project, _, builds = asked
    main = project.package.document.text("main") or project.package.document.text("module")
    if not main or "\0" in main:
        return None
    path = posixpath.normpath(main)
    if path.startswith(("..", "/")):
        return None
    for candidate in (path, f"{path}.js", f"{path}/index.js"):
        if project.folder.has(candidate):
            return Fact(as_compiled(asked, NodeStart(("node", candidate), {})), (project.package.says("main"),))
    if builds and "/" in path and path.split("/")[0] not in project.package.every_dependency:
        return Fact(NodeStart(("node", path), {}), (project.package.says("main"),))
    return None


def _entry_file(asked: Asked) -> Fact[NodeStart] | None:
    """A file with a usual name: server.js, app.js, index.js, also in src/; first one that listens."""
    project = asked[0]
    found = project.folder.present(_ENTRY_FILES)
    if not found:
        return None
    path = next((path for path in found if len(found) > 1 and _listens(project, path)), found[0])
    start = as_compiled(asked, NodeStart(("node", path), {}))
    return project.folder.guess(start, path, f"{path} exists", 'add a "start" script to package.json', 1)


def _listens(project: NodeProject, path: str) -> bool:
    module = read_module(project, path)
    calls = module.calls if module is not None else ()
    return any(call.callee.rsplit(".", 1)[-1] in ("listen", "serve", "createServer", "login") for call in calls)


START_SIGNALS = (
    _procfile,
    _nest,
    _production_script,
    _start_script,
    _nx,
    _framework_start,
    _hosted,
    _watched,
    _main_field,
    _entry_file,
)


def _from_script(asked: Asked, name: str) -> Fact[NodeStart] | None:
    project = asked[0]
    steps = resolve(project.package, name)
    if not steps:
        return None
    says = project.package.says("scripts", name)
    fact = from_steps(asked, steps, says)
    if fact is not None:
        _tell_of_files(project, project.package.scripts[name], says)
    return fact


def _tell_of_files(project: NodeProject, text: str, says: Evidence) -> None:
    """Tell of the committed files of variables that a script reads: no image has them."""
    for command in parse_shell(text) or ():
        for name in variable_files(command.words):
            if project.folder.has(name):
                note = f"{says}: the image does not read {name}; set its variables when you run the container"
                project.folder.tree.note("info", note, says.path, says.line)


def _from_shell(asked: Asked, text: str, evidence: Evidence) -> Fact[NodeStart] | None:
    """A command of a Procfile: a script called by the package manager is followed too."""
    steps = resolve_text(asked[0].package, text, "")
    return from_steps(asked, steps, evidence) if steps else None


def process_command(project: NodeProject, text: str, says: Evidence, builds: bool) -> Fact[list[str]] | None:
    """A further command for the same image, from a Procfile or a script; None if it is not a plain command."""
    fact = _from_shell((project, None, builds), text, says)
    if fact is None or not fact.value.words:
        return None
    if builds:
        fact = fact.but(made_by_compiler(project, fact.value, fact.evidence))
    kept = {key: value for key, value in fact.value.variables.items() if not (weakens(key, value) or is_secret(key))}
    variables = [f"{key}={value}" for key, value in kept.items() if key != "NODE_ENV"]
    return fact.but([*(["env", *variables] if variables else []), *fact.value.words])


def put_start(draft: Draft, fact: Fact[NodeStart] | None) -> None:
    """Put /start, and the variables that the script sets for it."""
    if fact is None:
        return
    draft.put("start", fact.but([word for word in fact.value.words if word]))
    for name, value in sorted(fact.value.variables.items()):
        if name in ("NODE_ENV", "PORT") or "$" in value:
            continue
        item: dict[str, object] = {"name": name, "phase": "run", "value": value}
        if weakens(name, value) or is_secret(name):
            # A script's setting for a developer's own machine.
            says = fact.evidence[0]
            kind = "it looks like a secret" if is_secret(name) else "it makes the program less secure"
            text = f"{says}: {name} is not set in the image, since {kind}; set it at run time if you need it"
            draft.note("warning", text, says.path, says.line)
            item = {"name": name, "phase": "run", "secret": is_secret(name)}
        draft.values.setdefault("environment", []).append(item)


__all__ = ["NodeStart", "possible_start", "put_start", "start_command"]
