"""The stages by events, without a browser: what each says, does, refuses, and what it never does."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.case.desk import PlanDesk
from akika_forensics.restore.execute import RunReport
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin
from akika_widgets.views.live import Event
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.stages.stage import BESIDE

from .journey_scene import ANNA, OWN_PASSPHRASE, PASSPHRASE, SIGNER, Bench, Scene, damaged

BEN = User("ben", "token")


@pytest.fixture
def scene(tmp_path: Path, state_dir: Path) -> Iterator[Scene]:
    with damaged(tmp_path) as made:
        yield made


@pytest.fixture
def bench(scene: Scene) -> Bench:
    return scene.bench()


def parts_of(bench: Bench, kind: str) -> Any:
    """The one part of this class that stands below the stage."""
    found = [view for view in bench.workbench.views() if type(view).__name__ == kind]
    assert len(found) == 1, [type(view).__name__ for view in bench.workbench.views()]
    return found[0]


def ready(bench: Bench) -> None:
    """Everything up to the execution."""
    bench.plan()
    assert bench.do("rehearse")
    bench.ended("rehearse", bench.plan_id)
    assert bench.approve(), bench.workbench.stage.notice


def execute(bench: Bench) -> None:
    bench.at("execute")
    assert bench.do("execute"), bench.workbench.stage.notice
    bench.ended("execute", bench.plan_id)


# -- the whole journey -------------------------------------------------------------------------------------------------


def test_the_whole_journey_puts_the_company_right(scene: Scene, bench: Bench) -> None:
    assert scene.put_back(), "the incident did something"
    ready(bench)
    assert "ended as predicted" in bench.at("plan").lead()
    execute(bench)
    assert bench.at("verified").lead().startswith("Have the company captured")
    assert bench.do("verify")
    bench.ended("verify", bench.plan_id)
    assert bench.workbench.stage.lead().startswith("The books agree with the approved plan, to the cent")
    assert scene.put_back() == []
    touched = {f"{one['entity']}:{one['id']}" for one in (*scene.truth["records"], *scene.truth["consequences"])}
    after = scene.content()
    assert {key: after.get(key) for key in scene.before if key not in touched} == {
        key: body for key, body in scene.before.items() if key not in touched
    }
    journey = [place for name, place in bench.workbench._places() if name not in BESIDE]
    assert all(place.standing == "done" for place in journey)


def test_what_is_done_twice_is_refused(scene: Scene, bench: Bench) -> None:
    ready(bench)
    execute(bench)
    written, standing = scene.writes(), scene.content()
    for act in ("execute", "resume"):
        assert not bench.do(act)
        assert "a plan runs once" in bench.workbench.stage.notice
    bench.at("approve")
    assert not bench.do("approve", typed=bench.desk.plan().plan.digest[:6], passphrase=OWN_PASSPHRASE)
    assert (scene.writes(), scene.content()) == (written, standing)


def test_taking_it_back_needs_an_approval_of_its_own(scene: Scene, bench: Bench) -> None:
    ready(bench)
    broken = scene.before != scene.content()
    assert broken
    execute(bench)
    first = bench.plan_id
    bench.at("verified")
    assert bench.do("undo")
    bench.ended("undo", first)
    assert bench.plan_id != first
    written = scene.writes()
    bench.at("execute")
    assert not bench.do("execute")
    assert "0 of 1 approvals" in bench.workbench.stage.notice
    assert scene.writes() == written


# -- company, and choosing ---------------------------------------------------------------------------------------------


def test_an_empty_vault_asks_for_a_snapshot_and_takes_it(tmp_path: Path) -> None:
    with damaged(tmp_path, incident="", snapshots=0) as scene:
        bench = scene.bench()
        assert "Take a first snapshot" in bench.at("company").lead()
        assert bench.do("capture")
        bench.ended("capture")
        (info,) = bench.desk.snapshots()
        assert info.complete
        assert f"{info.records:,}" in bench.text()
        assert not bench.do("after", "s1")
        assert "no earlier snapshot" in bench.workbench.stage.notice
        assert bench.do("before", "s1")
        assert bench.workbench.stage.standing().standing == "now"


def test_the_state_before_is_the_older_one(bench: Bench) -> None:
    bench.at("company")
    assert not bench.do("before", "s2")
    assert not bench.do("after", "s1")
    assert not bench.do("before", "s99")
    assert (bench.desk.choices.before, bench.desk.choices.after) == ("", "")
    assert bench.do("after", "s2")
    assert bench.do("before", "s1")
    assert bench.workbench.stage.standing().standing == "done"


def test_the_check_of_a_snapshot_shows_whether_it_ties_out(bench: Bench) -> None:
    bench.at("company")
    assert bench.do("check", "s1")
    bench.ended("check")
    drawn = bench.text()
    assert "ties out" in drawn
    assert "Snapshot s1 against QuickBooks" in drawn
    assert "For the books" in drawn
    assert "What to do" in drawn
    assert bench.do("show", "s1")
    assert "Snapshot s1 against QuickBooks" not in bench.text()


def test_nothing_is_chosen_beforehand_and_all_in_one_go(scene: Scene, bench: Bench) -> None:
    bench.at("company")
    bench.do("before", "s1")
    bench.do("after", "s2")
    bench.at("changed")
    assert not bench.desk.choices.picked
    assert " checked" not in str(bench.workbench.stage.render())
    wanted = {f"{one['entity']}:{one['id']}" for one in scene.truth["records"]}
    assert bench.do("all")
    assert {str(key) for key in bench.desk.choices.picked} >= wanted
    assert bench.desk.choices.picked == {change.key for change in bench.desk.diff().changes if not change.consequence}
    assert bench.do("group", "added/Bill")
    assert not any(key.entity == "Bill" for key in bench.desk.choices.picked)
    one = next(iter(bench.desk.choices.picked))
    assert bench.do("pick", str(one))
    assert one not in bench.desk.choices.picked
    before = set(bench.desk.choices.picked)
    assert not bench.do("pick", "Account:1")
    assert not bench.do("pick", "no record at all")
    assert not bench.do("group", "added/Account")
    assert bench.desk.choices.picked == before
    assert bench.do("none")
    assert not bench.desk.choices.picked


def test_what_changed_can_be_looked_at_in_four_ways(bench: Bench) -> None:
    bench.choose()
    seen = {}
    for look in ("records", "accounts", "times", "fields"):
        assert bench.do("look", look)
        assert f'data-value="{look}"' in str(bench.workbench.stage.render())
        seen[look] = "".join(str(view.render()) for view in bench.workbench.views()[1:])
    assert not seen["records"]
    assert "Sum of all changes" in seen["accounts"]
    assert "When the records were changed" in seen["times"]
    assert "Changed directly" in seen["fields"]
    assert not bench.do("look", "nowhere")


def test_other_states_drop_what_was_picked(bench: Bench) -> None:
    bench.choose()
    bench.at("company")
    assert bench.do("capture")
    bench.ended("capture")
    assert bench.do("after", "s3")
    assert not bench.desk.choices.picked


@pytest.mark.parametrize("name", ["changed", "hanging", "plan", "approve", "execute", "verified"])
def test_a_stage_that_cannot_be_done_yet_says_why_and_where_to_go(bench: Bench, name: str) -> None:
    stage = bench.at(name)
    place = stage.standing()
    assert place.standing == "later"
    assert place.words
    drawn = bench.text()
    assert f"not yet, because {place.words}" in drawn
    assert 'data-act="go"' in str(stage.render())


# -- approving ---------------------------------------------------------------------------------------------------------


def test_a_wrong_passphrase_or_digest_signs_nothing(bench: Bench) -> None:
    bench.plan()
    bench.at("approve")
    digest = bench.desk.plan().plan.digest
    assert not bench.do("approve", typed=digest[:6], passphrase=OWN_PASSPHRASE), "nobody was chosen"
    assert bench.do("signer", SIGNER)
    for typed in ("", digest[:5], digest[1:7], "zzzzzz"):
        assert not bench.do("approve", typed=typed, passphrase=OWN_PASSPHRASE)
        assert "Nothing was signed." in bench.workbench.stage.notice
    for wrong in ("", "not it", PASSPHRASE):
        assert not bench.do("approve", typed=digest[:6], passphrase=wrong)
    assert not bench.desk.plan().tally.valid
    assert not bench.do("signer", "nobody")


def test_the_passphrase_is_nowhere_afterwards(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench.plan()
    assert not bench.approve(passphrase="a-wrong-passphrase-of-nobody")
    assert bench.approve()
    gc.collect()
    secrets = (OWN_PASSPHRASE, "a-wrong-passphrase-of-nobody")
    drawn = bench.text()
    held = "".join(repr(vars(stage)) for stage in bench.workbench.stages.values())
    held += repr(vars(bench.desk)) + repr(vars(bench.desk.memory)) + repr(bench.desk.case.custody.acts())
    for secret in secrets:
        assert secret not in drawn + held + caplog.text
    left = [
        one for one in gc.get_objects() if isinstance(one, Event) and any(s in one.fields.values() for s in secrets)
    ]
    left += [one for one in gc.get_objects() if isinstance(one, Secret) and one.reveal() in secrets]
    assert not left


def test_the_preparer_alone_says_so_first(bench: Bench) -> None:
    bench.plan()
    bench.at("approve")
    digest = bench.desk.plan().plan.digest
    assert bench.do("signer", "preparer")
    assert not bench.do("approve", typed=digest[:6], passphrase=PASSPHRASE)
    assert not bench.desk.plan().tally.valid
    assert bench.do("alone", "alone")
    assert bench.do("approve", typed=digest[:6], passphrase=PASSPHRASE), bench.workbench.stage.notice
    assert "approved by the preparer" in bench.text()


def test_who_says_alone_and_then_is_another_has_not_said_it(bench: Bench) -> None:
    bench.plan()
    bench.at("approve")
    bench.do("signer", "preparer")
    bench.do("alone", "alone")
    bench.do("signer", SIGNER)
    bench.do("signer", "preparer")
    assert not bench.do("approve", typed=bench.desk.plan().plan.digest[:6], passphrase=PASSPHRASE)


def test_a_rejection_has_a_reason_and_ends_the_plan(scene: Scene, bench: Bench) -> None:
    bench.plan()
    bench.at("approve")
    bench.do("verdict", "reject")
    bench.do("signer", SIGNER)
    assert not bench.do("reject", passphrase=OWN_PASSPHRASE, words="  ")
    assert bench.do("reject", passphrase=OWN_PASSPHRASE, words="The bills were real.")
    assert "The bills were real." in bench.text()
    assert not bench.do("approve", typed=bench.desk.plan().plan.digest[:6], passphrase=OWN_PASSPHRASE)
    bench.at("execute")
    written = scene.writes()
    assert not bench.do("execute")
    assert scene.writes() == written
    first = bench.plan_id
    bench.at("plan")
    assert bench.do("make")
    bench.ended("plan")
    assert bench.plan_id != first


def test_an_approval_that_does_not_count_says_why(bench: Bench) -> None:
    ready(bench)
    with bench.desk.shared.lock:
        bench.desk.case.signers.revoke(SIGNER)
    bench.at("company")
    assert bench.do("check", "s1")
    bench.ended("check")
    bench.at("approve")
    drawn = bench.text()
    assert "does not count" in drawn
    assert "has been revoked" in drawn
    bench.at("execute")
    assert not bench.do("execute")


# -- executing ---------------------------------------------------------------------------------------------------------


def test_a_forged_execution_writes_nothing(scene: Scene, bench: Bench) -> None:
    bench.plan()
    stage = bench.at("execute")
    written, standing = scene.writes(), scene.content()
    assert 'data-act="execute"' in str(stage.render())
    assert not stage.dispatch(Event("execute"))
    assert not stage.dispatch(Event("resume"))
    assert bench.desk.job("execute", bench.plan_id) is None
    # Even past why_not the case itself refuses.
    stage.act_execute(Event("execute"))  # type: ignore[attr-defined]
    job = bench.job("execute", bench.plan_id)
    assert job.wait(60)
    shown = job.snapshot()
    assert (shown.state, shown.error.code if shown.error else "") == ("failed", "not_approved")
    assert (scene.writes(), scene.content()) == (written, standing)
    bench.workbench.ways.dispatch(Event("tick"))
    assert "Nothing is written without an approved plan." in bench.text()


def test_a_record_that_moved_meanwhile_stops_the_execution_before_the_first_write(scene: Scene, bench: Bench) -> None:
    ready(bench)
    item = scene.twin.get("Item", "4")
    assert item is not None
    scene.twin.update("Item", {**item, "UnitPrice": 91})
    written, standing = scene.writes(), scene.content()
    bench.at("execute")
    assert bench.do("execute")
    job = bench.job("execute", bench.plan_id)
    assert job.wait(60)
    bench.workbench.ways.dispatch(Event("tick"))
    assert "nothing further was written" in bench.text()
    assert "said below" in bench.workbench.stage.lead()
    assert (scene.writes(), scene.content()) == (written, standing)


def test_stopped_after_the_work_in_flight_and_gone_on_with(scene: Scene, bench: Bench) -> None:
    ready(bench)
    waits, goes = threading.Event(), threading.Event()

    def hold(number: int, kind: str) -> None:
        if kind == "write" and number == 2:
            waits.set()
            goes.wait(30)

    scene.server.before_apply = hold
    bench.at("execute")
    assert bench.do("execute")
    assert waits.wait(30)
    view = parts_of(bench, "JobView")
    assert view.dispatch(Event("stop"))
    assert not view.dispatch(Event("stop"))
    bench.at("approve")
    assert not bench.do("approve", typed=bench.desk.plan().plan.digest[:6], passphrase=OWN_PASSPHRASE)
    goes.set()
    scene.server.before_apply = None
    job = bench.job("execute", bench.plan_id)
    assert job.wait(60)
    assert job.snapshot().state == "stopped"
    bench.workbench.ways.dispatch(Event("tick"))
    assert bench.at("execute").standing().words == "begun, not finished"
    assert scene.put_back()
    assert bench.do("resume"), bench.workbench.stage.notice
    bench.ended("execute", bench.plan_id)
    assert scene.put_back() == []


def test_on_production_a_person_is_asked_after_the_first_family(
    scene: Scene, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(bench)
    answers: list[bool] = []

    def asks(_desk: PlanDesk, _file: Path, *, confirm: Any, **_given: Any) -> RunReport:
        answers.append(confirm("customers"))
        return RunReport("stopped", {}, "No further.")

    monkeypatch.setattr(PlanDesk, "execute", asks)
    for word, answer in (("no", False), ("yes", True)):
        bench.at("execute")
        assert bench.do("execute")
        view = parts_of(bench, "JobView")
        for _ in range(2000):
            if view.job.snapshot().question:
                break
            threading.Event().wait(0.005)
        assert "Look at it in QuickBooks" in str(view.render())
        assert view.dispatch(Event("answer", word))
        assert bench.job("execute", bench.plan_id).wait(30)
        assert answers[-1] is answer


# -- more than one session ---------------------------------------------------------------------------------------------


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


# -- words -------------------------------------------------------------------------------------------------------------


def test_text_from_the_books_is_only_ever_text(tmp_path: Path) -> None:
    hostile = "</script><img src=x onerror=alert(1)>"

    with damaged(tmp_path, snapshots=1, incident="") as scene:
        _rename(scene.twin, hostile)
        scene.case.capture()
        bench = scene.bench()
        bench.plan()
        for name in bench.workbench.stages:
            bench.at(name)
            drawn = bench.text()
            assert "<img" not in drawn
            assert "</script" not in drawn
        bench.at("changed")
        assert "&lt;img src=x" in bench.text()


def _rename(twin: Twin, name: str) -> None:
    customer = twin.get("Customer", "3")
    assert customer is not None
    twin.update("Customer", {**customer, "DisplayName": name})


def test_an_error_of_ours_says_what_it_means_and_what_to_do(bench: Bench) -> None:
    bench.choose()
    bench.desk.choices.after = "s99"
    bench.at("changed")
    drawn = bench.text()
    assert "has no snapshot" in drawn
    assert 'role="alert"' in drawn
    assert "Traceback" not in drawn


def test_a_fault_of_ours_is_a_plain_sentence_and_its_words_are_not_logged(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_desk: object) -> None:
        raise RuntimeError("Cool Cars owes 42.00")

    bench.choose()
    monkeypatch.setattr(type(bench.desk), "dependencies", breaks)
    bench.at("hanging")
    drawn = bench.text()
    assert "fault of this software" in drawn
    assert "Cool Cars owes" not in drawn
    assert "RuntimeError" in caplog.text
    assert "Cool Cars owes" not in caplog.text


def test_files_that_are_no_plans_of_this_vault_are_left_out(scene: Scene, bench: Bench) -> None:
    bench.plan()
    folder = scene.shared.plans_folder
    (folder / "other.plan").write_bytes(b"not a plan")
    (folder / "notes.txt").write_text("x")
    changed = (folder / bench.desk.choices.plan).read_bytes()
    (folder / "changed.plan").write_bytes(changed[:-1] + bytes([changed[-1] ^ 1]))
    assert [one.name for one in bench.desk.plan_files()] == [bench.desk.choices.plan]
    assert not bench.do("open", "changed.plan")


@pytest.mark.parametrize("how", ["changed", "removed"])
def test_a_plan_file_that_was_tampered_with_is_said_and_another_can_be_made(bench: Bench, how: str) -> None:
    bench.plan()
    file = bench.desk.plan_file
    bench.at("company")
    if how == "changed":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        file.unlink()
    bench.desk.memory.ends += 1  # as if something had ended: what is held is looked at again
    bench.at("execute")
    assert not bench.do("execute")
    bench.at("approve")
    assert not bench.do("approve", typed="000000", passphrase=OWN_PASSPHRASE)
    drawn = str(bench.at("plan").render())
    assert 'role="alert"' in drawn
    assert ("is not a plan of this vault" if how == "changed" else "cannot be read") in drawn
    assert bench.do("make")
    bench.ended("plan")
    assert 'role="alert"' not in str(bench.workbench.stage.render())


def test_a_report_is_made_with_what_it_is_about(scene: Scene, tmp_path: Path) -> None:
    asked: list[dict[str, str]] = []

    def make(parameters: Any) -> tuple[Path, ...]:
        asked.append(dict(parameters))
        return (tmp_path / "report.html",)

    bench = Scene(**{**vars(scene), "shared": Shared(scene.case, scene.shared.plans_folder, make_report=make)}).bench(
        ANNA
    )
    ready(bench)
    execute(bench)
    bench.at("verified")
    assert not bench.do("report")
    assert bench.do("verify")
    bench.ended("verify", bench.plan_id)
    assert bench.do("report")
    bench.ended("report", bench.plan_id)
    last = bench.desk.snapshots()[-1].id
    assert asked == [{"before": "s1", "after": "s2", "final": last, "plan": str(bench.desk.plan_file)}]
    assert "report.html" in bench.text()
