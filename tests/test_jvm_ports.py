"""Where programs on the JVM listen: profiles and placeholders of the configuration, and what code computes."""

import pytest

from genfile.parsers import ParseError
from genfile.parsers.data import parse_documents
from tests.test_go_context import dockerfile
from tests.test_go_java import MANIFEST, dependency, plugin, pom
from tests.test_jvm_running import BOOT, boot
from tests.test_traps import only

WEB = "spring-boot-starter-web"
RESOURCES = "src/main/resources"
JAR = f"<build><plugins>{plugin('maven-jar-plugin', MANIFEST)}</plugins></build>"
PROD = "---\nspring:\n  config:\n    activate:\n      on-profile: prod\nserver:\n  port: 9292\n"
DEV = "---\nspring:\n  profiles: dev\nserver:\n  port: 9293\n"


def active(name: str, key: str = "active") -> str:
    return f"spring:\n  profiles:\n    {key}: {name}\n"


@pytest.mark.parametrize(
    ("files", "port", "variable"),
    [
        ({"application.yml": "server:\n  port: ${PORT:${APP_PORT:8085}}\n"}, 8085, "PORT"),
        ({"application.properties": "shop.port=9191\nserver.port=${shop.port}\n"}, 9191, "SERVER_PORT"),
        ({"application.properties": "shop.port=${OWN:9191}\nserver.port=${shop.port}\n"}, 9191, "OWN"),
        ({"application.yml": "server:\n  port: ${PORT:0}\n"}, 8080, "PORT"),
        ({"application.yml": "server:\n  port: ${SERVER_PORT}\n"}, 8080, "SERVER_PORT"),
        # Several documents: the last one that holds counts; those of other profiles do not.
        ({"application.yml": "a: 1\n---\nserver:\n  port: 9294\n---\nserver:\n  port: 9295\n"}, 9295, "SERVER_PORT"),
        ({"application.yml": active("prod") + PROD + DEV}, 9292, "SERVER_PORT"),
        ({"application.yml": active("dev") + DEV}, 9293, "SERVER_PORT"),
        ({"application.yml": "a: 1\n" + DEV}, 8080, "SERVER_PORT"),
        ({"application.properties": "a=1\n#---\nspring.profiles=dev\nserver.port=7\n"}, 8080, "SERVER_PORT"),
        ({"application.yml": active("${P:prod}"), "application-prod.yml": "server.port: 8088\n",
          "application-dev.yml": "server.port: 8089\n"}, 8088, "SERVER_PORT"),
        ({"application.yml": "a: 1\n", "application-peer1.yml": "server:\n  port: 8761\n"}, 8080, "SERVER_PORT"),
        ({"application.yml": active("net", "include"), "application-net.yml": "server.port: 9394\n"}, 9394,
         "SERVER_PORT"),
        ({"application.yml": active("a") + "    group:\n      a: [b]\n", "application-b.yml": "server.port: 9395\n"},
         9395, "SERVER_PORT"),
    ],
)  # fmt: skip
def test_the_port_of_the_configuration(files: dict[str, str], port: int, variable: str) -> None:
    spec = only(**boot(WEB, **files))
    assert (spec.port, spec.port_variable) == (port, variable)


@pytest.mark.parametrize(
    ("code", "port", "variable"),
    [
        ('app.setDefaultProperties(Collections.singletonMap("server.port", "8083"));', 8083, "SERVER_PORT"),
        ('new SpringApplicationBuilder(X.class).properties("server.port=8083");', 8083, "SERVER_PORT"),
        ('System.setProperty("server.port", "8084");', 8084, None),
        ('System.setProperty("other.port", "8084");', 8080, "SERVER_PORT"),
    ],
)
def test_the_port_that_the_code_of_spring_sets(code: str, port: int, variable: str | None) -> None:
    files = boot(WEB)
    files["src/main/java/shop/ShopApplication.java"] = (
        f"package shop;\npublic class ShopApplication {{ public static void main(String[] a) {{ {code} }} }}\n"
    )
    spec = only(**files)
    assert (spec.port, spec.port_variable) == (port, variable)
    files[f"{RESOURCES}/application.properties"] = "server.port=8086\n"
    assert only(**files).port == 8086


def main(body: str, more: str = "") -> str:
    return f"package shop;\nclass Main {{ {more} public static void main(String[] args) {{ {body} }} }}\n"


ACCEPT = "ServerSocket s = new ServerSocket({}); while (true) s.accept();"


@pytest.mark.parametrize(
    ("library", "files", "port", "variable"),
    [
        ("", {"Main": main("int p = args.length > 0 ? toInt(args[0]) : 8002;" + ACCEPT.format("p"))}, 8002, None),
        ("", {"Main": main("new Door().open();"), "Door": "class Door { void o() { " + ACCEPT.format("Keys.P") + "} }",
              "Keys": "class Keys { static final int P = 8_005; }"}, 8005, None),
        ("", {"Main": main("new Door(8006).open();"),
              "Door": "class Door { int p; Door(int p) { this.p = p; } void open() { " + ACCEPT.format("p") + "} }"},
         8006, None),
        ("", {"Main": main(ACCEPT.format('Integer.parseInt(System.getProperty("port", "8027"))'))}, 8027, None),
        ("", {"Main": main(ACCEPT.format('Integer.parseInt(properties.getProperty("port"))'))}, 8026, None),
        ("", {"Main": main("x.connect(new InetSocketAddress(h, 8099)); y(new InetSocketAddress(\"a.b\", 8098));"
                           + ACCEPT.format("8007"))}, 8007, None),
        ("io.undertow:undertow-core:2.3.0", {"Main": main('b.addHttpListener(8010, "0.0.0.0");')}, 8010, None),
        ("org.apache.tomcat.embed:tomcat-embed-core:10.1.0",
         {"Main": main('String p = System.getenv("PORT"); if (p == null) p = "8013"; t.setPort(Integer.valueOf(p));')},
         8013, "PORT"),
        ("org.glassfish.jersey.containers:jersey-container-grizzly2-http:3.1.0",
         {"Main": main("GrizzlyHttpServerFactory.createHttpServer(URI.create(BASE), rc);",
                       'static final String BASE = "http://0.0.0.0:8014/api/";')}, 8014, None),
        ("io.helidon.webserver:helidon-webserver:4.0.0", {"Main": main("WebServer.builder().port(8015);")}, 8015, None),
    ],
)  # fmt: skip
def test_the_port_that_code_computes(library: str, files: dict[str, str], port: int, variable: str | None) -> None:
    made = {f"src/main/java/shop/{name}.java": text for name, text in files.items()}
    build = f"<dependencies>{dependency(library)}</dependencies>{JAR}" if library else JAR
    spec = only(**{"pom.xml": pom(build), f"{RESOURCES}/server.properties": "port=8026\n", **made})
    assert (spec.port, spec.port_variable) == (port, variable)


def test_a_port_of_another_object_in_kotlin() -> None:
    gradle = 'plugins { kotlin("jvm") version "2.1.0"\n application }\napplication { mainClass.set("shop.MainKt") }\n'
    files = {
        "build.gradle.kts": gradle + 'dependencies { implementation("io.ktor:ktor-server-netty:3.0.0") }\n',
        "src/main/kotlin/Main.kt": "package shop\nfun main() { embeddedServer(Netty, port = Keys.PORT) {} }\n",
        "src/main/kotlin/Keys.kt": "package shop\nobject Keys { const val PORT = 8023 }\n",
    }
    assert only(**files).port == 8023


def test_the_health_of_a_profile_is_asked_where_it_is_answered() -> None:
    starter = dependency("org.springframework.boot:spring-boot-starter-actuator:3.5.0")
    settings = "server.servlet.context-path: /api\n---\nmanagement.server.port: 9001\n"
    files = {
        **boot(),
        "pom.xml": pom(BOOT.format(f"<dependencies>{starter}</dependencies>")),
        f"{RESOURCES}/application.yml": settings,
    }
    spec = only(**files)
    assert (spec.health.path, spec.health_port) == ("/actuator/health", 9001)


def test_a_configuration_server_of_the_same_tree() -> None:
    own = "spring:\n  application:\n    name: shop\n  config:\n    import: optional:configserver:http://c:8888\n"
    files = {f"shop/{name}": text for name, text in boot(WEB, **{"application.yml": own}).items()}
    served = {"config-server/src/main/resources/config/shop.yml": "server:\n  port: 8150\n"}
    assert only(**files, **served).port == 8150
    # Nobody asks for it, or it can't be told which.
    alone = {**files, "shop/src/main/resources/application.yml": "spring:\n  application:\n    name: shop\n"}
    assert only(**alone, **served).port == 8080
    assert only(**files, **served, **{"config-repo/shop.yml": "server:\n  port: 8151\n"}).port == 8080


def test_documents_of_yaml() -> None:
    found = parse_documents("# head\na: 1\n--- # next\nb: 2\n---\n---\n: : {\n")
    assert [item.value for item in found] == [{"a": 1}, {"b": 2}]
    assert found[1].line("b") == 4
    with pytest.raises(ParseError):
        parse_documents("{ a\n---\nb: 1\n")


EXPOSED = "FROM eclipse-temurin:21\nCOPY target/a.jar .\nEXPOSE 9000\nCMD java -jar a.jar\n"

# --- who has the last word -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, False),
        ({"src/main/resources/application.properties": "server.port=9000\n"}, False),
        # The program itself reads it.
        ({"src/main/resources/application.properties": "server.port=${PORT:9000}\n"}, True),
        ({"src/main/resources/application.properties": "server.port=${SERVER_PORT:9000}\n"}, True),
        # Nothing else tells the framework of it.
        ({"Dockerfile": EXPOSED}, True),
        ({"fly.toml": 'app = "a"\n[http_service]\ninternal_port = 9000\n'}, True),
    ],
)
def test_the_image_sets_no_port_that_the_framework_reads_in_its_configuration(
    files: dict[str, str], said: bool
) -> None:
    made = dockerfile(**boot(WEB), **files)
    assert ("PORT=9000" in made) is said
    assert f"EXPOSE {9000 if files else 8080}\n" in made
