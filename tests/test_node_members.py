"""The image of one member of a workspace: made from what that member needs, and from nothing else."""

import json
from typing import Any

import pytest

import genfile
from genfile.data.weakening import weakens

SERVER = "import { createServer } from 'node:http'; createServer((_, r) => r.end('x')).listen(3000)"
LOCKS = {
    "npm": ("package-lock.json", json.dumps({"lockfileVersion": 3, "packages": {"": {"name": "shop"}}})),
    "pnpm": ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
    "yarn": ("yarn.lock", "# yarn lockfile v1\n"),
    "yarn-berry": ("yarn.lock", "__metadata:\n  version: 8\n"),
    "bun": ("bun.lock", "{}"),
}


def manifest(name: str, **keys: Any) -> str:
    return json.dumps({"name": name, "private": True, **keys})


def shop(manager: str = "npm", **changed: str) -> dict[str, str]:
    """Two services and three libraries: `core` runs with `api`, `config` only builds it, `ui` is of `web`."""
    lock, text = LOCKS[manager]
    run = {"build": "tsc", "start": "node dist/main.js"}
    files = {
        "package.json": manifest("shop", workspaces=["apps/*", "libs/*"], devDependencies={"typescript": "5.9.2"}),
        lock: text,
        "README.md": "# Shop",
        "tsconfig.base.json": "{}",
        "apps/api/package.json": manifest(
            "@shop/api", scripts=run, dependencies={"@shop/core": "*"}, devDependencies={"@shop/config": "*"}
        ),
        "apps/api/tsconfig.json": '{"extends": "../../tsconfig.base.json", "compilerOptions": {"outDir": "dist"}}',
        "apps/api/src/main.ts": SERVER,
        "apps/web/package.json": manifest("@shop/web", scripts=run, dependencies={"@shop/ui": "*"}),
        "apps/web/src/main.ts": SERVER,
        "libs/core/package.json": manifest("@shop/core", main="dist/index.js", scripts={"build": "tsc"}),
        "libs/core/src/index.ts": "export {}",
        "libs/config/package.json": manifest("@shop/config", dependencies={"isarray": "2.0.5"}),
        "libs/ui/package.json": manifest("@shop/ui", main="dist/index.js", scripts={"build": "tsc"}),
        "libs/ui/src/index.ts": "export {}",
    }
    if manager == "pnpm":
        files["pnpm-workspace.yaml"] = "packages:\n  - apps/*\n  - libs/*\n"
    return {**files, **changed}


def written(files: dict[str, str], place: str = "apps/api") -> str:
    return genfile.generate(files, comments="none").files[f"{place}/Dockerfile"]


def stage(text: str, name: str) -> str:
    return text.split(f" AS {name}\n", 1)[1].split("\nFROM ", 1)[0]


@pytest.mark.parametrize("manager", LOCKS)
def test_no_other_member_is_named(manager: str) -> None:
    text = written(shop(manager))
    assert "libs/core/package.json" in stage(text, "deps")
    assert "libs/config/package.json" in stage(text, "build")
    assert not any(name in text for name in ("apps/web", "libs/ui", "COPY . ."))


@pytest.mark.parametrize("manager", LOCKS)
def test_what_only_the_build_needs_stays_behind(manager: str) -> None:
    text = written(shop(manager))
    # Bun stops where a member that another one names is not there; it is told which one to install.
    assert ("libs/config" in stage(text, "deps")) == (manager == "bun")
    assert ("--filter @shop/api" in stage(text, "deps")) == (manager == "bun")
    assert "libs/config" not in stage(text, "runtime")


@pytest.mark.parametrize("manager", LOCKS)
def test_node_modules_never_come_from_the_build(manager: str) -> None:
    runtime = stage(written(shop(manager)), "runtime")
    assert "COPY --link --from=deps " in runtime
    assert "--from=build /app/apps/api/dist /app/apps/api/dist" in runtime
    assert "--from=build /app/libs/core/dist /app/libs/core/dist" in runtime
    assert "libs/core/src" not in runtime


def test_scripts_that_only_build_stay_behind() -> None:
    run = {"build": "node build.js", "start": "node dist/main.js"}
    api = manifest("@shop/api", scripts=run, dependencies={"@shop/core": "*"})
    runtime = stage(
        written(shop(**{"apps/api/package.json": api, "apps/api/build.js": "", "apps/api/boot.js": ""})), "runtime"
    )
    assert "build.js" not in runtime
    assert "/app/apps/api/boot.js" in runtime


def test_what_is_built_anew_is_copied_last() -> None:
    """Without merged layers, all that follows would be new as well."""
    copies = [line for line in stage(written(shop()), "runtime").splitlines() if line.startswith("COPY")]
    assert copies[0] == "COPY --link --from=deps /app /app"
    assert copies[-1] == "COPY --link --from=build /app/apps/api/dist /app/apps/api/dist"


def test_yarn_is_asked_for_the_member_and_the_root() -> None:
    text = written(shop("yarn-berry"))
    assert "yarn workspaces focus shop @shop/api --production" in stage(text, "deps")
    assert "yarn workspaces focus shop @shop/api\n" in stage(text, "build")


@pytest.mark.parametrize(("version", "every"), [("1.3.5", True), ("1.4.5", False)])
def test_an_older_bun_wants_every_manifest(version: str, every: bool) -> None:
    root = manifest("shop", workspaces=["apps/*", "libs/*"], packageManager=f"bun@{version}")
    text = written(shop("bun", **{"package.json": root}))
    assert ("apps/web/package.json" in text) == every
    assert "--filter @shop/api" in stage(text, "deps")
    assert "COPY . ." not in text


def test_yarn_sees_every_manifest_where_scripts_have_to_wait() -> None:
    """It can't focus without running them."""
    core = manifest("@shop/core", main="dist/index.js", scripts={"build": "tsc", "postinstall": "node make.js"})
    text = written(shop("yarn-berry", **{"libs/core/package.json": core, "libs/core/make.js": ""}))
    install, built = stage(text, "build").split("COPY package.json", 1)
    assert "yarn install --immutable --mode=skip-build" in install
    assert "COPY --link apps/web/package.json" in install
    # Pruning would run the members' scripts again, without the development dependencies that they may need.
    deleted, pruned = built.split("yarn workspaces focus shop @shop/api --production")[0].rsplit("\n", 2)[-2:]
    scripts = "scripts.preinstall scripts.install scripts.postinstall"
    assert f"npm pkg delete {scripts} --include-workspace-root --workspace apps/api --workspace libs" in deleted
    assert pruned.strip() == "&&"
    assert origin(text) == "build"


def test_files_of_the_root_that_tools_read_are_copied() -> None:
    build = stage(written(shop()), "build")
    assert "COPY package-lock.json package.json tsconfig.base.json /app/" in build
    assert "README.md" not in build


@pytest.mark.parametrize(
    ("settings", "copied"), [("shamefully-hoist=true", True), ("//registry.example.com/:_authToken=abc", False)]
)
def test_settings_with_a_credential_are_not_copied(settings: str, copied: bool) -> None:
    assert ("COPY .npmrc package.json" in written(shop("pnpm", **{".npmrc": settings}))) == copied


def test_what_configuration_and_scripts_name_outside_of_the_member_is_copied() -> None:
    files = shop(
        **{
            "scripts/version.js": "",
            "types/index.d.ts": "",
            "apps/api/tsconfig.json": json.dumps(
                {
                    "compilerOptions": {"outDir": "dist", "paths": {"@ui": ["../../libs/ui/src"]}},
                    "include": ["../../types"],
                }
            ),
            "apps/api/package.json": manifest(
                "@shop/api", scripts={"build": "node ../../scripts/version.js && tsc", "start": "node dist/main.js"}
            ),
        }
    )
    build = stage(written(files), "build")
    assert all(f"COPY {path} /app/{path}" in build for path in ("libs/ui", "scripts", "types"))
    assert "libs/ui/package.json" in build
    assert "apps/web" not in build


def test_settings_that_a_member_overrides_or_does_not_use_lead_nowhere() -> None:
    """Of include the nearest counts; an alias of the root's tsconfig.json is for whoever imports by it."""
    paths = {"@core/*": ["libs/core/src/*"], "@web/*": ["apps/web/src/*"]}
    base = {"include": ["apps", "libs"], "compilerOptions": {"baseUrl": ".", "paths": paths}}
    own = {"extends": "../../tsconfig.base.json", "include": ["src"], "compilerOptions": {"outDir": "dist"}}
    files = shop(
        **{
            "tsconfig.base.json": json.dumps(base),
            "apps/api/tsconfig.json": json.dumps(own),
            "apps/api/package.json": manifest("@shop/api", scripts={"build": "tsc", "start": "node dist/main.js"}),
            "apps/api/src/main.ts": f"import {{ x }} from '@core/x';\n{SERVER}",
            "apps/web/src/main.ts": f"import {{ x }} from '@web/x';\n{SERVER}",
        }
    )
    build = stage(written(files), "build")
    assert "COPY libs/core /app/libs/core" in build
    assert "apps/web" not in build


def test_what_runs_sources_has_the_settings_that_they_extend() -> None:
    start = manifest("@shop/api", scripts={"start": "tsx src/main.ts"}, devDependencies={"tsx": "4.20.0"})
    known = stage(written(shop(**{"apps/api/package.json": start})), "runtime")
    assert "COPY --link tsconfig.base.json /app/tsconfig.base.json" in known
    unknown = shop(**{"apps/api/package.json": start, "tsconfig.base.json": '{"include": ["libs"]}'})
    assert "COPY --link . /app" in stage(written(unknown), "runtime")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"nx.json": "{}"}, "Nx itself works out"),
        (
            {"tsconfig.base.json": '{"compilerOptions": {"paths": {"@shop/*": ["libs/*/src"]}}}'},
            "refers to libs, which contains members",
        ),
    ],
)
def test_all_is_copied_where_the_part_is_not_known_and_a_note_says_why(changed: dict[str, str], reason: str) -> None:
    made = genfile.generate(shop(**changed), comments="none")
    assert "COPY . ." in made.files["apps/api/Dockerfile"]
    assert any(reason in note.text for note in made.notes)


@pytest.mark.parametrize("manager", ["npm", "pnpm"])
def test_scripts_of_members_wait_for_their_sources(manager: str) -> None:
    """`prepare` of a library would run with its manifest alone."""
    core = manifest("@shop/core", main="dist/index.js", scripts={"build": "tsc", "prepare": "node make.js"})
    text = written(shop(manager, **{"libs/core/package.json": core, "libs/core/make.js": ""}))
    installs = [line for line in text.splitlines() if "install --" in line or "npm ci" in line]
    assert all("--ignore-scripts" in line for line in installs if "--global" not in line and "apt-get" not in line)
    assert "prepare" in stage(text, "build").split("COPY apps/api")[1]


def test_scripts_of_members_wait_where_the_root_is_the_service() -> None:
    files = {
        "package.json": manifest(
            "x", workspaces=["libs/*"], scripts={"start": "node a.js"}, dependencies={"@x/a": "*", "express": "5"}
        ),
        "a.js": SERVER,
        "libs/a/package.json": manifest("@x/a", scripts={"postinstall": "node gen.js"}),
        "libs/b/package.json": manifest("@x/b", scripts={"prepare": "node gen.js"}),
    }
    text = genfile.generate(files, comments="none").files["Dockerfile"]
    assert text.count("--ignore-scripts") == 2
    assert "npm run postinstall --workspace libs/a" in text
    assert "libs/b run" not in text
    assert "--workspace libs/b" not in text


def test_runner_that_only_the_root_has_is_kept() -> None:
    files = shop(
        **{
            "package.json": manifest("shop", workspaces=["apps/*", "libs/*"], devDependencies={"tsx": "4.20.0"}),
            "apps/api/package.json": manifest("@shop/api", scripts={"start": "tsx src/main.ts"}),
        }
    )
    text = written(files)
    assert "--omit=dev" not in text
    assert "tsconfig.base.json" in stage(text, "runtime")


@pytest.mark.parametrize(
    ("keys", "path", "code", "used"),
    [
        (
            {"main": "dist/index.js"},
            "src/index.ts",
            "if (!process.env.A_KEY) throw new Error();",
            "import '@shop/core'",
        ),
        (
            {"exports": {"./env": {"types": "./dist/env.d.ts", "default": "./dist/env.js"}}},
            "src/env.ts",
            "export function check() { if (!process.env.A_KEY) throw new Error(); }",
            "import { check } from '@shop/core/env'; check()",
        ),
        (
            {"exports": "./index.js"},
            "index.js",
            "export const need = (key) => { if (!process.env[key]) throw new Error(); };",
            "import { need } from '@shop/core'; need('A_KEY')",
        ),
        # A type is no module that is loaded.
        (
            {"main": "dist/index.js"},
            "src/index.ts",
            "if (!process.env.A_KEY) throw 1",
            "import type { x } from '@shop/core'",
        ),
    ],
)
def test_what_a_member_asks_for_when_it_is_loaded(keys: dict[str, Any], path: str, code: str, used: str) -> None:
    core = manifest("@shop/core", scripts={"build": "tsc"}, **keys)
    files = shop(**{"libs/core/package.json": core, "apps/api/src/main.ts": f"{used};\n{SERVER}"})
    del files["libs/core/src/index.ts"]
    (found,) = [
        item for item in genfile.inspect({**files, f"libs/core/{path}": code}).services if item.spec.name == "api"
    ]
    required = [item.name for item in found.spec.environment if item.required]
    assert required == ([] if "type" in used else ["A_KEY"])


@pytest.mark.parametrize(("script", "manager"), [("turbo run build", "yarn"), ("bun run build", "bun")])
def test_dependencies_by_workspace_leave_out_npm(script: str, manager: str) -> None:
    api = manifest("@shop/api", scripts={"start": "node a.js"}, dependencies={"@shop/core": "workspace:*"})
    root = manifest("shop", workspaces=["apps/*", "libs/*"], scripts={"all": script})
    files = shop(**{"apps/api/package.json": api, "apps/api/a.js": SERVER, "package.json": root})
    del files["package-lock.json"]
    assert f"    {manager} " in stage(written(files), "deps")
    assert not any("no workspace member" in note.text for note in genfile.generate(files).notes)
    del files["libs/core/package.json"]
    assert any("@shop/core: no workspace member" in note.text for note in genfile.generate(files).notes)


@pytest.mark.parametrize("start", ["pnpm exec tsx a.ts", "npm exec -- tsx a.ts", "yarn tsx a.ts", "npx tsx a.ts"])
def test_program_is_started_and_not_its_package_manager(start: str) -> None:
    files = {
        "package.json": manifest(
            "x", scripts={"start": start}, dependencies={"express": "5"}, devDependencies={"tsx": "4"}
        ),
        "a.ts": SERVER,
    }
    text = genfile.generate(files, comments="none").files["Dockerfile"]
    assert 'CMD ["node", "--import", "tsx", "a.ts"]' in text
    assert "--omit=dev" not in text


def test_register_hook_is_kept() -> None:
    files = {
        "package.json": manifest(
            "x",
            scripts={"start": "node -r ts-node/register a.ts"},
            dependencies={"express": "5"},
            devDependencies={"ts-node": "10"},
        ),
        "a.ts": SERVER,
    }
    assert "--omit=dev" not in genfile.generate(files, comments="none").files["Dockerfile"]


@pytest.mark.parametrize(("table", "kept"), [("dependencies", False), ("devDependencies", True)])
def test_server_of_astro_imports_packages_of_astro(table: str, kept: bool) -> None:
    """Its build leaves out of the server what astro and the adapter bring."""
    packages = {"astro": "5.0.0", "@astrojs/node": "9.0.0"}
    files = {
        "package.json": manifest("x", scripts={"build": "astro build"}, **{table: packages}),
        "astro.config.mjs": "import node from '@astrojs/node'\n"
        "export default { output: 'server', adapter: node({ mode: 'standalone' }) }",
        "src/pages/index.astro": "<p>x</p>",
    }
    text = genfile.generate(files, comments="none").files["Dockerfile"]
    assert ("--omit=dev" not in text) == kept


# --- where packages are built that an installation without scripts leaves unfinished -----------------------------

ADDON = {"better-sqlite3": "12.0.0"}
ADDON_LOCK = json.dumps(
    {
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "x", "dependencies": ADDON},
            "node_modules/better-sqlite3": {"version": "12.0.0", "hasInstallScript": True},
        },
    }
)
REBUILD = "npm rebuild better-sqlite3"


def addon(**scripts: str) -> dict[str, str]:
    return {
        "package.json": manifest("x", scripts={"start": "node a.js", **scripts}, dependencies=ADDON),
        "package-lock.json": ADDON_LOCK,
        "a.js": SERVER,
    }


def origin(text: str) -> str:
    """The stage that node_modules of the image are copied from."""
    line = next(
        line for line in stage(text, "runtime").splitlines() if line.endswith(("/app/node_modules", "deps /app /app"))
    )
    return line.partition("--from=")[2].split(" ")[0]


@pytest.mark.parametrize(
    "files",
    [
        # Nothing is built; only hooks of git are left out.
        addon(prepare="husky"),
        # A build beside it, all of which goes on to the image.
        addon(prepare="husky", build="node make.js"),
        # A script of the project's own runs once its sources are there.
        addon(postinstall="node patch.js"),
        addon(postinstall="node patch.js", build="node make.js"),
    ],
    ids=["plain", "build", "lifecycle", "lifecycle and build"],
)
def test_addon_is_built_where_the_image_takes_it_from(files: dict[str, str]) -> None:
    text = genfile.generate(files, comments="none").files["Dockerfile"]
    assert "--ignore-scripts" in text
    assert REBUILD in stage(text, origin(text))
    # Before the sources, so that a change in these does not compile it again.
    assert "COPY . ." not in stage(text, origin(text)).split(REBUILD)[0]


def test_addon_of_a_member_is_built_where_the_image_takes_it_from() -> None:
    core = manifest("@shop/core", main="index.js", dependencies=ADDON, scripts={"prepare": "husky"})
    text = written(shop(**{"libs/core/package.json": core, "package-lock.json": ADDON_LOCK}))
    assert REBUILD in stage(text, origin(text))


@pytest.mark.parametrize(("lock", "pruned"), [("pnpm", True), ("bun", False)])
def test_what_the_build_generates_in_node_modules_outlives_the_pruning(lock: str, pruned: bool) -> None:
    """Bun can't take packages out, only install anew."""
    files = {
        "package.json": manifest(
            "x",
            scripts={"build": "tsc", "start": "node dist/a.js"},
            dependencies={"@prisma/client": "6.0.0", "express": "5"},
            devDependencies={"prisma": "6.0.0", "typescript": "5"},
        ),
        LOCKS[lock][0]: LOCKS[lock][1],
        "prisma/schema.prisma": "generator client {}",
        "tsconfig.json": '{"compilerOptions": {"outDir": "dist"}}',
        "a.ts": SERVER,
    }
    build = stage(genfile.generate(files, comments="none").files["Dockerfile"], "build")
    assert ("--prod" in build.split("prisma generate")[1]) == pruned


def test_a_whole_service_has_its_node_modules_in_a_layer_of_their_own() -> None:
    runtime = stage(genfile.generate(addon(build="node make.js"), comments="none").files["Dockerfile"], "runtime")
    assert "COPY --link --from=deps /app/node_modules /app/node_modules\n" in runtime
    assert "COPY --link --from=build --exclude=node_modules /app /app\n" in runtime


# --- what scripts set for a developer's own machine ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "is_weak"),
    [
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0", True),
        ("SESSION_INSECURE", "true", True),
        ("COOKIE_SECURE", "false", True),
        ("COOKIE_SECURE", "true", False),
        ("SESSION_INSECURE", "false", False),
        ("LOG_LEVEL", "0", False),
        ("SECURED_BY", "none", False),
    ],
)
def test_values_that_weaken(name: str, value: str, is_weak: bool) -> None:
    assert weakens(name, value) == is_weak


def test_script_for_a_laptop_leaves_the_image_as_secure_as_it_was() -> None:
    start = "NODE_TLS_REJECT_UNAUTHORIZED=0 JWT_SECRET=hush LOG=1 node a.js"
    made = genfile.generate({**addon(), "package.json": manifest("x", scripts={"start": start}, dependencies=ADDON)})
    text = made.files["Dockerfile"]
    assert "LOG=1" in text
    assert "REJECT_UNAUTHORIZED" not in text
    assert "hush" not in text
    assert sum("is not set in the image" in note.text for note in made.notes) == 2


def test_tools_of_the_build_report_to_nobody() -> None:
    root = manifest("shop", workspaces=["apps/*", "libs/*"], devDependencies={"turbo": "2.5.0"})
    build = stage(written(shop(**{"package.json": root, "turbo.json": "{}"})), "build")
    assert "ENV TURBO_TELEMETRY_DISABLED=1\n" in build
    assert "npx --no-install turbo run build --filter=@shop/api..." in build
    old = root.replace("2.5.0", "1.1.2")
    build = stage(written(shop(**{"package.json": old, "turbo.json": "{}"})), "build")
    assert "turbo run" not in build
    assert "RUN npm run build --workspace" in build


@pytest.mark.parametrize("manager", ["npm", "pnpm"])
def test_a_schema_of_the_root_is_generated_for_the_member_that_loads_the_client(manager: str) -> None:
    api = manifest(
        "@shop/api",
        scripts={"build": "tsc", "start": "node dist/main.js"},
        dependencies={"@prisma/client": "6.0.0"},
        devDependencies={"prisma": "6.0.0", "typescript": "5.9.2"},
    )
    schema = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n'
    root = {"pnpm-workspace.yaml": "packages: ['apps/*', 'libs/*']\n"} if manager == "pnpm" else {}
    files = {**shop(manager, **{"apps/api/package.json": api}), **root, "prisma/schema.prisma": schema,
             "prisma/migrations/1/migration.sql": ""}  # fmt: skip
    text = written(files)
    build, runtime = stage(text, "build"), stage(text, "runtime")
    assert "COPY prisma /app/prisma\n" in build
    generate = build.index("prisma generate --schema=../../prisma/schema.prisma")
    assert generate < build.index("run build")
    # The release command reads it too.
    assert "COPY --link --from=build /app/prisma /app/prisma\n" in runtime
    # One that loads no client has nothing to do with it, nor has one with a schema of its own.
    plain = api.replace("@prisma/client", "express").replace('"prisma"', '"tsx"')
    assert "prisma" not in written({**files, "apps/api/package.json": plain})
    assert "/app/prisma" not in written({**files, "apps/api/prisma/schema.prisma": schema})


# --- a front end in the folder of its server ----------------------------------------------------------------------

FRONT = {
    "package.json": manifest("site", scripts={"build": "vite build"}, devDependencies={"vite": "7.0.0"}),
    "package-lock.json": LOCKS["npm"][1],
    "index.html": "<div id=app></div>",
    "go.mod": "module example.com/x\n\ngo 1.26\n",
    "main.go": 'package main\nimport ("embed"; "net/http")\n//go:embed all:dist\nvar site embed.FS\n'
    'func main() { http.Handle("/", http.FileServer(http.FS(site))); http.ListenAndServe(":9000", nil) }\n',
}


@pytest.mark.parametrize(
    ("changed", "apart"),
    [
        ({}, True),
        # What scans everything for class names may find some in any file.
        ({"package.json": FRONT["package.json"].replace('"vite":', '"tailwindcss": "4.1.0", "vite":')}, False),
        ({"tailwind.config.js": "module.exports = { content: ['./**/*.go'] }"}, False),
    ],
)
def test_front_end_is_not_built_again_for_its_server(changed: dict[str, str], apart: bool) -> None:
    text = genfile.generate({**FRONT, **changed}, comments="none").files["Dockerfile"]
    copies = [line for line in stage(text, "frontend").splitlines() if line.startswith("COPY")]
    assert copies == ["COPY --exclude=**/*.go --exclude=go.mod . ." if apart else "COPY . ."]


def test_yarn_1_is_given_what_the_root_depends_on() -> None:
    """It resolves all of the root's own dependencies, development ones too, before it leaves any out."""
    needs = {"typescript": "5.9.2", "@shop/ui": "*"}
    root = manifest("shop", workspaces=["apps/*", "libs/*"], devDependencies=needs)
    for name in LOCKS:
        text = written(shop(name, **{"package.json": root}))
        assert ("libs/ui/package.json" in stage(text, "deps")) == (name == "yarn"), name
        assert "libs/ui" not in stage(text, "runtime")


def test_a_configuration_that_another_member_has_is_there_for_the_build() -> None:
    """npm and Yarn link every member at the root, so that nothing need declare it."""
    own = '{"extends": "@shop/tsconfig/base.json", "compilerOptions": {"outDir": "dist"}}'
    kept = {"libs/tsconfig/package.json": manifest("@shop/tsconfig"), "libs/tsconfig/base.json": "{}"}
    text = written(shop("npm", **{"apps/api/tsconfig.json": own}, **kept))
    assert "libs/tsconfig " in stage(text, "build")
    assert "libs/tsconfig" not in stage(text, "runtime")
