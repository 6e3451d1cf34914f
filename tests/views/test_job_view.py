"""The view of long work: what it shows, what its controls do, and that hostile text is text."""

from __future__ import annotations

import threading
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics import jobs
from akika_forensics.errors import AkikaError, Fault
from akika_forensics.jobs import JobSnapshot, Work
from akika_widgets.views.job import JobPicture, JobView, elapsed
from akika_widgets.views.live import Event

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SHOWN = JobSnapshot("j1", "Capturing", "capture", "v1", "running", "Reading invoices", 300, 1200, START, may_stop=True)


@dataclass
class FakeJob:
    shown: JobSnapshot
    calls: list[str] = field(default_factory=list)

    def snapshot(self) -> JobSnapshot:
        return self.shown

    def cancel(self) -> bool:
        self.calls.append("cancel")
        self.shown = replace(self.shown, state="stopping", may_stop=False)
        return True

    def resume(self) -> None:
        self.calls.append("resume")
        self.shown = replace(self.shown, state="running", may_resume=False, may_stop=True)

    def answer(self, *, yes: bool) -> bool:
        self.calls.append(f"answer {yes}")
        self.shown = replace(self.shown, question="")
        return True


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314 -- our own markup


def acts(view: JobView) -> dict[str, bool]:
    """The controls that are drawn, and whether each can be used."""
    found = parsed(view.render()).iter("button")
    return {button.attrib["data-act"]: "disabled" not in button.attrib for button in found}


def test_running_work_shows_how_far_it_is_and_can_be_stopped() -> None:
    job = FakeJob(SHOWN)
    view = JobView(job)
    drawn = parsed(view.render())
    bar = next(drawn.iter("progress"))
    assert (bar.attrib["value"], bar.attrib["max"]) == ("300", "1200")
    assert any(label.attrib["for"] == bar.attrib["id"] and label.text == "Progress" for label in drawn.iter("label"))
    text = "".join(drawn.itertext())
    assert "300 of 1,200" in text
    assert "Reading invoices" in text
    assert acts(view) == {"stop": True}
    assert any(element.attrib.get("data-tick") for element in drawn.iter())
    assert view.dispatch(Event("stop"))
    assert job.calls == ["cancel"]
    assert acts(view) == {"stop": False}
    assert not view.dispatch(Event("stop"))
    assert job.calls == ["cancel"]
    assert "already" in view.notice


def test_nobody_counts() -> None:
    drawn = parsed(JobView(FakeJob(replace(SHOWN, done=0, total=0))).render())
    bar = next(drawn.iter("progress"))
    assert not {"value", "max"} & bar.attrib.keys()


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_what_ended_early_can_go_on(state: jobs.State) -> None:
    job = FakeJob(replace(SHOWN, state=state, may_stop=False, may_resume=True, finished_at=START))
    view = JobView(job)
    assert acts(view) == {"resume": True}
    assert not any(element.attrib.get("data-tick") for element in parsed(view.render()).iter())
    assert view.dispatch(Event("resume"))
    assert job.calls == ["resume"]
    assert acts(view) == {"stop": True}


@pytest.mark.parametrize("state", ["waiting", "running", "stopping", "done", "stopped", "failed", "interrupted"])
@pytest.mark.parametrize("act", ["stop", "resume", "answer", "cancel", "snapshot", ""])
def test_an_event_that_is_not_offered_changes_nothing(state: jobs.State, act: str) -> None:
    job = FakeJob(replace(SHOWN, state=state, may_stop=False))
    assert not JobView(job).dispatch(Event(act, "yes"))
    assert job.calls == []


def test_an_error_says_what_it_means_and_what_to_do() -> None:
    error = Fault("QuickBooks refused it.", means="Nothing was written.", do="Look at the bill.")
    view = JobView(FakeJob(replace(SHOWN, state="failed", error=error, finished_at=START, may_stop=False)))
    for shown in ("".join(parsed(view.render()).itertext()), view.text()):
        for line in (error.what, error.means, error.do):
            assert line in shown


def test_a_question_is_answered_by_its_buttons() -> None:
    job = FakeJob(replace(SHOWN, question="Go on with the rest?"))
    view = JobView(job)
    assert "Go on with the rest?" in view.render()
    assert view.dispatch(Event("answer", "no"))
    assert job.calls == ["answer False"]
    assert not view.dispatch(Event("answer", "yes"))


def test_the_end_is_said_once() -> None:
    job = FakeJob(SHOWN)
    view = JobView(job)
    view.dispatch(Event("tick"))
    assert view.notice == ""
    job.shown = replace(SHOWN, state="done", finished_at=START, may_stop=False)
    view.dispatch(Event("tick"))
    assert view.notice == "Capturing: done."


@given(text=st.text(), state=st.sampled_from(["running", "failed", "stopped"]))
def test_text_of_the_books_is_only_ever_text(text: str, state: jobs.State) -> None:
    hostile = f"<script>alert(1)</script>\x1b[31m{text}"
    shown = replace(
        SHOWN, state=state, what=hostile, notes=(hostile,), question=hostile, error=AkikaError(hostile, do=hostile)
    )
    view = JobView(FakeJob(shown))
    drawn = parsed(view.render())
    assert list(drawn.iter("script")) == []
    assert "\x1b" not in view.render() + view.text()
    assert JobPicture(shown).html() == JobPicture(shown).html()


def test_a_job_of_this_software_is_what_it_shows() -> None:
    go_on = threading.Event()

    def work(work: Work) -> int:
        work.progress("Reading", 1, 2)
        go_on.wait()
        return 1

    job = jobs.start("Capturing", work, kind="test")
    view = JobView(job)
    while not job.snapshot().total:
        go_on.wait(0.005)
    assert "1 of 2" in view.render()
    jobs.shown_by(JobView)
    try:
        bundle = job._repr_mimebundle_()
    finally:
        jobs.shown_by(None)
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "1 of 2" in data["text/html"]
    assert "Capturing" in data["text/plain"]
    go_on.set()
    job.wait()


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.9, "59 s"), (185, "3 min 5 s"), (3600, "1 h 0 min"), (7330, "2 h 2 min")]
)
def test_elapsed_time_in_words(seconds: float, words: str) -> None:
    assert elapsed(seconds) == words
