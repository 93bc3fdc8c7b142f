"""Maven's exec plugin that calls a Node package manager: it builds the service's front end."""

import posixpath

from genfile.detect.frontend.gradle import MANAGERS
from genfile.detect.frontend.signals import Served
from genfile.detect.survey import FoundService
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence
from genfile.parsers.xml import Element

_PLUGIN = "exec-maven-plugin"
_OF_MODULE = ("${project.basedir}/", "${basedir}/", "./")
_OF_ROOT = ("${maven.multiModuleProjectDirectory}/", "${session.executionRootDirectory}/")


def run_by_maven(server: FoundService, site: Project, output: str) -> Served | None:
    """The server's POM, or a parent of it, calls npm, pnpm, Yarn or Bun in the front end's folder."""
    says = (
        _calls(server.project, site)[0] if server.language.NAME == "java" and site.path != server.project.path else None
    )
    return Served(site, output, says) if says is not None else None


def leave_executions(draft: Draft, served: Served) -> None:
    """Skip such a plugin in the server's build, which has no Node, if it calls nothing else."""
    build = draft.values.get("build")
    if draft.values.get("language") != "java" or not build or "mvn" not in build[-1]:
        return
    says, alone = _calls(Project(served.project.tree, "").at(draft.values.get("path", ".")), served.project)
    if says is not None and alone:
        fact = draft.evidence["/build"]
        draft.put("build", type(fact)([*build[:-1], f"{build[-1]} -Dexec.skip"], (*fact.evidence, says)))


def _calls(server: Project, site: Project) -> tuple[Evidence | None, bool]:
    """Where the plugin calls a package manager in a site's folder, and whether that is all that it does."""
    from genfile.detect.java.pom import read_pom

    pom = read_pom(server) if server.has("pom.xml") else None
    found: Evidence | None = None
    alone = True
    for owner, item in pom.plugins() if pom is not None else ():
        if item.find_text("artifactId") != _PLUGIN:
            continue
        outer = item.all("configuration")
        for execution in item.all("executions", "execution"):
            settings = [*execution.all("configuration"), *outer]
            program = _of(settings, "executable") or ""
            folder = _of(settings, "workingDirectory") or "."
            manager = program.rpartition("/")[2].removesuffix(".cmd") in MANAGERS
            alone = alone and manager
            if manager and _place(folder, server, owner.folder) == site.path:
                found = found or owner.folder.says(owner.file, execution.line, f"{program} in {folder}")
    return found, alone


def _of(settings: list[Element], name: str) -> str | None:
    return next((text for item in settings if (text := item.find_text(name)) is not None), None)


def _place(text: str, module: Project, owner: Project) -> str:
    """The folder that a POM names: below the module, or below the root of the build."""
    for start in _OF_ROOT:
        if text.startswith(start):
            return posixpath.normpath(posixpath.join(owner.path, text.removeprefix(start)))
    for start in _OF_MODULE:
        text = text.removeprefix(start)
    return posixpath.normpath(posixpath.join(module.path, text))
