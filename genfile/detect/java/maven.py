"""Maven: a model of pom.xml with its parents in the tree and its `${…}` resolved."""

import posixpath
import re
from functools import cached_property

from genfile.detect.java.build import Build, Dependency
from genfile.detect.paths import inside
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Fact, decide
from genfile.parsers.xml import Element, parse_xml

FILE = "pom.xml"
MAX_PARENTS = 8
MAX_MODULES = 300
# What a text with its properties put in is long at most.
MAX_RESOLVED = 2_000
_PLACEHOLDER = re.compile(r"\$\{([^${}]+)\}")


class Pom:
    """A pom.xml and the parents of it that are in the tree, nearest first."""

    def __init__(self, folder: Project, root: Element, file: str = FILE, given: str | None = None) -> None:
        self.folder = folder
        self.root = root
        self.file = file
        # A profile that is not active by itself, and that the build is told to take.
        self.given = given

    @property
    def path(self) -> str:
        return self.folder.full(self.file)

    @cached_property
    def chain(self) -> "tuple[Pom, ...]":
        found: list[Pom] = [self]
        while len(found) < MAX_PARENTS:
            parent = found[-1]._parent()
            if parent is None or any(parent.path == item.path for item in found):
                break
            found.append(parent)
        return tuple(found)

    def _parent(self) -> "Pom | None":
        declared = self.root.child("parent")
        if declared is None:
            return None
        path = declared.find_text("relativePath") or "../pom.xml"
        folder = posixpath.normpath(
            posixpath.join(self.folder.path, path.removesuffix("/pom.xml").removesuffix("pom.xml") or ".")
        )
        if folder.startswith(".."):
            return None
        name = posixpath.basename(path) if path.endswith(".xml") else FILE
        folder = posixpath.dirname(folder) if name != FILE else folder
        parent = read_pom(Project(self.folder.tree, "" if folder == "." else folder), name)
        if parent is None or parent.root.find_text("artifactId") != declared.find_text("artifactId"):
            return None
        return parent

    @cached_property
    def properties(self) -> dict[str, tuple[str, Evidence]]:
        found: dict[str, tuple[str, Evidence]] = {}
        # Those of an active profile win over those of the project.
        own = [(pom, item) for pom, profile in self.profiles for item in profile.all("properties")]
        for pom, item in [*own, *((one, item) for one in self.chain for item in one.root.all("properties"))]:
            for child in item.children:
                says = pom.folder.says(pom.file, child.line, f"{child.tag} is {child.text}")
                found.setdefault(child.tag, (child.text, says))
        return found

    @cached_property
    def modules(self) -> list[str]:
        """The modules that the reactor builds, those of profiles included."""
        found = [item.text for item in self.root.all("modules", "module")]
        found += [item.text for item in self.root.all("profiles", "profile", "modules", "module")]
        return [posixpath.normpath(text) for text in dict.fromkeys(found) if text]

    @cached_property
    def named(self) -> list[str]:
        """The artifacts that it names as dependencies itself."""
        listed = self.root.all("dependencies", "dependency")
        listed += [item for _, profile in self.profiles for item in profile.all("dependencies", "dependency")]
        return [item.find_text("artifactId") or "" for item in listed]

    @cached_property
    def module_folders(self) -> frozenset[str]:
        return frozenset(self.folder.full(name) for name in self.modules)

    def resolve(self, text: str | None, depth: int = 0) -> str | None:
        """Text with `${…}` replaced; None if a part of it can't be known."""
        if text is None or depth > 12 or len(text) > MAX_RESOLVED:
            return None
        missing, size = False, 0

        def value(match: re.Match[str]) -> str:
            nonlocal missing, size
            name = match[1]
            found = self.properties[name][0] if name in self.properties else self._builtin(name)
            # Once a part is missing, or the text too long, no other part is looked at.
            size += len(found or "")
            if missing or size > MAX_RESOLVED:
                missing = True
                return ""
            resolved = self.resolve(found, depth + 1) if found is not None else None
            size += len(resolved or "")
            missing = missing or resolved is None
            return resolved or ""

        result = _PLACEHOLDER.sub(value, text)
        return None if missing else result

    def _builtin(self, name: str) -> str | None:
        plain = name.removeprefix("project.").removeprefix("pom.")
        if plain in ("artifactId", "version", "groupId", "name", "packaging"):
            return self.root.find_text(plain) or self.root.find_text("parent", plain)
        if name in ("revision", "changelist", "sha1"):
            return ""
        return None

    @cached_property
    def profiles(self) -> list[tuple["Pom", Element]]:
        """The profiles that are active in a plain build: by a file that is there or missing, else by default."""
        found = [(pom, item) for pom in self.chain for item in pom.root.all("profiles", "profile")]
        by_file = [
            (pom, item)
            for pom, item in found
            # `!name`: active as long as nobody sets the property.
            if self._file_activates(item)
            or (item.find_text("activation", "property", "name") or "").startswith("!")
            or (self.given is not None and item.find_text("id") == self.given)
        ]
        own = {id(pom) for pom, _ in by_file}
        return by_file + [
            (pom, item)
            for pom, item in found
            if item.find_text("activation", "activeByDefault") == "true" and id(pom) not in own
        ]

    def _file_activates(self, profile: Element) -> bool:
        exists, missing = (profile.find_text("activation", "file", name) for name in ("exists", "missing"))
        place = (exists or missing or "").replace("${basedir}/", "").replace("${project.basedir}/", "")
        if not place or "$" in place:
            return False
        there = self.folder.has(place) or self.folder.has_folder(place)
        return there if exists else not there

    def plugins(self) -> list[tuple["Pom", Element]]:
        """The plugins of the build: own ones, then those that parents apply to all; not what is only managed."""
        return [(pom, item) for pom in self.chain for item in pom.root.all("build", "plugins", "plugin")] + [
            (pom, item) for pom, profile in self.profiles for item in profile.all("build", "plugins", "plugin")
        ]

    def managed_plugins(self) -> list[tuple["Pom", Element]]:
        return [
            (pom, item) for pom in self.chain for item in pom.root.all("build", "pluginManagement", "plugins", "plugin")
        ]

    def configured(self, artifact: str) -> list[tuple["Pom", Element]]:
        """All that configures a plugin, strongest first: where it is applied, then where it is only managed; what is
        managed alone counts for the plugins that every build of a jar has."""
        own = [(pom, item) for pom, item in self.plugins() if item.find_text("artifactId") == artifact]
        if not own and artifact not in ("maven-jar-plugin", "maven-compiler-plugin", "maven-war-plugin"):
            return []
        return own + [(pom, item) for pom, item in self.managed_plugins() if item.find_text("artifactId") == artifact]

    def plugin(self, artifact: str) -> tuple["Pom", Element] | None:
        return next(((pom, item) for pom, item in self.plugins() if item.find_text("artifactId") == artifact), None)

    @property
    def artifact_id(self) -> str:
        return self.root.find_text("artifactId") or "app"


def read_pom(folder: Project, name: str = FILE) -> Pom | None:
    """The pom.xml of a folder; None if there is none, or it is malformed."""
    key, memory = ("pom", folder.path, name), folder.tree.memory
    if key not in memory:
        root = folder.parse(parse_xml, name) if folder.has(name) else None
        memory[key] = Pom(folder, root, name) if root is not None and root.tag == "project" else None
    found: Pom | None = memory[key]
    return found


def read_maven(folder: Project) -> Build | None:
    """The Maven build of a folder."""
    pom = read_pom(folder)
    if pom is None:
        return None
    from genfile.detect.java.package import put_package, with_profile

    pom = with_profile(pom, _reactor_root(folder))

    root = _with_parents(pom, _reactor_root(folder))
    build = Build("maven", folder, root)
    build.packaging = pom.resolve(pom.root.find_text("packaging")) or "jar"
    build.modules = [folder.full(name) for name in pom.modules if folder.has(f"{name}/{FILE}")]
    build.dependencies = [*_dependencies(pom), *_plugins(pom)]
    build.java = decide(pom, JAVA_SIGNALS, agree=lambda *_: True).fact
    put_package(pom, build)
    if build.is_member:
        build.needs = _needs(pom, root)
    elif pom.folder.path:
        from genfile.detect.java.siblings import needed_siblings, shared_root

        build.first = needed_siblings(pom, frozenset(reactor(root)))
        shared = shared_root(folder, build.first)
        if build.first and not shared.has(FILE):
            build.root, build.needs = shared, sorted(build.first)
        else:
            build.first = []
    return build


def _reactor_root(folder: Project) -> Project:
    """The outermost folder above whose pom lists, through others, this one as a module."""
    root, above = folder, folder.parent()
    while above is not None:
        pom = read_pom(above)
        if pom is not None and root.path in pom.module_folders:
            root = above
        above = above.parent()
    return root


def _with_parents(pom: Pom, root: Project) -> Project:
    """The folder that holds a module and its parents too, where they lie beside it and do not list it."""
    if all(inside(item.folder.path, root.path) for item in pom.chain):
        return root
    shared = posixpath.commonpath([f"/{item.folder.path}" for item in pom.chain]).strip("/")
    return Project(pom.folder.tree, shared)


def reactor(root: Project) -> dict[str, Pom]:
    """Every module below a root, by folder; looked for once."""
    key, memory = ("reactor", root.path), root.tree.memory
    if key not in memory:
        memory[key] = {}
        stack = [root]
        while stack and len(memory[key]) <= MAX_MODULES:
            folder = stack.pop()
            pom = read_pom(folder)
            if pom is not None and folder.path not in memory[key]:
                memory[key][folder.path] = pom
                stack += [folder.at(name) for name in reversed(pom.modules)]
    found: dict[str, Pom] = memory[key]
    return found


def _by_artifact(root: Project) -> dict[str, Pom]:
    key, memory = ("reactor-artifacts", root.path), root.tree.memory
    if key not in memory:
        memory[key] = {item.artifact_id: item for item in reactor(root).values()}
    found: dict[str, Pom] = memory[key]
    return found


def direct_needs(folder: Project, root: Project) -> list[str]:
    """The modules of the reactor that a module names among its dependencies, sorted."""
    pom = read_pom(folder)
    named = {item.find_text("artifactId") for item in pom.root.all("dependencies", "dependency")} if pom else set()
    return sorted(path for path, item in reactor(root).items() if item.artifact_id in named and path != folder.path)


def _needs(pom: Pom, root: Project) -> list[str]:
    """The modules of the reactor that a module depends on, directly or through others; sorted folders."""
    by_artifact = _by_artifact(root)
    found: set[str] = set()
    queue = [pom]
    while queue:
        current = queue.pop()
        for name in current.named:
            other = by_artifact.get(name)
            if other is not None and other.folder.path not in found and other.folder.path != pom.folder.path:
                found.add(other.folder.path)
                queue.append(other)
    return sorted(found)


def _dependencies(pom: Pom) -> list[Dependency]:
    found: list[Dependency] = []
    for owner, profile in pom.profiles:
        for item in profile.all("dependencies", "dependency"):
            if item.find_text("scope") != "test":
                group, name = pom.resolve(item.find_text("groupId")) or "", item.find_text("artifactId") or ""
                found.append(Dependency(group, name, None, owner.folder.says(owner.file, item.line, f"{group}:{name}")))
    for owner in pom.chain:
        items = owner.root.all("dependencies", "dependency")
        parent = owner.root.child("parent")
        for item in [*items, *([parent] if parent is not None else [])]:
            if item.find_text("scope") == "test":
                continue
            group = pom.resolve(item.find_text("groupId")) or ""
            name = item.find_text("artifactId") or ""
            version = pom.resolve(item.find_text("version"))
            found.append(Dependency(group, name, version, owner.folder.says(owner.file, item.line, f"{group}:{name}")))
    return found


def _plugins(pom: Pom) -> list[Dependency]:
    found: list[Dependency] = []
    for owner, item in pom.plugins():
        group = pom.resolve(item.find_text("groupId")) or "org.apache.maven.plugins"
        name = item.find_text("artifactId") or ""
        version = pom.resolve(item.find_text("version"))
        found.append(Dependency(group, name, version, owner.folder.says(owner.file, item.line, name), plugin=True))
    return found


def descendants(element: Element) -> list[Element]:
    found = [element]
    for item in found:
        found.extend(item.children)
    return found


def _from_properties(pom: Pom, names: tuple[str, ...]) -> Fact[str] | None:
    for name in names:
        if name in pom.properties:
            text, says = pom.properties[name]
            resolved = pom.resolve(text)
            if resolved:
                return Fact(resolved, (says,))
    return None


def _release_property(pom: Pom) -> Fact[str] | None:
    """The property maven.compiler.release."""
    return _from_properties(pom, ("maven.compiler.release",))


def _compiler_plugin(pom: Pom) -> Fact[str] | None:
    """`release`, or else `target` or `source`, in the compiler plugin's configuration."""
    for owner, item in (*pom.plugins(), *pom.managed_plugins()):
        if item.find_text("artifactId") in ("maven-compiler-plugin", "kotlin-maven-plugin"):
            for tag in ("release", "target", "source", "jvmTarget"):
                text = pom.resolve(item.find_text("configuration", tag))
                element = item.child("configuration", tag)
                if text and element is not None:
                    return Fact(text, (owner.folder.says(owner.file, element.line, f"{tag} {text}"),))
    return None


def _toolchains_plugin(pom: Pom) -> Fact[str] | None:
    """The JDK that maven-toolchains-plugin requests."""
    for owner, item in pom.configured("maven-toolchains-plugin"):
        for element in descendants(item):
            text = pom.resolve(element.find_text("version")) if element.tag == "jdk" else None
            match = re.search(r"\d[\d.]*", text or "")
            if match is not None:
                return Fact(match[0], (owner.folder.says(owner.file, element.line, f"toolchain jdk {text}"),))
    return None


def _java_version(pom: Pom) -> Fact[str] | None:
    """The property java.version, and other names that projects use for it."""
    return _from_properties(
        pom, ("java.version", "jdk.version", "javaVersion", "java.release", "version.java", "jdkVersion")
    )


def _target_property(pom: Pom) -> Fact[str] | None:
    """The properties maven.compiler.target and maven.compiler.source."""
    return _from_properties(pom, ("maven.compiler.target", "maven.compiler.source", "kotlin.compiler.jvmTarget"))


def _spring_parent(pom: Pom) -> Fact[str] | None:
    """The lowest Java that Spring Boot's parent supports: 17 from version 3, otherwise 8."""
    for owner in pom.chain:
        parent = owner.root.child("parent")
        if parent is not None and parent.find_text("artifactId") == "spring-boot-starter-parent":
            version = pom.resolve(parent.find_text("version")) or ""
            major = version.split(".")[0]
            line = "17" if major.isdigit() and int(major) >= 3 else "8"
            return Fact(line, (owner.folder.says(owner.file, parent.line, f"Spring Boot {version} needs Java {line}"),))
    return None


JAVA_SIGNALS = (
    _toolchains_plugin,
    _release_property,
    _compiler_plugin,
    _java_version,
    _target_property,
    _spring_parent,
)
