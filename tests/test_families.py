"""Families of base images: every package has a name or is refused, every image exists, and nothing fails in silence."""

import re
from pathlib import Path

import pytest

import genfile
from genfile.data import site_generators, system_packages
from genfile.data.families import families, package_names
from genfile.errors import GenfileError, UsageError
from genfile.preset.filters import in_family
from tests.conftest import EXAMPLES, PROJECTS
from tests.test_data import debian_packages
from tools.families import apkbuild
from tools.families.__main__ import main, packages, references
from tools.families.listings import listings, tags

OTHERS = [name for name in families() if families()[name].packages != "apt"]
# Named by the code of detection.
IN_CODE = ("ca-certificates", "gettext", "git", "openssh-client", "python3-setuptools", "tini", "xauth", "xvfb")


def needed() -> set[str]:
    """Debian's packages that a service may ask for. Playwright's browsers and sites are built on Debian alone."""
    only = {name for item in site_generators() for name in item.packages}
    rest: set[str] = set()
    for ecosystem in ("npm", "pypi", "go", "maven"):
        for name, item in system_packages(ecosystem).items():
            (only if name.startswith("playwright") else rest).update(item.build + item.run)
    return ((set(debian_packages()) - only) | rest | set(IN_CODE)) - {""}


def test_every_package_has_a_line() -> None:
    assert sorted(needed() - set(package_names("alpine"))) == []


@pytest.mark.parametrize("family", families())
def test_names_are_names(family: str) -> None:
    for name in packages(families()[family]):
        assert re.fullmatch(r"[a-z0-9][a-z0-9._+-]*", name), name


@pytest.mark.parametrize("family", families())
def test_references_are_filled(family: str) -> None:
    for name in references(families()[family]):
        assert re.fullmatch(r"[a-z0-9./-]+:[a-z0-9.-]+", name), name
        assert not name.endswith(("-", "alpine-")), name


def test_what_a_family_has_not_is_refused_by_name() -> None:
    wolfi = families()["wolfi"].to_context()
    assert in_family(["libpq5", "tini", "own-package"], wolfi) == ["libpq", "tini", "own-package"]
    with pytest.raises(
        GenfileError, match=r"wolfi has no known package.* for Debian's chromium, tesseract-ocr"
    ) as caught:
        in_family(["chromium", "git", "tesseract-ocr"], wolfi)
    assert caught.value.hint == "families that have it: debian, alpine"
    with pytest.raises(GenfileError, match="ubuntu has no known package"):
        in_family(["chromium"], families()["debian"].to_context("java"))
    assert in_family(["tesseract-ocr"], families()["alpine"].to_context()) == [
        "tesseract-ocr",
        "tesseract-ocr-data-eng",
    ]
    # Nothing to install; and Ubuntu's own name, for Java's images of the Debian family too.
    assert in_family(["curl"], families()["ubi"].to_context()) == []
    assert in_family(["docker-cli", "git"], families()["ubuntu"].to_context()) == ["docker.io", "git"]
    assert in_family(["docker-cli"], families()["debian"].to_context("java")) == ["docker.io"]
    assert in_family(["docker-cli"], families()["debian"].to_context("go")) == ["docker-cli"]


def written(tree: Path | dict[str, str], family: str, **settings: str) -> str:
    return genfile.generate(tree, settings={"family": family, **settings}).services[0][1].dockerfile


NODE = {"package.json": '{"name": "shop", "engines": {"node": "%s"}, "scripts": {"start": "node a.js"}%s}', "a.js": ""}


def node(version: str = "24", more: str = "") -> dict[str, str]:
    return {**NODE, "package.json": NODE["package.json"] % (version, more)}


def test_alpine_is_the_newest_that_the_line_was_built_for() -> None:
    assert "FROM node:24-alpine3.24 AS base" in written(node(), "alpine")
    assert "FROM node:18-alpine3.21 AS base" in written(node("18"), "alpine")
    go = {"go.mod": "module example.com/a\n\ngo 1.22\n", "main.go": GO["main.go"] % "embed"}
    text = written(go, "alpine", **{"runtime.version": "1.22"})
    assert text.index("golang:1.22-alpine3.21") < text.index("FROM alpine:3.21 AS runtime")


def test_bun_is_bun_on_alpine_too() -> None:
    text = written(PROJECTS / "node-bun-hono", "alpine")
    assert "FROM oven/bun:" in text
    assert "node:" not in text
    with pytest.raises(UsageError, match="the ubi family has no image for bun"):
        written(PROJECTS / "node-bun-hono", "ubi")


def test_tomcat_is_not_replaced_by_a_plain_jre() -> None:
    assert "tomcat:" in written(PROJECTS / "java-war", "ubuntu")
    for family in ("alpine", "wolfi", "ubi"):
        with pytest.raises(UsageError, match="no image for Tomcat with Java 17") as caught:
            written(PROJECTS / "java-war", family)
        assert caught.value.hint == "families that have it: debian, ubuntu"


def test_a_front_end_of_another_version_keeps_its_image() -> None:
    tree = {
        **node("24", ', "dependencies": {"express": "5"}'),
        "a.js": "const express = require('express');\nconst app = express();\n"
        "app.use(express.static('client/dist'));\napp.listen(3000);\n",
        "client/package.json": '{"name": "ui", "engines": {"node": "22"}, "scripts": {"build": "vite build"},'
        ' "devDependencies": {"vite": "7"}}',
        "client/index.html": "<p>",
        "client/vite.config.js": "export default {}\n",
    }
    text = written(tree, "alpine")
    assert "node:24-alpine3.24" in text
    assert "node:22-alpine" not in text


NATIVE = ', "dependencies": {"better-sqlite3": "12"}'


def test_node_native_modules_find_their_headers() -> None:
    assert "npm_config_nodedir=/usr/local" in written(node(more=NATIVE), "alpine")
    wolfi = written(node(more=NATIVE), "wolfi")
    assert "npm_config_nodedir=/usr\n" in wolfi
    assert "apk add --no-cache build-base make python3" in wolfi
    # Headers of another release would be worse than none: node-gyp fetches its own.
    ubi = written(node(more=NATIVE), "ubi")
    assert "npm_config_nodedir" not in ubi
    assert "gcc-c++ make python3" in ubi


def test_package_managers_of_node_that_images_do_not_bring() -> None:
    for family in ("wolfi", "ubi"):
        assert "npm install --global --no-audit --no-fund yarn@1.22" in written(PROJECTS / "workspace-yarn", family)
    assert "yarn@1.22" not in written(PROJECTS / "workspace-yarn", "alpine")
    # npm 12 leaves out the scripts of dependencies in silence; of what it installs itself it is asked no more.
    assert "npm@11\n" in written(node(more=NATIVE), "wolfi")
    assert "npm@11\n" not in written(PROJECTS / "node-fastify-pnpm-ts", "wolfi")
    assert "npm@11\n" not in written(node(more=NATIVE), "ubi")


def test_images_with_a_home_of_their_own() -> None:
    """Caches and secrets are mounted below /root, where the tools then look; the program gets a home back."""
    text = written(node(), "ubi")
    assert text.index("USER 0") < text.index("ENV HOME=/root") < text.index("HOME=/opt/app-root/src")
    text = written({"requirements.txt": "flask\n", "app.py": "", ".python-version": "3.14\n"}, "ubi")
    assert text.index("ENV HOME=/root") < text.index("HOME=/home/app")
    assert "HOME" not in written(node(), "wolfi")
    assert "# This image has no init" in written(node(), "ubi")


def test_an_own_authority_outlives_an_update_of_the_list() -> None:
    text = written(node(), "ubi", ca="corp.crt")
    assert "COPY --link corp.crt /etc/pki/ca-trust/source/anchors/corp.crt" in text
    assert "cat /etc/pki/ca-trust/source/anchors/corp.crt >> /etc/pki/tls/certs/ca-bundle.crt" in text


def test_start_scripts_of_gradle_have_xargs() -> None:
    text = written(PROJECTS / "java-gradle-kotlin", "ubi")
    assert text.index("install_weak_deps=0 findutils") < text.index('ENTRYPOINT ["/app/bin/')
    assert "findutils" not in written(PROJECTS / "java-spring-maven", "ubi")
    assert "findutils" not in written(PROJECTS / "java-gradle-kotlin", "wolfi")


def test_bash_is_there_for_a_program_that_it_starts() -> None:
    for family in ("alpine", "wolfi"):
        assert "apk add --no-cache bash tini" in written(node(), family, start='["bash", "run.sh"]')
    assert "bash" not in written(node(), "alpine")


def test_python_that_compiles_has_the_headers_of_its_version() -> None:
    tree = {"requirements.txt": "psycopg2==2.9.10\n", "app.py": "import psycopg2\n", ".python-version": "3.14\n"}
    assert "apk add --no-cache gcc glibc-dev postgresql-dev python-3.14-dev" in written(tree, "wolfi")
    assert "gcc glibc-devel libpq-devel python3.14-devel" in written(tree, "ubi")
    assert "apk add --no-cache gcc libpq-dev musl-dev" in written(tree, "alpine")


def test_browsers_of_playwright_are_of_debian() -> None:
    tree = {
        "requirements.txt": "playwright==1.55.0\n",
        "app.py": "from playwright.sync_api import sync_playwright\n\n"
        "with sync_playwright() as p:\n    p.chromium.launch()\n",
    }
    for family in ("alpine", "wolfi"):
        with pytest.raises(GenfileError, match="Playwright's browser needs a Debian or Ubuntu image"):
            written(tree, family)


GO = {
    "go.mod": "module example.com/a\n\ngo 1.27\n\nrequire %s\n",
    "main.go": 'package main\n\nimport (\n\t"net/http"\n\n\t_ "%s"\n)\n\n'
    'func main() { http.ListenAndServe(":8080", nil) }\n',
}


def go(module: str, version: str = "v1.0.0", package: str = "") -> dict[str, str]:
    return {"go.mod": GO["go.mod"] % f"{module} {version}", "main.go": GO["main.go"] % (package or module)}


def test_cgo_has_a_compiler_and_a_glibc_that_is_old_enough() -> None:
    text = written(go("github.com/mattn/go-sqlite3", "v1.14.32"), "alpine")
    assert text.index("golang:1.27-alpine3.24") < text.index("apk add --no-cache build-base") < text.index("go build")
    for family in ("ubi", "ubuntu"):
        assert "golang:1.27-bookworm" in written(go("github.com/mattn/go-sqlite3", "v1.14.32"), family)


def test_modules_of_private_hosts_are_fetched_by_git() -> None:
    hosts = {"private_hosts": '["git.example"]'}
    tree = go("git.example/team/lib")
    assert "apk add --no-cache git" in written(tree, "alpine", **hosts)
    assert "install" not in written(tree, "wolfi", **hosts)  # Debian's image has it.


def test_cgo_is_not_linked_to_libraries_of_another_family() -> None:
    tree = go("github.com/davidbyttow/govips/v2", "v2.16.0", "github.com/davidbyttow/govips/v2/vips")
    assert "apk add --no-cache build-base pkgconf vips-dev" in written(tree, "alpine")
    for family in ("ubuntu", "wolfi", "ubi"):
        with pytest.raises(GenfileError, match="cgo links libraries from Debian's Go image"):
            written(tree, family)
    with pytest.raises(GenfileError, match="without a package manager"):
        written(tree, "distroless")


def test_a_plain_runtime_image_for_go_has_zones_and_certificates() -> None:
    assert "ca-certificates tzdata" in written(EXAMPLES / "go", "ubuntu")
    for family in ("alpine", "wolfi"):
        text = written(EXAMPLES / "go", family)
        assert text.index("AS runtime") < text.index("apk add --no-cache tzdata")
        assert text.count("tzdata") == 1


APKBUILD = """\
pkgname=libfoo
pkgver=3.1.4
_abiver=${pkgver%.*.*}
_default=true
provides="foo-compat=$pkgver-r$pkgrel"
$_default && subpackages="
\t$pkgname-dev
\tfoo-libs:_libs:noarch
\t"
for _lang in eng deu; do
\tsubpackages="$subpackages $pkgname-data-$_lang:_data"
done
subpackages="$subpackages libssl$_abiver:_ssl"

_libs() {
\tpkgname=other
\tprovides="old-foo"
}
"""


def test_an_apkbuild_is_read_without_running_it() -> None:
    assert [item for item in apkbuild.names(APKBUILD, "x") if item] == [
        "libfoo",
        "foo-compat",
        "libfoo-dev",
        "foo-libs",
        "libfoo-data-*",
        "libssl*",
        "old-foo",
    ]


MELANGE = """\
package:
  name: python-3.10
  version: "3.10.1"
  dependencies:
    provides:
      - python3=${{package.version}}
vars:
  what: pip
data:
  - name: versions
    items:
      3.10: '310'
subpackages:
  - name: "${{package.name}}-dev"
  - range: versions
    name: py${{range.key}}-${{vars.what}}
    dependencies:
      provides:
        - ${{subpkg.name}}-old
"""
LOCK = """\
arches:
  - arch: x86_64
    packages:
      - {name: libpq, repoid: ubi-9-for-x86_64-appstream-rpms}
      - {name: secret, repoid: rhel-9-for-x86_64-appstream-rpms}
"""


def test_checkouts_are_recognised_by_their_files(tmp_path: Path) -> None:
    made = {
        "main/libfoo/APKBUILD": APKBUILD,
        "testing/no/APKBUILD": "pkgname=no\n",
        "python-3.10.yaml": MELANGE,
        "broken.yaml": "package: [\n",
        "deep/rpms.lock.yaml": LOCK,
        "24/Dockerfile.rhel10": 'RUN INSTALL_PKGS="make gcc \\\n  git" && \\\n    dnf install -y $INSTALL_PKGS\n',
        "chisel.yaml": "archives:\n  ubuntu:\n    suites: [noble]\n",
        "slices/base-files.yaml": "package: base-files\n",
        "rosdep/base.yaml": "a:\n  ubuntu:\n    '*': [tini]\n    noble: [libzmq5]\nb:\n  ubuntu: [git]\n",
        "heroku-24/installed-packages-amd64.txt": "# Packages\nadduser\n",
        "library/node": "Tags: 24-alpine3.24, 24\nArchitectures: amd64\n",
    }
    for path, text in made.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    found: dict[str, set[str]] = {}
    for item in listings(tmp_path):
        found.setdefault(item.family, set()).update(item.names)
        assert item.whole == (item.family in ("alpine", "wolfi"))
    assert "no" not in found["alpine"]
    assert found["wolfi"] == {"python-3.10", "python3", "python-3.10-dev", "py3.10-pip", "py3.10-pip-old"}
    assert found["ubi"] == {"libpq", "make", "gcc", "git"}
    assert found["ubuntu"] == {"base-files", "libzmq5", "git", "adduser"}
    assert tags(tmp_path) == {"node": frozenset({"24-alpine3.24", "24"})}


def test_the_tool_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    (tmp_path / "main" / "git").mkdir(parents=True)
    (tmp_path / "main" / "git" / "APKBUILD").write_text("pkgname=git\n")
    assert main([str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert re.search(r"alpine: 1 of \d+ packages are in the lists\n  missing: ", said)
    names = {name: f"pkgname={name}\n" for name in packages(families()["alpine"])}
    for name, text in names.items():
        (tmp_path / "main" / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / "main" / name / "APKBUILD").write_text(text)
    assert main([str(tmp_path)]) == 0
