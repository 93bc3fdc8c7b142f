"""Projects of a tree that need each other without a build above them."""

import shutil
from pathlib import Path

from genfile import generate
from tests.test_go_java import dependency
from tests.test_jvm_running import APPLICATION, BOOT
from tests.test_traps import inspect, only


def project(name: str, body: str = "", version: str = "1") -> str:
    return f"<project><groupId>a</groupId><artifactId>{name}</artifactId><version>{version}</version>{body}</project>"


def needs(*coordinates: str) -> str:
    return f"<dependencies>{''.join(map(dependency, coordinates))}</dependencies>"


SHOP = {
    "shop/pom.xml": project("shop", BOOT.format(needs("a:common:1"))),
    "shop/src/main/java/shop/ShopApplication.java": APPLICATION,
    "common/pom.xml": project("common", needs("a:base:1")),
    "common/src/main/java/x/A.java": "class A {}",
    "base/pom.xml": project("base"),
}


def test_what_no_build_puts_together_is_installed_first() -> None:
    spec = only(**SHOP)
    told = "mvn --batch-mode --no-transfer-progress -DskipTests"
    assert spec.build == (
        f"{told} -f base/pom.xml install",
        f"{told} -f common/pom.xml install",
        f"{told} -f shop/pom.xml package",
    )
    assert (spec.workspace.root, spec.workspace.depends_on) == (".", ("base", "common"))


def test_a_release_of_the_registry_is_taken_from_there() -> None:
    spec = only(**{**SHOP, "common/pom.xml": project("common", version="2")})
    assert (len(spec.build), spec.workspace) == (1, None)


def test_what_a_build_above_puts_together_is_left_to_it() -> None:
    root = project("all", "<packaging>pom</packaging><modules><module>shop</module><module>common</module></modules>")
    spec = only(**SHOP, **{"pom.xml": root})
    assert spec.build == ("mvn --batch-mode --no-transfer-progress -DskipTests -pl shop -am package",)


def test_projects_that_need_each_other_end() -> None:
    files = {**SHOP, "base/pom.xml": project("base", needs("a:common:1", "a:shop:1"))}
    assert [item.spec.path for item in inspect(**files).services] == ["shop"]


def test_libraries_of_one_service_of_several_lie_in_its_own_context(tmp_path: Path) -> None:
    """Each Dockerfile is built with the folder of its service: what it copies is relative to that."""
    shutil.copytree(Path(__file__).parent / "projects" / "java-maven-thin", tmp_path / "shop")
    (tmp_path / "requirements.txt").write_text("flask==3.1.0\n")
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    files = generate(tmp_path).files
    made = files["shop/Dockerfile"]
    assert "COPY . .\n" in made
    assert "target/lib" in made[: made.index("COPY --link --from=build /libraries/ /app/\n")]
