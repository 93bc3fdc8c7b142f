"""The address that a JVM service listens on, where that is the loopback's."""

import pytest

from tests.test_traps import inspect, only

R = "src/main/resources/"
SPRING = {
    "settings.gradle": "rootProject.name = 'mill'\n",
    "build.gradle": "plugins { id 'java'; id 'org.springframework.boot' version '3.5.0' }\n"
    "dependencies { implementation 'org.springframework.boot:spring-boot-starter-web' }\n",
    "src/main/java/a/App.java": "package a;\n@org.springframework.boot.autoconfigure.SpringBootApplication\n"
    "public class App { public static void main(String[] a) "
    "{ org.springframework.boot.SpringApplication.run(App.class, a); } }\n",
}


def program(dependency: str, body: str, plugin: str = "", **files: str) -> dict[str, str]:
    build = f"plugins {{ id 'java'; id 'application'{plugin} }}\napplication {{ mainClass = 'a.App' }}\n"
    code = f"package a;\npublic class App {{ public static void main(String[] x) {{ {body} }} }}\n"
    return {
        "settings.gradle": "rootProject.name = 'mill'\n",
        "build.gradle": f"{build}dependencies {{ implementation '{dependency}' }}\n",
        "src/main/java/a/App.java": code,
        **files,
    }


MICRONAUT = program(
    "io.micronaut:micronaut-http-server-netty",
    "io.micronaut.runtime.Micronaut.run(App.class, x);",
    "; id 'io.micronaut.application' version '4.4.0'",
)
HELIDON = program(
    "io.helidon.webserver:helidon-webserver:4.1.0",
    'io.helidon.webserver.WebServer.builder().config(Config.global().get("server")).build().start();',
)


@pytest.mark.parametrize(
    ("files", "settings", "found"),
    [
        (SPRING, "server:\n  address: 127.0.0.1\n", {"SERVER_ADDRESS": "0.0.0.0"}),
        (SPRING, "server:\n  address: ${BIND:localhost}\n", {"BIND": "0.0.0.0"}),
        (SPRING, "server:\n  address: 0.0.0.0\n", {}),
        (SPRING, "server:\n  port: 8081\n", {}),
        (MICRONAUT, "micronaut:\n  server:\n    host: localhost\n", {"MICRONAUT_SERVER_HOST": "0.0.0.0"}),
        (HELIDON, "server:\n  port: 8787\n  host: localhost\n", {"SERVER_HOST": "0.0.0.0"}),
        (HELIDON, "server:\n  port: 8787\n  host: 0.0.0.0\n", {}),
    ],
)
def test_a_setting_is_overridden(files: dict[str, str], settings: str, found: dict[str, str]) -> None:
    name = "application.yaml" if files is HELIDON else "application.yml"
    spec = only(**files, **{f"{R}{name}": settings})
    assert {item.name: item.value for item in spec.environment if item.value} == found


@pytest.mark.parametrize(
    ("host", "argument", "variable"),
    [
        ('host = "127.0.0.1"', "-P:ktor.deployment.host=0.0.0.0", None),
        ('host = "127.0.0.1"\n    host = ${?HOST}', None, "HOST"),
        ('host = "0.0.0.0"', None, None),
    ],
)
def test_ktor_is_told_by_an_argument(host: str, argument: str | None, variable: str | None) -> None:
    files = {
        "settings.gradle.kts": 'rootProject.name = "mill"\n',
        "build.gradle.kts": 'plugins { kotlin("jvm") version "2.0.20"; id("io.ktor.plugin") version "3.0.0" }\n'
        'application { mainClass.set("io.ktor.server.netty.EngineMain") }\n'
        'dependencies { implementation("io.ktor:ktor-server-netty") }\n',
        "src/main/kotlin/App.kt": "fun Application.module() { }\n",
        f"{R}application.conf": f"ktor {{\n  deployment {{\n    port = 8380\n    {host}\n  }}\n}}\n",
    }
    spec = only(**files)
    assert next((word for word in spec.start if word.startswith("-P:")), None) == argument
    assert next((item.name for item in spec.environment if item.value == "0.0.0.0"), None) == variable


JAVALIN = "io.javalin:javalin:6.3.0"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('Javalin.create().start("127.0.0.1", 7073);', True),
        ('Javalin.create().start("0.0.0.0", 7073);', False),
        ("Javalin.create().start(7073);", False),
        ('new Client("localhost", 9200).start(); Javalin.create().start(7073);', False),
    ],
)
def test_a_constant_in_the_code_is_told_of(body: str, told: bool) -> None:
    notes = [note.text for note in inspect(**program(JAVALIN, body)).services[0].notes]
    assert any("reachable only from inside the container" in text for text in notes) == told


def test_a_default_in_the_code_is_overridden() -> None:
    spec = only(**program(JAVALIN, 'Javalin.create().start(System.getenv().getOrDefault("HOST", "localhost"), 7073);'))
    assert [(item.name, item.value) for item in spec.environment if item.value] == [("HOST", "0.0.0.0")]
