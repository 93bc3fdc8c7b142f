"""What a service of Node is built without: outputs and tools, and never what it is made of."""

import json

import genfile
from genfile.dockerfile.ignore import read_ignore

SERVER = "require('express')().listen(3000)\n"


def ignored(files: dict[str, str], several: bool = False) -> set[str]:
    """The files of a tree that its ignore file leaves out."""
    made = genfile.generate(files)
    name = next(path for path in made.files if path.endswith("dockerignore"))
    rules = read_ignore(made.files[name])
    return {path for path in files if rules.excludes(path)}


def app(code: str = SERVER, **keys: object) -> dict[str, str]:
    manifest = {"name": "x", "scripts": {"start": "node index.js"}, "dependencies": {"express": "5"}, **keys}
    return {"package.json": json.dumps(manifest), "index.js": code}


def test_sources_with_the_name_of_an_output_or_a_container_file_stay() -> None:
    sources = {
        "src/coverage/cover.js": "",
        "src/DockerfileParser.js": "",
        "config/composer.yaml": "",
        "compose-mail.yml": "",
    }
    left = {"Dockerfile.dev": "", "api.Dockerfile": "", "compose.dev.yaml": "", "docker-compose-ci.yml": ""}
    assert ignored(app() | sources | left) == set(left)


def test_a_report_is_left_out_where_a_tool_writes_one() -> None:
    tested = app(devDependencies={"jest": "30"})
    assert ignored(tested | {"coverage/index.html": "", ".gitignore": "coverage\n"}) == {
        "coverage/index.html",
        ".gitignore",
    }
    # What version control has is no report.
    assert ignored(tested | {"coverage/index.js": ""}) == set()


def test_caches_of_the_framework_alone_are_named() -> None:
    text = genfile.generate(app()).files[".dockerignore"]
    assert not any(name in text for name in (".next", ".nuxt", ".svelte-kit", ".turbo", "coverage"))
    manifest = {"name": "x", "scripts": {"build": "nuxt build"}, "dependencies": {"nuxt": "4"}}
    text = genfile.generate({"package.json": json.dumps(manifest)}).files[".dockerignore"]
    assert ".output\n" in text
    assert ".nuxt\n" in text


def test_outputs_of_the_libraries_of_a_workspace_are_left_out() -> None:
    library = {"name": "@x/core", "main": "dist/index.js", "scripts": {"build": "tsc"}}
    api = {"name": "api", "scripts": {"start": "node x.js"}, "dependencies": {"express": "5", "@x/core": "*"}}
    files = {
        "package.json": json.dumps({"name": "r", "private": True, "workspaces": ["apps/*", "libs/*"]}),
        "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
        ".gitignore": "dist\n",
        "apps/api/package.json": json.dumps(api),
        "apps/api/x.js": SERVER,
        "libs/core/package.json": json.dumps(library),
        "libs/core/src/index.ts": "",
        "libs/core/dist/old.js": "",
    }
    assert "libs/core/dist/old.js" in ignored(files)
    assert "libs/core/src/index.ts" not in ignored(files)


def test_what_the_ignore_file_takes_from_the_program_is_let_in_again() -> None:
    made = genfile.generate(app("require('./Dockerfile.js');" + SERVER) | {"Dockerfile.js": ""})
    assert "!Dockerfile.js\n" in made.files[".dockerignore"]
    assert made.services[0][0].risks == ()


def test_local_settings_are_left_out_whichever_files_a_build_reads() -> None:
    manifest = {"name": "x", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}
    tree = {
        "package.json": json.dumps(manifest),
        "index.html": "",
        ".env.production": "",
        ".env.local": "",
        "a/.env.x.local": "",
    }
    assert ignored(tree) == {".env.local", "a/.env.x.local"}


def test_documents_that_no_build_reads_do_not_start_it_again() -> None:
    tree = {"README.md": "", "CHANGELOG.md": "", "docs/a.md": "", "tsconfig.json": "{}", "src/index.ts": SERVER}
    start = "node dist/index.js"

    def left(build: str, **files: str) -> set[str]:
        return ignored(
            app(scripts={"build": build, "start": start}, devDependencies={"typescript": "5"}) | tree | files
        )

    assert left("tsc") == {"README.md", "CHANGELOG.md"}
    assert left("tsc && cp README.md dist") == {"CHANGELOG.md"}
    assert left("tsc", **{"src/pages.ts": "import.meta.glob('../*.md')"}) == set()
    site = app(scripts={"build": "docusaurus build"}, dependencies={"@docusaurus/core": "3"})
    assert ignored(site | tree) == set()
