"""What the build of a Quarkus project is told, so that it leaves its folder and does nothing besides."""

import pytest

from tests.test_jvm_build import JAVA, MAIN, RESOURCES
from tests.test_traps import only


def build(settings: str = "", properties: str = "", version: str = "3.28.3", name: str = "application.yml") -> str:
    pom = (
        f"<project><groupId>g</groupId><artifactId>shop</artifactId><version>1</version><properties>{properties}"
        f"<q.version>{version}</q.version></properties><dependencies><dependency><groupId>io.quarkus</groupId>"
        "<artifactId>quarkus-rest</artifactId></dependency></dependencies><build><plugins><plugin>"
        "<groupId>io.quarkus</groupId><artifactId>quarkus-maven-plugin</artifactId><version>${q.version}</version>"
        "</plugin></plugins></build></project>"
    )
    spec = only(**{"pom.xml": pom, MAIN: JAVA, f"{RESOURCES}/{name}": settings})
    command: str = spec.build[-1]
    return command.removeprefix("mvn --batch-mode --no-transfer-progress -DskipTests").removesuffix("package").strip()


OFF = "-Dquarkus.container-image.build=false"
ON = "quarkus:\n  container-image:\n    build: {}\n"
PRODUCTION = '"%prod":\n  quarkus:\n    container-image:\n      build: true\n'


@pytest.mark.parametrize(
    ("settings", "flags"),
    [
        (ON.format("true"), OFF),
        (ON.format("false"), ""),
        (ON.format("false") + PRODUCTION, OFF),
        (PRODUCTION.replace("%prod", "%dev"), ""),
        ("quarkus:\n  kubernetes:\n    deploy: true\n", "-Dquarkus.kubernetes.deploy=false"),
    ],
)
def test_image_or_deployment_that_the_project_makes_while_it_is_built(settings: str, flags: str) -> None:
    assert build(settings) == flags


def test_image_that_a_flat_key_or_a_property_of_the_project_asks_for() -> None:
    assert build("%prod.quarkus.container-image.push=true\n", name="application.properties") == OFF.replace(
        "build", "push"
    )
    assert build(properties="<quarkus.container-image.build>true</quarkus.container-image.build>") == OFF


def test_version_that_makes_one_jar_unless_it_is_told_otherwise() -> None:
    assert build(version="1.10.5.Final") == "-Dquarkus.package.type=fast-jar"
    assert build("quarkus:\n  package:\n    type: fast-jar\n", version="1.10.5.Final") == ""
    assert build(version="1.12.0.Final") == ""
