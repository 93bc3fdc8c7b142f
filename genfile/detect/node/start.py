"""How the service is started in production."""

import posixpath
from dataclasses import dataclass

from genfile.data import Framework
from genfile.detect.hosting import hosting
from genfile.detect.node.build import output_folder
from genfile.detect.node.compiled import compiled, outside_of, started_output
from genfile.detect.node.framework import evidence_of, read_module
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.nest import applications
from genfile.detect.node.nx import nx_build
from genfile.detect.node.scripts import (
    BUILDERS,
    NOTHING,
    Step,
    is_development,
    is_migration,
    resolve,
    script_called,
    uses_variables,
    words_after,
)
from genfile.detect.paths import relative
from genfile.evidence import Draft, Evidence, Fact, decide
from genfile.parsers.small import parse_procfile, parse_shell

# Programs that run a source file as it is, and what they are replaced by once it is compiled.
RUNNERS = frozenset(
    """
    node tsx ts-node ts-node-esm bun nodemon ts-node-dev tsnd swc-node esbuild-runner esr babel-node pm2
    pm2-runtime forever
    """.split()
)
ENTRY_NAMES = ("server", "app", "main", "index", "bot", "worker")
ENTRY_FOLDERS = ("", "src", "dist", "build", "lib", "server", "api")


@dataclass(frozen=True)
class Start:
    """A start command in words, with what it sets for itself."""

    words: tuple[str, ...]
    variables: dict[str, str]


def start_command(project: NodeProject, framework: Framework | None, builds: bool) -> Fact[Start] | None:
    """The production start, by the ordered signals below."""
    fact = decide((project, framework, builds), START_SIGNALS).fact
    if fact is not None and builds:
        fact = fact.but(made_by_compiler(project, fact.value, fact.evidence))
    if framework is None or fact is None or not builds:
        return fact
    preview = framework.bare and fact.value.words[:2] in PREVIEWS and not _is_nuxt_2(project)
    if framework.moved or preview:
        return fact.but(Start(framework.start, fact.value.variables))
    return fact


def made_by_compiler(project: NodeProject, start: Start, evidence: tuple[Evidence, ...]) -> Start:
    """A start that names an output which the compiler writes elsewhere, put right, with a note that says why."""
    known = compiled(project) if start.words[:1] == ("node",) else None
    at = next((at for at, word in enumerate(start.words) if at and not word.startswith("-")), None)
    if known is None or at is None:
        return start
    target = posixpath.normpath(start.words[at])
    real = started_output(known, target)
    names = {target, f"{target}.js", f"{target}/index.js"}
    if real is None or real in names or any(project.folder.has(name) for name in names):
        return start
    source = known.source_of(real) or ""
    others = outside_of(known, source)
    reason = f"since {others[0]} is compiled too" if others else f"as {known.config} says"
    line = evidence[0] if evidence else project.package.says("scripts")
    text = f"{line}: the compiler writes {real} and not {target}, {reason}; {real} is started. Set rootDir to settle it"
    project.folder.tree.note("warning", text, line.path, line.line)
    return Start((*start.words[:at], real, *start.words[at + 1 :]), start.variables)


# Commands that serve what the build made, where that is a server by itself.
PREVIEWS = {("nuxt", "start"), ("nuxt", "preview"), ("nuxi", "start"), ("nuxi", "preview"), ("vinxi", "start")}


def _is_nuxt_2(project: NodeProject) -> bool:
    """Nuxt 2 has no output that is a server."""
    return project.package.every_dependency.get("nuxt", "").lstrip("^~>=v ").startswith("2")


Asked = tuple[NodeProject, Framework | None, bool]


def _procfile(asked: Asked) -> Fact[Start] | None:
    """`web` of a Procfile, where it is one plain command."""
    project = asked[0]
    processes = project.folder.parse(parse_procfile, "Procfile") if project.folder.has("Procfile") else None
    if not processes:
        return None
    name = next((name for name in ("web", "worker", "bot") if name in processes), None)
    if name is None:
        return None
    text, line = processes[name]
    evidence = project.folder.says("Procfile", line, f"{name}: {text}")
    return _from_shell(asked, text, evidence)


def _nest(asked: Asked) -> Fact[Start] | None:
    """The default application of a monorepo of Nest, unless a script for production starts one of them."""
    apps = applications(asked[0])
    steps = resolve(asked[0].package, "start:prod") if apps else None
    target = posixpath.normpath(steps[-1].words[-1]).removesuffix(".js") if steps else ""
    if not apps or any(target == app.output.removesuffix(".js") for app in apps):
        return None
    return Fact(Start(("node", apps[0].output), {}), (apps[0].says,))


def _production_script(asked: Asked) -> Fact[Start] | None:
    """A script that is made for production: start:prod, start:production, serve:prod."""
    rendered = [name for name in asked[0].package.scripts if name.startswith("serve:ssr")]
    for name in ("start:prod", "start:production", "start-prod", "serve:prod", "prod", "production", *rendered):
        fact = _from_script(asked, name)
        if fact is not None:
            return fact
    return None


def _start_script(asked: Asked) -> Fact[Start] | None:
    """The script `start`, unless it is one for development."""
    return _from_script(asked, "start")


def _nx(asked: Asked) -> Fact[Start] | None:
    """The output of the build target of Nx, where the script `start` only serves for development."""
    program = nx_build(asked[0].folder)
    if program is None:
        return None
    return Fact(Start(("node", relative(program.entry, asked[0].folder.path)), {}), (program.says,))


def _framework_start(asked: Asked) -> Fact[Start] | None:
    """What the framework's production server is started by."""
    project, framework, _ = asked
    if framework is None or not framework.start:
        return None
    return Fact(Start(framework.start, {}), (evidence_of(project, framework),))


def _hosted(asked: Asked) -> Fact[Start] | None:
    """What a Dockerfile or a host's file starts, where that is a program of the tree."""
    project = asked[0]
    for fact in hosting(project.folder).starts:
        commands = parse_shell(fact.value)
        words = commands[-1].words if commands else ()
        while words and (words[0] in ("exec", "--") or posixpath.basename(words[0]) in ("dumb-init", "tini")):
            words = words[1:]
        files = [word for word in words[1:] if word.endswith((".js", ".mjs", ".cjs", ".ts")) and word[:1] != "-"]
        if words and posixpath.basename(words[0]) in RUNNERS and len(files) == 1 and project.folder.has(files[0]):
            return fact.but(_compiled(asked, Start(tuple(words), {}), own=True))
    return None


def _watched(asked: Asked) -> Fact[Start] | None:
    """The program that the scripts `start` and `dev` watch, without watching: `node --watch x.js`, `tsx watch x.ts`."""
    project = asked[0]
    for name in ("start", "dev", "start:dev"):
        steps = resolve(project.package, name)
        last = steps[-1] if steps else None
        if last is None or last.program not in ("node", "tsx", "ts-node", "bun") or not is_development(last):
            continue
        words = tuple(word for word in last.words if word.split("=")[0] not in WATCHING)
        if any(word.endswith((".js", ".mjs", ".cjs", ".ts", ".mts")) for word in words[1:]):
            variables = {key: value for key, value in last.variables.items() if key != "NODE_ENV"}
            own = not asked[2] or words[0] != "tsx"
            return Fact(_compiled(asked, Start(words, variables), own=own), (project.package.says("scripts", name),))
    return None


# Flags of Node, tsx and Bun that reload a program.
WATCHING = frozenset("--watch --watch-path --watch-preserve-output --hot watch --inspect --inspect-brk".split())


def _main_field(asked: Asked) -> Fact[Start] | None:
    """`main` of package.json, where it is in the tree or is built."""
    project, _, builds = asked
    main = project.package.document.text("main") or project.package.document.text("module")
    if not main or "\0" in main:
        return None
    path = posixpath.normpath(main)
    if path.startswith(("..", "/")):
        return None
    for candidate in (path, f"{path}.js", f"{path}/index.js"):
        if project.folder.has(candidate):
            return Fact(_compiled(asked, Start(("node", candidate), {})), (project.package.says("main"),))
    if builds and "/" in path and path.split("/")[0] not in project.package.every_dependency:
        return Fact(Start(("node", path), {}), (project.package.says("main"),))
    return None


def _entry_file(asked: Asked) -> Fact[Start] | None:
    """A file of a usual name: server.js, app.js, index.js, also in src/."""
    project = asked[0]
    for folder in ENTRY_FOLDERS:
        for name in ENTRY_NAMES:
            for ending in (".js", ".mjs", ".cjs", ".ts", ".mts"):
                path = posixpath.join(folder, name + ending)
                if project.folder.has(path):
                    start = _compiled(asked, Start(("node", path), {}))
                    return project.folder.guess(
                        start, path, f"{path} is there", 'add a "start" script to package.json', 1
                    )
    return None


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


def _from_script(asked: Asked, name: str) -> Fact[Start] | None:
    project = asked[0]
    steps = resolve(project.package, name)
    if not steps:
        return None
    return _from_steps(asked, steps, project.package.says("scripts", name))


def _from_shell(asked: Asked, text: str, evidence: Evidence) -> Fact[Start] | None:
    """A command of a Procfile: a script called by the package manager is followed too."""
    project = asked[0]
    commands = parse_shell(text)
    if not commands or len(commands) != 1:
        return None
    words = commands[0].words
    if words[0] in ("npm", "yarn", "pnpm", "bun"):
        name = script_called(project.package, words)
        steps = resolve(project.package, name, extra=words_after(words, name)) if name is not None else None
        return _from_steps(asked, steps, evidence) if steps else None
    return _from_steps(asked, (Step(words, dict(commands[0].assignments), ""),), evidence)


def process_command(project: NodeProject, text: str, says: Evidence, builds: bool) -> Fact[list[str]] | None:
    """A further command of the same image, as a Procfile or a script has it; None where it is no plain command."""
    fact = _from_shell((project, None, builds), text, says)
    if fact is None or not fact.value.words:
        return None
    if builds:
        fact = fact.but(made_by_compiler(project, fact.value, fact.evidence))
    variables = [f"{key}={value}" for key, value in fact.value.variables.items() if key != "NODE_ENV"]
    return fact.but([*(["env", *variables] if variables else []), *fact.value.words])


def _from_steps(asked: Asked, steps: tuple[Step, ...], evidence: Evidence) -> Fact[Start] | None:
    last = steps[-1]
    if is_migration(last):
        return None
    if any(
        step.program not in BUILDERS and step.program not in NOTHING and not is_development(step) for step in steps[:-1]
    ):
        # More than a compile step before it (a migration, a seed): the last command is the server all the same.
        asked[0].folder.tree.note(
            "info", f"{evidence}: only its last command starts the service", evidence.path, evidence.line
        )
    if last.program in ("nodemon", "ts-node-dev", "tsnd", "pm2", "pm2-runtime", "forever"):
        last = _unwrapped(last, asked[0])
    elif is_development(last):
        return None
    if uses_variables(last) or not last.words:
        return (
            Fact(Start(("sh", "-c", f"exec {' '.join(last.words)}"), last.variables), (evidence,))
            if last.words
            else None
        )
    return Fact(_compiled(asked, Start(last.words, last.variables), own=True), (evidence,))


def _unwrapped(step: Step, project: NodeProject) -> Step:
    """`nodemon --exec ts-node src/x.ts`, `pm2-runtime start x.js`: the file that is run, by node."""
    settings = next((word for word in step.words[1:] if "ecosystem" in word or "pm2." in word or "pm2-" in word), None)
    if settings is not None and step.program.startswith("pm2"):
        return _ecosystem(step, project, settings)
    files = [word for word in step.words[1:] if word.endswith((".js", ".mjs", ".cjs", ".ts", ".mts"))]
    return Step(("node", files[-1]) if files else (), step.variables, step.script)


def _ecosystem(step: Step, project: NodeProject, name: str) -> Step:
    """The first application of PM2's configuration: its script, and the variables that it is given."""
    if name.endswith(".json"):
        document = project.folder.json(name) if project.folder.has(name) else None
        value = document.value if document else None
    else:
        module = read_module(project, name) if project.folder.has(name) else None
        value = module.default_export if module else None
    apps = value.get("apps") if isinstance(value, dict) else value
    app = apps[0] if isinstance(apps, list) and apps else apps
    script = app.get("script") if isinstance(app, dict) else None
    if not isinstance(app, dict) or not isinstance(script, str) or not script.endswith((".js", ".mjs", ".cjs", ".ts")):
        return Step((), step.variables, step.script)
    given = {**(app.get("env") or {}), **(app.get("env_production") or {})} if isinstance(app.get("env"), dict) else {}
    variables = {key: str(item) for key, item in given.items() if isinstance(item, str | int)}
    return Step(("node", posixpath.normpath(script)), {**step.variables, **variables}, step.script)


def _compiled(asked: Asked, start: Start, *, own: bool = False) -> Start:
    """`ts-node src/x.ts` is `node dist/x.js` where the build compiles it; ``own``: the project's own words."""
    project, _, builds = asked
    program, *rest = start.words
    files = [word for word in rest if word.endswith((".ts", ".mts", ".tsx"))]
    if posixpath.basename(program) not in RUNNERS or not files or posixpath.basename(program) == "bun":
        return start
    out = output_folder(project) if builds else None
    source = posixpath.normpath(files[0])
    if out is None:
        # Node strips types by itself only in new versions: a runner that the project has is surer.
        runner = next((name for name in ("tsx", "ts-node") if name in project.package.every_dependency), None)
        return Start((runner, source), start.variables) if runner and program == "node" and not own else start
    known = compiled(project)
    output = known.outputs.get(source) if known else None
    base = source.rsplit(".", 1)[0].removeprefix("src/")
    return Start(("node", output or f"{out}/{base}.js"), start.variables)


def put_start(draft: Draft, fact: Fact[Start] | None) -> None:
    """Put /start, and the variables that the script sets for it."""
    if fact is None:
        return
    draft.put("start", fact.but([word for word in fact.value.words if word]))
    for name, value in sorted(fact.value.variables.items()):
        if name not in ("NODE_ENV", "PORT") and "$" not in value:
            draft.values.setdefault("environment", []).append({"name": name, "phase": "run", "value": value})


__all__ = ["Start", "put_start", "start_command"]
