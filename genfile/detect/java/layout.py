"""The form of a JVM build's output, the command that creates it, and the start command."""

import itertools
import posixpath
import shlex

from genfile.data import Framework
from genfile.detect.hosting import hosting
from genfile.detect.java.build import Build
from genfile.detect.java.distribution import distribution, is_distribution
from genfile.detect.java.git import git_flags
from genfile.detect.java.gradle import read_script
from genfile.detect.java.machine import machine_flags
from genfile.detect.java.pipeline import given_properties
from genfile.detect.java.quarkus import quarkus_flags
from genfile.detect.java.resolve import selection
from genfile.detect.java.settings import dropwizard_config
from genfile.detect.java.tomcat import tomcat_line
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import Draft, Fact
from genfile.parsers.small import parse_procfile, parse_shell


def put_layout(build: Build, draft: Draft, framework: Framework | None) -> None:
    """Put the build's output, the command that creates it, and the start command."""
    name = framework.name if framework else None
    says = (build.runnable,) if build.runnable else ()
    folder = build.folder
    draft.values["outputs"] = [folder.full("target" if build.tool == "maven" else "build")]
    layout, start, artifact, output = _layout(build, name)
    given = _arguments(build, name)
    if given is not None:
        start = [*start, *given.value]
        draft.values["run_paths"] = [folder.full(word) for word in given.value if folder.has(word)]
        says = (*says, *given.evidence)
    if layout == "war":
        draft.put("tomcat", tomcat_line(build, draft))
    draft.put("layout", Fact(layout, says))
    draft.put("start", Fact(start, says))
    draft.values["artifact_folder"] = folder.full(output)
    if artifact is not None and layout != "quarkus":
        draft.put("artifact", Fact(folder.full(f"{output}/{artifact}"), says))
        draft.values["artifact_version"] = build.artifact_version
    draft.put("main_class", build.main_class)
    if layout == "jar" and build.libraries is not None:
        draft.values["libraries"] = folder.full(build.libraries)
    old = str(draft.values.get("framework_version") or "").startswith("1.")
    told = draft.values.get("settings")
    before = [_install(build, path, told) for path in build.first]
    told_by_ci = given_properties(build)
    says = (*says, *told_by_ci.evidence) if told_by_ci is not None else says
    draft.put("build", Fact([*before, _command(build, name, layout, told, old_boot=old)], says))


def _arguments(build: Build, framework: str | None) -> Fact[list[str]] | None:
    """The program's arguments: from the Procfile or the project's own Dockerfile, else what the framework needs.
    Arguments with variables are left out, and files must be in the tree."""
    folder = build.folder
    processes = folder.parse(parse_procfile, "Procfile") if folder.has("Procfile") else None
    starts = hosting(folder).starts
    if processes and "web" in processes:
        text, line = processes["web"]
        starts = [folder.fact(text, "Procfile", line, text), *starts]
    for fact in starts:
        commands = parse_shell(fact.value)
        words = list(commands[-1].words) if commands else []
        at = words.index("-jar") + 2 if "-jar" in words else len(words)
        kept = [_in_tree(folder, word) for word in words[at:] if "$" not in word]
        if kept and None not in kept:
            return fact.but([word for word in kept if word is not None])
    if framework == "dropwizard":
        config = dropwizard_config(folder)
        words = ["server", *([config[0]] if config else [])]
        return folder.fact(words, config[0] if config else "pom.xml", None, "server")
    return None


def _in_tree(folder: Project, word: str) -> str | None:
    """An argument; a file becomes its path in the tree, found by path or only by name; None if it is missing."""
    if word.startswith("-") or folder.has(word) or not ("/" in word or "." in word):
        return word
    found = list(itertools.islice(folder.files(posixpath.basename(word), depth=3), 2))
    return found[0] if len(found) == 1 and "test" not in found[0] else None


def _is_repackaged(build: Build) -> bool:
    """Whether Spring Boot's plugin packages the program with its libraries and a server."""
    if build.tool == "gradle":
        return build.find("org.springframework.boot") is not None
    return any(item.plugin and item.name == "spring-boot-maven-plugin" for item in build.dependencies)


def _layout(build: Build, framework: str | None) -> tuple[str, list[str], str | None, str]:
    """The form of the output, the start command, the file's name if certain, and its folder."""
    maven = build.tool == "maven"
    output = "target" if maven else "build/libs"
    repackaged = _is_repackaged(build)
    if framework == "quarkus":
        return "quarkus", ["java", "-jar", "quarkus-run.jar"], None, "target" if maven else "build"
    if build.packaging == "war":
        if framework == "spring-boot" and repackaged:
            return "jar", ["java", "-jar", "app.war"], build.artifact, output
        return "war", ["catalina.sh", "run"], build.artifact, output
    if framework == "spring-boot" and repackaged and not build.named:
        return "spring-boot", ["java", "-jar", "app.jar"], build.artifact, output
    if is_distribution(build):
        words, place = distribution(build)
        return "distribution", words, posixpath.basename(place), posixpath.dirname(place) or "."
    if build.main_class is not None and (build.libraries is not None or build.named):
        start = ["java", "-cp", "app.jar:lib/*" if build.libraries else "app.jar", build.main_class.value]
        return "jar", start, build.artifact, build.output or output
    return "jar", ["java", "-jar", "app.jar"], build.artifact, build.output or output


def _install(build: Build, path: str, told: str | None) -> str:
    """The command that installs another project of the tree into Maven's local repository."""
    settings = f"--settings {shlex.quote(relative(told, build.root.path))} " if told else ""
    file = shlex.quote(f"{relative(path, build.root.path)}/pom.xml")
    return f"mvn --batch-mode --no-transfer-progress {settings}-DskipTests -f {file} install"


def _command(
    build: Build, framework: str | None, layout: str, told: str | None = None, *, old_boot: bool = False
) -> str:
    """The build command. ``old_boot``: Spring Boot 1, whose plugin repackages what `assemble` creates."""
    if build.tool == "maven":
        tool = "./mvnw" if build.wrapper else "mvn"
        from genfile.detect.java.package import maven_flags

        flags = "".join(f" {shlex.quote(flag)}" for flag in maven_flags(build.folder)[0])
        if framework == "quarkus":
            flags += "".join(f" {flag}" for flag in quarkus_flags(build))
        flags += "".join(f" {shlex.quote(flag)}" for flag in git_flags(build))
        settings = f"--settings {shlex.quote(relative(told, build.root.path))} " if told else ""
        goals = "".join(f" {shlex.quote(goal)}" for goal in ("package", *build.goals))
        return f"{tool} --batch-mode --no-transfer-progress {settings}-DskipTests{flags}{selection(build)}{goals}"
    tool = "./gradlew" if build.wrapper else "gradle"
    if framework == "quarkus":
        task = " ".join(["quarkusBuild", *quarkus_flags(build)])
    elif layout == "spring-boot":
        task = "assemble" if old_boot else "bootJar"
    elif layout == "distribution":
        task = "installDist"
    elif build.packaging == "war":
        task = "bootWar" if framework == "spring-boot" and not old_boot else "war" if not old_boot else "assemble"
    elif build.find("com.gradleup.shadow", "com.github.johnrengelman.shadow"):
        task = "shadowJar"
    else:
        task = "assemble"
    prefix = f"{build.project}:" if build.is_member else ""
    first, *words = task.split()
    tasks = " ".join([*(shlex.quote(prefix + name) for name in (build.goals or [first])), *words])
    given = given_properties(build)
    words = [*machine_flags(build), *git_flags(build), *(given.value if given else ())]
    return " ".join([f"{tool} --no-daemon {tasks} -x test", *words])


def project_name(build: Build) -> str | None:
    if build.tool == "maven":
        from genfile.detect.java.pom import read_pom

        pom = read_pom(build.folder)
        return pom.artifact_id if pom else None
    settings = read_script(build.folder, ("settings.gradle.kts", "settings.gradle"))
    found = settings[1].value("rootProject.name") if settings else None
    return found[0] if found is not None and isinstance(found[0], str) else None
