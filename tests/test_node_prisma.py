"""Prisma 7: its client has no engine, so the image needs less than before."""

import pytest

from genfile.spec.node import NodeService
from tests.test_traps import LISTEN, only, package

SOURCE = 'datasource db {\n  provider = "postgresql"\n%s}\n'
CLIENT = 'generator client {\n  provider = "prisma-client"\n  output = "%s"\n}\n'
LOCK = "lockfileVersion: '9.0'\n\npackages:\n\n  '@prisma/client@%s':\n    resolution: {}\n"


def spec(version: str, url: str = "", output: str = "../src/generated", **files: str) -> NodeService:
    manifest = package(
        scripts={"build": "prisma generate && tsc", "start": "node dist/main.js"},
        dependencies={"@prisma/client": f"^{version}", "express": "5.0.0"},
        devDependencies={"prisma": f"^{version}", "typescript": "5.9.2"},
    )
    tree = {
        "package.json": manifest,
        "pnpm-lock.yaml": LOCK % version,
        "tsconfig.json": '{"compilerOptions": {"outDir": "dist", "rootDir": "src"}, "include": ["src"]}',
        "src/main.ts": LISTEN,
        "prisma/schema.prisma": SOURCE % url + CLIENT % output,
        **files,
    }
    found = only(**tree)
    assert isinstance(found, NodeService)
    return found


def given(found: NodeService) -> list[str]:
    return [item.name for item in found.environment if item.phase == "build" and item.value]


def test_no_engine_needs_neither_openssl_nor_the_schema_nor_an_address() -> None:
    found = spec("7.2.0")
    assert "openssl" not in found.system_packages.run
    assert "prisma" not in found.run_paths
    assert "DATABASE_URL" not in given(found)


def test_an_engine_needs_them() -> None:
    found = spec("6.8.0")
    assert "openssl" in found.system_packages.run
    assert "prisma" in found.run_paths
    assert "DATABASE_URL" in given(found)


@pytest.mark.parametrize(
    ("url", "files"),
    [
        ('  url = env("DATABASE_URL")\n', {}),
        ("", {"prisma.config.ts": "import { env } from 'prisma/config'; export default { url: env('DATABASE_URL') }"}),
    ],
)
def test_an_address_where_the_schema_or_the_settings_ask_for_one(url: str, files: dict[str, str]) -> None:
    assert "DATABASE_URL" in given(spec("7.2.0", url, **files))


def test_migrations_at_release_need_openssl_and_the_schema() -> None:
    found = spec("7.2.0", **{"prisma/migrations/1/migration.sql": ""})
    assert found.release
    assert "openssl" in found.system_packages.run
    assert "prisma" in found.run_paths


def test_a_client_or_other_files_in_the_folder_of_the_schema_stay() -> None:
    assert "prisma" in spec("7.2.0", output="./generated").run_paths
    assert "prisma" in spec("7.2.0", **{"prisma/seed.json": "{}"}).run_paths
