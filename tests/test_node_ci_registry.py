"""A private registry that only CI sets up: the build takes its address and token from a secret."""

import json

import pytest

import genfile
from tests.test_traps import LISTEN, package


def workflow(*steps: str) -> str:
    return "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n" + "".join(steps)


def setup(url: str, scope: str) -> str:
    given = f"{{node-version: 24, registry-url: {url!r}, scope: {scope!r}}}"
    return f"      - uses: actions/setup-node@v4\n        with: {given}\n"


GITHUB = "https://npm.pkg.github.com"
INSTALL = "      - run: npm ci\n"


def secrets(ci: dict[str, str], name: str = "@acme/kit", version: str = "1.0.0", **more: str) -> list[str]:
    files = {
        "package.json": package(dependencies={name: version}, scripts={"start": "node index.js"}),
        "index.js": LISTEN,
        **ci,
        **more,
    }
    return [item.id for item in genfile.inspect(files).services[0].spec.secrets]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".github/workflows/test.yml", workflow(setup(GITHUB, "@acme"), INSTALL)),
        (".github/workflows/test.yml", workflow(setup(GITHUB, "acme"), INSTALL)),
        (".github/workflows/test.yml", workflow(f"      - run: npm config set @acme:registry {GITHUB}\n", INSTALL)),
        (".gitlab-ci.yml", f"test:\n  script:\n    - echo '@acme:registry={GITHUB}' >> .npmrc\n    - npm ci\n"),
    ],
)
def test_registry_of_ci(path: str, text: str) -> None:
    assert secrets({path: text}) == ["npmrc"]


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        # Nothing of that scope is installed.
        (workflow(setup(GITHUB, "@acme"), INSTALL), "@other/kit", "1.0.0"),
        (workflow(setup(GITHUB, "@acme"), INSTALL), "kit", "1.0.0"),
        (workflow(setup(GITHUB, "@acme"), INSTALL), "@acme/kit", "file:./kit"),
        # The public registry, and one that packages are sent to.
        (workflow(setup("https://registry.npmjs.org", "@acme"), INSTALL), "@acme/kit", "1.0.0"),
        (workflow(setup(GITHUB, "@acme"), "      - run: npm publish\n"), "@acme/kit", "1.0.0"),
        ("{{{", "@acme/kit", "1.0.0"),
    ],
)
def test_no_registry_of_ci(text: str, name: str, version: str) -> None:
    assert secrets({".github/workflows/test.yml": text}, name, version) == []


def test_lockfile_that_names_the_public_registry() -> None:
    ci = {".github/workflows/test.yml": workflow(setup(GITHUB, "@acme"), INSTALL)}
    entry = {"version": "1.0.0", "resolved": "https://registry.npmjs.org/@acme/kit/-/kit-1.0.0.tgz"}
    lock = json.dumps({"lockfileVersion": 3, "packages": {"node_modules/@acme/kit": entry}})
    assert secrets(ci, **{"package-lock.json": lock}) == []


def test_token_of_a_committed_npmrc_is_enough() -> None:
    ci = {".github/workflows/test.yml": workflow(setup(GITHUB, "@acme"), INSTALL)}
    npmrc = "//npm.pkg.github.com/:_authToken=${PACKAGES_TOKEN}\n"
    assert secrets(ci, **{".npmrc": npmrc}) == ["packages_token"]
