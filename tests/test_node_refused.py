"""What the compiler writes and Node does not load: then the source is run by the project's own runner."""

import json
from typing import Any

import pytest

import genfile
from tests.test_traps import EXPRESS, inspect, only, package

SERVER = "import express from 'express'; import { routes } from './routes'; express().use(routes).listen(4000)"
ROUTES = "export const routes = (a, b, next) => next()"
BUILT = {"build": "tsc", "start": "node dist/server.js", "dev": "tsx watch src/server.ts"}
TYPES = {"typescript": "5.9.0", "tsx": "4.19.0", "@types/node": "24.0.0"}
MODERN = {"module": "esnext", "moduleResolution": "bundler"}


def tree(
    options: dict[str, Any],
    *,
    files: dict[str, str] | None = None,
    scripts: dict[str, str] | None = None,
    **keys: Any,
) -> dict[str, str]:
    config = {"compilerOptions": {"outDir": "dist", "rootDir": "src", **options}}
    dependencies = {**EXPRESS, **keys.pop("dependencies", {})}
    keys = {"devDependencies": TYPES, "scripts": scripts or BUILT, **keys}
    return {
        "package.json": package(dependencies=dependencies, **keys),
        "tsconfig.json": json.dumps(config),
        "src/server.ts": SERVER,
        "src/routes.ts": ROUTES,
        **(files or {}),
    }


def texts(files: dict[str, str]) -> str:
    found = inspect(**files)
    return "\n".join(note.text for note in (*found.notes, *(note for item in found.services for note in item.notes)))


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (tree(MODERN, type="module"), "src/server.ts:1 (it imports ./routes, but an ES module must name the"),
        (tree({"module": "es2022"}), "it imports ./routes, but an ES module must name the whole file"),
        # A folder, behind a re-export.
        (
            tree(MODERN, type="module", files={"src/routes.ts": "", "src/routes/index.ts": ROUTES}
                 | {"src/server.ts": SERVER.replace("./routes", "./all.js"), "src/all.ts": "export * from './routes'"}),
            "src/all.ts:1 (it imports ./routes",
        ),
        # Names of `paths`, also in CommonJS.
        (
            tree({"module": "commonjs", "paths": {"@/*": ["./src/*"]}},
                 files={"src/server.ts": SERVER.replace("./routes", "@/routes")}),
            "it imports @/routes, a path alias that only the compiler resolves",
        ),
        (
            tree({"module": "commonjs", "baseUrl": "src"},
                 files={"src/server.ts": SERVER.replace("./routes", "routes")}),
            "it imports routes, a path alias that only the compiler resolves",
        ),
        (tree({"module": "commonjs"}, type="module"), "it compiles to CommonJS"),
        (
            tree({**MODERN, "resolveJsonModule": True}, type="module", files={"src/a.json": "{}"}
                 | {"src/server.ts": SERVER.replace("{ routes } from './routes'", "routes from './a.json'")}),
            'without `with { type: "json" }`',
        ),
    ],
)  # fmt: skip
def test_a_program_that_node_refuses_is_run_by_the_runner(files: dict[str, str], why: str) -> None:
    spec = only(**files)
    assert (spec.start, spec.dependencies_at_run, spec.port) == (
        ("node", "--import", "tsx", "src/server.ts"),
        "all",
        4000,
    )
    said = texts(files)
    assert why in said
    assert "the image starts `tsx src/server.ts` instead" in said


SPELT = {"src/server.ts": SERVER.replace("./routes", "./routes.js")}
TYPE_ONLY = SERVER.replace("{ routes } from './routes'", "{ Next } from './types'; import r from './routes.js'")
ALIASED = {"src/server.ts": SERVER.replace("./routes", "@/routes")}
PATHS = {"module": "commonjs", "paths": {"@/*": ["./src/*"]}}


@pytest.mark.parametrize(
    "files",
    [
        tree({"module": "commonjs"}),
        tree({"target": "es5"}),
        tree({"module": "nodenext"}),
        tree({**PATHS}),
        tree(MODERN, type="module", files=SPELT),
        # What only gives types is not there any more once it is compiled.
        tree(MODERN, type="module", files={
            "src/types.ts": "export interface Next {}",
            "src/server.ts": TYPE_ONLY.replace("(routes)", "((a, b, next: Next) => r(a, b, next))")}),
        tree(MODERN, type="module", files={
            **SPELT, "src/types.ts": "export interface Next {}",
            "src/routes.ts": f"{ROUTES}; export {{ Next }} from './types'; export type {{ X }} from './types'"}),
        # Another step, or a helper, makes Node find them.
        tree(PATHS, files=ALIASED, scripts={**BUILT, "build": "tsc && tsc-alias"}),
        tree(MODERN, type="module", scripts={**BUILT, "postbuild": "node scripts/endings.mjs"}),
        tree(PATHS, files={"src/server.ts": "import 'module-alias/register'; " + ALIASED["src/server.ts"]}),
        tree(PATHS, files=ALIASED, scripts={**BUILT, "start": "node -r tsconfig-paths/register dist/server.js"}),
        tree(MODERN, type="module", scripts={**BUILT, "start": "node --import=./hooks.mjs dist/server.js"}),
        # A package of that name.
        tree({**PATHS, "paths": {"@acme/kit": ["./src/routes"]}}, dependencies={"@acme/kit": "1.0.0"},
             files={"src/server.ts": SERVER.replace("./routes", "@acme/kit")}),
        tree(MODERN, type="module",
             scripts={**BUILT, "start": "node --es-module-specifier-resolution=node dist/server.js"}),
        tree({"module": "commonjs"}, type="module",
             scripts={**BUILT, "build": "tsc && echo '{}' > dist/package.json"}),
        # Another tool builds.
        tree(MODERN, type="module", scripts={**BUILT, "build": "tsup src/server.ts"}),
        # What is asked for while it runs is not looked at.
        tree(MODERN, type="module", files={
            "src/server.ts": "import e from 'express'; e().listen(4000); async () => import('./routes')"}),
    ],
)  # fmt: skip
def test_a_program_that_node_loads_is_started_as_it_is_compiled(files: dict[str, str]) -> None:
    assert only(**files).start[-1] == "dist/server.js"
    assert "Node does not load" not in texts(files)


def test_a_start_of_the_source_stays_one_where_node_refuses_the_output() -> None:
    scripts = {"build": "tsc", "start": "tsx src/server.ts"}
    assert only(**tree(MODERN, type="module", scripts=scripts)).start == ("node", "--import", "tsx", "src/server.ts")
    assert only(**tree({"module": "commonjs"}, scripts=scripts)).start == ("node", "dist/server.js")


def test_a_runner_that_knows_the_names_is_taken() -> None:
    runner = "ts-node -r tsconfig-paths/register src/server.ts"
    scripts = {"build": "tsc", "start": "node dist/server.js", "dev": f"nodemon --exec '{runner}'"}
    tools = {"typescript": "5.9.0", "ts-node": "10.9.0", "tsconfig-paths": "4.2.0"}
    files = tree(PATHS, files=ALIASED, scripts=scripts, devDependencies=tools)
    assert only(**files).start == tuple(runner.split())


def test_without_any_runner_the_start_is_a_guess() -> None:
    scripts = {"build": "tsc", "start": "node dist/server.js", "dev": "nodemon src/server.ts"}
    files = tree(MODERN, type="module", scripts=scripts, devDependencies={"typescript": "5.9.0", "ts-node": "10.9.0"})
    found = inspect(**files).services[0]
    assert (found.facts["/start"].value, found.facts["/start"].guess) == (["node", "dist/server.js"], True)
    assert "write imports that Node can resolve" in texts(files)


def test_a_worker_is_held_against_node_too() -> None:
    scripts = {**BUILT, "worker": "node dist/worker.js"}
    files = tree(
        MODERN, type="module", scripts=scripts, files={"src/worker.ts": "import { routes } from './routes'; routes"}
    )
    assert only(**files).processes["worker"] == ("node", "--import", "tsx", "src/worker.ts")


def test_nest_puts_names_of_paths_right() -> None:
    nest = {"@nestjs/core": "11.0.0", "@nestjs/common": "11.0.0", "@nestjs/platform-express": "11.0.0"}
    files = tree(PATHS, dependencies=nest, scripts={"build": "nest build", "start:prod": "node dist/main"}, files={
        "nest-cli.json": "{}", "src/routes.ts": ROUTES, "src/main.ts":
        "import { NestFactory } from '@nestjs/core'; import { routes } from '@/routes';"
        "async function run() { (await NestFactory.create(routes)).listen(3000) } run()"})  # fmt: skip
    assert only(**files).start == ("node", "dist/main")


def test_a_workspace_links_its_members() -> None:
    options = {"module": "commonjs", "paths": {"@acme/kit": ["../kit/src/index.ts"]}, "rootDir": ".."}
    files = tree(options, files={"src/server.ts": SERVER.replace("./routes", "@acme/kit")})
    files = {f"api/{name}": text for name, text in files.items()}
    files["api/package.json"] = files["api/package.json"].replace("dist/server.js", "dist/api/src/server.js")
    kit = {"kit/package.json": package(name="@acme/kit", main="dist/index.js"), "kit/src/index.ts": ROUTES}
    root = {"package.json": package(name="root", workspaces=["api", "kit"])}
    assert only(**root, **kit, **files).start == ("node", "dist/api/src/server.js")
    assert only(**kit, **files).start == ("node", "--import", "tsx", "src/server.ts")


def peered(version: str, **keys: object) -> dict[str, str]:
    needs = {"express": "5.1.0", "store": "8.0.0", "store-plugin": "4.0.0"}
    packages = {
        "": {"dependencies": needs},
        "node_modules/express": {"version": "5.1.0"},
        "node_modules/store": {"version": version},
        "node_modules/store-plugin": {"version": "4.0.0", "peerDependencies": {"store": "^7.0.0"}, **keys},
    }
    return {
        "package.json": json.dumps({"name": "shop", "scripts": {"start": "node index.js"}, "dependencies": needs}),
        "package-lock.json": json.dumps({"name": "shop", "lockfileVersion": 3, "packages": packages}),
        "index.js": "require('express')().listen(3000)",
    }


OPTION = "ENV npm_config_legacy_peer_deps=true\n"


def test_a_lockfile_that_npm_ci_refuses_is_installed_as_it_was_written() -> None:
    found = genfile.generate(peered("8.0.0"))
    assert OPTION in found.files["Dockerfile"]
    (service,) = genfile.inspect(peered("8.0.0")).services
    assert any("store-plugin expects store ^7.0.0, but 8.0.0 is locked" in note.text for note in service.notes)
    settled = {
        "fits": peered("7.4.1"),
        "optional": peered("8.0.0", peerDependenciesMeta={"store": {"optional": True}}),
        "said already": {**peered("8.0.0"), ".npmrc": "legacy-peer-deps=true\n"},
    }
    assert [name for name, files in settled.items() if OPTION in genfile.generate(files).files["Dockerfile"]] == []


@pytest.mark.parametrize(
    ("wanted", "optional", "listed", "refused"),
    [
        ("^0.13.1", True, False, True),
        ("^0.21.0", True, False, False),
        # npm nests what must fit, and can't move what the root depends on.
        ("^0.13.1", False, False, False),
        ("^0.13.1", True, True, False),
    ],
)
def test_an_optional_peer_that_npm_wants_to_move(wanted: str, optional: bool, listed: bool, refused: bool) -> None:
    needs = {"express": "5.1.0", "kit": "1.0.0"} | ({"shapes": "^0.21.3"} if listed else {})
    meta = {"peerDependenciesMeta": {"shapes": {"optional": True}}} if optional else {}
    packages = {
        "": {"dependencies": needs},
        "node_modules/express": {"version": "5.1.0"},
        "node_modules/kit": {"version": "1.0.0", "dependencies": {"packer": "^1.0.0"}},
        "node_modules/packer": {"version": "1.0.0", "peerDependencies": {"shapes": wanted}, **meta},
        "node_modules/shapes": {"version": "0.21.3"},
    }
    files = {
        "package.json": json.dumps({"name": "shop", "scripts": {"start": "node index.js"}, "dependencies": needs}),
        "package-lock.json": json.dumps({"name": "shop", "lockfileVersion": 2, "packages": packages}),
        "index.js": "require('express')().listen(3000)",
    }
    assert (OPTION in genfile.generate(files).files["Dockerfile"]) is refused
    # What lies in the package's own folder, or is there as a peer alone, is not moved.
    for more in (
        {"node_modules/packer/node_modules/shapes": {"version": "0.13.1"}},
        {"node_modules/shapes": {"version": "0.21.3", "peer": True}},
    ):
        files["package-lock.json"] = json.dumps({"lockfileVersion": 2, "packages": packages | more})
        if refused:
            assert OPTION not in genfile.generate(files).files["Dockerfile"]


PACKED = "esbuild src/server.ts --bundle --platform=node --outfile=dist/server.js"
PACKERS = {"esbuild": "0.25.0", "tsx": "4.19.0"}


@pytest.mark.parametrize(
    ("build", "script"),
    [
        (f"tsc --noEmit && {PACKED} --packages=external", ""),
        (f"{PACKED} --format=cjs", ""),
        ("node pack.mjs", "platform: 'node', outfile: 'dist/server.js'"),
        ("node pack.mjs", "format: 'cjs', outdir: 'dist'"),
    ],
)
def test_a_bundle_of_commonjs_is_no_es_module(build: str, script: str) -> None:
    call = (
        f"import {{ build }} from 'esbuild'; await build({{ entryPoints: ['src/server.ts'], bundle: true, {script} }})"
    )
    scripts = {"build": build, "start": "node dist/server.js"}
    files = tree(MODERN, type="module", scripts=scripts, devDependencies=PACKERS, files={"pack.mjs": call})
    assert (only(**files).start, only(**files).dependencies_at_run) == (
        ("node", "--import", "tsx", "src/server.ts"),
        "all",
    )
    assert "src/server.ts:1 (esbuild bundles it as CommonJS, but package.json declares ES modules)" in texts(files)


@pytest.mark.parametrize(
    ("build", "start", "kind"),
    [
        (PACKED, "dist/server.js", "commonjs"),
        (f"{PACKED} --format=esm", "dist/server.js", "module"),
        (PACKED.replace("server.js", "server.cjs"), "dist/server.cjs", "module"),
        # Without bundling, the format stays that of the source.
        (PACKED.replace("--bundle ", ""), "dist/server.js", "module"),
    ],
)
def test_a_bundle_that_node_loads_is_started(build: str, start: str, kind: str) -> None:
    scripts = {"build": build, "start": f"node {start}"}
    assert only(**tree(MODERN, type=kind, scripts=scripts, devDependencies=PACKERS)).start == ("node", start)
