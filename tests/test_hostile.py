"""Bad input ends in one clear line and a right exit code, or in a right Dockerfile with a note."""

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from genfile.dockerfile.reader import read_dockerfile

GOOD = {"name": "shop", "scripts": {"start": "node server.js"}, "dependencies": {"express": "^5"}}


def genfile(*arguments: str | Path, stdin: str | None = None, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "genfile", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )


def write_node(folder: Path, manifest: object = GOOD) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    (folder / "package.json").write_text(text)
    (folder / "server.js").write_text("require('express')().listen(3000)\n")
    return folder


def assert_refused(done: subprocess.CompletedProcess[str], code: int) -> None:
    """One line of error, perhaps a hint; never a traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, done.stderr


def assert_written(folder: Path, done: subprocess.CompletedProcess[str]) -> str:
    """A Dockerfile was written that BuildKit's grammar takes, and nothing else was left behind."""
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert not list(folder.glob(".*.tmp"))
    text = (folder / "Dockerfile").read_text()
    read_dockerfile(text)
    return text


@pytest.mark.parametrize(
    "manifest",
    ["{not json", "[]", "[1, 2]", '"text"', "null", "", "\x00\x01", '{"scripts": []}', "{" * 100_000, '{"a":' * 5000],
    ids=["broken", "empty-list", "list", "text", "null", "empty", "control", "odd-scripts", "braces", "deep"],
)
def test_a_malformed_manifest_alone_is_nothing_found(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "package.json").write_text(manifest)
    done = genfile("init", tmp_path, "--yes")
    assert_refused(done, 4)
    assert "looked for" in done.stderr
    assert not (tmp_path / "Dockerfile").exists()


def test_a_malformed_manifest_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{\n  "name": "x",\n  oops\n}\n')
    done = genfile("inspect", tmp_path, "--json")
    notes = json.loads(done.stdout)["notes"]
    assert any(note["path"] == "package.json" and note["line"] == 3 for note in notes)


def test_a_manifest_of_300_megabytes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "package.json").open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    started = time.monotonic()
    done = genfile("init", tmp_path)
    assert_refused(done, 4)
    assert time.monotonic() - started < 20
    inspected = json.loads(genfile("inspect", tmp_path, "--json").stdout)
    assert any("larger than" in note["text"] for note in inspected["notes"])


INJECTIONS = [
    "x\nRUN rm -rf /",
    "x\r\nUSER root",
    "x\u2028RUN id",
    "$(id)",
    "`id`",
    "a; rm -rf /",
    "--privileged",
    "x\\",
    "#",
    "[a]",
    "<<EOF",
    "'; DROP",
    '"',
    "x\ty",
    "\x1b[31m",
    "../../etc",
    "a b",
    "é",
    "日本",
    "%s%n",
    "{{ 7*7 }}",
    "{% raw %}",
]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("place", ["name", "script", "script-name", "main", "engines", "package-manager", "dependency"])
def test_no_text_of_a_manifest_becomes_an_instruction(tmp_path: Path, text: str, place: str) -> None:
    """Whatever a field says, the Dockerfile has no instruction that a harmless one has not."""
    manifest = json.loads(json.dumps(GOOD))
    if place == "name":
        manifest["name"] = text
    elif place == "script":
        manifest["scripts"]["start"] = f"node {text}"
    elif place == "script-name":
        manifest["scripts"]["postinstall"] = f"npm run {text}"
        manifest["scripts"][text] = "tsc"
    elif place == "main":
        manifest["main"] = text
    elif place == "engines":
        manifest["engines"] = {"node": text}
    elif place == "package-manager":
        manifest["packageManager"] = f"pnpm@{text}"
    else:
        manifest["dependencies"][text] = text
    write_node(tmp_path / "tree", manifest)
    done = genfile("init", tmp_path / "tree", "--yes")
    if done.returncode != 0:
        assert_refused(done, done.returncode)
        return
    made = read_dockerfile(assert_written(tmp_path / "tree", done))
    runs = [item.value for item in made.instructions if item.keyword == "RUN"]
    assert all("rm -rf /" not in run.replace("rm -rf /var", "") or "'" in run for run in runs)
    assert [item.value for item in made.instructions if item.keyword == "USER"] == ["1000:1000"]
    allowed = {"WORKDIR", "RUN", "COPY", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD", "ARG"}
    assert {item.keyword for item in made.instructions} <= allowed
    assert all(item.heredocs == () for item in made.instructions)


def test_a_file_name_with_a_newline_is_passed_over(tmp_path: Path) -> None:
    write_node(tmp_path)
    (tmp_path / "patches").mkdir()
    (tmp_path / "patches" / "x\nRUN id\n.patch").write_text("x")
    text = assert_written(tmp_path, genfile("init", tmp_path))
    assert "RUN id" not in text


def test_a_loop_of_links_and_a_link_out_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ".nvmrc").write_text("18\n")
    tree = write_node(tmp_path / "tree")
    (tree / "loop").symlink_to(tree)
    (tree / "a").symlink_to(tree / "b")
    (tree / "b").symlink_to(tree / "a")
    (tree / ".nvmrc").symlink_to(outside / ".nvmrc")
    (tree / "vendor").symlink_to(outside)
    text = assert_written(tree, genfile("init", tree))
    assert "node:18" not in text


def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    write_node(tmp_path)
    os.mkfifo(tmp_path / ".nvmrc")
    os.mkfifo(tmp_path / "package-lock.json")
    assert_written(tmp_path, genfile("init", tmp_path, timeout=20))


def test_a_manifest_in_latin_1_is_noted(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_bytes('{"name": "caf\xe9"}'.encode("latin-1"))
    done = genfile("inspect", tmp_path, "--json")
    assert done.returncode == 4
    assert any("UTF-8" in note["text"] for note in json.loads(done.stdout)["notes"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_an_unreadable_folder_is_noted(tmp_path: Path) -> None:
    write_node(tmp_path)
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0)
    try:
        done = genfile("inspect", tmp_path, "--json")
    finally:
        locked.chmod(stat.S_IRWXU)
    assert any(note["path"] == "locked" for note in json.loads(done.stdout)["notes"])


def test_a_hundred_thousand_empty_folders(tmp_path: Path) -> None:
    write_node(tmp_path)
    for outer in range(100):
        for inner in range(1000):
            (tmp_path / f"d{outer}" / f"{inner}").mkdir(parents=True)
    started = time.monotonic()
    assert_written(tmp_path, genfile("init", tmp_path, timeout=60))
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pyproject.toml", b"[project\nname="),
        ("pyproject.toml", b"\x00\xff\xfe"),
        ("Pipfile", b"[[["),
        ("go.mod", bytes(range(256)) * 40),
        ("pom.xml", b"<project><unclosed>"),
        ("pom.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><project>&b;</project>'),
        ("build.gradle", b"plugins { id 'org.springframework.boot"),
        ("requirements.txt", b"\xff\xfe\x00flask"),
        ("requirements.txt", b"-r requirements.txt\n-r ../../etc/passwd\n"),
        ("docker-compose.yml", b"a: &a [*a]"),
    ],
)
def test_noise_in_a_manifest_is_nothing_found(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert_refused(genfile("init", tmp_path), 4)


def test_noise_beside_a_good_manifest_is_only_a_note(tmp_path: Path) -> None:
    write_node(tmp_path)
    (tmp_path / "pyproject.toml").write_bytes(b"[broken")
    (tmp_path / "tsconfig.json").write_bytes(b"{")
    (tmp_path / "pnpm-workspace.yaml").write_bytes(b"packages: [*x")
    (tmp_path / ".env.example").write_bytes(b"\xff\xfe\xfd")
    assert_written(tmp_path, genfile("init", tmp_path))


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert_refused(genfile("init", tmp_path / "missing"), 1)


def test_a_read_only_folder(tmp_path: Path) -> None:
    """Where writing is refused, one line says so and nothing is left behind."""
    tree = write_node(tmp_path / "tree")
    (tree / "Dockerfile").mkdir()
    done = genfile("init", tree)
    assert_refused(done, 1)
    assert not (tree / ".dockerignore").exists()
    assert not list(tree.glob(".*.tmp"))


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room for the second file: the first is not there either."""
    from genfile.errors import WriteError
    from genfile.project.apply import apply_plan
    from genfile.project.plan import make_plan

    real = os.fsync
    calls: list[int] = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match="no space left on device"):
        apply_plan(make_plan(tmp_path, {"Dockerfile": "a\n", "sub/.dockerignore": "b\n"}))
    assert list(tmp_path.iterdir()) == []


def test_interrupted_between_two_renames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of writing leaves every file as it was."""
    from genfile.project.apply import apply_plan
    from genfile.project.plan import make_plan

    (tmp_path / "a").write_text("old a\n")
    (tmp_path / "b").write_text("old b\n")
    real = os.replace
    done: list[str] = []

    def replace(source: str, target: str, **folders: int) -> None:
        done.append(target)
        if len(done) == 2:
            raise KeyboardInterrupt
        real(source, target, **folders)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        apply_plan(make_plan(tmp_path, {"a": "new a\n", "b": "new b\n", "c": "new c\n"}, force=True))
    assert done[:2] == ["a", "b"]
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old a\n", "b": "old b\n"}


def test_interrupted_while_it_works(tmp_path: Path) -> None:
    """Ctrl-C ends with 130 and one line."""
    write_node(tmp_path)
    code = (
        "import sys, genfile.api, genfile.cli.app as app\n"
        "def stop(*a, **k): raise KeyboardInterrupt\n"
        "genfile.api.inspect = stop\n"
        f"sys.exit(app.run(['init', {str(tmp_path)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert done.stderr == "error: interrupted: nothing was changed\n"
    assert not (tmp_path / "Dockerfile").exists()


def test_an_archive_that_leads_out(tmp_path: Path) -> None:
    import tarfile
    import zipfile

    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../../evil", "x")
    assert_refused(genfile("inspect", tmp_path / "evil.zip"), 1)
    with tarfile.open(tmp_path / "link.tar", "w") as archive:
        member = tarfile.TarInfo("package.json")
        member.type = tarfile.SYMTYPE
        member.linkname = "/etc/passwd"
        archive.addfile(member)
    assert_refused(genfile("inspect", tmp_path / "link.tar"), 4)


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "{",
        "[]",
        "3",
        '{"language": "cobol"}',
        '{"language": "node"}',
        '{"language": "node", "name": "x\\nRUN id"}',
        '{"version": 9, "services": []}',
        '{"language": "static", "name": "x", "port": "8080"}',
        '{"language": "static", "name": "x", "static": {"root": "../x", "spa": false}}',
    ],
)
def test_a_spec_that_is_none(spec: str) -> None:
    """`render` names the field that does not fit."""
    assert_refused(genfile("render", "-", stdin=spec), 2)
