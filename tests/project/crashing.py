"""A tree, a plan that changes it in every way, and a process that is killed while it applies the plan."""

import os
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from genfile.project.apply import apply_plan
from genfile.project.plan import Change, Plan

# Every call by which a process changes or looks at what others can see of a tree; `close` lets a lock go.
CALLS = """
open close dup stat lstat link unlink replace rename mkdir rmdir fsync fstat fchmod fchown chown listxattr scandir
""".split()
# Those of them that change something.
CHANGES = frozenset("link unlink replace rename mkdir rmdir fsync fchmod fchown chown".split())

Snapshot = dict[str, tuple[bytes, int] | None]

OLD = {
    "Dockerfile": "FROM old\n",
    ".dockerignore": "old\n",
    "run.sh": "#!/bin/sh\n",
    "tool.sh": "#!/bin/sh\nold\n",
    "gone/deep/only": "the last one\n",
    "gone.txt": "delete me\n",
    "keep.txt": "not genfile's\n",
}
NEW = {
    "Dockerfile": "FROM new\n",
    ".dockerignore": "new\n",
    "run.sh": "#!/bin/sh\n",
    "tool.sh": "#!/bin/sh\nnew\n",
    "compose.yaml": "services: {}\n",
    "apps/web/Dockerfile": "FROM web\n",
    "apps/web/src/start.sh": "#!/bin/sh\n",
    "keep.txt": "not genfile's\n",
}
PROGRAMS = {"run.sh", "tool.sh", "apps/web/src/start.sh"}


def make_tree(root: Path) -> None:
    for path, text in OLD.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "Dockerfile").chmod(0o640)


def make_plan(root: Path) -> Plan:
    """Creates, replacements, deletions, modes, new folders, and folders that become empty."""
    changes = []
    for path in sorted({*OLD, *NEW} - {"keep.txt"}):
        old, new = (side[path].encode() if path in side else None for side in (OLD, NEW))
        action: Any = "create" if old is None else "delete" if new is None else "replace"
        was = None if old is None else False
        changes.append(Change(path, action, old, new, True if path in PROGRAMS else None, was))
    return Plan(root, tuple(changes), ("data/in",))


def snapshot(root: Path) -> Snapshot:
    """Every file with its content and mode, every folder."""
    return {
        path.relative_to(root).as_posix(): None if path.is_dir() else (path.read_bytes(), path.stat().st_mode & 0o777)
        for path in root.rglob("*")
    }


def leftovers(state: Path) -> list[str]:
    """What a run has left in the state folder."""
    return [path.name for path in state.rglob("*") if path.is_file()]


class Counter:
    """Counts the calls of a process, and ends it at one of them: before it is made, or just after."""

    def __init__(self, at: int | None = None, *, after: bool = False, changing: bool = False) -> None:
        """``changing``: the count begins with the first call that changes something."""
        self.at, self.after, self.changing, self.count = at, after, changing, 0

    def __enter__(self) -> "Counter":
        self.real = {name: getattr(os, name) for name in CALLS if hasattr(os, name)}
        for name, function in self.real.items():
            # What a killed process wrote is there without it: `fsync` matters when the power fails.
            setattr(os, name, self._counted(name, _nothing if name == "fsync" else function))
        return self

    def __exit__(self, *exception: object) -> None:
        for name, function in self.real.items():
            setattr(os, name, function)

    def _counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if self.changing and not self.count and name not in CHANGES:
                return function(*arguments, **options)
            self.count += 1
            if self.count == self.at and not self.after:
                os.kill(os.getpid(), signal.SIGKILL)
            last = self.count == self.at
            try:
                return function(*arguments, **options)
            finally:
                if last and self.after:
                    os.kill(os.getpid(), signal.SIGKILL)

        return call


def _nothing(descriptor: int) -> None:
    pass


def in_child(work: Callable[[], object]) -> int:
    """Run in a process of its own; give the signal that ended it, or 0."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def killed_apply(root: Path, at: int, *, after: bool) -> bool:
    """Apply the plan in a process that is killed at a call; whether it was killed."""

    def work() -> None:
        with Counter(at, after=after):
            apply_plan(make_plan(root))

    return in_child(work) == signal.SIGKILL


def calls_of(work: Callable[[], None]) -> int:
    with Counter() as counter:
        work()
    return counter.count


def moments(count: int, wanted: int, seed: int) -> Iterator[tuple[int, bool]]:
    """Every call, before and after it, and some again, until there are as many as are wanted; the last ones always."""
    every = [(at, after) for at in range(1, count + 1) for after in (False, True)]
    source = random.Random(seed)
    last = every[-6:]
    yield from every if wanted >= len(every) else [*sorted(source.sample(every[:-6], wanted - len(last))), *last]
    for _ in range(wanted - len(every)):
        yield source.choice(every)
