"""What the project's own CI tells its build tool, and the image's build must be told too."""

from tests.test_jvm_build import JAVA, MAIN, RESOURCES, boot, maven
from tests.test_traps import only

WORKFLOW = "jobs:\n  a:\n    steps:\n{}"
ASKS = 'if (project.hasProperty("include-pages")) { tasks.named("processResources") { dependsOn(":pages:make") } }\n'


def workflow(*commands: str) -> str:
    steps = "".join(f"      - run: |\n          version=$(cat x)\n          {command}\n" for command in commands)
    return WORKFLOW.format(steps)


def built(files: dict[str, str], *commands: str) -> str:
    command: str = only(**files, **{".github/workflows/ci.yml": workflow(*commands)}).build[-1]
    return command


# --- properties of Gradle's -------------------------------------------------------------------------------------------


def test_property_that_every_build_of_ci_gives() -> None:
    command = built(
        boot(ASKS),
        "./gradlew clean build -Pinclude-pages=true -Pimages=true -Pversion=$version",
        "./gradlew :assemble \\\n            -x test \\\n            -Pinclude-pages=true",
        "./gradlew test",
    )
    assert command == "gradle --no-daemon bootJar -x test -Pinclude-pages=true"


def test_property_that_one_build_of_ci_does_without() -> None:
    assert "-P" not in built(boot(ASKS), "./gradlew build -Pinclude-pages", "./gradlew assemble")


def test_property_that_no_script_asks_for() -> None:
    assert "-P" not in built(boot(), "./gradlew build -Pinclude-pages=true")


def test_git_of_the_project_that_the_property_brings_in() -> None:
    script = 'tasks.register("make") { environment("COMMIT", "git rev-parse HEAD".execute()) }\n'
    files = boot(ASKS)
    files["settings.gradle.kts"] += 'include("pages")\n'
    given = {".github/workflows/ci.yml": workflow("./gradlew build -Pinclude-pages=true")}
    spec = only(**files, **given, **{"pages/build.gradle": script})
    assert spec.git
    assert spec.system_packages.build == ("git",)
    assert not only(**files, **{"pages/build.gradle": script}).git


# --- profiles of Maven's ----------------------------------------------------------------------------------------------

SHADE = (
    "<build><plugins><plugin><artifactId>maven-shade-plugin</artifactId><executions><execution><phase>package</phase>"
    "<goals><goal>shade</goal></goals><configuration><transformers><transformer><mainClass>a.App</mainClass>"
    "</transformer></transformers></configuration></execution></executions></plugin></plugins></build>"
)
JETTY = "<dependency><groupId>org.eclipse.jetty</groupId><artifactId>jetty-server</artifactId></dependency>"
POM = (
    "<project><groupId>g</groupId><artifactId>shop</artifactId><version>1</version>"
    f"<dependencies>{JETTY}</dependencies><profiles><profile><id>whole</id>{SHADE}</profile>"
    "<profile><id>other</id></profile></profiles></project>"
)


def test_profile_that_ci_names_and_that_packs_the_program() -> None:
    command = built({"pom.xml": POM, MAIN: JAVA}, "./mvnw -B -Pother,whole verify")
    assert command == "mvn --batch-mode --no-transfer-progress -DskipTests -Pwhole package"


def test_profile_that_nobody_names() -> None:
    assert "-P" not in built({"pom.xml": POM, MAIN: JAVA}, "./mvnw -B -Pother verify")


def test_profile_of_a_module_by_the_name_of_one_that_the_root_takes_by_itself() -> None:
    parent = "<parent><groupId>g</groupId><artifactId>all</artifactId><version>1</version></parent>"
    root = (
        "<project><groupId>g</groupId><artifactId>all</artifactId><version>1</version><packaging>pom</packaging>"
        "<modules><module>shop</module></modules><profiles><profile><id>whole</id><activation><file>"
        "<missing>private/pom.xml</missing></file></activation></profile></profiles></project>"
    )
    files = {
        "pom.xml": root,
        "shop/pom.xml": POM.replace("<groupId>g</groupId><artifactId>shop", f"{parent}<artifactId>shop"),
        f"shop/{MAIN}": JAVA,
    }
    assert "-Pwhole -pl shop" in only(**files).build[-1]


def filled(profiles: str, settings: str = "spring:\n  profiles:\n    active: @chosen@\n", more: str = "") -> str:
    files = maven(more=f"{more}<profiles>{profiles}</profiles>", **{f"{RESOURCES}/application.yml": settings})
    command: str = only(**files).build[-1]
    return " ".join(word for word in command.split() if word.startswith("-P"))


def sets(name: str, more: str = "", key: str = "chosen") -> str:
    return f"<profile><id>{name}</id>{more}<properties><{key}>{name}</{key}></properties></profile>"


BY_DEFAULT = "<activation><activeByDefault>true</activeByDefault></activation>"


def test_profile_that_alone_sets_what_the_configuration_names() -> None:
    assert filled(sets("dev") + sets("prod")) == "-Pprod"
    assert filled(sets("dev") + sets("staging")) == "-Pstaging"
    assert filled(sets("local")) == "-Plocal"


def test_configuration_that_needs_no_profile() -> None:
    assert filled(sets("dev") + sets("prod"), "spring:\n  profiles:\n    active: dev\n") == ""
    assert filled(sets("dev") + sets("prod", key="other")) == "-Pdev"
    assert filled(sets("one", BY_DEFAULT) + sets("two")) == ""
    assert filled(sets("dev") + sets("prod"), more="<properties><chosen>prod</chosen></properties>") == ""


def test_profile_of_the_parent_that_fills_in_the_configuration_of_a_module() -> None:
    parent = "<parent><groupId>g</groupId><artifactId>all</artifactId><version>1</version></parent>"
    root = (
        "<project><groupId>g</groupId><artifactId>all</artifactId><version>1</version><packaging>pom</packaging>"
        f"<modules><module>shop</module></modules><profiles>{sets('test')}{sets('prod')}</profiles></project>"
    )
    own = maven()["pom.xml"]
    own = f"<project>{parent}{own[own.index('<artifactId>shop') :]}"
    files = {"pom.xml": root, "shop/pom.xml": own, f"shop/{MAIN}": JAVA}
    spec = only(**files, **{f"shop/{RESOURCES}/application.properties": "spring.profiles.active=@chosen@\n"})
    assert "-Pprod -pl shop" in spec.build[-1]
