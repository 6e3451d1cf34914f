"""A job of this process: its thread, its attempts, and what the function is given."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, cast

from akika_forensics.errors import Interrupted, WrongUse
from akika_forensics.jobs import kept, trouble
from akika_forensics.jobs.job import Job
from akika_forensics.jobs.snapshot import JobSnapshot, State
from akika_forensics.jobs.turns import Turns
from akika_forensics.model.instants import now

_log = logging.getLogger(__name__)
_KEEP_EVERY: Final = 1.0
_MOST_NOTES: Final = 500
_RESUMABLE: Final = frozenset({"stopped", "failed"})


class Work:
    """What the function of a job is given; every method may be called from any thread.

    Asked to stop, a work either raises Interrupted or returns early. It counts as stopped when it raised Interrupted,
    or when it returned after `should_stop` had said yes to it. A work that returned without having been told is done,
    even if somebody asked for a stop at the last moment.
    """

    def __init__(self, job: OwnJob[Any], *, resuming: bool) -> None:
        self._job = job
        self.resuming = resuming
        """Whether an earlier attempt of this job has done a part."""
        self.told_to_stop = False

    def progress(self, what: str, done: int = 0, total: int = 0) -> None:
        """What is being done, and how many of how many; 0 of 0 when nobody counts."""
        self._job.change(self, what=what, done=done, total=total)

    def note(self, text: str) -> None:
        """Something worth reading afterwards. The latest few hundred are kept while the process lives."""
        self._job.take_note(self, text)

    def should_stop(self) -> bool:
        if self._job.stop_asked.is_set() or self._job.stop_wished:
            self.told_to_stop = True
        return self.told_to_stop

    def check(self) -> None:
        """Raises Interrupted when a stop was asked for: for work that has no other way to end early."""
        if self.should_stop():
            raise Interrupted("Stopped.", means="What was done is kept.")

    def step(self, what: str) -> None:
        """What begins now; between two steps is where a wish to stop is heard. Raises Interrupted."""
        self.check()
        self.progress(what)

    def ask(self, question: str) -> bool:
        """Wait until a person has answered; no, when a stop is asked for instead."""
        return self._job.ask(self, question)


class OwnJob[T](Job[T]):
    """A job that runs, or ran, in this process. Made by `akika_forensics.jobs.start`."""

    def __init__(
        self,
        name: str,
        function: Callable[[Work], T],
        *,
        kind: str,
        about: str,
        resumable: bool,
        queue: str,
        turns: Turns,
        process: str,
    ) -> None:
        self._function = function
        self._resumable = resumable
        self._queue = queue
        self._turns = turns
        self._process = process
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._kept_at = 0.0
        self._ended = threading.Event()
        self._answered = threading.Condition(self._lock)
        self._answer: bool | None = None
        self._callbacks: list[Callable[[Job[T]], None]] = []
        self._value: T | None = None
        self._raised: BaseException | None = None
        self._work: Work | None = None
        self.stop_asked = threading.Event()
        self.stop_wished = False
        job_id = f"j{now():%Y%m%d%H%M%S%f}-{secrets.token_hex(4)}"
        self._shown = JobSnapshot(job_id, name, kind, about, "waiting", attempts=0)

    # -- looking -----------------------------------------------------------------------------------------------------

    def snapshot(self) -> JobSnapshot:
        return self._shown

    def wait(self, timeout: float | None = None) -> bool:
        return self._ended.wait(timeout)

    def result(self) -> T:
        self._ended.wait()
        if self._raised is not None:
            raise self._raised
        return cast("T", self._value)

    def on_end(self, callback: Callable[[Job[T]], None]) -> Callable[[], None]:
        with self._lock:
            over = self._ended.is_set()
            if not over:
                self._callbacks.append(callback)
        if over:
            self._call(callback)

        def forget() -> None:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)

        return forget

    # -- steering ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start the next attempt on a thread of its own."""
        with self._lock:
            self._begin()
        self._keep(durable=True)

    def _begin(self) -> None:
        attempt = self._shown.attempts + 1
        work = Work(self, resuming=attempt > 1)
        self._value, self._raised, self._work, self._answer = None, None, work, None
        self.stop_asked.clear()
        self.stop_wished = False
        self._ended.clear()
        self._show(state="waiting", attempts=attempt, what="", question="", error=None, finished_at=None)
        ticket = f"{self._shown.id}/{attempt}"
        if self._queue:
            self._turns.join(self._queue, ticket)
        # A daemon: a process that is told to end does not wait for it. What a vault holds survives that.
        threading.Thread(target=self._run, args=(work, ticket), name=f"job {self._shown.id}", daemon=True).start()

    def cancel(self) -> bool:
        with self._lock:
            if self._shown.ended:
                return False
            self.stop_asked.set()
            self._show(state="stopping", question="")
            self._answered.notify_all()
        self._turns.nudge()
        self._keep(durable=False)
        return True

    def wish_stop(self) -> None:
        self.stop_wished = True

    def resume(self) -> None:
        with self._lock:
            shown = self._shown
            if not shown.may_resume:
                raise WrongUse(
                    f"{shown.name} cannot be resumed.",
                    means=shown.sentence if self._resumable else "It is work that begins anew each time.",
                    do="Start it again." if shown.ended else "Wait until it has ended.",
                )
            self._begin()
        self._keep(durable=True)

    def answer(self, *, yes: bool) -> bool:
        with self._lock:
            if not self._shown.question:
                return False
            self._answer = yes
            self._show(question="")
            self._answered.notify_all()
        return True

    # -- what the work says ------------------------------------------------------------------------------------------

    def change(self, work: Work, **fields: Any) -> None:
        with self._lock:
            if work is not self._work:
                return  # a thread that an earlier attempt left behind
            self._show(**fields)
        if time.monotonic() - self._kept_at >= _KEEP_EVERY:
            self._keep(durable=False)

    def take_note(self, work: Work, text: str) -> None:
        with self._lock:
            if work is self._work:
                self._show(notes=(*self._shown.notes, text)[-_MOST_NOTES:])

    def ask(self, work: Work, question: str) -> bool:
        with self._lock:
            if work is not self._work:
                return False
            self._answer = None
            if not self.stop_asked.is_set():
                self._show(question=question or "Go on?")
            self._answered.wait_for(lambda: self._answer is not None or self.stop_asked.is_set())
            return not work.should_stop() and bool(self._answer)

    # -- running -----------------------------------------------------------------------------------------------------

    def _run(self, work: Work, ticket: str) -> None:
        try:
            if self._queue:
                self._turns.wait(self._queue, ticket, unless=self.stop_asked.is_set)
            with self._lock:
                if self.stop_asked.is_set():
                    raise Interrupted("Stopped before it began.")  # noqa: TRY301 -- as if the work had said so
                self._show(state="running", started_at=now())
            self._keep(durable=False)
            value = self._function(work)
        except (Interrupted, KeyboardInterrupt) as error:
            self._end(work, ticket, "stopped", raised=error)
        except BaseException as error:  # noqa: BLE001 -- whatever it was, the job says so
            _log.debug("A job failed.", exc_info=True)
            self._end(work, ticket, "failed", raised=error)
        else:
            self._end(work, ticket, "stopped" if work.told_to_stop else "done", value=value)

    def _end(
        self, work: Work, ticket: str, state: State, *, value: T | None = None, raised: BaseException | None = None
    ) -> None:
        fields: dict[str, Any] = {"state": state, "finished_at": now(), "question": ""}
        if state == "failed" and raised is not None:
            fields["error"] = trouble.shown(raised)
        # Written before anyone hears of it: a process that ends at once leaves the right word behind.
        with self._writing:
            kept.write(kept.KeptJob.of(replace(self._shown, **fields), self._process), durable=True)
            with self._lock:
                assert work is self._work  # noqa: S101 -- one attempt at a time
                self._work = None
                self._value, self._raised = value, raised
                self._show(**fields)
                callbacks, self._callbacks = self._callbacks, []
                self._ended.set()
        if self._queue:
            self._turns.leave(self._queue, ticket)
        for callback in callbacks:
            self._call(callback)

    def _call(self, callback: Callable[[Job[T]], None]) -> None:
        try:
            callback(self)
        except Exception:  # noqa: BLE001 -- whatever it was, the others are told all the same
            _log.warning("Something that was to be told of the end of a job failed.", exc_info=True)

    def _show(self, **fields: Any) -> None:
        """Under the lock: readers take the whole value, or the one before it."""
        shown = replace(self._shown, **fields)
        self._shown = replace(
            shown,
            may_stop=shown.state in {"waiting", "running"},
            may_resume=self._resumable and shown.state in _RESUMABLE,
        )

    def _keep(self, *, durable: bool) -> None:
        # Whoever comes last writes the latest value, so that files never go back in time.
        with self._writing:
            self._kept_at = time.monotonic()
            kept.write(kept.KeptJob.of(self._shown, self._process), durable=durable)
