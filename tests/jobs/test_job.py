"""One job: what it says while it runs, how it ends, and what cannot disturb it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from akika_forensics import jobs
from akika_forensics.errors import Fault, Interrupted, NetworkFailed, WrongUse
from akika_forensics.jobs import Job, Work


def run[T](work: Callable[[Work], T], **given: object) -> Job[T]:
    return jobs.start("Work", work, kind="test", **given)  # type: ignore[arg-type]  # keywords of the test


def until(job: Job[object], ready: Callable[[jobs.JobSnapshot], bool]) -> jobs.JobSnapshot:
    pause = threading.Event()
    for _ in range(12_000):
        shown = job.snapshot()
        if ready(shown):
            return shown
        pause.wait(0.005)
    pytest.fail(f"it never came to that: {job.snapshot()}")


def obedient(work: Work) -> str:
    pause = threading.Event()
    while not work.should_stop():
        pause.wait(0.002)
    return "as far as it got"


def test_what_it_says_is_seen_and_what_it_returns_is_given() -> None:
    go_on = threading.Event()

    def work(work: Work) -> int:
        work.progress("Reading invoices", 3, 10)
        work.note("A note")
        go_on.wait()
        return 42

    job = run(work, about="s1")
    shown = until(job, lambda shown: bool(shown.notes))
    assert (shown.state, shown.what, shown.done, shown.total) == ("running", "Reading invoices", 3, 10)
    assert (shown.notes, shown.attempts, shown.may_stop, shown.may_resume) == (("A note",), 1, True, False)
    assert shown.started_at is not None
    assert shown.started_at.tzinfo is not None
    assert shown.finished_at is None
    go_on.set()
    assert job.result() == 42
    shown = job.snapshot()
    assert (shown.state, shown.error, shown.may_stop) == ("done", None, False)
    assert (job.name, job.kind, job.about) == ("Work", "test", "s1")


def test_it_is_found_again_by_its_id() -> None:
    job = run(lambda _work: None)
    assert jobs.find(job.id) is job
    assert job in jobs.recent()


@pytest.mark.parametrize("job_id", ["", "../../etc/passwd", "j20261125000000000000-00000000"])
def test_a_job_that_never_was_is_wrong_use(job_id: str) -> None:
    with pytest.raises(WrongUse):
        jobs.find(job_id)


def test_an_error_of_ours_is_shown_as_it_is_and_raised_as_it_is() -> None:
    trouble = NetworkFailed("No answer.", means="Unknown.", do="Try again.")

    def work(_work: Work) -> None:
        raise trouble

    job = run(work)
    with pytest.raises(NetworkFailed) as raised:
        job.result()
    assert raised.value is trouble
    assert job.snapshot().state == "failed"
    assert job.snapshot().error is trouble


def test_any_other_error_is_internal_and_keeps_its_cause() -> None:
    def work(_work: Work) -> None:
        raise ZeroDivisionError("the books' own words")

    job = run(work)
    with pytest.raises(ZeroDivisionError):
        job.result()
    error = job.snapshot().error
    assert error is not None
    assert error.code == "internal"
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert "the books' own words" not in str(error) + job.text()


def test_a_work_that_ends_its_thread_has_failed() -> None:
    def work(_work: Work) -> None:
        raise SystemExit(3)

    job = run(work)
    assert job.wait(60)
    assert job.snapshot().state == "failed"


def test_asked_to_stop_it_returns_early_and_its_value_is_given() -> None:
    started = threading.Event()

    def work(work: Work) -> str:
        started.set()
        return obedient(work)

    job = run(work)
    started.wait(60)
    assert job.cancel()
    assert job.result() == "as far as it got"
    assert job.snapshot().state == "stopped"
    assert not job.cancel()


def test_a_work_that_raises_interrupted_was_stopped() -> None:
    started = threading.Event()

    def work(work: Work) -> None:
        started.set()
        while True:
            work.check()

    job = run(work)
    started.wait(60)
    job.cancel()
    with pytest.raises(Interrupted):
        job.result()
    assert job.snapshot().state == "stopped"
    assert job.snapshot().error is None


def test_a_work_that_was_never_told_to_stop_is_done() -> None:
    asked = threading.Event()
    started = threading.Event()

    def work(_work: Work) -> int:
        started.set()
        asked.wait()
        return 7

    job = run(work)
    started.wait(60)
    job.cancel()
    assert job.snapshot().state == "stopping"
    asked.set()
    assert job.result() == 7
    assert job.snapshot().state == "done"


def test_a_stopped_work_is_resumed_and_told_so() -> None:
    seen: list[bool] = []

    def work(work: Work) -> int:
        seen.append(work.resuming)
        if not work.resuming:
            obedient(work)
        return 1

    job = run(work, resumable=True)
    until(job, lambda _shown: bool(seen))
    job.cancel()
    job.wait()
    assert job.snapshot().may_resume
    job.resume()
    assert job.result() == 1
    assert seen == [False, True]
    assert (job.snapshot().state, job.snapshot().attempts) == ("done", 2)


def test_work_that_is_not_resumable_says_so() -> None:
    job = run(obedient)
    until(job, lambda shown: shown.state == "running")
    with pytest.raises(WrongUse):
        job.resume()
    job.cancel()
    job.wait()
    with pytest.raises(WrongUse):
        job.resume()


def test_a_thread_left_behind_by_an_earlier_attempt_changes_nothing() -> None:
    works: list[Work] = []

    def work(work: Work) -> None:
        works.append(work)
        if len(works) == 1:
            raise NetworkFailed("No answer.")

    job = run(work, resumable=True)
    job.wait()
    job.resume()
    job.wait()
    before = job.snapshot()
    works[0].progress("late", 1, 2)
    works[0].note("late")
    assert not works[0].ask("late?")
    assert job.snapshot() == before


def test_only_one_of_two_who_resume_at_once_does() -> None:
    runs: list[int] = []

    def work(_work: Work) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise NetworkFailed("No answer.")

    job = run(work, resumable=True)
    job.wait()
    outcomes: list[bool] = []
    gate = threading.Barrier(4)

    def press() -> None:
        gate.wait()
        try:
            job.resume()
        except WrongUse:
            outcomes.append(False)
        else:
            outcomes.append(True)

    pressing = [threading.Thread(target=press) for _ in range(4)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()
    job.wait()
    assert sorted(outcomes) == [False, False, False, True]
    assert len(runs) == 2


def test_a_callback_that_raises_disturbs_neither_the_work_nor_another_callback() -> None:
    go_on = threading.Event()
    called = threading.Event()

    def bad(_job: object) -> None:
        raise RuntimeError("a closed tab")

    job = run(lambda _work: go_on.wait())
    job.on_end(bad)
    job.on_end(lambda _job: called.set())
    taken_back = job.on_end(lambda _job: pytest.fail("it was taken back"))
    taken_back()
    go_on.set()
    assert job.result()
    assert called.wait(60)
    assert job.snapshot().state == "done"
    late = threading.Event()
    job.on_end(lambda _job: late.set())
    assert late.is_set()


def test_a_question_waits_for_its_answer() -> None:
    job = run(lambda work: [work.ask("Go on with the rest?"), work.ask("And now?")])
    assert until(job, lambda shown: bool(shown.question)).question == "Go on with the rest?"
    assert job.answer(yes=True)
    until(job, lambda shown: shown.question == "And now?")
    assert job.answer(yes=False)
    assert job.result() == [True, False]
    assert job.snapshot().state == "done"
    assert not job.answer(yes=True)


def test_a_stop_answers_a_question_with_no() -> None:
    job = run(lambda work: work.ask("Go on?"))
    until(job, lambda shown: bool(shown.question))
    job.cancel()
    assert job.result() is False
    assert job.snapshot().state == "stopped"
    assert job.snapshot().question == ""


def test_waiting_in_a_notebook_leaves_the_loop_free() -> None:
    go_on = threading.Event()

    async def cell() -> int:
        job = run(lambda _work: (go_on.wait(), 5)[1])
        # Were the loop blocked by waiting, nothing would ever let the work go on.
        asyncio.get_running_loop().call_later(0.02, go_on.set)
        return await job

    assert asyncio.run(cell()) == 5


def test_whoever_waited_may_go_away_without_stopping_the_work() -> None:
    go_on = threading.Event()
    job = run(lambda _work: (go_on.wait(), 5)[1])

    async def cell() -> None:
        async def wait() -> int:
            return await job

        task = asyncio.create_task(wait())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cell())
    assert not job.snapshot().ended
    go_on.set()
    assert job.result() == 5


def test_waiting_raises_what_the_work_raised() -> None:
    def work(_work: Work) -> None:
        raise Fault("QuickBooks refused it.", faults=[("6240", "Duplicate", "", "")])

    async def cell() -> None:
        await run(work)

    with pytest.raises(Fault):
        asyncio.run(cell())


def test_jobs_of_one_queue_take_turns_in_their_order() -> None:
    order: list[str] = []
    go_on = threading.Event()

    def first(_work: Work) -> None:
        go_on.wait()
        order.append("first")

    one = run(first, queue="vault")
    two = run(lambda _work: order.append("second"), queue="vault")
    three = run(lambda _work: order.append("third"), queue="vault")
    beside = run(lambda _work: order.append("beside"))
    beside.result()
    assert (two.snapshot().state, three.snapshot().state) == ("waiting", "waiting")
    two.cancel()
    with pytest.raises(Interrupted):
        two.result()
    assert two.snapshot().state == "stopped"
    go_on.set()
    three.result()
    assert one.snapshot().state == "done"
    assert order == ["beside", "first", "third"]


def test_stopping_all_waits_for_all() -> None:
    running = [run(obedient) for _ in range(3)]
    for job in running:
        until(job, lambda shown: shown.state == "running")
    assert jobs.stop_all(10)
    assert {job.snapshot().state for job in running} == {"stopped"}


def test_its_text_lets_no_sign_of_the_books_act() -> None:
    go_on = threading.Event()

    def work(work: Work) -> None:
        work.progress("Invoice \x1b[31mred\x1b[0m \u202etxet", 1_000, 2_000)
        go_on.wait()

    job = run(work)
    until(job, lambda shown: bool(shown.what))
    text = repr(job)
    go_on.set()
    job.wait()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "1,000 of 2,000" in text
    assert job._repr_mimebundle_() == {"text/plain": job.text()}


def test_a_step_is_told_and_is_where_a_stop_is_heard() -> None:
    told, may_go_on = threading.Event(), threading.Event()

    def work(work: jobs.Work) -> None:
        work.step("the first part")
        told.set()
        assert may_go_on.wait(60)
        work.step("the second part")

    job = jobs.start("in parts", work, kind="test")
    assert told.wait(60)
    assert job.snapshot().what == "the first part"
    job.cancel()
    may_go_on.set()
    job.wait(60)
    assert (job.snapshot().state, job.snapshot().what) == ("stopped", "the first part")
