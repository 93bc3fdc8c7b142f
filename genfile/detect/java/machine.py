"""What a developer's own machine has left in the files of a build, and what the image has in its place."""

from genfile.detect.java.build import Build
from genfile.evidence import Draft, Evidence
from genfile.parsers.data import parse_properties

_FILE = "gradle.properties"
# The JDK that runs Gradle itself, by its path: a build stops where nothing is there.
_HOME = "org.gradle.java.home"


def machine_flags(build: Build) -> list[str]:
    """What replaces settings of one machine, as words for the build tool; they beat its files."""
    return [f'-D{_HOME}="$JAVA_HOME"'] if _named_home(build) is not None else []


def put_machine(build: Build, draft: Draft) -> None:
    """Say that such a setting is replaced."""
    says = _named_home(build)
    if says is not None:
        text = f"{says}: a path of one machine, so the image's own JDK is given; move it to ~/.gradle/{_FILE}"
        draft.note("info", text, says.path, says.line)


def _named_home(build: Build) -> Evidence | None:
    known = build.root.parse(parse_properties, _FILE) if build.tool == "gradle" and build.root.has(_FILE) else None
    value = known.text(_HOME) if known is not None else None
    return build.root.says(_FILE, known.line(_HOME), f"{_HOME} is {value}") if known is not None and value else None
