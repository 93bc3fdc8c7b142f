"""Other commands of the same image: workers, and commands that run once for each release."""

import posixpath

from genfile.detect.code import parse_code
from genfile.detect.hosting import hosting
from genfile.detect.node.compiled import compiled
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.nest import applications
from genfile.detect.node.refused import refusal
from genfile.detect.node.release import put_release
from genfile.detect.node.scripts import FILE_RUNNERS, RUNNERS, is_development, is_migration, resolve, resolve_text
from genfile.detect.node.start import process_command
from genfile.detect.node.wrappers import file_place
from genfile.evidence import Draft, Fact
from genfile.parsers.javascript import parse_javascript
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
    for app in applications(project):
        words = ["node", app.output]
        if app.name.islower() and [word.removesuffix(".js") for word in start or ()] != ["node", app.output[:-3]]:
            draft.put(f"processes.{app.name}", Fact(words, (app.says,)))
    if "release" not in draft.values:
        _put_stated_release(project, draft)
    _put_release(project, draft)
    if ".sequelizerc" in project.folder.names() and "sequelize" in " ".join(draft.values.get("release") or ()):
        # The tool's own configuration says where the migrations are.
        module = parse_code(project.folder, parse_javascript, ".sequelizerc")
        named = [posixpath.normpath(text) for text, _ in (module.paths if module else ())]
        kept = draft.values.setdefault("run_paths", [])
        for name in (".sequelizerc", *(n for n in named if project.folder.has(n) or project.folder.has_folder(n))):
            path = project.folder.full(name)
            if path not in kept and project.folder.spec_path not in kept:
                kept.append(path)


def _put_stated_release(project: NodeProject, draft: Draft) -> None:
    """Put /release: the command that a host's file runs before each deployment."""
    for fact in hosting(project.folder).releases:
        steps = resolve_text(project.package, fact.value, "")
        words = list(steps[0].words) if steps and len(steps) == 1 else []
        # Prisma's own command comes with its schema.
        if words and posixpath.basename(words[0]) != "prisma" and not any("$" in word for word in words):
            put_release(project, draft, words, fact.evidence[0])
            return


def _put_release(project: NodeProject, draft: Draft) -> None:
    """Put /release: a script with a usual name that runs migrations, unless something else named a command."""
    package = project.package
    for script in MIGRATION_SCRIPTS:
        steps = resolve(package, script)
        if "release" in draft.values or not steps or len(steps) != 1 or not is_migration(steps[0]):
            continue
        words = list(steps[0].words)
        program = posixpath.basename(words[0])
        if program == "prisma" or any("$" in word for word in words):
            return
        says = package.says("scripts", script)
        only_dev = program in package.dev_dependencies and program not in package.dependencies
        made = _compiled_file(project, words) if only_dev and draft.values.get("build") else None
        put_release(project, draft, made or words, says)


def _compiled_file(project: NodeProject, words: list[str]) -> list[str] | None:
    """The compiled form of `tsx src/x.ts`, since the image has no development runner."""
    at = file_place(words) if words[0] in FILE_RUNNERS else None
    known = compiled(project)
    output = known.outputs.get(posixpath.normpath(words[at])) if known is not None and at is not None else None
    if output is None or at is None or refusal(project, ("node", output), {}) is not None:
        return None
    return ["node", output, *words[at + 1 :]]
