"""Commands that run once for each release: where they are found, and what they need in the image."""

import json
from typing import Any

import pytest

from tests.test_traps import EXPRESS, inspect, only, package

LISTEN = "require('express')().listen(3000)"
MIGRATION = {"migrations/1.js": "exports.up = () => {};"}


def app(
    *packages: str, dev: tuple[str, ...] = (), scripts: dict[str, str] | None = None, **files: str
) -> dict[str, str]:
    """A server in JavaScript."""
    manifest = package(
        dependencies={**EXPRESS, **dict.fromkeys(packages, "1.0.0")},
        devDependencies=dict.fromkeys(dev, "1.0.0"),
        scripts={"start": "node server.js", **(scripts or {})},
    )
    return {"package.json": manifest, "server.js": LISTEN, **files}


def compiled(*packages: str, dev: tuple[str, ...] = (), scripts: dict[str, str], **files: str) -> dict[str, str]:
    """A server in TypeScript that the compiler writes to dist."""
    manifest = package(
        dependencies={**EXPRESS, **dict.fromkeys(packages, "1.0.0")},
        devDependencies=dict.fromkeys(("typescript", *dev), "1.0.0"),
        scripts={"build": "tsc", "start": "node dist/server.js", **scripts},
    )
    options = {"outDir": "dist", "rootDir": "src", "module": "commonjs"}
    return {
        "package.json": manifest,
        "tsconfig.json": json.dumps({"compilerOptions": options}),
        "src/server.ts": "import express from 'express'; express().listen(3000)",
        **files,
    }


def notes(files: dict[str, str]) -> str:
    found = inspect(**files)
    return "\n".join(note.text for note in (*found.notes, *(note for item in found.services for note in item.notes)))


def program(spec: Any) -> str:
    return " ".join(spec.release or ()).removeprefix("node_modules/.bin/")


@pytest.mark.parametrize(
    ("scripts", "wanted"),
    [
        ({"start": "sequelize-cli db:migrate && node server.js"}, "sequelize-cli db:migrate"),
        ({"start": "npm run up && node server.js", "up": "knex migrate:latest"}, "knex migrate:latest"),
        ({"prestart": "npx knex migrate:latest"}, "knex migrate:latest"),
        ({"start:prod": "knex migrate:latest && node server.js", "start": "nodemon server.js"}, "knex migrate:latest"),
        # What npm passes on to a script.
        ({"start": "npm run pg up && node server.js", "pg": "node-pg-migrate"}, "node-pg-migrate up"),
        ({"start": "knex seed:run && knex migrate:latest && node server.js"}, "knex migrate:latest"),
        # Nothing that changes a schema: a check, seeds, a wait.
        ({"start": "knex seed:run && node server.js"}, ""),
        ({"start": "wait-port 5432 && node server.js"}, ""),
        ({"start": "node check.js && node server.js"}, ""),
        ({"start": "knex migrate:latest && nodemon server.js"}, ""),
    ],
)
def test_the_migration_that_the_start_script_runs_first(scripts: dict[str, str], wanted: str) -> None:
    files = app("sequelize-cli", "knex", "node-pg-migrate", scripts=scripts) | MIGRATION
    spec = only(**files, **{"check.js": ""})
    assert (program(spec), spec.start) == (wanted, ("node", "server.js"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("npx sequelize-cli db:migrate", "sequelize-cli db:migrate"),
        ("node migrate.js", "node migrate.js"),
        ("npm run migrate", "knex migrate:latest"),
    ],
)
def test_the_release_of_a_procfile(text: str, wanted: str) -> None:
    files = app("sequelize-cli", "knex", scripts={"migrate": "knex migrate:latest"}) | MIGRATION
    files |= {"Procfile": f"release: {text}\nweb: node server.js\n", "migrate.js": ""}
    assert program(only(**files)) == wanted


@pytest.mark.parametrize(
    ("packages", "command", "files", "kept"),
    [
        (("knex",), "knex migrate:latest", {"knexfile.js": "module.exports = {}", **MIGRATION}, ["migrations"]),
        (
            ("knex",),
            "knex migrate:latest",
            {"knexfile.js": "module.exports = { migrations: { directory: './db/steps' } }", "db/steps/1.js": ""},
            ["knexfile.js", "db"],
        ),
        (
            ("sequelize", "sequelize-cli"),
            "sequelize-cli db:migrate",
            {
                ".sequelizerc": "const path = require('path');\n"
                "module.exports = { 'migrations-path': path.resolve('db', 'steps') };\n",
                "db/steps/1.js": "",
            },
            [".sequelizerc", "db"],
        ),
        (("sequelize", "sequelize-cli"), "sequelize-cli db:migrate", {**MIGRATION, "models/a.js": ""}, ["migrations"]),
        (("db-migrate",), "db-migrate up", {**MIGRATION, "database.json": "{}"}, ["migrations", "database.json"]),
    ],
)
def test_the_files_of_a_migration_are_in_the_image(
    packages: tuple[str, ...], command: str, files: dict[str, str], kept: list[str]
) -> None:
    spec = only(**compiled(*packages, scripts={"migrate": command}), **files)
    assert program(spec) == command
    assert [name for name in kept if name not in spec.run_paths] == []
    # Without that command, nothing needs the tool's folder of a usual name.
    assert ".sequelizerc" not in only(**compiled(*packages, scripts={}), **files).run_paths


def test_a_loader_that_the_migration_needs_is_in_the_image() -> None:
    files = {"knexfile.ts": "export default {}", "migrations/1.ts": ""}
    scripts = {"migrate": "knex migrate:latest"}
    assert only(**compiled("knex", dev=("ts-node",), scripts=scripts), **files).dependencies_at_run == "all"
    assert only(**compiled("knex", "ts-node", scripts=scripts), **files).dependencies_at_run == "production"
    plain = {"knexfile.js": "module.exports = {}", "migrations/1.js": ""}
    assert only(**compiled("knex", dev=("ts-node",), scripts=scripts), **plain).dependencies_at_run == "production"


def test_typeorm_runs_the_compiled_data_source() -> None:
    scripts = {"migration:run": "typeorm-ts-node-commonjs migration:run -d src/data-source.ts"}
    source = "import { DataSource } from 'typeorm'; export default new DataSource({ migrations: ['%s/steps/*.%s'] })"
    files = compiled("typeorm", dev=("ts-node",), scripts=scripts, **{"src/steps/1.ts": "export class A {}"})
    spec = only(**files, **{"src/data-source.ts": source % ("dist", "js")})
    assert (program(spec), spec.dependencies_at_run) == ("typeorm migration:run -d dist/data-source.js", "production")
    # Its settings name the sources, which only the loader reads.
    spec = only(**files, **{"src/data-source.ts": source % ("src", "ts")})
    assert spec.release[0] == "node_modules/.bin/typeorm-ts-node-commonjs"
    assert (spec.release[-1], spec.dependencies_at_run) == ("src/data-source.ts", "all")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config/config.json", '{"production": {"use_env_variable": "SHOP_URL", "dialect": "postgres"}}'),
        ("config/config.js", "module.exports = { production: { use_env_variable: 'SHOP_URL', dialect: 'postgres' } };"),
    ],
)
def test_the_variable_of_sequelizes_settings(name: str, text: str) -> None:
    spec = only(**app("sequelize", "pg"), **{name: text})
    assert [(item.variable, item.service) for item in spec.connections] == [("SHOP_URL", "postgres")]
    # Another tool's file of that name, or settings for development.
    assert "SHOP_URL" not in str(only(**app("pg"), **{name: text}).connections)
    assert "SHOP_URL" not in str(only(**app("sequelize", "pg"), **{name: text.replace("prod", "dev")}).connections)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("export default defineConfig({ entities: ['./src/entities'] });", True),
        ("const config = { entities: ['src/entities/*.ts'] }; export default config;", True),
        ("export default defineConfig({ entities: ['./dist/entities'], entitiesTs: ['./src/entities'] });", False),
        ("export default defineConfig({ entities: [User] });", False),
    ],
)
def test_the_entities_of_mikro_orm(config: str, told: bool) -> None:
    files = compiled("@mikro-orm/core", "@mikro-orm/postgresql", scripts={})
    files["src/server.ts"] = (
        "import { MikroORM } from '@mikro-orm/core';\nimport config from './mikro-orm.config';\n"
        "import express from 'express';\nMikroORM.init(config); express().listen(3000);\n"
    )
    files["src/mikro-orm.config.ts"] = f"import {{ defineConfig }} from '@mikro-orm/postgresql';\n{config}\n"
    files["src/entities/user.ts"] = "export class User {}"
    text = notes(files)
    assert text.count("entities names the sources") == int(told)
    assert ("such as dist/entities" in text) == told


CLI = "node ./node_modules/typeorm/cli.js"


@pytest.mark.parametrize(
    ("scripts", "wanted"),
    [
        (
            {
                "migration:run": f"ts-node -r tsconfig-paths/register {CLI[5:]} migration:run -d src/data.ts",
                "migration:revert:js": f"{CLI} migration:revert -d dist/data.js",
                "migration:run:js": f"{CLI} migration:run -d ./dist/data.js",
            },
            "typeorm migration:run -d ./dist/data.js",
        ),
        ({"migrate:up:built": "node dist/migrate.js"}, "node dist/migrate.js"),
        ({"migration:run:js": "node node_modules/.bin/typeorm migration:run --dataSource=dist/data.js"},
         "typeorm migration:run --dataSource=dist/data.js"),
        # What goes back, what fills a database, what the build does not make, and a script of another name.
        ({"migration:run:js": f"{CLI} migration:revert -d dist/data.js"}, ""),
        ({"migrate:seed": "node dist/seed.js"}, ""),
        ({"migration:run:js": f"{CLI} migration:run -d other/data.js"}, ""),
        ({"check:js": f"{CLI} migration:run -d dist/data.js"}, ""),
    ],
)  # fmt: skip
def test_a_migration_of_compiled_files_has_a_name_of_its_own(scripts: dict[str, str], wanted: str) -> None:
    sources = {f"src/{name}.ts": "export const a = 1;" for name in ("data", "migrate", "seed")}
    (service,) = inspect(**compiled("typeorm", dev=("ts-node",), scripts=scripts, **sources)).services
    assert program(service.spec) == wanted
