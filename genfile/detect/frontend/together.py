"""The project's own Dockerfile, or its Java build, puts a front end and a server together."""

import posixpath
import re

from genfile.detect.frontend.signals import Served
from genfile.detect.hosting import hosting
from genfile.detect.survey import Found, inside
from genfile.detect.tree import Project
from genfile.dockerfile.model import Dockerfile, Instruction, Stage
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.evidence import Evidence


def one_dockerfile(server: Found, site: Project, output: str) -> Served | None:
    """The project's own Dockerfile builds the site in one stage, and copies what it made to where the server runs."""
    tree = server.project.tree
    paths = list(hosting(server.project).dockerfiles)
    above = server.project.parent()
    while above is not None:
        paths += hosting(above).dockerfiles
        above = above.parent()
    name = posixpath.basename(site.path)
    for path in dict.fromkeys(paths):
        try:
            dockerfile = read_dockerfile(tree.text(path) or "")
        except DockerfileError:
            continue
        builders = {
            stage.name or str(stage.index)
            for stage in dockerfile.stages[:-1]
            if any(_takes(item, name) for base in dockerfile.lineage(stage) for item in _copies(base))
            and any(word in base.image for base in dockerfile.lineage(stage) for word in ("node", "bun"))
        }
        for stage in _stages_of(server, dockerfile, builders):
            folder = next((item.words[0] for item in reversed(stage.all("WORKDIR")) if item.words), "/")
            for item in stage.all("COPY"):
                if item.flag("from") in builders and _of_site(item, site, dockerfile):
                    target = _target(_expanded(item.words[-1], stage, dockerfile), folder, server, output)
                    says = Evidence(path, item.line, item.original.strip()[:100])
                    builder = next(s for s in dockerfile.stages if (s.name or str(s.index)) == item.flag("from"))
                    script = _script_run(site, dockerfile, builder)
                    made = _made(site, dockerfile, builder, item.words[0]) or output
                    return Served(site, target, says, script, made)
    return None


def _stages_of(server: Found, dockerfile: Dockerfile, builders: set[str]) -> list[Stage]:
    """The stages that hold the server: the last one, and those that it takes files from; what embeds files first."""
    own = posixpath.basename(server.project.path)
    final = list(dockerfile.lineage(dockerfile.stages[-1]))
    sources = {item.flag("from") for stage in final for item in stage.all("COPY")} - builders - {None}
    before = [stage for stage in dockerfile.stages if (stage.name or str(stage.index)) in sources]
    before = [base for stage in before for base in dockerfile.lineage(stage)]
    if own:
        holds = [stage for stage in (*final, *before) if any(_takes(item, own) for item in _copies(stage))]
        if not holds:
            return []
        before = [stage for stage in before if stage in holds]
    return [*before, *final] if server.language.NAME == "go" else [*final, *before]


def _copies(stage: Stage) -> tuple[Instruction, ...]:
    return (*stage.all("COPY"), *stage.all("ADD"))


def _of_site(item: Instruction, site: Project, dockerfile: Dockerfile) -> bool:
    """Whether a COPY takes something out of a front end's folder, by its source or by where its stage works."""
    name = posixpath.basename(site.path)
    builder = next(s for s in dockerfile.stages if (s.name or str(s.index)) == item.flag("from"))
    folders = [word for base in dockerfile.lineage(builder) for place in base.all("WORKDIR") for word in place.words]
    named = any(name in word.split("/") for word in (*folders, *item.words[:-1]))
    # A stage may hold the front end alone, whatever it calls the folder.
    return named or not any(
        word.strip("./") == ""
        for base in dockerfile.lineage(builder)
        for copy in _copies(base)
        if copy.flag("from") is None
        for word in copy.words[:-1]
    )


def _script_run(site: Project, dockerfile: Dockerfile, builder: Stage) -> str | None:
    """The script of the front end that a stage runs last, where that is not `build`."""
    from genfile.detect.node.claims import read_project

    read = read_project(site)
    scripts = read.package.scripts if read else {}
    found: str | None = None
    for stage in reversed(dockerfile.lineage(builder)):
        for item in stage.all("RUN"):
            for match in re.finditer(r"\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?([A-Za-z0-9:_-]+)", item.value):
                found = match[1] if match[1] in scripts else found
    return found if found != "build" else None


def _made(site: Project, dockerfile: Dockerfile, builder: Stage, source: str) -> str | None:
    """What a COPY takes out of the stage that builds a front end, as a folder of the tree."""
    folders = [
        item.words[0] for stage in dockerfile.lineage(builder) for item in reversed(stage.all("WORKDIR")) if item.words
    ]
    folder = folders[0] if folders else "/"
    path = posixpath.normpath(posixpath.join(folder, source))
    if not path.startswith(folder.rstrip("/") + "/"):
        return None
    inner = posixpath.relpath(path, folder)
    # The stage may hold the whole tree, or the front end's folder alone.
    return inner if inside(inner, site.path) else site.full(inner)


def _takes(item: Instruction, name: str) -> bool:
    """Whether a COPY takes a folder of that name, or what is in it, from the build context."""
    if item.flag("from") is not None:
        return False
    return any(name in word.strip("./").split("/") for word in item.words[:-1])


def _expanded(text: str, stage: Stage, dockerfile: Dockerfile) -> str:
    """A path with the variables that the stage, or one that it is made from, sets; those of the head too."""
    values = {key: value for item in dockerfile.head if item.keyword == "ARG" for key, value in item.pairs}
    for base in reversed(dockerfile.lineage(stage)):
        values |= {
            key: value for item in base.instructions if item.keyword in ("ARG", "ENV") for key, value in item.pairs
        }
    return re.sub(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?", lambda match: values.get(match[1]) or match[0], text)


def _target(destination: str, folder: str, server: Found, output: str) -> str:
    """Where a COPY puts the files, as a path of the tree: what lies below the working folder is the server's own."""
    path = posixpath.normpath(posixpath.join(folder, destination))
    if "$" in path or not path.startswith(folder.rstrip("/") + "/"):
        return output
    inner = posixpath.relpath(path, folder)
    return server.project.full(inner) or output


def built_by_java(server: Found, site: Project) -> Evidence | None:
    """frontend-maven-plugin, or a Gradle plugin for Node: the build of the service makes its front end itself."""
    if server.language.NAME != "java":
        return None
    from genfile.detect.java.build import read_build

    build = read_build(server.project)
    found = build.find(*JAVA_PLUGINS) if build else None
    if found is not None and (
        inside(site.path, server.project.path) or inside(site.path, build.root.path if build else "")
    ):
        return found.evidence
    if build is not None and build.is_member and site.path in build.needs:
        return server.project.says("pom.xml", None, f"needs {site.path}")
    return None


JAVA_PLUGINS = (
    "com.github.eirslett:frontend-maven-plugin",
    "org.openjfx:javafx-maven-plugin",
    "com.github.node-gradle.node",
    "org.siouan.frontend",
    "org.siouan.frontend-jdk21",
)
