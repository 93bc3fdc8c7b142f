"""The facts of one service on the JVM, put together."""

import posixpath

from genfile.data import Framework, backing_services, frameworks, system_packages
from genfile.detect.hosting import hosting, run_packages
from genfile.detect.java.build import Build, read_build
from genfile.detect.java.gradle import read_script, wrapper_version
from genfile.detect.java.port import source_port
from genfile.detect.java.settings import find_setting, placeholders
from genfile.detect.java.version import java_version
from genfile.detect.shared import is_secret
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.small import parse_procfile
from genfile.spec.base import service_name

PORT_KEYS = {
    "spring-boot": ("server.port",),
    "quarkus": ("quarkus.http.port",),
    "micronaut": ("micronaut.server.port",),
    "ktor": ("ktor.deployment.port",),
    "helidon": ("server.port",),
}


# Frameworks whose port stands in a configuration file, not in the code.
CONFIGURED = frozenset({"spring-boot", "quarkus", "micronaut", "dropwizard", "helidon"})


def detect(folder: Project) -> Draft:
    """Fill a draft for a module that was claimed."""
    draft = Draft()
    build = read_build(folder)
    if build is None:
        return draft
    draft.values["language"] = "java"
    fallback = service_name(folder.folder_name)
    name = _project_name(build)
    draft.put("name", Fact(service_name(name, fallback) if name else fallback))
    _put_tool(build, draft)
    java_version(build, draft)
    framework = _put_framework(build, draft)
    _put_layout(build, draft, framework)
    _put_network(build, draft, framework)
    _put_outside(build, draft)
    _put_workspace(build, draft)
    return draft


def _project_name(build: Build) -> str | None:
    if build.tool == "maven":
        from genfile.detect.java.maven import read_pom

        pom = read_pom(build.folder)
        return pom.artifact_id if pom else None
    settings = read_script(build.folder, ("settings.gradle.kts", "settings.gradle"))
    found = settings[1].value("rootProject.name") if settings else None
    return found[0] if found is not None and isinstance(found[0], str) else None


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
        from genfile.detect.java.maven import maven_wrapper

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
    elif root.has(wrapper):
        draft.note(
            "warning",
            f"{wrapper} is there, but what it needs is not committed: the build image brings {build.tool}",
            root.full(wrapper),
        )


def _put_framework(build: Build, draft: Draft) -> Framework | None:
    for item in frameworks("java"):
        found = build.find(*item.dependencies)
        if found is not None:
            draft.put("framework", Fact(item.name, (found.evidence,)))
            if item.name == "spring-boot":
                version = _boot_version(build)
                if version is not None:
                    draft.put("framework_version", version)
            for name, value in item.environment.items():
                draft.values.setdefault("environment", []).append({"name": name, "phase": "run", "value": value})
            return item
    return None


def _boot_version(build: Build) -> Fact[str] | None:
    for item in build.dependencies:
        if item.group == "org.springframework.boot" and item.version and item.version[:1].isdigit():
            return Fact(item.version, (item.evidence,))
    if build.tool == "maven":
        from genfile.detect.java.maven import read_pom

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


def _put_layout(build: Build, draft: Draft, framework: Framework | None) -> None:
    """What the build leaves, by which command, and how it is started."""
    name = framework.name if framework else None
    says = (build.runnable,) if build.runnable else ()
    folder = build.folder
    draft.values["outputs"] = [folder.full("target" if build.tool == "maven" else "build")]
    layout, start, artifact, output = _layout(build, name)
    if name == "dropwizard":
        config = next(
            (p for p in folder.names() if p.endswith((".yml", ".yaml")) and not p.startswith((".", "docker"))), None
        )
        start = [*start, "server", *([config] if config else [])]
        if config:
            draft.values["run_paths"] = [folder.full(config)]
    draft.put("layout", Fact(layout, says))
    draft.put("start", Fact(start, says))
    draft.values["artifact_folder"] = folder.full(output)
    if artifact is not None and layout != "quarkus":
        draft.put("artifact", Fact(folder.full(f"{output}/{artifact}"), says))
    draft.put("main_class", build.main_class)
    if layout == "jar" and build.libraries is not None:
        draft.values["libraries"] = folder.full(build.libraries)
    draft.put("build", Fact([_command(build, name, layout)], says))
    processes = folder.parse(parse_procfile, "Procfile") if folder.has("Procfile") else None
    if processes and "web" in processes:
        text, line = processes["web"]
        draft.evidence["/start"] = Fact(start, (*says, folder.says("Procfile", line, text)))


def _layout(build: Build, framework: str | None) -> tuple[str, list[str], str | None, str]:
    """The form of what is built, the start command, the file's name where it is certain, the folder it is in."""
    maven = build.tool == "maven"
    output = "target" if maven else "build/libs"
    repackaged = build.find("org.springframework.boot:spring-boot-maven-plugin", "org.springframework.boot")
    if framework == "quarkus":
        return "quarkus", ["java", "-jar", "quarkus-run.jar"], None, "target" if maven else "build"
    if build.packaging == "war":
        if framework == "spring-boot" and repackaged:
            return "jar", ["java", "-jar", "app.war"], build.artifact, output
        return "war", ["catalina.sh", "run"], build.artifact, output
    if framework == "spring-boot" and repackaged:
        return "spring-boot", ["java", "-jar", "app.jar"], build.artifact, output
    if not maven and build.application and not build.find("com.gradleup.shadow", "com.github.johnrengelman.shadow"):
        binary = _project_name(build) or build.folder.folder_name
        return "distribution", [f"bin/{binary}"], binary, "build/install"
    if build.libraries is not None and build.main_class is not None:
        start = ["java", "-cp", "app.jar:lib/*", build.main_class.value]
        return "jar", start, build.artifact, build.output or output
    return "jar", ["java", "-jar", "app.jar"], build.artifact, build.output or output


def _command(build: Build, framework: str | None, layout: str) -> str:
    member = posixpath.relpath(build.folder.path or ".", build.root.path or ".")
    if build.tool == "maven":
        tool = "./mvnw" if build.wrapper else "mvn"
        part = f" -pl {_quoted(member)} -am" if build.is_member else ""
        if build.is_member and not build.root.has("pom.xml"):
            # Its parent lies beside it, and nothing above lists the two.
            part = f" -f {_quoted(member + '/pom.xml')}"
        from genfile.detect.java.package import maven_flags

        flags = "".join(f" {_quoted(flag)}" for flag in maven_flags(build.folder)[0])
        goals = "".join(f" {_quoted(goal)}" for goal in ("package", *build.goals))
        return f"{tool} --batch-mode --no-transfer-progress -DskipTests{flags}{part}{goals}"
    tool = "./gradlew" if build.wrapper else "gradle"
    if framework == "quarkus":
        task = "quarkusBuild"
    elif layout == "spring-boot":
        task = "bootJar"
    elif layout == "distribution":
        task = "installDist"
    elif build.packaging == "war":
        task = "bootWar" if framework == "spring-boot" else "war"
    elif build.find("com.gradleup.shadow", "com.github.johnrengelman.shadow"):
        task = "shadowJar"
    else:
        task = "assemble"
    prefix = f":{member.replace('/', ':')}:" if build.is_member else ""
    tasks = " ".join(_quoted(prefix + name) for name in (build.goals or [task]))
    return f"{tool} --no-daemon {tasks} -x test"


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _put_network(build: Build, draft: Draft, framework: Framework | None) -> None:
    if framework is not None and framework.name == "spring-boot" and not _serves_http(build):
        return
    hinted = hosting(build.folder).port
    if framework is None or framework.port is None:
        found = source_port(build.folder)
        if found is not None and found.value.number:
            draft.put("port", found.but(found.value.number))
            draft.put("port_variable", found.but(found.value.variable) if found.value.variable else None)
        elif hinted is not None:
            draft.put("port", hinted)
        return
    says = draft.evidence["/framework"].evidence
    fact = Fact(framework.port, tuple(says))
    variable: str | None = framework.port_variable
    if framework.name not in CONFIGURED and (found := source_port(build.folder)) is not None:
        fact = found.but(found.value.number or framework.port)
        variable = found.value.variable or variable
    elif hinted is not None and find_setting(build.folder, *PORT_KEYS.get(framework.name, ())) is None:
        fact = hinted
    setting = find_setting(build.folder, *PORT_KEYS.get(framework.name, ()))
    if (
        setting is not None
        and setting.value.value
        and setting.value.value.isdecimal()
        and 0 < int(setting.value.value) < 65536
    ):
        fact = setting.but(int(setting.value.value))
    if setting is not None and setting.value.variable and setting.value.variable.isidentifier():
        variable = setting.value.variable
        fact = Fact(fact.value, setting.evidence)
    draft.put("port", fact)
    if variable is not None:
        draft.put("port_variable", fact.but(variable))
    _put_health(build, draft, framework)


def _serves_http(build: Build) -> bool:
    """A Spring Boot program without a web starter is a worker or a job."""
    web = tuple(
        """
    spring-boot-starter-web spring-boot-starter-webmvc spring-boot-starter-webflux
    spring-boot-starter-jersey spring-boot-starter-graphql spring-boot-starter-data-rest
    spring-boot-starter-websocket spring-boot-starter-actuator spring-boot-starter-thymeleaf
    spring-boot-admin-starter-server vaadin-spring-boot-starter
    """.split()
    )
    if any(
        item.name in web or "gateway" in item.name or "eureka-server" in item.name or "config-server" in item.name
        for item in build.dependencies
    ):
        return True
    # A starter may come with a module of the same build.
    for path in build.needs:
        other = read_build(build.root.at(posixpath.relpath(path, build.root.path or ".")))
        if other is not None and any(item.name in web for item in other.dependencies):
            return True
    return not any(
        item.name.startswith("spring-boot-starter")
        for item in build.dependencies
        if not item.plugin and item.name != "spring-boot-starter-parent"
    )


def _put_health(build: Build, draft: Draft, framework: Framework) -> None:
    """The endpoint that the framework's own health module serves on the application's port."""
    if framework.name == "spring-boot":
        actuator = build.find("org.springframework.boot:spring-boot-starter-actuator")
        if actuator is None or find_setting(build.folder, "management.server.port") is not None:
            return
        base = find_setting(build.folder, "management.endpoints.web.base-path")
        context = find_setting(build.folder, "server.servlet.context-path")
        prefix = (context.value.value or "").rstrip("/") if context else ""
        path = f"{prefix}{(base.value.value or '/actuator') if base else '/actuator'}/health"
        draft.put("health", Fact({"path": path}, (actuator.evidence,)))
    elif framework.name == "quarkus" and (health := build.find("io.quarkus:quarkus-smallrye-health")) is not None:
        draft.put("health", Fact({"path": "/q/health"}, (health.evidence,)))
    elif framework.name == "micronaut" and (health := build.find("io.micronaut:micronaut-management")) is not None:
        draft.put("health", Fact({"path": "/health"}, (health.evidence,)))


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
    for name, defaulted in placeholders(build.folder):
        if name not in present:
            present.add(name)
            secret = is_secret(name)
            draft.values.setdefault("environment", []).append(
                {"name": name, "phase": "run", "required": not defaulted, "secret": secret}
            )


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
    names = (
        _poms(build)
        if build.tool == "maven"
        else [
            n
            for n in (
                "settings.gradle",
                "settings.gradle.kts",
                "build.gradle",
                "build.gradle.kts",
                "gradle.properties",
                "gradle.lockfile",
            )
            if root.has(n)
        ]
    )
    draft.values["manifests"] = [root.full(name) for name in names]
    folders = [".mvn"] if build.tool == "maven" else ["gradle", "buildSrc"]
    draft.values["sources"] = [
        root.full(name)
        for name in folders
        if root.has_folder(name) or any(f.startswith(root.full(name)) for f in root.tree.folders)
    ]


def _poms(build: Build) -> list[str]:
    """The pom.xml of the root and the parents that it names in the tree, relative to the root."""
    from genfile.detect.java.maven import read_pom

    pom = read_pom(build.root) or read_pom(build.folder)
    chain = [pom, *pom.chain] if pom is not None else []
    return list(dict.fromkeys(posixpath.relpath(item.path, build.root.path or ".") for item in chain)) or ["pom.xml"]
