"""The stages by events, without a browser: what each says, does, refuses, and what it never does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from akika_forensics.twin import Twin
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.stages.stage import BESIDE

from .journey_scene import ANNA, OWN_PASSPHRASE, Bench, Scene, damaged, execute, ready

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
