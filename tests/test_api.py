"""The Python API: pure, typed, and safe to call from many threads."""

import doctest
import io
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import genfile
from tests.conftest import PROJECTS

FILES = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}


def test_the_examples_in_the_documentation_run() -> None:
    assert doctest.testmod(genfile).failed == 0


def test_a_mapping_is_a_source() -> None:
    made = genfile.generate(FILES)
    assert sorted(made.files) == [".dockerignore", "Dockerfile"]
    assert made.services[0][1].build_command == ["docker", "build", "-f", "Dockerfile", "-t", "app:dev", "."]


@pytest.mark.parametrize("top", ["", "shop-1.0/"])
def test_archives_are_sources(tmp_path: Path, top: str) -> None:
    """tar and zip, with or without the folder that forges put on top."""
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        for name, text in FILES.items():
            archive.writestr(top + name, text)
    with tarfile.open(tmp_path / "app.tar.gz", "w:gz") as tar:
        for name, text in FILES.items():
            member = tarfile.TarInfo(top + name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    wanted = genfile.generate(FILES).files
    assert genfile.generate(tmp_path / "app.zip").files == wanted
    assert genfile.generate(tmp_path / "app.tar.gz").files == wanted


def test_nothing_found_is_an_error_with_a_code() -> None:
    with pytest.raises(genfile.NothingFoundError) as caught:
        genfile.generate({"README.md": "x"})
    assert caught.value.exit_code == 4


def test_render_takes_plain_values() -> None:
    spec = {"language": "static", "name": "site", "static": {"root": ".", "spa": False}, "port": 8080}
    assert "nginx-unprivileged" in genfile.render(spec).dockerfile
    with pytest.raises(genfile.SpecError, match="colour"):
        genfile.render({**spec, "colour": "red"})


def test_many_threads_give_the_same_answers() -> None:
    names = [path for path in sorted(PROJECTS.iterdir()) if path.is_dir()]
    alone = [genfile.generate(path).files for path in names]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda path: genfile.generate(path).files, names * 3)) == alone * 3


def test_every_line_can_be_traced() -> None:
    """With trace, a line knows its rules, its place in the template, and the fields it was made from."""
    from genfile.preset.render import render_spec

    spec = genfile.inspect(FILES).services[0].spec
    lines = {line.text: line for file in render_spec(spec, trace=True).files for line in file.lines}
    expose = lines["EXPOSE 8000"]
    assert expose.rules == ("expose",)
    assert expose.template == "common/Dockerfile.j2"
    assert "/port" in expose.fields
    command = next(line for text, line in lines.items() if text.startswith("CMD "))
    assert any(field.startswith("/start") for field in command.fields)
