"""Rows of figures: printed as they come, and as one table at the end."""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

_HEAD: Final = ("Work", "Today", "Measured against", "To reach", "Reached")


@dataclass(frozen=True)
class Row:
    """``reached`` is None for a figure that stands beside the others and has nothing to reach."""

    work: str
    today: str
    against: str = ""
    reach: str = ""
    reached: bool | None = None

    def tell(self) -> None:
        """Hand the row to the process that prints the table."""
        print(json.dumps(asdict(self)), flush=True)

    @property
    def cells(self) -> tuple[str, ...]:
        said = {True: "yes", False: "no", None: ""}[self.reached]
        return (self.work, self.today, self.against, self.reach, said)


def read(line: str) -> Row | None:
    """A row told by another process; None for anything else it printed."""
    try:
        return Row(**json.loads(line))
    except (ValueError, TypeError):
        return None


def show(rows: list[Row]) -> None:
    table = [_HEAD, *(row.cells for row in rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(_HEAD))]
    for number, cells in enumerate(table):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |")
        if not number:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def median(act: Callable[[], object], rounds: int = 5) -> float:
    return statistics.median(seconds(act) for _ in range(rounds))


def peak() -> float:
    """Gigabytes that this process held at most."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1 << 30 if sys.platform == "darwin" else 1 << 20)


def size(count: float) -> str:
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def duration(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1e3:.1f} ms"
