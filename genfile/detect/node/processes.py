"""Other commands of the same image: workers, and commands that run once for each release."""

import posixpath
import re

from msgspec.structs import replace

from genfile.data import framework
from genfile.detect.hosting import hosting
from genfile.detect.node.compiled import compiled
from genfile.detect.node.listeners import listeners, main_listener
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.nest import NestApplication, applications
from genfile.detect.node.orm import names_sources_in
from genfile.detect.node.refused import refusal
from genfile.detect.node.release import put_release
from genfile.detect.node.scripts import (
    FILE_RUNNERS,
    RUNNERS,
    ScriptStep,
    is_development,
    is_migration,
    resolve,
    resolve_text,
)
from genfile.detect.node.sources import source_files
from genfile.detect.node.start import process_command
from genfile.detect.node.watched import pm2_apps
from genfile.detect.node.wrappers import file_place
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.small import parse_procfile

# Scripts that start another process of the same code, by the process name that they get.
WORKERS = {
    "worker": "worker", "start:worker": "worker", "worker:start": "worker", "worker:prod": "worker",
    "start:worker:prod": "worker", "queue": "queue", "start:queue": "queue", "scheduler": "scheduler",
    "start:scheduler": "scheduler", "cron": "cron", "start:cron": "cron",
}  # fmt: skip
MIGRATION_SCRIPTS = (
    "migrate:deploy", "db:deploy", "db:migrate:deploy", "migrate:prod", "db:migrate:prod", "migration:run:prod",
    "migration:run", "migrations:run", "db:migrate", "migrate:latest", "migrate:up", "migrate", "migration:up",
)  # fmt: skip


def put_processes(project: NodeProject, draft: Draft) -> None:
    """Put /processes and /release: from the Procfile, else from scripts with usual names."""
    package = project.package
    processes = project.folder.parse(parse_procfile, "Procfile") if project.folder.has("Procfile") else None
    builds = bool(draft.values.get("build"))
    start = draft.values.get("start")
    for name, (text, line) in (processes or {}).items():
        says = project.folder.says("Procfile", line, f"{name}: {text}")
        command = process_command(project, text, says, builds)
        if name == "release" and command is None:
            _put_command(project, draft, resolve_text(package, text, ""), says)
        if command is None or command.value == start:
            continue
        if name == "release":
            draft.put("release", command)
        elif name != "web" and name.replace("-", "").isalnum() and name.islower():
            draft.put(f"processes.{name}", command)
    for script, name in WORKERS.items():
        steps = resolve(package, script)
        if processes or not steps or is_development(steps[-1]) or steps[-1].program not in RUNNERS:
            continue
        says = package.says("scripts", script)
        command = process_command(project, package.scripts[script], says, builds)
        if command is not None and command.value != start and name not in draft.values.get("processes", {}):
            draft.put(f"processes.{name}", command)
    _put_pm2(project, draft, builds)
    _put_stated(project, draft, builds)
    for app in applications(project):
        words = ["node", app.output]
        if app.name.islower() and [word.removesuffix(".js") for word in start or ()] != ["node", app.output[:-3]]:
            draft.put(f"processes.{app.name}", Fact(words, (app.says,)))
            _tell_of_port(project, app, draft)
    for put in (_put_stated_release, _put_started_release, _put_scripted_release):
        if "release" not in draft.values:
            put(project, draft)
    known = framework("node", draft.values["framework"]) if draft.values.get("framework") else None
    if known is not None and known.release and "release" not in draft.values and start == list(known.start):
        draft.put("release", draft.evidence["/framework"].but(list(known.release)))


def _tell_of_port(project: NodeProject, app: NestApplication, draft: Draft) -> None:
    """Note that another application listens, too: a process has no port."""
    found = main_listener(list(listeners(project, source_files(project, ("node", app.output)))))
    if found is not None:
        text = f"{app.name} listens too; compose.yaml runs it as a process, without a port on the host"
        draft.note("info", f"{text}: add `ports` for it where it is needed", found.evidence[0].path)


def _put_stated(project: NodeProject, draft: Draft, builds: bool) -> None:
    """Put the other programs that the project's compose file, Kubernetes manifests or hosts' files run."""
    for name, fact in hosting(project.folder).beside.items():
        steps = resolve_text(project.package, fact.value, "")
        named = draft.values.get("processes", {})
        if not steps or name in named or is_development(steps[-1]) or steps[-1].program not in RUNNERS:
            continue
        command = process_command(project, fact.value, fact.evidence[0], builds)
        known = (draft.values.get("start"), *named.values())
        if command is not None and command.value not in known and (builds or _is_there(project, command.value)):
            draft.put(f"processes.{name}", command)


def _is_there(project: NodeProject, words: list[str]) -> bool:
    """Whether the tree has the file that a command runs."""
    at = file_place(words)
    return at is not None and project.folder.has(posixpath.normpath(words[at]))


def _put_pm2(project: NodeProject, draft: Draft, builds: bool) -> None:
    """Put the applications that PM2 starts besides the first."""
    package = project.package
    name = next((name for name in ("start:prod", "start:production", "start") if name in package.scripts), "")
    steps = resolve(package, name) or ()
    apps = pm2_apps(project, steps[-1]) if steps and steps[-1].program.startswith("pm2") else None
    for app in (apps or ())[1:]:
        says = package.says("scripts", name)
        command = process_command(project, app.text, says, builds) if app.text and _NAME.fullmatch(app.name) else None
        if command is not None and command.value != draft.values.get("start"):
            draft.put(f"processes.{app.name}", command)


_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")


def _put_stated_release(project: NodeProject, draft: Draft) -> None:
    """Put /release: the command that a host's file runs before each deployment."""
    for fact in hosting(project.folder).releases:
        if "release" not in draft.values:
            _put_command(project, draft, resolve_text(project.package, fact.value, ""), fact.evidence[0])


def _put_started_release(project: NodeProject, draft: Draft) -> None:
    """Put /release: the migration that the start script runs before the program."""
    package = project.package
    name = next((name for name in ("start:prod", "start:production", "start") if name in package.scripts), None)
    last = resolve(package, name) if name is not None else None
    if name is None or not last or is_development(last[-1]):
        return
    for origin, found in ((f"pre{name}", resolve(package, f"pre{name}") or ()), (name, last[:-1])):
        steps = [_by_tool(step) for step in found]
        migrations = tuple(step for step in steps if is_migration(step) and not _fills(step))
        if migrations and "release" not in draft.values:
            _put_command(project, draft, migrations[:1], package.says("scripts", origin))


def _fills(step: ScriptStep) -> bool:
    """Whether a command waits for a database or fills it, which is not for each release."""
    return step.program.startswith("wait-") or any("seed" in word for word in step.words)


def _put_scripted_release(project: NodeProject, draft: Draft) -> None:
    """Put /release: a script that runs migrations, by compiled files, else by a usual name."""
    package = project.package
    for script in (*_of_compiled_files(project), *MIGRATION_SCRIPTS):
        steps = tuple(_by_tool(step) for step in resolve(package, script) or ())
        if "release" in draft.values or not steps or len(steps) != 1 or not is_migration(steps[0]):
            continue
        if not _put_command(project, draft, steps, package.says("scripts", script)):
            return


def _of_compiled_files(project: NodeProject) -> list[str]:
    """The scripts that run a migration with files that the build makes, by a usual name with an addition of the
    project's own: `migration:run:js`."""
    known, package = compiled(project), project.package
    made = set(known.outputs.values()) if known is not None else set()
    found: list[str] = []
    for script in package.scripts if made else ():
        steps = [_by_tool(step) for step in resolve(package, script) or ()]
        named = any(script.startswith((usual, f"{usual}:")) for usual in MIGRATION_SCRIPTS)
        if named and len(steps) == 1 and is_migration(steps[0]) and not _fills(steps[0]):
            paths = {posixpath.normpath(word.rpartition("=")[2]) for word in steps[0].words[1:]}
            found += [script] if paths & made else []
    return found


def _by_tool(step: ScriptStep) -> ScriptStep:
    """The command of a dependency's program for one that names its file: `node node_modules/typeorm/cli.js …`."""
    place = posixpath.normpath(step.words[1]).split("/") if step.program == "node" and len(step.words) > 1 else [""]
    if place[0] != "node_modules" or len(place) < 3:
        return step
    program = place[-1] if place[1] == ".bin" else place[2] if place[1].startswith("@") else place[1]
    return replace(step, words=(program, *step.words[2:]))


def _put_command(project: NodeProject, draft: Draft, steps: tuple[ScriptStep, ...] | None, says: Evidence) -> bool:
    """Put /release from a single plain command, in its compiled form. False for Prisma's, which comes with its schema,
    and for one that a shell would have to expand."""
    words = list(steps[0].words) if steps and len(steps) == 1 else []
    program = posixpath.basename(words[0]) if words else ""
    if not words or program == "prisma" or any("$" in word for word in words):
        return False
    if draft.values.get("build"):
        only_dev = program in project.package.dev_dependencies and program not in project.package.dependencies
        words = (_compiled_file(project, words) if only_dev else _compiled_source(project, words)) or words
    put_release(project, draft, words, says)
    return True


def _compiled_source(project: NodeProject, words: list[str]) -> list[str] | None:
    """`typeorm -d dist/data-source.js` for `typeorm-ts-node-commonjs -d src/data-source.ts`, if what that file names is
    compiled too."""
    known = compiled(project) if words[0].startswith("typeorm-ts-node-") else None
    at = next((at + 1 for at, word in enumerate(words[:-1]) if word in ("-d", "--dataSource")), None)
    source = posixpath.normpath(words[at]) if at is not None else ""
    output = known.outputs.get(source) if known is not None else None
    if known is None or output is None or at is None or names_sources_in(project, known, source):
        return None
    return ["typeorm", *words[1:at], output, *words[at + 1 :]]


def _compiled_file(project: NodeProject, words: list[str]) -> list[str] | None:
    """The compiled form of `tsx src/x.ts`, since the image has no development runner."""
    at = file_place(words) if words[0] in FILE_RUNNERS else None
    known = compiled(project)
    output = known.outputs.get(posixpath.normpath(words[at])) if known is not None and at is not None else None
    if output is None or at is None or refusal(project, ("node", output), {}) is not None:
        return None
    return ["node", output, *words[at + 1 :]]
