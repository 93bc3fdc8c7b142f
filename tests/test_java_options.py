"""The options of the Java preset that are off by default: a runtime by jlink, an archive of the loaded classes."""

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

import genfile
from genfile.dockerfile.reader import read_dockerfile
from genfile.errors import GenfileError
from genfile.project.apply import apply_plan
from genfile.project.plan import make_plan
from genfile.verify.gates import run_gates
from tests.checklist import faults
from tests.conftest import EXAMPLES, PROJECTS, gates_of, make_images
from tests.test_projects import case_of, hadolint_says

SPRING = EXAMPLES / "java"
EACH = [{"jlink": "true"}, {"cds": "true"}, {"jlink": "true", "cds": "true"}]
# Spring Boot, Quarkus, a distribution of Gradle's, by Maven and by Gradle.
ABLE = [SPRING, *(PROJECTS / name for name in ("java-quarkus", "java-gradle-kotlin", "java-gradle-groovy"))]


def written(project: Path, **settings: str) -> str:
    return genfile.generate(project, settings=settings).services[0][1].dockerfile


def refused(project: Path, **settings: str) -> str:
    with pytest.raises(GenfileError) as raised:
        written(project, **settings)
    return f"{raised.value} {raised.value.hint or ''}"


@pytest.mark.parametrize("settings", EACH, ids="-".join)
@pytest.mark.parametrize("project", ABLE, ids=lambda path: path.name)
def test_what_is_written_passes_the_acceptance_list(project: Path, settings: dict[str, str]) -> None:
    for level in ("none", "teach"):
        for service, rendering in genfile.generate(project, settings=settings, comments=level).services:
            assert faults(case_of(project, service, rendering)) == []
            assert hadolint_says(rendering.dockerfile) == ""


@pytest.mark.parametrize("settings", EACH, ids="-".join)
def test_nothing_is_wrong_with_the_image_on_paper(settings: dict[str, str], tmp_path: Path) -> None:
    shutil.copytree(SPRING, tmp_path / "shop")
    apply_plan(make_plan(tmp_path / "shop", genfile.generate(SPRING, settings=settings).files))
    found = genfile.inspect(tmp_path / "shop")
    assert [risk for item in found.services for risk in item.risks] == []


def test_jlink_links_ahead_of_all_that_changes() -> None:
    parsed = read_dockerfile(written(SPRING, jlink="true"))
    build, runtime = parsed.stages[0], parsed.stages[-1]
    assert build.instructions[0].value.startswith("jlink --output /jre --compress=zip-6 ")
    assert runtime.image == "debian:trixie-slim"
    environment = {key: value for item in runtime.all("ENV") for key, value in item.pairs}
    assert environment["JAVA_HOME"] == "/opt/java/openjdk"
    assert environment["LANG"] == "C.UTF-8"


@pytest.mark.parametrize(
    ("version", "holds", "lacks"),
    [
        ("11", ["--compress=2", "jdk.crypto.ec"], ["jdk.random", "jdk.nio.mapmode", "jdk.management.jfr"]),
        ("17", ["--compress=2", "jdk.crypto.ec", "jdk.random", "jdk.nio.mapmode"], []),
        ("25", ["--compress=zip-6", "jdk.management.jfr"], ["jdk.random", "jdk.crypto.ec"]),
    ],
)
def test_jlink_names_the_modules_that_a_release_has(version: str, holds: list[str], lacks: list[str]) -> None:
    text = written(SPRING, jlink="true", **{"runtime.version": version})
    assert [word for word in holds if word not in text] == []
    assert [word for word in lacks if word in text] == []


def test_jlink_adds_the_modules_that_the_jvm_is_told_of() -> None:
    text = written(SPRING, jlink="true", jvm_options='["--add-modules=jdk.incubator.vector"]')
    assert "    --add-modules jdk.incubator.vector \\\n" in text


def test_a_family_without_glibc_links_a_jdk_of_its_own() -> None:
    parsed = read_dockerfile(written(SPRING, jlink="true", family="alpine"))
    assert [stage.name for stage in parsed.stages] == ["jre", "build", "layers", "runtime"]
    assert (parsed.stages[0].image, parsed.stages[-1].image) == ("eclipse-temurin:21-jdk-alpine-3.24", "alpine:3.24")
    assert "COPY --link --from=jre /jre /opt/java/openjdk\n" in written(SPRING, jlink="true", family="alpine")


def test_the_registry_has_every_image_but_those_that_were_named() -> None:
    text = written(SPRING, jlink="true", registry="registry.example/base", build_image="own.example/jdk:21-noble")
    images = read_dockerfile(text).external_images()
    assert images == ("own.example/jdk:21-noble", "registry.example/base/debian:trixie-slim")


def test_cds_keeps_the_archive_and_nothing_else_of_the_run() -> None:
    parsed = read_dockerfile(written(SPRING, cds="true"))
    app, archive, runtime = parsed.stages[-3:]
    assert [stage.name for stage in (app, archive, runtime)] == ["app", "archive", "runtime"]
    assert (archive.image, runtime.image) == ("app", "app")
    assert archive.instructions[-1].flag("network") == "none"
    assert [item.value for item in runtime.all("COPY")] == ["/app/app.jsa /app/"]
    assert "-XX:SharedArchiveFile=/app/app.jsa" in runtime.all("ENV")[-1].value


def test_cds_is_the_cache_of_the_jvm_where_there_is_one() -> None:
    text = written(SPRING, cds="true", **{"runtime.version": "25"})
    assert "-XX:AOTCacheOutput=/app/app.aot" in text
    assert "ENV JDK_JAVA_OPTIONS=-XX:AOTCache=/app/app.aot\n" in text


def test_what_does_not_end_by_itself_is_ended_when_it_listens() -> None:
    text = written(PROJECTS / "java-quarkus", cds="true", start='["java", "-jar", "quarkus-run.jar", "it is"]')
    assert "/dev/tcp/127.0.0.1/" in text.partition("AS archive")[2].partition("AS runtime")[0]
    assert "' bash java -jar quarkus-run.jar 'it is'\n" in text


@pytest.mark.parametrize(
    ("project", "settings", "says"),
    [
        ("java-war", {"jlink": "true"}, "Tomcat has its own"),
        ("java-war", {"cds": "true"}, "Tomcat's own class loaders"),
        ("java-spring-maven", {"jlink": "true", "runtime.version": "8"}, "Java 8 does not have jlink; it needs Java 9"),
        ("java-spring-maven", {"jlink": "true", "jdk": "true"}, "needs a full JDK"),
        ("java-spring-maven", {"jlink": "true", "family": "wolfi"}, "debian, ubuntu, alpine, ubi"),
        ("java-spring-maven", {"cds": "true", "runtime.version": "11"}, "Java 13"),
        ("java-spring-maven", {"cds": "true", "framework_version": "3.2"}, "Spring Boot 3.3"),
        ("java-maven-thin", {"cds": "true"}, "Class-Path"),
        ("java-quarkus", {"cds": "true", "port": "null"}, "without a port"),
    ],
)
def test_what_an_option_can_t_do_is_said(project: str, settings: dict[str, str], says: str) -> None:
    assert says in refused(PROJECTS / project, **settings)


@pytest.mark.parametrize("project", [SPRING, PROJECTS / "java-quarkus", PROJECTS / "java-war"], ids=lambda p: p.name)
def test_off_is_as_before(project: Path) -> None:
    assert written(project, jlink="false", cds="false") == written(project)


@pytest.mark.build
@pytest.mark.parametrize("option", ["jlink", "cds"])
def test_it_is_built_and_started(option: str, tmp_path: Path, engine: str | None) -> None:
    """All five gates, by a JVM that does not start where the archive of the image does not fit."""
    root = tmp_path / option
    shutil.copytree(SPRING, root)
    made = genfile.generate(root, settings={option: "true"})
    apply_plan(make_plan(root, made.files))
    service, rendering = made.services[0]
    make_images(engine, rendering.dockerfile)
    touch = "src/main/java/com/example/shop/ShopApplication.java"
    request = replace(
        gates_of(root, service, rendering, touch, engine), environment={"JAVA_TOOL_OPTIONS": "-Xshare:on"}
    )
    report = run_gates(request)
    assert report.passed, report.render()
