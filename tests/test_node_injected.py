"""Members that pnpm copies into node_modules (`dependenciesMeta.*.injected`) instead of linking them."""

import genfile
from tests.test_node_members import manifest, shop, stage, written

AGAIN = "pnpm install --frozen-lockfile --offline --ignore-scripts --config.optimistic-repeat-install=false"
LOCK = """lockfileVersion: '9.0'

importers:

  .:
    devDependencies:
      typescript:
        specifier: 5.9.2
        version: 5.9.2

  apps/api:
    dependencies:
      '@shop/core':
        specifier: workspace:*
        version: file:libs/core(ms@2.1.3)
    dependenciesMeta:
      '@shop/core':
        injected: true

  apps/web:
    dependencies:
      '@shop/ui':
        specifier: workspace:*
        version: link:../../libs/ui

  libs/core: {}

packages:

  '@shop/core@file:libs/core':
    resolution: {directory: libs/core, type: directory}

snapshots:

  '@shop/core@file:libs/core(ms@2.1.3)':
    dependencies:
      ms: 2.1.3
"""


def injected(**changed: str) -> dict[str, str]:
    return {**shop("pnpm"), "pnpm-lock.yaml": LOCK, **changed}


def build_of(files: dict[str, str], place: str = "apps/api") -> list[str]:
    """The commands that the build runs after its sources are there."""
    text = stage(written(files, place), "build")
    step = next(part for part in text.split("\nRUN ")[1:] if " run build" in part or "turbo run" in part)
    lines = [line.strip().removeprefix("&& ").removesuffix(" \\") for line in step.splitlines()]
    return [line for line in lines if not line.startswith("--mount")]


def test_a_copied_library_is_copied_again_once_it_is_built() -> None:
    text = written(injected())
    assert build_of(injected())[:3] == [
        "pnpm --filter '@shop/api^...' run build",
        AGAIN,
        "pnpm --filter @shop/api run build",
    ]
    # Its sources are there before pnpm copies them, and no stage has a copy of the manifest alone.
    before, install = stage(text, "build").split("pnpm install --frozen-lockfile", 1)
    assert "COPY libs/core /app/libs/core" in before
    assert " AS deps\n" not in text
    assert "--prod" in install
    # The copy is in node_modules.
    runtime = stage(text, "runtime")
    assert "/app/node_modules /app/node_modules" in runtime
    assert "libs/core" not in runtime


def test_a_linked_library_of_the_same_workspace_stays_as_it_was() -> None:
    assert written(injected(), "apps/web") == written(shop("pnpm"), "apps/web")


def test_a_library_that_a_copied_one_links_to_is_in_the_image() -> None:
    core = manifest("@shop/core", main="dist/index.js", scripts={"build": "tsc"}, dependencies={"@shop/ui": "*"})
    lock = LOCK.replace("      ms: 2.1.3\n", "      '@shop/ui': link:libs/ui\n")
    runtime = stage(written(injected(**{"libs/core/package.json": core, "pnpm-lock.yaml": lock})), "runtime")
    assert "/app/libs/ui /app/libs/ui" in runtime
    assert "libs/core" not in runtime


def test_each_copied_library_is_copied_before_another_library_is_built_with_it() -> None:
    core = manifest("@shop/core", main="dist/index.js", scripts={"build": "tsc"}, dependencies={"@shop/ui": "*"})
    lock = LOCK.replace("      ms: 2.1.3\n", "      '@shop/ui': file:libs/ui\n").replace(
        "snapshots:", "  '@shop/ui@file:libs/ui':\n    resolution: {directory: libs/ui, type: directory}\n\nsnapshots:"
    )
    assert build_of(injected(**{"libs/core/package.json": core, "pnpm-lock.yaml": lock}))[:5] == [
        "pnpm --filter @shop/ui run build",
        AGAIN,
        "pnpm --filter @shop/core run build",
        AGAIN,
        "pnpm --filter @shop/api run build",
    ]


def test_turborepo_builds_the_library_before_it_is_copied() -> None:
    assert build_of(injected(**{"turbo.json": '{"tasks": {"build": {}}}'}))[:3] == [
        "pnpm exec turbo run build '--filter=@shop/api^...'",
        AGAIN,
        "pnpm exec turbo run build --filter=@shop/api",
    ]


def test_a_project_that_copies_by_itself_is_built_in_one_step() -> None:
    packages = "packages:\n  - apps/*\n  - libs/*\nsyncInjectedDepsAfterScripts:\n  - build\n"
    assert build_of(injected(**{"pnpm-workspace.yaml": packages}))[0] == "pnpm --filter @shop/api... run build"


def test_a_copied_library_without_a_build_is_installed_with_its_sources() -> None:
    core = manifest("@shop/core", main="src/index.js")
    api = manifest("@shop/api", scripts={"start": "node src/main.js"}, dependencies={"@shop/core": "*"})
    files = injected(
        **{"libs/core/package.json": core, "apps/api/package.json": api, "apps/api/src/main.js": "import '@shop/core'"}
    )
    text = written(files)
    before, _, _ = stage(text, "build").partition("pnpm install --frozen-lockfile")
    assert "COPY libs/core /app/libs/core" in before
    assert AGAIN not in text


def test_a_script_of_a_copied_library_is_followed_by_a_copy() -> None:
    core = manifest("@shop/core", main="dist/index.js", scripts={"prepare": "tsc"})
    steps = stage(written(injected(**{"libs/core/package.json": core})), "build")
    prepared = steps.index("pnpm --filter @shop/core run prepare")
    assert prepared < steps.index(AGAIN) < steps.index("pnpm --filter @shop/api... run build")


def test_other_managers_don_t_copy_members() -> None:
    files = {**shop("npm"), "pnpm-lock.yaml": LOCK, "package-lock.json": "{}"}
    files["package.json"] = manifest("shop", workspaces=["apps/*", "libs/*"], packageManager="npm@10.9.0")
    spec = next(item for item in genfile.inspect(files).services if item.spec.name == "api").spec
    assert spec.workspace is not None
    assert not spec.workspace.injected
