"""The jobs of this process, and the kept ones of others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.jobs import kept
from akika_forensics.jobs.job import Job
from akika_forensics.jobs.past import PastJob
from akika_forensics.jobs.turns import Turns
from akika_forensics.jobs.work import OwnJob, Work

MOST_HELD: Final = 50
"""Ended jobs whose results stay in memory."""


class Registry:
    """One for a process, so that every session and cell finds the same jobs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, OwnJob[Any]] = {}
        self._turns = Turns()
        self._process = kept.OwnProcess()

    def start[T](
        self,
        name: str,
        work: Callable[[Work], T],
        *,
        kind: str,
        about: str = "",
        resumable: bool = False,
        queue: str = "",
    ) -> Job[T]:
        job = OwnJob(
            name,
            work,
            kind=kind,
            about=about,
            resumable=resumable,
            queue=queue,
            turns=self._turns,
            process=self._process.name(),
        )
        kept.prune()
        with self._lock:
            self._jobs[job.id] = job
            ended = [job_id for job_id, held in self._jobs.items() if held.snapshot().ended]
            for job_id in ended[: max(0, len(ended) - MOST_HELD)]:
                del self._jobs[job_id]
        job.begin()
        return job

    def find(self, job_id: str) -> Job[Any]:
        with self._lock:
            own = self._jobs.get(job_id)
        if own is not None:
            return own
        past = kept.read(job_id)
        if past is None:
            raise WrongUse("There is no such job.", do="The list of recent jobs shows which there are.")
        return PastJob(past)

    def recent(self, most: int = MOST_HELD) -> tuple[Job[Any], ...]:
        with self._lock:
            found: dict[str, Job[Any]] = dict(self._jobs)
        for past in kept.recent(most):
            if past.id not in found:
                found[past.id] = PastJob(past)
        return tuple(found[job_id] for job_id in sorted(found, reverse=True)[:most])

    def stop_all(self, timeout: float = 0.0) -> bool:
        with self._lock:
            running = [job for job in self._jobs.values() if not job.snapshot().ended]
        for job in running:
            job.cancel()
        end = time.monotonic() + timeout
        return all(job.wait(max(0.0, end - time.monotonic())) for job in running)


_registry: Final = Registry()


def start[T](
    name: str, work: Callable[[Work], T], *, kind: str, about: str = "", resumable: bool = False, queue: str = ""
) -> Job[T]:
    """Run ``work`` on a thread of its own and return at once.

    ``name`` is what people read, ``kind`` the sort of work (``capture``), ``about`` what it is about (a plan's id):
    they are kept on disk, so they hold no text from the books. A ``resumable`` work may be called again after it was
    stopped or failed. Jobs of the same ``queue`` (a vault's id) run one after another; the others wait.
    """
    return _registry.start(name, work, kind=kind, about=about, resumable=resumable, queue=queue)


def find(job_id: str) -> Job[Any]:
    """The job with this id, of this process or as another one kept it. Raises WrongUse."""
    return _registry.find(job_id)


def recent(most: int = MOST_HELD) -> tuple[Job[Any], ...]:
    """The latest jobs, the newest first; those of a process that died are ``interrupted``."""
    return _registry.recent(most)


def stop_all(timeout: float = 0.0) -> bool:
    """Ask every job of this process to stop and wait up to ``timeout`` seconds; True when all have ended."""
    return _registry.stop_all(timeout)
