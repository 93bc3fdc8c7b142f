"""With an engine: a service that can't start without its databases is proven beside real ones."""

import json
from pathlib import Path

import pytest

from genfile.cli.app import run
from genfile.data import backing_services
from genfile.verify.docker import docker
from tests.conftest import make_images

pytestmark = pytest.mark.build

DATABASES = Path(__file__).parent / "databases"
SERVER = """\
const http = require("node:http");
const { Client } = require("pg");
const { createClient } = require("redis");
async function main() {
  const store = new Client({ connectionString: process.env.DATABASE_URL });
  await store.connect();
  const cache = await createClient({ url: process.env.REDIS_URL }).connect();
  await store.query("create table if not exists visits (at timestamptz)");
  const server = http.createServer(async (request, response) => {
    await store.query("insert into visits values (now())");
    response.end(String(await cache.incr("visits")));
  });
  server.listen(process.env.PORT || 3000);
  process.on("SIGTERM", () => server.close(() => process.exit(0)));
}
main().catch((error) => { console.error(error); process.exit(1); });
"""
PACKAGE = {
    "name": "shop",
    "private": True,
    "engines": {"node": "24"},
    "scripts": {"start": "node server.js"},
    "dependencies": {"pg": "8.16.3", "redis": "5.8.3"},
}


APP = """\
import os
from urllib.parse import urlsplit

import pymysql
from flask import Flask

address = urlsplit(os.environ["DATABASE_URL"])
app = Flask(__name__)


def store():
    return pymysql.connect(
        host=address.hostname, port=address.port, user=address.username, password=address.password,
        database=address.path[1:], autocommit=True,
    )


store().cursor().execute("create table if not exists visits (at timestamp)")


@app.get("/")
def visit():
    cursor = store().cursor()
    cursor.execute("insert into visits values (now())")
    return str(cursor.execute("select * from visits"))
"""

NOTES = """\
const http = require("node:http");
const { MongoClient } = require("mongodb");
async function main() {
  const client = await new MongoClient(process.env.MONGODB_URI).connect();
  const visits = client.db().collection("visits");
  await visits.createIndex({ at: 1 });
  const server = http.createServer(async (request, response) => {
    await visits.insertOne({ at: new Date() });
    response.end(String(await visits.countDocuments()));
  });
  server.listen(process.env.PORT || 3000);
  process.on("SIGTERM", () => server.close(() => process.exit(0)));
}
main().catch((error) => { console.error(error); process.exit(1); });
"""


def databases(stand_ins: str | None, *names: str) -> None:
    """An engine that reaches no registry gets stand-ins of the images that genfile names."""
    if stand_ins is None:
        return
    for name in names:
        file = DATABASES / f"{name}.Dockerfile"
        make_images(stand_ins, file.read_text("utf-8"))
        tag = backing_services()[name].image
        done = docker("build", "--tag", tag, "--file", str(file), str(DATABASES), timeout=900)
        assert done.ok, done.output


def flags(stand_ins: str | None) -> list[str]:
    return [] if stand_ins is None else ["--no-syntax", "--prepare", f"{stand_ins} images"]


def test_postgres_and_redis_run_beside_the_service(
    tmp_path: Path, engine: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    databases(engine, "postgres", "redis")
    (tmp_path / "package.json").write_text(json.dumps(PACKAGE))
    (tmp_path / "server.js").write_text(SERVER)
    given = flags(engine)
    assert run(["verify", str(tmp_path), "--json", "--quick", *given]) == 0
    (service,) = json.loads(capsys.readouterr().out)["services"]
    (beside,) = [gate["detail"] for gate in service["gates"] if gate["name"] == "beside"]
    assert "postgres:" in beside
    assert "redis:" in beside
    assert "DATABASE_URL" in beside
    assert run(["verify", str(tmp_path), "--json", "--quick", "--no-databases", *given]) == 1
    (without,) = json.loads(capsys.readouterr().out)["services"]
    assert without["diagnosis"]["id"] == "database"


def test_mysql_runs_beside_the_service(tmp_path: Path, engine: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    databases(engine, "mysql")
    (tmp_path / "requirements.txt").write_text("flask==3.1.2\ngunicorn==23.0.0\npymysql==1.1.2\n")
    (tmp_path / ".python-version").write_text("3.13\n")
    (tmp_path / "app.py").write_text(APP)
    assert run(["verify", str(tmp_path), "--json", "--quick", *flags(engine)]) == 0
    (service,) = json.loads(capsys.readouterr().out)["services"]
    assert any(gate["name"] == "beside" and "mysql:" in gate["detail"] for gate in service["gates"])


def test_mongodb_runs_beside_the_service(
    tmp_path: Path, engine: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    databases(engine, "mongodb")
    package = PACKAGE | {"name": "notes", "dependencies": {"mongodb": "6.20.0"}}
    (tmp_path / "package.json").write_text(json.dumps(package))
    (tmp_path / "server.js").write_text(NOTES)
    assert run(["verify", str(tmp_path), "--json", "--quick", *flags(engine)]) == 0
    (service,) = json.loads(capsys.readouterr().out)["services"]
    assert any(gate["name"] == "beside" and "mongo:" in gate["detail"] for gate in service["gates"])


def test_a_starter_is_migrated_beside_its_database_with_a_secret_of_its_own(
    tmp_path: Path, engine: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    databases(engine, "postgres")
    folder = tmp_path / "shop"
    assert run(["new", "python-django", str(folder), "--defaults"]) == 0
    capsys.readouterr()
    assert run(["verify", str(folder), "--json", "--quick", *flags(engine)]) == 0
    (service,) = json.loads(capsys.readouterr().out)["services"]
    gates = {gate["name"]: gate["detail"] for gate in service["gates"]}
    assert list(gates) == ["build", "beside", "release", "start", "answer", "stop"]
    assert gates["release"] == "python manage.py migrate --noinput done"
    assert gates["start"].endswith("; SECRET_KEY made up")
