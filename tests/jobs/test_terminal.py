"""A job followed in the terminal: what is drawn, what Ctrl-C does, who answers."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading

import pytest

from akika_forensics import jobs
from akika_forensics.errors import Interrupted, NetworkFailed
from akika_forensics.jobs import Work
from akika_forensics.jobs.terminal import follow


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """To be called in the test itself: pytest sets stderr anew between fixtures and test."""
    shown = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", shown)
    return shown


def press(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


def test_what_it_does_is_drawn_and_its_value_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_a_terminal(monkeypatch)
    looked = threading.Event()

    def work(work: Work) -> int:
        work.progress("Reading \x1b[2J[bold]invoices", 3, 10)
        looked.wait(0.5)
        return 42

    assert follow(jobs.start("Capturing", work, kind="test")) == 42
    drawn = terminal.getvalue()
    assert "3/10" in drawn
    assert "�[2J[bold]invoices" in drawn


def test_nothing_is_drawn_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    assert follow(jobs.start("Capturing", lambda work: work.progress("on", 1, 2) or 1, kind="test")) == 1
    assert capsys.readouterr() == ("", "")


def test_what_the_work_raises_is_raised(capsys: pytest.CaptureFixture[str]) -> None:
    def work(_work: Work) -> None:
        raise NetworkFailed("No answer.")

    with pytest.raises(NetworkFailed):
        follow(jobs.start("Capturing", work, kind="test"), quiet=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_to_stop_and_the_work_ends_in_its_own_way(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    pause = threading.Event()

    def work(work: Work) -> str:
        press(number)
        while not work.should_stop():
            pause.wait(0.005)
        return "as far as it got"

    job = jobs.start("Capturing", lambda given: (ready.wait(), work(given))[1], kind="test")
    ready = threading.Event()
    threading.Timer(0.05, ready.set).start()
    assert follow(job, quiet=True) == "as far as it got"
    assert job.snapshot().state == "stopped"
    assert "Stopping" in capsys.readouterr().err


def test_a_second_ctrl_c_stops_waiting_at_once() -> None:
    go_on = threading.Event()
    told = threading.Event()

    def work(work: Work) -> None:
        press()
        while not work.should_stop():
            told.wait(0.005)
        press()
        go_on.wait()

    ready = threading.Event()
    job = jobs.start("Capturing", lambda given: (ready.wait(), work(given)), kind="test")
    threading.Timer(0.05, ready.set).start()
    with pytest.raises(Interrupted, match="at once"):
        follow(job, quiet=True)
    assert job.snapshot().state == "stopping"
    go_on.set()
    job.wait()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_is_followed_from_another_thread_without_signals() -> None:
    found: list[int] = []
    thread = threading.Thread(
        target=lambda: found.append(follow(jobs.start("Capturing", lambda _work: 7, kind="test"), quiet=True))
    )
    thread.start()
    thread.join()
    assert found == [7]


def test_questions_are_put_to_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch)
    heard: list[str] = []

    def answer(question: str) -> bool:
        heard.append(question)
        return len(heard) == 1

    job = jobs.start("Writing", lambda work: [work.ask("One?"), work.ask("Two?")], kind="test")
    assert follow(job, ask=answer) == [True, False]
    assert heard == ["One?", "Two?"]


def test_without_a_person_the_answer_is_no() -> None:
    assert follow(jobs.start("Writing", lambda work: work.ask("One?"), kind="test"), quiet=True) is False


def test_a_work_that_was_stopped_before_it_began_says_so() -> None:
    go_on = threading.Event()
    first = jobs.start("First", lambda _work: go_on.wait(), kind="test", queue="one")
    second = jobs.start("Second", lambda _work: 1, kind="test", queue="one")
    second.cancel()
    with pytest.raises(Interrupted):
        follow(second, quiet=True)
    go_on.set()
    first.wait()
