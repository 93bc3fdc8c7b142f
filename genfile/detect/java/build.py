"""What Maven and Gradle builds have in common, as the detectors read them."""

from msgspec import Struct, field

from genfile.data import Framework, frameworks
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Fact


class BuildDependency(Struct, frozen=True):
    """`group:name`, its version if given, and its place; ``plugin``: it belongs to the build itself."""

    group: str
    name: str
    version: str | None
    evidence: Evidence
    plugin: bool = False

    @property
    def coordinate(self) -> str:
        return f"{self.group}:{self.name}" if self.name else self.group


class Build(Struct):
    """One module of a build. All paths are folders relative to the inspected root, `` for the root itself."""

    tool: str
    folder: Project
    root: Project
    dependencies: list[BuildDependency] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    java: Fact[str] | None = None
    packaging: str = "jar"
    artifact: str | None = None
    artifact_version: str | None = None
    """The version in its name, where no other file of the build fits the name with any version in its place."""
    main_class: Fact[str] | None = None
    runnable: Evidence | None = None
    application: bool = False
    libraries: str | None = None
    """The folder of the module that holds the libraries of a jar that does not hold them itself."""
    named: bool = False
    """Whether the main class must be named: the jar does not."""
    goals: list[str] = field(default_factory=list)
    """Goals of Maven, or tasks of Gradle, that make what is run, where the usual ones do not."""
    project: str | None = None
    """The path by which Gradle knows a member: `:apps:web`."""
    first: list[str] = field(default_factory=list)
    """The folders of projects that are installed before it, since no build puts them together."""
    output: str | None = None
    """The folder that the jar is left in, where it is not the usual one."""

    @property
    def is_member(self) -> bool:
        return self.root.path != self.folder.path

    def find(self, *prefixes: str) -> BuildDependency | None:
        """The first dependency or plugin whose group or coordinate is, or begins with, one of these; `a:b-*` matches
        the beginning of a name."""
        for prefix in prefixes:
            for item in self.dependencies:
                if (prefix[-1:] == "*" and item.coordinate.startswith(prefix[:-1])) or (
                    item.group == prefix
                    or item.coordinate == prefix
                    or item.group.startswith(prefix + ".")
                    or item.coordinate.startswith(prefix + ":")
                ):
                    return item
        return None

    def versioned(self, *names: str) -> BuildDependency | None:
        """The first dependency or plugin of these groups or coordinates that has a version of its own."""
        fits = (item for item in self.dependencies if item.coordinate in names or item.group in names)
        return next((item for item in fits if item.version and item.version[:1].isdigit()), None)

    @property
    def framework(self) -> tuple[Framework, BuildDependency] | None:
        """The first framework that the build depends on, with the dependency as evidence."""
        for item in frameworks("java"):
            found = self.find(*item.dependencies)
            # A dependency of another kind refutes what only a plugin says.
            if found is not None and not (found.plugin and self.find(*item.absent) is not None):
                return item, found
        return None

    @property
    def wrapper(self) -> bool:
        """Whether a working wrapper is committed, with everything that it needs."""
        if self.tool == "maven":
            there = self.root.has("mvnw") and self.root.has(".mvn/wrapper/maven-wrapper.properties")
        else:
            there = self.root.has("gradlew") and self.root.has("gradle/wrapper/gradle-wrapper.jar")
        return there and not self.has_foreign_wrapper

    @property
    def has_foreign_wrapper(self) -> bool:
        """Whether the wrapper's script has Windows line endings, which no shell accepts."""
        name = "mvnw" if self.tool == "maven" else "gradlew"
        return self.root.has(name) and (self.root.text(name) or "").split("\n", 1)[0].endswith("\r")
