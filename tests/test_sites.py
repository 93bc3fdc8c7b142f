"""Sites that are only files: what a web server gives out, for how long, and what it keeps back."""

import json

import pytest

import genfile
from genfile.dockerfile.ignore import read_ignore

KIT = "import adapter from '@sveltejs/adapter-static';\nexport default {{ kit: {{ adapter: adapter({}) }} }};\n"
HTTP = {"index.html": '<a href="install.sh">x</a>', "a.css": ""}


def left(files: dict[str, str]) -> set[str]:
    """What of a plain site's files is in its image."""
    made = genfile.generate(files)
    rules = read_ignore(made.files[".dockerignore"])
    return {path for path in files if not rules.excludes(path)}


def test_a_plain_site_gives_out_its_pages_and_not_its_tools() -> None:
    kept = {**HTTP, "install.sh": "", ".well-known/security.txt": "", "docs/README.md": ""}
    tools = {".htpasswd": "", "backup.sql": "", "deploy.sh": "", ".circleci/config.yml": "", "package.json": "{}",
             "README.md": "", "docs/.hidden": "", "Makefile": ""}  # fmt: skip
    assert left(kept | tools) == set(kept)
    made = genfile.generate(kept | tools)
    assert "location ~ /[.](?!well-known/) { return 404; }" in made.files["Dockerfile"]
    assert not any(note.level == "warning" for note in made.notes)


def test_a_page_that_renders_its_readme_has_it() -> None:
    page = '<script src="//cdn.jsdelivr.net/npm/docsify@4"></script>'
    assert left({"index.html": page, "README.md": "", ".nojekyll": ""}) == {"index.html", "README.md"}


def test_what_else_lies_beside_plain_pages_is_told_of() -> None:
    made = genfile.generate({**HTTP, "accounts.xlsx": "", "photo.PNG": "", "CNAME": ""})
    assert [note.text.split(":")[0] for note in made.notes if note.level == "warning"] == ["accounts.xlsx"]


def served(*dependencies: str, **files: str) -> str:
    """The configuration of the web server of a front end."""
    manifest = {"name": "x", "scripts": {"build": "npm run x"}, "devDependencies": dict.fromkeys(dependencies, "1")}
    return genfile.generate({"package.json": json.dumps(manifest), "index.html": "", **files}).files["Dockerfile"]


@pytest.mark.parametrize(
    ("dependencies", "files", "folders"),
    [
        (["vite"], {}, ["/assets/"]),
        (["vite"], {"vite.config.js": "export default { build: { assetsDir: 'static' } }"}, ["/static/"]),
        (["vite"], {"public/assets/logo.png": ""}, []),
        (["react-scripts"], {}, ["/static/"]),
        (["@sveltejs/kit", "@sveltejs/adapter-static"], {}, ["/_app/immutable/"]),
        (["astro"], {}, ["/_astro/"]),
        (["next"], {"next.config.js": "module.exports = { output: 'export' }"}, ["/_next/static/"]),
        (["@angular/core"], {"src/assets/config.json": ""}, ["/media/"]),
    ],
)
def test_only_files_with_a_hash_in_their_name_are_kept_for_a_year(
    dependencies: list[str], files: dict[str, str], folders: list[str]
) -> None:
    text = served(*dependencies, **files)
    found = [line.split()[1] for line in text.splitlines() if "immutable" in line]
    assert [item for item in found if item.startswith("/")] == folders
    assert ("(css|js)$" in text) == ("@angular/core" in dependencies)


def test_a_page_for_what_is_not_there_is_named_where_there_is_one() -> None:
    assert "404.html" not in genfile.generate({"index.html": ""}).files["Dockerfile"]
    assert "error_page 404 /404.html;" in genfile.generate({"index.html": "", "404.html": ""}).files["Dockerfile"]
    assert "404.html" not in served("astro")
    assert "error_page 404 /404.html;" in served("astro", **{"src/pages/404.astro": ""})
    assert "error_page 404 /404.html;" in served("@docusaurus/core")


def test_reasons_stand_outside_of_the_web_servers_configuration() -> None:
    """The content of a heredoc is the same with every level of comments; the reasons are above it."""
    texts = [genfile.generate({"index.html": ""}, comments=level).files["Dockerfile"] for level in ("brief", "teach")]
    brief, teach = (text.split("default.conf\n")[1].split("\nEOF")[0] for text in texts)
    assert brief == teach
    assert "no curl is installed" not in texts[1]


def test_a_reason_takes_the_place_of_the_heading_in_an_ignore_file() -> None:
    text = genfile.generate({"index.html": ""}, comments="teach").files[".dockerignore"]
    assert "# secrets and local settings\n" not in text
    assert "# Secrets and local settings never enter the build context.\n" in text


@pytest.mark.parametrize(
    ("dependencies", "files", "answer"),
    [
        (["vite"], {}, "try_files /index.html =503"),
        (["vite"], {"vite.config.js": "export default { base: '/shop/' }"}, "try_files /shop/index.html =503"),
        (
            ["@sveltejs/kit", "@sveltejs/adapter-static"],
            {"svelte.config.js": KIT.format("{ fallback: '200.html' }")},
            "try_files /200.html =503",
        ),
        # Any page may be the first one of a site that has several.
        (["astro"], {}, "return 204"),
    ],
)
def test_a_server_without_the_page_of_its_application_is_not_healthy(
    dependencies: list[str], files: dict[str, str], answer: str
) -> None:
    assert f"location = /healthz {{ access_log off; {answer}; }}" in served(*dependencies, **files)
