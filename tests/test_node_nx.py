"""Applications of frameworks that Nx builds by a project.json, with the dependencies of the root."""

import json
from typing import Any

import pytest

from tests.test_node_traps import LOCK
from tests.test_traps import inspect, only, package

NX = {"nx": "21.0.0", "@nx/next": "21.0.0", "@nx/vite": "21.0.0"}
UI = {"next": "15.0.0", "react": "19.0.0", "@angular/core": "19.0.0", "vite": "6.0.0", "webpack-cli": "5.0.0"}
ROOT = {"package.json": package(name="mono", dependencies=UI, devDependencies=NX), "nx.json": "{}", **LOCK}
PAGE = "apps/web/index.html"


def project_json(executor: str, **options: Any) -> dict[str, str]:
    build = {"executor": executor, "options": options}
    value = {"name": "shop", "projectType": "application", "targets": {"build": build}}
    return {"apps/web/project.json": json.dumps(value)}


@pytest.mark.parametrize(
    ("files", "framework", "root"),
    [
        ({**project_json("@nx/vite:build", outputPath="dist/apps/web"), PAGE: ""}, "vite", "dist/apps/web"),
        # The configuration of the bundler says it.
        ({**project_json("@nx/vite:build"), PAGE: "",
          "apps/web/vite.config.ts": "export default { build: { outDir: '../../out/web' } }"}, "vite", "out/web"),
        ({**project_json("@nrwl/angular:webpack-browser", outputPath="dist/apps/web")}, "angular", "dist/apps/web"),
        ({**project_json("@nx/angular:application", outputPath="dist/{projectRoot}")}, "angular",
         "dist/apps/web/browser"),
        ({**project_json("@nx/webpack:webpack", outputPath="dist/web", main="apps/web/src/main.tsx",
                         index="apps/web/src/index.html"), "apps/web/src/main.tsx": ""}, "webpack", "dist/web"),
        ({**project_json("nx:run-commands", command="vite build", cwd="apps/web"), PAGE: ""}, "vite", "apps/web/dist"),
        ({**project_json("@nx/next:build", outputPath="dist/apps/web"),
          "apps/web/next.config.js": "module.exports = { output: 'export' }"}, "nextjs", "dist/apps/web/.next"),
    ],
)  # fmt: skip
def test_a_site_of_nx_needs_no_manifest(files: dict[str, str], framework: str, root: str) -> None:
    spec = only(**ROOT, **files, **{"apps/web-e2e/project.json": '{"name": "e"}'})
    assert (spec.path, spec.name, spec.framework, spec.port) == ("apps/web", "shop", framework, 8080)
    assert list(spec.build) == ["npx --no-install nx build shop"]
    assert spec.static is not None
    assert spec.static.root == root
    assert list(spec.manifests) == ["package.json", "package-lock.json"]


@pytest.mark.parametrize(
    ("files", "start", "kept"),
    [
        (project_json("@nx/next:build", outputPath="dist/apps/web"), ["next", "start", "../../dist/apps/web"],
         ["dist/apps/web"]),
        ({"apps/web/project.json": '{"name": "shop"}',
          "nx.json": '{"plugins": [{"plugin": "@nx/next/plugin", "options": {"buildTargetName": "build"}}]}'},
         ["next", "start"], ["apps/web/.next", "apps/web/next.config.js"]),
    ],
)  # fmt: skip
def test_a_server_of_a_framework_starts_from_what_nx_built(
    files: dict[str, str], start: list[str], kept: list[str]
) -> None:
    spec = only(**{**ROOT, "apps/web/next.config.js": "module.exports = {}", **files})
    assert (spec.framework, spec.port, list(spec.build)) == ("nextjs", 3000, ["npx --no-install nx build shop"])
    assert list(spec.start) == start
    assert set(kept) <= set(spec.run_paths)


def test_a_plug_in_may_call_its_target_otherwise() -> None:
    named = '{"plugins": [{"plugin": "@nx/vite/plugin", "options": {"buildTargetName": "bundle"}}]}'
    app = {"apps/web/project.json": '{"name": "shop"}', PAGE: "", "apps/web/vite.config.ts": "export default {}"}
    spec = only(**{**ROOT, "nx.json": named, **app})
    assert list(spec.build) == ["npx --no-install nx run shop:bundle"]


def test_a_manifest_that_lists_nothing_lives_by_the_roots() -> None:
    own = {"apps/web/package.json": package(name="web", version="1.0.0"), "apps/web/next.config.js": ""}
    spec = only(**ROOT, **own, **project_json("@nx/next:build", outputPath="dist/apps/web"))
    assert spec.workspace is not None
    assert spec.workspace.root == "."
    assert list(spec.manifests) == ["package.json", "package-lock.json"]


def test_a_library_of_nx_is_no_site() -> None:
    library = {"libs/ui/project.json": json.dumps({
        "name": "ui", "projectType": "library", "targets": {"build": {"executor": "@nx/vite:build"}}
    }), "libs/ui/index.html": ""}  # fmt: skip
    spec = only(**ROOT, **library, **project_json("@nx/angular:browser-esbuild"))
    assert spec.path == "apps/web"


def test_the_base_of_an_angular_application_of_nx_is_read_from_its_page() -> None:
    page = {"apps/web/src/index.html": '<base href="/console/">'}
    options = {"outputPath": "dist/web", "index": "apps/web/src/index.html"}
    spec = only(**ROOT, **page, **project_json("@nx/angular:browser-esbuild", **options))
    assert spec.static is not None
    assert spec.static.base == "/console/"


def test_an_application_of_nx_that_is_not_known_is_told_of() -> None:
    notes = inspect(**{**ROOT, **project_json("@acme/own:pack")}).notes
    assert any("genfile does not know how Nx builds this application" in note.text for note in notes)


def test_a_servers_configuration_keeps_what_it_loads() -> None:
    manifest = package(dependencies={"next": "15.0.0"}, devDependencies={"@next/bundle-analyzer": "15.0.0"})
    config = "const analyze = require('@next/bundle-analyzer')({}); module.exports = analyze({})"
    files = {"package.json": manifest, "next.config.js": config, "pages/index.js": "", **LOCK}
    assert only(**files).dependencies_at_run == "all"
    files["next.config.js"] = "module.exports = {}"
    assert only(**files).dependencies_at_run == "production"
