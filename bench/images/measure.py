"""Measure images: build, change, build again, side by side with the other columns."""

import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from bench.images.change import change_code, change_lock
from bench.images.closure import needless
from bench.images.progress import Step, downloads_again, last_words, read_progress, run_again
from bench.images.recipe import COLUMNS, Recipe
from bench.images.shapes import Shape
from genfile.verify.docker import docker, inspect, run
from genfile.verify.gates import HARDENED, STAYS
from genfile.verify.junk import Junk, find_junk
from genfile.verify.layers import BuiltImage, digests, read_image
from genfile.verify.lint import build_check, hadolint

# Names a program that makes the images in FROM lines if no registry can be reached.
STAND_INS = os.environ.get("GENFILE_STAND_INS")


@dataclass
class Figures:
    """One column's figures for one shape; ``fault``: why there are none. Sizes in bytes, times in seconds."""

    fault: str | None = None
    base: str = ""
    base_size: int = 0
    size: int = 0
    delta: int = 0
    changed: int = 0
    times: list[float] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    deps: list[str] = field(default_factory=list)
    other: list[str] | None = None
    other_delta: int | None = None
    needless: list[str] | None = None
    junk: list[Junk] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    @property
    def warm(self) -> float:
        """The build time after a one-line change, the median of all rounds."""
        return statistics.median(self.times) if self.times else 0

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "junk": [asdict(item) for item in self.junk]}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Figures":
        return cls(**{**told, "junk": [Junk(**item) for item in told["junk"]]})


@dataclass
class _Column:
    name: str
    tag: str
    figures: Figures = field(default_factory=Figures)
    recipe: Recipe | None = None
    image: BuiltImage | None = None

    @property
    def files(self) -> Recipe:
        assert self.recipe is not None
        return self.recipe


def measure(shape: Shape, names: list[str], rounds: int, say: Callable[[str], None]) -> dict[str, Figures]:
    """Each column's figures for a shape; the columns take turns at every build."""
    columns: list[_Column] = []
    with tempfile.TemporaryDirectory(prefix="genfile-bench-") as folder:
        for name in names:
            tag = f"genfile-bench:{shape.name}-{name}-{secrets.token_hex(4)}"
            columns.append(_Column(name, tag))
            _attempt(columns[-1], lambda column: _prepare(shape, column, Path(folder) / column.name / shape.name))
        try:
            for number in range(rounds):
                for column in columns:
                    _attempt(column, lambda column: _change(shape, column, first=number == 0))  # noqa: B023
            for column in columns:
                _attempt(column, lambda column: _after_changes(shape, column))
                figures = column.figures
                told = figures.fault or f"{figures.size / 1e6:.1f} MB, moves {figures.delta / 1e3:.0f} kB"
                say(f"{shape.name}, {column.name}: {told}")
        finally:
            for column in columns:
                docker("image", "rm", "--force", column.tag)
                # Each build moves the tag; only the label still finds earlier images.
                docker("image", "prune", "--force", "--filter", f"label={_label(column.tag)}")
    return {column.name: column.figures for column in columns}


def _attempt(column: _Column, work: Callable[[_Column], None]) -> None:
    """Do a step for a column that has not failed; an error counts against this column alone."""
    if column.figures.fault is None:
        try:
            work(column)
        except (RuntimeError, OSError) as error:
            column.figures.fault = str(error)


def _prepare(shape: Shape, column: _Column, root: Path) -> None:
    """Generate the files, lint them, build, start, and read the image."""
    recipe = column.recipe = COLUMNS[column.name](shape, root)
    figures = column.figures
    text = recipe.path.read_text("utf-8")
    if STAND_INS is not None:
        recipe.on_stand_ins(shape.stand_in)
        made = run([STAND_INS, "images", *recipe.images()])
        if not made.ok:
            raise RuntimeError(made.output.strip().splitlines()[-1])
    # BuildKit's check looks at the base images as well.
    figures.findings = hadolint(text) + _checked(text)
    _build(column)
    _start(column.tag)
    figures.base = recipe.base()
    column.image = read_image(column.tag, figures.base)
    figures.base_size, figures.size = column.image.base_size, column.image.size
    figures.junk = find_junk(column.image.files)
    if shape.member is not None:
        figures.needless = needless(shape.source, shape.member, column.image.files)


def _label(tag: str) -> str:
    """The label on all images of one column."""
    return f"genfile.bench={tag.partition(':')[2]}"


def _checked(text: str) -> list[str]:
    warnings, unasked = build_check(text)
    return warnings if unasked is None else [f"not checked by BuildKit: {unasked}"]


def _start(tag: str) -> None:
    """Run the image as the start gate of `genfile.verify` does. Raises RuntimeError if it does not stay up."""
    name = tag.replace(":", "-")
    try:
        done = docker("run", "--detach", "--name", name, *HARDENED, tag)
        time.sleep(STAYS)
        if not done.ok or not inspect("container", name).get("State", {}).get("Running"):
            raise RuntimeError(f"it does not start: {docker('logs', name).output[-400:] or done.output}")
    finally:
        docker("rm", "--force", "--volumes", name)


def _build(column: _Column) -> list[Step]:
    """Build, and return the steps. Raises RuntimeError with the end of the output."""
    recipe = column.files
    words = ("buildx", "build", "--load", "--progress=rawjson", "--label", _label(column.tag), "--tag", column.tag)
    done = docker(*words, "--file", str(recipe.path), str(recipe.root / recipe.context), timeout=1800)
    if not done.ok:
        raise RuntimeError(last_words(done.output, 20))
    return read_progress(done.output)


def _change(shape: Shape, column: _Column, *, first: bool) -> None:
    """Change a line and build again; the first round also records what moves and what runs."""
    if first:
        # Other builds on this engine may have replaced the same steps meanwhile; that must not count as a change.
        _build(column)
        column.image = _image(column)
    change_code(column.files.root / shape.touch)
    started = time.monotonic()
    steps = _build(column)
    column.figures.times.append(time.monotonic() - started)
    if first:
        column.figures.again, column.figures.fresh = run_again(steps), downloads_again(steps)
        _moved(column)


def _image(column: _Column) -> BuiltImage:
    """The column's current image; read again only if it has changed."""
    if column.image is not None and column.image.holds(digests(column.tag)):
        return column.image
    return read_image(column.tag, column.figures.base)


def _moved(column: _Column) -> None:
    before, after = column.image, _image(column)
    assert before is not None
    moved = after.moved(before)
    column.figures.delta = sum(layer.size for layer in moved)
    column.figures.changed = after.changed(before)
    column.figures.moved = [f"{layer.size} {layer.command}" for layer in moved]


def _after_changes(shape: Shape, column: _Column) -> None:
    """The steps that run again after a dependency changes, and after another workspace member does."""
    root = column.files.root
    if shape.other is not None:
        column.image = before = _image(column)
        change_code(root / shape.other)
        column.figures.other = run_again(_build(column))
        column.figures.other_delta = sum(layer.size for layer in _image(column).moved(before))
    for lock in shape.locks:
        change_lock(root / lock)
    column.figures.deps = run_again(_build(column))
