"""Wars and wrappers: which Tomcat a war is put into, what it asks for beyond, and scripts that no shell takes."""

import pytest

from genfile.api import render
from tests.test_go_java import WRAPPER, dependency, pom
from tests.test_jvm_running import APPLICATION
from tests.test_traps import inspect, only

PAGE = {"src/main/webapp/index.jsp": "x"}
SEVENTEEN = "<properties><maven.compiler.release>17</maven.compiler.release></properties>"


def war(*coordinates: str, more: str = "", properties: str = SEVENTEEN) -> dict[str, str]:
    listed = "".join(map(dependency, coordinates))
    return {"pom.xml": pom(f"{properties}<dependencies>{listed}</dependencies>{more}", "war"), **PAGE}


def code(*imports: str) -> dict[str, str]:
    listed = "".join(f"import {item};\n" for item in imports)
    return {"src/main/java/shop/Door.java": f"package shop;\n{listed}class Door {{}}\n"}


@pytest.mark.parametrize(
    ("files", "tomcat"),
    [
        (war("org.springframework:spring-webmvc:5.3.0"), "9.0"),
        (war("org.springframework:spring-webmvc:6.1.0"), "10.1"),
        (war("org.springframework:spring-webmvc:7.0.0"), "11.0"),
        (war("org.springframework.boot:spring-boot-starter-web:2.7.0"), "9.0"),
        (war("org.springframework.boot:spring-boot-starter-web:3.3.0"), "10.1"),
        # The environment of the developer has the library: the sources tell.
        (war() | code("javax.servlet.http.HttpServlet"), "9.0"),
        (war() | code("jakarta.servlet.http.HttpServlet"), "10.1"),
        (war(), "11.0"),
        (war("jakarta.servlet:jakarta.servlet-api:6.1.0", properties=""), "11.0"),
        # Of Jakarta EE 8 the package is still javax.servlet.
        (war("jakarta.servlet:jakarta.servlet-api:4.0.4"), "9.0"),
        (war("jakarta.platform:jakarta.jakartaee-web-api:8.0.0"), "9.0"),
    ],
)
def test_the_line_of_tomcat(files: dict[str, str], tomcat: str) -> None:
    spec = only(**files)
    assert (spec.layout, spec.tomcat) == ("war", tomcat)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (war("javax:javaee-api:7.0") | code("javax.ejb.Stateless"), True),
        (war("javax:javaee-api:7.0") | code("javax.servlet.http.HttpServlet", "javax.persistence.Entity"), False),
        (war(more="<build><plugins><plugin><groupId>org.wildfly.plugins</groupId>"
                  "<artifactId>wildfly-maven-plugin</artifactId></plugin></plugins></build>"), True),
    ],
)  # fmt: skip
def test_a_war_for_an_application_server_is_told_of(files: dict[str, str], told: bool) -> None:
    notes = inspect(**files).services[0].notes
    assert any("application server" in note.text for note in notes) is told


def test_a_war_of_spring_boot_with_its_plugin_starts_itself() -> None:
    plugin = (
        "<build><plugins><plugin><groupId>org.springframework.boot</groupId>"
        "<artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>"
    )
    files = war("org.springframework.boot:spring-boot-starter-web:3.3.0", more=plugin)
    spec = only(**files, **{"src/main/java/shop/ShopApplication.java": APPLICATION})
    assert (spec.layout, spec.start) == ("jar", ("java", "-jar", "app.war"))


@pytest.mark.parametrize(("script", "wrapped"), [("#!/bin/sh\nexec x\n", True), ("#!/bin/sh\r\nexec x\r\n", False)])
def test_a_wrapper_that_no_shell_takes(script: str, wrapped: bool) -> None:
    gradle = {**WRAPPER, "gradlew": script, "build.gradle": "plugins { id 'war' }\n", **PAGE}
    maven = {**war(), "mvnw": script, ".mvn/wrapper/maven-wrapper.properties": "distributionUrl=https://x/y.zip\n"}
    for files in (gradle, maven):
        assert only(**files).wrapper is wrapped
        assert any("CRLF" in note.text for note in inspect(**files).services[0].notes) is not wrapped


def test_the_image_of_a_build_tool_that_a_wrapper_names() -> None:
    """Official tags of an older Gradle have no name of the distribution; any Maven 3 builds what another one does."""
    gradle = {**WRAPPER, "gradlew": "x\r\n", "build.gradle": "plugins { id 'war' }\n", **PAGE}
    assert "FROM gradle:8.10-jdk21 AS build" in render(only(**gradle)).dockerfile
    properties = "distributionUrl=https://x/apache-maven-3.6.3-bin.zip\n"
    maven = {**war(), "mvnw": "x\r\n", ".mvn/wrapper/maven-wrapper.properties": properties}
    assert "FROM maven:3.9-eclipse-temurin-17-noble AS build" in render(only(**maven)).dockerfile


def test_a_server_of_spark_that_asks_for_no_port() -> None:
    main = 'package shop;\nclass Main { public static void main(String[] a) { get("/", (x, y) -> 1); } }\n'
    listed = f"<dependencies>{dependency('com.sparkjava:spark-core:2.9.4')}</dependencies>"
    spec = only(**{"pom.xml": pom(listed), "src/main/java/shop/Main.java": main})
    assert (spec.framework, spec.main_class, spec.port) == ("spark", "shop.Main", 4567)
    client = f"<dependencies>{dependency('io.grpc:grpc-stub:1.60.0')}</dependencies>"
    assert not inspect(**{"pom.xml": pom(client), "src/main/java/shop/Main.java": main}).services


def test_versions_of_plugins_that_the_root_names() -> None:
    files = {
        "settings.gradle.kts": 'include(":app")\n',
        "build.gradle.kts": 'plugins { kotlin("jvm") version "2.0.0" apply false }\n'
        'subprojects { apply(plugin = "org.jetbrains.kotlin.jvm") }\n',
        "app/build.gradle.kts": 'plugins { application }\napplication { mainClass = "shop.MainKt" }\n'
        'dependencies { implementation("io.ktor:ktor-server-netty:3.0.0") }\n',
        "app/src/main/kotlin/Main.kt": "package shop\nfun main() { embeddedServer(Netty, port = 8080) {} }\n",
    }
    assert only(**files).runtime.version == "21"
    files["build.gradle.kts"] = files["build.gradle.kts"].replace("2.0.0", "2.3.0")
    assert only(**files).runtime.version == "25"
