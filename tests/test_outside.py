"""What a service reads outside of its own folder: the build context holds both, and the image what runs."""

import json
from typing import Any

import pytest

from genfile.api import generate
from genfile.detect.inspection import inspect_source
from genfile.source.memory import MemorySource

FLASK = "from flask import Flask\n"


def source(files: dict[str, str]) -> MemorySource:
    return MemorySource({name: text.encode() for name, text in files.items()})


def only(files: dict[str, str]) -> Any:
    services = inspect_source(source(files)).services
    assert len(services) == 1, [item.spec.path for item in services]
    return services[0].spec


def image(files: dict[str, str]) -> tuple[str, str, list[str]]:
    """The Dockerfile of the one service, its build context, and what is wrong with it on paper."""
    ((service, rendering),) = generate(source(files)).services
    return rendering.dockerfile, rendering.layout.context, [risk.text for risk in service.risks]


def package(**keys: Any) -> str:
    return json.dumps({"name": "x", "private": True, **keys})


def server(code: str, scripts: dict[str, str] | None = None, **more: str) -> dict[str, str]:
    head = 'const express = require("express"), path = require("path"), app = express();\n'
    return {
        "api/package.json": package(
            scripts=scripts or {"start": "node index.js"}, dependencies={"express": "5.0.0", **more}
        ),
        "api/index.js": f"{head}{code}\napp.listen(process.env.PORT || 5000);\n",
    }


PAGES = {"pages/index.html": "<h1>x</h1>", "pages/app.js": ""}
SHARED = {"shared/util.js": "module.exports = 1;\n"}


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({**server('app.use(express.static(path.join(__dirname, "../pages")));'), **PAGES}, "pages"),
        ({**server('const util = require("../shared/util");'), **SHARED}, "shared"),
        ({**server('const settings = require("../settings.json");'), "settings.json": "{}"}, "settings.json"),
    ],
    ids=["pages", "module", "file"],
)
def test_node_program_that_reads_outside_of_its_folder(files: dict[str, str], place: str) -> None:
    spec = only(files)
    assert (spec.beside, spec.run_paths) == ((place,), ("api", place))
    dockerfile, context, risks = image(files)
    assert (context, risks) == (".", [])
    assert f"COPY --link api /app/api\nCOPY --link {place} /app/{place}\n" in dockerfile


def test_package_by_its_folder() -> None:
    files = {
        **server('const util = require("shared");', shared="file:../shared"),
        **SHARED,
        "shared/package.json": package(main="util.js"),
    }
    assert only(files).beside == ("shared",)


@pytest.mark.parametrize(
    ("lock", "reference", "mounted"),
    [
        ("bun.lock", "file:../shared", "source=shared,target=../shared"),
        ("yarn.lock", "file:../shared", "source=shared,target=../shared"),
        ("package-lock.json", "file:../shared", None),
        ("yarn.lock", "link:../shared", None),
        ("package-lock.json", "file:kit-1.0.0.tgz", "source=kit-1.0.0.tgz,target=kit-1.0.0.tgz"),
        ("bun.lock", "file:absent", None),
        ("bun.lock", "file:..", None),
    ],
)
def test_what_is_copied_into_node_modules_is_there_for_the_installation(
    lock: str, reference: str, mounted: str | None
) -> None:
    files = {
        **server('const util = require("shared");', shared=reference),
        **SHARED,
        "shared/package.json": package(main="util.js"),
        "api/kit-1.0.0.tgz": "x",
        f"api/{lock}": '{"lockfileVersion": 3}' if lock.endswith("json") else "{}" if lock.startswith("bun") else "",
    }
    lines = image(files)[0].splitlines()
    own = [line for line in lines if "type=bind" in line and "package.json" not in line and lock not in line]
    assert len(own) == (mounted is not None)
    assert mounted is None or mounted in own[0]


@pytest.mark.parametrize(
    ("settings", "mounted"),
    [("--install.no-lockfile true\n", False), ("--install.no-lockfile true\nregistry x\n", True), ("# a\n", True)],
)
def test_a_committed_lockfile_counts(settings: str, mounted: bool) -> None:
    files = {**server(""), "api/yarn.lock": "", "api/.yarnrc": settings}
    assert ("source=.yarnrc" in image(files)[0]) == mounted
    found = inspect_source(source(files))
    notes = [*found.notes, *(note for service in found.services for note in service.notes)]
    assert any("so the lockfile counts" in note.text for note in notes) != mounted


def test_script_of_a_build_outside_is_no_part_of_what_runs() -> None:
    scripts = {"start": "node index.js", "prebuild": "node ../tools/stamp.js", "build": "node build.js"}
    files = {**server("", scripts), "tools/stamp.js": "", "api/build.js": ""}
    assert (only(files).beside, only(files).run_paths) == (("tools",), ("api",))
    dockerfile, _, risks = image(files)
    assert "COPY api /app/api\nCOPY tools /app/tools\nRUN npm run build" in dockerfile
    assert risks == []


def test_typescript_that_is_compiled_with_its_neighbour() -> None:
    files = {
        "api/package.json": package(
            scripts={"build": "tsc", "start": "node dist/api/src/index.js"},
            dependencies={"express": "5.0.0"},
            devDependencies={"typescript": "5.9.0"},
        ),
        "api/tsconfig.json": '{"extends": "../tsconfig.base.json", "include": ["src", "../shared"]}',
        "tsconfig.base.json": '{"compilerOptions": {"outDir": "api/dist", "module": "commonjs"}}',
        "api/src/index.ts": 'import express from "express";\nimport { x } from "../../shared/x";\nexpress().listen(x);',
        "shared/x.ts": "export const x = 4000;\n",
    }
    assert only(files).beside == ("shared", "tsconfig.base.json")
    assert image(files)[2] == []


def test_site_with_an_alias_that_leads_out() -> None:
    config = (
        'import path from "path";\n'
        'export default { resolve: { alias: { "@shared": path.resolve(__dirname, "../shared") } } };\n'
    )
    files = {
        "web/package.json": package(scripts={"build": "vite build"}, devDependencies={"vite": "7.0.0"}),
        "web/index.html": "<div></div>",
        "web/vite.config.js": config,
        **SHARED,
    }
    spec = only(files)
    assert (spec.static.root, spec.beside, spec.run_paths) == ("web/dist", ("shared",), ())
    dockerfile, context, risks = image(files)
    assert (context, risks) == (".", [])
    assert "WORKDIR /app/web\n" in dockerfile
    assert "COPY web /app/web\nCOPY shared /app/shared\n" in dockerfile
    assert "COPY --link --from=build /app/web/dist /usr/share/nginx/html" in dockerfile


def test_front_end_of_a_server_brings_what_it_needs() -> None:
    code = 'app.use(express.static(path.join(__dirname, "../web/dist")));'
    files = {
        **server(code),
        "web/package.json": package(scripts={"build": "vite build"}, devDependencies={"vite": "7.0.0"}),
        "web/index.html": "<div></div>",
        "web/src/main.js": 'import x from "../../shared/util";\n',
        **SHARED,
    }
    spec = only(files)
    assert (spec.frontend.path, spec.frontend.beside, spec.beside) == ("web", ("shared",), ())
    assert "COPY web /app/web\nCOPY shared /app/shared\n" in image(files)[0]


@pytest.mark.parametrize(
    ("code", "places"),
    [
        (f'{FLASK}app = Flask(__name__, static_folder="../pages")\n', ("pages",)),
        (
            "from pathlib import Path\nROOT = Path(__file__).resolve().parent.parent\n"
            f'{FLASK}app = Flask(__name__)\nweights = (ROOT / "models" / "a.bin").read_bytes()\n',
            ("models",),
        ),
        (
            "import os, sys\nsys.path.append(os.path.join(os.path.dirname(__file__), '..'))\n"
            f"from common.units import x\n{FLASK}app = Flask(__name__)\n",
            ("common",),
        ),
    ],
    ids=["static", "file", "modules"],
)
def test_python_program_that_reads_outside_of_its_folder(code: str, places: tuple[str, ...]) -> None:
    files = {
        "api/requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
        "api/app.py": code,
        "api/train.py": "open('../data/rows.csv')\n",
        "data/rows.csv": "",
        "models/a.bin": "",
        "common/units.py": "x = 1\n",
        **PAGES,
    }
    spec = only(files)
    assert (spec.beside, spec.run_paths) == (places, ("api", *places))
    dockerfile, context, risks = image(files)
    assert (context, risks) == (".", [])
    assert "WORKDIR /app/api\n" in dockerfile
    for place in ("api", *places):
        assert f"COPY --link {place} /app/{place}\n" in dockerfile


@pytest.mark.parametrize(
    "code",
    [
        'require("dotenv").config({ path: "../.env" });',
        'app.use(express.static(path.join(__dirname, "../build")));',
        'app.set("root", path.join(__dirname, ".."));',
        'require("fs").readFileSync("../docker-compose.yml");',
    ],
    ids=["settings of a person", "not in the tree", "all of it", "what images are made with"],
)
def test_what_is_no_place_beside(code: str) -> None:
    files = {**server(code), ".env": "A=1\n", "README.md": "#", "docker-compose.yml": "services: {}\n"}
    assert only(files).beside == ()
    assert image(files)[1] == "api"


def test_output_of_a_site_outside_of_its_folder_is_not_sent_to_the_builder() -> None:
    files = {
        "web/package.json": package(scripts={"build": "vite build"}, devDependencies={"vite": "7.0.0"}),
        "web/index.html": "<div></div>",
        "web/vite.config.js": 'export default { build: { outDir: "../pages" } };\n',
        "pages/keep.txt": "",
    }
    spec = only(files)
    assert (spec.static.root, spec.beside) == ("pages", ())
    dockerfile, context, risks = image(files)
    assert (context, risks) == (".", [])
    assert "WORKDIR /app/web\n" in dockerfile
    assert "COPY --link --from=build /app/pages /usr/share/nginx/html" in dockerfile


def test_member_of_a_workspace_has_its_neighbours_in_the_context() -> None:
    files = {
        "package.json": package(workspaces=["api", "shared"]),
        **server('const util = require("../shared/util");'),
        **SHARED,
        "shared/package.json": package(main="util.js"),
    }
    assert only(files).beside == ()
