"""What a real engine makes of odd names and values: exactly what was meant, in every place that has one."""

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from genfile.dockerfile import quoting
from tests.dockerfile.odd import BACKSLASHES, NAMES, VALUES

pytestmark = pytest.mark.build

ALL = [*NAMES, *BACKSLASHES]


def build(context: Path, dockerfile: str, *arguments: str) -> None:
    done = subprocess.run(
        ["docker", "build", "--file", "-", *arguments, str(context)],
        input=dockerfile,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def files_of(context: Path, dockerfile: str) -> dict[str, str]:
    """The files of the image that a Dockerfile makes, with their texts."""
    target = context.parent / "made.tar"
    build(context, dockerfile, "--output", f"type=tar,dest={target}")
    with tarfile.open(target) as archive:
        return {
            member.name: file.read().decode()
            for member in archive
            if member.isfile() and (file := archive.extractfile(member)) is not None
        }


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("whole", [False, True])
def test_copy_takes_exactly_what_it_names(engine: str | None, tmp_path: Path, whole: bool) -> None:
    """From the context, where the client chooses what it sends, and from a stage; to a folder of that name, too."""
    context = tmp_path / "context"
    lines = ["FROM scratch AS first", *(["COPY . /all/"] if whole else [])]
    wanted: dict[str, str] = {}
    for number, name in enumerate(ALL):
        write(context / name / "f", name)
        write(context / "d" / name / "g", name)
        lines.append(f"COPY {quoting.copy_paths([name], f'/out/{number}')}")
        lines.append(f"COPY {quoting.copy_paths([f'd/{name}'], f'/out/named/{name}')}")
        wanted |= {f"{number}/f": name, f"named/{name}/g": name}
    lines += ["FROM scratch", "COPY --from=first /out /"]
    if whole:
        for number, name in enumerate(ALL):
            lines.append(f"COPY --from=first --link {quoting.copy_paths([f'/all/d/{name}'], f'/stage/{number}')}")
            wanted |= {f"stage/{number}/g": name}
    assert files_of(context, "\n".join(lines) + "\n") == wanted


def test_an_ignore_pattern_leaves_out_its_path_alone(engine: str | None, tmp_path: Path) -> None:
    context = tmp_path / "context"
    for number in range(len(ALL)):
        for other in ALL:
            write(context / f"t{number}" / other)
    patterns = [quoting.ignore_pattern(f"t{number}/{name}") for number, name in enumerate(ALL)]
    write(context / ".dockerignore", "\n".join(patterns) + "\n")
    left = files_of(context, "FROM scratch\nCOPY . /\n")
    for number, name in enumerate(ALL):
        assert {other for other in ALL if f"t{number}/{other}" not in left} == {name}


@pytest.mark.parametrize("name", ["!neg", "#hash", " lead", "trail ", "[id]", "a|b", "^up", "*", "\\back\\slash"])
def test_an_ignore_pattern_at_the_root(engine: str | None, tmp_path: Path, name: str) -> None:
    context = tmp_path / "context"
    for other in ALL:
        write(context / other)
    write(context / ".dockerignore", quoting.ignore_pattern(name) + "\n")
    left = files_of(context, "FROM scratch\nCOPY . /\n")
    assert {other for other in ALL if other not in left} == {name}


def test_the_settings_of_an_image(engine: str | None, tmp_path: Path) -> None:
    folder = '/w/it\'s "$HOME" [x] \\y <<z'
    volumes = [f"/v {name.strip()}" for name in ALL]
    words = ["a", *VALUES, *ALL]
    lines = ["FROM scratch"]
    for number, value in enumerate(VALUES):
        quoted = quoting.env_value(value)
        lines += [f"ENV V{number}={quoted}", f"LABEL l{number}={quoted}", f"ARG A{number}={quoted}"]
        lines.append(f'ENV W{number}="${{A{number}}}"')
    lines += [f"WORKDIR {quoting.workdir(folder)}", f"VOLUME {quoting.volumes(volumes)}"]
    lines += [f"ENTRYPOINT {quoting.exec_form(words)}", f"HEALTHCHECK CMD {quoting.exec_form(words)}"]
    tag = "genfile-test-quoting"
    build(tmp_path, "\n".join(lines) + "\n", "--tag", tag)
    try:
        said = subprocess.run(["docker", "image", "inspect", tag], capture_output=True, text=True, check=True).stdout
    finally:
        subprocess.run(["docker", "image", "rm", "--force", tag], capture_output=True, check=False)
    config = json.loads(said)[0]["Config"]
    environment = dict(item.split("=", 1) for item in config["Env"])
    for number, value in enumerate(VALUES):
        found = (environment[f"V{number}"], environment[f"W{number}"], config["Labels"][f"l{number}"])
        assert found == (value, value, value)
    assert config["WorkingDir"] == folder
    assert set(config["Volumes"]) == set(volumes)
    assert config["Entrypoint"] == words
    assert config["Healthcheck"]["Test"] == ["CMD", *words]
