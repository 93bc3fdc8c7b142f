"""The progress of `genfile verify`: a live table on a terminal, else a line for each finished gate."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from genfile.cli import ui
from genfile.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table

    from genfile.verify.gates import Gate

    Tell = Callable[[str, str, "Gate | None"], None]


@contextmanager
def told(*, quiet: bool = False) -> "Iterator[Tell | None]":
    """The function that reports each gate: the service, the name, and the outcome (None when it begins). None when
    quiet."""
    if quiet:
        yield None
    elif ui.wants_live():
        with _live() as tell:
            yield tell
    else:
        yield line


def line(service: str, name: str, gate: "Gate | None") -> None:
    """The line for a finished gate."""
    if gate is not None:
        mark = ui.styled("ok", "green") if gate.passed else ui.styled("FAILED", "red")
        ui.out(f"{service:<20} {name:<8} {gate.seconds:6.1f} s  ", mark, f"  {gate.detail}")


class LiveTable:
    """The gates so far, redrawn at each refresh; a running gate shows its elapsed time."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Gate]] = []
        self.current: tuple[str, str, float] | None = None

    def tell(self, service: str, name: str, gate: "Gate | None") -> None:
        if gate is None:
            self.current = (service, name, time.monotonic())
        else:
            self.current = None
            self.rows.append((service, gate))

    def __rich__(self) -> "Table":
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="dim")
        for title in ("service", "gate", "", "seconds", "what was seen"):
            table.add_column(title, justify="right" if title == "seconds" else "left", no_wrap=title != "what was seen")
        before = ""
        for service, gate in self.rows:
            mark = Text("ok", style="green") if gate.passed else Text("FAILED", style="red")
            shown = "" if service == before else visible(service)
            table.add_row(Text(shown), gate.name, mark, f"{gate.seconds:.1f}", Text(visible(gate.detail)))
            before = service
        if self.current is not None:
            service, name, began = self.current
            table.add_row(
                Text("" if service == before else visible(service)),
                name,
                Text("…", style="yellow"),
                f"{time.monotonic() - began:.0f}",
                Text("under way", style="dim"),
            )
        return table


@contextmanager
def _live() -> "Iterator[Tell]":
    from rich.console import Console
    from rich.live import Live

    table = LiveTable()
    with Live(table, console=Console(), refresh_per_second=4):
        yield table.tell
