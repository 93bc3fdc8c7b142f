"""The program that a Gradle build creates: the plugin or task that packages it, its name, its libraries."""

import posixpath

from genfile.detect.java.build import Build
from genfile.detect.tree import Project
from genfile.parsers.gradle import GradleScript

# Plugins that make a module an application, strongest first.
APPLICATIONS = (
    "org.springframework.boot", "io.quarkus", "io.micronaut.application", "io.micronaut.minimal.application",
    "io.ktor.plugin", "application", "com.gradleup.shadow", "com.github.johnrengelman.shadow", "war",
)  # fmt: skip
# Plugins that apply `application` themselves.
_WITH_DISTRIBUTION = (
    "application", "io.ktor.plugin", "io.micronaut.application", "io.micronaut.minimal.application",
)  # fmt: skip
_SHADOW = ("com.gradleup.shadow", "com.github.johnrengelman.shadow")
_BASES = {"$projectDir/": "", "${projectDir}/": "", "$buildDir/": "build/", "${buildDir}/": "build/",
          "$rootDir/": "", "${layout.buildDirectory}/": "build/"}  # fmt: skip


def put_tasks(folder: Project, name: str, script: GradleScript, build: Build) -> None:
    """Fill in what a build creates: its file, the evidence that it can be run, its main class, its libraries."""
    own = {item.group: item.evidence for item in reversed(build.dependencies) if item.plugin}
    build.runnable = next((own[plugin] for plugin in APPLICATIONS if plugin in own), None)
    build.application = any(name in own for name in _WITH_DISTRIBUTION)
    if "war" in own:
        build.packaging = "war"
    main = script.value("application.mainClass", "application.mainClassName", "mainClassName", "mainClass")
    if main is not None and isinstance(main[0], str):
        build.main_class = folder.fact(main[0], name, main[1], f"mainClass {main[0]}")
    build.artifact = _artifact(script)
    if build.runnable is not None and build.runnable in (own.get(name) for name in _SHADOW):
        # A fat jar may be a library, or a plugin for another program.
        attribute = script.attribute("Main-Class")
        if build.main_class is None and attribute is None:
            build.runnable = None
            return
    if build.runnable is None:
        _with_main_class(folder, name, script, build)


def _artifact(script: GradleScript) -> str | None:
    """The jar in build/libs, if the script names it; None leaves it to be looked for there."""
    for task in ("bootJar", "shadowJar", "buildFatJar"):
        named = script.value(f"{task}.archiveFileName", f"{task}.archiveName")
        if named is not None and isinstance(named[0], str) and "$" not in named[0]:
            return named[0]
    fat = script.value("fatJar.archiveFileName", "ktor.fatJar.archiveFileName")
    if fat is not None and isinstance(fat[0], str) and "$" not in fat[0]:
        return fat[0]
    return None


def _with_main_class(folder: Project, name: str, script: GradleScript, build: Build) -> None:
    """Fill in a plain Gradle jar with a main class in its manifest: with its libraries inside, or beside it."""
    main = script.attribute("Main-Class")
    if main is None:
        return
    build.main_class = folder.fact(main[0], name, main[1], f"Main-Class {main[0]}")
    build.runnable = folder.says(name, main[1], f"Main-Class {main[0]}")
    place = script.value("jar.destinationDirectory", "jar.destinationDir", "libsDirName")
    if place is not None and isinstance(place[0], str):
        build.output = folder_of(place[0])
    if script.fat_tasks:
        build.goals = [next((item for item in script.fat_tasks if item != "jar"), "jar")]
        return
    for item in script.statements:
        into = item.arguments[0] if item.name == "into" and item.arguments else None
        copies = any(
            other.blocks == item.blocks and other.name == "from" and "configurations" in str(other.arguments[:1])
            for other in script.statements
        )
        if isinstance(into, str) and item.blocks and copies:
            build.libraries = folder_of(into)
            build.goals = ["assemble", item.blocks[-1]]
            return
    if any(not item.plugin and item.name for item in build.dependencies):
        folder.tree.note(
            "warning",
            f"{build.runnable}: the jar does not contain the libraries that it needs. Use the `application` plugin "
            "for a "
            "distribution, or com.gradleup.shadow for a single jar",
            build.runnable.path,
            build.runnable.line,
        )


def folder_of(text: str) -> str | None:
    """A folder of the module, as a relative path, from the text in a script; None if it is computed."""
    for base, folder in _BASES.items():
        if text.startswith(base):
            text = folder + text.removeprefix(base)
    return None if "$" in text or "(" in text else posixpath.normpath(text.strip("/"))
