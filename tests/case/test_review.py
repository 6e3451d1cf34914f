"""A plan as its approver reads it, on plans made for it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from akika_forensics.case.acts import acts_of_plan, custody_table
from akika_forensics.case.plans.archive import Held
from akika_forensics.case.plans.review import Review
from akika_forensics.custody import Act
from akika_forensics.restore.approval import Tally
from akika_forensics.restore.document import (
    Action,
    Answer,
    BalanceLine,
    CompanyRef,
    Expectation,
    Fidelity,
    FieldDelta,
    Note,
    Plan,
    Prediction,
    SnapshotRef,
    Step,
)
from akika_forensics.restore.journal import RunState, StepResult, StepState


def step(number: int, action: Action, record: str, **given: Any) -> Step:
    rows: dict[str, Any] = {
        "id": f"s{number:03}", "action": action, "record": record, "target": record, "label": record, "family": record,
        "level": 0, "operation": "update", "body": {}, "expects": Expectation(present=True), "reason": "It changed.",
        "fidelity": Fidelity.EXACT,
    }  # fmt: skip
    return Step(**(rows | given))


def line(account: str, before: str, now: str, predicted: str) -> BalanceLine:
    return BalanceLine(account=account, name=f"Account {account}", before=Decimal(before), now=Decimal(now), predicted=Decimal(predicted))  # fmt: skip


def ref(name: str) -> SnapshotRef:
    return SnapshotRef(id=name, digest=name * 8, taken_at="2026-11-23T10:00:00Z")


STEPS = (
    step(1, Action.REVERT, "Item:4", fields=(FieldDelta(path="UnitPrice", now=88, planned=75), FieldDelta(path="Active", now=True, planned=True))),
    step(2, Action.RECREATE, "Invoice:9", target=None, fidelity=Fidelity.EXACT_BUT_FOR, fields=(FieldDelta(path="CustomerRef", now=None, planned={"value": {"$step": "s007"}}),)),
    step(3, Action.REMOVE, "Bill:1", preflight=(Answer(check="closed books", answer="found", note="before the closing date"),)),
    step(4, Action.REMOVE, "Bill:2"),
)  # fmt: skip
PLAN = Plan(
    id="p1", created_at="2026-11-23T10:00:00Z", tool="akika-forensics", author="preparer",
    company=CompanyRef(realm_id="462", name="Amy's Birds", host="127.0.0.1", production=False),
    before=ref("s1"), after=ref("s2"), now=ref("s2"),
    scope={"records": ["Item:4", "Bill:1", "Bill:2"], "imports": [{"since": "a", "until": "b", "entity": "Bill"}], "everything": True},
    steps=STEPS,
    conflicts=(Note(code="changed_since", record="Item:4", label="Design", what="Somebody changed it since."),),
    prediction=Prediction(as_of="2026-11-23", lines=(line("1", "5", "9", "5"), line("2", "-5", "-9", "-4.50"), line("3", "1", "1", "1"))),
).sealed()  # fmt: skip
RUN = RunState()


def review(**given: Any) -> Review:
    rows: dict[str, Any] = {
        "plan": PLAN, "state": "draft", "run": RUN, "tally": Tally((), (), 1), "rehearsal": None, "verification": None,
    }  # fmt: skip
    return Review(Held(**(rows | given)))


def cells(rows: Any) -> list[list[str]]:
    return [[str(getattr(cell, "word", getattr(cell, "key", cell))) for cell in row] for row in rows]


def test_steps_are_counted_by_what_they_do_and_how_close_they_come() -> None:
    assert cells(review().actions().rows) == [
        ["recreate", "make again what was removed", "1", "None", "1"],
        ["revert", "put changed fields back", "1", "1", "None"],
        ["remove", "remove what was added", "2", "2", "None"],
    ]
    assert review().actions().foot == ("All", "", 4, 3, 1)


def test_fields_are_those_that_move_and_new_records_stand_apart() -> None:
    assert cells(review().fields().rows) == [["s001", "Item:4", "Price", "88.00", "75.00"]]
    ((_, record, field, planned),) = cells(review().made_again().rows)
    assert (record, field) == ("Invoice:9", "Customer")
    assert "given in step s007" in planned


def test_the_balance_shows_what_moves_or_stays_different() -> None:
    shown = review()
    lines = {line.account: line for line in shown.balances}
    assert (lines["2"].moved, lines["2"].remaining) == (Decimal("4.50"), Decimal("0.50"))
    assert "Account 3" not in shown.balance().text()
    assert shown.figures()["accounts_moved"] == 2
    assert shown.figures()["largest_remaining"] == Decimal("0.50")


def test_what_became_of_the_steps_stands_in_the_view() -> None:
    run = RunState(results={"s001": StepResult("s001", StepState.REJECTED, why="It was refused.")})
    assert "It was refused." in str(review(run=run).view().html())


def test_the_scope_is_said_by_type() -> None:
    assert [row[0] for row in review().scope().rows] == ["2 bills", "1 item", "Import of Bill", "The whole company"]
    assert review().snapshot_ids == ("s1", "s2")


def test_what_asks_for_a_person_is_said() -> None:
    answers = {row[0]: row[1] for row in cells(review().in_short().rows)}
    assert answers["Does anything ask for a decision?"] == "1"
    assert answers["Is anything left to be done by hand?"] == "none"
    assert answers["Will the trial balance be as before?"] == "1 accounts differ"
    assert answers["Is it approved?"] == "not yet"
    assert cells(review().questions().rows) == [["found", "closed books: before the closing date", "s003"]]


def test_a_rehearsal_is_told_as_it_went() -> None:
    outcome = {
        "ok": False, "state": "complete", "differences": ["Item:4 is not as planned."], "undo_state": "stopped",
        "undo_differences": [], "not_modelled": ["payroll"], "residual": "3.00",
    }  # fmt: skip
    rows = cells(review(rehearsal=outcome).rehearsal().rows)
    assert rows == [["The plan", "not as predicted", "Item:4 is not as planned."], ["Taking it back", "stopped", ""]]
    assert "the plan has not been rehearsed" in review().rehearsal().text()
    good = outcome | {"ok": True, "differences": [], "undo_state": "complete"}
    assert [row[1] for row in cells(review(rehearsal=good).rehearsal().rows)] == ["as predicted", "as predicted"]
    assert review(rehearsal=good).figures()["rehearsal_as_predicted"] is True


def test_the_digest_that_is_signed_is_shown_whole() -> None:
    assert PLAN.digest in review().signing().text()


def test_the_outcome_counts_the_steps_that_stand() -> None:
    run = RunState(
        results={"s001": StepResult("s001", StepState.VERIFIED), "s002": StepResult("s002", StepState.REJECTED)}
    )
    found = review(run=run, verification={"exact": 3, "wrong": 1, "residual": "0.10", "balances": [{}], "unexpected": ["x"],
                                          "exact_but_for": 0, "differs": 0, "by_hand": 0}).outcome()  # fmt: skip
    assert (found["steps"], found["steps_done"], found["verified"]) == (4, 1, True)
    assert (found["exact"], found["wrong"], found["largest_residual"], found["unexpected"]) == (3, 1, "0.10", 1)
    assert review().outcome()["verified"] is False


def test_custody_of_a_plan_is_what_was_done_with_it_and_the_captures_it_rests_on() -> None:
    def act(number: int, code: str, **details: Any) -> Act:
        return Act(number, datetime(2026, 11, 23, tzinfo=UTC), "amy@desk", code, f"{code}.", details, (), "cd" * 32)

    acts = [
        act(0, "captured", snapshot="s1"), act(1, "captured", snapshot="s3"), act(2, "plan_created", plan="p1"),
        act(3, "plan_created", plan="p2"), act(4, "exported", snapshot="s1"), act(5, "plan_verified", plan="p1"),
    ]  # fmt: skip
    found = acts_of_plan(acts, "p1", ["s1"])
    assert [one.number for one in found] == [0, 2, 5]
    assert [row[0] for row in custody_table(found).rows] == [0, 2, 5]
