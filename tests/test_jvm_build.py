"""What a build on the JVM reads, is told and leaves: each case is the smallest build that has the trap."""

from typing import Any, cast

import pytest

from genfile.api import generate
from genfile.parsers.gradle import parse_gradle_groovy, parse_gradle_kotlin
from genfile.parsers.gradle_reads import computed_read, credentials
from genfile.source.memory import MemorySource
from tests.test_go_java import dependency, pom
from tests.test_traps import inspect, only

JAVA = "package a;\npublic class App {\n  public static void main(String[] a) {}\n}\n"
MAIN = "src/main/java/a/App.java"
BOOT = 'plugins { java; id("org.springframework.boot") version "3.5.6" }\n'
WEB = 'dependencies { implementation("org.springframework.boot:spring-boot-starter-web") }\n'
RESOURCES = "src/main/resources"


def boot(more: str = "", **files: str) -> dict[str, str]:
    """A Gradle build of a Spring Boot service."""
    return {
        "settings.gradle.kts": 'rootProject.name = "shop"\n',
        "build.gradle.kts": BOOT + WEB + more,
        MAIN: JAVA,
        **files,
    }


def maven(plugins: str = "", more: str = "", version: str = "3.5.6", **files: str) -> dict[str, str]:
    """A Maven build of a Spring Boot service; `plugins` stand beside Spring Boot's, whose configuration is `BOOT`."""
    own = "<plugin><artifactId>spring-boot-maven-plugin</artifactId>BOOT</plugin>"
    text = (
        "<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId>"
        f"<version>{version}</version></parent><artifactId>shop</artifactId><version>1</version>{more}"
        "<dependencies><dependency><groupId>org.springframework.boot</groupId>"
        "<artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>"
        f"<build><plugins>{own}{plugins}</plugins></build></project>"
    )
    return {"pom.xml": text, MAIN: JAVA, **files}


def plugged(configuration: str, **keys: Any) -> dict[str, str]:
    files = maven(**keys)
    return {**files, "pom.xml": files["pom.xml"].replace("BOOT", f"<configuration>{configuration}</configuration>")}


def dockerfile(files: dict[str, str]) -> str:
    return written(files)[0]


def written(files: dict[str, str]) -> tuple[str, str]:
    """The Dockerfile of the one service of a tree, and its ignore file."""
    made = generate(MemorySource({name: text.encode() for name, text in files.items()}))
    ((_, rendering),) = made.services
    return rendering.dockerfile, {item.path: item.text for item in rendering.files}[rendering.layout.ignorefile]


# --- what Gradle reads before the sources ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "files", "copied"),
    [
        ('version = file("VERSION").readText()\n', {"VERSION": "1"}, "VERSION"),
        ('version = rootProject.file("etc/version.txt").readText()\n', {"etc/version.txt": "1"}, "etc/version.txt"),
        ('val v = providers.fileContents(layout.projectDirectory.file("a.txt")).asText\n', {"a.txt": ""}, "a.txt"),
        ('apply(from = "$rootDir/etc/a.gradle.kts")\n', {"etc/a.gradle.kts": ""}, "etc/a.gradle.kts"),
        ('apply(from = "etc/a.gradle.kts")\n', {"etc/a.gradle.kts": 'file("etc/b.txt")', "etc/b.txt": ""}, "etc/b.txt"),
        ('val p = file("a.properties")\nval q = Properties().apply { load(p.inputStream()) }\n', {"a.properties": ""},
         "a.properties"),
        ('apply(from = "https://example.com/a.gradle")\n', {}, "build.gradle.kts"),
    ],
)  # fmt: skip
def test_what_a_script_reads_is_there_first(script: str, files: dict[str, str], copied: str) -> None:
    spec = only(**boot(script, **files))
    assert spec.resolve is not None
    assert copied in (*spec.manifests, *spec.sources)


@pytest.mark.parametrize(
    "script",
    [
        'version = file("$name/VERSION").readText()\n',
        "version = java.io.File(path).readText()\n",
        'apply(from = "$name.gradle.kts")\n',
        'apply(from = "missing.gradle.kts")\n',
    ],
)
def test_what_a_script_computes_puts_the_sources_first(script: str) -> None:
    files = boot(script)
    service = inspect(**files).services[0]
    assert cast(Any, service.spec).resolve is None
    assert any("no layer of their own" in note.text for note in service.notes)
    text = dockerfile(files)
    assert text.index("COPY . .") < text.index("RUN --mount=type=cache,target=/root/.gradle")
    assert "dependencies\n" not in text


def test_a_file_that_is_only_named_changes_nothing() -> None:
    spec = only(**boot('tasks.register("x") { println("src/a.txt"); file("$buildDir/generated") }\n'))
    assert spec.resolve is not None
    assert spec.sources == ()


def test_included_builds_and_what_they_read() -> None:
    settings = (
        'pluginManagement { includeBuild("build/../logic") }\nincludeBuild("libs/kit")\nrootProject.name = "shop"\n'
    )
    inner = (
        'dependencyResolutionManagement { versionCatalogs { create("libs") { from(files("../etc/libs.toml")) } } }\n'
    )
    files = boot(**{"settings.gradle.kts": settings, "logic/settings.gradle.kts": inner, "etc/libs.toml": "",
                    "logic/build.gradle.kts": "", "libs/kit/settings.gradle": ""})  # fmt: skip
    spec = only(**files)
    assert spec.resolve is not None
    assert spec.sources == ("logic", "libs/kit", "etc/libs.toml")
    outside = boot(**{"settings.gradle.kts": 'includeBuild("../logic")\n'})
    assert only(**outside).resolve is None


def test_modules_of_a_root_that_is_the_program() -> None:
    files = boot(**{"settings.gradle": "include 'domain', 'libs:core'\n", "domain/build.gradle": "",
                    "libs/core/build.gradle.kts": 'file("a.txt")', "libs/core/a.txt": ""})  # fmt: skip
    del files["settings.gradle.kts"]
    spec = next(item.spec for item in inspect(**files).services if item.spec.path == ".")
    assert cast(Any, spec).sources == ("domain/build.gradle", "libs/core/build.gradle.kts", "libs/core/a.txt")
    del files["domain/build.gradle"]
    files["domain/README.md"] = ""
    spec = next(item.spec for item in inspect(**files).services if item.spec.path == ".")
    assert cast(Any, spec).resolve is None


def test_a_script_of_many_reads_is_bounded() -> None:
    reads = "".join(f'val v{n} = file("a{n}.txt").readText()\n' for n in range(2_000))
    assert computed_read(parse_gradle_kotlin(reads)) is not None
    blocks = 'repositories { maven { credentials { username = System.getenv("A") } } }\n' * 2_000
    assert len(credentials(parse_gradle_kotlin(blocks))) <= 100


# --- layers ---------------------------------------------------------------------------------------------------------

ORDER = "<layers><layerOrder><layer>libs</layer><layer>application</layer></layerOrder></layers>"
LAYERS = "<layers><configuration>${project.basedir}/etc/layers.xml</configuration></layers>"
STANDARD = ("dependencies", "spring-boot-loader", "snapshot-dependencies", "application")


@pytest.mark.parametrize(
    ("files", "layers"),
    [
        (boot(), STANDARD),
        (boot('tasks.named<BootJar>("bootJar") { layered { enabled.set(false) } }\n'), ()),
        (boot("tasks.bootJar { layered.enabled = false }\n"), ()),
        (boot("tasks.withType<BootJar> { layered { isEnabled = false } }\n"), ()),
        (
            boot('tasks.bootJar { layered { layerOrder.set(listOf("libs", "application")) } }\n'),
            ("libs", "application"),
        ),
        (boot('tasks.bootJar { layered { application { intoLayer("a") } } }\n'), ()),
        (boot("tasks.bootJar { includeTools = false }\n"), ()),
        (plugged(""), STANDARD),
        (plugged("<layers><enabled>false</enabled></layers>"), ()),
        (plugged("<layers><enabled>${on}</enabled></layers>", more="<properties><on>false</on></properties>"), ()),
        (plugged(LAYERS, **{"etc/layers.xml": ORDER}), ("libs", "application")),
        (plugged(LAYERS), ()),
        (plugged(LAYERS, **{"etc/layers.xml": ORDER.replace("libs", "../x")}), ()),
        (plugged("", version="2.3.4.RELEASE"), ()),
        (plugged("<layers><enabled>true</enabled></layers>", version="2.3.4.RELEASE"), STANDARD),
    ],
)
def test_layers_are_those_of_the_build(files: dict[str, str], layers: tuple[str, ...]) -> None:
    assert only(**files).layers == layers
    text = dockerfile(files)
    assert ("AS layers" in text) == bool(layers)
    assert [line.split()[3] for line in text.splitlines() if "--from=layers" in line] == [
        f"/layers/{name}/" for name in layers
    ]


# --- the distribution -----------------------------------------------------------------------------------------------

NET = JAVA.replace("{}", "{ new java.net.ServerSocket(8070); }")


@pytest.mark.parametrize(
    ("more", "start", "folder"),
    [
        ("", ["bin/shop"], "build/install/shop"),
        ("startScripts { applicationName = 'run' }", ["bin/run"], "build/install/shop"),
        ("tasks.named('startScripts') { applicationName = 'run' }", ["bin/run"], "build/install/shop"),
        ("tasks.withType(CreateStartScripts) { applicationName = 'run' }", ["bin/run"], "build/install/shop"),
        ("application { applicationName = 'run' }", ["bin/run"], "build/install/run"),
        ("applicationName = 'run'", ["bin/run"], "build/install/run"),
        ("distributions { main { distributionBaseName = 'dist' } }", ["bin/shop"], "build/install/dist"),
        ("installDist { destinationDir = file(\"$buildDir/out\") }", ["bin/shop"], "build/out"),
        ("application { executableDir = 'sbin' }", ["sbin/shop"], "build/install/shop"),
        ("startScripts { enabled = false }", ["java", "-cp", "lib/*", "a.App"], "build/install/shop"),
        ("startScripts { applicationName = \"$x-y\" }", ["java", "-cp", "lib/*", "a.App"], "build/install/shop"),
        ("task other(type: CreateStartScripts) { mainClass = 'a.B' }", ["bin/shop"], "build/install/shop"),
    ],
)  # fmt: skip
def test_the_start_script_has_the_name_that_the_build_gives(more: str, start: list[str], folder: str) -> None:
    script = f"plugins {{ id 'application' }}\napplication {{ mainClass = 'a.App' }}\n{more}\n"
    spec = only(**{"settings.gradle": "rootProject.name = 'shop'\n", "build.gradle": script, MAIN: NET})
    assert (list(spec.start), spec.artifact) == (start, folder)


def test_kotlin_renames_scripts_by_their_type() -> None:
    script = 'plugins { application }\ntasks.withType<CreateStartScripts> { applicationName = "run" }\n'
    spec = only(**{"settings.gradle.kts": 'rootProject.name = "shop"\n', "build.gradle.kts": script, MAIN: NET})
    assert (spec.start, spec.artifact) == (("bin/run",), "build/install/shop")


# --- options of the JVM ---------------------------------------------------------------------------------------------

COMPILER = "<plugin><artifactId>maven-compiler-plugin</artifactId><configuration>{}</configuration></plugin>"
SUREFIRE = COMPILER.format("<argLine>--enable-preview</argLine>").replace("compiler", "surefire")


@pytest.mark.parametrize(
    ("files", "options"),
    [
        (boot('tasks.withType<JavaCompile> { options.compilerArgs.add("--enable-preview") }\n'), ("--enable-preview",)),
        (boot('tasks.compileJava { options.compilerArgs.addAll(listOf("--add-exports", "java.base/sun=ALL")) }\n'),
         ("--add-exports=java.base/sun=ALL",)),
        (boot('tasks.test { jvmArgs("--enable-preview") }\ntasks.withType<Test> { jvmArgs("--add-opens=a=b") }\n'), ()),
        (boot('tasks.bootRun { jvmArgs("-Xdebug", "--add-opens=java.base/java.lang=ALL-UNNAMED") }\n'),
         ("--add-opens=java.base/java.lang=ALL-UNNAMED",)),
        (plugged("", plugins=COMPILER.format("<compilerArgs><arg>--enable-preview</arg></compilerArgs>")),
         ("--enable-preview",)),
        (plugged("", plugins=COMPILER.format("<enablePreview>true</enablePreview>")), ("--enable-preview",)),
        (plugged("<jvmArguments>-Ddev=1 --add-modules jdk.incubator.vector</jvmArguments>"),
         ("--add-modules=jdk.incubator.vector",)),
        (plugged("", plugins=SUREFIRE), ()),
    ],
)  # fmt: skip
def test_options_of_the_compiler_are_told_to_the_program(files: dict[str, str], options: tuple[str, ...]) -> None:
    assert only(**files).jvm_options == options
    line = next(line for line in dockerfile(files).splitlines() if "JAVA_TOOL_OPTIONS" in line)
    assert all(f" {option}" in line for option in options)


# --- git ------------------------------------------------------------------------------------------------------------

RUNS = "<executions><execution><goals><goal>revision</goal></goals></execution></executions>"
COMMIT = f"<plugin><artifactId>git-commit-id-maven-plugin</artifactId>{RUNS}</plugin>"
GIT = 'plugins {{ id("{}") version "1" }}\n'


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (plugged("", plugins=COMMIT), "-Dmaven.gitcommitid.skip=true package"),
        (plugged("", plugins=COMMIT, **{f"{RESOURCES}/application.yml": "c: '@git.commit.id.abbrev@'\n"}),
         "-Dmaven.gitcommitid.skip=true -Dgit.commit.id.abbrev=unknown package"),
        (plugged("", plugins=COMMIT.replace("maven-plugin", "plugin")), "-Dmaven.gitcommitid.skip=true"),
        (plugged("", plugins=f"<plugin><artifactId>buildnumber-maven-plugin</artifactId>{RUNS}</plugin>"),
         "-Dmaven.buildNumber.skip=true"),
        (boot(GIT.format("com.gorylenko.gradle-git-properties")), "-x generateGitProperties"),
    ],
)  # fmt: skip
def test_plugins_that_write_the_commit_are_switched_off(files: dict[str, str], told: str) -> None:
    service = inspect(**files).services[0]
    assert told in service.spec.build[0]
    assert any(".git is not in the build context" in note.text for note in service.notes)


def test_a_plugin_that_does_without_git_is_left_alone() -> None:
    more = GIT.format("com.gorylenko.gradle-git-properties") + "gitProperties { failOnNoGitDirectory = false }\n"
    assert "generateGitProperties" not in only(**boot(more)).build[0]
    assert "-x" in only(**boot()).build[0]
    assert "gitcommitid" not in only(**plugged("", plugins=COMMIT.replace(RUNS, ""))).build[0]


@pytest.mark.parametrize(
    ("more", "packages"),
    [
        (GIT.format("com.palantir.git-version"), ("git",)),
        (GIT.format("org.ajoberstar.grgit"), ()),
        ('val head = file(".git/HEAD").readText()\n', ()),
        ('val v = "git rev-parse HEAD".execute()\n', ("git",)),
        ('version = providers.exec { commandLine("git", "describe") }.standardOutput.asText.get()\n', ("git",)),
    ],
)
def test_a_build_that_makes_its_version_of_tags_gets_the_history(more: str, packages: tuple[str, ...]) -> None:
    files = boot(more)
    spec = only(**files)
    assert (spec.git, spec.resolve, spec.system_packages.build) == (True, None, packages)
    assert "\n.git\n" not in written(files)[1]
    assert "\n.git\n" in written(boot())[1]


# --- private repositories -------------------------------------------------------------------------------------------

REPOSITORY = 'repositories {{ maven {{ url = uri("https://x.y/z"); credentials{} }} }}\n'
ENVIRONMENT = ' { username = System.getenv("U"); password = providers.environmentVariable("T").get() }'


@pytest.mark.parametrize(
    ("more", "ids"),
    [
        (REPOSITORY.format(ENVIRONMENT), ["u", "t"]),
        (f'val t = System.getenv("T")\n{REPOSITORY.format(" { password = t }")}', ["t"]),
        (REPOSITORY.format(' { password = findProperty("gpr.key") as String? }'), ["gradle_properties"]),
        (REPOSITORY.format(' { password = (findProperty("k") ?: System.getenv("T")) as String }'), ["t"]),
        (REPOSITORY.format("(PasswordCredentials::class)"), ["gradle_properties"]),
        (REPOSITORY.format('(HttpHeaderCredentials::class) { value = System.getenv("T") }'), ["t"]),
        (f"publishing {{ {REPOSITORY.format(ENVIRONMENT)} }}\n", []),
        ('val x = System.getenv("CI")\n', []),
    ],
)
def test_credentials_of_gradle_are_secrets(more: str, ids: list[str]) -> None:
    files = boot(more)
    assert [item.id for item in only(**files).secrets] == ids
    text = dockerfile(files)
    assert all(text.count(f"--mount=type=secret,id={name},") == 2 for name in ids)


def test_credentials_of_the_settings_and_of_groovy() -> None:
    settings = (
        "dependencyResolutionManagement { repositories { maven { credentials { password = System.getenv('T') } } } }\n"
    )
    files = boot(**{"settings.gradle": settings})
    del files["settings.gradle.kts"]
    assert [item.variable for item in only(**files).secrets] == ["T"]
    assert [
        item.name for item in credentials(parse_gradle_groovy("credentials {\n password System.getenv('T')\n}\n"))
    ] == ["T"]


SERVERS = "<settings><servers><server><id>a</id><password>${env.T}</password></server></servers></settings>"
PRIVATE = "<repositories><repository><id>a</id><url>{}</url></repository></repositories>"


@pytest.mark.parametrize(
    ("files", "ids", "settings"),
    [
        ({".mvn/maven.config": "--settings=ci/s.xml\n", "ci/s.xml": SERVERS}, ["t"], None),
        ({".gitlab-ci.yml": "a:\n  script: mvn -s ci/s.xml package\n", "ci/s.xml": SERVERS}, ["t"], "ci/s.xml"),
        ({"ci/s.xml": SERVERS}, [], None),
    ],
)
def test_a_settings_file_of_the_tree(files: dict[str, str], ids: list[str], settings: str | None) -> None:
    tree = plugged("", **files)
    spec = only(**tree)
    assert ([item.id for item in spec.secrets], spec.settings) == (ids, settings)
    text = dockerfile(tree)
    assert text.count(" --settings ci/s.xml ") == (2 if settings else 0)
    assert ("--mount=type=bind,source=ci/s.xml" in text) == bool(settings)


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://maven.pkg.github.com/acme/libs", True),
        ("https://gitlab.com/api/v4/projects/1/packages/maven", True),
        ("https://nexus.acme.example/repository/maven", True),
        ("https://repo.spring.io/milestone", False),
        ("https://jitpack.io", False),
    ],
)
def test_repositories_that_ask_who_one_is(url: str, private: bool) -> None:
    tree = plugged("", more=PRIVATE.format(url))
    assert [item.kind for item in only(**tree).secrets] == (["maven-settings"] if private else [])
    assert ("target=/root/.m2/settings.xml" in dockerfile(tree)) == private


# --- health ---------------------------------------------------------------------------------------------------------

QUARKUS = (
    'plugins { id("io.quarkus") version "3.28.3" }\n'
    'dependencies { implementation("io.quarkus:quarkus-rest"); implementation("io.quarkus:quarkus-smallrye-health") }\n'
)
MANAGED = BOOT + WEB + 'dependencies { implementation("org.springframework.boot:spring-boot-starter-actuator") }\n'
MAILS = MANAGED + 'dependencies { implementation("org.springframework.boot:spring-boot-starter-mail") }\n'
MAIL = "spring.mail.host=smtp.example.com\n"
PROBES = "management.endpoint.health.probes.enabled={}\n"
FIRST = MANAGED.replace("3.5", "1.5")
SECURED = FIRST + 'dependencies { implementation("org.springframework.boot:spring-boot-starter-security") }\n'
MICRONAUT = (
    'plugins { id("io.micronaut.application") version "4.5.0" }\n'
    'dependencies { implementation("io.micronaut:micronaut-http-server-netty"); '
    'implementation("io.micronaut:micronaut-management") }\n'
)


@pytest.mark.parametrize(
    ("script", "settings", "path", "port"),
    [
        (QUARKUS, "", "/q/health/live", None),
        (QUARKUS, "quarkus.http.root-path=/a\n", "/a/q/health/live", None),
        (QUARKUS, "quarkus.http.root-path=/a\nquarkus.http.non-application-root-path=/ops\n", "/ops/health/live", None),
        (QUARKUS, "quarkus.http.non-application-root-path=ops\n", "/ops/health/live", None),
        (QUARKUS, "quarkus.smallrye-health.root-path=/up\n", "/up/live", None),
        (QUARKUS, "quarkus.smallrye-health.liveness-path=ok\n", "/q/health/ok", None),
        (QUARKUS, "quarkus.smallrye-health.liveness-path=/ok\n", "/ok", None),
        (QUARKUS, "quarkus.management.enabled=true\n", "/q/health/live", 9000),
        (QUARKUS, "%prod.quarkus.management.enabled=true\nquarkus.management.port=9100\n", "/q/health/live", 9100),
        (QUARKUS, "quarkus.management.enabled=true\nquarkus.management.root-path=/m\n", "/m/health/live", 9000),
        (QUARKUS, "quarkus.management.enabled=true\nquarkus.management.port=${P}\n", None, None),
        (MANAGED, "", "/actuator/health", None),
        (MANAGED, "server.servlet.context-path=/a\n", "/a/actuator/health", None),
        (MANAGED, "management.server.port=8081\nserver.servlet.context-path=/a\n", "/actuator/health", 8081),
        (MANAGED, "management.server.port=${M:9001}\nmanagement.server.base-path=/m", "/m/actuator/health", 9001),
        (MANAGED, "management.server.port=-1\n", None, None),
        (MANAGED, "management.endpoint.health.enabled=false\n", None, None),
        (MANAGED, "management.endpoints.web.path-mapping.health=up\n", "/actuator/up", None),
        (BOOT + WEB, "management.server.port=8081\n", None, None),
        # The mail server's answer stands for the program's.
        (MAILS, "", "/actuator/health", None),
        (MANAGED, MAIL, "/actuator/health", None),
        (MAILS, MAIL, None, None),
        (MAILS, MAIL + PROBES.format("true"), "/actuator/health/liveness", None),
        (MAILS.replace("3.5", "4.0"), MAIL, "/actuator/health/liveness", None),
        (MAILS.replace("3.5", "4.0"), MAIL + PROBES.format("false"), None, None),
        (MAILS, MAIL + "management.health.mail.enabled=false\n", "/actuator/health", None),
        # Spring Boot 1 has other names, and no /actuator.
        (FIRST, "", "/health", None),
        (FIRST, "server.context-path=/a\nmanagement.context-path=/m\n", "/a/m/health", None),
        (FIRST, "management.port=8081\nserver.context-path=/a\nendpoints.health.id=up\n", "/up", 8081),
        (FIRST, "endpoints.health.enabled=false\n", None, None),
        (SECURED, "", None, None),
        (MICRONAUT, "", "/health", None),
        (MICRONAUT, "micronaut.server.context-path=/a\nendpoints.all.path=/ops\n", "/a/ops/health", None),
        (MICRONAUT, "endpoints.all.port=8085\n", "/health", 8085),
    ],
)  # fmt: skip
def test_health_is_asked_where_it_is_answered(script: str, settings: str, path: str | None, port: int | None) -> None:
    files = {
        "settings.gradle.kts": "",
        "build.gradle.kts": script,
        MAIN: JAVA,
        f"{RESOURCES}/application.properties": settings,
    }
    spec = only(**files)
    assert (spec.health.path if spec.health else None, spec.health_port) == (path, port)
    check = dockerfile(files).split("HEALTHCHECK")[1]
    assert f"127.0.0.1/{port or ''}" in check
    assert (f"GET {path} HTTP" in check) == (path is not None)


@pytest.mark.parametrize(
    ("more", "copied"),
    [
        ("", "cp target/shop-*.jar /src/app.jar"),
        ("<build><finalName>shop</finalName></build>", "cp target/shop.jar /src/app.jar"),
        # Another file of the build would fit, or may.
        ("<!-- maven-source-plugin -->", "cp target/shop-1.2.0.jar /src/app.jar"),
        ("<parent><groupId>a</groupId><artifactId>all</artifactId><version>1</version></parent>", "shop-1.2.0.jar"),
    ],
)
def test_the_version_of_a_project_is_not_in_its_dockerfile(more: str, copied: str) -> None:
    pom = (
        "<project><groupId>a</groupId><artifactId>shop</artifactId><version>1.2.0</version><dependencies><dependency>"
        "<groupId>io.javalin</groupId><artifactId>javalin</artifactId><version>6.3.0</version></dependency>"
        f"</dependencies>{more}</project>"
    )
    main = "package a; public class Main { public static void main(String[] a) { Javalin.create().start(7000); } }"
    made = generate({"pom.xml": pom, "src/main/java/a/Main.java": main}).files["Dockerfile"]
    assert copied in made


def test_the_jdk_of_one_machine_is_replaced_by_the_images() -> None:
    home = "org.gradle.java.home=C:\\\\Users\\\\me\\\\.jdks\\\\azul-21\n"
    found = inspect(**boot(**{"gradle.properties": home})).services[0]
    given = '-Dorg.gradle.java.home="$JAVA_HOME"'
    spec: Any = found.spec
    assert all(given in command for command in (*spec.build, spec.resolve))
    assert [note.path for note in found.notes if "one machine" in note.text] == ["gradle.properties"]
    text = generate(boot(**{"gradle.properties": home})).files["Dockerfile"]
    assert text.count(given) == 2
    assert given not in " ".join(only(**boot(**{"gradle.properties": "org.gradle.caching=true\n"})).build)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"application.yml": "spring:\n  profiles:\n    active: test\n", "application-prod.yml": "a: b\n"}, "prod"),
        ({"application.properties": "spring.profiles.active=dev\n", "application-production.yml": "a: b\n"},
         "production"),
        # One that is chosen from outside already, one for production itself, and one that nothing stands against.
        ({"application.yml": "spring.profiles.active: ${PROFILE:dev}\n", "application-prod.yml": "a: b\n"}, None),
        ({"application.yml": "spring.profiles.active: prod\n", "application-prod.yml": "a: b\n"}, None),
        ({"application.yml": "spring.profiles.active: dev\n", "application-dev.yml": "a: b\n"}, None),
    ],
)  # fmt: skip
def test_a_developers_profile_that_is_left_active_is_told_of(files: dict[str, str], told: str | None) -> None:
    tree = boot(**{f"src/main/resources/{name}": text for name, text in files.items()})
    notes = [note.text for note in inspect(**tree).services[0].notes if "SPRING_PROFILES_ACTIVE" in note.text]
    assert [text.partition("SPRING_PROFILES_ACTIVE=")[2].split()[0] for text in notes] == ([told] if told else [])


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("file-store:\n  upload-dir: C:/Users/me/uploads\n", "FILESTORE_UPLOADDIR"),
        ("app.folder: 'D:\\data'\n", "APP_FOLDER"),
        ("app.folder: file:///C:/data\n", "APP_FOLDER"),
        ("app.folder: uploads\napp.url: jdbc:h2:mem:x\napp.c: 'c:d'\n", None),
    ],
)
def test_a_path_of_a_windows_machine_is_told_of(setting: str, told: str | None) -> None:
    notes = inspect(**boot(**{f"{RESOURCES}/application.yml": setting})).services[0].notes
    texts = [note.text for note in notes if "Windows" in note.text]
    assert [text.partition("give ")[2].split()[0] for text in texts] == ([told] if told else [])


# --- what makes a Spring Boot jar a program --------------------------------------------------------------------------

_BOUND = "<executions><execution><goals><goal>repackage</goal></goals></execution></executions>"


@pytest.mark.parametrize(
    ("parent", "execution", "packaging", "goal"),
    [
        ("", "", "jar", True),
        ("spring-boot-dependencies", "", "jar", True),
        ("", _BOUND, "jar", False),
        # They bind the goal, or may.
        ("spring-boot-starter-parent", "", "jar", False),
        ("house-parent", "", "jar", False),
        # A plain one is for a server of its own.
        ("", "", "war", False),
    ],
)
def test_a_plugin_without_its_goal_packages_no_program(parent: str, execution: str, packaging: str, goal: bool) -> None:
    above = f"<parent><groupId>g</groupId><artifactId>{parent}</artifactId><version>3.5.6</version></parent>"
    text = maven(more=f"<packaging>{packaging}</packaging>")["pom.xml"].replace("BOOT", execution)
    text = text[: text.index("<parent>")] + (above if parent else "") + text[text.index("</parent>") + 9 :]
    [service] = inspect(**{"pom.xml": text, MAIN: JAVA}).services
    assert service.spec.build[-1].endswith("package spring-boot:repackage") is goal
    assert any("no execution repackages the jar" in note.text for note in service.notes) is goal


PLUGIN = "<plugin><artifactId>spring-boot-maven-plugin</artifactId>{}</plugin>"
# How a parent keeps its libraries plain: the goal that Spring Boot binds, told to do nothing.
_SKIPPED = _BOUND.replace("<execution>", "<execution><id>repackage</id>").replace(
    "</execution>", "<configuration><skip>true</skip></configuration></execution>"
)


def reactor(inherited: str, own: str, parent: str = "", **files: str) -> dict[str, str]:
    """A reactor of a program and a library, both with Spring Boot's plugin; `inherited` is the parent's configuration
    of it, `own` the program's, and `parent` stands in the root's pom.xml."""
    root = (
        f"<project>{parent}<artifactId>all</artifactId><packaging>pom</packaging><modules><module>web</module>"
        f"<module>base</module></modules>{inherited}</project>"
    )
    module = (
        "<project><parent><artifactId>all</artifactId></parent><artifactId>{}</artifactId><dependencies><dependency>"
        "<groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>"
        "</dependencies><build><plugins>{}</plugins></build></project>"
    )
    spring = "import org.springframework.boot.SpringApplication;\n"
    return {
        "pom.xml": root,
        "web/pom.xml": module.format("web", PLUGIN.format(own)),
        f"web/{MAIN}": JAVA.replace("public class", f"{spring}public class"),
        "base/pom.xml": module.format("base", PLUGIN.format("")),
        "base/src/main/java/a/Texts.java": "package a;\npublic class Texts {}\n",
        **files,
    }


def _applied(configuration: str) -> str:
    return f"<build><plugins>{PLUGIN.format(configuration)}</plugins></build>"


_ABOVE = "<parent><artifactId>spring-boot-starter-parent</artifactId><version>3.5.6</version></parent>"
_SKIP = "<configuration><skip>true</skip></configuration>"


@pytest.mark.parametrize(
    ("inherited", "own", "parent", "told"),
    [
        ("", "", "", "no execution repackages the jar"),
        (_applied(_SKIPPED), "", "", "nothing repackages the jar"),
        (_applied(_SKIPPED), "", _ABOVE, "nothing repackages the jar"),
        (_applied(_BOUND + _SKIP), "", "", "nothing repackages the jar"),
        ("<properties><spring-boot.repackage.skip>true</spring-boot.repackage.skip></properties>", "", _ABOVE,
         "nothing repackages the jar"),
        ("", _BOUND.replace("<execution>", "<execution><phase>none</phase>"), "", "no execution repackages the jar"),
        # What the program's own pom.xml says of the same execution is stronger.
        (_applied(_SKIPPED), _SKIPPED.replace("true", "false"), "", None),
        (_applied(_SKIPPED), _SKIPPED.replace(">repackage</id>", ">more</id>").replace("true", "false"), "", None),
        ("", "", _ABOVE, None),
        ("", _BOUND, "", None),
    ],
)  # fmt: skip
def test_a_member_whose_jar_stays_plain_starts_by_its_class_with_its_libraries_beside_it(
    inherited: str, own: str, parent: str, told: str | None
) -> None:
    # The other module is no program: it has no main class.
    [service] = inspect(**reactor(inherited, own, parent)).services
    spec: Any = service.spec
    assert spec.path == "web"
    assert [note.text.partition("): ")[2].partition(",")[0] for note in service.notes if "repackage" in note.text] == (
        [told] if told else []
    )
    if told:
        assert spec.start == ("java", "-cp", "app.jar:lib/*", "a.App")
        assert spec.libraries == "web/target/lib"
        assert "-pl web -am package dependency:copy-dependencies" in spec.build[-1]
    else:
        assert spec.start == ("java", "-jar", "app.jar")
        assert spec.build[-1].endswith("package")


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ("<properties><start-class>a.Other</start-class></properties>", "a.Other"),
        ("", "a.App"),
    ],
)
def test_the_class_of_a_plain_jar_is_the_one_that_starts_spring(more: str, named: str) -> None:
    other = JAVA.replace("App", "Other")
    files = reactor(_applied(_SKIPPED), "", **{"web/src/main/java/a/Other.java": other})
    files["web/pom.xml"] = files["web/pom.xml"].replace("<dependencies>", f"{more}<dependencies>", 1)
    assert only(**files).start[-1] == named


def test_a_program_of_one_module_that_skips_its_goal_starts_by_its_class() -> None:
    files = maven()
    files["pom.xml"] = files["pom.xml"].replace("BOOT", _SKIP + "<classifier>all</classifier>")
    spec = only(**files)
    assert spec.start == ("java", "-cp", "app.jar:lib/*", "a.App")
    assert spec.artifact == "target/shop-1.jar"
    assert "COPY --link --from=build /libraries/ /app/" in dockerfile(files)


@pytest.mark.parametrize(
    ("files", "services"),
    [
        ({}, ["web"]),
        ({"base/src/main/java/a/Run.java": JAVA.replace("App", "Run")}, ["base", "web"]),
        ({"base/src/main/groovy/a/Run.groovy": "class Run {}\n"}, ["base", "web"]),
        ({"base/pom.xml": "named"}, ["base", "web"]),
    ],
)
def test_a_module_that_has_no_main_class_is_no_service(files: dict[str, str], services: list[str]) -> None:
    tree = reactor("", "", _ABOVE)
    named = tree["base/pom.xml"].replace("<dependencies>", "<properties><start-class>b.C</start-class></properties>$")
    tree |= {name: named.replace("$", "<dependencies>") if text == "named" else text for name, text in files.items()}
    assert [service.spec.path for service in inspect(**tree).services] == services


@pytest.mark.parametrize(
    ("version", "java"),
    [("4.3.5.RELEASE", "8"), ("5.2.9.RELEASE", "11"), ("5.3.39", "21"), ("6.2.1", "25"), ("7.0.0", "25")],
)
def test_a_project_without_a_java_gets_one_that_its_spring_framework_runs_on(version: str, java: str) -> None:
    web = dependency(f"org.springframework:spring-webmvc:{version}")
    files = {"pom.xml": pom(f"<dependencies>{web}</dependencies>", "war"), "src/main/webapp/a.jsp": ""}
    assert only(**files).runtime.version == java
