"""What outlives a session: choices by person, jobs that are found again, things worked out once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from akika_forensics import jobs
from akika_forensics.errors import WrongUse
from akika_forensics.jobs import kept
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.state import Memory, slot_of

ANNA, BEN = User("anna", "token"), User("ben", "token")


def test_each_person_has_choices_and_finds_them_again() -> None:
    memory = Memory()
    memory.choices_of(ANNA).before = "s1"
    assert memory.choices_of(User("anna", "token")).before == "s1"
    assert memory.choices_of(BEN).before == ""
    assert memory.choices_of(User("anna", "password")).before == "", "another way to sign in is another person"


def test_the_end_of_a_job_is_something_to_look_at() -> None:
    memory = Memory()
    goes = threading.Event()
    job = jobs.start("Waiting", lambda _work: goes.wait(30), kind="wait", about="v")
    memory.keep("wait/v", job)
    assert memory.running() == (job,)
    before = memory.version
    goes.set()
    assert job.wait(30)
    for _ in range(1000):
        if memory.version > before:
            break
        threading.Event().wait(0.005)
    assert memory.version > before
    assert memory.running() == ()
    assert memory.job("wait/v") is job


def test_once_is_worked_out_once_and_the_oldest_goes() -> None:
    memory = Memory()
    asked: list[int] = []

    def make(number: int) -> int:
        asked.append(number)
        return number

    for number in (1, 1, 2, 1):
        assert memory.once(("n", number), lambda number=number: make(number)) == number  # type: ignore[misc]
    assert asked == [1, 2]
    for number in range(10, 120):
        memory.put(("n", number), number)
    assert memory.known(("n", 1)) is None
    assert memory.known(("n", 119)) == 119


def test_what_fails_is_not_kept() -> None:
    memory = Memory()

    def fail() -> None:
        raise WrongUse("No.")

    for _ in range(2):
        with pytest.raises(WrongUse):
            memory.once("x", fail)
    assert memory.known("x") is None


def test_work_that_was_cut_off_is_found_by_the_next_process(state_dir: Path) -> None:
    """A file that a dead process left behind, and one of a job that ended well after an earlier one was cut off."""
    left = [
        kept.KeptJob("j20261123100000000000-00000001", "Executing the plan", "execute", "p1", "running", "gone"),
        kept.KeptJob("j20261123100000000000-00000002", "Taking a snapshot", "capture", "v", "running", "gone"),
        kept.KeptJob("j20261123110000000000-00000003", "Taking a snapshot", "capture", "v", "done", "gone"),
    ]
    for job in left:
        kept.write(job, durable=False)
    memory = Memory()
    found = memory.job(slot_of("execute", "p1"))
    assert found is not None
    assert found.snapshot().state == "interrupted"
    assert memory.job(slot_of("capture", "v")) is None, "a later one ended well"
    assert memory.running() == ()
