"""A database with an extension that its usual image lacks gets an image that has it."""

import pytest

import genfile
from genfile.api import generate
from tests.test_connections import SERVES

MAIN = SERVES.format('; _ "github.com/lib/pq"', 'os.Getenv("DATABASE_URL")')
GO = {"go.mod": "module x\n\ngo 1.25\n\nrequire github.com/lib/pq v1.10.9\n", "go.sum": "", "main.go": MAIN}
PGVECTOR = "image: pgvector/pgvector:pg18-trixie\n"
POSTGIS = "image: postgis/postgis:18-3.6\n"
USUAL = "image: postgres:18-trixie\n"


def compose(files: dict[str, str]) -> str:
    return generate(files, compose=True).files["compose.yaml"]


@pytest.mark.parametrize(
    ("more", "image"),
    [
        ({}, USUAL),
        ({"migrations/1.up.sql": "-- first\nCREATE EXTENSION IF NOT EXISTS vector;\n"}, PGVECTOR),
        ({"migrations/1.up.sql": 'create extension "postgis";\n'}, POSTGIS),
        ({"store.go": 'package main\n\nconst setup = `CREATE EXTENSION IF NOT EXISTS "vector"`\n'}, PGVECTOR),
        ({"docker-compose.yml": "services: {db: {image: 'pgvector/pgvector:pg16'}}\n"}, PGVECTOR),
        # The usual image has these.
        ({"migrations/1.up.sql": "CREATE EXTENSION IF NOT EXISTS pgcrypto;\nCREATE EXTENSION citext;\n"}, USUAL),
        ({"migrations/1.up.sql": "CREATE EXTENSION IF NOT EXISTS vectorscale;\n"}, USUAL),
        ({"README.md": "Run CREATE EXTENSION vector first.\n"}, USUAL),
    ],
)
def test_what_creates_an_extension_decides_the_image(more: dict[str, str], image: str) -> None:
    assert image in compose({**GO, **more})


@pytest.mark.parametrize(
    ("needs", "image"), [("pgvector==0.4.1", PGVECTOR), ("geoalchemy2==0.18.0", POSTGIS), ("", USUAL)]
)
def test_a_client_of_an_extension_decides_the_image(needs: str, image: str) -> None:
    code = "import os\nfrom fastapi import FastAPI\nimport psycopg\napp = FastAPI()\n"
    code += "psycopg.connect(os.environ['DATABASE_URL'])\n"
    assert image in compose({"requirements.txt": f"fastapi==0.121.0\npsycopg==3.3.0\n{needs}\n", "main.py": code})


def test_two_extensions_that_no_image_has_together_are_told_of() -> None:
    files = {**GO, "migrations/1.up.sql": "CREATE EXTENSION postgis;\nCREATE EXTENSION vector;\n"}
    (service,) = genfile.inspect(files).services
    assert service.spec.extensions == ("postgis", "vector")
    (note,) = [note for note in service.notes if "no image has together" in note.text]
    assert (note.level, note.path, note.line) == ("warning", "migrations/1.up.sql", 2)
    assert POSTGIS in compose(files)
