"""Any order of starting, reporting, asking, stopping, resuming, finishing and failing, against a plain model."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from akika_forensics import jobs
from akika_forensics.errors import AkikaError, Interrupted, NetworkFailed, WrongUse
from akika_forensics.jobs import Job, Work

WAIT = 20


class Puppet:
    """A work that does one thing at a time, when it is told, and says when it has done it."""

    def __init__(self) -> None:
        self.orders: queue.Queue[Callable[[Work], Any]] = queue.Queue()
        self.answers: queue.Queue[Any] = queue.Queue()

    def __call__(self, work: Work) -> Any:
        self.answers.put(work.resuming)
        while True:
            order = self.orders.get(timeout=WAIT)
            if order is last:
                return self.orders.get(timeout=WAIT)(work)
            self.answers.put(order(work))

    def do(self, order: Callable[[Work], Any]) -> Any:
        self.orders.put(order)
        return self.answers.get(timeout=WAIT)

    def end(self, ending: Callable[[Work], Any]) -> None:
        self.orders.put(last)
        self.orders.put(ending)


def last(_work: Work) -> None:
    """Not called: it says that the next order is the last one."""


@dataclass
class Model:
    resumable: bool
    state: str = "running"
    attempts: int = 1
    done: int = 0
    total: int = 0
    told: bool = False
    notes: list[str] = field(default_factory=list)
    value: Any = None
    raises: type[BaseException] | None = None

    @property
    def running(self) -> bool:
        return self.state in {"running", "stopping"}


class Jobs(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.job: Job[Any] | None = None
        self.model = Model(False, state="none")

    @precondition(lambda self: self.job is None)
    @rule(resumable=st.booleans())
    def start(self, resumable: bool) -> None:
        self.puppet = Puppet()
        self.job = jobs.start("Work", self.puppet, kind="test", resumable=resumable)
        self.model = Model(resumable)
        assert self.puppet.answers.get(timeout=WAIT) is False

    @precondition(lambda self: self.model.running)
    @rule(done=st.integers(0, 10), total=st.integers(0, 10))
    def progress(self, done: int, total: int) -> None:
        self.puppet.do(lambda work: work.progress("on it", done, total))
        self.model.done, self.model.total = done, total

    @precondition(lambda self: self.model.running)
    @rule(text=st.text(max_size=5))
    def note(self, text: str) -> None:
        self.puppet.do(lambda work: work.note(text))
        self.model.notes.append(text)

    @precondition(lambda self: self.model.running)
    @rule()
    def look_whether_to_stop(self) -> None:
        told = self.puppet.do(lambda work: work.should_stop())
        assert told is (self.model.state == "stopping")
        self.model.told = self.model.told or told

    @precondition(lambda self: self.job is not None)
    @rule()
    def cancel(self) -> None:
        assert self.job is not None
        assert self.job.cancel() is self.model.running
        if self.model.running:
            self.model.state = "stopping"

    @precondition(lambda self: self.model.running)
    @rule(value=st.integers())
    def finish(self, value: int) -> None:
        self._end(lambda _work: value)
        self.model.state = "stopped" if self.model.told else "done"
        self.model.value = value

    @precondition(lambda self: self.model.running)
    @rule(kind=st.sampled_from([NetworkFailed, ZeroDivisionError, Interrupted]))
    def fail(self, kind: type[BaseException]) -> None:
        def ending(_work: Work) -> None:
            raise kind("it went wrong")

        self._end(ending)
        self.model.state = "stopped" if kind is Interrupted else "failed"
        self.model.raises = kind

    def _end(self, ending: Callable[[Work], Any]) -> None:
        assert self.job is not None
        self.puppet.end(ending)
        assert self.job.wait(WAIT)

    @precondition(lambda self: self.job is not None)
    @rule()
    def resume(self) -> None:
        assert self.job is not None
        if self.model.resumable and self.model.state in {"stopped", "failed"}:
            self.job.resume()
            assert self.puppet.answers.get(timeout=WAIT) is True
            self.model = Model(
                True,
                attempts=self.model.attempts + 1,
                done=self.model.done,
                total=self.model.total,
                notes=self.model.notes,
            )
        else:
            with pytest.raises(WrongUse):
                self.job.resume()

    @precondition(lambda self: self.job is not None and not self.model.running)
    @rule()
    def ask_for_the_result(self) -> None:
        assert self.job is not None
        if self.model.raises is None:
            assert self.job.result() == self.model.value
        else:
            with pytest.raises(self.model.raises):
                self.job.result()

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        if self.job is None:
            return
        shown = self.job.snapshot()
        model = self.model
        assert (shown.state, shown.attempts, shown.done, shown.total, shown.notes) == (
            model.state,
            model.attempts,
            model.done,
            model.total,
            tuple(model.notes),
        )
        assert shown.ended is not model.running
        assert (shown.finished_at is None) is model.running
        assert shown.may_stop is (model.state == "running")
        assert shown.may_resume is (model.resumable and model.state in {"stopped", "failed"})
        assert (shown.error is not None) is (model.state == "failed")
        if isinstance(shown.error, AkikaError) and model.raises is ZeroDivisionError:
            assert shown.error.code == "internal"
        assert jobs.find(shown.id) is self.job

    def teardown(self) -> None:
        if self.job is not None and self.model.running:
            self._end(lambda _work: None)


TestJobs = Jobs.TestCase
TestJobs.settings = settings(stateful_step_count=25)
