"""Programs on the JVM without a framework: which stay, which ask somebody, which end; and what is said of them."""

import pytest

from tests.test_go_java import MANIFEST, WRAPPER, dependency, plugin, pom
from tests.test_traps import inspect, only

MAIN = "src/main/java/shop/Main.java"
JAR = f"<build><plugins>{plugin('maven-jar-plugin', MANIFEST)}</plugins></build>"
BOOT = (
    "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId>"
    "<version>3.5.0</version></parent>{}<build><plugins><plugin><groupId>org.springframework.boot</groupId>"
    "<artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>"
)
APPLICATION = "package shop;\npublic class ShopApplication { public static void main(String[] a) { run(a); } }\n"


def code(body: str, *imports: str, name: str = "Main") -> str:
    listed = "".join(f"import {item};\n" for item in imports)
    return f"package shop;\n{listed}public class {name} {{ public static void main(String[] a) {{ {body} }} }}\n"


def boot(*artifacts: str, **files: str) -> dict[str, str]:
    """A program of Spring Boot with these starters, and files among its resources."""
    starters = "".join(f"<dependency><groupId>org.springframework.boot</groupId><artifactId>{item}</artifactId>"
                       "</dependency>" for item in artifacts)  # fmt: skip
    made = {f"src/main/resources/{name}": text for name, text in files.items()}
    dependencies = f"<dependencies>{starters}</dependencies>"
    return {"pom.xml": pom(BOOT.format(dependencies)), "src/main/java/shop/ShopApplication.java": APPLICATION, **made}


@pytest.mark.parametrize(
    ("body", "imports", "said"),
    [
        ("Scanner s = new Scanner(System.in); while (true) { s.nextLine(); }", ("java.util.Scanner",), "at a terminal"),
        ("new BufferedReader(new InputStreamReader(System.in));", ("java.io.*",), "at a terminal"),
        ("new Menu().show();", (), "at a terminal"),
        (
            "new JFrame().setVisible(true); new Timer();",
            ("javax.swing.JFrame", "javax.swing.Timer"),
            "opens desktop windows",
        ),
        ('System.out.println("hello");', (), "exits by itself"),
    ],
)
def test_a_program_for_somebody_at_a_computer_is_no_service(body: str, imports: tuple[str, ...], said: str) -> None:
    menu = "package shop;\nclass Menu { void show() { System.console().readLine(); } }\n"
    files = {"pom.xml": pom(JAR), MAIN: code(body, *imports), "src/main/java/shop/Menu.java": menu}
    found = inspect(**files)
    assert not found.services
    assert any(said in note.text for note in found.notes)


@pytest.mark.parametrize(
    ("body", "imports"),
    [
        ("while (true) { work(); Thread.sleep(1000); }", ()),
        ("new ServerSocket(1234).accept();", ("java.net.ServerSocket",)),
        ("Executors.newScheduledThreadPool(1).scheduleAtFixedRate(x, 1, 1, t);", ("java.util.concurrent.*",)),
    ],
)
def test_a_program_that_stays_is_a_service(body: str, imports: tuple[str, ...]) -> None:
    # What another program of the module asks is nothing to this one.
    client = code("new java.util.Scanner(System.in).next();", name="Client")
    files = {"pom.xml": pom(JAR), MAIN: code(body, *imports), "src/main/java/shop/Client.java": client}
    assert only(**files).start == ("java", "-jar", "app.jar")


def test_a_listener_that_the_main_class_does_not_reach() -> None:
    other = code("new ServerSocket(1).accept();", "java.net.ServerSocket", name="Server")
    files = {"pom.xml": pom(JAR), MAIN: code("new java.util.Scanner(System.in).next();")}
    assert not inspect(**files, **{"src/main/java/shop/Server.java": other}).services


def test_kotlin_that_asks_at_a_terminal() -> None:
    script = 'plugins { kotlin("jvm") version "2.2.0"; application }\napplication { mainClass = "MainKt" }\n'
    files = {"build.gradle.kts": script, **WRAPPER, "src/main/kotlin/Ask.kt": "fun ask() = readln()\n"}
    assert not inspect(**files, **{"src/main/kotlin/Main.kt": "fun main() { while (true) { ask() } }\n"}).services
    assert inspect(**files, **{"src/main/kotlin/Main.kt": "fun main() { while (true) { work() } }\n"}).services


def test_a_console_application_of_spring_is_no_service() -> None:
    runner = "package shop;\nclass Runner { void run() { new java.util.Scanner(System.in).next(); } }\n"
    files = {"src/main/java/shop/Runner.java": runner}
    assert not inspect(**boot("spring-boot-starter"), **files).services
    assert only(**boot("spring-boot-starter")).port is None
    assert only(**boot("spring-boot-starter-web"), **files).port == 8080


@pytest.mark.parametrize(
    ("coordinate", "body", "start", "port"),
    [
        ("io.javalin:javalin:6.1.3", "Javalin.create().start(7070);", "app.jar:lib/*", 7070),
        ("org.eclipse.jetty:jetty-server:11.0.20", "new Server(8099).start();", "app.jar:lib/*", 8099),
        ("net.dv8tion:JDA:5.0.0", "JDABuilder.createDefault(token).build();", "app.jar:lib/*", None),
        (None, "HttpServer.create(new InetSocketAddress(8000), 0).start();", "app.jar", 8000),
    ],
)
def test_a_class_that_no_plugin_names_is_started_by_name(
    coordinate: str | None, body: str, start: str, port: int | None
) -> None:
    dependencies = f"<dependencies>{dependency(coordinate)}</dependencies>" if coordinate else ""
    spec = only(**{"pom.xml": pom(dependencies), MAIN: code(body)})
    assert (spec.start, spec.port) == (("java", "-cp", start, "shop.Main"), port)
    assert ("dependency:copy-dependencies" in spec.build[0]) == bool(coordinate)


def test_spring_boot_without_its_plugin_is_started_by_name() -> None:
    """A plain jar has no main class in its manifest: `java -jar` would refuse it."""
    web = dependency("org.springframework.boot:spring-boot-starter-web:3.5.0")
    body, imported = "SpringApplication.run(Main.class, a);", "org.springframework.boot.SpringApplication"
    spec = only(**{"pom.xml": pom(f"<dependencies>{web}</dependencies>"), MAIN: code(body, imported)})
    assert (spec.start, spec.port) == (("java", "-cp", "app.jar:lib/*", "shop.Main"), 8080)
    assert "dependency:copy-dependencies" in spec.build[0]
    console = dependency("org.springframework.boot:spring-boot-starter:3.5.0")
    assert not inspect(
        **{"pom.xml": pom(f"<dependencies>{console}</dependencies>"), MAIN: code(body, imported)}
    ).services


def test_a_library_with_a_main_method_is_none() -> None:
    assert not inspect(**{"pom.xml": pom(""), MAIN: code("System.out.println(1);")}).services


def test_one_value_for_several_names() -> None:
    script = (
        "plugins { id 'application' }\nmainClassName = 'shop.Main'\nsourceCompatibility = targetCompatibility = '17'\n"
    )
    files = {"build.gradle": script, **WRAPPER, MAIN: code("while (true) { work(); }")}
    assert only(**files).runtime.version == "17"


# --- where Spring Boot listens --------------------------------------------------------------------------------------


def test_the_profile_that_is_active_says_the_port() -> None:
    files = {
        "application.yml": "spring:\n  profiles:\n    active: local\n",
        "application-local.yml": "server:\n  port: 81\n",
    }
    assert only(**boot("spring-boot-starter-web", **files)).port == 81
    files["application-prod.yml"] = "server:\n  port: 9000\n"
    assert only(**boot("spring-boot-starter-web", **files)).port == 9000


def test_the_default_of_a_variable_decides_the_active_profile() -> None:
    files = {
        "application.yml": "spring:\n  profiles:\n    active: ${SHOP_PROFILE:dev}\n",
        "application-dev.yml": "server:\n  port: 9100\n",
        "application-prod.yml": "server:\n  port: 9000\n",
    }
    assert only(**boot("spring-boot-starter-web", **files)).port == 9100
    del files["application-dev.yml"]
    assert only(**boot("spring-boot-starter-web", **files)).port == 9000


def test_a_port_by_chance_is_fixed() -> None:
    spec = only(**boot("spring-boot-starter-web", **{"application.properties": "server.port=0\n"}))
    assert spec.port == 8080
    assert [(item.name, item.value) for item in spec.environment] == [("SERVER_PORT", "8080")]


def test_a_port_that_maven_puts_in() -> None:
    files = boot("spring-boot-starter-web", **{"application.properties": "server.port=@http.port@\n"})
    files["pom.xml"] = files["pom.xml"].replace("<dep", "<properties><http.port>8484</http.port></properties><dep", 1)
    assert only(**files).port == 8484


# --- pages ----------------------------------------------------------------------------------------------------------


def test_the_one_folder_of_pages_is_the_site() -> None:
    files = {"README.md": "", "portfolio/index.html": "", "portfolio/blog/index.html": ""}
    assert only(**files).static.root == "portfolio"
    assert not inspect(**files, **{"app/main.rb": ""}).services


def test_several_folders_of_pages_are_named() -> None:
    found = inspect(**{"clock/index.html": "", "todo/index.html": "", "README.md": ""})
    assert not found.services
    assert any("clock, todo" in note.text for note in found.notes)
    assert only(**{"index.html": "", "clock/index.html": ""}).static.root == "."


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("manifest.json", '{"manifest_version": 3, "name": "x"}', "browser extension"),
        ("package.json", '{"name": "x", "main": "main.js", "devDependencies": {"electron": "30"}}', "Electron"),
        ("config.xml", '<?xml version="1.0"?>\n<widget id="x"></widget>', "Cordova"),
    ],
)
def test_pages_that_no_server_gives_out(name: str, text: str, said: str) -> None:
    found = inspect(**{"index.html": "", name: text})
    assert not found.services
    assert any(said in note.text for note in found.notes)


def test_a_site_whose_themes_are_go_modules() -> None:
    files = {"hugo.toml": "", "content/_index.md": "", "go.mod": "module x\n\ngo 1.26\n"}
    assert only(**files).build == ("hugo --minify",)
    assert not inspect(**files, **{"lib.go": "package x\n"}).services


def test_java_without_a_build_is_told_of() -> None:
    found = inspect(**{"src/Main.java": "class Main { public static void main(String[] a) {} }"})
    assert any("Java without Maven or Gradle" in note.text for note in found.notes)


DOTENV = "io.github.cdimascio.dotenv"
SETTINGS = "package shop;\nimport io.github.cdimascio.dotenv.Dotenv;\n@Service\nclass Maps {{\n  Maps() {{ {} }}\n}}\n"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Dotenv dotenv = Dotenv.load();", True),
        ('Dotenv dotenv = Dotenv.configure().directory("./").load();', True),
        ("Dotenv dotenv = Dotenv.configure().ignoreIfMissing().load();", False),
        ("try { Dotenv.load(); } catch (DotenvException e) { log(e); }", False),
        ("Properties.load();", False),
    ],
)
def test_a_program_that_stops_without_its_file_of_variables_is_told_of(body: str, told: bool) -> None:
    files = {**boot("spring-boot-starter-web"), "src/main/java/shop/Maps.java": SETTINGS.format(body)}
    assert _tells_of_dotenv(files) is told
    assert not _tells_of_dotenv({**files, "src/main/resources/.env": "KEY=\n"})


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("val env = dotenv()", True),
        ("val env = Dotenv.load()", True),
        ("val env = dotenv { ignoreIfMissing = true }", False),
        ("val env = Dotenv.configure().ignoreIfMissing().load()", False),
    ],
)
def test_a_program_in_kotlin_that_stops_without_its_file_of_variables(body: str, told: bool) -> None:
    text = f"package shop\nimport {DOTENV}.dotenv\nimport {DOTENV}.Dotenv\n@Service\nclass Maps {{\n  {body}\n}}\n"
    files = {**boot("spring-boot-starter-web"), "src/main/kotlin/shop/Maps.kt": text}
    assert _tells_of_dotenv(files) is told


def _tells_of_dotenv(files: dict[str, str]) -> bool:
    return any("if .env is missing" in note.text for item in inspect(**files).services for note in item.notes)
