"""Is a build's module a service, a library, or only a parent of others?"""

from genfile.data import frameworks
from genfile.detect.java.build import Build, read_build
from genfile.detect.language import Claim
from genfile.detect.tree import Project

# Frameworks whose plugin alone makes an application.
PACKAGING = tuple(
    """
    org.springframework.boot:spring-boot-maven-plugin org.springframework.boot io.quarkus
    io.micronaut.application io.micronaut.maven io.ktor.plugin io.helidon.build-tools
    """.split()
)


def claim(folder: Project) -> Claim | None:
    """The claim of one module; None for libraries, parents and aggregators."""
    build = read_build(folder)
    if build is None or (build.packaging == "pom" and build.tool == "maven"):
        return None
    if not _has_sources(folder):
        return None
    found = next(
        (build.find(*item.dependencies) for item in frameworks("java") if build.find(*item.dependencies)),
        None,
    )
    if build.runnable is None:
        return Claim("program", folder.says("Procfile", 1, "Procfile")) if folder.has("Procfile") else None
    if _is_library(build):
        return None
    return Claim("server" if found is not None else "program", build.runnable)


def _has_sources(folder: Project) -> bool:
    return any(
        folder.has_folder(f"src/main/{name}") for name in ("java", "kotlin", "groovy", "scala", "webapp")
    ) or folder.has_folder("src")


def _is_library(build: Build) -> bool:
    """The boot plugin of a parent applies to libraries too: an application has a main class among its sources."""
    if build.tool == "gradle" or not build.is_member or build.main_class is not None or build.packaging == "war":
        return False
    if build.runnable is not None and build.runnable.path == build.folder.full("pom.xml"):
        return False
    return main_file(build.folder) is None


def main_file(folder: Project) -> str | None:
    """The source file that holds the main class, by its usual name."""
    for pattern in (
        "*Application.java",
        "*Application.kt",
        "Main.java",
        "Main.kt",
        "App.java",
        "App.kt",
        "Application.kt",
        "*App.java",
        "*Main.java",
    ):
        for base in ("src/main/java", "src/main/kotlin", "src"):
            if folder.has_folder(base):
                found = next(folder.files(pattern, below=base, depth=10), None)
                if found is not None:
                    return found
    return None
