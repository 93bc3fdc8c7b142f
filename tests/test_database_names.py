"""What compose calls a database: as the project does."""

import json

import pytest
import yaml

import genfile
from tests.test_connections import FLASK, python
from tests.test_traps import LISTEN

CONNECTS = 'import psycopg\nc = psycopg.connect(host=os.environ["DB_HOST"], dbname="shop")'


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ('n = os.getenv("DB_NAME", "shop")', "shop"),
        ('u = os.getenv("DATABASE_URL", "postgresql://me:x@db/shop?sslmode=disable")', "shop"),
        ('u = os.getenv("DATABASE_URL", "host=db user=me dbname=shop")', "shop"),
        (CONNECTS, "shop"),
        # A literal wins over what a variable may be.
        (f'n = os.getenv("DB_NAME", "x")\n{CONNECTS}', "shop"),
        ('import psycopg\nc = psycopg.connect(host="10.0.0.7", dbname="shop")\nu = os.environ["DB_HOST"]', "app"),
        ('n = os.getenv("DB_NAME", "template1")', "app"),
        ('n = os.getenv("DB_NAME", "my shop")', "app"),
        ('u = os.getenv("DATABASE_URL", "sqlite:///shop.db")', "app"),
        ('u = os.environ["DATABASE_URL"]', "app"),
    ],
)  # fmt: skip
def test_the_database_is_called_as_the_project_calls_it(code: str, name: str) -> None:
    files = {"requirements.txt": "flask\ngunicorn\npsycopg\n", "app.py": f"import os\n{FLASK}{code}\n"}
    text = genfile.generate(files, compose=True).files["compose.yaml"]
    server = yaml.safe_load(text)["services"]["postgres"]
    assert server["environment"]["POSTGRES_DB"] == name
    assert server["healthcheck"]["test"][-1] == f"--dbname={name}"


def test_the_name_of_the_code_before_one_of_an_example() -> None:
    code = 'u = os.getenv("DATABASE_URL", "postgresql://me@db/shop")'
    example = {".env.example": "DATABASE_URL=postgresql://me@db/other\nDB_NAME=other\n"}
    assert python(code, "psycopg", **example)["DATABASE_URL"].endswith("/shop")
    assert python('u = os.environ["DATABASE_URL"]', "psycopg", **example)["DATABASE_URL"].endswith("/other")


@pytest.mark.parametrize(
    "code",
    [
        "new Pool({ host: process.env.DB_HOST, database: 'shop' });",
        "new Sequelize('shop', 'me', process.env.DB_PASSWORD, { host: process.env.DB_HOST, dialect: 'postgres' });",
        "require('knex')({ client: 'pg', connection: { host: process.env.DB_HOST, database: 'shop' } });",
    ],
)
def test_a_name_that_a_client_of_node_is_created_with(code: str) -> None:
    manifest = {"name": "x", "scripts": {"start": "node x.js"}, "dependencies": {"express": "5", "pg": "8"}}
    code = f'const {{ Pool }} = require("pg"), {{ Sequelize }} = require("sequelize");\n{code}\n{LISTEN}'
    (service,) = genfile.inspect({"package.json": json.dumps(manifest), "x.js": code}).services
    assert service.spec.databases == {"postgres": "shop"}


def test_services_that_disagree_on_a_name() -> None:
    code = "import os\n{}n = os.getenv('DATABASE_URL', 'postgresql://me@db/{}')\n"
    for names, expected in ((("a", "b"), "app"), (("a", "a"), "a")):
        files = {
            f"{folder}/{path}": text
            for folder, name in zip(("one", "two"), names, strict=True)
            for path, text in {
                "requirements.txt": "flask\ngunicorn\npsycopg\n",
                "app.py": code.format(FLASK, name),
            }.items()
        }
        services = yaml.safe_load(genfile.generate(files, compose=True).files["compose.yaml"])["services"]
        assert services["postgres"]["environment"]["POSTGRES_DB"] == expected
        assert services["one"]["environment"]["DATABASE_URL"].endswith(f"/{expected}")
