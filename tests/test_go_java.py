"""Go and the JVM as real trees have them: each case is the smallest tree that has the trap."""

import pytest

from genfile.parsers.gradle import parse_gradle_groovy, parse_gradle_kotlin
from genfile.parsers.hocon import parse_hocon
from genfile.parsers.jvm import parse_java
from tests.test_traps import GO_MOD, GO_SERVER, inspect, only, package

MAIN = 'package main\nimport "net/http"\n{more}func main() {{ {body} }}\n'
WRAPPER = {
    "gradlew": "",
    "gradle/wrapper/gradle-wrapper.jar": "",
    "gradle/wrapper/gradle-wrapper.properties": "distributionUrl=https\\://x.y/gradle-8.10-bin.zip\n",
}


def module(*requires: str, more: str = "") -> str:
    listed = "".join(f"\t{item} v1.0.0\n" for item in requires)
    return f"{GO_MOD}\nrequire (\n{listed})\n{more}"


def pom(body: str, packaging: str = "jar") -> str:
    return (
        "<project><groupId>a</groupId><artifactId>shop</artifactId><version>1</version>"
        f"<packaging>{packaging}</packaging>{body}</project>"
    )


def plugin(artifact: str, configuration: str = "") -> str:
    runs = "<executions><execution><goals><goal>run</goal></goals></execution></executions>"
    return f"<plugin><artifactId>{artifact}</artifactId>{runs}<configuration>{configuration}</configuration></plugin>"


def dependency(coordinate: str) -> str:
    group, artifact, version = coordinate.split(":")
    return (
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>"
        "</dependency>"
    )


MANIFEST = "<archive><manifest><mainClass>shop.Main</mainClass></manifest></archive>"


# --- Go: what it is told ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requires", "code", "words"),
    [
        (
            "github.com/urfave/cli/v3",
            'import "github.com/urfave/cli/v3"\n'
            'var c = &cli.Command{Name: "x", Commands: []*cli.Command{{Name: "server", Action: f}}}\n',
            ("server",),
        ),
        ("github.com/alecthomas/kong", 'var cli struct { Serve T `cmd:"" help:"x"` }\n', ("serve",)),
        ("github.com/alecthomas/kong", 'var cli struct { Serve T `cmd:"" default:"1"` }\n', ()),
        ("github.com/a/b", 'func f() { switch os.Args[1] { case "serve": g() } }\n', ("serve",)),
        ("github.com/a/b", 'func f() { c := os.Args[1]; switch c { case "start": g(); case "install": h() } }\n', ()),
    ],
)
def test_the_argument_that_serves(requires: str, code: str, words: tuple[str, ...]) -> None:
    main = MAIN.format(more=code, body='http.ListenAndServe(":9000", nil)')
    spec = only(**{"go.mod": module(requires), "go.sum": "", "main.go": main})
    assert spec.start[1:] == words


def test_a_flag_of_the_loopback_is_told_to_listen_everywhere() -> None:
    body = 'a := flag.String("listen", "127.0.0.1:9090", ""); http.ListenAndServe(*a, nil)'
    spec = only(**{"go.mod": GO_MOD, "main.go": MAIN.format(more="", body=body)})
    assert (spec.port, spec.start[1:]) == (9090, ("--listen=0.0.0.0:9090",))


def test_a_client_of_twirp_is_no_server() -> None:
    main = 'package main\nimport _ "github.com/twitchtv/twirp"\nfunc main() {}\n'
    files = {"go.mod": module("github.com/twitchtv/twirp", "github.com/spf13/cobra"), "go.sum": "", "main.go": main}
    assert not inspect(**files).services


def test_an_address_of_a_database_is_no_listener() -> None:
    body = 'a := flag.String("redis-addr", "127.0.0.1:6379", ""); http.ListenAndServe(":9000", nil)'
    spec = only(**{"go.mod": GO_MOD, "main.go": MAIN.format(more="", body=body)})
    assert (spec.port, spec.start[1:]) == (9000, ())


def test_a_listener_of_the_loopback_is_told_of() -> None:
    main = MAIN.format(more="", body='http.ListenAndServe("localhost:9000", nil)')
    service = inspect(**{"go.mod": GO_MOD, "main.go": main}).services[0]
    assert any("listen on :9000" in note.text for note in service.notes)


def test_a_name_that_falls_back_to_what_is_made_of_itself() -> None:
    body = 'p := os.Getenv("PORT"); if p == "" { p = fmt.Sprintf(":%s", p) }; http.ListenAndServe(p, nil)'
    assert only(**{"go.mod": GO_MOD, "main.go": MAIN.format(more="", body=body)}).port_variable == "PORT"


def test_http_is_the_port_where_grpc_is_served_beside_it() -> None:
    body = 'l, _ := net.Listen("tcp", ":50051"); serve(l); http.ListenAndServe(":8081", nil)'
    main = MAIN.format(more='import "net"\n', body=body)
    assert only(**{"go.mod": GO_MOD, "main.go": main}).port == 8081


def test_a_raw_listener_beside_a_framework_comes_after_the_configuration() -> None:
    code = (
        'package main\nimport ("net"; "github.com/go-chi/chi/v5")\n'
        'type args struct { Addr string `arg:"env:SHOP_ADDR" default:":8080"` }\n'
        'func main() { chi.NewRouter(); net.Listen("tcp", ":7007") }\n'
    )
    files = {"go.mod": module("github.com/go-chi/chi/v5"), "go.sum": "", "main.go": code}
    assert only(**files).port == 8080
    assert only(**{**files, "main.go": code.replace("default", "x")}).port == 7007


# --- Go: what is built -----------------------------------------------------------------------------------------------


def test_without_sums_only_a_module_with_requirements_is_told_of() -> None:
    assert only(**{"go.mod": GO_MOD, "main.go": GO_SERVER}).sums
    service = inspect(**{"go.mod": module("github.com/a/b"), "main.go": GO_SERVER}).services[0]
    assert not service.spec.sums  # type: ignore[union-attr]
    assert any("go mod tidy" in note.text for note in service.notes)


def test_the_version_that_is_linked_in() -> None:
    release = "builds:\n  - ldflags:\n      - -s -w -X main.version={{.Version}} -X main.commit={{.Commit}}\n"
    files = {"go.mod": GO_MOD, "main.go": GO_SERVER, ".goreleaser.yaml": release}
    assert only(**files).version_variable == "main.version"


def test_a_program_for_the_desktop_is_passed_over() -> None:
    desktop = 'package main\nimport "github.com/getlantern/systray"\nfunc main() { systray.Run(nil, nil) }\n'
    files = {"go.mod": module("github.com/getlantern/systray"), "go.sum": "", "main.go": desktop}
    assert not inspect(**files).services
    assert only(**files, **{"server/main.go": GO_SERVER}).main_package == "./server"


def test_the_root_package_of_a_module_is_read_for_its_programs() -> None:
    library = 'package shop\nimport "net/http"\nfunc Serve() { http.ListenAndServe(":8152", nil) }\n'
    program = 'package main\nimport "example.com/shop"\nfunc main() { shop.Serve() }\n'
    spec = only(**{"go.mod": GO_MOD, "shop.go": library, "cmd/shop/main.go": program})
    assert (spec.main_package, spec.port) == ("./cmd/shop", 8152)


@pytest.mark.parametrize(
    ("name", "cgo"), [("github.com/google/gopacket", False), ("github.com/google/gopacket/pcap", True)]
)
def test_a_package_of_a_module_alone_needs_a_compiler(name: str, cgo: bool) -> None:
    main = MAIN.format(more=f'import _ "{name}"\n', body='http.ListenAndServe(":9000", nil)')
    files = {"go.mod": module("github.com/google/gopacket"), "go.sum": "", "main.go": main}
    assert only(**files).cgo is cgo


def test_what_is_embedded_and_missing_is_told_of_unless_a_front_end_makes_it() -> None:
    embeds = 'import "embed"\n//go:embed site docs\nvar f embed.FS\n'
    main = MAIN.format(more=embeds, body='http.ListenAndServe(":80", nil)')
    web = {
        "web/package.json": package(scripts={"build": "vite build"}, devDependencies={"vite": "7"}),
        "web/index.html": "<html>",
        "Makefile": "web:\n\tcd web && npm run build \\\n"
        "\t\t&& mv dist/index.html dist/app.html \\\n\t\t&& mv dist ../site\n",
    }
    service = inspect(**{"go.mod": GO_MOD, "main.go": main, **web}).services[0]
    front = service.spec.frontend
    assert front is not None
    assert (front.output, front.target) == ("web/dist", "site")
    assert front.build == ("npm run build", "mv dist/index.html dist/app.html")
    assert [note.text.split(" ")[0] for note in service.notes if "go:embed" in note.text] == ["docs"]


def test_a_stage_that_puts_the_front_end_into_the_sources() -> None:
    dockerfile = """FROM node:24 AS front
WORKDIR /front
COPY web .
RUN npm run build
FROM golang:1.26 AS back
ADD server /build/server
COPY --from=front /front/public/ /build/server/app/web/
FROM scratch
COPY --from=back /build/app /app
"""
    web = '{"name": "web", "private": true, "scripts": {"build": "webpack"}, "devDependencies": {"webpack": "5"}}'
    files = {"server/go.mod": GO_MOD, "server/main.go": GO_SERVER, "web/package.json": web, "Dockerfile": dockerfile}
    front = only(**files).frontend
    assert (front.path, front.output, front.target) == ("web", "web/public", "server/app/web")


def test_a_module_of_a_workspace_may_be_a_program() -> None:
    files = {"go.work": "go 1.26\nuse (\n\t./api\n\t./lib\n)\n", "api/go.mod": GO_MOD, "lib/go.mod": GO_MOD}
    unknown = 'package main\nimport "example.com/bot"\nfunc main() { bot.Run() }\n'
    assert only(**files, **{"api/main.go": unknown, "lib/lib.go": "package lib\n"}).path == "api"


def test_a_method_that_calls_itself_ends_the_reading_of_java() -> None:
    code = "class A { int a() { return b(c()); } int c() { return b(c()); } void m() { listen(c(), x(c())); } }"
    assert [call.callee for call in parse_java(code).calls][-4:] == ["listen", "c", "x", "c"]


# --- nothing to do ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Gemfile", "Ruby"),
        ("build.sbt", "Scala"),
        ("shop.csproj", ".NET"),
        ("project.clj", "Clojure"),
        ("main.go", "go mod"),
    ],
)
def test_a_language_that_no_preset_covers_is_named(name: str, kind: str) -> None:
    found = inspect(**{name: "package main\n"})
    assert not found.services
    assert any(kind in note.text for note in found.notes)


def test_a_procfile_of_another_language_starts_no_front_end() -> None:
    front = '{"name": "x", "private": true, "scripts": {"build": "webpack"}, "devDependencies": {"webpack": "5"}}'
    assert not inspect(**{"Gemfile": "", "Procfile": "web: bundle exec puma\n", "package.json": front}).services


# --- JVM -------------------------------------------------------------------------------------------------------------

KTOR = 'plugins { application; id("io.ktor.plugin") version "3.0.0" }\n'
LISTENS = "package shop; class Main { public static void main(String[] a) { new java.net.ServerSocket(9191); } }"


def test_a_thin_jar_takes_its_libraries_along() -> None:
    jar = plugin("maven-jar-plugin", MANIFEST)
    body = (
        f"<dependencies>{dependency('com.google.guava:guava:33')}</dependencies><build><plugins>{jar}</plugins></build>"
    )
    spec = only(**{"pom.xml": pom(body), "src/main/java/shop/Main.java": LISTENS})
    assert spec.start == ("java", "-cp", "app.jar:lib/*", "shop.Main")
    assert (spec.libraries, spec.port) == ("target/lib", 9191)
    assert "dependency:copy-dependencies" in spec.build[0]


def test_the_folder_that_a_build_copies_its_libraries_to() -> None:
    copies = (
        "<plugin><artifactId>maven-dependency-plugin</artifactId><executions><execution><goals><goal>copy-dependencies"
        "</goal></goals><configuration><outputDirectory>${project.build.directory}/libs</outputDirectory>"
        "</configuration></execution></executions></plugin>"
    )
    managed = f"<pluginManagement><plugins>{plugin('maven-jar-plugin', MANIFEST)}</plugins></pluginManagement>"
    spec = only(
        **{
            "pom.xml": pom(f"<build>{managed}<plugins>{copies}</plugins></build>"),
            "src/main/java/shop/Main.java": LISTENS,
        }
    )
    assert (spec.libraries, spec.main_class) == ("target/libs", "shop.Main")
    assert "copy-dependencies" not in spec.build[0]


def test_a_class_path_of_a_procfile() -> None:
    start = "web: java $JAVA_OPTS -cp target/classes:target/dependency/* shop.Main\n"
    code = 'class Main { void m() { new Server(Integer.parseInt(System.getenv("PORT"))); } }'
    body = f"<dependencies>{dependency('org.eclipse.jetty:jetty-server:12')}</dependencies>"
    spec = only(**{"pom.xml": pom(body), "Procfile": start, "src/main/java/shop/Main.java": code})
    assert (spec.start[-1], spec.port, spec.port_variable) == ("shop.Main", 8080, "PORT")


@pytest.mark.parametrize(
    ("api", "java", "tomcat"),
    [("javax.servlet:javax.servlet-api:4.0.1", "8", "9.0"), ("jakarta.servlet:jakarta.servlet-api:6.0.0", "17", "10.1"),
     ("jakarta.servlet:jakarta.servlet-api:6.1.0", "21", "11.0")],
)  # fmt: skip
def test_the_tomcat_of_a_war(api: str, java: str, tomcat: str) -> None:
    properties = f"<properties><maven.compiler.release>{java}</maven.compiler.release></properties>"
    files = {"pom.xml": pom(f"{properties}<dependencies>{dependency(api)}</dependencies>", "war")}
    spec = only(**files, **{"src/main/webapp/WEB-INF/web.xml": "<web-app/>"})
    assert (spec.layout, spec.tomcat, spec.port) == ("war", tomcat, 8080)


def test_a_tool_of_a_terminal_is_no_service() -> None:
    body = f"<dependencies>{dependency('info.picocli:picocli:4')}</dependencies><build><plugins>"
    files = {"pom.xml": pom(f"{body}{plugin('maven-shade-plugin', MANIFEST)}</plugins></build>")}
    assert not inspect(**files, **{"src/main/java/shop/Main.java": "class Main {}"}).services


def test_a_jar_of_a_library_or_of_another_programs_plugin_is_no_service() -> None:
    script = 'plugins { java; id("com.gradleup.shadow") version "8.3.0" }\n'
    assert not inspect(**{"build.gradle.kts": script, "src/main/java/shop/Shop.java": "class Shop {}"}).services


def test_a_jar_that_gradle_packs_by_itself() -> None:
    script = (
        "plugins { id 'java' }\ndependencies {\n    implementation 'org.eclipse.jetty:jetty-server:12.0.0'\n}\n"
        "tasks.register('fatJar', Jar) {\n    manifest { attributes 'Main-Class': 'shop.Main' }\n"
        "    from { configurations.runtimeClasspath.collect { zipTree(it) } }\n}\n"
    )
    spec = only(**{**WRAPPER, "build.gradle": script, "src/main/java/shop/Main.java": LISTENS})
    assert (spec.build, spec.main_class) == (("./gradlew --no-daemon fatJar -x test",), "shop.Main")


def test_libraries_that_a_task_of_gradle_copies() -> None:
    script = (
        "plugins { id 'java' }\njar.destinationDirectory = file(\"$projectDir/target\")\n"
        "tasks.register('libs', Copy) {\n    into \"$projectDir/target/lib\"\n"
        "    from configurations.runtimeClasspath\n}\n"
        "jar {\n    manifest {\n        attributes('Main-Class': 'shop.Main')\n    }\n}\n"
    )
    spec = only(**{**WRAPPER, "build.gradle": script, "src/main/java/shop/Main.java": LISTENS})
    assert (spec.libraries, spec.artifact_folder) == ("target/lib", "target")
    assert spec.build == ("./gradlew --no-daemon assemble libs -x test",)


def test_projects_that_settings_move_or_include_in_a_loop() -> None:
    moved = 'include(":api")\nproject(":api").projectDir = file("services/api")\n'
    boot = 'plugins { java; id("org.springframework.boot") version "3.4.0" }\n'
    files = {**WRAPPER, "services/api/build.gradle.kts": boot, "services/api/src/main/java/A.java": "class A {}"}
    assert ":api:bootJar" in only(**files, **{"settings.gradle.kts": moved}).build[0]
    looped = 'listOf("api").forEach { include(":services:$it") }\n'
    spec = only(**files, **{"settings.gradle.kts": looped})
    assert ":services:api:bootJar" in spec.build[0]
    assert spec.workspace.root == "."


def test_arguments_of_a_start_command_reach_the_program() -> None:
    boot = (
        "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId>"
        "<version>3.5.0</version></parent>"
    )
    web = f"<dependencies>{dependency('org.springframework.boot:spring-boot-starter-web:3.5.0')}</dependencies>"
    body = f"{boot}{web}<build><plugins>{plugin('spring-boot-maven-plugin')}</plugins></build>"
    start = "web: java -Dserver.port=$PORT -jar target/shop-1.jar --spring.profiles.active=prod\n"
    spec = only(**{"pom.xml": pom(body), "Procfile": start, "src/main/java/shop/Shop.java": "class Shop {}"})
    assert spec.start == ("java", "-jar", "app.jar", "--spring.profiles.active=prod")


def test_the_port_of_dropwizard_stands_in_its_configuration() -> None:
    config = "server:\n  applicationConnectors:\n    - type: http\n      port: 9180\n"
    body = f"<dependencies>{dependency('io.dropwizard:dropwizard-core:4.0.0')}</dependencies><build><plugins>"
    files = {"pom.xml": pom(f"{body}{plugin('maven-shade-plugin', MANIFEST)}</plugins></build>"), "config.yml": config}
    spec = only(**files, **{"src/main/java/shop/Main.java": "class Main {}"})
    assert (spec.port, spec.start[-2:]) == (9180, ("server", "config.yml"))


def test_a_client_of_ktor_is_no_server() -> None:
    script = f'{KTOR}dependencies {{ implementation("io.ktor:ktor-client-cio:3.0.0") }}\n'
    found = inspect(**{**WRAPPER, "build.gradle.kts": script, "src/main/kotlin/App.kt": "fun main() {}"}).services
    assert [item.spec.framework for item in found] in ([], [None])


@pytest.mark.parametrize(
    ("name", "text"),
    [("application.conf", "ktor {\n  deployment {\n    port = 8081\n    port = ${?PORT}\n  }\n}\n"),
     ("application.yaml", 'ktor:\n  deployment:\n    port: "$PORT:8081"\n')],
)  # fmt: skip
def test_the_port_of_ktor(name: str, text: str) -> None:
    script = f'{KTOR}dependencies {{ implementation("io.ktor:ktor-server-netty:3.0.0") }}\n'
    files = {**WRAPPER, "build.gradle.kts": script, "src/main/kotlin/App.kt": "fun main() {}"}
    spec = only(**files, **{f"src/main/resources/{name}": text})
    assert (spec.port, spec.port_variable) == (8081, "PORT")


def test_a_program_that_compiles_wants_a_jdk() -> None:
    code = "import javax.tools.ToolProvider; class Main { void m() { ToolProvider.getSystemJavaCompiler(); } }"
    body = f"<build><plugins>{plugin('maven-shade-plugin', MANIFEST)}</plugins></build>"
    assert only(**{"pom.xml": pom(body), "src/main/java/shop/Main.java": code}).jdk


def test_a_plugin_that_nothing_runs_packages_nothing() -> None:
    assembly = plugin("maven-assembly-plugin", MANIFEST).replace("<goal>run</goal>", "")
    body = f"<dependencies>{dependency('io.javalin:javalin:6')}</dependencies><build><plugins>{assembly}"
    files = {"pom.xml": pom(f"{body}</plugins></build>"), "src/main/java/shop/Main.java": "class Main {}"}
    assert not inspect(**files).services


# --- parsers ---------------------------------------------------------------------------------------------------------


def test_hocon_gives_a_variable_with_its_default() -> None:
    document = parse_hocon('a { b.c = 1 // one\n  d = "x" # two\n  d = ${?D}\n}\ne = ${F}\n')
    assert document.value == {"a.b.c": "1", "a.d": "${D:x}", "e": "${F}"}
    assert document.line("a.d") == 3


def test_attributes_of_a_manifest_in_both_languages() -> None:
    groovy = parse_gradle_groovy("jar { manifest { attributes 'Main-Class': 'a.B' } }\n")
    assert groovy.attribute("Main-Class") == ("a.B", 1)
    for text in (
        'attributes["Main-Class"] = "a.B"',
        'attributes("Main-Class" to "a.B")',
        'attributes(mapOf("Main-Class" to "a.B"))',
    ):
        assert parse_gradle_kotlin(f"tasks.jar {{ manifest {{ {text} }} }}\n").attribute("Main-Class") == ("a.B", 1)


def test_a_file_that_the_projects_own_image_has_elsewhere() -> None:
    dockerfile = 'FROM eclipse-temurin:21\nENTRYPOINT ["java", "-jar", "shop.jar", "conf/shop.xml"]\n'
    body = f"<build><plugins>{plugin('maven-shade-plugin', MANIFEST)}</plugins></build>"
    files = {"pom.xml": pom(body), "Dockerfile": dockerfile, "src/main/java/shop/Main.java": LISTENS}
    assert only(**files).start == ("java", "-jar", "app.jar")
    spec = only(**files, **{"setup/shop.xml": "<a/>"})
    assert (spec.start[3:], spec.run_paths) == (("setup/shop.xml",), ("setup/shop.xml",))


def test_the_default_of_a_configurations_key() -> None:
    code = 'class Config { Key port = new IntegerKey("web.port", List.of(KIND), 8082); }'
    body = f"<build><plugins>{plugin('maven-shade-plugin', MANIFEST)}</plugins></build>"
    files = {"pom.xml": pom(body), "src/main/java/shop/Main.java": "class Main {}"}
    assert only(**files, **{"src/main/java/shop/Config.java": code}).port == 8082


def test_a_port_that_a_literal_of_the_configuration_gives() -> None:
    spec = only(
        **{
            "go.mod": "module example.com/x\n\ngo 1.26\n",
            "main.go": (
                'package main\n\nimport "net/http"\n\ntype Config struct {\n\tActorsPort string `env:"ACTORS_PORT"`\n'
                '\tPort string `env:"PORT"`\n}\n\nfunc defaults() Config {\n'
                '\treturn Config{ActorsPort: "1414", Port: "1411"}\n}\n\n'
                'func main() {\n\tc := defaults()\n\thttp.ListenAndServe(":"+c.Port, nil)\n}\n'
            ),
        }
    )
    assert (spec.port, spec.port_variable) == (1411, "PORT")


def test_a_program_that_draws_on_a_terminal_is_no_service() -> None:
    found = inspect(
        **{
            "go.mod": "module example.com/x\n\ngo 1.26\n\nrequire github.com/gdamore/tcell/v2 v2.8.0\n",
            "main.go": 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n',
        }
    )
    assert found.services == ()


def test_a_root_command_that_prints_its_help_beside_one_that_serves() -> None:
    spec = only(
        **{
            "go.mod": "module example.com/dex\n\ngo 1.26\n\nrequire github.com/spf13/cobra v1.9.1\n",
            "main.go": (
                'package main\n\nimport (\n\t"net/http"\n\n\t"github.com/spf13/cobra"\n)\n\nfunc main() {\n'
                '\troot := &cobra.Command{Use: "dex", Run: func(cmd *cobra.Command, args []string) { cmd.Help() }}\n'
                '\troot.AddCommand(&cobra.Command{Use: "serve [flags] [file]", RunE: serve})\n\troot.Execute()\n}\n\n'
                "func serve(cmd *cobra.Command, args []string) error {\n"
                '\treturn http.ListenAndServe(":5556", nil)\n}\n'
            ),
        }
    )
    assert spec.start == ("/app/dex", "serve")
