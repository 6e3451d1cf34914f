"""A job of another process, as its file tells it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread
from typing import Any, Final, NoReturn

from akika_forensics.errors import Interrupted, WrongUse
from akika_forensics.jobs import kept
from akika_forensics.jobs.job import Job
from akika_forensics.jobs.snapshot import JobSnapshot

_LOOK_EVERY: Final = 0.25


class PastJob(Job[Any]):
    """It can be looked at. To stop it or to go on with it is up to the process that runs it, or to a new job."""

    def __init__(self, job: kept.KeptJob) -> None:
        self._job = job

    def snapshot(self) -> JobSnapshot:
        self._job = kept.read(self._job.id) or self._job
        return self._job.snapshot(alive=kept.is_alive(self._job))

    def wait(self, timeout: float | None = None) -> bool:
        end = None if timeout is None else time.monotonic() + timeout
        while not self.snapshot().ended:
            left = _LOOK_EVERY if end is None else min(_LOOK_EVERY, end - time.monotonic())
            if left <= 0:
                return False
            time.sleep(left)
        return True

    def result(self) -> NoReturn:
        self.wait()
        shown = self.snapshot()
        if shown.error is not None:
            raise shown.error
        if shown.state in {"stopped", "interrupted"}:
            raise Interrupted(f"{shown.name} did not end.", means=shown.sentence, do="Start it again to go on.")
        raise WrongUse(f"What {shown.name} returned ended with its process.", do="Look at what the vault holds.")

    def cancel(self) -> bool:
        return False

    def resume(self) -> None:
        shown = self.snapshot()
        raise WrongUse(
            f"{shown.name} cannot be resumed from here.",
            means=shown.sentence if shown.ended else "Another process runs it.",
            do="Start it again: it goes on from what the vault holds." if shown.ended else "Stop it where it runs.",
        )

    def answer(self, *, yes: bool) -> bool:  # noqa: ARG002 -- nobody here waits for it
        return False

    def on_end(self, callback: Callable[[Job[Any]], None]) -> Callable[[], None]:
        wanted = True

        def look() -> None:
            while wanted and not self.wait(_LOOK_EVERY):
                pass
            if wanted:
                callback(self)

        def forget() -> None:
            nonlocal wanted
            wanted = False

        if self.snapshot().ended:
            callback(self)
        else:
            Thread(target=look, name=f"watching {self._job.id}", daemon=True).start()
        return forget
