"""Several sessions on one vault: what each sees of the others' work, and what stays its own."""

from __future__ import annotations

import threading

from akika_widgets.views.live import Event
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.shared import Shared

from .journey_scene import OWN_PASSPHRASE, SIGNER, Bench, Scene, parts_of, ready

BEN = User("ben", "token")


def test_another_tab_sees_the_work_and_what_it_did(scene: Scene, bench: Bench) -> None:
    ready(bench)
    other = scene.bench()
    assert other.desk.at == "approve", "a tab that is opened again is where the last one was"
    other.at("execute")
    waits, goes = threading.Event(), threading.Event()

    def hold(number: int, kind: str) -> None:
        if kind == "write" and number == 1:
            waits.set()
            goes.wait(30)

    scene.server.before_apply = hold
    bench.at("execute")
    assert bench.do("execute")
    assert waits.wait(30)
    other.workbench.ways.dispatch(Event("tick"))
    assert parts_of(other, "JobView").job.id == bench.job("execute", bench.plan_id).id
    assert not other.do("execute")
    goes.set()
    scene.server.before_apply = None
    other.ended("execute", other.plan_id)
    assert "Every step stands in the books" in other.text()


def test_two_people_choose_for_themselves_and_one_thing_runs_at_a_time(scene: Scene, bench: Bench) -> None:
    bench.choose()
    ben = scene.bench(BEN)
    assert not ben.desk.choices.before
    ben.choose()
    ben.do("none")
    assert bench.desk.choices.picked
    waits, goes = threading.Event(), threading.Event()

    def hold(_number: int, _kind: str) -> None:
        waits.set()
        goes.wait(30)

    scene.server.before_apply = hold
    bench.at("company")
    assert bench.do("capture")
    assert waits.wait(30)
    ben.at("company")
    assert not ben.do("capture")
    assert "still going on" in ben.workbench.stage.notice
    assert parts_of(ben, "JobView").job.id == bench.job("capture").id
    goes.set()
    scene.server.before_apply = None
    ben.ended("capture")


def test_a_review_is_sealed_and_found_again_by_another_process(scene: Scene, bench: Bench) -> None:
    bench.plan()
    review = parts_of(bench, "LivePlanReview")
    first = bench.desk.plan().plan.steps[0].id
    for event in (Event("choose", first), Event("approve")):
        assert review.dispatch(event), review.notice
    name = bench.desk.choices.plan
    again = Scene(**{**vars(scene), "shared": Shared(scene.case, scene.shared.plans_folder)}).bench()
    again.at("plan")
    assert not again.do("open", "../vault")
    assert not again.do("open", "no-such.plan")
    assert again.do("open", name), again.workbench.stage.notice
    found = parts_of(again, "LivePlanReview").review
    assert found.counts.approved == 1
    assert again.desk.choices.picked == bench.desk.choices.picked
    again.at("approve")
    assert "1 of 30 steps" in again.text()


def test_what_was_decided_makes_another_plan(scene: Scene, bench: Bench) -> None:
    item = scene.twin.get("Item", "4")
    assert item is not None
    scene.twin.update("Item", {**item, "UnitPrice": 91})
    bench.plan()
    first = bench.desk.plan().plan
    assert [note.record for note in first.conflicts] == ["Item:4"]
    assert bench.workbench.stage.lead().startswith("Answer each question")
    bench.at("approve")
    bench.do("signer", SIGNER)
    assert not bench.do("approve", typed=first.digest[:6], passphrase=OWN_PASSPHRASE)
    bench.at("plan")
    assert not bench.do("redo")
    review = parts_of(bench, "LivePlanReview")
    assert review.dispatch(Event("answer", "0.0")), review.notice
    assert bench.do("redo"), bench.workbench.stage.notice
    bench.ended("plan")
    second = bench.desk.plan().plan
    assert (second.decisions, second.conflicts) == ({"Item:4": "restore"}, ())
    assert second.digest != first.digest
    assert not bench.desk.plan().tally.valid
