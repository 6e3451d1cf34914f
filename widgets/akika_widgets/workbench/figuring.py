"""Statements of a large company, worked out beside the page: it goes on answering, and the work can be stopped."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

from akika_forensics.case.statements.asked import Asked
from akika_forensics.case.statements.figures import figures_of
from akika_forensics.case.statements.pictures import pictures_of
from akika_forensics.case.statements.reading import ReadBooks
from akika_forensics.jobs import Job, Work
from akika_widgets.views.job import JobView
from akika_widgets.workbench.desk import Desk

LARGE: Final = 100_000
"""Books of fewer postings give any statement sooner than a job of its own begins."""
KIND: Final = "figures"


class Figuring:
    """What one session has worked out. What is found is kept in the memory of the app, for everybody."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._begun: Hashable = None
        self._about = ""
        self._job: Job[str] | None = None

    def ready(self, read: ReadBooks, asked: Asked) -> bool:
        """Whether the statement can be shown at once. If not, it is being worked out now, or somebody stopped that."""
        if read.books.ledger.frame.height <= LARGE or self._known(read, asked):
            return True
        key = (read.books.snapshot, asked)
        if self._begun != key or (self._job is not None and self._job.snapshot().state == "done"):
            self._begin(read, asked)
            self._begun = key
        return False

    def view(self) -> JobView | None:
        """The work that is going on, or how it ended."""
        return self._desk.job_view(KIND, self._about) if self._begun else None

    def leave(self) -> None:
        """Something else is wanted: what is not finished is not waited for, and begins anew when it is asked for again."""
        if self._job is not None:
            self._job.cancel()
        self._begun, self._job = None, None

    def _known(self, read: ReadBooks, asked: Asked) -> bool:
        if asked.kind == "register":
            return read.books.worked_out(asked.basis)
        memory, snapshot = self._desk.memory, read.books.snapshot
        return all(memory.known((what, snapshot, asked)) is not None for what in ("pictures", "figures"))

    def _begin(self, read: ReadBooks, asked: Asked) -> None:
        books, memory = read.books, self._desk.memory
        self._about = _about(books.snapshot, asked)

        def work(work: Work) -> str:
            if not books.worked_out(asked.basis):
                work.step(f"working out the {asked.basis} basis")
                books.on(asked.basis)
            if asked.kind != "register":
                work.step("adding up the figures")
                figures = figures_of(books, asked)
                work.step("drawing the pictures")
                pictures: tuple[Any, ...] = pictures_of(books, asked)
                memory.put(("figures", books.snapshot, asked), figures)
                memory.put(("pictures", books.snapshot, asked), pictures)
            return books.snapshot

        running = self._desk.job(KIND, self._about)
        if running is None or running.snapshot().state not in {"waiting", "running"}:
            running = self._desk.work_out(KIND, f"Working out a statement of {books.snapshot}", work, about=self._about)
        self._job = running


def _about(snapshot: str, asked: Asked) -> str:
    """What names the work; it is kept on disk and holds no text from the books."""
    return f"{snapshot}/{asked.kind}/{asked.basis}/{asked.by}/{asked.start}/{asked.end}"
