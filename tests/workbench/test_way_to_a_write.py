"""Whether anything leads to a write that nobody approved, or to the same write twice: at once, from two sessions, after a change of mind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from akika_forensics import jobs
from akika_forensics.errors import NotApproved, Refused, VaultLocked
from akika_forensics.settings import Secret
from akika_forensics.vault import Vault
from akika_widgets.views.live import Event
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.shared import Shared

from .journey_scene import OWN_PASSPHRASE, SIGNER, Bench, Scene, damaged

BEN = User("ben", "token")


@pytest.fixture
def scene(tmp_path: Path, state_dir: Path) -> Iterator[Scene]:
    with damaged(tmp_path) as made:
        yield made


@pytest.fixture
def bench(scene: Scene) -> Bench:
    return scene.bench()


def review_of(bench: Bench) -> Any:
    bench.at("plan")
    return next(view for view in bench.workbench.views() if type(view).__name__ == "LivePlanReview")


class Meanwhile:
    """Does something when the lock on the vault is asked for: what another process did a moment before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
        self._lock = Vault.lock
        self._what: Callable[[], object] | None = what
        meanwhile = self

        def lock(vault: Vault, purpose: str) -> AbstractContextManager[None]:
            first, meanwhile._what = meanwhile._what, None
            if first is not None:
                first()
            return meanwhile._lock(vault, purpose)

        monkeypatch.setattr(Vault, "lock", lock)


def test_a_rejection_that_comes_at_the_last_moment_is_heard(
    scene: Scene, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.plan()
    assert bench.approve()
    plans, file, written = scene.case.plans, bench.desk.plan_file, scene.writes()
    Meanwhile(monkeypatch, lambda: plans.approve(file, SIGNER, Secret(OWN_PASSPHRASE), reject=True, words="No."))
    with pytest.raises(NotApproved, match="rejected"):
        plans.execute(file)
    assert scene.writes() == written


def test_another_approved_plan_in_the_file_is_not_what_was_looked_at(scene: Scene, bench: Bench) -> None:
    bench.plan()
    assert bench.approve()
    plans, file, written = scene.case.plans, bench.desk.plan_file, scene.writes()
    with pytest.raises(Refused, match="another plan"):
        plans.execute(file, digest="0" * 64)
    assert scene.writes() == written
    assert plans.execute(file, digest=plans.load(file).plan.digest).state == "complete"
    assert scene.writes() > written


def test_a_run_that_another_process_stopped_a_moment_ago_is_not_begun_again(
    scene: Scene, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.plan()
    assert bench.approve()
    plans, file = scene.case.plans, bench.desk.plan_file
    Meanwhile(monkeypatch, lambda: plans.execute(file, should_stop=lambda: True))
    with pytest.raises(Refused, match="begun and not finished"):
        plans.execute(file)
    assert plans.load(file).run.ended == "interrupted"


def test_of_many_who_execute_at_once_one_writes(scene: Scene, bench: Bench) -> None:
    bench.plan()
    assert bench.approve()
    file, before = bench.desk.plan_file, len(scene.content())
    starts = threading.Barrier(4)
    ended: list[str] = []

    def run() -> None:
        starts.wait()
        try:
            ended.append(scene.case.plans.execute(file).state)
        except (VaultLocked, Refused) as error:
            ended.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(set(ended) - {"complete"}) in (["locked"], ["locked", "refused"], ["refused"]), ended
    assert (len(ended), ended.count("complete")) == (4, 1)
    assert scene.put_back() == []
    operations = [step.operation for step in scene.case.plans.load(file).plan.steps]
    assert len(scene.content()) == before + operations.count("create") - operations.count("delete")


@pytest.mark.parametrize(("about", "waits"), [("the vault", True), ("a plan", True), ("elsewhere", False)])
def test_only_work_on_this_vault_is_waited_for(scene: Scene, bench: Bench, about: str, waits: bool) -> None:
    bench.plan()
    known = {"the vault": scene.case.vault.id, "a plan": bench.plan_id, "elsewhere": "another vault"}
    ends = threading.Event()
    job = jobs.start("Some work", lambda _work: ends.wait(60), kind="capture", about=known[about])
    again = Scene(**{**vars(scene), "shared": Shared(scene.case, scene.shared.plans_folder)}).bench()
    try:
        assert bool(again.desk.why_wait()) is waits
    finally:
        ends.set()
        assert job.wait(30)


# -- two sessions ------------------------------------------------------------------------------------------------------


def test_what_another_session_said_of_the_plan_is_heard_and_not_written_over(scene: Scene, bench: Bench) -> None:
    bench.plan()
    first, second = (step.id for step in bench.desk.plan().plan.steps[:2])
    name = bench.desk.choices.plan
    mine = review_of(bench)
    ben = scene.bench(BEN)
    ben.at("plan")
    assert ben.do("open", name)
    his = review_of(ben)
    for event in (Event("choose", first), Event("skip")):
        assert his.dispatch(event), his.notice
    bench.workbench.ways.dispatch(Event("tick"))
    mine = review_of(bench)
    assert mine.review.changes_plan
    for event in (Event("choose", second), Event("approve")):
        assert mine.dispatch(event), mine.notice
    ben.workbench.ways.dispatch(Event("tick"))
    told = review_of(ben).review
    assert told.mark_of(first).verdict == "skip"
    assert told.mark_of(second).verdict == "approved"


def test_nobody_signs_while_another_session_has_decided_otherwise(scene: Scene, bench: Bench) -> None:
    bench.plan()
    first = bench.desk.plan().plan.steps[0].id
    ben = scene.bench(BEN)
    ben.at("plan")
    assert ben.do("open", bench.desk.choices.plan)
    his = review_of(ben)
    for event in (Event("choose", first), Event("skip")):
        assert his.dispatch(event), his.notice
    assert not bench.approve()
    assert "not in the plan yet" in bench.workbench.stage.notice


def test_of_two_who_speak_at_once_the_later_one_is_told(scene: Scene, bench: Bench) -> None:
    bench.plan()
    first, second = (step.id for step in bench.desk.plan().plan.steps[:2])
    ben = scene.bench(BEN)
    ben.at("plan")
    assert ben.do("open", bench.desk.choices.plan)
    mine, his = review_of(bench), review_of(ben)
    for view, step in ((his, first), (mine, second)):
        assert view.dispatch(Event("choose", step))
    assert his.dispatch(Event("approve"))
    assert not mine.dispatch(Event("approve"))
    assert "Somebody else has changed the review" in mine.notice
    assert (mine.review.mark_of(first).verdict, mine.review.mark_of(second).verdict) == ("approved", "")
    assert mine.dispatch(Event("approve")), mine.notice
    assert mine.review.counts.approved == 2


def test_what_is_said_in_a_tab_of_an_earlier_plan_touches_no_other_plan(scene: Scene, bench: Bench) -> None:
    bench.plan()
    early, first = bench.desk.choices.plan, bench.desk.plan().plan.steps[0].id
    old = review_of(bench)
    other = scene.bench()
    other.at("plan")
    assert other.do("make")
    other.ended("plan")
    assert other.desk.choices.plan != early
    for event in (Event("choose", first), Event("approve")):
        assert review_of(other).dispatch(event)
    assert old.dispatch(Event("choose", first))
    assert not old.dispatch(Event("approve"))
    assert "Another plan was opened meanwhile" in old.notice
    again = scene.bench(BEN)
    again.at("plan")
    for name, number in ((early, 0), (other.desk.choices.plan, 1)):
        assert again.do("open", name)
        assert review_of(again).review.counts.approved == number, name


def test_an_approved_plan_is_not_executed_while_its_review_decides_otherwise(scene: Scene, bench: Bench) -> None:
    bench.plan()
    first = bench.desk.plan().plan.steps[0].id
    assert bench.approve()
    ben = scene.bench(BEN)
    ben.at("plan")
    assert ben.do("open", bench.desk.choices.plan)
    his = review_of(ben)
    for event in (Event("choose", first), Event("skip")):
        assert his.dispatch(event), his.notice
    written = scene.writes()
    stage = bench.at("execute")
    assert not stage.dispatch(Event("execute", bench.desk.plan().plan.digest))
    assert "not in the plan yet" in stage.notice
    assert (bench.desk.job("execute", bench.plan_id), scene.writes()) == (None, written)
    for event in (Event("choose", first), Event("clear")):
        assert his.dispatch(event), his.notice
    assert stage.dispatch(Event("execute", bench.desk.plan().plan.digest)), stage.notice
    bench.ended("execute", bench.plan_id)


def test_what_is_pressed_is_about_the_plan_that_was_seen(scene: Scene, bench: Bench) -> None:
    """One person, two tabs: what is taken up in the one is not executed, resumed or rejected by a press that was meant for another."""
    bench.plan()
    assert bench.approve()
    first = bench.desk.plan().plan.digest
    stage = bench.at("execute")
    drawn = str(stage.render())
    other = scene.bench()
    other.at("plan")
    assert other.do("make")
    other.ended("plan")
    assert other.approve()
    written = scene.writes()
    assert f'data-value="{first}"' in drawn
    for act in ("execute", "resume"):
        assert not stage.dispatch(Event(act, first))
        assert not stage.dispatch(Event(act))
        assert "another plan" in stage.notice
    assert scene.writes() == written
    bench.at("approve")
    bench.do("verdict", "reject")
    bench.do("signer", SIGNER)
    assert not bench.do("reject", first, words="No.", passphrase=OWN_PASSPHRASE)
    assert other.desk.plan().tally.enough
