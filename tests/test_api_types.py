"""What the Python API takes: archives in memory, typed settings, and a TypeError for a caller's slip."""

import io
import tarfile
import zipfile
from typing import Any

import pytest

import genfile
from genfile import errors

FILES = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}


def zipped(top: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(top + name, text)
    return file.getvalue()


def tarred(mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, text in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return file.getvalue()


class Stream(io.RawIOBase):
    """What a pipe or an HTTP response is: bytes that can be read once."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


@pytest.mark.parametrize("guard", [None, genfile.Guard()], ids=["plain", "guarded"])
@pytest.mark.parametrize(
    "archive",
    [
        zipped(),
        zipped("shop-1.0/"),
        tarred(),
        tarred("w:gz"),
        bytearray(zipped()),
        io.BytesIO(zipped()),
        io.BytesIO(tarred("w:xz")),
        Stream(zipped()),
        Stream(tarred("w:gz")),
    ],
    ids=["zip", "zip with a folder", "tar", "tar.gz", "bytearray", "file", "xz file", "zip stream", "tar.gz stream"],
)
def test_archives_in_memory_are_sources(archive: Any, guard: genfile.Guard | None) -> None:
    # A stream is used up by the first run.
    archive = Stream(archive._file.getvalue()) if isinstance(archive, Stream) else archive
    assert genfile.generate(archive, guard=guard).files == genfile.generate(FILES).files


def test_a_file_object_is_read_from_its_start_and_left_open() -> None:
    file = io.BytesIO(zipped())
    file.seek(0, io.SEEK_END)
    assert genfile.inspect(file).services
    assert genfile.inspect(file).services
    assert not file.closed


@pytest.mark.parametrize("content", [b"", b"no archive", zipped()[:60]], ids=["empty", "text", "cut"])
@pytest.mark.parametrize("wrap", [bytes, io.BytesIO])
def test_bytes_that_are_no_archive(content: bytes, wrap: Any) -> None:
    with pytest.raises(genfile.SourceError, match="not a readable archive"):
        genfile.inspect(wrap(content))


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("port", 9000, "EXPOSE 9000"),
        ("port", "9000", "EXPOSE 9000"),
        ("start", ["python", "app.py"], 'CMD ["python", "app.py"]'),
        ("start", ("python", "my app.py"), 'CMD ["python", "my app.py"]'),
        ("labels", ["team=shop", "tier=web"], "tier=web"),
        ("user", 20000, "USER 20000:20000"),
        ("health", {"path": "/up"}, "/up"),
    ],
)
def test_settings_are_typed(key: str, value: Any, line: str) -> None:
    assert line in genfile.generate(FILES, settings={key: value}).files["Dockerfile"]


def test_a_bool_is_a_bool() -> None:
    assert "HEALTHCHECK" in genfile.generate(FILES, settings={"healthcheck": True}).files["Dockerfile"]
    assert "HEALTHCHECK" not in genfile.generate(FILES, settings={"healthcheck": False}).files["Dockerfile"]


def test_none_clears_a_field() -> None:
    assert "EXPOSE" not in genfile.generate(FILES, settings={"port": None}).files["Dockerfile"]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: genfile.inspect(3), "source must be a path, .* not int"),  # type: ignore[arg-type]
        (lambda: genfile.inspect(None), "source must be .* not NoneType"),  # type: ignore[arg-type]
        (lambda: genfile.generate(["app.py"]), "source must be .* not list"),  # type: ignore[arg-type]
        (lambda: genfile.inspect(io.StringIO("x")), "binary mode"),  # type: ignore[arg-type]
        (lambda: genfile.inspect({"a.py": 1}), "content of 'a.py' must be str or bytes, not int"),  # type: ignore[dict-item]
        (lambda: genfile.inspect({1: "x"}), "path in a mapping must be a str, not int"),  # type: ignore[dict-item]
        (lambda: genfile.inspect(FILES, presets="acme"), "presets must be a list"),
        (lambda: genfile.inspect(FILES, presets=[1]), "item of presets must be a str"),  # type: ignore[list-item]
        (lambda: genfile.inspect(FILES, preset=1), "preset must be a str or None"),  # type: ignore[arg-type]
        (lambda: genfile.inspect(FILES, guard=10), "guard must be a Guard"),  # type: ignore[arg-type]
        (lambda: genfile.generate(FILES, settings=["port"]), "settings must be a mapping"),  # type: ignore[arg-type]
        (lambda: genfile.generate(FILES, settings={1: 2}), "key of settings must be a str"),  # type: ignore[dict-item]
        (lambda: genfile.generate(FILES, settings={"port": 3.1}), r"settings\['port'\] can't be float.*3.10"),  # type: ignore[dict-item]
        (lambda: genfile.generate(FILES, settings={"port": {1, 2}}), "can't be set"),  # type: ignore[dict-item]
        (lambda: genfile.generate(FILES, service=1), "service must be a str or None"),  # type: ignore[arg-type]
        (lambda: genfile.generate(FILES, comments=1), "comments must be a str"),  # type: ignore[arg-type]
        (lambda: genfile.render(1), "spec must be"),  # type: ignore[arg-type]
        (lambda: genfile.render({}, options=[]), "options must be a mapping"),  # type: ignore[arg-type]
    ],
)
def test_a_slip_of_the_caller_is_a_type_error(call: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        call()


def test_a_level_of_comments_that_does_not_exist() -> None:
    with pytest.raises(genfile.UsageError, match="'loud' is not a level"):
        genfile.generate(FILES, comments="loud")  # type: ignore[arg-type]


def test_codes_of_exceptions_are_stable() -> None:
    """Programs match on them: adding one is fine, changing one is not."""
    found = {
        name: (kind.code, kind.exit_code)
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, genfile.GenfileError)
    }
    assert found == {
        "GenfileError": ("failed", 1),
        "UsageError": ("usage", 2),
        "SpecError": ("spec", 2),
        "SourceError": ("source", 1),
        "PresetError": ("preset", 1),
        "WriteError": ("write", 1),
        "GuardError": ("failed", 1),
        "ConflictError": ("conflict", 3),
        "NothingFoundError": ("nothing-found", 4),
    }
    assert genfile.GuardError("x", code="time").code == "time"


def test_dir_is_the_public_surface() -> None:
    assert dir(genfile) == sorted(genfile.__all__)
