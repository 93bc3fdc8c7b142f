"""kill -9 at any moment: after the next genfile command the old set of files is there, or the new one."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from genfile.cli.app import run
from genfile.project.apply import apply_plan
from tests.conftest import PROJECTS
from tests.project.crashing import (
    NEW,
    Counter,
    Snapshot,
    calls_of,
    in_child,
    killed_apply,
    leftovers,
    make_plan,
    make_tree,
    moments,
    snapshot,
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and signals")
# A thousand at night; by default as many as end within seconds.
KILLS = int(os.environ.get("GENFILE_KILLS", "40"))
WORKER = "import sys, pathlib, tests.project.crashing as c; c.apply_plan(c.make_plan(pathlib.Path(sys.argv[1])))"
Restart = Callable[[], str]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.fixture
def restart(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Restart:
    """The next genfile command, whichever it is; what it says on stderr."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)

    def next_command() -> str:
        assert run(["new", "--list"]) == 0
        return capfd.readouterr().err

    return next_command


@pytest.fixture
def ends(tmp_path: Path, state: Path) -> tuple[Snapshot, Snapshot, int]:
    """The old set of files, the new one, and how many calls are between them."""
    root = tmp_path / "whole"
    make_tree(root)
    before = snapshot(root)
    count = calls_of(lambda: apply_plan(make_plan(root)))
    after = snapshot(root)
    assert {path: text for path, text in after.items() if text} == {
        path: (text.encode(), after[path][1])  # type: ignore[index]
        for path, text in NEW.items()
    }
    assert before != after
    return before, after, count


def test_every_moment_of_writing(
    tmp_path: Path, state: Path, restart: Restart, ends: tuple[Snapshot, Snapshot, int]
) -> None:
    before, after, count = ends
    seen = {"old": 0, "new": 0, "said": 0}
    for number, (at, late) in enumerate(moments(count, KILLS, seed=1)):
        root = tmp_path / f"t{number}"
        make_tree(root)
        assert killed_apply(root, at, after=late), (at, late)
        mixed = snapshot(root)
        said = restart()
        now = snapshot(root)
        assert now in (before, after), (at, late)
        assert leftovers(state) == [], (at, late)
        assert said.count("\n") <= 1
        if mixed != now:
            assert said.startswith(f"note: {root}: a run of genfile was interrupted")
            seen["said"] += 1
        seen["old" if now == before else "new"] += 1
        shutil.rmtree(root)
    assert min(seen.values()) > 0


@pytest.mark.parametrize("command", ["init", "update"])
def test_every_moment_of_a_command(tmp_path: Path, state: Path, restart: Restart, command: str) -> None:
    """The commands themselves, with all that they write: container files, the lock, what a setting saves."""
    start = tmp_path / "start"
    shutil.copytree(PROJECTS / "workspace-pnpm", start)
    arguments = ["--yes", "--compose", "--set", "port=4000", "--save", "--service", "apps/api"]
    if command == "update":
        assert run(["init", str(start), *arguments]) == 0
        server = start / "apps/api/src/main.js"
        server.write_text(server.read_text("utf-8").replace("node:http", "http"), "utf-8")
        manifest = start / "package.json"
        manifest.write_text(manifest.read_text("utf-8").replace("{", '{"engines": {"node": "22"},', 1), "utf-8")
        arguments = ["--yes"]
    whole = tmp_path / "whole"
    shutil.copytree(start, whole)

    def carry_out(root: Path, at: int | None = None, late: bool = False) -> int:
        with Counter(at, after=late, changing=True) as counter:
            assert run([command, str(root), *arguments]) == 0
        return counter.count

    count = carry_out(whole)
    before, after = snapshot(start), snapshot(whole)
    assert before != after
    seen = {"old": 0, "new": 0, "killed": 0}
    for number, (at, late) in enumerate(moments(count, KILLS // 4, seed=4)):
        root = tmp_path / f"t{number}"
        shutil.copytree(start, root)
        seen["killed"] += in_child(partial(carry_out, root, at, late)) == signal.SIGKILL
        restart()
        now = snapshot(root)
        assert now in (before, after), (at, late)
        assert leftovers(state) == [], (at, late)
        seen["old" if now == before else "new"] += 1
        shutil.rmtree(root)
    # What the first run made outside of the tree, a later one finds: a call or two fewer.
    assert seen["killed"] >= KILLS // 4 - 4
    assert min(seen["old"], seen["new"]) > 0


def test_every_moment_of_undoing(
    tmp_path: Path, state: Path, restart: Restart, ends: tuple[Snapshot, Snapshot, int]
) -> None:
    before, after, count = ends
    source = random.Random(2)
    interrupted = 0
    for number in range(KILLS // 3):
        root = tmp_path / f"t{number}"
        make_tree(root)
        assert killed_apply(root, source.randint(count // 2, count), after=True)
        for _ in range(2):
            # The run that is to undo it is killed too, and so is the next one.
            at, late = source.randint(1, count), source.random() < 0.5

            def again(at: int = at, late: bool = late) -> None:
                with Counter(at, after=late):
                    run(["new", "--list"])

            interrupted += in_child(again) == signal.SIGKILL
        restart()
        assert snapshot(root) in (before, after), number
        assert leftovers(state) == [], number
        shutil.rmtree(root)
    assert interrupted > KILLS // 6


def test_what_the_user_edits_between_is_never_lost(
    tmp_path: Path, state: Path, restart: Restart, ends: tuple[Snapshot, Snapshot, int]
) -> None:
    before, after, count = ends
    source = random.Random(3)
    told = 0
    for number in range(KILLS // 2):
        root = tmp_path / f"t{number}"
        make_tree(root)
        killed_apply(root, source.randint(1, count), after=True)
        files = sorted(path for path, found in snapshot(root).items() if found and not path.endswith(".tmp"))
        edited = source.sample(files, 2)
        (root / edited[0]).write_text("mine\n")
        (root / edited[1]).unlink()
        (root / "mine").write_text("mine too\n")
        said = restart()
        now = snapshot(root)
        assert (root / edited[0]).read_text() == "mine\n"
        assert (root / "mine").read_text() == "mine too\n"
        others = {path: found for path, found in now.items() if found and path not in (*edited, "mine")}
        for whole in (before, after):
            if others == {path: found for path, found in whole.items() if found and path not in edited}:
                break
        else:
            raise AssertionError(f"a mixed set: {sorted(others)}")
        assert leftovers(state) == []
        told += "changed since" in said
        shutil.rmtree(root)
    assert told > 0


def _start(root: Path, *before: str) -> subprocess.Popen[bytes]:
    repository = Path(__file__).parent.parent.parent
    return subprocess.Popen([*before, sys.executable, "-c", WORKER, str(root)], cwd=repository, stderr=subprocess.PIPE)


@pytest.mark.parametrize("number", range(KILLS // 10))
def test_killed_by_the_clock(
    tmp_path: Path, state: Path, restart: Restart, ends: tuple[Snapshot, Snapshot, int], number: int
) -> None:
    """A process of its own, killed at a moment that nobody has chosen, while its disk is a real one."""
    root = tmp_path / "tree"
    make_tree(root)
    process = _start(root)
    # Its start takes most of the time: the clock starts when it has begun to write.
    deadline = time.monotonic() + 20
    while not leftovers(state) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.0005)
    time.sleep(random.Random(number).uniform(0, 0.04))
    process.kill()
    process.communicate()
    restart()
    assert snapshot(root) in ends[:2]
    assert leftovers(state) == []


@pytest.mark.skipif("GENFILE_KILLS" not in os.environ, reason="a form for the night: set GENFILE_KILLS")
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_killed_by_the_kernel_at_every_system_call(
    tmp_path: Path, state: Path, restart: Restart, ends: tuple[Snapshot, Snapshot, int]
) -> None:
    """`strace` kills a process at the nth call of those that change something."""
    calls = "openat,write,rename,renameat,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fchmod,flock,close"
    root = tmp_path / "whole-traced"
    make_tree(root)
    assert snapshot(root) == ends[0]
    log = tmp_path / "log"
    _start(root, "strace", "-f", "-o", str(log), "-e", f"trace={calls}").communicate()
    lines = log.read_text().splitlines()
    # Each line: the process, then the call. `when` counts the calls of one name.
    names = [line.split()[1].partition("(")[0] for line in lines]
    first = next(number for number, line in enumerate(lines) if ".journal" in line)
    killed = 0
    for at in range(first - 3, len(lines)):
        name = names[at]
        if name not in calls.split(","):
            continue
        root = tmp_path / f"t{at}"
        make_tree(root)
        when = names[: at + 1].count(name)
        inject = ["-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={when}"]
        process = _start(root, "strace", "-f", "-o", os.devnull, *inject)
        process.communicate()
        killed += process.returncode != 0
        restart()
        assert snapshot(root) in ends[:2], lines[at]
        assert leftovers(state) == [], lines[at]
        shutil.rmtree(root)
    assert killed > 100
