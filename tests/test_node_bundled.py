"""The source that a bundler packs into the file that is started, and where Vite puts its pages."""

import pytest

from tests.test_node_elsewhere import VITE, paths
from tests.test_node_start import texts
from tests.test_traps import EXPRESS, only, package

SERVER = "import express from 'express';\nexpress().listen(Number(process.env.SERVER_PORT || 6001));\n"
# What a developer's example sets for the front end is nothing that this program listens on.
EXAMPLE = "WEB_PORT=3403\nSERVER_PORT=3405\n"


def port_of(build: str, start: str = "node dist/index.js", **files: str) -> tuple[int | None, str | None]:
    keys = {"type": "module", "dependencies": EXPRESS, "scripts": {"build": build, "start": start}}
    spec = only(**{"package.json": package(**keys), "backend/index.ts": SERVER, ".env.example": EXAMPLE, **files})
    return spec.port, spec.port_variable


@pytest.mark.parametrize(
    ("build", "start"),
    [
        ("vite build && esbuild backend/index.ts --platform=node --bundle --outdir=dist", "node dist/index.js"),
        ("npx esbuild backend/index.ts --bundle --outfile=out/server.cjs", "node out/server.cjs"),
        ("esbuild backend/index.ts other/worker.ts --outdir=dist", "node dist/backend/index.js"),
        ("tsup backend/index.ts --format esm", "node dist/index.js"),
        ("tsup backend/index.ts -d lib", "node lib/index.mjs"),
        ("tsdown backend/index.ts", "node dist/index.mjs"),
        ("ncc build backend/index.ts -o release", "node release/index.js"),
        ("bun build backend/index.ts --target=node --outdir dist", "node dist/index.js"),
        ("vite build && vite build --ssr backend/index.ts --outDir build", "node build/index.js"),
        ("rollup -i backend/index.ts -o build/app.js", "node build/app.js"),
    ],
)
def test_the_entry_of_a_bundlers_command_is_the_program(build: str, start: str) -> None:
    assert port_of(build, start, **{"other/worker.ts": "export {}\n"}) == (6001, "SERVER_PORT")


def test_a_script_that_calls_esbuild_names_the_entry() -> None:
    script = (
        "import { build } from 'esbuild';\nawait build({ entryPoints: ['backend/index.ts'], outfile: 'dist/x.cjs' });\n"
    )
    assert port_of("tsx tools/pack.ts", "node dist/x.cjs", **{"tools/pack.ts": script}) == (6001, "SERVER_PORT")


def test_tsups_configuration_names_the_entry() -> None:
    config = "import { defineConfig } from 'tsup';\nexport default defineConfig({ entry: ['backend/index.ts'] });\n"
    assert port_of("tsup", **{"tsup.config.ts": config}) == (6001, "SERVER_PORT")


@pytest.mark.parametrize(
    "build",
    [
        "esbuild backend/index.ts --outdir=elsewhere",
        "esbuild backend/other.ts --outdir=dist",
        "esbuild ../backend/index.ts --outdir=dist",
        "bun run backend/index.ts",
    ],
)
def test_what_another_output_is_made_of_says_nothing(build: str) -> None:
    assert port_of(build)[1] != "SERVER_PORT"


def vite(out: str, **files: str) -> dict[str, str]:
    config = f"import path from 'path';\nexport default {{ root: 'client', build: {{ outDir: {out} }} }};\n"
    return {
        "pages/package.json": package(**VITE),
        "pages/vite.config.ts": config,
        "pages/client/index.html": "",
        **files,
    }


@pytest.mark.parametrize(
    ("out", "root"),
    [
        ("path.resolve(import.meta.dirname, 'dist/public')", "pages/dist/public"),
        ("path.join(__dirname, 'site')", "pages/site"),
        ("'../site'", "pages/site"),
        ("'site'", "pages/client/site"),
    ],
)
def test_an_output_folder_counts_from_vites_root_unless_it_is_resolved(out: str, root: str) -> None:
    spec = only(**vite(out))
    assert spec.static is not None
    assert spec.static.root == root


SHELL = {"shell/package.json": package(devDependencies={"electron": "40.0.0"}, scripts={"start": "electron ."})}


@pytest.mark.parametrize("out", ["path.resolve(__dirname, '..', 'shell', 'src', 'pages')", "'../../shell/pages'"])
def test_pages_that_a_desktops_program_shows_are_no_service(out: str) -> None:
    tree = vite(out, **SHELL)
    assert paths(**tree) == []
    assert "build.outDir is in shell" in texts(**tree)


def test_pages_that_stay_in_their_own_folder_are_a_service_beside_a_desktops_program() -> None:
    assert paths(**vite("'dist'", **SHELL)) == ["pages"]


def test_two_packages_that_write_into_each_other_are_both_kept() -> None:
    tree = vite("'../../twin/dist'")
    twin = {name.replace("pages/", "twin/"): text for name, text in vite("'../../pages/dist'").items()}
    assert paths(**tree, **twin) == ["pages", "twin"]


@pytest.mark.parametrize(
    ("port", "wanted"),
    [
        ("process.env.API_PORT || process.env.PORT || 3100", (3100, "PORT")),
        ("process.env.WEB_PORT ?? process.env.HTTP_PORT ?? 3100", (3100, "WEB_PORT")),
    ],
)
def test_of_several_variables_the_one_that_platforms_set(port: str, wanted: tuple[int, str]) -> None:
    code = f"require('express')().listen({port})"
    keys = {"dependencies": EXPRESS, "scripts": {"start": "node server.js"}}
    spec = only(**{"package.json": package(**keys), "server.js": code})
    assert (spec.port, spec.port_variable) == wanted


@pytest.mark.parametrize(
    ("provider", "begins"),
    [("sqlite", "file:"), ("mysql", "mysql://"), ("postgresql", "postgresql://"), ("sqlserver", "sqlserver://")],
)
def test_the_address_of_the_build_is_of_the_schemas_own_kind(provider: str, begins: str) -> None:
    schema = f'datasource db {{\n  provider = "{provider}"\n  url = env("DATABASE_URL")\n}}\n'
    keys = {
        "dependencies": {**EXPRESS, "@prisma/client": "6.0.0", "prisma": "6.0.0"},
        "scripts": {"start": "node server.js", "build": "prisma generate"},
    }
    code = "const { PrismaClient } = require('@prisma/client'); require('express')().listen(3000)"
    spec = only(**{"package.json": package(**keys), "server.js": code, "prisma/schema.prisma": schema})
    given = [item.value for item in spec.environment if (item.name, item.phase) == ("DATABASE_URL", "build")]
    assert [str(value).startswith(begins) for value in given] == [True]
