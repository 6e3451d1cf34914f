"""Differences of payloads: what is one, where it is, and that applying them leads to the other side."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.changes import FieldChange, apply_fields, differences, fields
from akika_forensics.changes.paths import escaped, pattern, readable, steps
from akika_forensics.model.payload import canonical_value


def rows(before: Any, after: Any) -> list[tuple[str, Any, Any, str]]:
    return [(one.path, one.before, one.after, one.how) for one in differences(before, after)]


def test_values_fields_and_nested_fields() -> None:
    before = {"DocNumber": "1", "BillAddr": {"City": "Bayshore", "Line1": "a"}, "PrivateNote": "x"}
    after = {"DocNumber": "2", "BillAddr": {"City": "Bayshore", "Line2": "b"}, "DueDate": "2026-01-01"}
    assert rows(before, after) == [
        ("DocNumber", "1", "2", "changed"),
        ("BillAddr.Line1", "a", None, "removed"),
        ("BillAddr.Line2", None, "b", "added"),
        ("PrivateNote", "x", None, "removed"),
        ("DueDate", None, "2026-01-01", "added"),
    ]


@pytest.mark.parametrize(
    ("one", "other"), [(100, Decimal("100.00")), (Decimal("0.10"), Decimal("0.1")), (0, Decimal("-0.0"))]
)
def test_numbers_are_compared_by_value(one: Any, other: Any) -> None:
    assert rows({"Amount": one}, {"Amount": other}) == []


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, "1"), (None, ""), (None, 0), (None, False)])
def test_values_of_different_kinds_differ(one: Any, other: Any) -> None:
    assert rows({"Amount": one}, {"Amount": other}) == [("Amount", one, other, "changed")]


def line(number: int | None, value: Any, **more: Any) -> dict[str, Any]:
    return {**({"Id": str(number)} if number else {}), "Amount": value, **more}


def test_a_moved_line_is_no_change_of_its_fields() -> None:
    before = {"Line": [line(1, 10), line(2, 20), line(3, 30)]}
    after = {"Line": [line(3, 30), line(1, 10), line(2, 20)]}
    (found,) = differences(before, after)
    assert (found.path, found.before, found.after, found.how) == ("Line", [0, 1, 2], [2, 0, 1], "moved")
    assert found.bookkeeping


def test_lines_are_matched_by_id_whatever_else_changed() -> None:
    before = {"Line": [line(1, 10, LineNum=1), line(2, 20, LineNum=2)]}
    after = {"Line": [line(2, 25, LineNum=1)]}
    assert rows(before, after) == [
        ("Line[1].Amount", 20, 25, "changed"),
        ("Line[1].LineNum", 2, 1, "changed"),
        ("Line[0]", line(1, 10, LineNum=1), None, "removed"),
    ]


def test_lines_with_new_ids_are_matched_by_number() -> None:
    before = {"Line": [line(1, 10, LineNum=1), line(2, 20, LineNum=2)]}
    after = {"Line": [line(7, 10, LineNum=2), line(6, 20, LineNum=1)]}
    assert {one.path for one in differences(before, after)} == {
        "Line[0].Id",
        "Line[0].Amount",
        "Line[1].Id",
        "Line[1].Amount",
        "Line",
    }


def test_lines_without_ids_are_matched_by_what_they_pay() -> None:
    def paying(number: str, value: int) -> dict[str, Any]:
        return {"Amount": value, "LinkedTxn": [{"TxnId": number, "TxnType": "Invoice"}]}

    found = rows({"Line": [paying("1", 10), paying("2", 20)]}, {"Line": [paying("2", 15), paying("3", 5)]})
    assert found == [
        ("Line[1].Amount", 20, 15, "changed"),
        ("Line[0]", paying("1", 10), None, "removed"),
        ("Line[1]", None, paying("3", 5), "added"),
    ]


def test_the_only_subtotal_is_the_subtotal() -> None:
    before = {"Line": [line(1, 10, LineNum=1), {"Amount": 10, "DetailType": "SubTotalLineDetail"}]}
    after = {"Line": [line(1, 12, LineNum=1), {"Amount": 12, "DetailType": "SubTotalLineDetail"}]}
    assert [path for path, *_ in rows(before, after)] == ["Line[0].Amount", "Line[1].Amount"]


def test_equal_lines_are_told_apart_by_their_order() -> None:
    same = {"Amount": 5}
    assert rows({"Line": [same, same, same]}, {"Line": [same, same]}) == [("Line[2]", same, None, "removed")]


@given(st.text(max_size=6))
def test_any_field_name_is_one_step(name: str) -> None:
    assert steps(f"{escaped(name)}[3].{escaped(name)}") == [name, 3, name]


def test_patterns_and_labels() -> None:
    body = {
        "Line": [
            {},
            {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "11", "name": "Pump"}}},
        ],
        "LinkedTxn": [{"TxnType": "Payment", "TxnId": "60"}],
    }
    assert pattern("Line[1].SalesItemLineDetail.Qty") == "Line[].SalesItemLineDetail.Qty"
    assert readable("Line[1].SalesItemLineDetail.Qty", body) == "line 2 (Pump): quantity"
    assert readable("Line[1].SalesItemLineDetail.ItemRef.value", body) == "line 2 (Pump): item"
    assert readable("LinkedTxn[0]", body) == "link 1 (Payment 60)"
    assert readable("CustomerRef.value", body) == "customer"
    assert readable("MetaData.LastUpdatedTime", None) == "server times last updated time"
    assert readable("value", {}) == "value"


scalars = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.decimals(-5, 5, places=2) | st.sampled_from(["", "a", "b"])
)
names = st.sampled_from(["Id", "LineNum", "Amount", "TxnId", "TxnType", "DetailType", "Name", "a.b", "[1]", ""])
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=14
)
marked = st.fixed_dictionaries(
    {"Amount": st.integers(0, 3)},
    optional={
        "Id": st.sampled_from(["1", "2", "3", ""]),
        "LineNum": st.integers(1, 3),
        "LinkedTxn": st.lists(
            st.fixed_dictionaries({"TxnId": st.sampled_from("12"), "TxnType": st.just("Bill")}), max_size=2
        ),
        "DetailType": st.sampled_from(["SubTotalLineDetail", "SalesItemLineDetail"]),
    },
)
bodies = st.dictionaries(names, values, max_size=5) | st.fixed_dictionaries({"Line": st.lists(marked, max_size=5)})


@given(before=bodies, after=bodies)
def test_applying_the_differences_gives_the_other_side(before: Any, after: Any) -> None:
    found = list(differences(before, after))
    copy = canonical_value(before)
    assert canonical_value(apply_fields(before, found)) == canonical_value(after)
    assert canonical_value(before) == copy


@given(before=bodies, after=bodies)
def test_what_is_alike_is_left_out_without_looking_closer(before: Any, after: Any) -> None:
    found = [row for row in rows(before, after) if row[3] != "moved"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fields, "_alike", lambda *_: False)
        assert [row for row in rows(before, after) if row[3] != "moved"] == found


@given(before=bodies)
def test_nothing_differs_from_itself(before: Any) -> None:
    assert list(differences(before, before)) == []


def sides(found: list[FieldChange], *, turned: bool) -> list[tuple[str, bytes, bytes]]:
    other = {"added": "removed", "removed": "added"}
    return sorted(
        (
            other.get(one.how, one.how) if turned else one.how,
            canonical_value(one.after if turned else one.before),
            canonical_value(one.before if turned else one.after),
        )
        for one in found
        if one.how != "moved"
    )


simple = st.fixed_dictionaries(
    {"Line": st.lists(marked, max_size=5, unique_by=lambda one: one.get("Id", canonical_value(one)))}
)


@given(before=simple, after=simple)
def test_the_way_back_is_the_way_turned_round(before: Any, after: Any) -> None:
    """Where each line has an Id of its own, or no twin: among look-alikes either may be the one that stayed."""
    there, back = list(differences(before, after)), list(differences(after, before))
    ids = [[one.get("Id") for one in side["Line"]] for side in (before, after)]
    if all(all(row) and len(set(row)) == len(row) for row in ids):
        assert sides(there, turned=True) == sides(back, turned=False)
    assert bool(there) == bool(back)
