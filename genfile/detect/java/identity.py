"""What a Java service is: its build tool, framework, and the build that it is a module of."""

from genfile.data import Framework
from genfile.detect.java.build import Build
from genfile.detect.java.gradle import plugin_version, wrapper_version
from genfile.detect.java.layout import project_name
from genfile.evidence import Draft, Fact
from genfile.spec.base import service_name


def put_name(build: Build, draft: Draft) -> None:
    """Put /language and /name: the project's own name, else the folder's."""
    draft.values["language"] = "java"
    fallback = service_name(build.folder.folder_name)
    name = project_name(build)
    draft.put("name", Fact(service_name(name, fallback) if name else fallback))


def put_tool(build: Build, draft: Draft) -> None:
    """Put /package_manager and /wrapper; a note says why a committed wrapper is not used."""
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


def put_framework(build: Build, draft: Draft) -> Framework | None:
    """Put /framework, its version and its variables; return the framework, None if there is none."""
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


def put_workspace(build: Build, draft: Draft) -> None:
    """Put /workspace for a module of a multi-module build."""
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
