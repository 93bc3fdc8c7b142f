"""Files beside the sources that a compiled program looks for: the build copies what the compiler leaves there."""

import json
from typing import Any

import pytest

import genfile

MAIN = (
    "import express from 'express';\nimport path from 'node:path';\nimport fs from 'node:fs';\n"
    "const app = express();\n%s\napp.listen(3000);\n"
)
VIEWS = "app.set('views', path.join(__dirname, 'views'));"


def made(code: str, files: dict[str, str], out: str = "dist", **keys: Any) -> tuple[list[str], str]:
    """The build of the one service of a tree, and its notes."""
    package = {
        "name": "shop",
        "scripts": {"build": "tsc", "start": f"node {out}/main.js"},
        "dependencies": {"express": "5.0.0"},
        "devDependencies": {"typescript": "5.9.2"},
        **keys,
    }
    tree = {
        "package.json": json.dumps(package),
        "tsconfig.json": json.dumps({"compilerOptions": {"outDir": out, "rootDir": "src"}, "include": ["src"]}),
        "src/main.ts": MAIN % code,
        **files,
    }
    ((found, _),) = genfile.generate(tree).services
    return list(found.spec.build), "\n".join(note.text for note in found.notes)


@pytest.mark.parametrize(
    ("code", "files", "copies"),
    [
        (VIEWS, {"src/views/a.ejs": ""}, ["mkdir -p dist/views && cp -R src/views/. dist/views"]),
        (
            "const words = fs.readFileSync(path.join(__dirname, 'data', 'words.json'));",
            {"src/data/words.json": "[]"},
            ["install -D -m 644 src/data/words.json dist/data/words.json"],
        ),
        (
            "const schema = fs.readFileSync(new URL('./a b.graphql', import.meta.url));",
            {"src/a b.graphql": ""},
            ["install -D -m 644 'src/a b.graphql' 'dist/a b.graphql'"],
        ),
        # Of a folder with sources only the other files, whichever of them a name computed at run time means.
        (
            "const load = (name: string) => fs.readFileSync(path.join(__dirname, `./modules/${name}/schema.graphql`));",
            {"src/modules/user/schema.graphql": "", "src/modules/user/resolvers.ts": "export const a = 1;\n"},
            ["install -D -m 644 src/modules/user/schema.graphql dist/modules/user/schema.graphql"],
        ),
        # Above the output as above the sources, not there, or what the compiler makes.
        ("app.use(express.static(path.join(__dirname, '../public')));", {"public/a.css": ""}, []),
        ("app.use(express.static(path.join(__dirname, 'uploads')));", {}, []),
        ("const jobs = path.join(__dirname, 'jobs');", {"src/jobs/a.ts": "export const a = 1;\n"}, []),
        ("const all = fs.readdirSync(path.join(__dirname, '.'));", {"src/words.json": "[]"}, []),
    ],
)
def test_what_a_program_looks_for_beside_itself(code: str, files: dict[str, str], copies: list[str]) -> None:
    build, notes = made(code, files)
    assert build == ["npm run build", *copies]
    assert ("tsc does not copy it" in notes) == bool(copies)


def test_a_project_that_copies_such_files_itself() -> None:
    copying = {"build": "tsc && cpx 'src/views/**/*' dist/views", "start": "node dist/main.js"}
    assert made(VIEWS, {"src/views/a.ejs": ""}, scripts=copying)[0] == ["npm run build"]
    after = {"build": "tsc", "postbuild": "cp -r src/views dist", "start": "node dist/main.js"}
    assert made(VIEWS, {"src/views/a.ejs": ""}, scripts=after)[0] == ["npm run build"]


def test_a_program_that_runs_from_its_sources() -> None:
    scripts = {"start": "tsx src/main.ts"}
    assert made(VIEWS, {"src/views/a.ejs": ""}, scripts=scripts, dependencies={"express": "5", "tsx": "4"})[0] == []


def test_what_is_copied_is_in_the_image_on_paper() -> None:
    files = {"src/views/a.ejs": ""}
    package = {"name": "shop", "scripts": {"build": "tsc", "start": "node dist/main.js"},
               "dependencies": {"express": "5.0.0"}, "devDependencies": {"typescript": "5.9.2"}}  # fmt: skip
    config = {"compilerOptions": {"outDir": "dist", "rootDir": "src"}, "include": ["src"]}
    tree = {"package.json": json.dumps(package), "tsconfig.json": json.dumps(config), "src/main.ts": MAIN % VIEWS}
    ((found, rendering),) = genfile.generate({**tree, **files}).services
    assert "cp -R src/views/. dist/views" in rendering.dockerfile
    assert [risk for risk in found.risks if "views" in risk.text] == []
