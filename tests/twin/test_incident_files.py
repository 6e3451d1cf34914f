"""Files that describe incidents: what is understood, what is refused and where, what values come to."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.incidents.description import read
from akika_forensics.twin.incidents.schedule import turns
from akika_forensics.twin.incidents.values import Scope, worked_out
from akika_forensics.twin.wire import PACIFIC

WHOLE = """
name = "n"
type = "t"
what = "w"
days = 20
[[actor]]
key = "a"
name = "Ann"
[[find]]
as = "bill"
entity = "Bill"
where = [["Balance", ">", 0]]
[[step]]
day = 2
times = 3
every = 5
actor = "a"
do = "delete"
entity = "Bill"
id = "@bill.id"
"""

BILL: dict[str, Any] = {
    "TotalAmt": Decimal("10.01"),
    "DisplayName": "Bee",
    "Line": [
        {
            "Id": "1",
            "LineNum": 1,
            "Amount": Decimal("10.00"),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "3"}, "Qty": 2, "UnitPrice": Decimal(5)},
        },
        {"Amount": Decimal("10.00"), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ],
}


class Books:
    def get(self, key: RecordKey) -> dict[str, Any] | None:
        return BILL if key.id != "gone" else None


def scope(n: int = 1, seed: int = 1) -> Scope:
    names = {
        "bill": [RecordKey("Bill", "7"), RecordKey("Bill", "8")],
        "gone": [RecordKey("Bill", "gone")],
        "none": [],
    }
    return Scope(Books(), names, date(2026, 3, 31), n, random.Random(seed))


def test_a_whole_file_is_read() -> None:
    found = read(WHOLE, "x.toml")
    assert (found.name, found.days, found.hours) == ("n", 20, (9, 17))
    assert found.finds[0].where == (("Balance", ">", 0),)
    assert (found.steps[0].do, found.steps[0].given) == ("delete", {"entity": "Bill", "id": "@bill.id"})


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('name = "n"', "", "x.toml lacks name"),
        ('name = "n"', "name = 5", "x.toml lacks name"),
        ("days = 20", "days = -1", "days is a whole number"),
        ("days = 20", "days = 11", "comes later than the 11 days"),
        ("days = 20", "dayz = 20", "'dayz' is not known"),
        ('entity = "Bill"\nwhere', 'entity = "Bil"\nwhere', "find 1: 'Bil' is no kind of record"),
        ('">"', '"~"', "is no condition"),
        ('actor = "a"', 'actor = "b"', "step 1: 'b' is no actor"),
        ("[[step]]", "[step]", "step is written as [[step]]"),
        ("[[actor]]", "[[actor]]\nkind = 'robot'", "kind is one of person, app"),
        ("day = 2", "day = 2\nhours = [22, 5]", "hours are two hours"),
        ("day = 2", "day = 2\nbank = {to = 'x'}", "step 1, bank: 'to' is not known"),
        ("day = 2", "day = 2\neach = 'bils'", "step 1: nothing is called 'bils'"),
        ('do = "delete"', 'do = "shred"', "step 1: 'shred' is nothing that a can do"),
        ("day = 2", "day = 2\nmay_fail = 'no'", "step 1: may_fail is true or false"),
        ("[[step]]", "[[", "is no TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(line: str, instead: str, said: str) -> None:
    with pytest.raises(WrongUse, match=r".*") as caught:
        read(WHOLE.replace(line, instead, 1), "x.toml")
    assert said in str(caught.value)


def test_an_application_does_what_the_api_offers() -> None:
    by_app = WHOLE.replace('name = "Ann"', 'name = "Ann"\nkind = "app"')
    assert read(by_app, "x.toml").steps[0].do == "delete"
    with pytest.raises(WrongUse, match="'merge' is nothing that a can do"):
        read(by_app.replace('do = "delete"', 'do = "merge"'), "x.toml")


def test_a_file_without_steps_is_none() -> None:
    with pytest.raises(WrongUse, match="has no step"):
        read(WHOLE.partition("[[step]]")[0], "x.toml")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("@bill", {"value": "7", "name": "Bee"}),
        ("@bill.id", "7"),
        ("@bill.TotalAmt", Decimal("10.01")),
        ("@bill.Line.0.SalesItemLineDetail.ItemRef.value", "3"),
        ("@bill.Line.9.Amount", None),
        ("@@home", "@home"),
        ("No. {n:03} of {day}, {month}, {@bill.DisplayName} {{x}}", "No. 001 of 2026-03-31, March, Bee {x}"),
        ({"day": -31}, "2026-02-28"),
        ({"of": "@bill.TotalAmt", "times": Decimal("0.5")}, Decimal("5.01")),
        ({"of": "@bill.TotalAmt", "plus": 1}, Decimal("11.01")),
        ({"all": "@bill"}, [{"entity": "Bill", "id": "7"}, {"entity": "Bill", "id": "8"}]),
        ({"rows": 5, "of": {"Id": "@bill.id", "n": "{i}"}}, [{"Id": "7", "n": "1"}, {"Id": "8", "n": "2"}]),
        ({"rows": 3, "of": "{i:02}"}, ["01", "02", "03"]),
        ({"a": "@bill.Nothing", "b": 1}, {"b": 1}),
        (Decimal("1.1"), Decimal("1.1")),
        (True, True),
        ({"choice": ["x"]}, "x"),
    ],
)
def test_values(value: Any, found: Any) -> None:
    assert worked_out(value, scope()) == found


def test_the_second_turn_speaks_of_the_second_record() -> None:
    assert [worked_out("@bill.id", scope(n)) for n in (1, 2, 3)] == ["7", "8", "7"]


@pytest.mark.parametrize(
    "value", ["@nobody", "@none", "@gone.TotalAmt", "{what}", {"between": [5, 1]}, {"lines": "@bill.TotalAmt"}]
)
def test_what_cannot_be_worked_out_is_refused(value: Any) -> None:
    with pytest.raises(WrongUse):
        worked_out(value, scope())


def test_lines_are_copied_without_what_the_service_adds() -> None:
    assert worked_out({"lines": "@bill.Line"}, scope()) == [
        {
            "Amount": Decimal("10.00"),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "3"}, "Qty": 2, "UnitPrice": Decimal(5)},
        }
    ]
    (scaled,) = worked_out({"lines": "@bill.Line", "times": Decimal("0.333"), "set": {"ItemRef": "@bill"}}, scope())
    assert (scaled["Amount"], scaled["SalesItemLineDetail"]) == (
        Decimal("3.33"),
        {"ItemRef": {"value": "7", "name": "Bee"}, "Qty": 2, "UnitPrice": Decimal("1.665")},
    )
    assert BILL["Line"][0]["SalesItemLineDetail"]["Qty"] == 2, "the record itself stays"


@given(st.integers(0, 10_000), st.integers(0, 500), st.integers(0, 500), st.sampled_from(["0.01", "0.5", "50"]))
def test_an_amount_by_chance_is_one_of_the_steps(seed: int, low: int, more: int, step: str) -> None:
    value = {"between": [low, low + more], "step": Decimal(step)}
    found = worked_out(value, scope(seed=seed))
    assert low <= found <= low + more
    assert (found - low) % Decimal(step) == 0
    assert worked_out(value, scope(seed=seed)) == found


@given(st.integers(0, 10_000))
def test_turns_come_in_time_within_their_hours(seed: int) -> None:
    description = read(WHOLE, "x.toml")
    begin = date(2026, 3, 1)
    found = turns(description, begin, PACIFIC, random.Random(seed), live=False)
    assert [(turn.n, (turn.day - begin).days) for turn in found] == [(1, 2), (2, 7), (3, 12)]
    moments = [turn.at for turn in found if turn.at is not None]
    assert moments == sorted(moments)
    assert all(9 <= moment.hour <= 18 and moment.tzinfo is PACIFIC for moment in moments)
    assert all(turn.at is None for turn in turns(description, begin, PACIFIC, random.Random(seed), live=True))
