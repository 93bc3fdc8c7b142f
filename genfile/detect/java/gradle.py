"""Gradle: build scripts in Groovy and Kotlin, settings, version catalogs."""

from typing import Any

from genfile.detect.code import parse_code
from genfile.detect.java.build import Build, BuildDependency
from genfile.detect.java.gradlenames import GradleNames
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import Fact, decide
from genfile.parsers import Document
from genfile.parsers.gradle import GradleScript, parse_gradle_groovy, parse_gradle_kotlin

SCRIPTS = ("build.gradle.kts", "build.gradle")
SETTINGS = ("settings.gradle.kts", "settings.gradle")
# Plugin names without a dot are Gradle's own; old names of others map to these.
OLD_NAMES = {
    "spring-boot": "org.springframework.boot",
    "kotlin": "org.jetbrains.kotlin.jvm",
    "shadow": "com.gradleup.shadow",
}


def read_script(folder: Project, names: tuple[str, ...] = SCRIPTS) -> tuple[str, GradleScript] | None:
    """The build or settings script of a folder, by its name, parsed."""
    for name in names:
        if folder.has(name):
            script = parse_code(folder, parse_gradle_kotlin if name.endswith(".kts") else parse_gradle_groovy, name)
            return (name, script) if script is not None else None
    return None


def read_gradle(folder: Project) -> Build | None:
    """The Gradle build of a folder."""
    found = read_script(folder)
    if found is None:
        return None
    from genfile.detect.java.tasks import put_tasks

    name, script = found[0], found[1].own
    root = _root(folder)
    settings = read_script(root, SETTINGS)
    inside = relative(folder.path, root.path)
    projects = settings[1].projects if settings is not None else {}
    project = next((path for path, place in projects.items() if place == inside), ":" + inside.replace("/", ":"))
    catalog = root.toml("gradle/libs.versions.toml") if root.has("gradle/libs.versions.toml") else None
    build = Build("gradle", folder, root)
    scripts = [(folder, name, script)]
    if root.path != folder.path and (above := read_script(root)) is not None:
        # What the root gives to its members counts as their own; what it says about itself is a hint.
        scripts += [(root, above[0], above[1].given_to(project)), (root, above[0], above[1].own)]
    settings = read_script(folder, SETTINGS)
    build.modules = [folder.full(path) for path in (settings[1].includes if settings else ())]
    names = GradleNames(scripts, folder, root)
    build.dependencies = _plugins(scripts, catalog, root, names)
    needs: set[str] = set()
    for place, named, said in scripts[:2]:
        build.dependencies += _dependencies(place, named, said, catalog, names)
        needs.update(
            root.full((item.project or "").strip(":").replace(":", "/")) for item in said.dependencies if item.project
        )
    build.needs = sorted(needs - {folder.path})
    build.java = decide((scripts, catalog, root, names), JAVA_SIGNALS, agree=lambda *_: True).fact
    put_tasks(folder, name, script, build)
    if build.runnable is not None and _makes_no_boot_jar(scripts[:2]):
        build.runnable = None
    build.project = project
    return build


def _root(folder: Project) -> Project:
    """The folder whose settings include this one; itself if none does."""
    above: Project | None = folder
    while above is not None:
        settings = read_script(above, SETTINGS)
        if settings is not None:
            inside = relative(folder.path, above.path)
            listed = inside in settings[1].includes or settings[1].computes_includes
            return above if above.path == folder.path or listed else folder
        above = above.parent()
    return folder


Scripts = list[tuple[Project, str, GradleScript]]


def _plugins(scripts: Scripts, catalog: Document | None, root: Project, names: GradleNames) -> list[BuildDependency]:
    found: list[BuildDependency] = []
    declared = _declared(root, names)
    for place, (folder, name, script) in enumerate(scripts):
        for plugin in (item for item in script.plugins if item.applied):
            identity, version = plugin.id, names.resolve(plugin.version)
            if plugin.alias is not None and catalog is not None:
                identity, version = _from_catalog(catalog, plugin.alias.removeprefix("plugins."))
            if identity is None:
                continue
            identity = OLD_NAMES.get(identity, identity)
            version = version or declared.get(identity)
            # The root's own plugins build the root; its members have those that they or the root name for them.
            if place < 2 or identity.startswith("org.springframework.boot"):
                says = folder.says(name, plugin.line, identity)
                found.append(BuildDependency(identity, "", version, says, plugin=place < 2))
            if place < 2:
                found += _convention(root, identity, catalog)
    return found


def _declared(root: Project, names: GradleNames) -> dict[str, str]:
    """The plugin versions in the settings or the root, by id."""
    found: dict[str, str] = {}
    for files in (SETTINGS, SCRIPTS):
        read = read_script(root, files)
        for plugin in read[1].plugins if read is not None else ():
            version = names.resolve(plugin.version)
            if plugin.id is not None and version:
                found.setdefault(plugin.id, version)
    return found


def _makes_no_boot_jar(scripts: Scripts) -> bool:
    """Whether Spring Boot's jar task is off, by the nearest script that mentions it."""
    for _, _, script in scripts:
        found = script.value("bootJar.enabled", "bootJar.isEnabled")
        if found is not None:
            return bool(found[0] == "false")
    return False


# Convention plugins: `buildSrc/src/main/kotlin/shop.service.gradle.kts` is the plugin `shop.service`.
CONVENTIONS = ("buildSrc", "build-logic", "buildLogic", "build-conventions", "gradle/plugins", "gradle/build-logic")


def _convention(root: Project, identity: str, catalog: Document | None, depth: int = 0) -> list[BuildDependency]:
    """The plugins that the project's own convention plugin applies, and the libraries that it brings."""
    found: list[BuildDependency] = []
    for base in CONVENTIONS if depth < 4 else ():
        for ending, parser in ((".gradle.kts", parse_gradle_kotlin), (".gradle", parse_gradle_groovy)):
            path = next(root.files(f"{identity}{ending}", below=base, depth=6), None) if root.has_folder(base) else None
            script = root.parse(parser, path) if path is not None else None
            if script is None or path is None:
                continue
            for plugin in (item for item in script.plugins if item.applied):
                inner = OLD_NAMES.get(plugin.id or "", plugin.id)
                if inner is not None and inner != identity:
                    found.append(
                        BuildDependency(inner, "", plugin.version, root.says(path, plugin.line, inner), plugin=True)
                    )
                    found += _convention(root, inner, catalog, depth + 1)
            found += _dependencies(root, path, script, catalog)
    return found


def _from_catalog(catalog: Document, alias: str) -> tuple[str | None, str | None]:
    """Id and version of a plugin in a catalog; separators in aliases are all the same."""
    for key, value in catalog.table("plugins").items():
        if _plain(key) == _plain(alias):
            if isinstance(value, str):
                identity, _, version = value.partition(":")
                return identity, version or None
            if isinstance(value, dict) and isinstance(value.get("id"), str):
                return value["id"], _catalog_version(catalog, value.get("version"))
    return None, None


def _catalog_version(catalog: Document, value: Any) -> str | None:
    if isinstance(value, str):
        return value
    reference = value.get("ref") if isinstance(value, dict) else None
    return catalog.text("versions", reference) if isinstance(reference, str) else None


def _plain(text: str) -> str:
    return text.replace("-", ".").replace("_", ".").lower()


def _dependencies(
    folder: Project, name: str, script: GradleScript, catalog: Document | None, names: GradleNames | None = None
) -> list[BuildDependency]:
    found: list[BuildDependency] = []
    for item in script.dependencies:
        if item.configuration.startswith(("test", "annotationProcessor", "developmentOnly", "kapt")):
            continue
        coordinate = item.coordinate
        if item.alias is not None and catalog is not None:
            coordinate = _library(catalog, item.alias)
        if names is not None and coordinate is not None and "$" in coordinate:
            coordinate = names.resolve(coordinate)
        if coordinate is not None:
            group, _, rest = coordinate.partition(":")
            artifact, _, version = rest.partition(":")
            found.append(BuildDependency(group, artifact, version or None, folder.says(name, item.line, coordinate)))
    return found


def _library(catalog: Document, alias: str) -> str | None:
    for key, value in catalog.table("libraries").items():
        if _plain(key) == _plain(alias):
            if isinstance(value, str):
                return value
            if isinstance(value, dict):
                module = value.get("module")
                if isinstance(module, str):
                    return module
                if isinstance(value.get("group"), str) and isinstance(value.get("name"), str):
                    return f"{value['group']}:{value['name']}"
    return None


def plugin_version(root: Project, identity: str, library: str) -> Fact[str] | None:
    """The version of a plugin without one on its own line: from the settings, `apply false` in the root, the catalog,
    or its library in the convention plugins' build."""
    catalog = root.toml("gradle/libs.versions.toml") if root.has("gradle/libs.versions.toml") else None
    for names in (SETTINGS, SCRIPTS):
        found = read_script(root, names)
        own = GradleNames([(root, *found)] if found is not None else [], root)
        for item in _dependencies(root, found[0], found[1], catalog, own) if found is not None else ():
            if item.name == library and item.version:
                # `buildscript { dependencies { classpath … } }`
                return Fact(item.version, (item.evidence,))
        for plugin in found[1].plugins if found is not None else ():
            version = own.resolve(plugin.version)
            if found is not None and plugin.id == identity and version:
                return root.fact(version, found[0], plugin.line, f"{identity} {version}")
    for value in (catalog.table("plugins") if catalog is not None else {}).values():
        if catalog is not None and isinstance(value, dict) and value.get("id") == identity:
            version = _catalog_version(catalog, value.get("version"))
            if version:
                return root.fact(version, "gradle/libs.versions.toml", None, f"{identity} {version}")
    for base in CONVENTIONS:
        found = read_script(root.at(base)) if root.has_folder(base) else None
        for item in _dependencies(root.at(base), found[0], found[1], catalog) if found is not None else ():
            if item.name == library and item.version:
                return Fact(item.version, (item.evidence,))
    return None


Asked = tuple[Scripts, Document | None, Project, GradleNames]


def _setting(asked: Asked, *paths: str) -> Fact[str] | None:
    scripts, catalog, _, names = asked
    for folder, name, script in scripts:
        found = script.value(*paths)
        if found is None or not isinstance(found[0], str):
            continue
        text = found[0] if found[0].startswith("libs.") else names.resolve(found[0]) or found[0]
        text = text.replace("JavaVersion.VERSION_", "").replace("JvmTarget.JVM_", "").replace("1_8", "8")
        text = text if text.startswith("libs.") else text.replace("_", ".")
        if catalog is not None and text.startswith("libs.versions."):
            alias = text.removeprefix("libs.versions.").split(".get")[0]
            text = next((str(v) for key, v in catalog.table("versions").items() if _plain(key) == _plain(alias)), "")
        if text[:1].isdigit():
            return folder.fact(text, name, found[1], f"{paths[0].rsplit('.', 1)[-1]} {text}")
    return None


def _toolchain(asked: Asked) -> Fact[str] | None:
    """The toolchain's languageVersion."""
    return _setting(asked, "toolchain.languageVersion", "java.toolchain.languageVersion", "languageVersion")


def _jvm_toolchain(asked: Asked) -> Fact[str] | None:
    """Kotlin's jvmToolchain."""
    return _setting(asked, "kotlin.jvmToolchain", "jvmToolchain")


def _daemon(asked: Asked) -> Fact[str] | None:
    """gradle/gradle-daemon-jvm.properties."""
    from genfile.parsers.data import parse_properties

    root = asked[2]
    name = "gradle/gradle-daemon-jvm.properties"
    settings = root.parse(parse_properties, name) if root.has(name) else None
    text = settings.text("toolchainVersion") if settings else None
    return (
        root.fact(text, name, settings.line("toolchainVersion"), f"toolchainVersion {text}")
        if settings and text
        else None
    )


def _release(asked: Asked) -> Fact[str] | None:
    """options.release of the compile tasks."""
    return _setting(asked, "options.release", "release")


def _compatibility(asked: Asked) -> Fact[str] | None:
    """sourceCompatibility, targetCompatibility, jvmTarget."""
    return _setting(asked, "sourceCompatibility", "targetCompatibility", "jvmTarget", "kotlinOptions.jvmTarget")


def _conventions(asked: Asked) -> Fact[str] | None:
    """The same settings in convention plugins of buildSrc or build-logic."""
    root = asked[2]
    for base in CONVENTIONS:
        if not root.has_folder(base):
            continue
        for pattern, parser in (("*.gradle.kts", parse_gradle_kotlin), ("*.gradle", parse_gradle_groovy)):
            for name in list(root.files(pattern, below=base, depth=5))[:20]:
                script = root.parse(parser, name)
                found = (
                    script.value("toolchain.languageVersion", "languageVersion", "jvmToolchain", "sourceCompatibility")
                    if script
                    else None
                )
                if found is not None and isinstance(found[0], str):
                    text = found[0].replace("JavaVersion.VERSION_", "")
                    if text[:1].isdigit():
                        return root.fact(text, name, found[1], f"Java {text}")
    return None


JAVA_SIGNALS = (_toolchain, _jvm_toolchain, _release, _compatibility, _conventions, _daemon)


def wrapper_version(root: Project) -> Fact[str] | None:
    """The Gradle that the wrapper downloads."""
    from genfile.parsers.data import parse_properties

    name = "gradle/wrapper/gradle-wrapper.properties"
    settings = root.parse(parse_properties, name) if root.has(name) else None
    url = settings.text("distributionUrl") if settings else None
    if settings is None or not url:
        return None
    version = url.rsplit("/", 1)[-1].removeprefix("gradle-").split("-")[0].removesuffix(".zip")
    return (
        root.fact(version, name, settings.line("distributionUrl"), f"Gradle {version}")
        if version[:1].isdigit()
        else None
    )


__all__ = ["read_gradle", "read_script", "wrapper_version"]
