"""Gradle tasks that call a Node package manager: they build the service's front end."""

from collections.abc import Iterator

from genfile.detect.frontend.signals import Served
from genfile.detect.paths import relative
from genfile.detect.survey import FoundService
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence
from genfile.parsers.gradle import GradleScript
from genfile.parsers.gradle_parts import literals

_MANAGERS = frozenset("npm npx pnpm yarn bun npm.cmd".split())
_CALLS = frozenset("commandLine executable".split())


def run_by_gradle(server: FoundService, site: Project, output: str) -> Served | None:
    """A task of the server's Gradle build calls npm, pnpm, Yarn or Bun in the front end's folder."""
    found = node_tasks(server.project, site) if server.language.NAME == "java" else {}
    says = next(iter(found.values()), None)
    return Served(site, output, says) if says is not None else None


def node_tasks(server: Project, site: Project) -> dict[str, Evidence]:
    """The tasks by name, each with evidence of what it calls; none if the script does not name the site's folder."""
    from genfile.detect.java.gradle import read_script

    read = read_script(server) if site.path != server.path else None
    if read is None:
        return {}
    name, script = read
    folder = relative(site.path, server.path)
    if not any(_names(text, folder) for text in literals(script.root, script.text)):
        return {}
    return {task: server.says(name, line, f"{task} runs {program}") for task, program, line in _tasks(script)}


def leave_tasks(draft: Draft, served: Served) -> None:
    """Exclude such tasks from the server's build, which has no Node: the front end's stage does their work."""
    build = draft.values.get("build")
    if draft.values.get("language") != "java" or not build:
        return
    tasks = node_tasks(Project(served.project.tree, "").at(draft.values.get("path", ".")), served.project)
    if tasks:
        fact = draft.evidence["/build"]
        command = " ".join([build[-1], *(f"-x {task}" for task in tasks)])
        draft.put("build", type(fact)([*build[:-1], command], (*fact.evidence, *tasks.values())))


def _names(text: str, folder: str) -> bool:
    for start in ("$projectDir", "${projectDir}", "$rootDir", "${rootDir}", "."):
        text = text.removeprefix(f"{start}/")
    return text.rstrip("/") == folder


def _tasks(script: GradleScript) -> Iterator[tuple[str, str, int]]:
    label = ""
    for item in script.statements:
        if item.name == "task" and item.arguments and isinstance(item.arguments[0], str):
            # `task buildFrontend(type: Exec) { … }`: the statements that follow at its level belong to it.
            label = item.arguments[0]
        words = [word for value in item.arguments for word in (value if isinstance(value, list) else [value])]
        program = next((word for word in words[:3] if word in _MANAGERS), None)
        task = item.blocks[-1] if item.blocks else label
        if item.name in _CALLS and program is not None and task.isidentifier():
            yield task, program, item.line
