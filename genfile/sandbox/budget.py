"""The budget of one rendering: steps, text, time. Counted, because nothing can interrupt Python from within."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jinja2.exceptions import SecurityError
from msgspec import Struct

MAX_TEXT = 1024 * 1024


class LimitError(SecurityError):
    """A template that wants more steps, text or time than it gets."""


class TemplateLimits(Struct, frozen=True):
    """The bounds of one kind of template.

    ``text``: characters of one text; ``items``, ``depth``: of lists and tables; ``bits``: of one whole number;
    ``width``: what an argument that pads, repeats or counts may say; ``slow``: characters for what takes more than
    linear time; ``steps``, ``written``, ``seconds``: of one rendering in all.
    """

    text: int = MAX_TEXT
    items: int = 100_000
    depth: int = 50
    bits: int = 4096
    width: int = 10_000
    slow: int = 16 * 1024
    steps: int = 100_000
    seconds: float = 1.5

    @property
    def written(self) -> int:
        return 4 * self.text


LIMITS = TemplateLimits()


class RenderBudget:
    """What is left for one rendering."""

    __slots__ = ("limits", "steps", "until", "written")

    def __init__(self, limits: TemplateLimits = LIMITS) -> None:
        self.limits = limits
        self.steps = limits.steps
        self.written = limits.written
        # The thread's own time, so that a busy machine changes nothing.
        self.until = time.thread_time() + limits.seconds

    def step(self, count: int = 1) -> None:
        """Take steps. Raises LimitError when none are left."""
        self.steps -= count
        if self.steps < 0:
            raise LimitError(f"more than {self.limits.steps:,} steps")
        if time.thread_time() > self.until:
            raise LimitError(f"more than {self.limits.seconds} seconds")

    def write(self, size: int) -> None:
        """Take room for text. Raises LimitError when there is none left."""
        self.written -= size
        if self.written < 0:
            raise LimitError(f"the output is larger than {_mebibytes(self.limits.text)}")


_BUDGET: ContextVar[RenderBudget | None] = ContextVar("genfile_budget", default=None)


@contextmanager
def bounded(limits: TemplateLimits = LIMITS, *, shared: bool = False) -> Iterator[RenderBudget]:
    """Bound all that is rendered inside; ``shared``: within what is in force already, if there is something."""
    outer = _BUDGET.get()
    if shared and outer is not None:
        yield outer
        return
    budget = RenderBudget(limits)
    token = _BUDGET.set(budget)
    try:
        yield budget
    finally:
        _BUDGET.reset(token)


def limits() -> TemplateLimits:
    """The bounds in force."""
    budget = _BUDGET.get()
    return LIMITS if budget is None else budget.limits


def step(count: int = 1) -> None:
    """Take steps from the budget in force, if there is one."""
    budget = _BUDGET.get()
    if budget is not None:
        budget.step(count)


def write(size: int) -> None:
    """Take room for text from the budget in force, if there is one."""
    budget = _BUDGET.get()
    if budget is not None:
        budget.write(size)


def each(values: Iterable[Any]) -> Iterator[Any]:
    """The values, each of which takes a step."""
    for value in values:
        step()
        yield value


def joined(parts: Iterable[str]) -> str:
    """`"".join`, which stops where the text becomes too long."""
    total, kept = 0, []
    for part in parts:
        total += len(part)
        check_text(total)
        kept.append(part)
    return "".join(kept)


def check_text(length: int) -> None:
    """Refuse a text by the length that it would have. Raises LimitError."""
    if length > limits().text:
        raise LimitError(f"a text is larger than {_mebibytes(limits().text)}")


def _mebibytes(count: int) -> str:
    return f"{count // (1024 * 1024)} MiB"
