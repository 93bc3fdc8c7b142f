"""Version files: every language looks for them from the service's folder upwards, and the nearest one counts."""

import pytest

from tests.test_jvm_versions import maven
from tests.test_traps import EXPRESS, FASTAPI, GO_MOD, GO_SERVER, LISTEN, inspect, package

SERVICES = {
    "node": {
        "package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}),
        "server.js": LISTEN,
    },
    "python": {"requirements.txt": "fastapi\nuvicorn\n", "main.py": FASTAPI},
    "go": {"go.mod": GO_MOD.replace("1.26", "1.24"), "main.go": GO_SERVER},
    "java": maven("3.3.0", ""),
}
# The language, a version file with a version in it, that version, and another.
FILES = [
    ("node", "mise.toml", '[tools]\nnode = "{}"\n', "22", "20"),
    ("node", ".tool-versions", "nodejs {}\n", "22", "20"),
    ("node", ".nvmrc", "{}\n", "22", "20"),
    ("node", ".node-version", "{}\n", "22", "20"),
    ("python", ".mise.toml", '[tools]\npython = "{}"\n', "3.12", "3.11"),
    ("python", ".tool-versions", "python {}\n", "3.12", "3.11"),
    ("python", ".python-version", "{}\n", "3.12", "3.11"),
    ("go", ".config/mise.toml", '[tools]\n"core:go" = "{}"\n', "1.26", "1.25"),
    ("go", ".tool-versions", "golang {}\n", "1.26", "1.25"),
    ("go", ".go-version", "{}\n", "1.26", "1.25"),
    ("java", "mise.toml", '[tools]\njava = {{ version = "temurin-{}" }}\n', "21", "17"),
    ("java", ".tool-versions", "java temurin-{}.0.5+11\n", "21", "17"),
    ("java", ".sdkmanrc", "java={}.0.5-tem\n", "21", "17"),
    ("java", ".java-version", "{}\n", "21", "17"),
]


def version(language: str, **files: str) -> str:
    """The version of the one service of a language that lies in services/shop."""
    tree = {f"services/shop/{name}": text for name, text in SERVICES[language].items()}
    (service,) = inspect(**tree, **files).services
    assert service.spec.runtime is not None
    return service.spec.runtime.version


@pytest.mark.parametrize(("language", "name", "text", "wanted", "other"), FILES)
def test_a_version_file_counts_from_any_folder_above(
    language: str, name: str, text: str, wanted: str, other: str
) -> None:
    assert version(language, **{name: text.format(wanted)}) == wanted
    assert version(language, **{name: text.format(other)}) == other
    assert version(language, **{name: text.format(other), f"services/{name}": text.format(wanted)}) == wanted
    beside = {f"services/web/{name}": text.format(other), f"docs/{name}": text.format(other)}
    assert version(language, **beside) == version(language)


def test_a_file_that_names_no_version_is_told_of_and_the_next_one_counts() -> None:
    files = {"services/shop/.nvmrc": "twenty\n", ".nvmrc": "# the servers have this one\n\n20\n"}
    tree = {f"services/shop/{name}": text for name, text in SERVICES["node"].items()}
    assert version("node", **files) == "20"
    found = inspect(**tree, **files)
    assert "services/shop/.nvmrc does not name a node version: 'twenty'" in [note.text for note in found.notes]


@pytest.mark.parametrize("name", ["runtime.txt"])
def test_a_file_that_a_host_reads_counts_in_its_own_folder_alone(name: str) -> None:
    assert version("python", **{name: "python-3.11.4\n"}) == version("python")
    assert version("python", **{f"services/shop/{name}": "python-3.11.4\n"}) == "3.11"
