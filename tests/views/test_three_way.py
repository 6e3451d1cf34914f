"""A record in its states: which line is which, and what became of each field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.restore.document import Action, Expectation, Fidelity, Step
from akika_widgets.views.aligned import ABSENT, aligned, same
from akika_widgets.views.three_way import UNKNOWN, ThreeWay, ThreeWayView, given_later, planned_body

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ABC"), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.none() | st.dictionaries(st.sampled_from(["Line", "Id", "Memo", "Ref"]), VALUES, max_size=4)


def line(number: str, amount: int, words: str, **more: Any) -> dict[str, Any]:
    return {"Id": number, "Amount": Decimal(amount), "Description": words, "DetailType": "SalesItemLineDetail", **more}


def became(view: ThreeWayView) -> dict[str, str]:
    return {row.words: row.became.word for row in view.told}


BEFORE = {"Id": "9", "TotalAmt": 100, "PrivateNote": "a", "DueDate": "2026-11-01", "DocNumber": "1"}


def test_each_field_says_what_became_of_it() -> None:
    after = {**BEFORE, "TotalAmt": 80, "PrivateNote": "b", "DueDate": "2026-12-01"}
    now = {**after, "DueDate": "2026-11-01", "DocNumber": "2"}
    assert became(ThreeWayView(BEFORE, after, now)) == {
        "Total": "by the incident",
        "Memo": "by the incident",
        "Due date": "as before again",
        "Number": "since the incident",
    }
    planned = {**now, "TotalAmt": 100, "PrivateNote": "c"}
    assert became(ThreeWayView(BEFORE, after, now, planned)) == {
        "Total": "put back",
        "Memo": "not as before",
        "Due date": "as before",
        "Number": "stays as it is now",
    }


def test_a_state_that_is_not_known_has_no_column() -> None:
    view = ThreeWayView(BEFORE, UNKNOWN, {**BEFORE, "TotalAmt": 1})
    assert view.columns == ("Before the incident", "Now")
    assert became(view) == {"Total": "not as before"}


def test_a_record_that_is_gone_says_so() -> None:
    html = ThreeWayView(*ThreeWay(BEFORE, None, None, BEFORE)).html()
    first = ET.fromstring(html).findall(".//tbody/tr")[0]  # noqa: S314 - our own markup
    assert ["".join(cell.itertext()) for cell in first] == [
        "The record",
        "✓there",
        "−not there",
        "−not there",
        "✓there",
        "",
    ]


def test_lines_stand_side_by_side_by_their_id_and_not_by_their_place() -> None:
    before = {"Line": [line("1", 10, "mowing"), line("2", 20, "raking")]}
    now = {"Line": [line("2", 25, "raking"), line("1", 10, "mowing")]}
    fields = [field for field in aligned([before, now]) if not field.uniform]
    assert [(field.path, field.values) for field in fields] == [("Line[1].Amount", (20, 25))]


def test_lines_without_an_id_stand_side_by_side_by_content_then_number() -> None:
    before = {"Line": [line("1", 10, "mowing", LineNum=1), line("2", 20, "raking", LineNum=2)]}
    planned = {"Line": [{**one, "Id": None} for one in (before["Line"][1], line("", 11, "mowing", LineNum=1))]}
    fields = {field.path: field.values for field in aligned([before, planned]) if not field.uniform}
    assert fields["Line[0].Amount"] == (10, 11)
    assert not [path for path in fields if path.startswith("Line[1]") and not path.endswith(("Id", "LineNum"))]


def test_a_line_that_one_state_lacks_is_one_row() -> None:
    before = {"Line": [line("1", 10, "mowing"), {"Amount": 10, "DetailType": "SubTotalLineDetail"}]}
    view = ThreeWayView(before, UNKNOWN, {"Line": []}, before)
    assert [(row.words, row.texts) for row in view.told] == [("Line 1", ("mowing · 10.00", None, "mowing · 10.00"))]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (100, Decimal("100.00"), True),
        (1, True, False),
        ("1", 1, False),
        ({"value": "5"}, {"value": "5", "name": "Rock"}, True),
        ({"value": "5", "name": "Roll"}, {"value": "5", "name": "Rock"}, False),
        ({"value": "5"}, {"value": "6"}, False),
        (ABSENT, None, False),
    ],
)
def test_sameness_is_of_values(one: Any, other: Any, alike: bool) -> None:
    assert same(one, other) is alike
    assert same(other, one) is alike


def test_an_id_that_is_given_later_is_said_in_words() -> None:
    step = Step(
        id="s002",
        action=Action.RECREATE,
        record="Invoice:9",
        target=None,
        label="Invoice 1",
        family="Invoice:9",
        level=1,
        operation="create",
        body={"CustomerRef": {"value": {"$step": "s001"}}, "TotalAmt": 100},
        expects=Expectation(present=False),
        reason="gone",
        fidelity=Fidelity.EXACT_BUT_FOR,
    )
    before = {**BEFORE, "CustomerRef": {"value": "5", "name": "Rock"}}
    planned = planned_body(step, before, None)
    view = ThreeWayView(before, None, None, planned)
    rows = {row.words: (row.texts[-1], row.became.word) for row in view.told}
    assert rows["Customer"] == ("Id given in step s001", "under a new Id")
    assert rows["Id"] == ("given in step s002", "under a new Id")
    assert rows["Total"] == ("100.00", "put back")
    assert given_later([{"$step": "s1"}]) == ["given in step s1"]
    assert planned_body(step.model_copy(update={"action": Action.REMOVE}), before, before) is None
    changed = step.model_copy(update={"action": Action.REVERT, "body": {"TotalAmt": 5}})
    assert planned_body(changed, before, {"TotalAmt": 7, "Id": "9"}) == {"TotalAmt": 5, "Id": "9"}


@given(st.lists(BODIES, min_size=1, max_size=4))
def test_equal_states_agree_and_every_field_has_a_value_of_each_state(states: list[dict[str, Any] | None]) -> None:
    fields = aligned(states)
    assert all(len(field.values) == len(states) for field in fields)
    assert all(field.uniform for field in aligned([states[0], states[0]]))
    assert len({field.path for field in fields}) == len(fields)


@given(BODIES, BODIES, BODIES, BODIES)
def test_any_record_can_be_drawn(before: Any, after: Any, now: Any, planned: Any) -> None:
    view = ThreeWayView(before, after, now, planned)
    ET.fromstring(str(view.html()))  # noqa: S314 - our own markup
    assert all(not row.uniform for row in view.told)


def test_what_is_sent_without_names_takes_them_from_the_other_states() -> None:
    reference = {"AccountRef": {"value": "34", "name": "Opening Balance Equity"}}
    before = {
        "DepositToAccountRef": {"value": "36", "name": "Savings"},
        "Line": [{"Id": "1", "LineNum": 1, "Amount": 600, "DepositLineDetail": reference}],
    }
    planned = {
        "DepositToAccountRef": {"value": "36"},
        "Line": [{"Amount": Decimal("600.00"), "DepositLineDetail": {"AccountRef": {"value": "34"}}}],
    }
    rows = {row.words: row for row in ThreeWayView(before, UNKNOWN, None, planned).told}
    assert rows["Deposited to"].texts == ("Savings (Id 36)", None, "Savings (Id 36)")
    assert rows["Line 1"].texts[2] == "Opening Balance Equity · 600.00"
    assert rows["Line 1"].became.word == "put back"
    planned["Line"][0]["Amount"] = 601
    changed = {row.words: row.became.word for row in ThreeWayView(before, UNKNOWN, None, planned).told}
    assert changed["Line 1"] == "not as before"
