"""What the developers' compose file has a database run on its first start is mounted into the generated one as well."""

from typing import Any

import pytest
import yaml

import genfile

FLASK = {
    "requirements.txt": "flask\ngunicorn\npsycopg\n",
    "app.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\nURL = os.environ['DATABASE_URL']\n",
}
DATA = "postgres-data:/var/lib/postgresql"


def database(volumes: list[Any], image: str = "postgres:16", **more: str) -> list[str]:
    """The volumes of the database in the compose.yaml that is made."""
    theirs = {"services": {"web": {"build": "."}, "store": {"image": image, "volumes": volumes}}}
    files = {
        **FLASK,
        "docker-compose.yml": yaml.safe_dump(theirs),
        "db/schema.sql": "insert into a values (1);\n",
        **more,
    }
    made = yaml.safe_load(genfile.generate(files, compose=True).files["compose.yaml"])
    found: list[str] = made["services"]["postgres"]["volumes"]
    return found


@pytest.mark.parametrize(
    ("volume", "mounted"),
    [
        (
            "./db/schema.sql:/docker-entrypoint-initdb.d/1.sql",
            "./db/schema.sql:/docker-entrypoint-initdb.d/1.sql:ro",
        ),
        ("./db:/docker-entrypoint-initdb.d:ro", "./db:/docker-entrypoint-initdb.d:ro"),
        (
            {"type": "bind", "source": "./db", "target": "/docker-entrypoint-initdb.d"},
            "./db:/docker-entrypoint-initdb.d:ro",
        ),
        ("./missing.sql:/docker-entrypoint-initdb.d/1.sql", None),
        ("../db:/docker-entrypoint-initdb.d", None),
        ("./db:/somewhere", None),
        ("db:/docker-entrypoint-initdb.d", None),
    ],
)
def test_what_a_database_runs_first(volume: Any, mounted: str | None) -> None:
    assert database(["data:/var/lib/postgresql/data", volume]) == [DATA, *([mounted] if mounted else [])]


def test_only_the_database_of_the_service() -> None:
    volumes = ["./db:/docker-entrypoint-initdb.d"]
    assert database(volumes, image="mysql:8") == [DATA]
    assert database(volumes, image="docker.io/library/postgres:16") == [DATA, "./db:/docker-entrypoint-initdb.d:ro"]


TABLE = "create table visits (id int primary key);\n"
MINE = TABLE.replace("visits", "`visits`")


def lone(driver: str = "psycopg", **files: str) -> tuple[list[str], str]:
    """What the database gets besides its data, and what is noted, without a compose file."""
    tree = {**FLASK, "requirements.txt": f"flask\ngunicorn\n{driver}\n", **files}
    made = genfile.generate(tree, compose=True)
    services = yaml.safe_load(made.files["compose.yaml"])["services"]
    (service,) = (item for name, item in services.items() if name in ("postgres", "mysql"))
    return service["volumes"][1:], " ".join(note.text for note in made.notes)


@pytest.mark.parametrize(
    ("driver", "files", "mounted"),
    [
        ("psycopg", {"db/schema.sql": TABLE}, "db/schema.sql"),
        ("psycopg", {"db/schema.sql": TABLE, "db/data.sql": "insert into visits values (1);\n"}, "db/schema.sql"),
        ("psycopg", {"db/a.sql": TABLE, "db/b.sql": TABLE}, None),
        ("pymysql", {"tables.sql": MINE}, "tables.sql"),
        # Of another kind of database.
        ("psycopg", {"db/schema.sql": MINE}, None),
        ("pymysql", {"db/schema.sql": TABLE.replace("int", "serial")}, None),
        ("psycopg", {"db/schema.sql": TABLE.replace("primary key", "primary key autoincrement")}, None),
        # A tool runs them, or the program does.
        ("psycopg", {"migrations/1.sql": TABLE}, None),
        ("psycopg", {"db/schema.sql": TABLE, "make.py": "run(open('db/schema.sql').read())\n"}, None),
        ("psycopg", {"db/schema.sql": TABLE, "make.py": "run('CREATE TABLE visits (id int)')\n"}, None),
        ("psycopg", {"db/schema.sql": TABLE, "Procfile": "web: gunicorn app:app\nrelease: python make.py\n"}, None),
        ("psycopg", {"tests/schema.sql": TABLE}, None),
    ],
)
def test_the_one_file_that_creates_the_tables(driver: str, files: dict[str, str], mounted: str | None) -> None:
    volumes, notes = lone(driver, **files)
    name = (mounted or "").rpartition("/")[2]
    assert volumes == ([f"./{mounted}:/docker-entrypoint-initdb.d/{name}:ro"] if mounted else [])
    assert "creates the tables" not in notes


@pytest.mark.parametrize(
    ("driver", "text"),
    [
        ("psycopg", f"create database shop;\n{TABLE}"),
        ("psycopg", f"{TABLE}alter table visits owner to me;\n"),
        ("psycopg", f"\\connect shop\n{TABLE}"),
        ("pymysql", f"create database shop;\nuse shop;\n{MINE}"),
    ],
)
def test_a_file_that_the_new_server_can_not_run(driver: str, text: str) -> None:
    volumes, notes = lone(driver, **{"db/schema.sql": text})
    assert volumes == []
    assert "db/schema.sql: nothing creates the tables in this file; run it once against" in notes


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (MINE, "app"),
        (f"use shop;\n{MINE}", "shop"),
        (f"create database if not exists `shop`;\n{MINE}", "shop"),
        (f"DROP DATABASE IF EXISTS shop;\nCREATE DATABASE shop;\nUSE shop;\n{MINE}", "shop"),
        (f"use mysql;\n{MINE}", "app"),
    ],
)
@pytest.mark.parametrize("mounted", [True, False])
def test_the_database_that_a_script_of_mysql_uses(text: str, name: str, mounted: bool) -> None:
    files = {**FLASK, "requirements.txt": "flask\ngunicorn\npymysql\n", "db/shop.sql": text}
    if mounted:
        theirs = {"image": "mysql:8", "volumes": ["./db/shop.sql:/docker-entrypoint-initdb.d/1.sql"]}
        files |= {"docker-compose.yml": yaml.safe_dump({"services": {"web": {"build": "."}, "store": theirs}})}
    services = yaml.safe_load(genfile.generate(files, compose=True).files["compose.yaml"])["services"]
    store = services.pop("mysql")
    (web,) = services.values()
    assert store["environment"]["MYSQL_DATABASE"] == name
    assert web["environment"]["DATABASE_URL"].endswith(f"/{name}")
    assert any("initdb.d" in item for item in store["volumes"])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"migrations/1_visits.up.sql": TABLE, "migrations/1_visits.down.sql": "drop table visits;\n"}, True),
        ({"db/migrations/1.sql": f"-- +goose Up\n{TABLE}-- +goose Down\n"}, True),
        ({"db/migrations/1.sql": f"-- migrate:up\n{TABLE}"}, True),
        # The program runs them itself, or a release command does.
        (
            {"migrations/1.up.sql": TABLE, "store.py": "for path in Path('migrations').glob('*.up.sql'): run(path)\n"},
            False,
        ),
        ({"migrations/1.up.sql": TABLE, "Procfile": "web: gunicorn app:app\nrelease: python migrate.py\n"}, False),
        ({"examples/migrations/1.up.sql": TABLE}, False),
        ({"queries/visits.sql": "select * from visits;\n"}, False),
    ],
)
def test_migrations_that_nothing_in_the_image_runs_are_told_of(more: dict[str, str], told: bool) -> None:
    files = {**FLASK, "migrate.py": "print('done')\n", **more}
    (service,) = genfile.inspect(files).services
    assert any("nothing in the image runs these migrations" in note.text for note in service.notes) == told
