"""The distribution of Gradle's application plugin: the folder that installDist makes, and its script."""

import posixpath

from genfile.detect.java.build import Build
from genfile.detect.java.gradle import SETTINGS, read_script
from genfile.detect.java.scripts import find_value, statements_of
from genfile.detect.java.tasks import folder_of

_SCRIPTS = ("startScripts", "CreateStartScripts", "tasks.withType<CreateStartScripts",
            "tasks.withType<CreateStartScripts>().configureEach")  # fmt: skip
_SHADOW = ("com.gradleup.shadow", "com.github.johnrengelman.shadow")


def is_distribution(build: Build) -> bool:
    return build.tool == "gradle" and build.application and not build.find(*_SHADOW)


def distribution(build: Build) -> tuple[list[str], str]:
    """The start command, and the distribution's folder relative to the module.

    If there is no script, or its name is unknown, the main class is started as the script would.
    """
    own = project_name_of(build)
    application = _name(build, own, "application.applicationName", bare="applicationName") or own
    folder = _name(build, own, "main.distributionBaseName", "main.baseName", "distributionBaseName") or application
    script = _name(build, own, *(f"{task}.applicationName" for task in _SCRIPTS))
    place = _destination(build) or f"build/install/{folder}"
    switched_off = any(_is_false(build, f"{task}.enabled") for task in _SCRIPTS)
    if build.main_class is not None and (switched_off or script == ""):
        return ["java", "-cp", "lib/*", build.main_class.value], place
    found = find_value(build, "application.executableDir")
    executables = found[0] if found is not None and isinstance(found[0], str) and "$" not in found[0] else "bin"
    return [posixpath.join(executables, script or application) if executables else f"./{script or application}"], place


def project_name_of(build: Build) -> str:
    """The project's name, which Gradle uses for its outputs."""
    settings = read_script(build.folder, SETTINGS)
    found = settings[1].value("rootProject.name") if settings else None
    return found[0] if found is not None and isinstance(found[0], str) else build.folder.folder_name


def _name(build: Build, own: str, *paths: str, bare: str = "") -> str | None:
    """A name in a script; `` if it is computed."""
    found = find_value(build, *paths)
    if found is None and bare:
        plain = [
            (item.arguments[0], says) for says, item in statements_of(build) if item.path == bare and item.arguments
        ]
        found = plain[-1] if plain else None
    if found is None:
        return None
    value = found[0]
    if value in ("project.name", "name", "rootProject.name"):
        return own if value != "rootProject.name" or not build.is_member else ""
    is_plain = isinstance(value, str) and value and not any(char in value for char in "$(){}/\\ ")
    return value if is_plain else ""


def _is_false(build: Build, path: str) -> bool:
    found = find_value(build, path)
    return found is not None and found[0] == "false"


def _destination(build: Build) -> str | None:
    """The folder that installDist is configured to write to."""
    found = find_value(build, "installDist.destinationDir", "installDist.destinationDirectory", "installDist.into")
    return folder_of(found[0]) if found is not None and isinstance(found[0], str) else None
