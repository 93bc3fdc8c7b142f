"""The facts of one service on the JVM, put together."""

import itertools

from genfile.data import Framework, backing_services, system_packages
from genfile.detect.code import parse_code
from genfile.detect.hosting import run_packages
from genfile.detect.java.boot import put_layers, tell_of_profile
from genfile.detect.java.build import Build
from genfile.detect.java.dotenv import put_dotenv
from genfile.detect.java.flags import put_flags
from genfile.detect.java.git import put_git
from genfile.detect.java.gradle import plugin_version, wrapper_version
from genfile.detect.java.layout import project_name, put_layout
from genfile.detect.java.machine import put_machine
from genfile.detect.java.network import put_network
from genfile.detect.java.outside import variables
from genfile.detect.java.private import put_private
from genfile.detect.java.read import read_build
from genfile.detect.java.resolve import put_resolve
from genfile.detect.java.stores import put_stores
from genfile.detect.java.unread import put_unread
from genfile.detect.java.version import java_version
from genfile.detect.java.writes import put_writes
from genfile.detect.required import put_required
from genfile.detect.shared import is_secret
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.jvm import parse_java
from genfile.spec.base import service_name


def detect(folder: Project) -> Draft:
    """Fill a draft for a module that was claimed."""
    draft = Draft()
    build = read_build(folder)
    if build is None:
        return draft
    draft.values["language"] = "java"
    fallback = service_name(folder.folder_name)
    name = project_name(build)
    draft.put("name", Fact(service_name(name, fallback) if name else fallback))
    _put_tool(build, draft)
    java_version(build, draft)
    framework = _put_framework(build, draft)
    _put_older_gradle(build, draft)
    put_private(build, draft)
    put_layout(build, draft, framework)
    put_layers(build, draft)
    put_flags(build, draft)
    put_network(build, draft, framework)
    put_writes(build, draft)
    draft.put("jdk", _compiles(build))
    _put_outside(build, draft)
    _put_workspace(build, draft)
    put_resolve(build, draft)
    put_git(build, draft)
    put_machine(build, draft)
    tell_of_profile(build, draft)
    put_unread(build, draft)
    put_dotenv(build, draft)
    return draft


def _compiles(build: Build) -> Fact[bool] | None:
    """Whether the program asks for the compiler of the JDK that it runs on."""
    for name in itertools.islice(build.folder.files("*.java", below="src/main/java", depth=12), MAX_SOURCES):
        text = build.folder.text(name) or ""
        if "javax.tools" in text and "getSystemJavaCompiler" in text:
            line = next(n for n, item in enumerate(text.splitlines(), 1) if "getSystemJavaCompiler" in item)
            parsed = parse_code(build.folder, parse_java, name)
            if parsed is not None and any(item.startswith("javax.tools") for item in parsed.imports):
                return build.folder.fact(True, name, line, "ToolProvider.getSystemJavaCompiler")
    return None


MAX_SOURCES = 300


def _put_tool(build: Build, draft: Draft) -> None:
    root = build.root
    script = (
        "pom.xml"
        if build.tool == "maven"
        else next(
            (n for n in ("build.gradle.kts", "build.gradle", "settings.gradle.kts", "settings.gradle") if root.has(n)),
            "build.gradle",
        )
    )
    draft.put("package_manager.name", root.fact(build.tool, script, 1, script))
    if build.tool == "maven":
        from genfile.detect.java.mavenrules import maven_wrapper

        draft.put("package_manager.version", maven_wrapper(root))
    if build.tool == "gradle":
        version = wrapper_version(root)
        if version is not None:
            draft.put("package_manager.version", version)
        if root.has("gradle.lockfile"):
            draft.put(
                "package_manager.lockfile",
                root.fact(root.full("gradle.lockfile"), "gradle.lockfile", 1, "gradle.lockfile"),
            )
    wrapper = "mvnw" if build.tool == "maven" else "gradlew"
    if build.wrapper:
        draft.put("wrapper", root.fact(True, wrapper, 1, wrapper))
    elif build.has_foreign_wrapper:
        text = f"{wrapper} has CRLF line endings, which a shell can't run; using {build.tool} from the build image"
        draft.note("warning", text, root.full(wrapper), 1)
    elif root.has(wrapper):
        draft.note(
            "warning",
            f"{wrapper} is committed, but the files it needs are not; using {build.tool} from the build image",
            root.full(wrapper),
        )


def _put_framework(build: Build, draft: Draft) -> Framework | None:
    match = build.framework
    if match is None:
        return None
    item, found = match
    draft.put("framework", Fact(item.name, (found.evidence,)))
    if item.name == "spring-boot":
        draft.put("framework_version", _boot_version(build))
    for name, value in item.environment.items():
        draft.values.setdefault("environment", []).append({"name": name, "phase": "run", "value": value})
    return item


def _put_older_gradle(build: Build, draft: Draft) -> None:
    """Without a wrapper: a Gradle that runs on the Java, and that the Spring Boot plugin knows."""
    if build.tool != "gradle" or "package_manager.version" in draft.evidence or wrapper_version(build.root) is not None:
        return
    line = str(draft.values["runtime"]["version"])
    boot = draft.values.get("framework_version") or "9"
    if line.isdigit() and (int(line) < 17 or boot.startswith(("1.", "2."))):
        script = next((n for n in ("build.gradle.kts", "build.gradle") if build.root.has(n)), "build.gradle")
        says = build.root.guess("8", script, f"Gradle 9 needs Java 17 or later, but this project uses Java {line}")
        draft.put("package_manager.version", says)


def _boot_version(build: Build) -> Fact[str] | None:
    for item in build.dependencies:
        if item.group == "org.springframework.boot" and item.version and item.version[:1].isdigit():
            return Fact(item.version, (item.evidence,))
    if build.tool == "gradle":
        return plugin_version(build.root, "org.springframework.boot", "spring-boot-gradle-plugin")
    if build.tool == "maven":
        from genfile.detect.java.pom import read_pom

        pom = read_pom(build.folder)
        for name in (
            "spring-boot.version",
            "spring.boot.version",
            "springboot.version",
            "version.spring-boot",
        ):
            if pom is not None and name in pom.properties:
                text, says = pom.properties[name]
                return Fact(text, (says,)) if text[:1].isdigit() else None
    return None


def _put_outside(build: Build, draft: Draft) -> None:
    """Packages, databases and variables."""
    run: set[str] = set()
    evidence: list[Evidence] = []
    for name, needs in system_packages("maven").items():
        found = build.find(name)
        if found is not None and needs.run:
            run.update(needs.run)
            evidence.append(found.evidence)
    programs, says_programs = run_packages(build.folder)
    run.update(programs)
    evidence.extend(says_programs)
    if run:
        draft.put("system_packages", Fact({"build": [], "run": sorted(run)}, tuple(evidence)))
    backing = {
        service.name: found.evidence
        for service in backing_services().values()
        if (found := build.find(*service.maven)) is not None and service.maven
    }
    if backing:
        draft.put("backing_services", Fact(sorted(backing), tuple(backing[name] for name in sorted(backing))))
    present = {draft.values.get("port_variable")}
    needed: list[tuple[str, Evidence]] = []
    for item in variables(build, spring=draft.values.get("framework") == "spring-boot"):
        if item.name not in present:
            present.add(item.name)
            value = {"name": item.name, "phase": "run", "secret": is_secret(item.name)}
            draft.values.setdefault("environment", []).append(value)
            needed += [(item.name, item.says)] if item.needed else []
    put_required(draft, needed)
    put_stores(build, draft)


def _put_workspace(build: Build, draft: Draft) -> None:
    root = build.root
    if build.is_member:
        value = {
            "tool": build.tool,
            "root": root.spec_path,
            "member": build.folder.spec_path,
            "depends_on": build.needs,
        }
        draft.put(
            "workspace",
            build.folder.fact(value, "pom.xml", None, "parent")
            if build.tool == "maven" and not root.has("pom.xml")
            else root.fact(value, "pom.xml" if build.tool == "maven" else "settings.gradle", None, "modules"),
        )
