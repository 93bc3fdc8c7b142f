"""What a Maven build declares: its modules, its dependencies, its Java."""

import posixpath
import re

from genfile.detect.java.build import Build, BuildDependency
from genfile.detect.java.pom import FILE, Pom, by_artifact, descendants, reactor, reactor_root, read_pom
from genfile.detect.java.siblings import needed_siblings, shared_root
from genfile.detect.paths import inside
from genfile.detect.tree import Project
from genfile.evidence import Fact, decide


def read_maven(folder: Project) -> Build | None:
    """The build that a folder's pom.xml declares, without the program that it creates, which `package` finds."""
    pom = read_pom(folder)
    if pom is None:
        return None
    root = _with_parents(pom, reactor_root(folder))
    build = Build("maven", folder, root)
    build.packaging = pom.resolve(pom.root.find_text("packaging")) or "jar"
    build.modules = [folder.full(name) for name in pom.modules if folder.has(f"{name}/{FILE}")]
    build.dependencies = [*_dependencies(pom), *_plugins(pom)]
    build.java = decide(pom, JAVA_SIGNALS, agree=lambda *_: True).fact
    if build.is_member:
        build.needs = _needs(pom, root)
    elif pom.folder.path:
        build.first = needed_siblings(pom, frozenset(reactor(root)))
        shared = shared_root(folder, build.first)
        if build.first and not shared.has(FILE):
            build.root, build.needs = shared, sorted(build.first)
        else:
            build.first = []
    return build


def _with_parents(pom: Pom, root: Project) -> Project:
    """The root of a module's build, or the folder that also contains its parents if they are outside and don't list
    it."""
    if all(inside(item.folder.path, root.path) for item in pom.chain):
        return root
    shared = posixpath.commonpath([f"/{item.folder.path}" for item in pom.chain]).strip("/")
    return Project(pom.folder.tree, shared)


def _needs(pom: Pom, root: Project) -> list[str]:
    """The folders of the reactor's modules that a module depends on, directly or through others; sorted."""
    modules = by_artifact(root)
    found: set[str] = set()
    queue = [pom]
    while queue:
        current = queue.pop()
        for name in current.named:
            other = modules.get(name)
            if other is not None and other.folder.path not in found and other.folder.path != pom.folder.path:
                found.add(other.folder.path)
                queue.append(other)
    return sorted(found)


def _dependencies(pom: Pom) -> list[BuildDependency]:
    found: list[BuildDependency] = []
    for owner, profile in pom.profiles:
        for item in profile.all("dependencies", "dependency"):
            if item.find_text("scope") != "test":
                group, name = pom.resolve(item.find_text("groupId")) or "", item.find_text("artifactId") or ""
                found.append(
                    BuildDependency(group, name, None, owner.folder.says(owner.file, item.line, f"{group}:{name}"))
                )
    for owner in pom.chain:
        items = owner.root.all("dependencies", "dependency")
        parent = owner.root.child("parent")
        for item in [*items, *([parent] if parent is not None else [])]:
            if item.find_text("scope") == "test":
                continue
            group = pom.resolve(item.find_text("groupId")) or ""
            name = item.find_text("artifactId") or ""
            version = pom.resolve(item.find_text("version"))
            found.append(
                BuildDependency(group, name, version, owner.folder.says(owner.file, item.line, f"{group}:{name}"))
            )
    return found


def _plugins(pom: Pom) -> list[BuildDependency]:
    found: list[BuildDependency] = []
    for owner, item in pom.plugins():
        group = pom.resolve(item.find_text("groupId")) or "org.apache.maven.plugins"
        name = item.find_text("artifactId") or ""
        version = pom.resolve(item.find_text("version"))
        found.append(BuildDependency(group, name, version, owner.folder.says(owner.file, item.line, name), plugin=True))
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
