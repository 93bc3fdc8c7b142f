"""The Java version that builds and runs the service."""

import itertools
import re

from genfile.data import gradle_needed, least_for, newest_for, runtime
from genfile.detect.code import parse_code
from genfile.detect.hosting import hosting
from genfile.detect.java.build import Build, BuildDependency
from genfile.detect.java.gradleline import gradle_version
from genfile.detect.pins import pin_in_file, pin_in_mise, pin_in_properties, pin_in_tool_versions
from genfile.evidence import Draft, Evidence, Fact, decide
from genfile.parsers.jvm import parse_java
from genfile.versions import Pin, VersionChoice, java_line, parse_pin


def java_version(build: Build, draft: Draft) -> None:
    """Put /runtime: a version manager's pin, what the build asks for, else what its tool and framework run on."""
    pin = decide(build, PIN_SIGNALS, agree=lambda a, b: a.line == b.line)
    draft.notes.extend(pin.conflicts("Java version"))
    asked = pin.fact.but(pin.fact.value.line) if pin.fact is not None else _asked_by_build(build)
    if asked is None:
        _put_default(build, draft)
        return
    newer = _built_with(build, asked.value) if pin.fact is None else None
    if newer is not None:
        says = newer.evidence[0]
        target = f"{asked.evidence[0]} is what its classes target"
        text = f"{says}: using Java {newer.value} to build and run, as the project does itself; {target}"
        draft.note("info", text, says.path, says.line)
        asked = newer
    _put_asked(build, asked, draft)


def _asked_by_build(build: Build) -> Fact[str] | None:
    """The release line that the build itself asks for."""
    pin = parse_pin(build.java.value, "java") if build.java is not None else None
    return build.java.but(pin.line) if build.java is not None and pin is not None and pin.line.isdigit() else None


def _put_default(build: Build, draft: Draft) -> None:
    """Put the version of a Dockerfile or CI, else the newest LTS release that the build tool runs on."""
    hint = hosting(build.folder).version("java") or hosting(build.root).version("java")
    if hint is not None:
        line = java_line(hint.value.line).line or hint.value.line
        draft.put("runtime.version", hint.but(_raised(build, line, draft)))
        return
    line = _raised(build, _newest_for(build), draft)
    remedy = "set java.version in pom.xml, or a toolchain in build.gradle"
    place = "pom.xml" if build.tool == "maven" else "gradle/wrapper/gradle-wrapper.properties"
    says = f"no Java version found; using the default ({line})"
    draft.put("runtime.version", build.root.guess(line, place, says, remedy))


def _put_asked(build: Build, asked: Fact[str], draft: Draft) -> None:
    """Put the requested line: as an LTS release, raised to what the build tool and the frameworks run on."""
    says = asked.evidence[0]
    choice = _enforced(build, _runs(build, asked.value), draft)
    if choice.line is None:
        draft.note("warning", f"Java {asked.value} is newer than any release that genfile knows", says.path)
        choice = java_line(runtime("java").default)
    raised = _raised(build, choice.line or asked.value, draft)
    draft.put("runtime.version", asked.but(raised))
    if raised != choice.line:
        return
    if choice.line != asked.value:
        text = f"Java {asked.value} is not a long-term support release; using Java {choice.line} to build and run"
        draft.note("info", text, says.path, says.line)
    if choice.over:
        draft.note("warning", f"Java {choice.line} has reached its end of life", says.path, says.line)


def _runs(build: Build, asked: str) -> VersionChoice:
    """The LTS release for a requested Java; if that is too new for Gradle or a library, the requested one itself, even
    past its end of life."""
    choice, exact = java_line(asked), runtime("java").line(asked)
    if choice.line in (None, asked) or exact is None or choice.line is None:
        return choice
    bound, needed = _bound(build), gradle_needed(choice.line)
    version = gradle_version(build)
    too_old = version is not None and needed is not None and _number(version.value) < _number(needed)
    too_new = bound is not None and int(choice.line) > bound
    return VersionChoice(exact.version, exact.over) if too_old or too_new else choice


def _raised(build: Build, line: str, draft: Draft) -> str:
    """A Java, raised to the oldest that the build tool and the frameworks need; a note names what needs it."""
    wrapper = gradle_version(build)
    if build.tool == "maven":
        from genfile.detect.java.mavenrules import maven_wrapper

        wrapper = maven_wrapper(build.root)
    wanted: list[tuple[int, Evidence]] = []
    if wrapper is not None and (least := least_for("java", build.tool, wrapper.value)) is not None:
        wanted.append((int(least), wrapper.evidence[0]))
    for item in build.dependencies:
        for name in _names(item) if item.version else ():
            if (least := least_for("java", name, item.version or "")) is not None:
                wanted.append((int(least), item.evidence))
    most = max(wanted, key=lambda item: item[0], default=None)
    if most is None or not line.isdigit() or most[0] <= int(line):
        return line
    draft.note(
        "info", f"{most[1]} needs Java {most[0]} or later; using it to build and run", most[1].path, most[1].line
    )
    return str(most[0])


def _built_with(build: Build, asked: str) -> Fact[str] | None:
    """The oldest JDK of the project's own images, if CI builds with it too and it is newer than the classes target:
    what else plugins and tests need of a JDK is not in the tree."""
    from genfile.detect.java.pom import read_pom

    pom = read_pom(build.folder) if build.tool == "maven" else None
    if pom is None or pom.configured("maven-toolchains-plugin"):
        return None
    places = {item.path: item for item in (build.folder, build.root)}.values()
    hints = [fact.but(fact.value.line) for place in places for fact in hosting(place).versions.get("java", ())]
    images = [fact for fact in hints if not fact.evidence[0].path.startswith(".github/")]
    least = min(images, key=lambda fact: int(fact.value), default=None)
    by_ci = {fact.value for fact in hints if fact not in images}
    return least if least is not None and int(least.value) > int(asked) and least.value in by_ci else None


def _enforced(build: Build, choice: VersionChoice, draft: Draft) -> VersionChoice:
    """A Java that the enforcer plugin accepts: if it refuses the requested one, the next LTS release."""
    if build.tool != "maven" or choice.line is None:
        return choice
    from genfile.detect.java.mavenrules import enforced

    rule = enforced(build.folder)
    if rule is None or in_maven_range(choice.line, rule.value):
        return choice
    for line in reversed(runtime("java").lines):
        if line.lts and in_maven_range(line.version, rule.value):
            draft.note("info", f"{rule.evidence[0]}: using Java {line.version} to build and run", rule.evidence[0].path)
            return VersionChoice(line.version, line.over)
    return choice


def in_maven_range(line: str, text: str) -> bool:
    """Whether a Java is in a Maven version range: `17` (at least), `[17,)`, `[21,22),[25,26)`."""
    number = int(line)
    if text[:1] not in "[(":
        return number >= _major(text)
    for part in re.findall(r"([\[(])([^\])]*)([\])])", text):
        low, _, high = part[1].partition(",")
        above = not low.strip() or (number >= _major(low) if part[0] == "[" else number > _major(low))
        exact = "," not in part[1]
        below = (
            (number == _major(low))
            if exact
            else not high.strip() or (number <= _major(high) if part[2] == "]" else number < _major(high))
        )
        if above and below:
            return True
    return False


def _major(text: str) -> int:
    parts = [int(item) for item in re.findall(r"\d+", text)]
    return (parts[1] if parts[:1] == [1] and len(parts) > 1 else parts[0]) if parts else 0


def _bound(build: Build) -> int | None:
    """The newest Java that the build's versions of Spring Boot, Kotlin, Quarkus and Lombok run on."""
    lines = [
        int(line)
        for item in build.dependencies
        if item.version
        for name in _names(item)
        if (line := newest_for("java", name, item.version)) is not None
    ]
    return min(lines, default=None)


def _names(item: BuildDependency) -> tuple[str, ...]:
    """The names that a dependency may be known by: `group:name`, its group, for a plugin the beginning of its id."""
    return (item.coordinate, item.group, *((item.group.rpartition(".")[0],) if not item.name else ()))


def _newest_for(build: Build) -> str:
    """The newest LTS release that the wrapper's Gradle and the dependencies run on."""
    version = gradle_version(build)
    bound = _bound(build)
    for line in runtime("java").lines:
        needed = gradle_needed(line.version)
        if (
            line.lts
            and not line.over
            and (bound is None or int(line.version) <= bound)
            and (version is None or needed is None or _number(version.value) >= _number(needed))
        ):
            return line.version
    return "17"


def _number(version: str) -> tuple[int, ...]:
    """A major version alone stands for its newest release."""
    parts = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    return (*parts, 999)[:2]


def _tool_versions(build: Build) -> Fact[Pin] | None:
    """`java` in .tool-versions."""
    return pin_in_tool_versions(build.folder, "java")


def _mise(build: Build) -> Fact[Pin] | None:
    """`java` in mise.toml."""
    return pin_in_mise(build.folder, "java")


def _java_version_file(build: Build) -> Fact[Pin] | None:
    """.java-version."""
    return pin_in_file(build.folder, ".java-version", "java")


def _sdkmanrc(build: Build) -> Fact[Pin] | None:
    """`java` in .sdkmanrc."""
    return pin_in_properties(build.folder, ".sdkmanrc", "java", "java")


def _system_properties(build: Build) -> Fact[Pin] | None:
    """java.runtime.version in system.properties; Heroku reads it at the root of the build alone."""
    return pin_in_properties(build.root, "system.properties", "java.runtime.version", "java", upwards=False)


PIN_SIGNALS = (_mise, _tool_versions, _sdkmanrc, _java_version_file, _system_properties)


MAX_SOURCES = 300


def put_jdk(build: Build, draft: Draft) -> None:
    """Put /jdk if the program uses the compiler of the JDK that it runs on."""
    draft.put("jdk", _compiles(build))


def _compiles(build: Build) -> Fact[bool] | None:
    for name in itertools.islice(build.folder.files("*.java", below="src/main/java", depth=12), MAX_SOURCES):
        text = build.folder.text(name) or ""
        if "javax.tools" in text and "getSystemJavaCompiler" in text:
            line = next(n for n, item in enumerate(text.splitlines(), 1) if "getSystemJavaCompiler" in item)
            parsed = parse_code(build.folder, parse_java, name)
            if parsed is not None and any(item.startswith("javax.tools") for item in parsed.imports):
                return build.folder.fact(True, name, line, "ToolProvider.getSystemJavaCompiler")
    return None
