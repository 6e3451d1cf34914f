"""The review at work, driven by events: what each does, what it asks first, what is drawn."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from plan_samples import large_plan, plan, small_plan, step

from akika_widgets.views.live import Event
from akika_widgets.views.live_review import LivePlanReview
from akika_widgets.views.review import PlanReview
from akika_widgets.views.reviewing import APPROVED, SKIP, Mark, Review
from akika_widgets.views.three_way import ThreeWay

KEPT: list[Review] = []
MADE: list[Mapping[str, str]] = []


@pytest.fixture
def desk() -> LivePlanReview:
    KEPT.clear()
    MADE.clear()
    return PlanReview(small_plan(), on_change=KEPT.append, on_decide=MADE.append).live()


def act(desk: LivePlanReview, *events: str) -> None:
    """Events as ``act`` or ``act=value``; each must be answered."""
    for one in events:
        name, _, value = one.partition("=")
        assert desk.dispatch(Event(name, value)), (one, desk.notice)


def test_a_mark_goes_to_the_chosen_step_and_on_to_the_next(desk: LivePlanReview) -> None:
    act(desk, "choose=s004", "approve")
    assert desk.review.marks == {"s004": Mark(APPROVED)}
    assert desk.walk.chosen == "s005"
    assert desk.notice == "s004: looked at and approved."
    assert [desk.review] == KEPT
    act(desk, "skip")
    assert desk.review.skipped == ("s005",)
    assert desk.walk.chosen == "s005"
    act(desk, "clear")
    assert "s005" not in desk.review.marks


def test_nothing_approved_bears_no_tick(desk: LivePlanReview) -> None:
    assert "✓</span>0 of 5 approved" not in desk.render()
    assert "0 of 5 approved" in desk.render()
    act(desk, "choose=s004", "approve")
    assert "✓</span>1 of 5 approved" in desk.render()


def test_what_else_falls_away_is_shown_before_it_is_chosen(desk: LivePlanReview) -> None:
    act(desk, "choose=s001", "skip")
    assert not desk.review.marks
    drawn = desk.render()
    assert "If s001 is skipped, 2 other steps fall away" in drawn
    assert "Skip 3 steps" in drawn
    assert not desk.dispatch(Event("approve"))
    act(desk, "leave")
    assert not desk.review.marks
    act(desk, "skip", "skip_all")
    assert desk.review.skipped == ("s001",)
    assert set(desk.review.falls_away) == {"s002", "s003"}
    assert "falls away with s001" in desk.render()
    act(desk, "choose=s002")
    assert not desk.dispatch(Event("approve"))
    assert desk.notice == "It falls away with s001, which is to be skipped."
    assert not desk.dispatch(Event("skip_all"))


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        (["by_level=0"], ["s001", "s004", "s005"]),
        (["by_entity=Payment"], ["s003"]),
        (["by_action=remove"], ["s004"]),
        (["by_fidelity=differs"], ["s005"]),
        (["find=item as rock"], ["s005"]),
        (["find=no such thing"], []),
        (["choose=s002", "approve", "by_mark=approved"], ["s002"]),
        (["choose=s002", "approve", "by_mark=unmarked"], ["s001", "s003", "s004", "s005"]),
        (["choose=s002", "skip", "skip_all", "by_mark=away"], ["s003"]),
        (["choose=s002", "skip", "skip_all", "by_mark=skip"], ["s002"]),
        (["by_level=0", "by_fidelity=exact", "reset"], ["s001", "s002", "s003", "s004", "s005"]),
    ],
)
def test_filters(desk: LivePlanReview, events: list[str], shown: list[str]) -> None:
    if shown == ["s005"] and events[0].startswith("find"):
        events = ["find=item it was"]
    act(desk, *events)
    assert list(desk.walk.shown) == shown
    assert desk.walk.chosen in shown or not shown
    if not shown:
        assert "No step fits these choices." in desk.render()


def test_what_was_found_beforehand_can_be_filtered() -> None:
    desk = PlanReview(plan(step(6), step(7))).live()
    act(desk, "by_found=found")
    assert desk.walk.shown == ("s007",)
    act(desk, "by_found=number taken")
    assert desk.walk.shown == ("s007",)
    assert not desk.dispatch(Event("by_found", "inventory"))


def test_all_that_is_listed_is_marked_and_nothing_else(desk: LivePlanReview) -> None:
    act(desk, "by_level=0", f"mark_all={APPROVED}")
    assert set(desk.review.marks) == {"s001", "s004", "s005"}
    assert desk.notice == "3 of 3 steps are now looked at and approved."
    act(desk, f"mark_all={SKIP}")
    assert desk.asked == ("s001", "s004", "s005")
    act(desk, "skip_all")
    assert desk.review.counts.falls_away == 2
    act(desk, "mark_all=")
    assert not desk.review.marks
    assert not desk.dispatch(Event("mark_all", "burn"))


def test_marking_what_a_filter_lets_through_goes_on_to_the_next_that_is_left(desk: LivePlanReview) -> None:
    act(desk, "by_mark=unmarked", "approve", "approve")
    assert set(desk.review.marks) == {"s001", "s002"}
    assert desk.walk.chosen == "s003"
    assert desk.walk.shown == ("s003", "s004", "s005")


def test_a_comment_is_written_kept_and_signed(desk: LivePlanReview) -> None:
    act(desk, "choose=s002", "write")
    assert "<textarea" in desk.render()
    assert desk.dispatch(Event("comment", "s002", {"comment": "the late fee stays"}))
    drawn = desk.render()
    assert "<textarea" not in drawn
    assert "the late fee stays" in drawn
    assert "the late fee stays" in desk.review.words()


def test_questions_are_answered_and_a_new_plan_is_asked_for(desk: LivePlanReview) -> None:
    act(desk, "tab=questions")
    places = [note.record for note in desk.questions]
    at = places.index
    assert not desk.dispatch(Event("sign_off"))
    act(desk, f"answer={at('Bill:70')}.0")
    assert desk.dispatch(Event("adopt", str(at("Invoice:71")), {f"ident{at('Invoice:71')}": " 512 "}))
    assert not desk.dispatch(Event("adopt", str(at("Invoice:71")), {f"ident{at('Invoice:71')}": "5 12"}))
    act(desk, f"answer={at('Payment:72')}.0", f"answer={at('Bill:73')}.0", f"answer={at('Bill:70')}.")
    assert desk.review.decisions == {"Invoice:71": "adopt:512", "Payment:72": "keep", "Bill:73": "restore"}
    for bad in ("", "x", "0.9", "99.0", "-1.0", "0.-1"):
        before = desk.review
        desk.dispatch(Event("answer", bad))
        assert desk.review.decisions.keys() <= before.decisions.keys() | {"Bill:70"}
    act(desk, "plan_anew")
    assert [desk.review.new_decisions] == MADE
    assert "make a new plan" in desk.review.why_not_sign_off or desk.review.open_questions


def test_a_review_is_ended_and_any_change_opens_it_again() -> None:
    desk = PlanReview(plan(step(1), step(2))).live()
    act(desk, "approve", "sign_off")
    assert desk.review.signed_off
    assert "review ended" in desk.render()
    assert not desk.dispatch(Event("plan_anew"))
    act(desk, "approve")
    assert not desk.review.signed_off


def test_the_balance_says_that_it_is_that_of_the_plan_as_it_stands(desk: LivePlanReview) -> None:
    act(desk, "tab=balance")
    assert "marked to be skipped" not in desk.render()
    act(desk, "choose=s005", "skip", "tab=balance", "lines_sort=moved", "lines_find=sal")
    drawn = desk.render()
    assert "1 step is marked to be skipped. These figures are those of the plan as it stands" in drawn
    assert [line.name for line in desk.balance.found] == ["Sales"]


def test_the_states_of_a_record_are_asked_for_once_a_step() -> None:
    asked: list[str] = []

    def states(one: object) -> ThreeWay:
        asked.append(str(one))
        return ThreeWay({"TotalAmt": 1}, None, None, {"TotalAmt": 1})

    desk = PlanReview(small_plan(), three_way=states, conflict_states=states).live()
    desk.render()
    assert "The record in its states" in desk.render()
    assert len(asked) == 1
    act(desk, "tab=questions")
    assert desk.render().count("The record in its states") >= 5


def test_ten_thousand_steps_are_one_page_in_the_browser() -> None:
    desk = PlanReview(large_plan()).live()
    drawn = desk.render()
    assert drawn.count('data-row="data_row"') == 25
    assert len(drawn) < 80_000
    act(desk, "page=last")
    assert desk.walk.chosen == "s9976"
    act(desk, f"mark_all={APPROVED}")
    assert desk.review.counts.approved == 10_000
    act(desk, "choose=s004")
    assert desk.walk.pages.at == 0


def test_a_step_that_a_filter_hides_can_still_be_gone_to(desk: LivePlanReview) -> None:
    act(desk, "by_level=2", "choose=s001")
    assert desk.walk.chosen == "s001"
    assert len(desk.walk.shown) == 5


def test_the_review_of_another_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="another plan"):
        PlanReview(small_plan(), review=Review.begin(plan(step(1))))


def test_a_plan_without_steps_or_questions_is_drawn() -> None:
    desk = PlanReview(plan()).live()
    for tab in ("steps", "questions", "left", "balance"):
        act(desk, f"tab={tab}")
        assert desk.render()
    assert not desk.dispatch(Event("approve"))
    assert desk.notice == "Choose a step first."
    assert not desk.dispatch(Event("tab", "moon"))


NAMES = [name.removeprefix("act_") for name in dir(LivePlanReview) if name.startswith("act_")]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.sampled_from(["", "s001", "s002", "s009", APPROVED, SKIP, "first", "on", "0.0", "1.1", "2.", "0", "x"])
            | st.text(max_size=8),
            st.dictionaries(st.sampled_from(["comment", "ident1"]), st.text(max_size=5), max_size=2),
        ),
        max_size=12,
    )
)
def test_whatever_a_browser_sends_the_review_stays_whole(events: list[tuple[str, str, dict[str, str]]]) -> None:
    desk = PlanReview(small_plan()).live()
    for name, value, fields in events:
        desk.dispatch(Event(name, value, fields))
        desk.render()
    counts = desk.review.counts
    assert counts.approved + counts.skipped + counts.falls_away + counts.unmarked == 5
    assert Review.read(desk.review.plan, desk.review.to_json()) == desk.review
    assert desk.walk.chosen in desk.walk.shown or not desk.walk.shown
