"""What a program of Spring must be given: keys of its configuration that no file of the tree gives a value."""

import pytest

from genfile import inspect
from tests.test_traps import only

BUILD = """
plugins { id("org.springframework.boot") version "3.5.0"; java }
dependencies {
  implementation("org.springframework.boot:spring-boot-starter-web")
  runtimeOnly("com.mysql:mysql-connector-j")
}
"""
MAIN = "@SpringBootApplication\npublic class Shop {{\n  {}\n  public static void main(String[] a) {{}}\n}}\n"
RESOURCES = "src/main/resources"


def required(settings: str = "", field: str = "", **more: str) -> set[str]:
    files = {
        "build.gradle.kts": BUILD,
        "settings.gradle.kts": 'rootProject.name = "shop"\n',
        "src/main/java/Shop.java": "import org.springframework.boot.autoconfigure.*;\n" + MAIN.format(field),
        f"{RESOURCES}/application.yml": settings,
    }
    return {item.name for item in only(**files | more).environment if item.required}


@pytest.mark.parametrize(
    ("settings", "field", "expected"),
    [
        ("spring:\n  datasource:\n    url: ${db.url}\n", "", {"DB_URL"}),
        ("spring:\n  datasource:\n    url: ${db.url:jdbc:h2:mem:x}\n", "", set()),
        ("a:\n  b: ${c.d-e}\nc:\n  d-e: 1\n", "", set()),
        ("a: ${user.dir}/x\nb: ${random.uuid}\n", "", set()),
        ("a: ${file.encoding}${file.separator}${os.name}\nb: ${user.timezone}${env.HOME}\n", "", set()),
        ("a: ${project.version}${project.build.directory}\nb: ${local.server.port}\n", "", set()),
        ("a: ${file.upload-dir}\n", "", {"FILE_UPLOAD_DIR"}),
        ("a: ${user.pool.size}${project.token}${local.path}\n", "", {"USER_POOL_SIZE", "PROJECT_TOKEN", "LOCAL_PATH"}),
        ("", '@Value("${env.label}") String key;', {"ENV_LABEL"}),
        ("", '@Value("${map.key}") String key;', {"MAP_KEY"}),
        ("", '@Value("${TOKEN}") String token;', {"TOKEN"}),
        ("", '@Value("${map.key:none}") String key;', set()),
        ("", '// @Value("${map.key}") String key;', set()),
        ("map:\n  key: 1\n", '@Value("${map.key}") String key;', set()),
        ("map:\n  key: [1, 2]\n", '@Value("${map.key}") String key;', set()),
        ("", '@Profile("x") @Value("${map.key}") String key;', set()),
        ("spring:\n  cloud:\n    config:\n      uri: http://x\n", '@Value("${map.key}") String key;', set()),
        ("spring:\n  config:\n    import: 'vault://'\n", '@Value("${map.key}") String key;', set()),
    ],
)
def test_a_key_without_a_value_is_a_variable_that_must_be_set(settings: str, field: str, expected: set[str]) -> None:
    assert required(settings, field) == expected


def test_a_file_of_a_profile_or_of_another_name_gives_a_value_too() -> None:
    field = '@Value("${map.key}") String key;'
    assert required("", field, **{f"{RESOURCES}/application-dev.properties": "map.key=1\n"}) == set()
    assert required("", field, **{f"{RESOURCES}/keys.properties": "map.key=1\n"}) == set()


def test_the_address_of_the_database_is_given_by_such_a_variable() -> None:
    files = {
        "build.gradle.kts": BUILD,
        "settings.gradle.kts": 'rootProject.name = "shop"\n',
        "src/main/java/Shop.java": MAIN.format(""),
        f"{RESOURCES}/application.yml": "spring:\n  datasource:\n    url: ${db.url}\n",
    }
    spec = only(**files)
    assert ("DB_URL", "mysql") in {(item.variable, item.service) for item in spec.connections}


@pytest.mark.parametrize(
    ("url", "dependency", "told"),
    [
        ("jdbc:sqlserver://db:1433;databaseName=x", "", True),
        ("${DB:jdbc:sqlserver://db:1433}", "", True),
        ("jdbc:sqlserver://db:1433", 'runtimeOnly("com.microsoft.sqlserver:mssql-jdbc")', False),
        ("jdbc:sqlserver://db:1433", 'implementation("org.example:sqlserver-starter")', False),
        ("jdbc:mysql://db/x", "", False),
        ("jdbc:unheard://db/x", "", False),
        ("${DB}", "", False),
    ],
)
def test_an_address_without_the_driver_of_its_database(url: str, dependency: str, told: bool) -> None:
    starter = 'implementation("org.springframework.boot:spring-boot-starter-data-jpa")'
    build = BUILD.replace("dependencies {", f"dependencies {{\n  {starter}\n  {dependency}")
    files = {
        "build.gradle.kts": build,
        "settings.gradle.kts": 'rootProject.name = "shop"\n',
        "src/main/java/Shop.java": MAIN.format(""),
        f"{RESOURCES}/application.properties": f"spring.datasource.url={url}\n",
    }
    (service,) = inspect(files).services
    assert any("no dependency brings the JDBC driver" in note.text for note in service.notes) is told


PROD = "spring:\n  config:\n    activate:\n      on-profile: live\n  datasource:\n    url: {}\n"
HERE = "spring:\n  profiles:\n    active: {}\n  datasource:\n    url: jdbc:h2:mem:x\n---\nkey: ${{KEY:plain}}\n---\n"


@pytest.mark.parametrize(
    ("settings", "file", "text", "given"),
    [
        # A developer's profile is active; production's has the database that compose starts.
        (HERE.format("dev"), "application-prod.yml", "spring.datasource.url: jdbc:mysql://db/x\nk: ${KEY}\n", "prod"),
        (HERE.format("dev"), "application-prod.yml", "spring.datasource.url: jdbc:oracle:thin:@db/x\n", None),
        (HERE.format("dev"), "application-prod.yml", "a: b\n", None),
        (HERE.format("prod"), "application-prod.yml", "spring.datasource.url: jdbc:mysql://db/x\n", None),
        # What is active leads there too.
        (
            HERE.replace("h2:mem:x", "mysql://localhost/x").format("dev"),
            "application-prod.yml",
            "spring.datasource.url: jdbc:mysql://db/x\n",
            None,
        ),
        # None is active, and one alone has a database.
        ("a: b\n", "application-store.yml", "spring.datasource.url: ${DB_URL:jdbc:mysql://db/x}\n", "store"),
        ("a: b\n", "application-store.yml", "spring.datasource.url: ${DB_URL}\n", "store"),
        ("a: b\n---\n" + PROD.format("jdbc:mysql://db/x"), "application-x.yml", "a: b\n", "live"),
        ("a: b\n---\n" + PROD.format("jdbc:mysql://db/x"), "application-x.yml", "spring.datasource.url: x\n", None),
        ("spring.datasource.url: jdbc:mysql://db/x\n", "application-x.yml", "spring.datasource.url: x\n", None),
        ("spring.profiles.active: ${P:x}\n", "application-x.yml", "spring.datasource.url: jdbc:mysql://db/x\n", None),
    ],
)
def test_compose_sets_the_profile_that_leads_to_its_database(
    settings: str, file: str, text: str, given: str | None
) -> None:
    files = {
        "build.gradle.kts": BUILD,
        "settings.gradle.kts": 'rootProject.name = "shop"\n',
        "src/main/java/Shop.java": MAIN.format(""),
        f"{RESOURCES}/application.yml": settings,
        f"{RESOURCES}/{file}": text,
    }
    spec = only(**files)
    found = {item.variable: item.form for item in spec.connections}
    assert found.get("SPRING_PROFILES_ACTIVE") == given
    # What the profile does not give itself has to come from outside, whatever the others have.
    assert ("KEY" in {item.name for item in spec.environment if item.required}) is ("${KEY}" in text)
    assert ("DB_URL" in found) is ("DB_URL" in text)
