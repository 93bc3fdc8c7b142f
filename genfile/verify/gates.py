"""The gates, for any project: a path in, a report out.

check: BuildKit's checks find nothing · build: cold, then cached · beside: its databases are up · release: what is due
before the start, such as migrations · start: hardened, as a numeric user · answer: its start page, with that page's
script and style sheet, its folders, its health check · stop: SIGTERM ends it · content: the image holds no secret and
no repository · cache: a one-line change keeps the layers with dependencies
"""

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from genfile.dockerfile.model import Dockerfile
from genfile.dockerfile.reader import read_dockerfile
from genfile.verify.beside import Beside, Started, run_jobs, start
from genfile.verify.contents import Contents, megabytes, moved_bytes, read_contents, remove_base
from genfile.verify.docker import BuildInput, Result, build, check, inspect
from genfile.verify.layers import BuiltImage
from genfile.verify.log import read_steps
from genfile.verify.running import HARDENED, STAYS, GateOutcome, Running
from genfile.verify.traces import label_of, swept

__all__ = ["HARDENED", "STAYS", "Gate", "Report", "Request", "changed_line", "run_gates"]

# How many lines of a failed gate's log are kept; the cause may be far above the end.
LOG_LINES = 400
# Called for each gate: with its name and None when it begins, and with its outcome when it ends.
Tell = Callable[[str, "Gate | None"], None]


class Request(Struct, frozen=True):
    """What to prove.

    ``dockerfile`` and ``context`` are relative to ``root``; ``port`` None means a worker, or a program that exits
    (``one_off``); ``touch`` is a source file, relative to ``root``, that gets one more line. ``path`` is the
    service's health path, `/` if it has none; ``has_to_be_there``: a client error (404) at that path is a failure.
    ``writable``: folders in the image that the program writes to; each without a VOLUME in the image gets a volume
    mounted, as the Dockerfile says. ``memory_mounts``: those that compose.yaml has in memory, with options. ``syntax``
    False drops the `# syntax=` line, for engines that reach no registry. ``memory``: the container's limit, in the form
    of `docker run --memory`. ``beside``: databases that it needs; ``prepare``: a program that makes images that can't
    be pulled. ``given``: secrets and arguments of the build; ``made_up``: secrets that the program can't start
    without and nobody gave. ``quick``: only the gates in `QUICK`, with the engine's cache.
    """

    root: Path
    dockerfile: str = "Dockerfile"
    context: str = "."
    port: int | None = None
    path: str = "/"
    touch: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    made_up: Mapping[str, str] = field(default_factory=dict)
    writable: tuple[str, ...] = ()
    memory_mounts: tuple[str, ...] = ()
    one_off: bool = False
    syntax: bool = True
    answer_within: float = 60
    stop_within: float = 2
    has_to_be_there: bool = False
    memory: str | None = None
    beside: Beside = field(default_factory=Beside)
    prepare: Sequence[str] = ()
    given: BuildInput = field(default_factory=BuildInput)
    quick: bool = False


class Gate(Struct, frozen=True):
    """The outcome of one gate; ``detail`` is one line."""

    name: str
    passed: bool
    seconds: float
    detail: str


class Report(Struct):
    """The gates that were reached, in order, and the end of the failed one's log.

    ``image_bytes``: 0 if no image was built; ``contents``: None if the image was not inspected; ``finding``: what was
    observed at the failed gate; ``done``: every requested gate was tried.
    """

    gates: list[Gate] = field(default_factory=list)
    log: str = ""
    image_bytes: int = 0
    contents: Contents | None = None
    finding: GateOutcome | None = None
    done: bool = False

    @property
    def passed(self) -> bool:
        return self.done and all(gate.passed for gate in self.gates)

    def to_json(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "image_bytes": self.image_bytes or None,
            "contents": None if self.contents is None else self.contents.to_json(),
            "gates": [asdict(gate) for gate in self.gates],
            "log": self.log,
        }

    def render(self) -> str:
        """One line per gate, then the log."""
        lines = [f"{'pass' if g.passed else 'FAIL'}  {g.name:<8} {g.seconds:6.1f} s  {g.detail}" for g in self.gates]
        return "\n".join([*lines, *([self.log] if self.log else [])])


def run_gates(request: Request, tell: Tell | None = None) -> Report:
    """Run all gates on a copy of the tree, so that the user's files stay untouched; stop at the first failure.

    ``tell``: called for each gate, with its name and None when it begins, and with its outcome when it ends.
    """
    run = secrets.token_hex(6)
    tag = f"genfile-gates:{run}"
    with swept(run, tag), tempfile.TemporaryDirectory(prefix="genfile-gates-") as folder:
        root = Path(folder) / "tree"
        shutil.copytree(
            request.root, root, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules", ".venv")
        )
        try:
            return _Trial(replace(request, root=root), run, tag).run_all(tell)
        finally:
            remove_base(run)


# In this order; each name is a method of a trial.
_GATES = ("check", "build", "beside", "release", "start", "answer", "stop", "content", "cache")
QUICK = ("build", "beside", "release", "start", "answer", "stop")


class _Trial:
    """One image on its way through the gates."""

    def __init__(self, request: Request, run: str, tag: str) -> None:
        self.request, self.id, self.tag = request, run, tag
        self.report = Report()
        self.started = Started()
        self.image: BuiltImage | None = None
        self.dockerfile = request.root / request.dockerfile
        text = self.dockerfile.read_text("utf-8")
        if not request.syntax:
            lines = text.splitlines(keepends=True)
            text = "".join(line for line in lines if not line.startswith("# syntax="))
            self.dockerfile.write_text(text, "utf-8")
        self.text = text

    @property
    def parsed(self) -> Dockerfile:
        return read_dockerfile(self.text)

    @property
    def context(self) -> Path:
        return self.request.root / self.request.context

    @property
    def running(self) -> Running:
        return Running(self.request, self.tag, self.id, self.started.network)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The gates for this service: databases and what is due before the start only if it needs any."""
        beside = self.request.beside
        left = {"beside", "release"} if not beside.others else set() if beside.jobs else {"release"}
        return tuple(name for name in (QUICK if self.request.quick else _GATES) if name not in left)

    def run_all(self, tell: Tell | None) -> Report:
        """Run every gate until one fails."""
        for name in self.wanted:
            began = time.monotonic()
            if tell is not None:
                tell(name, None)
            found: GateOutcome = getattr(self, f"_{name}")()
            self.report.gates.append(Gate(name, found.passed, time.monotonic() - began, found.detail))
            if tell is not None:
                tell(name, self.report.gates[-1])
            if not found.passed:
                self.report.log = "\n".join(found.log.splitlines()[-LOG_LINES:])
                self.report.finding = found
                return self.report
        self.report.done = True
        return self.report

    def _check(self) -> GateOutcome:
        result = check(self.dockerfile, self.context)
        return GateOutcome(
            result.ok, "BuildKit's checks find nothing" if result.ok else "BuildKit's checks warn", result.output
        )

    def _built(self, *, cache: bool = True) -> Result:
        given = self.request.given
        return build(self.dockerfile, self.context, self.tag, cache=cache, label=label_of(self.id), given=given)

    def _build(self) -> GateOutcome:
        cold = self._built(cache=self.request.quick)
        if not cold.ok:
            return GateOutcome(False, f"the build ended with {cold.code}", cold.output)
        self.report.image_bytes = int(inspect("image", self.tag).get("Size", 0))
        if self.request.quick:
            return GateOutcome(True, "built")
        warm = self._built()
        missed = [step.instruction for step in read_steps(warm.output) if not step.cached]
        if not warm.ok or missed:
            return GateOutcome(False, f"built again, not cached: {missed[:2]}", warm.output)
        return GateOutcome(True, "cold, then all cached")

    def _beside(self) -> GateOutcome:
        self.started = start(self.request.beside, self.id, self.request.prepare)
        return GateOutcome(self.started.passed, self.started.detail, self.started.log)

    @property
    def environment(self) -> dict[str, str]:
        """The container's variables; the user's own win."""
        return {**self.request.made_up, **self.started.environment, **self.request.environment}

    def _release(self) -> GateOutcome:
        wanted = self.request.beside
        return GateOutcome(*run_jobs(wanted, self.tag, self.id, self.started.network, self.environment))

    def _start(self) -> GateOutcome:
        found = self.running.start(self.environment)
        names = ", ".join(sorted(self.request.made_up))
        return replace(found, detail=f"{found.detail}; {names} made up") if names else found

    def _answer(self) -> GateOutcome:
        return self.running.answer()

    def _stop(self) -> GateOutcome:
        return self.running.stop()

    def _content(self) -> GateOutcome:
        try:
            contents, self.image = read_contents(self.tag, self.parsed, self.id)
        except (RuntimeError, OSError) as error:
            return GateOutcome(True, f"not looked at: {str(error).splitlines()[-1] if str(error) else error!r}")
        self.report.contents = contents
        if contents.serious:
            more = f" and {len(contents.serious) - 1} more" if len(contents.serious) > 1 else ""
            return GateOutcome(False, f"/{contents.serious[0]}{more} is for nobody who pulls the image", "")
        own = sorted({item.kind for item in contents.junk if not item.packed})
        size = f"{megabytes(sum(layer.size for layer in contents.layers))} over {megabytes(contents.base_bytes)}"
        return GateOutcome(True, f"{size}; " + (f"needless: {', '.join(own)}" if own else "nothing needless"))

    def _cache(self) -> GateOutcome:
        if self.request.touch is None:
            return GateOutcome(True, "no source file was named to be touched")
        changed_line(self.request.root / self.request.touch)
        result = self._built()
        steps = read_steps(result.output)
        missed = [step.instruction for step in steps if step.installs and not step.cached]
        if not result.ok:
            return GateOutcome(False, f"after a change of one line the build ended with {result.code}", result.output)
        if missed:
            return GateOutcome(False, f"installed again: {missed[:1]}", result.output)
        installs = any(step.installs for step in steps)
        kept = "every installation among them" if installs else "and there is no step that installs dependencies"
        detail = f"{sum(step.cached for step in steps)} of {len(steps)} steps cached, {kept}"
        return GateOutcome(True, detail + self._moved())

    def _moved(self) -> str:
        contents = self.report.contents
        if contents is None or self.image is None:
            return ""
        try:
            contents.delta = moved_bytes(self.tag, self.parsed, self.id, self.image)
        except (RuntimeError, OSError):
            return ""
        return f"; {megabytes(contents.delta)} to push"


_COMMENTS = {
    **dict.fromkeys((".py", ".properties", ".yml", ".yaml"), ("# ", "")),
    **dict.fromkeys((".html", ".vue", ".svelte", ".astro", ".md"), ("<!-- ", " -->")),
}


def changed_line(file: Path) -> None:
    """Add a unique comment to a source file, since the engine may have cached the layers of earlier builds."""
    before, after = _COMMENTS.get(file.suffix, ("// ", ""))
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"\n{before}{secrets.token_hex(8)}{after}\n")
