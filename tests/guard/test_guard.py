"""A guarded call gives what an unguarded one does, or a typed error; never a hang, whatever the child does."""

import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import genfile
from genfile.errors import GuardError
from genfile.evidence import Note
from genfile.guard import Guard, GuardPool, tasks
from genfile.guard.process import Child
from genfile.source import open_source
from genfile.source.memory import MemorySource
from tests.conftest import EXAMPLES, PROJECTS, project_names

TASKS = "tests.guard.misbehave:"
SMALL = Guard(seconds=2, memory=256 * 1024 * 1024, wall=20)
TREE = {"package.json": '{"name": "shop", "scripts": {"start": "node a.js"}}', "a.js": ""}


@pytest.fixture(scope="module")
def pool() -> Iterator[GuardPool]:
    with GuardPool(2) as pool:
        yield pool


@pytest.fixture(scope="module")
def small() -> Iterator[GuardPool]:
    with GuardPool(1, guard=SMALL) as pool:
        yield pool


def run(runner: Any, task: str, **data: Any) -> Any:
    return json.loads(runner.run(TASKS + task, data))


@pytest.mark.parametrize("name", project_names())
def test_the_same_as_without(pool: GuardPool, name: str) -> None:
    """Services, specs, facts with their evidence, notes; and nothing went wrong that nobody expected."""
    whole = genfile.inspect(PROJECTS / name)
    found = genfile.inspect(PROJECTS / name, guard=pool)
    assert found.to_json() == whole.to_json()
    assert [service.facts for service in found.services] == [service.facts for service in whole.services]
    assert found == whole
    notes = [*whole.notes, *(note for service in whole.services for note in service.notes)]
    assert not [note for note in notes if note.level == "error" or "stopped after" in note.text]


@pytest.mark.parametrize("form", ["mapping", "bytes", "memory", "folder", "relative", "tar", "own"])
def test_every_kind_of_source(pool: GuardPool, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = EXAMPLES / sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())[0]
    folder = open_source(root)
    files = {path: folder.read(path, 10**7) for path in folder.index().paths}
    source: Any = files
    if form == "mapping":
        source = TREE
    elif form == "memory":
        source = MemorySource(files, "shop", omitted={"x.lock": "is encrypted"}, notes=[Note("warning", "odd")])
    elif form == "folder":
        source = folder
    elif form == "relative":
        monkeypatch.chdir(root.parent)
        source = root.name
    elif form == "tar":
        source = tmp_path / "shop.tar.gz"
        with tarfile.open(source, "w:gz") as archive:
            archive.add(root, "shop")
    elif form == "own":
        inner = MemorySource(files, "own")

        class Own:
            name = "own"
            index = staticmethod(inner.index)
            read = staticmethod(inner.read)

        source = Own()
    found = genfile.inspect(source, guard=pool)
    assert found.services
    assert found == genfile.inspect(source)


def test_a_call_without_a_pool_and_from_a_thread() -> None:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(genfile.generate(TREE, guard=Guard())))
    thread.start()
    thread.join()
    assert results[0].files == genfile.generate(TREE).files


def test_what_the_child_gets(small: GuardPool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variables, no home, nothing of the current folder on its path; but the same current folder."""
    monkeypatch.setenv("GENFILE_SECRET", "x")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    with Child(SMALL) as child:
        found = json.loads(child.run(TASKS + "surroundings", {}))
    assert set(found["environment"]) <= {"HOME", "USERPROFILE", "LANG", "LC_CTYPE", "LD_LIBRARY_PATH"}
    assert found["home"] == os.devnull
    assert found["isolated"] == 1
    assert str(tmp_path) not in found["path"]
    assert run(small, "echo")["cwd"] == str(tmp_path.resolve())


def test_bytes_arrive(small: GuardPool) -> None:
    blobs = [b"", b"x" * 5_000_000, bytes(range(256))]
    assert json.loads(small.run(TASKS + "echo", {"a": "\ud800é"}, blobs))["sizes"] == [0, 5_000_000, 256]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits but the time")
@pytest.mark.parametrize(
    ("task", "data", "code", "line"),
    [
        ("burn", {}, "time", "reached the limit of 2 seconds of CPU time"),
        ("eat", {}, "memory", "reached the limit of 256 MiB of memory"),
        ("die", {"signal": signal.SIGSEGV}, "signal", "was killed by signal 11 (SIGSEGV)"),
        ("die", {"signal": signal.SIGKILL}, "signal", "was killed by signal 9 (SIGKILL)"),
        ("leave", {}, "reply", "gave no answer"),
        ("kill_child", {}, "signal", "ended before it answered"),
        ("fail", {"text": "\x1b[2J"}, "failed", "failed: KeyError at misbehave.py:"),
        ("flood", {}, "reply", "no answer, or one that is too long"),
        ("refuse", {"kind": "guard"}, "failed", "failed: mine"),
        ("open_many", {}, "failed", "failed: OSError at misbehave.py:"),
        ("no_such_task", {}, "failed", "failed: AttributeError"),
        ("raw", {"text": "noise"}, "reply", "gave an invalid answer"),
        ("raw", {"text": '{"error": 1}'}, "reply", "gave an invalid answer"),
        ("raw", {"text": "[" * 100_000}, "reply", "gave an invalid answer"),
        ("raw", {"text": '{"error": {"kind": "BaseException", "message": "x\\n\\u001b"}}'}, "failed", "failed: x"),
    ],
)
def test_every_end_is_a_typed_error(small: GuardPool, task: str, data: Any, code: str, line: str) -> None:
    """And the next call finds a child that is well."""
    with pytest.raises(GuardError) as caught:
        run(small, task, **data)
    assert caught.value.code == code
    assert line in caught.value.message
    assert caught.value.message.isprintable()
    assert caught.value.exit_code == 1
    assert run(small, "echo", a=1)["data"] == {"a": 1}


@pytest.mark.parametrize("task", ["sleep", "sleep_deaf"])
def test_a_child_that_waits_is_ended_by_the_clock(task: str) -> None:
    started = time.monotonic()
    child = Child(Guard(wall=3))
    with child, pytest.raises(GuardError, match="did not finish within 3 seconds") as caught:
        child.run(TASKS + task, {"seconds": 3600})
    assert caught.value.code == "time"
    assert time.monotonic() - started < 30
    # It has been waited for, and what it started is gone as well.
    assert child._process.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.killpg(child._process.pid, 0)


def test_errors_of_genfile_pass_through_by_name(small: GuardPool) -> None:
    with pytest.raises(genfile.SourceError) as caught:
        run(small, "refuse", kind="source")
    assert (caught.value.message, caught.value.hint) == ("no�[2J such", "h")
    with pytest.raises(genfile.NothingFoundError, match="nothing"):
        run(small, "refuse", kind="nothing")
    with pytest.raises(genfile.SourceError, match="does not exist"):
        genfile.inspect("no/such/folder", guard=small)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_nothing_is_written(small: GuardPool, tmp_path: Path) -> None:
    with pytest.raises(GuardError, match="OSError"):
        run(small, "write", path=str(tmp_path / "x"))
    assert not (tmp_path / "x").exists() or (tmp_path / "x").read_bytes() == b""


def test_the_network_is_cut_off_or_it_is_said(small: GuardPool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = run(small, "connect", port=server.getsockname()[1])
    missing = [limit for limit in SMALL.missing() if limit.startswith("network: ")]
    assert said == "connected" if missing else said.startswith("refused")


def good() -> dict[str, Any]:
    return tasks._plain(genfile.inspect(TREE))


def test_what_passes_is_rebuilt() -> None:
    assert tasks._checked(json.dumps(good()).encode()) == genfile.inspect(TREE)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda a: a["services"][0]["spec"].update(name="x\nRUN id"),
        lambda a: a["services"][0]["spec"].update(language="../node"),
        lambda a: a["services"][0]["spec"].update(start=["node", "a\x00"]),
        lambda a: a["services"][0]["spec"].update(odd=1),
        lambda a: a["services"][0].update(facts=[{"pointer": "name"}]),
        lambda a: a["services"][0]["facts"][0].update(pointer="x\n"),
        lambda a: a["services"][0]["facts"][0].update(evidence=[{"path": 1, "line": None, "says": "x"}]),
        lambda a: a["services"][0].update(notes=[{"level": "fatal", "text": "x"}]),
        lambda a: a.update(services=[a["services"][0]] * 10_001),
        lambda a: a.update(services={}),
        lambda a: a.update(extra=1),
        lambda a: a.clear(),
    ],
)
def test_an_answer_is_not_trusted(spoil: Any) -> None:
    """What a hostile child could send instead of an inspection is refused, with its code."""
    answer = good()
    spoil(answer)
    with pytest.raises(GuardError) as caught:
        tasks._checked(json.dumps(answer).encode())
    assert caught.value.code == "reply"


def test_a_tree_that_costs_too_much_gives_what_is_known(small: GuardPool) -> None:
    """The guard of two seconds has detection stop before, by itself."""
    heavy = "x = [" + "1," * 200_000 + "]\n"
    files = {"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
    found = genfile.inspect(files | {f"m{number}.py": heavy for number in range(100)}, guard=small)
    assert [service.spec.framework for service in found.services] == ["flask"]


def test_no_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GuardError, match="can't be started") as caught:
        genfile.inspect(TREE, guard=Guard(python="/no/such/python"))
    assert caught.value.code == "start"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(GuardError, match="no Python interpreter found") as caught:
        genfile.inspect(TREE, guard=Guard())
    assert caught.value.hint is not None
    with pytest.raises(GuardError) as caught:
        genfile.inspect(TREE, guard=Guard(python=sys.executable.replace("python", "false")))
    assert caught.value.code == "start"


def genfile_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "genfile", *arguments], capture_output=True, text=True, check=False)


def test_the_command_line(tmp_path: Path) -> None:
    """The same answer, and what the tree decided for itself is not read."""
    for name, text in TREE.items():
        (tmp_path / name).write_text(text)
    plain = genfile_command("inspect", str(tmp_path), "--json")
    guarded = genfile_command("inspect", str(tmp_path), "--json", "--guard")
    assert (guarded.returncode, guarded.stdout) == (0, plain.stdout)
    (tmp_path / "genfile.toml").write_text('preset = "evil"\n[presets.evil]\nsource = "/etc"\n[set]\nport = "1"\n')
    assert genfile_command("init", str(tmp_path), "--dry-run").returncode != 0
    done = genfile_command("init", str(tmp_path), "--guard")
    assert done.returncode == 0, done.stderr
    assert "note: --guard: the genfile.toml of the tree was not read" in done.stderr
    assert (tmp_path / "Dockerfile").exists()
    refused = genfile_command("inspect", str(tmp_path), "--guard", "--preset", "evil")
    assert refused.returncode == 2
