"""What a build file declares, whichever tool reads it: dependencies, modules, Java; not its output."""

from genfile.detect.java.build import Build
from genfile.detect.java.gradle import read_gradle
from genfile.detect.java.maven import read_maven
from genfile.detect.tree import Project


def declared_build(folder: Project) -> Build | None:
    """The declarations of a folder's build: Gradle's if its wrapper says so, else Maven's, else Gradle's."""
    gradle = any(folder.has(name) for name in ("build.gradle", "build.gradle.kts"))
    maven = folder.has("pom.xml")
    if gradle and maven:
        chosen = "gradle" if folder.has("gradlew") and not folder.has("mvnw") else "maven"
        folder.tree.note("warning", f"found both pom.xml and a Gradle build; using {chosen}", folder.full("pom.xml"))
        maven = chosen == "maven"
    return read_maven(folder) if maven else read_gradle(folder)
