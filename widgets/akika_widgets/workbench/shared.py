"""What all sessions of the app share: the open case, its lock, what people have chosen, and where plan files lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

from akika_forensics.case import Case
from akika_widgets.workbench.book_shelf import BookShelf
from akika_widgets.workbench.state import Memory

type MakeReport = Callable[[Mapping[str, str]], tuple[Path, ...]]
"""Makes the report of a restore from its parameters (``before``, ``after``, ``final``, ``plan``); returns the files."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One case for every session; ``shelf``: its books, as far as they were read. Hold ``lock`` while the case is asked or told; never while a job runs.

    ``make_report`` is given by whoever may start reports; without it the app offers none.
    """

    case: Case
    plans_folder: Path
    lock: RLock = field(default_factory=RLock, repr=False)
    memory: Memory = field(default_factory=Memory, repr=False)
    shelf: BookShelf = field(default_factory=BookShelf, repr=False)
    make_report: MakeReport | None = field(default=None, repr=False)

    @property
    def statements_folder(self) -> Path:
        """Where statements are written that somebody asks for."""
        return self.plans_folder.parent / "statements"
