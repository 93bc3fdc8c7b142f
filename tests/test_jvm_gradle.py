"""Which Gradle builds a project without a wrapper."""

import pytest

from tests.test_traps import inspect, only

MAIN = {
    "src/main/java/shop/Shop.java": "package shop;\nimport com.sun.net.httpserver.HttpServer;\nclass Shop {\n"
    "public static void main(String[] a) { HttpServer.create(new InetSocketAddress(8080), 0).start(); }"
    "\n}\n",
    "settings.gradle": "rootProject.name = 'shop'\n",
}
HEAD = "plugins { id 'application' }\n"
NEW = "java { toolchain { languageVersion = JavaLanguageVersion.of(21) } }\napplication { mainClass = 'shop.Shop' }\n"
OLD = "sourceCompatibility = '17'\nmainClassName = 'shop.Shop'\n"


def version(script: str, **files: str) -> str | None:
    spec = only(**{**MAIN, "build.gradle": HEAD + script, **files})
    assert spec.package_manager is not None
    found: str | None = spec.package_manager.version
    return found


@pytest.mark.parametrize(
    ("script", "major"),
    [
        (OLD, "8"),
        (f"{NEW}archivesBaseName = 'shop'\n", "8"),
        (f"{NEW}repositories {{ jcenter() }}\n", "8"),
        ("application { mainClass = 'shop.Shop' }\nsubprojects { targetCompatibility = 11 }\n", "8"),
        ("application { mainClass = 'shop.Shop' }\ndependencies { compile 'a:b:1' }\n", "6"),
        # What still exists, by the same names.
        (NEW, None),
        ("application { mainClass = 'shop.Shop' }\njava { sourceCompatibility = '17' }\n", None),
        (f"{NEW}configurations {{ compile }}\ndependencies {{ compile 'a:b:1' }}\n", None),
        (f"{NEW}def mainClassName = 'x'\next {{ archivesBaseName = 'x' }}\next.sourceCompatibility = 17\n", None),
        (f"{NEW}tasks.withType(JavaCompile) {{ sourceCompatibility = '17' }}\n", None),
    ],
)
def test_what_newer_majors_removed_needs_an_older_one(script: str, major: str | None) -> None:
    assert version(script) == major


@pytest.mark.parametrize(
    ("script", "files"),
    [
        (NEW, {".sdkmanrc": "gradle=8.5\n"}),
        (NEW, {".tool-versions": "gradle 8.5\n"}),
        (NEW, {"mise.toml": '[tools]\ngradle = "8.5"\n'}),
        (f"{NEW}wrapper {{ gradleVersion = '8.5' }}\n", {}),
        (f"{NEW}tasks.wrapper {{ gradleVersion = '8.5' }}\n", {}),
        (NEW, {"Dockerfile": "FROM gradle:8.5-jdk21\nCOPY . .\nRUN gradle jar\nCMD java -jar build/libs/shop.jar\n"}),
        (NEW, {".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - uses: gradle/actions/setup-gradle@v4\n"
               "        with:\n          gradle-version: '8.5'\n"}),
        (OLD, {".sdkmanrc": "gradle=8.5\n"}),
    ],
)  # fmt: skip
def test_a_stated_version_counts(script: str, files: dict[str, str]) -> None:
    assert version(script, **files) == "8.5"


def test_a_guess_says_so() -> None:
    def told(script: str) -> str:
        found = inspect(**{**MAIN, "build.gradle": HEAD + script})
        service = found.services[0]
        return " ".join(
            [note.text for note in (*found.notes, *service.notes)]
            + [item.evidence[0].says for item in service.guesses.values()]
        )

    assert "no Gradle wrapper; using Gradle 9 (a guess)" in told(NEW)
    guess = told(OLD)
    assert "no Gradle wrapper; using Gradle 8 because of build.gradle:2" in guess
    assert "sourceCompatibility), which Gradle 9 removed" in guess


def test_the_default_java_is_one_that_the_gradle_runs_on() -> None:
    old = only(**{**MAIN, "build.gradle": f"{HEAD}mainClassName = 'shop.Shop'\n"})
    assert (old.runtime.version, old.package_manager.version) == ("21", "8")
    oldest = only(
        **{**MAIN, "build.gradle": f"{HEAD}mainClassName = 'shop.Shop'\ndependencies {{ compile 'a:b:1' }}\n"}
    )
    assert (oldest.runtime.version, oldest.package_manager.version) == ("11", "6")
