"""A mistake in a data file names the file and the line: whoever adds a framework sees no traceback."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from genfile import data
from genfile.data import entries, families, systems
from genfile.engine import meaning
from genfile.verify import diagnose, junk

CACHED: tuple[Any, ...] = (
    data.load_table,
    data.runtime,
    data.frameworks,
    data.system_packages,
    data.models,
    data.clients,
    data.fillings,
    data.site_generators,
    data.backing_services,
    families.families,
    systems._releases,
    diagnose._known,
    junk._kinds,
    meaning._errors,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the data files to spoil; nothing of it stays in the caches."""
    copy = tmp_path / "data"
    shutil.copytree(entries.FOLDER, copy, ignore=shutil.ignore_patterns("*.py", "specs", "__pycache__"))
    monkeypatch.setattr(entries, "FOLDER", copy)
    for function in CACHED:
        function.cache_clear()
    yield copy
    for function in CACHED:
        function.cache_clear()


def add(path: Path, text: str) -> int:
    """Append to a file; gives the line of the last line that was added."""
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    return len(path.read_text("utf-8").splitlines())


FRAMEWORK = '\n[[framework]]\nname = "polka"\ndependencies = ["polka"]\nkind = "server"\n'


@pytest.mark.parametrize(
    ("name", "text", "read", "message", "hint"),
    [
        ("frameworks/node", FRAMEWORK + "prot = 3000\n", lambda: data.frameworks("node"), "unknown key prot", "port"),
        ("frameworks/node", FRAMEWORK + 'port = "80"\n', lambda: data.frameworks("node"), "port must be a whole", None),
        ("frameworks/node", FRAMEWORK + "port = true\n", lambda: data.frameworks("node"), "port must be a whole", None),
        ("frameworks/node", FRAMEWORK + "bare = 1\n", lambda: data.frameworks("node"), "bare must be true or f", None),
        ("frameworks/node", FRAMEWORK + 'keeps = "x"\n', lambda: data.frameworks("node"), "keeps must be a list", None),
        (
            "frameworks/go",
            '\n[[framework]]\nname = "x"\ndependencies = ["x"]\nkind = "serve"\n',
            lambda: data.frameworks("go"),
            "kind must be one of server, site, worker, not 'serve'",
            None,
        ),
        ("frameworks/go", "\n[[framewrok]]\n", lambda: data.frameworks("go"), "unknown table framewrok", "framework"),
        ("frameworks/go", "\nname = \n", lambda: data.frameworks("go"), "Invalid value", None),
        ("packages", "x = 1\n[npmm]\n", lambda: data.system_packages("npm"), "unknown table npmm", "npm"),
        ("models", '\n[x]\ncals = ["a"]\n', data.models, "unknown key cals", "calls"),
        ("sites", "\n[x]\nconfg = []\n", data.site_generators, "unknown key confg", "config"),
        ("services", '\n[x]\nimagee = "y"\n', data.backing_services, "unknown key imagee", "image"),
        ("families", '\n[x]\nsumary = "y"\n', families.families, "unknown key sumary", "summary"),
        ("pins", "\n[pyhton]\n", lambda: data.newest_for("python", "numpy", "1.0"), "unknown table pyhton", "python"),
        ("diagnoses", "\n[[diagnoses]]\nhnt = 1\n", diagnose._known, "unknown key hnt", "hint"),
        ("junk", '\n[[kind]]\nwyh = "x"\n', junk._kinds, "unknown key wyh", "why"),
        ("engine_errors", '\n[[errors]]\ntxt = "x"\n', meaning._errors, "unknown key txt", "text"),
        ("systems", '\n[[release]]\nend = "x"\n', systems._releases, "unknown key end", "ends"),
    ],
)
def test_a_mistake_names_its_line(
    folder: Path, name: str, text: str, read: Callable[[], Any], message: str, hint: str | None
) -> None:
    line = add(folder / f"{name}.toml", text)
    with pytest.raises(entries.DataError) as caught:
        read()
    assert caught.value.message.startswith(f"genfile/data/{name}.toml:{line}: {message}")
    assert caught.value.hint == (f"did you mean {hint}?" if hint else None)
    assert caught.value.code == "data"


def test_a_missing_key_names_the_entry(folder: Path) -> None:
    line = add(folder / "frameworks/python.toml", '\n[[framework]]\nname = "polka"\n')
    with pytest.raises(entries.DataError, match=f"python.toml:{line - 1}: polka has no dependencies"):
        data.frameworks("python")


def test_a_framework_that_is_there_already_is_not_added_twice(folder: Path) -> None:
    line = add(folder / "frameworks/node.toml", FRAMEWORK)
    with pytest.raises(entries.DataError, match=f"node.toml:{line - 3}: there are two entries for polka"):
        data.frameworks("node")


def test_an_unknown_key_that_resembles_none_lists_the_known_ones(folder: Path) -> None:
    add(folder / "models.toml", "\n[x]\nzzz = 1\n")
    with pytest.raises(entries.DataError) as caught:
        data.models()
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("known: calls, names")


def test_every_data_file_is_right() -> None:
    """The files as they are: each reader accepts every entry."""
    for language in ("node", "python", "go", "java"):
        assert data.frameworks(language)
        assert data.runtime(language).lines
    for ecosystem in ("npm", "pypi", "go", "maven"):
        assert data.system_packages(ecosystem)
    for registry in data.load_table("clients"):
        assert data.clients(registry)
    assert data.models()
    assert data.fillings()
    assert data.site_generators()
    assert data.backing_services()
    assert families.families()
