"""Approving and executing by events, without a browser: what signs nothing, what writes nothing, and what goes on."""

from __future__ import annotations

import gc
import logging
import threading
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.case.plans.desk import PlanDesk
from akika_forensics.restore.execute import RunReport
from akika_forensics.settings import Secret
from akika_widgets.views.live import Event

from .journey_scene import OWN_PASSPHRASE, PASSPHRASE, SIGNER, Bench, Scene, parts_of, ready

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
