"""Whether a build's module is a service, a library, or only a parent of others."""

import itertools
import posixpath

from genfile.detect.java.boot import BOOT_PLUGIN, boot_main
from genfile.detect.java.build import Build
from genfile.detect.java.life import JavaLife, class_file, life, main_file, main_files
from genfile.detect.java.pom import direct_needs, read_pom
from genfile.detect.java.port import sources
from genfile.detect.java.read import read_build
from genfile.detect.java.stays import listening, serves_http, staying
from genfile.detect.language import Claim
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Note


def claim(folder: Project) -> Claim | None:
    """The claim of one module; None for libraries, parents and aggregators."""
    build = read_build(folder)
    if build is None or (build.packaging == "pom" and build.tool == "maven"):
        return None
    if not _has_sources(folder):
        return None
    found = build.framework
    if build.runnable is None:
        return Claim("program", folder.says("Procfile", 1, "Procfile")) if folder.has("Procfile") else None
    if _is_library(build):
        return None
    if found is not None:
        bundled = _bundled(build)
        if len(bundled) > 1:
            text = (
                f"{folder.spec_path}: the services {' and '.join(bundled)} in one quick-start program, so it is not "
                "a service"
            )
            folder.tree.note("info", text, build.runnable.path, build.runnable.line)
            return None
        if found[0].name == "spring-boot" and not serves_http(build) and _course(build).course == "asks":
            return None
        return Claim("server", build.runnable)
    if folder.has("Procfile"):
        return Claim("program", folder.says("Procfile", 1, "Procfile"))
    return _without_framework(build)


# Libraries that parse a terminal command's arguments.
_TERMINAL = tuple(
    """
    info.picocli com.beust:jcommander org.jcommander commons-cli args4j net.sf.jopt-simple org.jline jline
    com.github.ajalt.clikt com.github.rvesse:airline org.jetbrains.kotlinx:kotlinx-cli com.xenomachina:kotlin-argparser
    org.springframework.shell
    """.split()
)
# Windows and games.
_DESKTOP = (
    "org.openjfx", "org.openjfx.javafxplugin", "org.jetbrains.compose", "com.badlogicgames.gdx", "org.eclipse.swt",
    "org.processing", "com.formdev:flatlaf", "net.fabricmc", "fabric-loom", "net.minecraftforge",
)  # fmt: skip


def _without_framework(build: Build) -> Claim | None:
    """A main class in a jar: a service if it stays; at the root it may be one if nothing says so."""
    folder, runnable = build.folder, build.runnable
    if runnable is None:
        return None
    if build.packaging == "war":
        return Claim("program", runnable)
    course = _course(build)
    if build.find(*_DESKTOP) is not None or course.course == "windows":
        return None
    if staying(build) is not None:
        return Claim("program", runnable)
    if build.find(*_TERMINAL) is not None:
        return None
    stays = listening(build, course)
    if stays is not None:
        return Claim("program", stays)
    if course.course in ("asks", "ends"):
        return None
    if course.course == "loops" and course.reason is not None:
        return Claim("program", course.reason)
    if build.is_member and any(other != folder.path for other in _others(build)):
        return None
    folder.tree.note(
        "warning",
        f"{runnable}: no sign that this program keeps running or listens; it may be a library",
        runnable.path,
        runnable.line,
    )
    return Claim("guess", runnable)


def _course(build: Build) -> JavaLife:
    """The course of a build's program, by its main class."""
    named = class_file(build, build.main_class.value) if build.main_class is not None else None
    main = named or main_file(build.folder)
    scanned = build.framework is not None and build.framework[0].name == "spring-boot"
    return life(build, main, scanned=scanned) if main is not None else JavaLife("unknown")


def why_none(folder: Project) -> Note | None:
    """Why a module's program is not a service, for a tree without any."""
    build = read_build(folder)
    if build is None:
        return None
    android = build.find("com.android.application", "com.android.library")
    desktop = build.find(*_DESKTOP)
    course = _course(build) if build.runnable is not None else JavaLife("unknown")
    if android is not None:
        return _note(android.evidence, "this is an Android app")
    if desktop is not None or course.course == "windows":
        return _note(desktop.evidence if desktop is not None else course.reason, "the program opens desktop windows")
    if course.course == "asks":
        return _note(course.reason, "the program asks a person at a terminal")
    if course.course == "ends":
        return _note(course.reason, "the program exits by itself; nothing that its main class reaches listens or waits")
    if build.runnable is None and not folder.path:
        name = next(name for name in ("pom.xml", "build.gradle", "build.gradle.kts") if folder.has(name))
        return Note("info", f"{name}: no module has a plugin or a main class that makes it a program", name)
    return None


def _note(reason: Evidence | None, text: str) -> Note | None:
    return Note("info", f"{reason}: {text}, so it is not a service", reason.path, reason.line) if reason else None


def _others(build: Build) -> list[str]:
    """The build's other modules that can run."""
    root = read_build(build.root)
    found: list[str] = []
    for path in root.modules if root is not None else ():
        other = read_build(Project(build.folder.tree, path))
        if other is not None and other.runnable is not None:
            found.append(path)
    return found


def _bundled(build: Build) -> list[str]:
    """The services of the same build that a module combines: what it needs itself, and what each is alone."""
    if build.tool != "maven" or not build.is_member:
        return []
    own = list(itertools.islice(build.folder.files("*.java", below="src/main/java", depth=12), 4))
    if len(own) > 3:
        # It has its own program: the others are parts that can also run separately.
        return []
    found: list[str] = []
    for path in direct_needs(build.folder, build.root):
        other = read_build(Project(build.folder.tree, path))
        if other is None or other.runnable is None or _is_library(other) or main_file(other.folder) is None:
            continue
        found.append(other.folder.spec_path)
    return found


def _has_sources(folder: Project) -> bool:
    return any(
        folder.has_folder(f"src/main/{name}") for name in ("java", "kotlin", "groovy", "scala", "webapp")
    ) or folder.has_folder("src")


_BOOT_MAIN = "@SpringBootApplication"


def _is_library(build: Build) -> bool:
    """Whether a module is a library although Spring Boot's plugin is applied: it has no main class."""
    if not build.is_member or build.main_class is not None or build.packaging == "war":
        return False
    # A Maven plugin comes from any parent, a Gradle plugin from the root's script or from what the module names.
    given = build.tool == "maven" or posixpath.dirname(build.runnable.path if build.runnable else "") == build.root.path
    if not given or (build.runnable is not None and build.runnable.path == build.folder.full("pom.xml")):
        return given and _has_no_main(build)
    if main_file(build.folder) is not None:
        return False
    return not any(
        _BOOT_MAIN in (build.folder.text(path) or "") for path, _ in itertools.islice(sources(build.folder), 80)
    )


def _has_no_main(build: Build) -> bool:
    """Whether a module that applies Spring Boot's plugin itself has no class to start: none is named, none has a
    `main`, and no source is in a language that genfile does not read."""
    pom = read_pom(build.folder)
    if pom is None or pom.plugin(BOOT_PLUGIN) is None or boot_main(pom) is not None:
        return False
    unread = any(build.folder.has_folder(f"src/main/{name}") for name in ("groovy", "scala"))
    return not unread and next(main_files(build.folder), None) is None
