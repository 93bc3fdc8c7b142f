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
    files = {**FLASK, "docker-compose.yml": yaml.safe_dump(theirs), "db/schema.sql": "create table a ();\n", **more}
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
