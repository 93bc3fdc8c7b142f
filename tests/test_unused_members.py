"""Members of a workspace that one of them does not need are never sent to its builder; what is fetched ahead."""

from typing import Any, cast

import pytest

from genfile.api import generate
from genfile.dockerfile.ignore import read_ignore
from genfile.source.memory import MemorySource
from tests.test_jvm_build import JAVA, boot, dockerfile, maven
from tests.test_traps import inspect

PARENT = "<parent><groupId>g</groupId><artifactId>shop</artifactId><version>1</version></parent>"
SPRING = (
    "<plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId>"
    "</plugin></plugins>"
)


def pom(name: str, *needs: str, build: str = "", more: str = "") -> str:
    named = "".join(f"<dependency><groupId>g</groupId><artifactId>{item}</artifactId></dependency>" for item in needs)
    return (
        f"<project>{PARENT}<artifactId>{name}</artifactId>{more}<dependencies>{named}</dependencies>"
        f"<build>{build}</build></project>"
    )


def reactor(server: str, root: str = "", modules: str = "core api server admin", **files: str) -> dict[str, str]:
    """A reactor whose server needs api, which needs core; admin is for nobody."""
    listed = "".join(f"<module>{name}</module>" for name in modules.split())
    return {
        "pom.xml": "<project><groupId>g</groupId><artifactId>shop</artifactId><version>1</version>"
        f"<packaging>pom</packaging><modules>{listed}</modules>{root}</project>",
        "core/pom.xml": pom("core"),
        "api/pom.xml": pom("api", "core"),
        "admin/pom.xml": pom("admin", "core"),
        "server/pom.xml": server,
        "server/src/main/java/a/App.java": JAVA,
        "admin/src/main/java/a/Admin.java": "package a;\nclass Admin {}\n",
        "core/src/main/java/a/Core.java": "package a;\nclass Core {}\n",
        **files,
    }


def server(files: dict[str, str], path: str = "server") -> Any:
    return next(cast(Any, item.spec) for item in inspect(**files).services if item.spec.path == path)


def ignored(files: dict[str, str], path: str = "server") -> Any:
    made = generate(MemorySource({name: text.encode() for name, text in files.items()}))
    rendering = next(rendering for item, rendering in made.services if item.spec.path == path)
    return read_ignore({item.path: item.text for item in rendering.files}[rendering.layout.ignorefile])


def test_modules_that_a_module_does_not_need_stay_out_of_its_context() -> None:
    files = reactor(pom("server", "api", build=SPRING))
    assert server(files).workspace.unused == ("admin",)
    rules = ignored(files)
    assert rules.excludes("admin/src/main/java/a/Admin.java")
    # Maven reads the pom.xml of every module.
    assert not rules.excludes("admin/pom.xml")
    assert not rules.excludes("core/src/main/java/a/Core.java")


@pytest.mark.parametrize(
    ("build", "root"),
    [
        ("<resources><resource><directory>../admin/pages</directory></resource></resources>", ""),
        ("<a>${project.parent.basedir}/admin</a>", ""),
        ("<a>${maven.multiModuleProjectDirectory}/admin/rules.xml</a>", ""),
        ('<target><copy file="../admin/x"/></target>', ""),
        ("<plugins><plugin><artifactId>p</artifactId><dependencies><dependency><artifactId>admin</artifactId>"
         "</dependency></dependencies></plugin></plugins>", ""),
        ("<a>${top}/admin</a>", "<properties><top>${project.basedir}/..</top></properties>"),
        # What it computes may be any.
        ("<a>../${x}/y</a>", ""),
    ],
)  # fmt: skip
def test_a_module_that_a_build_file_leads_to_is_needed(build: str, root: str) -> None:
    assert server(reactor(pom("server", "api", build=SPRING + build), root)).workspace.unused == ()


def test_what_is_only_managed_is_not_needed() -> None:
    managed = (
        "<dependencyManagement><dependencies><dependency><artifactId>admin</artifactId></dependency></dependencies>"
    )
    files = reactor(pom("server", "api", build=SPRING), f"{managed}</dependencyManagement>")
    assert server(files).workspace.unused == ("admin",)


def test_a_module_is_resolved_ahead_of_the_sources_by_every_pom() -> None:
    files = reactor(pom("server", "api", build=SPRING))
    text = dockerfile(files)
    fetched = text.index("--fail-never -pl server -am dependency:go-offline")
    assert fetched < text.index("COPY . .")
    for name in ("core", "api", "admin", "server"):
        assert text.index(f"COPY --link {name}/pom.xml /src/{name}/pom.xml") < fetched


def test_settings_that_mavens_options_name_are_there_first() -> None:
    files = maven(**{".mvn/maven.config": "--settings=./ci.xml\n", "ci.xml": "<settings/>"})
    (spec,) = (cast(Any, item.spec) for item in inspect(**files).services)
    assert spec.manifests == ("pom.xml", "ci.xml")


@pytest.mark.parametrize(
    "files",
    [
        reactor(pom("server", "api", build=SPRING), modules="core api server admin gone"),
        reactor(
            pom("server", "api", build=SPRING),
            modules="core api server admin " + " ".join(f"m{n}" for n in range(30)),
            **{f"m{n}/pom.xml": pom(f"m{n}") for n in range(30)},
        ),
    ],
    ids=["missing", "many"],
)
def test_sources_come_first_where_poms_alone_are_no_build(files: dict[str, str]) -> None:
    found = next(item for item in inspect(**files).services if item.spec.path == "server")
    assert cast(Any, found.spec).resolve is None
    assert any("no layer of their own" in note.text for note in found.notes)
    assert "go-offline" not in dockerfile(files)


# --- Gradle ---------------------------------------------------------------------------------------------------------


def modules(app: str, root: str = "", **files: str) -> dict[str, str]:
    made = boot(**{f"app/{name}": text for name, text in boot(app).items() if name.startswith(("build", "src"))})
    return {
        **{name: text for name, text in made.items() if name.startswith("app/")},
        "settings.gradle.kts": 'include("app", "core", "base", "order-api", "admin")\n',
        "build.gradle.kts": root,
        "core/build.gradle.kts": 'dependencies { implementation(project(":base")) }\n',
        **{f"{name}/build.gradle.kts": "" for name in ("base", "order-api", "admin")},
        **files,
    }


CORE = 'dependencies { implementation(project(":core")) }\n'


@pytest.mark.parametrize(
    ("app", "files", "unused"),
    [
        (CORE, {}, ("admin", "order-api")),
        ("dependencies { implementation(projects.orderApi) }\n", {}, ("admin", "base", "core")),
        (CORE + 'tasks.processResources { from("../admin/pages") }\n', {}, ("order-api",)),
        (CORE + 'tasks.processResources { from("$rootDir/admin/pages") }\n', {}, ("order-api",)),
        (CORE + 'evaluationDependsOn(":admin")\n', {}, ("order-api",)),
        (CORE, {"buildSrc/src/main/kotlin/P.kt": 'val p = project(":admin")\n'}, ("order-api",)),
        (CORE, {"buildSrc/src/main/kotlin/a.gradle.kts": 'dependencies { api(project(":admin")) }'}, ("order-api",)),
        # A script that computes what it reads may read anything.
        (CORE + 'version = file("$name/VERSION").readText()\n', {}, ()),
    ],
)
def test_projects_that_no_script_leads_to(app: str, files: dict[str, str], unused: tuple[str, ...]) -> None:
    assert server(modules(app, **files), "app").workspace.unused == unused


def test_what_the_root_gives_to_a_project_is_needed() -> None:
    given = 'project(":app") { dependencies { implementation(project(":admin")) } }\n'
    assert "admin" in server(modules(CORE), "app").workspace.unused
    assert "admin" not in server(modules(CORE, given), "app").workspace.unused


def test_a_member_of_gradle_is_resolved_by_its_path() -> None:
    text = dockerfile(modules(CORE))
    assert text.index("gradle --no-daemon --quiet :app:dependencies") < text.index("COPY . .")


def test_the_jars_of_the_build_itself_are_copied_last() -> None:
    app = 'plugins { application }\napplication { mainClass = "a.App" }\n' + CORE
    files = modules("", **{"app/build.gradle.kts": app, "app/src/main/java/a/App.java": SERVES})
    text = dockerfile(files)
    names = ("app", "base", "core")
    left_out = " ".join(f"--exclude=lib/{name}*.jar" for name in names)
    assert f"COPY --link --from=build --exclude=bin/*.bat {left_out} /src/app/build/install/app /app\n" in text
    jars = " ".join(f"/src/app/build/install/app/lib/{name}*.jar" for name in names)
    assert f"COPY --link --from=build {jars} /app/lib/\n" in text


SERVES = (
    "package a;\nimport com.sun.net.httpserver.HttpServer;\npublic class App {\n"
    "  public static void main(String[] a) throws Exception {\n"
    "    HttpServer.create(new java.net.InetSocketAddress(8080), 0).start();\n  }\n}\n"
)


# --- Go -------------------------------------------------------------------------------------------------------------

USES = 'package main\n\nimport (\n\t"net/http"\n\n\t"example.com/lib/kit"\n)\n\nfunc main() { kit.Run(); %s }\n'
LISTEN = 'http.HandleFunc("/healthz", kit.Ok); http.ListenAndServe(":8080", nil)'


def work(**files: str) -> dict[str, str]:
    names = ("api", "lib", "base", "admin")
    return {
        "go.work": "go 1.25\n\nuse (\n" + "".join(f"\t./{name}\n" for name in names) + ")\n",
        **{f"{name}/go.mod": f"module example.com/{name}\n\ngo 1.25\n" for name in names},
        "api/main.go": USES % LISTEN,
        "lib/kit/kit.go": 'package kit\n\nimport "example.com/base"\n\nfunc Run() { base.Run() }\n',
        "base/base.go": "package base\n\nfunc Run() {}\n",
        "admin/admin.go": "package admin\n",
        **files,
    }


def test_modules_of_a_workspace_that_no_import_leads_to() -> None:
    spec = server(work(), "api")
    assert spec.workspace.depends_on == ("base", "lib")
    assert spec.workspace.unused == ("admin",)
    rules = ignored(work(), "api")
    assert rules.excludes("admin/admin.go")
    # go.work names the module.
    assert not rules.excludes("admin/go.mod")


def test_a_generator_beside_the_module_keeps_all_of_them() -> None:
    generates = "package main\n\n//go:generate go run ../admin\n"
    assert server(work(**{"api/gen.go": generates}), "api").workspace.unused == ()


def test_modules_beside_a_replaced_one_are_not_sent() -> None:
    files = work()
    del files["go.work"]
    files["api/go.mod"] += "\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n"
    assert server(files, "api").workspace.unused == ("admin", "base")


def test_a_probe_is_built_where_it_is_asked_for() -> None:
    source = MemorySource({name: text.encode() for name, text in work().items()})
    ((_, plain),) = generate(source, service="api").services
    assert "\nHEALTHCHECK" not in plain.dockerfile
    assert "# No HEALTHCHECK: the image has no HTTP client. Probe /healthz from outside." in plain.dockerfile
    ((_, probed),) = generate(source, service="api", settings={"healthcheck": "true"}).services
    text = probed.dockerfile
    assert 'CMD ["/probe/healthcheck"]' in text
    assert "GET /healthz HTTP/1.0" in text
    # A change of the sources does not build it again.
    assert text.index("-o /probe/healthcheck") < text.index("COPY . /src")
