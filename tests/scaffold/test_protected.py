"""No template writes where git would run it: an attack by each way that a file can take into a project."""

import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from genfile.bundle import Bundle
from genfile.errors import PresetError
from genfile.template.project import NewFile, NewProject
from tests.bundle.remotes import git
from tests.scaffold.projects import INNER, digest_of, genfile, write_files, write_template

MANIFEST = 'manifest = 1\nname = "demo"\nsummary = "A demo"\n'
SPELLINGS = [".git", ".GIT", ".git.", "git~1", ".g\u200cit", ".hg", ".svn", ".jj", ".git::$INDEX_ALLOCATION"]


def attack(mark: Path, name: str = ".git") -> dict[str, str]:
    """A repository in whose settings and hooks a program stands that leaves a mark."""
    script = f"#!/bin/sh\ntouch {mark}\n"
    return {
        "a": "1\n",
        f"{name}/HEAD": "ref: refs/heads/main\n",
        f"{name}/config": f"[core]\n\trepositoryformatversion = 0\n\tfsmonitor = touch {mark}; false\n",
        f"{name}/objects/x": "",
        f"{name}/refs/x": "",
        f"{name}/hooks/post-checkout!": script,
        f"{name}/hooks/pre-commit!": script,
        f"sub/{name}/config": f"[core]\n\tfsmonitor = touch {mark}\n",
    }


def check_harmless(project: Path, mark: Path, *, files: set[str]) -> None:
    """The project is what the user expects, and git runs nothing in it."""
    found = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert found - {".genfile-answers.toml", "genfile.lock"} == files
    assert not [path for path in project.rglob("*") if path.name.lower().startswith((".git", "git~"))]
    subprocess.run(["git", "status"], cwd=project, capture_output=True, check=False)
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message", "mine")
    assert not mark.exists()


def zipped(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                file.write(path, path.relative_to(folder).as_posix())
    return archive


def tarred(folder: Path, archive: Path) -> Path:
    with tarfile.open(archive, "w:gz") as file:
        file.add(folder, arcname="top")
    return archive


def committed(folder: Path, repository: Path) -> str:
    """A repository whose commit holds `.git` folders, which git itself would never make: written object by object."""
    repository.mkdir()
    git(repository, "init", "--quiet", "--initial-branch=main")

    def write(place: Path) -> bytes:
        rows = []
        for path in sorted(place.iterdir(), key=lambda path: path.name + "/" * path.is_dir()):
            if path.is_dir():
                mode, name = b"40000", write(path)
            else:
                mode = b"100755" if path.stat().st_mode & 0o100 else b"100644"
                name = bytes.fromhex(git(repository, "hash-object", "-w", str(path)))
            rows.append(mode + b" " + path.name.encode() + b"\0" + name)
        command = ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"]
        done = subprocess.run(command, cwd=repository, input=b"".join(rows), capture_output=True, check=True)
        return bytes.fromhex(done.stdout.decode().strip())

    made = git(repository, "commit-tree", write(folder).hex(), "-m", "attack")
    git(repository, "update-ref", "refs/heads/main", made)
    return f"git+file://{repository}"


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "git"])
@pytest.mark.parametrize("native", [False, True], ids=["cookiecutter", "native"])
def test_a_repository_in_a_template_is_left_out(native: bool, kind: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    folder = tmp_path / "tpl"
    if native:
        write_files(folder, {"template.toml": MANIFEST})
        write_files(folder / "project", attack(mark))
    else:
        write_template(folder, attack(mark))
    references: dict[str, Callable[[], str]] = {
        "folder": lambda: "./tpl",
        "zip": lambda: str(zipped(folder, tmp_path / "tpl.zip")),
        "tar": lambda: str(tarred(folder, tmp_path / "tpl.tar.gz")),
        "git": lambda: committed(folder, tmp_path / "remote"),
    }
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    made = genfile(tmp_path, "new", references[kind](), "shop", "--defaults", **environment)
    assert made.returncode == 0, made.stderr
    check_harmless(tmp_path / "shop", mark, files={"a"})


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("native", [False, True], ids=["cookiecutter", "native"])
def test_a_name_that_renders_to_one_of_version_control_is_refused(native: bool, name: str, tmp_path: Path) -> None:
    folder = tmp_path / "tpl"
    if native:
        question = f'[questions.place]\ntype = "text"\nhelp = "Place"\ndefault = "{name}"\n'
        write_files(folder, {"template.toml": MANIFEST + question, "project/sub/{{ place }}/config": "x\n"})
    else:
        write_template(folder, {"sub/{{cookiecutter.place}}/config": "x\n"}, place=name)
    made = genfile(tmp_path, "new", "./tpl", "shop", "--defaults")
    assert made.returncode == 1
    # A question of genfile's own takes no character without a width.
    assert (
        "control character" if native and "\u200c" in name else "which is in a version control folder"
    ) in made.stderr
    assert made.stderr.count("\n") <= 2
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize("native", [False, True], ids=["cookiecutter", "native"])
def test_a_project_is_never_made_in_the_folder_of_a_repository(native: bool, tmp_path: Path) -> None:
    """The user names no folder, and the template's own name for it is `.git`: his repository is right there."""
    folder = tmp_path / "tpl"
    if native:
        write_files(folder, {"template.toml": "root = \".{{ 'git' }}\"\n" + MANIFEST, "project/hooks/pre-commit!": "x"})
    else:
        write_template(folder, {"hooks/pre-commit!": "x"}, slug=".git")
    place = tmp_path / "mine"
    place.mkdir()
    git(place, "init", "--quiet")
    before = digest_of(place)
    made = genfile(place, "new", "../tpl", "--defaults")
    assert made.returncode == 1
    assert "version control" in made.stderr
    assert digest_of(place) == before


def test_a_copied_folder_and_an_update_are_no_way_in(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    folder = write_template(tmp_path / "tpl", {"a": "1\n"}, _copy_without_render=["*"])
    assert genfile(tmp_path, "new", "./tpl", "shop", "--defaults").returncode == 0
    project = tmp_path / "shop"
    git(project, "init", "--quiet")
    before = digest_of(project / ".git")
    write_files(folder / INNER, {**attack(mark), "a": "2\n"})
    updated = genfile(tmp_path, "update", "shop", "--from", "tpl", "--defaults")
    assert updated.returncode == 0, updated.stderr
    assert (project / "a").read_text() == "2\n"
    assert digest_of(project / ".git") == before
    assert not (project / "sub").exists()


@pytest.mark.parametrize("path", [".git/config", "a/.GIT/x", ".hg/hgrc", "sub/git~1/x"])
def test_the_types_hold_it_whoever_fills_them(path: str) -> None:
    bundle = Bundle("x", "folder", "x", {path: b"", "a": b""}, frozenset({path, "a"}), None, None)
    assert (set(bundle.files), set(bundle.executable)) == ({"a"}, {"a"})
    with pytest.raises(PresetError, match="version control"):
        NewProject({path: NewFile(b"")}, "x", {})
    with pytest.raises(PresetError, match="version control"):
        NewProject({}, "x", {}, folders=(path,))


def test_a_link_does_not_bring_the_repository_of_a_template_along(tmp_path: Path) -> None:
    folder = write_template(tmp_path / "tpl", {"a": "1\n"})
    git(folder, "init", "--quiet")
    (folder / INNER / "b").symlink_to("../.git/config")
    made = genfile(tmp_path, "new", "./tpl", "shop", "--defaults")
    assert made.returncode == 1
    assert "/b is broken or part of a loop" in made.stderr
    hook = "import os\nos.mkdir('.git')\nopen('.git/x', 'w').write('x')\nos.symlink('.git/x', 'c')\n"
    write_template(tmp_path / "other", {"a": "1\n"}, hook)
    assert genfile(tmp_path, "new", "./other", "shop", "--defaults", "--trust").returncode == 0
    assert {path.name for path in (tmp_path / "shop").iterdir()} == {"a", ".genfile-answers.toml", "genfile.lock"}
