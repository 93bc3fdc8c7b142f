"""A database that the manifest alone declares is no part of the compose file."""

import pytest

import genfile
from tests.test_traps import EXPRESS, GO_MOD, GO_SERVER, LISTEN, only, package
from tests.test_traps import FASTAPI as API


def node(code: str = "", driver: str = "pg", **more: str) -> tuple[str, ...]:
    manifest = package(dependencies={**EXPRESS, driver: "1.0.0"}, scripts={"start": "node index.js"})
    found: tuple[str, ...] = only(
        **{"package.json": manifest, "index.js": f"{LISTEN}\n{code}", **more}
    ).backing_services
    return found


@pytest.mark.parametrize("driver", ["pg", "mysql2", "mongodb", "ioredis"])
def test_driver_that_nothing_uses(driver: str) -> None:
    assert node(driver=driver) == ()
    # Nor do words that only contain its name, the manager's own files, or prose.
    more = {
        "README.md": f"Uses {driver} later.\n",
        "package-lock.json": f'{{"packages": {{"node_modules/{driver}": {{}}}}}}',
    }
    assert node("const jpg = 1", driver=driver, **more) == ()


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("const { Pool } = require('pg')", {}),
        # What an object mapper is told.
        ("new DataSource({ type: 'postgres' })", {}),
        ("", {"config/database.json": '{"client": "postgres"}'}),
        ("", {"ormconfig.yml": "type: postgres\n"}),
        # In another part of the program, or in the developers' own containers.
        ("", {"lib/store.js": "module.exports = process.env.DATABASE_URL"}),
        ("", {"docker-compose.yml": "services:\n  store:\n    image: postgres:17\n"}),
        ("", {".env.example": "DATABASE_URL=\n"}),
        # A word for any database of SQL.
        ("const db = connect()", {}),
    ],
)
def test_driver_that_something_uses(code: str, more: dict[str, str]) -> None:
    assert node(code, **more) == ("postgres",)


def test_driver_of_python_and_go() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\npsycopg\n", "main.py": API}
    assert only(**files).backing_services == ()
    assert only(**{**files, "main.py": f"import psycopg\n{API}"}).backing_services == ("postgres",)
    # Celery reads its broker's address by itself.
    worker = {**files, "requirements.txt": "fastapi\nuvicorn\ncelery[redis]\n"}
    assert only(**worker).backing_services == ("redis",)
    # Migrations are of a database.
    migrates = {"requirements.txt": "fastapi\nuvicorn\npsycopg\nalembic\n", "main.py": API}
    migrates["Procfile"] = "web: uvicorn main:app\nrelease: alembic upgrade head\n"
    assert only(**migrates).backing_services == ("postgres",)
    module = {"go.mod": f"{GO_MOD}\nrequire github.com/lib/pq v1.10.9\n", "main.go": GO_SERVER}
    assert only(**module).backing_services == ()
    used = GO_SERVER.replace('import "net/http"', 'import (\n"net/http"\n_ "github.com/lib/pq"\n)')
    assert only(**{**module, "main.go": used}).backing_services == ("postgres",)


# An embedded database takes the place of one of SQL alone: a health check asks Redis, whether the code does or not.
@pytest.mark.parametrize(("embedded", "wanted"), [(True, ("redis",)), (False, ("postgres", "redis"))])
def test_spring_starts_an_embedded_database_by_itself(embedded: bool, wanted: tuple[str, ...]) -> None:
    drivers = ["org.postgresql:postgresql", *(["com.h2database:h2"] if embedded else [])]
    listed = "".join(f'    runtimeOnly("{name}")\n' for name in drivers)
    build = f"""plugins {{
    java
    id("org.springframework.boot") version "4.0.0"
    id("io.spring.dependency-management") version "1.1.7"
}}
dependencies {{
    implementation("org.springframework.boot:spring-boot-starter-web")
    implementation("org.springframework.boot:spring-boot-starter-data-jpa")
    implementation("org.springframework.boot:spring-boot-starter-data-redis")
{listed}}}
"""
    main = """package shop;
import org.springframework.boot.SpringApplication;
@SpringBootApplication
public class Shop { public static void main(String[] a) { SpringApplication.run(Shop.class, a); } }
"""
    files = {"build.gradle.kts": build, "settings.gradle.kts": 'rootProject.name = "shop"\n'}
    assert only(**files, **{"src/main/java/shop/Shop.java": main}).backing_services == wanted


def test_only_text_is_read_for_words() -> None:
    manifest = package(dependencies={**EXPRESS, "pg": "1.0.0"}, scripts={"start": "node index.js"})
    files = {"package.json": manifest.encode(), "index.js": LISTEN.encode(), "logo.png": b"\x89PNG\xff"}
    found = genfile.inspect(files)
    assert not [note.text for note in found.notes if "UTF-8" in note.text]
