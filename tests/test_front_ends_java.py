"""Front ends that Gradle's and Maven's builds make, wherever the build says so: the module, the root, a plugin."""

import pytest

from tests.test_front_ends import MAIN, inspect, pages

SETTINGS = "rootProject.name = 'mill'\ninclude 'api'\n"
GRADLE = {"settings.gradle": SETTINGS, "build.gradle": "", "api/src/main/java/a/App.java": MAIN, **pages("web")}
OWN = "plugins { id 'java'; id 'org.springframework.boot' version '3.5.0' }\n"
TASK = """task grind(type: Exec) {
    workingDir "$rootDir/web"
    commandLine 'npm', 'run', 'build'
}
processResources { dependsOn 'grind' }
"""
KOTLIN = """plugins { java }
val grind by tasks.registering(Exec::class) {
    workingDir = file("$rootDir/web")
    commandLine("npm", "run", "build")
}
tasks.processResources { dependsOn(grind); from("$rootDir/web/dist") { into("static") } }
"""


def front(files: dict[str, str]) -> tuple[str | None, str]:
    """Where the front end of the service `api` is made, and its last command of the build."""
    found = {item.spec.path: item.spec for item in inspect(files).services}
    frontend = getattr(found["api"], "frontend", None)
    assert ("web" in found) == (frontend is None)
    return frontend.target if frontend is not None else None, found["api"].build[-1]


@pytest.mark.parametrize(
    ("files", "target"),
    [
        ({"api/build.gradle": OWN + TASK}, "web/dist"),
        ({"api/build.gradle": OWN, "build.gradle": f"subprojects {{\napply plugin: 'java'\n{TASK}}}\n"}, "web/dist"),
        ({"api/build.gradle": OWN, "build.gradle": f"allprojects {{\n{TASK}}}\n"}, "web/dist"),
        ({"api/build.gradle": OWN, "build.gradle": f"project(':api') {{\n{TASK}}}\n"}, "web/dist"),
        ({"api/build.gradle": OWN, "build.gradle": f"project(':other') {{\n{TASK}}}\n"}, None),
        ({"api/build.gradle": OWN.replace("'java';", "'java'; id 'mill.pages';"),
          "buildSrc/src/main/groovy/mill.pages.gradle": TASK}, "web/dist"),
        ({"api/build.gradle": OWN.replace("'java';", "'java'; id 'mill.pages';"),
          "settings.gradle": f"includeBuild 'build-logic'\n{SETTINGS}",
          "build-logic/build.gradle.kts": "plugins { `kotlin-dsl` }\n",
          "build-logic/src/main/kotlin/mill.pages.gradle.kts": KOTLIN}, "web/dist"),
        ({"api/build.gradle": OWN, "buildSrc/src/main/groovy/mill.pages.gradle": TASK}, None),
    ],
)  # fmt: skip
def test_a_task_that_makes_the_front_end(files: dict[str, str], target: str | None) -> None:
    found, build = front({**GRADLE, **files})
    assert (found, build.endswith(" -x grind")) == (target, target is not None)


@pytest.mark.parametrize(("place", "target"), [("../web/dist", "web/dist"), ("../docs/dist", None)])
def test_a_copy_of_what_the_front_end_makes(place: str, target: str | None) -> None:
    copy = f"processResources {{ from('{place}') {{ into 'static' }} }}\n"
    found, build = front({**GRADLE, "api/build.gradle": OWN + copy})
    assert (found, " -x " in build.removesuffix(" -x test")) == (target, False)


def pom(artifact: str, parent: str, more: str) -> str:
    head = "<project><modelVersion>4.0.0</modelVersion>"
    return f"{head}{parent}<artifactId>{artifact}</artifactId><version>1</version>{more}</project>"


ABOVE = (
    "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId>"
    "<version>3.5.0</version></parent><groupId>g</groupId>"
)
INNER = "<parent><groupId>g</groupId><artifactId>mill</artifactId><version>1</version></parent>"
WEB = (
    "<dependencies><dependency><groupId>org.springframework.boot</groupId>"
    "<artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>"
)
MODULES = "<packaging>pom</packaging><modules><module>api</module></modules>"
BOOT = "<plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin>"


def execution(program: str, folder: str) -> str:
    settings = f"<executable>{program}</executable><workingDirectory>{folder}</workingDirectory>"
    return (
        f"<execution><phase>generate-resources</phase><goals><goal>exec</goal></goals><configuration>{settings}"
        "<arguments><argument>run</argument><argument>build</argument></arguments></configuration></execution>"
    )


def plugin(*executions: str) -> str:
    head = "<groupId>org.codehaus.mojo</groupId><artifactId>exec-maven-plugin</artifactId><version>3.5.0</version>"
    return f"<plugin>{head}<executions>{''.join(executions)}</executions></plugin>"


@pytest.mark.parametrize(
    ("own", "above", "target", "skips"),
    [
        (plugin(execution("npm", "../web")), "", "web/dist", True),
        (plugin(execution("npm", "${project.basedir}/../web")), "", "web/dist", True),
        ("", plugin(execution("npm", "${maven.multiModuleProjectDirectory}/web")), "web/dist", True),
        (plugin(execution("npm", "../web"), execution("python3", ".")), "", "web/dist", False),
        (plugin(execution("npm", "../docs")), "", None, False),
        (plugin(execution("python3", "../web")), "", None, False),
    ],
)
def test_maven_calls_npm(own: str, above: str, target: str | None, skips: bool) -> None:
    root = f"<build><plugins>{above}</plugins></build>" if above else ""
    files = {
        "pom.xml": pom("mill", ABOVE, MODULES + root),
        "api/pom.xml": pom("api", INNER, f"{WEB}<build><plugins>{BOOT}{own}</plugins></build>"),
        "api/src/main/java/a/App.java": MAIN,
        **pages("web"),
    }
    found, build = front(files)
    assert (found, build.endswith(" -Dexec.skip")) == (target, skips)
