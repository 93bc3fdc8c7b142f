"""What the script of a Gradle root says of the projects below it is theirs; what it says of itself is its own."""

import pytest

from genfile.api import generate
from genfile.container.own import _LEFT_OUT
from genfile.source.memory import MemorySource
from tests.test_jvm_build import JAVA
from tests.test_traps import inspect

SETTINGS = "include 'shop', 'stock', 'common'\n"
APP = "package a;\n@SpringBootApplication\npublic class App {\n  public static void main(String[] a) {}\n}\n"
WEB = "dependencies { implementation 'org.springframework.boot:spring-boot-starter-web' }\n"


def services(root: str, **files: str) -> dict[str, str]:
    """The Java of each service of a build of three modules, by its folder; `common` has no main class."""
    tree = {
        "settings.gradle": SETTINGS,
        "build.gradle": root,
        "shop/build.gradle": WEB,
        "stock/build.gradle": WEB,
        "common/build.gradle": "dependencies { }\n",
        "shop/src/main/java/a/App.java": APP,
        "stock/src/main/java/a/Stock.java": APP.replace("class App", "class Stock"),
        "common/src/main/java/a/Money.java": "package a;\npublic class Money {}\n",
        **files,
    }
    found = inspect(**{name: text for name, text in tree.items() if text}).services
    return {item.spec.path: str(item.spec.runtime and item.spec.runtime.version) for item in found}


BOOT = "plugins { id 'org.springframework.boot' version '3.5.6' apply false }\n"
GIVEN = "{ apply plugin: 'java'; apply plugin: 'org.springframework.boot'\n%s\n}\n"
JAVA_17 = "java { toolchain { languageVersion = JavaLanguageVersion.of(17) } }"
BOTH = {"shop": "17", "stock": "17"}


@pytest.mark.parametrize(
    ("root", "found"),
    [
        (BOOT + "subprojects " + GIVEN % JAVA_17, BOTH),
        (BOOT + "allprojects " + GIVEN % JAVA_17, BOTH),
        (BOOT + "configure(subprojects) " + GIVEN % JAVA_17, BOTH),
        (BOOT + "project(':shop') " + GIVEN % JAVA_17, {"shop": "17"}),
        # The root's own.
        ("plugins { id 'java'; id 'org.springframework.boot' version '3.5.6' }\nbootJar { enabled = false }\n", {}),
        # Which projects a filter takes is not seen.
        (BOOT + "configure(subprojects.findAll { it.name in names }) " + GIVEN % JAVA_17, {}),
        # Members say otherwise of their own task.
        (BOOT + "subprojects " + GIVEN % (JAVA_17 + "\nbootJar { enabled = false }"), {}),
    ],
)
def test_what_the_root_gives_to_its_members_is_theirs(root: str, found: dict[str, str]) -> None:
    assert services(root) == found


def test_a_member_has_the_last_word() -> None:
    root = BOOT + "subprojects " + GIVEN % (JAVA_17 + "\nbootJar { enabled = false }")
    own = WEB + "bootJar { enabled = true }\njava { toolchain { languageVersion = JavaLanguageVersion.of(21) } }\n"
    assert services(root, **{"shop/build.gradle": own}) == {"shop": "21"}


def test_what_is_off_for_the_root_is_on_for_its_members() -> None:
    root = "plugins { id 'org.springframework.boot' version '3.5.6' }\nbootJar { enabled = false }\nsubprojects "
    assert services(root + GIVEN % JAVA_17, **{"src/main/java/a/Root.java": JAVA}) == BOTH


def test_kotlin_scripts_say_it_in_their_own_words() -> None:
    root = (
        'plugins { id("org.springframework.boot") version "3.5.6" apply false }\n'
        'subprojects {\n  apply(plugin = "java")\n  pluginManager.apply("org.springframework.boot")\n'
        "  java { toolchain { languageVersion.set(JavaLanguageVersion.of(17)) } }\n}\n"
    )
    assert services("", **{"build.gradle.kts": root}) == BOTH


def test_yaml_that_maven_fills_in_is_read() -> None:
    bootstrap = "info:\n  name: @project.name@\nserver:\n  port: ${shop.port:8123}\n"
    root = BOOT + "subprojects " + GIVEN % JAVA_17
    tree = {
        "settings.gradle": SETTINGS,
        "build.gradle": root,
        "shop/build.gradle": WEB,
        "shop/src/main/java/a/App.java": APP,
        "shop/src/main/resources/bootstrap.yml": bootstrap,
    }
    found = inspect(**tree)
    assert [item.spec.port for item in found.services] == [8123]
    assert not any("bootstrap.yml" in note.text for note in found.notes)


def test_files_that_no_build_is_given_are_not_inputs() -> None:
    script = (
        "plugins { id 'java'; id 'org.springframework.boot' version '3.5.6' }\n"
        + WEB
        + "docker { dockerfile file('src/main/docker/Dockerfile') }\ndef a = file('deploy/.env')\n"
        "def b = file('deploy/x.txt')\n"
    )
    tree = {
        "settings.gradle": "rootProject.name = 'shop'\n",
        "build.gradle": script,
        "src/main/java/a/App.java": APP,
        "src/main/docker/Dockerfile": "FROM scratch\n",
        "deploy/.env": "A=1\n",
        "deploy/x.txt": "x\n",
    }
    files = generate(MemorySource({name: text.encode() for name, text in tree.items()})).files
    dockerfile = files["Dockerfile"]
    assert "deploy/x.txt" in dockerfile
    assert "docker/Dockerfile" not in dockerfile
    assert "deploy/.env" not in dockerfile
    ignored = files[".dockerignore"]
    assert not [name for name in _LEFT_OUT if f"\n**/{name}\n" not in ignored and f"\n{name}\n" not in ignored]
