"""The state of a review: what hangs on what, what changes the plan, what is signed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

sys.path.insert(0, str(Path(__file__).parent))
from plan_samples import note, plan, small_plan, step

from akika_widgets.views.plan_index import choices_for
from akika_widgets.views.reviewing import APPROVED, COMMENT, SKIP, Mark, Review


def begun() -> Review:
    return Review.begin(small_plan())


def test_what_hangs_on_a_skipped_step_falls_away_with_it() -> None:
    review = begun().mark(["s003"], APPROVED).mark(["s001"], SKIP)
    assert review.falls_away == {"s002": "s001", "s003": "s001"}
    assert review.why_not_mark("s003", APPROVED) == "It falls away with s001, which is to be skipped."
    assert review.new_decisions == {"Customer:1": "keep", "Invoice:2": "keep", "Payment:3": "keep"}
    assert review.changes_plan
    counts = review.counts
    assert (counts.approved, counts.skipped, counts.falls_away, counts.unmarked) == (0, 1, 2, 2)
    back = review.mark(["s001"], "")
    assert not back.changes_plan
    assert back.mark_of("s003") == Mark(APPROVED)


@pytest.mark.parametrize(
    ("code", "values", "choices"),
    [
        ("asks", {}, ["restore", "keep"]),
        ("look_alike", {"adopt": "9"}, ["adopt:9", "recreate", "keep"]),
        ("needs_missing", {}, ["keep"]),
        ("dangling", {}, ["keep"]),
        ("decided", {}, ["restore"]),
        ("adopted", {}, ["recreate", "keep"]),
    ],
)
def test_each_question_has_the_answers_that_change_something(
    code: str, values: dict[str, str], choices: list[str]
) -> None:
    assert [choice.value for choice in choices_for(note(code, "Bill:1", **values))] == choices


def test_questions_are_open_until_they_are_answered_and_answers_change_the_plan() -> None:
    review = begun()
    assert [one.record for one in review.open_questions] == ["Bill:70", "Invoice:71", "Payment:72"]
    assert review.why_not_sign_off == "3 questions are still open."
    assert review.decide("Bill:70", "recreate") == review
    assert review.decide("Bill:99", "keep") == review
    review = review.decide("Bill:70", "restore").decide("Invoice:71", "adopt:512").decide("Payment:72", "keep")
    assert not review.open_questions
    assert review.new_decisions == {"Bill:70": "restore", "Invoice:71": "adopt:512", "Payment:72": "keep"}
    assert "make a new plan" in review.why_not_sign_off
    assert review.decide("Bill:70", "").open_questions[0].record == "Bill:70"


@pytest.mark.parametrize("choice", ["adopt:", "adopt:a b", "adopt:" + "9" * 61, "adopt:71", "adopt:x\ny"])
def test_only_an_id_can_be_adopted(choice: str) -> None:
    assert begun().why_not_decide("Invoice:71", choice)


def test_an_earlier_decision_can_be_taken_up_again_and_the_same_again_changes_nothing() -> None:
    assert begun().decide("Bill:73", "restore").changes_plan
    assert begun().why_not_decide("Bill:73", "keep")
    assert not replace(begun(), decisions={"Bill:73": "keep"}).changes_plan


def test_any_change_after_sign_off_takes_it_away() -> None:
    calm = Review.begin(plan(step(1), step(2))).mark(["s001"], APPROVED)
    signed = calm.sign_off()
    assert signed.signed_off
    assert signed.sign_off() is signed
    assert not signed.comment("s001", "late").signed_off
    assert not signed.mark(["s002"], APPROVED).signed_off
    assert signed.mark(["s001"], APPROVED).signed_off
    assert signed.comment("s009", "no such step").signed_off
    assert not begun().sign_off().signed_off


def test_the_words_that_are_signed_hold_counts_and_comments() -> None:
    review = begun().mark(["s001", "s002"], APPROVED).comment("s002", "  the late fee stays ")
    assert review.words().splitlines() == [
        "2 of 5 steps looked at and approved; 3 not marked.",
        "Decisions in it: 1 keep, 1 adopt.",
        "s002 Invoice 2 Rock Fountain: the late fee stays",
    ]
    assert len(review.comment("s002", "x" * 9_999).mark_of("s002").comment) == COMMENT


def test_it_is_kept_as_text_and_read_again() -> None:
    review = begun().mark(["s001"], SKIP).comment("s005", "é\ud83d").decide("Bill:70", "keep")
    assert Review.read(small_plan(), review.to_json()).to_json() == review.to_json()
    signed = Review.begin(plan(step(1))).sign_off()
    assert Review.read(plan(step(1)), signed.to_json()).signed_off


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "akika-review/1"}', "nonsense"])
def test_a_text_that_is_no_review_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Review.read(small_plan(), text)
    with pytest.raises(ValueError, match="another plan"):
        Review.read(plan(step(1)), begun().to_json())


def test_a_sign_off_that_could_not_be_given_is_not_read() -> None:
    text = begun().to_json().replace('"signed_off": false', '"signed_off": true')
    assert not Review.read(small_plan(), text).signed_off


def test_what_was_said_of_steps_that_stay_is_carried_to_the_new_plan() -> None:
    old = plan(step(1), step(2), step(3, 2, body={"LinkedTxn": [{"TxnId": {"$step": "s002"}}]}))
    review = Review.begin(old).mark(["s002", "s003"], APPROVED).mark(["s001"], SKIP).comment("s003", "seen")
    new = plan(
        step(2, id="s001"),
        step(3, id="s002", depends_on=("s001",), body={"LinkedTxn": [{"TxnId": {"$step": "s001"}}]}),
        decisions={"Invoice:1": "keep"},
    )
    carried = review.carried_to(new)
    assert carried.marks == {"s001": Mark(APPROVED), "s002": Mark(APPROVED, "seen")}
    assert carried.plan_digest == new.digest
    assert not carried.changes_plan
    other = plan(step(2, id="s001", body={"TotalAmt": 99}))
    assert not review.carried_to(other).marks


class Reviewing(RuleBasedStateMachine):
    """Whatever is done in whatever order: counts add up, and what is signed is what could be signed."""

    def __init__(self) -> None:
        super().__init__()
        self.review = begun()

    @rule(
        ids=st.lists(st.sampled_from([f"s{n:03d}" for n in range(1, 7)])), verdict=st.sampled_from(["", APPROVED, SKIP])
    )
    def mark(self, ids: list[str], verdict: str) -> None:
        self.review = self.review.mark(ids, verdict)

    @rule(step_id=st.sampled_from(["s001", "s004", "s009"]), text=st.text(max_size=5))
    def comment(self, step_id: str, text: str) -> None:
        self.review = self.review.comment(step_id, text)

    @rule(
        record=st.sampled_from(["Bill:70", "Invoice:71", "Payment:72", "Bill:73", "Bill:4"]),
        choice=st.sampled_from(["", "keep", "restore", "recreate", "adopt:301", "adopt:", "x"]),
    )
    def decide(self, record: str, choice: str) -> None:
        self.review = self.review.decide(record, choice)

    @rule()
    def sign(self) -> None:
        self.review = self.review.sign_off()

    @invariant()
    def sums(self) -> None:
        counts = self.review.counts
        assert counts.approved + counts.skipped + counts.falls_away + counts.unmarked == counts.steps == 5
        assert not set(self.review.skipped) & set(self.review.falls_away)

    @invariant()
    def signed_only_when_it_may_be(self) -> None:
        assert not (self.review.signed_off and (self.review.changes_plan or self.review.open_questions))

    @invariant()
    def read_back(self) -> None:
        assert Review.read(self.review.plan, self.review.to_json()) == self.review


TestReviewing = Reviewing.TestCase


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=20), st.sets(st.integers(1, 8)))
def test_exactly_what_can_be_reached_falls_away(edges: list[tuple[int, int]], roots: set[int]) -> None:
    needs = {n: {a for a, b in edges if b == n and a < n} for n in range(1, 9)}
    review = Review.begin(plan(*(step(n, *sorted(needs[n])) for n in range(1, 9))))
    review = review.mark([f"s{n:03d}" for n in roots], SKIP)
    gone = set(roots)
    for n in range(1, 9):
        if needs[n] & gone:
            gone.add(n)
    assert {int(step_id[1:]) for step_id in (*review.skipped, *review.falls_away)} == gone
