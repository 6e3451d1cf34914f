"""The first hour in the workbench: the list, ticked by whoever is signed in, hostile words as text, and what is refused."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from akika_forensics.case.first_hour import NOT_TO_DO, STEPS
from akika_forensics.model.instants import format_instant, now

from .journey_scene import ANNA, Bench, Scene, damaged

HOSTILE = "<img src=x onerror=alert(1)>\u202egone"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with damaged(tmp_path_factory.mktemp("scene"), incident="", snapshots=1) as made:
        yield made


@pytest.fixture
def bench(scene: Scene) -> Bench:
    made = scene.bench()
    made.at("first_hour")
    return made


def _began(hours: float) -> str:
    return format_instant(now() - timedelta(hours=hours))


def test_it_waits_until_somebody_says_when_it_began(scene: Scene, bench: Bench) -> None:
    assert bench.workbench.stage.place().standing == "later"
    assert "say when it began" in bench.workbench.stage.lead()
    for wrong in ("", "yesterday", "2026-11-23", "2999-01-01T00:00:00Z"):
        bench.do("begin", at=wrong)
        assert scene.case.first_hour().standing().incident is None
    assert bench.do("begin", at=_began(3), what=HOSTILE)
    found = scene.case.first_hour().standing()
    assert (found.incident is not None, found.what) == (True, HOSTILE)
    text = bench.text()
    assert "<img" not in text
    assert "Change feed" in text


def test_every_step_and_everything_not_to_do_is_on_the_page(bench: Bench) -> None:
    text = html.unescape(bench.text())
    for step in STEPS:
        assert step.title in text
    for what, _why in NOT_TO_DO:
        assert what in text


def test_a_tick_names_whoever_is_signed_in_and_stands_in_custody(scene: Scene, bench: Bench) -> None:
    assert bench.do("done", "sign-out")
    (row,) = [one for one in scene.case.first_hour().standing().rows if one.step.name == "sign-out"]
    assert (row.state, row.by) == ("done", ANNA.name)
    assert scene.case.custody.acts("first_hour_step")[-1].by == ANNA.name
    assert bench.do("open", "sign-out")
    assert "sign-out" not in {one.step.name for one in scene.case.first_hour().standing().rows if one.state == "done"}


def test_what_is_not_needed_says_why(scene: Scene, bench: Bench) -> None:
    assert bench.do("write", "payroll")
    bench.do("skip", "payroll", note="  ")
    assert (
        not scene.case.custody.acts("first_hour_step")
        or scene.case.custody.acts("first_hour_step")[-1].details["step"] != "payroll"
    )
    assert bench.do("write", "payroll")
    assert bench.do("skip", "payroll", note="nobody is paid here")
    assert scene.case.custody.acts("first_hour_step")[-1].details == {
        "realm": scene.case.companies.company("craig").realm_id,
        "step": "payroll",
        "note": "nobody is paid here",
    }


def test_a_step_that_is_none_is_refused(bench: Bench) -> None:
    for act in ("done", "open", "write", "skip"):
        assert not bench.do(act, "no-such-step")


def test_a_capture_after_the_incident_is_told_by_itself(scene: Scene, bench: Bench) -> None:
    assert bench.do("begin", at=_began(0), what="again")
    assert bench.workbench.stage.lead().startswith("Capture the company")
    bench.at("company")
    assert bench.do("capture")
    bench.ended("capture")
    bench.at("first_hour")
    assert bench.workbench.stage.lead().startswith("Work down the list")
    assert "captured in s2" in bench.text()


def test_two_sessions_see_each_others_ticks(scene: Scene, bench: Bench, tmp_path: Path) -> None:
    other = scene.bench()
    other.at("first_hour")
    assert bench.do("done", "counsel")
    (row,) = [one for one in other.workbench.stage._standing().rows if one.step.name == "counsel"]  # type: ignore[attr-defined]
    assert row.state == "done"
