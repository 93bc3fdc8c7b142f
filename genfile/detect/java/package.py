"""The program that a Maven build creates: the plugin that packages it, its name, and separate libraries."""

import itertools
import re

from genfile.detect.java.boot import BOOT_PLUGIN, REPACKAGE, boot_main, why_thin
from genfile.detect.java.build import Build
from genfile.detect.java.filled import filling_profile
from genfile.detect.java.life import JavaLife, life, main_files
from genfile.detect.java.pipeline import given_profiles
from genfile.detect.java.pom import FILE, Pom, activate, descendants, read_pom
from genfile.detect.java.port import sources
from genfile.detect.java.stays import listening, serves_http, staying
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Fact
from genfile.parsers.small import parse_procfile
from genfile.parsers.xml import Element

# Where libraries are copied if the project itself has no folder for them.
LIBRARIES = "target/lib"
# Plugins whose mere presence makes a module an application.
_PACKAGERS = (
    BOOT_PLUGIN, "quarkus-maven-plugin", "micronaut-maven-plugin", "helidon-maven-plugin",
)  # fmt: skip


def put_package(pom: Pom, build: Build) -> None:
    """Fill in what a build creates: its file, the evidence that it can be run, its main class, its libraries."""
    build.artifact = _artifact(pom, build)
    for artifact in _PACKAGERS:
        found = pom.plugin(artifact)
        if found is not None:
            build.runnable = found[0].folder.says(found[0].file, found[1].line, artifact)
            if artifact == BOOT_PLUGIN and build.packaging == "jar":
                _complete(pom, build)
            return
    if _with_main_class(pom, build):
        return
    if build.packaging == "war":
        build.runnable = pom.folder.says(FILE, None, "packaging is war")
        return
    _by_procfile(pom, build)
    if build.runnable is None and build.packaging == "jar" and not build.is_member:
        _by_source(pom, build)


def _complete(pom: Pom, build: Build) -> None:
    """Make a program of a jar that Spring Boot's plugin leaves as it is: by the goal, or by its class and copied
    libraries, since a reactor would run the goal in its libraries too, and a skipped one does nothing."""
    thin = why_thin(pom)
    if thin is None:
        return
    if not build.is_member and not thin.skipped:
        build.goals = [REPACKAGE]
        return
    if thin.skipped and _with_main_class(pom, build):
        return
    build.main_class = boot_main(pom)
    if build.main_class is not None:
        build.named, build.artifact = True, _artifact(pom, build, repackaged=False)
        put_libraries(pom, build)


def with_profile(pom: Pom, root: Project) -> Pom:
    """A module with the profile that its build must be told to activate: the one that alone packages the program, else
    the one that alone fills in its configuration. The module itself if it needs none."""
    name = (_packing_profile(pom, root) or filling_profile(pom)) if pom.given is None else None
    return pom if name is None else activate(pom, name)


def _packing_profile(pom: Pom, root: Project) -> str | None:
    """The profile that alone packages the program with its main class: one that the project's own CI names, or that is
    active in the root's build, which does not activate a module's profile of the same name."""
    if pom.root.child("profiles") is None:
        return None
    above = read_pom(root)
    told = {*given_profiles(root), *(item.find_text("id") or "" for _, item in (above.profiles if above else ()))}
    active = {item.find_text("id") for owner, item in pom.profiles if owner is pom}
    named = [item.find_text("id") or "" for item in pom.root.all("profiles", "profile")]
    candidates = [name for name in dict.fromkeys(named) if name in told and name not in active]
    if not candidates or _is_packed(pom):
        return None
    return next((name for name in candidates if _is_packed(Pom(pom.folder, pom.root, pom.file, name))), None)


def _is_packed(pom: Pom) -> bool:
    """Whether a plugin packages a program that can be run."""
    return any(pom.plugin(name) for name in _PACKAGERS) or _with_main_class(pom, Build("maven", pom.folder, pom.folder))


MAX_MAINS = 6


def _by_source(pom: Pom, build: Build) -> None:
    """Find a class whose `main` listens, in a jar that no plugin writes a main class into: it is started by name."""
    mains = list(itertools.islice(main_files(pom.folder), MAX_MAINS))
    framework = build.framework is not None
    booted = _boots(build)
    served = _served(build)
    if mains and not (booted or served or staying(build) or listening(build, JavaLife("unknown"), framework=framework)):
        return
    for path, name in mains:
        says = booted.get(path) or listening(build, life(build, path), framework=framework)
        if says is None and len(mains) == 1:
            says = staying(build) or served
        if says is not None:
            build.runnable, build.named = says, True
            build.main_class = pom.folder.fact(name, path, None, f"main, with no plugin in {FILE}")
            put_libraries(pom, build)
            return


# Frameworks whose libraries clients have as well.
_CLIENTS = frozenset({"grpc", "vertx", "armeria", "http4k", "spring-boot"})


def _served(build: Build) -> Evidence | None:
    """The evidence of a framework that only servers use; the call that starts one may have a common name, as Spark's
    `get`."""
    found = build.framework
    return found[1].evidence if found is not None and found[0].name not in _CLIENTS else None


def _boots(build: Build) -> dict[str, Evidence]:
    """The files that start Spring Boot with a web server, by path, even in a program without Boot's own plugin."""
    if build.framework is None or build.framework[0].name != "spring-boot" or not serves_http(build):
        return {}
    found: dict[str, Evidence] = {}
    for path, file in sources(build.folder):
        if "SpringApplication" not in (build.folder.text(path) or "") and not path.endswith(".kt"):
            continue
        call = next((call for call in file.calls if call.callee in ("run", "runApplication")), None)
        if call is not None:
            found[path] = build.folder.says(path, call.line, f"SpringApplication.{call.callee}")
    return found


def _by_procfile(pom: Pom, build: Build) -> None:
    """Take the main class that a Procfile starts: `java -cp target/classes:target/dependency/* shop.Main`."""
    folder = pom.folder
    processes = folder.parse(parse_procfile, "Procfile") if folder.has("Procfile") else None
    text, line = processes["web"] if processes and "web" in processes else ("", 0)
    match = re.search(r"\bjava\b.*\s(?:-cp|-classpath|--class-path)\s+\S+\s+([A-Za-z_][\w.]*)", text)
    if match is not None:
        build.runnable = folder.says("Procfile", line, text)
        build.main_class = Fact(match[1], (build.runnable,))
        put_libraries(pom, build)


# Words in a pom.xml that leave another file beside the program.
_MORE = (
    "maven-source-plugin",
    "maven-javadoc-plugin",
    "test-jar",
    "classifier",
    "descriptor",
    "shadedArtifactAttached",
)


def _leaves_one(pom: Pom) -> bool:
    """Whether a build leaves one file with the module's name: no plugin adds sources, documentation or a variant."""
    top = pom.chain[-1].root.child("parent")
    known = top is None or top.find_text("artifactId") == "spring-boot-starter-parent"
    texts = [item.folder.text(item.file) or "" for item in pom.chain]
    return known and not any(word in text for word in _MORE for text in texts)


def _artifact(pom: Pom, build: Build, *, repackaged: bool = True) -> str | None:
    """The file in target/; None if its name is uncertain. ``repackaged``: by Spring Boot's plugin, under its name."""
    name = pom.root.find_text("build", "finalName")
    if name is not None:
        resolved = pom.resolve(name)
    else:
        version = pom.resolve(pom.root.find_text("version") or pom.root.find_text("parent", "version"))
        resolved = f"{pom.artifact_id}-{version}" if version else None
        build.artifact_version = version if resolved and _leaves_one(pom) else None
    if not resolved or "/" in resolved:
        return None
    boot = pom.plugin(BOOT_PLUGIN) if repackaged else None
    classifier = pom.resolve(boot[1].find_text("configuration", "classifier")) if boot else None
    return f"{resolved}{'-' + classifier if classifier else ''}.{'war' if build.packaging == 'war' else 'jar'}"


def _with_main_class(pom: Pom, build: Build) -> bool:
    """Fill in the main class that a plugin writes into the manifest, and tell whether there is one. A jar without its
    libraries gets them beside it."""
    shaded = _is_run(pom, "maven-shade-plugin")
    for artifact in ("maven-shade-plugin", "maven-assembly-plugin", "maven-jar-plugin"):
        if artifact != "maven-jar-plugin" and not _is_run(pom, artifact):
            continue
        for owner, plugin in pom.configured(artifact):
            main = next((item for item in descendants(plugin) if item.tag in _MAIN and item.text), None)
            if main is None:
                continue
            build.runnable = owner.folder.says(owner.file, main.line, f"mainClass {main.text}")
            build.main_class = Fact(pom.resolve(main.text) or main.text, (build.runnable,))
            if artifact == "maven-assembly-plugin" and build.artifact and not shaded:
                build.artifact = build.artifact.removesuffix(".jar") + "-jar-with-dependencies.jar"
            if artifact == "maven-jar-plugin" and not shaded:
                put_libraries(pom, build)
            return True
    return False


def _is_run(pom: Pom, artifact: str) -> bool:
    """Whether a build runs a plugin by itself; one without an execution only runs if its goal is named."""
    return any(item.all("executions", "execution", "goals", "goal") for _, item in pom.configured(artifact))


_MAIN = ("mainClass", "Main-Class")


def put_libraries(pom: Pom, build: Build) -> None:
    """Put where a thin jar's libraries are: the folder that the build copies them to, else one that genfile fills."""
    for _, plugin in pom.configured("maven-dependency-plugin"):
        goals = {item.text for item in plugin.all("executions", "execution", "goals", "goal")}
        if "copy-dependencies" in goals:
            folder = next((item.text for item in descendants(plugin) if item.tag == "outputDirectory"), "")
            folder = re.sub(r"\$\{(?:project\.)?build\.directory\}", "target", folder)
            folder = re.sub(r"\$\{(?:project\.)?basedir\}/", "", folder)
            build.libraries = pom.resolve(folder) or "target/dependency"
            return
    if any(not item.plugin and item.name and item.evidence.path.endswith(FILE) for item in build.dependencies):
        build.libraries = LIBRARIES
        build.goals = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={LIBRARIES}"]


def maven_flags(folder: Project) -> tuple[list[str], list[Evidence]]:
    """The flags that `package` needs, with evidence: the profile that packages the program, production's if
    development's is the default or it builds the front end, and those that skip building images."""
    pom = read_pom(folder)
    flags: list[str] = []
    says: list[Evidence] = []
    if pom is None:
        return flags, says
    by_default = [name for _, item in pom.profiles if (name := item.find_text("id")) != pom.given]
    if pom.given is not None:
        flags.append(f"-P{pom.given}")
        owner, item = next((one, item) for one, item in pom.profiles if item.find_text("id") == pom.given)
        says.append(owner.folder.says(owner.file, item.line, f"profile {pom.given} builds the program"))
    for owner in pom.chain:
        for item in owner.root.all("profiles", "profile"):
            name = item.find_text("id")
            if name == pom.given:
                continue
            if name in ("prod", "production") and name not in by_default and {"dev", "development"} & set(by_default):
                flags.append(f"-P{name}")
                says.append(owner.folder.says(owner.file, item.line, f"profile {name}"))
            elif name in ("prod", "production") and name not in by_default and _builds_front_end(item):
                flags.append(f"-P{name}")
                says.append(owner.folder.says(owner.file, item.line, f"profile {name} builds the front end"))
    for owner, item in pom.plugins():
        flag = IMAGE_PLUGINS.get(item.find_text("artifactId") or "")
        goals = {goal.text for goal in item.all("executions", "execution", "goals", "goal")}
        if flag is not None and flag not in flags and goals & {"build", "push", "dockerBuild"}:
            flags.append(flag)
            says.append(owner.folder.says(owner.file, item.line, item.find_text("artifactId") or ""))
    return flags, says


def _builds_front_end(profile: Element) -> bool:
    """Whether a profile has the plugin that builds the front end: Vaadin's, or one that brings Node."""
    return any(
        item.find_text("artifactId") in ("vaadin-maven-plugin", "flow-maven-plugin", "frontend-maven-plugin")
        for item in profile.all("build", "plugins", "plugin")
    )


# Plugins that build images while they package a project, and the flags that stop them.
IMAGE_PLUGINS = {
    "docker-maven-plugin": "-Ddocker.skip=true",
    "dockerfile-maven-plugin": "-Ddockerfile.skip=true",
    "jib-maven-plugin": "-Djib.skip=true",
}
