"""The project's own Dockerfile, or its Java build, puts a front end and a server together."""

import posixpath
import re
from collections.abc import Iterator, Sequence

from genfile.detect.frontend.signals import Served
from genfile.detect.hosting import hosting
from genfile.detect.paths import inside, relative
from genfile.detect.survey import FoundService
from genfile.detect.tree import Project
from genfile.dockerfile.model import Dockerfile, Instruction, Stage
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.evidence import Evidence


def dockerfiles_above(project: Project) -> tuple[str, ...]:
    """The Dockerfiles of a folder, then those of the folders above it; looked for once."""
    return project.tree.once(("dockerfiles-above", project.path), lambda: _dockerfiles_above(project))


def _dockerfiles_above(project: Project) -> tuple[str, ...]:
    above = project.parent()
    paths = [*hosting(project).dockerfiles, *(dockerfiles_above(above) if above is not None else ())]
    return tuple(dict.fromkeys(paths))


def one_dockerfile(server: FoundService, site: Project, output: str) -> Served | None:
    """The project's Dockerfile builds the site in one stage and copies the output into the server's stage."""
    for path in dockerfiles_above(server.project):
        if inside(path, site.path) and not inside(server.project.path, site.path):
            # The site's own image.
            continue
        try:
            dockerfile = read_dockerfile(server.project.tree.text(path) or "")
        except DockerfileError:
            continue
        found = _in_dockerfile(server, site, output, path, dockerfile)
        if found is not None:
            return found
    return None


# A server of Node's that a command starts: what it makes is not a site that another server serves.
_NODE_SERVER = re.compile(
    r"(?:^|[\s;&|=(\[\"'/])(?:node\s+(?!-e\b)\S|(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?:start|serve)\b|(?:next|nuxt)\s+start\b"
    r"|bun\s+(?:run\s+)?\S+\.[cm]?[jt]sx?\b|deno\s+(?:run|serve)\b)",
    re.MULTILINE,
)
_MAX_SCRIPT = 64 * 1024


def runs_itself(site: Project) -> Evidence | None:
    """Whether the image that holds a front end starts a server of Node's: by its command, or by a script in it."""
    for path in dockerfiles_above(site):
        try:
            dockerfile = read_dockerfile(site.tree.text(path) or "")
        except DockerfileError:
            continue
        for stage in dockerfile.lineage(dockerfile.stages[-1]):
            for item in stage.instructions:
                if item.keyword in ("CMD", "ENTRYPOINT") and _NODE_SERVER.search(" ".join(item.words) or item.value):
                    return Evidence(path, item.line, item.original.strip()[:100])
            for script in _scripts(site, path, stage):
                if _NODE_SERVER.search(site.tree.text(script) or ""):
                    return Evidence(script, 1, "starts a Node server")
    return None


def _scripts(site: Project, path: str, stage: Stage) -> Iterator[str]:
    """The scripts and supervisor's configurations that a stage copies out of the build context."""
    for item in _copies(stage):
        for word in item.words[:-1] if item.flag("from") is None else ():
            for base in (posixpath.dirname(path), ""):
                full = posixpath.normpath(posixpath.join(base, word.lstrip("/")))
                if full.endswith((".sh", ".conf", ".ini")) and full in site.tree.paths:
                    if len(site.tree.text(full) or "") <= _MAX_SCRIPT:
                        yield full
                    break


def _in_dockerfile(
    server: FoundService, site: Project, output: str, path: str, dockerfile: Dockerfile
) -> Served | None:
    builders = {
        stage.name or str(stage.index): stage
        for stage in dockerfile.stages[:-1]
        if _holds_sources(dockerfile.lineage(stage), site)
        and any(word in base.image for base in dockerfile.lineage(stage) for word in ("node", "bun"))
    }
    final = dockerfile.lineage(dockerfile.stages[-1])
    for stage in _stages_of(server, dockerfile, builders) if builders else ():
        for folder, item in _in_folders(stage):
            builder = builders.get(item.flag("from") or "") if item.keyword == "COPY" else None
            if builder is not None and _of_site(item, site, dockerfile, builder):
                place = posixpath.normpath(posixpath.join(folder, _expanded(item.words[-1], stage, dockerfile)))
                target = _tree_path(stage, place, server.project) if stage not in final and "$" not in place else None
                target = target or _beside(place, folder, server.project) or output
                made = _made(site, dockerfile, builder, item.words[0]) or output
                says = Evidence(path, item.line, item.original.strip()[:100])
                return Served(site, target, says, _script_run(site, dockerfile, builder), made)
    return None


def _stages_of(server: FoundService, dockerfile: Dockerfile, builders: dict[str, Stage]) -> list[Stage]:
    """The stages that hold the server: the last one, and those that it takes files of; what compiles files in first."""
    own = posixpath.basename(server.project.path)
    final = list(dockerfile.lineage(dockerfile.stages[-1]))
    sources = {item.flag("from") for stage in final for item in stage.all("COPY")} - {*builders, None}
    makers = [dockerfile.lineage(stage) for stage in dockerfile.stages if {stage.name, str(stage.index)} & sources]
    if own:
        holders = [lineage for lineage in makers if _holds(lineage, own)]
        if not holders and not _holds(final, own):
            return []
        makers = holders or makers
    before = [stage for lineage in makers for stage in lineage]
    return [*before, *final] if server.language.NAME in ("go", "java") else [*final, *before]


def _holds(stages: Sequence[Stage], name: str) -> bool:
    return any(_takes(item, name) for stage in stages for item in _copies(stage))


def _copies(stage: Stage) -> Iterator[Instruction]:
    """COPY and ADD alike, in order."""
    return (item for item in stage.instructions if item.keyword in ("COPY", "ADD"))


def _in_folders(stage: Stage) -> Iterator[tuple[str, Instruction]]:
    """Every COPY and ADD with the folder that the stage has last: what is copied before it is told is found there."""
    last = next((item.words[0] for item in reversed(stage.all("WORKDIR")) if item.words), "/")
    folder = last
    for item in stage.instructions:
        if item.keyword == "WORKDIR" and item.words:
            folder = posixpath.join(folder, item.words[0])
        elif item.keyword in ("COPY", "ADD"):
            yield folder, item


def _of_site(item: Instruction, site: Project, dockerfile: Dockerfile, builder: Stage) -> bool:
    """Whether a COPY takes something out of a front end's folder, by its source or by where its stage works."""
    name = posixpath.basename(site.path)
    folders = [word for base in dockerfile.lineage(builder) for place in base.all("WORKDIR") for word in place.words]
    named = any(name in word.split("/") for word in (*folders, *item.words[:-1]))
    # A stage may hold the front end alone, whatever it calls the folder.
    given = [word for base in dockerfile.lineage(builder) for copy in _copies(base) for word in _given(copy)]
    return named or not any(word == "." or _is_of_another(word, site) for word in given)


def _is_of_another(path: str, site: Project) -> bool:
    """Whether a path of the build context is a folder that has nothing to do with a front end."""
    whole = Project(site.tree, "")
    return whole.has_folder(path) and not inside(path, site.path) and not inside(site.path, path)


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


def _tree_path(stage: Stage, path: str, project: Project) -> str | None:
    """Which path of the tree a path inside a stage is, by the folders that were copied there out of the context."""
    for folder, item in _in_folders(stage):
        if item.flag("from") is not None or len(item.words) != 2 or set(item.words[0]) & set("*?["):
            continue
        if item.words[0].lstrip("./") in project.tree.paths:
            continue
        source = posixpath.normpath(item.words[0].lstrip("/") or ".")
        place = posixpath.normpath(posixpath.join(folder, item.words[1]))
        if path.startswith(place.rstrip("/") + "/") and not source.startswith(".."):
            inner = relative(path, place)
            return inner if source == "." else f"{source}/{inner}"
    return None


def _made(site: Project, dockerfile: Dockerfile, builder: Stage, source: str) -> str | None:
    """What a COPY takes out of the stage that builds a front end, as a folder of the tree."""
    for stage in dockerfile.lineage(builder):
        mapped = _tree_path(stage, posixpath.normpath(source), site) if source.startswith("/") else None
        if mapped is not None and inside(mapped, site.path):
            return mapped
    folders = [
        item.words[0] for stage in dockerfile.lineage(builder) for item in reversed(stage.all("WORKDIR")) if item.words
    ]
    folder = folders[0] if folders else "/"
    path = posixpath.normpath(posixpath.join(folder, source))
    if not path.startswith(folder.rstrip("/") + "/"):
        return None
    inner = relative(path, folder)
    # The stage may hold the whole tree, or the front end's folder alone.
    return inner if inside(inner, site.path) else site.full(inner)


def _given(item: Instruction) -> list[str]:
    """What a COPY takes from the build context."""
    return [word.strip("./") or "." for word in item.words[:-1]] if item.flag("from") is None else []


def _takes(item: Instruction, name: str) -> bool:
    """Whether a COPY takes a folder of that name, or what is in it, from the build context."""
    return any(name in word.split("/") for word in _given(item))


def _holds_sources(stages: Sequence[Stage], site: Project) -> bool:
    """Whether stages have a front end's folder, or more out of it than the manifests: to install a workspace, those of
    all members are needed."""
    name = posixpath.basename(site.path)
    given = [word.split("/") for stage in stages for item in _copies(stage) for word in _given(item)]
    inner = [parts[parts.index(name) + 1 :] for parts in given if name in parts]
    whole = ["."] in given
    return any(whole or len(parts) != 1 or _MANIFEST.fullmatch(parts[0]) is None for parts in inner)


_MANIFEST = re.compile(r"package.*|.*lock\b.*|\.npmrc|\.yarnrc.*|pnpm-workspace.*|bunfig\.toml")


def _expanded(text: str, stage: Stage, dockerfile: Dockerfile) -> str:
    """A path with the variables that the stage, or one that it is made from, sets; those of the head too."""
    values = {key: value for item in dockerfile.head if item.keyword == "ARG" for key, value in item.pairs}
    for base in reversed(dockerfile.lineage(stage)):
        values |= {
            key: value for item in base.instructions if item.keyword in ("ARG", "ENV") for key, value in item.pairs
        }
    return re.sub(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?", lambda match: values.get(match[1]) or match[0], text)


def _beside(path: str, folder: str, server: Project) -> str | None:
    """Where a COPY puts the files, as a path of the tree: what lies below the working folder is the server's own."""
    if "$" in path or not path.startswith(folder.rstrip("/") + "/"):
        return None
    return server.full(relative(path, folder))


def built_by_java(server: FoundService, site: Project) -> Evidence | None:
    """frontend-maven-plugin, or a Gradle plugin for Node: the build of the service makes its front end itself."""
    if server.language.NAME != "java":
        return None
    from genfile.detect.java.read import read_build

    build = read_build(server.project)
    found = build.find(*JAVA_PLUGINS) if build else None
    if found is not None and (
        inside(site.path, server.project.path) or inside(site.path, build.root.path if build else "")
    ):
        return found.evidence
    own = read_build(site) if site.has("build.gradle") or site.has("build.gradle.kts") or site.has("pom.xml") else None
    tool = (
        own.find(*JAVA_PLUGINS) if own is not None and build is not None and own.root.path == build.root.path else None
    )
    if tool is not None:
        return tool.evidence
    if build is not None and build.is_member and site.path in build.needs:
        return server.project.says("pom.xml", None, f"needs {site.path}")
    return None


JAVA_PLUGINS = (
    "com.github.eirslett:frontend-maven-plugin",
    "io.quarkiverse.quinoa",
    "com.vaadin",
    "com.github.node-gradle.node",
    "org.siouan.frontend",
    "org.siouan.frontend-jdk8",
    "org.siouan.frontend-jdk11",
    "org.siouan.frontend-jdk17",
    "org.siouan.frontend-jdk21",
)
