"""Which Java builds and runs a program: names in scripts, profiles, what tools and frameworks want."""

import pytest

from tests.test_go_java import dependency, pom
from tests.test_jvm_running import APPLICATION, BOOT
from tests.test_traps import inspect, only

KOTLIN = ("build.gradle.kts", 'plugins {{ id("java")\n id("org.springframework.boot") version "{boot}" }}\n{body}\n')
GROOVY = ("build.gradle", "plugins {{ id 'java'\n id 'org.springframework.boot' version '{boot}' }}\n{body}\n")
STARTER = 'dependencies { implementation("org.springframework.boot:spring-boot-starter-web") }\n'
CATALOG = {"gradle/libs.versions.toml": '[versions]\njava_line = "17"\n'}
OF = "java {{ toolchain {{ languageVersion = JavaLanguageVersion.of({}) }} }}"


def gradle(body: str, boot: str = "3.3.0", wrapper: str = "8.10", form: tuple[str, str] = GROOVY) -> dict[str, str]:
    name, text = form
    return {
        name: text.format(boot=boot, body=body) + STARTER,
        "src/main/java/shop/ShopApplication.java": APPLICATION,
        "gradlew": "",
        "gradle/wrapper/gradle-wrapper.jar": "",
        "gradle/wrapper/gradle-wrapper.properties": f"distributionUrl=https\\://x.y/gradle-{wrapper}-bin.zip\n",
    }


@pytest.mark.parametrize(
    ("form", "body", "files"),
    [
        (GROOVY, "sourceCompatibility = javaLine", {"gradle.properties": "javaLine=17\n"}),
        (GROOVY, OF.format("project.property('java.line') as int"), {"gradle.properties": "java.line=17\n"}),
        (GROOVY, "ext { line = '17' }\nsourceCompatibility = line", {}),
        (GROOVY, "def line = 17\n" + OF.format("line"), {}),
        (GROOVY, 'ext.a = "17"\next.line = "${a}"\nsourceCompatibility = project.ext.line', {}),
        (KOTLIN, "val line = 17\n" + OF.format("line"), {}),
        (KOTLIN, 'extra["line"] = "17"\n' + OF.format('(extra["line"] as String).toInt()'), {}),
        (KOTLIN, "val line: String by project\njava { sourceCompatibility = JavaVersion.toVersion(line) }",
         {"gradle.properties": "line=17\n"}),
        (KOTLIN, OF.format("libs.versions.java.line.get().toInt()"), CATALOG),
    ],
)  # fmt: skip
def test_names_of_a_script_stand_for_the_version(form: tuple[str, str], body: str, files: dict[str, str]) -> None:
    assert only(**gradle(body, form=form), **files).runtime.version == "17"


def test_a_name_that_nothing_says_is_none() -> None:
    assert only(**gradle("sourceCompatibility = javaLine")).runtime.version == "21"


def test_the_version_of_spring_boot_by_a_name() -> None:
    script = (
        "buildscript { ext { boot = '2.2.1.RELEASE' }\n"
        'dependencies { classpath("org.springframework.boot:spring-boot-gradle-plugin:${boot}") } }\n'
        "apply plugin: 'java'\napply plugin: 'org.springframework.boot'\n"
    )
    spec = only(**{**gradle("", wrapper="6.3"), "build.gradle": script + STARTER})
    assert (spec.framework_version, spec.runtime.version) == ("2.2.1.RELEASE", "11")


@pytest.mark.parametrize(("boot", "task"), [("1.5.8.RELEASE", ":web:assemble"), ("2.0.2.RELEASE", ":web:bootJar")])
def test_spring_boot_of_the_roots_buildscript(boot: str, task: str) -> None:
    """The root names the version for its members; the plugin of Spring Boot 1 has no `bootJar`."""
    root = (
        f"buildscript {{ ext {{ boot = '{boot}' }}\n"
        'dependencies { classpath("org.springframework.boot:spring-boot-gradle-plugin:${boot}") } }\n'
        "subprojects { apply plugin: 'java'\napply plugin: 'org.springframework.boot'\nsourceCompatibility = 1.8 }\n"
    )
    member = {"web/build.gradle": STARTER, "web/src/main/java/shop/ShopApplication.java": APPLICATION}
    files = {**gradle("", wrapper="4.7"), "build.gradle": root, "settings.gradle": "include ':web'\n", **member}
    del files["src/main/java/shop/ShopApplication.java"]
    spec = only(**files)
    assert (spec.framework_version, spec.build) == (boot, (f"./gradlew --no-daemon {task} -x test",))


@pytest.mark.parametrize(
    ("body", "boot", "wrapper", "line"),
    [
        ("sourceCompatibility = '11'", "2.7.0", "9.0.0", "17"),
        ("sourceCompatibility = '11'", "2.7.0", "8.10", "11"),
        ("sourceCompatibility = '11'", "3.1.0", "8.10", "17"),
        # The next Java with long support is too new for the wrapper, or for Spring Boot.
        (OF.format("23"), "3.5.6", "8.10", "23"),
        (OF.format("23"), "3.4.1", "9.1.0", "23"),
        (OF.format("23"), "3.5.6", "9.1.0", "25"),
    ],
)
def test_what_the_tool_and_the_framework_run_on(body: str, boot: str, wrapper: str, line: str) -> None:
    assert only(**gradle(body, boot, wrapper)).runtime.version == line


def maven(boot: str, properties: str, more: str = "") -> dict[str, str]:
    body = BOOT.replace("3.5.0", boot).format(f"<properties>{properties}</properties>{more}")
    starter = dependency("org.springframework.boot:spring-boot-starter-web:1").replace("<version>1</version>", "")
    body = body.replace("<build>", f"<dependencies>{starter}</dependencies><build>", 1)
    return {"pom.xml": pom(body), "src/main/java/shop/ShopApplication.java": APPLICATION}


PROFILE = (
    "<profiles><profile><id>x</id><activation>{}</activation><properties><java.version>21</java.version></properties>"
    "</profile></profiles>"
)


@pytest.mark.parametrize(
    ("boot", "properties", "more", "line"),
    [
        ("3.1.0", "<java.version>1.8</java.version>", "", "17"),
        ("3.4.1", "<java.version>23</java.version>", "", "23"),
        ("3.5.6", "<java.version>24</java.version>", "", "25"),
        ("2.1.3.RELEASE", "", "", "8"),
        ("3.3.0", "<java.version>17</java.version>", PROFILE.format("<activeByDefault>true</activeByDefault>"), "21"),
        ("3.3.0", "<java.version>17</java.version>", PROFILE.format(""), "17"),
    ],
)
def test_the_version_of_a_maven_build(boot: str, properties: str, more: str, line: str) -> None:
    assert only(**maven(boot, properties, more)).runtime.version == line


def test_a_raised_version_is_told_of() -> None:
    found = inspect(**maven("3.1.0", "<java.version>11</java.version>")).services[0]
    assert any("needs Java 17 or later" in note.text for note in found.notes)


def test_a_release_with_a_word_is_a_version() -> None:
    web = f"<dependencies>{dependency('org.hibernate.orm:hibernate-core:6.1.0.Final')}</dependencies>"
    release = "<properties><maven.compiler.release>8</maven.compiler.release></properties>"
    spec = only(**{"pom.xml": pom(release + web, "war"), "src/main/webapp/a.jsp": ""})
    assert spec.runtime.version == "11"


def test_java_that_the_projects_own_image_and_ci_build_with() -> None:
    files = {
        "pom.xml": pom("<properties><java.version>8</java.version></properties>", "war"),
        "src/main/webapp/index.jsp": "x",
        "Dockerfile": "FROM eclipse-temurin:25\nCOPY . .\nRUN ./mvnw package\nCMD ./mvnw cargo:run\n",
    }
    step = "      - uses: actions/setup-java@v5\n        with: {{java-version: {}}}\n"
    steps = "jobs:\n  a:\n    steps:\n" + step.format(8)
    assert only(**files).runtime.version == "8"
    assert only(**files, **{".github/workflows/ci.yml": steps}).runtime.version == "8"
    assert only(**files, **{".github/workflows/ci.yml": steps + step.format(25)}).runtime.version == "25"


@pytest.mark.parametrize(("plugin", "line"), [("2.1.0", "11"), ("2.3.12", "8"), ("3.1.0", "11")])
def test_ktors_plugin_wants_a_java_of_its_own(plugin: str, line: str) -> None:
    build = f"""
plugins {{ id 'application'; id 'org.jetbrains.kotlin.jvm' version '1.9.25'; id 'io.ktor.plugin' version '{plugin}' }}
application {{ mainClass = 'io.ktor.server.netty.EngineMain' }}
java {{ sourceCompatibility = JavaVersion.VERSION_1_8 }}
dependencies {{ implementation 'io.ktor:ktor-server-netty:2.3.12' }}
"""
    files = gradle("", wrapper="8.5") | {"build.gradle": build, "src/main/kotlin/App.kt": "fun main() {}\n"}
    del files["src/main/java/shop/ShopApplication.java"]
    assert only(**files).runtime.version == line
