"""What one rendering may cost: steps, text, time. Counted, since nothing interrupts Python from within."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from jinja2.exceptions import SecurityError

MAX_TEXT = 1024 * 1024
MAX_STEPS = 100_000
MAX_WRITTEN = 4 * MAX_TEXT
MAX_SECONDS = 1.5
MAX_ITEMS = 100_000


class LimitError(SecurityError):
    """A template that wants more steps, text or time than it gets."""


class Budget:
    """What is left for one rendering."""

    __slots__ = ("steps", "until", "written")

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.written = MAX_WRITTEN
        # The thread's own time, so that a busy machine changes nothing.
        self.until = time.thread_time() + MAX_SECONDS

    def step(self, count: int = 1) -> None:
        """Take steps. Raises LimitError when none are left."""
        self.steps -= count
        if self.steps < 0:
            raise LimitError(f"more than {MAX_STEPS} steps")
        if time.thread_time() > self.until:
            raise LimitError(f"more than {MAX_SECONDS} seconds")

    def write(self, size: int) -> None:
        """Take room for text. Raises LimitError when there is none left."""
        self.written -= size
        if self.written < 0:
            raise LimitError("the output is larger than 1 MiB")


_BUDGET: ContextVar[Budget | None] = ContextVar("genfile_budget", default=None)


@contextmanager
def bounded() -> Iterator[Budget]:
    """Bound all that is rendered inside."""
    budget = Budget()
    token = _BUDGET.set(budget)
    try:
        yield budget
    finally:
        _BUDGET.reset(token)


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


def check_size(value: object) -> None:
    """Refuse text, lists and nests that are too large. Raises LimitError."""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise LimitError("a text is larger than 1 MiB")
    elif isinstance(value, list | tuple | dict):
        # Lists that hold each other twice are exponential to print or compare: what is counted is what would be seen.
        waiting: list[object] = [value]
        count = 0
        while waiting:
            item = waiting.pop()
            inner = list(item.values()) if isinstance(item, dict) else item
            if isinstance(inner, list | tuple):
                count += len(inner)
                if count > MAX_ITEMS:
                    raise LimitError(f"a list holds more than {MAX_ITEMS} items")
                waiting.extend(part for part in inner if isinstance(part, list | tuple | dict))
