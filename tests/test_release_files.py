"""What a release command needs: its files, its folder and something to do, or there is no such command."""

from typing import Any

import yaml

import genfile
from tests.test_traps import EXPRESS, inspect, only, package

SCHEMA = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\ngenerator client {}\n'
NEXT = {
    "package.json": package(
        dependencies={"next": "15.0.0", "react": "19.0.0", "@prisma/client": "6.0.0", "prisma": "6.0.0"},
        scripts={"build": "next build", "start": "next start"},
    ),
    "app/page.js": "export default () => null",
    "prisma/schema.prisma": SCHEMA,
    "prisma/migrations/1/migration.sql": "SELECT 1;",
}
# Pages that are made again at run time.
AGAIN = {"app/page.js": "export const revalidate = 60; export default () => null"}
API = {"requirements.txt": "fastapi\nuvicorn\nalembic\n", "main.py": "import fastapi\napp = fastapi.FastAPI()\n"}
INI = "[alembic]\nscript_location = %(here)s/steps\n"


def services(files: dict[str, str]) -> dict[str, Any]:
    made = genfile.generate(files, compose=True)
    found: dict[str, Any] = yaml.safe_load(made.files["compose.yaml"])["services"]
    return found


def warnings(files: dict[str, str]) -> str:
    (service,) = inspect(**files).services
    return "\n".join(note.text for note in service.notes)


def test_the_image_of_a_framework_has_the_migrations() -> None:
    assert "prisma" in only(**NEXT).run_paths


def test_an_output_that_the_program_changes_holds_no_database() -> None:
    made = genfile.generate(NEXT | AGAIN, compose=True)
    text = made.files["compose.yaml"]
    assert "database is a file" not in text
    (job,) = (entry for name, entry in yaml.safe_load(text)["services"].items() if name.endswith("-release"))
    assert job["command"][1:] == ["migrate", "deploy"]


def test_a_migration_that_is_not_there_is_left_out() -> None:
    manifest = package(
        dependencies=EXPRESS,
        devDependencies={"tsx": "4.0.0"},
        scripts={"start": "node server.js", "db:migrate": "tsx db/migrate.ts"},
    )
    files = {"package.json": manifest, "server.js": "require('express')().listen(3000)"}
    spec = only(**files)
    assert (spec.release, spec.dependencies_at_run) == (None, "production")
    assert "db/migrate.ts is not in the project" in warnings(files)
    assert only(**files, **{"db/migrate.ts": ""}).release[-1] == "db/migrate.ts"


def test_a_migration_that_no_build_makes_is_left_out() -> None:
    manifest = package(dependencies=EXPRESS, scripts={"start": "node server.js", "db:migrate": "node made/migrate.js"})
    files = {"package.json": manifest, "server.js": "require('express')().listen(3000)"}
    made = genfile.generate(files, compose=True)
    ((item, _),) = made.services
    assert item.spec.release is None
    assert "/release" not in item.facts
    (note,) = (note.text for note in item.notes if "release" in note.text)
    assert note.endswith("/app/made/migrate.js is not in the image; genfile leaves it out")
    assert len(services(files)) == 1
    assert services(files | {"made/migrate.js": ""}).keys() > services(files).keys()


def test_the_configuration_of_another_member_names_its_own_folders() -> None:
    files = {
        "package.json": package(workspaces=["apps/*", "libs/*"]),
        "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
        "apps/api/package.json": package(
            name="api", dependencies={**EXPRESS, "store": "*"}, scripts={"start": "node server.js"}
        ),
        "apps/api/server.js": "require('store'); require('express')().listen(3000)",
        "libs/store/package.json": package(
            name="store", main="index.js", dependencies={"@prisma/client": "6.8.0", "prisma": "6.8.0"}
        ),
        "libs/store/index.js": "",
        "libs/store/prisma.config.ts": "export default { schema: 'prisma/parts' }",
        "libs/store/prisma/parts/schema.prisma": SCHEMA,
        "libs/store/prisma/migrations/1/migration.sql": "SELECT 1;",
    }
    assert only(**files).release[1:] == ("migrate", "deploy", "--config=../../libs/store/prisma.config.ts")


def test_without_a_revision_there_is_nothing_to_upgrade_to() -> None:
    files = {**API, "alembic.ini": INI, "steps/env.py": "", "steps/script.py.mako": ""}
    assert only(**files).release is None
    assert only(**files, **{"steps/versions/1.py": ""}).release == ("alembic", "upgrade", "head")
    elsewhere = {**files, "alembic.ini": f"{INI}version_locations = other\n"}
    assert only(**elsewhere).release == ("alembic", "upgrade", "head")


MEDUSA = {
    "package.json": package(
        dependencies={"@medusajs/medusa": "2.8.0", "@medusajs/framework": "2.8.0", "@medusajs/cli": "2.8.0"},
        scripts={"build": "medusa build", "start": "medusa start", "dev": "medusa develop"},
    ),
    "medusa-config.ts": "import { defineConfig } from '@medusajs/framework/utils'\n"
    "module.exports = defineConfig({ projectConfig: { databaseUrl: process.env.DATABASE_URL, http: {\n"
    "  jwtSecret: process.env.JWT_SECRET || 'supersecret' } } })\n",
}


def test_medusa_is_migrated_before_it_starts() -> None:
    found = services(MEDUSA)
    job = ["env", "--chdir=.medusa/server", "medusa", "db:migrate"]
    assert found["x-release"]["command"] == job
    assert found["x"]["depends_on"]["x-release"] == {"condition": "service_completed_successfully"}
    assert found["x"]["environment"]["DATABASE_URL"].endswith("@postgres:5432/app?ssl_mode=disable")
    assert "redis" not in found
    spec = only(**MEDUSA)
    assert spec.health is not None
    assert spec.health.path == "/health"


def test_medusa_gets_the_redis_that_its_configuration_names() -> None:
    config = MEDUSA["medusa-config.ts"].replace("http:", "redisUrl: process.env.REDIS_URL, http:")
    found = services({**MEDUSA, "medusa-config.ts": config})
    assert found["x"]["environment"]["REDIS_URL"] == "redis://redis:6379/0"
    assert found["x"]["depends_on"].keys() == {"postgres", "redis", "x-release"}


def test_a_release_command_of_medusas_own_scripts_comes_first() -> None:
    scripts = {"build": "medusa build", "start": "medusa start", "db:migrate": "medusa db:migrate --all-or-nothing"}
    manifest = package(dependencies={"@medusajs/medusa": "2.8.0", "@medusajs/framework": "2.8.0"}, scripts=scripts)
    assert only(**{**MEDUSA, "package.json": manifest}).release[-1] == "--all-or-nothing"
