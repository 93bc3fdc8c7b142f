"""Projects of a tree that need each other without a build above them."""

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
