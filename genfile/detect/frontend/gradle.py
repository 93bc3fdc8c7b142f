"""Gradle tasks that call a Node package manager: they build the service's front end."""

import posixpath
import re
from collections.abc import Iterator

from genfile.detect.frontend.signals import Served
from genfile.detect.frontend.together import built_by_java
from genfile.detect.survey import FoundService
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence
from genfile.parsers.gradle import GradleScript
from genfile.parsers.gradle_parts import literals

MANAGERS = frozenset("npm npx pnpm yarn bun npm.cmd".split())
_CALLS = frozenset("commandLine executable".split())
_IDENTITY = re.compile(r"([a-z][\w-]*(?:\.[\w-]+)+)")


def run_by_gradle(server: FoundService, site: Project, output: str) -> Served | None:
    """The server's Gradle build calls npm, pnpm, Yarn or Bun in the front end's folder, or copies its output."""
    if server.language.NAME != "java" or site.path == server.project.path:
        return None
    says = next(iter(node_tasks(server.project, site).values()), None)
    if says is None and built_by_java(server, site) is None:
        says = _copied(server.project, output)
    return Served(site, output, says) if says is not None else None


def node_tasks(server: Project, site: Project) -> dict[str, Evidence]:
    """The tasks by name, each with evidence of what it calls; none in a script that does not name the site's folder."""
    found: dict[str, Evidence] = {}
    for folder, name, script in _scripts(server) if site.path != server.path else ():
        if any(site.path in _places(text, server, folder) for text in literals(script.root, script.text)):
            found |= {task: folder.says(name, line, f"{task} runs {program}") for task, program, line in _tasks(script)}
    return found


def _copied(server: Project, output: str) -> Evidence | None:
    """Where a script copies a front end's output: `processResources { from("../web/dist") }`."""
    for folder, name, script in _scripts(server):
        for item in script.statements:
            first = item.arguments[0] if item.name == "from" and item.arguments else None
            if isinstance(first, str) and output in _places(first, server, folder):
                return folder.says(name, item.line, f"from {first}")
    return None


def _scripts(server: Project) -> Iterator[tuple[Project, str, GradleScript]]:
    """The scripts that define a module's tasks: its own, those of the convention plugins that it applies, and what the
    root gives to it."""
    from genfile.detect.java.gradle import read_gradle, read_script
    from genfile.detect.java.scripts import convention_scripts

    build, own = read_gradle(server), read_script(server)
    if build is None or own is None:
        return
    yield server, *own
    plugins = {item.group for item in build.dependencies if item.plugin}
    named = {match[1] for text in literals(own[1].root, own[1].text) if (match := _IDENTITY.fullmatch(text))}
    for folder, name, script in convention_scripts(build.root):
        if posixpath.basename(name).removesuffix(".kts").removesuffix(".gradle") in plugins | named:
            yield folder, name, script
    above = read_script(build.root) if build.is_member else None
    if above is not None:
        yield build.root, above[0], above[1].given_to(build.project or "")


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


def _places(text: str, module: Project, folder: Project) -> set[str]:
    """The paths in the tree that a text in a script may mean: below the module, or below the script's own folder."""
    for start in ("$rootDir/", "${rootDir}/", "$rootProject.projectDir/", "${rootProject.projectDir}/"):
        if text.startswith(start):
            root = folder.path if folder.path != module.path else _root_of(module)
            return {posixpath.normpath(posixpath.join(root, text.removeprefix(start)))}
    for start in ("$projectDir/", "${projectDir}/", "./"):
        text = text.removeprefix(start)
    return {posixpath.normpath(posixpath.join(base, text)) for base in (module.path, folder.path)} if text else set()


def _root_of(module: Project) -> str:
    from genfile.detect.java.gradle import read_gradle

    build = read_gradle(module)
    return build.root.path if build is not None else module.path


def _tasks(script: GradleScript) -> Iterator[tuple[str, str, int]]:
    label = ""
    for item in script.statements:
        if item.name == "task" and item.arguments and isinstance(item.arguments[0], str):
            # `task buildFrontend(type: Exec) { … }`: the statements that follow at its level belong to it.
            label = item.arguments[0]
        words = [word for value in item.arguments for word in (value if isinstance(value, list) else [value])]
        program = next((word for word in words[:3] if isinstance(word, str) and word in MANAGERS), None)
        blocks = item.blocks[1:] if item.scope else item.blocks
        task = blocks[-1] if blocks else label
        if item.name in _CALLS and program is not None and task.isidentifier():
            yield task, program, item.line
