"""Two snapshots: what changed, what only followed, and what it did to the accounts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.changes import changed_keys, compare, compare_records, effect_of
from akika_forensics.changes.keys import Keys
from akika_forensics.errors import WrongUse
from akika_forensics.model.record import Record, RecordKey

Make = Callable[..., Record]
Hold = Callable[..., Any]


def payment(number: str) -> dict[str, str]:
    return {"TxnType": "Payment", "TxnId": number}


def test_kinds(make: Make, held: Hold) -> None:
    before = held(
        make("Bill", "1", TotalAmt=5),
        make("Customer", "2", DisplayName="Amy", Active=True),
        make("Customer", "3", DisplayName="Bo (deleted)", Active=False),
        make("Invoice", "4", TotalAmt=50, Line=[{"Id": "1", "Amount": 50}]),
        make("Item", "5", UnitPrice=100),
        make("Item", "6", UnitPrice=7),
    )
    after = held(
        make("Customer", "2", DisplayName="Amy (deleted)", Active=False),
        make("Customer", "3", DisplayName="Bo"),
        make("Invoice", "4", TotalAmt=0, PrivateNote="Voided", Line=[{"Id": "1", "Amount": 0}]),
        make("Item", "5", UnitPrice=120),
        make("Item", "6", UnitPrice=7.00),
        make("Vendor", "7", DisplayName="New"),
    )
    found = compare(before, after)
    assert [(str(one.key), one.kind) for one in found.changes] == [
        ("Bill:1", "removed"),
        ("Customer:2", "deactivated"),
        ("Customer:3", "reactivated"),
        ("Invoice:4", "voided"),
        ("Item:5", "changed"),
        ("Vendor:7", "added"),
    ]
    assert {kind: [str(one.key) for one in rows] for kind, rows in found.by_kind.items()} == {
        "removed": ["Bill:1"],
        "voided": ["Invoice:4"],
        "deactivated": ["Customer:2"],
        "changed": ["Item:5"],
        "reactivated": ["Customer:3"],
        "added": ["Vendor:7"],
    }
    assert found.direct == found.changes
    names = {one.path: one.consequence for one in found.changes[1].fields}
    assert names == {"DisplayName": True, "Active": False}
    gone = found.changes[0]
    assert gone.fields == ()
    assert gone.after is None
    assert gone.before is before.rows[RecordKey("Bill", "1")]


def test_payloads_are_read_only_where_digests_differ(make: Make, held: Hold) -> None:
    before = held(make("Item", "5", UnitPrice=100), make("Item", "6"), make("Item", "7"))
    after = held(make("Item", "5", UnitPrice=1), make("Item", "6"), make("Item", "8"))
    compare(before, after)
    assert {str(one) for one in before.fetched} == {"Item:5", "Item:7"}
    assert {str(one) for one in after.fetched} == {"Item:5", "Item:8"}


@pytest.mark.parametrize(
    ("entity", "before", "after", "consequence"),
    [
        ("Invoice", {"Balance": 5, "SyncToken": "1"}, {"Balance": 0, "SyncToken": "2"}, True),
        ("Invoice", {"LinkedTxn": [payment("1")], "Balance": 0}, {"LinkedTxn": [], "Balance": 5}, True),
        ("Invoice", {"LinkedTxn": [payment("1")]}, {}, True),
        ("Invoice", {"LinkedTxn": []}, {"LinkedTxn": [payment("1"), payment("2")]}, True),
        ("Invoice", {"LinkedTxn": []}, {"LinkedTxn": [{"TxnType": "Estimate", "TxnId": "1"}]}, False),
        ("Invoice", {"LinkedTxn": []}, {"LinkedTxn": [{"TxnType": "StatementCharge", "TxnId": "1"}]}, False),
        ("Invoice", {"CustomerRef": {"value": "1", "name": "a"}}, {"CustomerRef": {"value": "1", "name": "b"}}, True),
        ("Invoice", {"CustomerRef": {"value": "1", "name": "a"}}, {"CustomerRef": {"value": "2", "name": "a"}}, False),
        ("Invoice", {"MetaData": {"LastUpdatedTime": "a"}}, {"MetaData": {"LastUpdatedTime": "b"}}, True),
        ("Invoice", {"BillAddr": {"Id": "1", "Lat": "0"}}, {"BillAddr": {"Id": "2"}}, True),
        ("Invoice", {"BillAddr": {"Id": "1", "City": "a"}}, {"BillAddr": {"Id": "2", "City": "b"}}, False),
        ("Invoice", {"TotalAmt": 5, "DocNumber": "1"}, {"TotalAmt": 5, "DocNumber": "2"}, False),
        (
            "Payment",
            {"Line": [{"Amount": 5, "LinkedTxn": [{"TxnType": "Invoice", "TxnId": "1"}]}]},
            {"Line": []},
            False,
        ),
        ("Payment", {"LinkedTxn": [{"TxnType": "Deposit", "TxnId": "1"}]}, {"UnappliedAmt": 0}, True),
        ("Item", {"QtyOnHand": 5}, {"QtyOnHand": 4}, True),
        ("Item", {"QtyOnHand": 5, "UnitPrice": 1}, {"QtyOnHand": 4, "UnitPrice": 2}, False),
        ("Customer", {"Balance": 5, "BalanceWithJobs": 5}, {"Balance": 4, "BalanceWithJobs": 4}, True),
        ("Account", {"CurrentBalance": 5}, {"CurrentBalance": 4}, True),
        (
            "Estimate",
            {"TxnStatus": "Closed", "LinkedTxn": [{"TxnType": "Invoice", "TxnId": "1"}]},
            {"TxnStatus": "Pending"},
            True,
        ),
        ("Estimate", {"TxnStatus": "Closed"}, {"TxnStatus": "Rejected"}, False),
        (
            "Invoice",
            {"Line": [{"Id": "1", "SalesItemLineDetail": {"ItemAccountRef": {"value": "1"}}}]},
            {"Line": [{"Id": "1", "SalesItemLineDetail": {"ItemAccountRef": {"value": "2"}}}]},
            True,
        ),
    ],
)
def test_what_only_the_server_did(
    make: Make, entity: str, before: dict[str, Any], after: dict[str, Any], consequence: bool
) -> None:
    found = compare_records(make(entity, "9", **before), make(entity, "9", **after))
    assert found is not None
    assert found.kind == "changed"
    assert found.consequence is consequence
    assert bool(found.direct_fields) is not consequence


def test_no_change_and_wrong_use(make: Make) -> None:
    one = make("Item", "5", UnitPrice=100)
    assert compare_records(one, Record(one.key, b' {"UnitPrice": 100.00, "Id": "5"}')) is None
    assert compare_records(None, None) is None
    with pytest.raises(WrongUse):
        compare_records(one, make("Item", "6"))


def test_bytes_that_are_no_json_differ_as_a_whole(make: Make) -> None:
    one = make("Item", "5")
    found = compare_records(one, Record(one.key, b"\xff<html>"))
    assert found is not None
    assert "(payload)" in {row.path for row in found.fields}
    added = compare_records(None, Record(one.key, b"["))
    assert added is not None
    assert added.label == "Item:5"


def test_an_unheard_entity_is_compared_too(make: Make, held: Hold) -> None:
    found = compare(held(make("Novelty", "1", a=1)), held(make("Novelty", "1", a=2)))
    assert [(one.path, one.before, one.after) for one in found.changes[0].fields] == [("a", 1, 2)]


def test_the_frame_has_a_row_a_field(make: Make, held: Hold) -> None:
    before = held(make("Item", "5", UnitPrice=100, Name="Pump"), make("Bill", "1"))
    after = held(make("Item", "5", UnitPrice=120.5, Name="Pump", SyncToken="1"))
    frame = compare(before, after).to_frame()
    assert frame.select("entity", "id", "kind", "path", "before", "after", "server").rows() == [
        ("Bill", "1", "removed", None, None, None, False),
        ("Item", "5", "changed", "UnitPrice", "100", "120.5", False),
        ("Item", "5", "changed", "SyncToken", None, "1", True),
    ]
    assert compare(before, before).to_frame().schema == frame.schema


def recorded(folder: Path) -> list[Record]:
    return [
        Record(RecordKey(file.stem, json.loads(text)["Id"]), text)
        for file in sorted((folder / "real_records").glob("*.jsonl"))
        for text in file.read_bytes().splitlines()
    ]


def test_a_deleted_payment_of_recorded_books(shared_data: Path, held: Hold) -> None:
    rows = recorded(shared_data)
    gone = RecordKey("Payment", "101")
    before, after = held(*rows), held(*(one for one in rows if one.key != gone))
    found = compare(before, after)
    assert [(one.key, one.kind) for one in found.changes] == [(gone, "removed")]
    changes = {one.name: one.change for one in effect_of(before, after, date(2026, 12, 31))}
    assert changes == {"Undeposited Funds": -220, "Accounts Receivable (A/R)": 220}


def test_the_effect_of_a_price_change_is_none(make: Make, held: Hold) -> None:
    def pump(cost: int) -> Record:
        refs = {"AssetAccountRef": {"value": "81"}, "ExpenseAccountRef": {"value": "80"}}
        return make("Item", "11", Type="Inventory", QtyOnHand=25, InvStartDate="2026-01-01", PurchaseCost=cost, **refs)

    equity = make(
        "Account", "34", Name="Opening Balance Equity", AccountSubType="OpeningBalanceEquity", AccountType="Equity"
    )
    assert effect_of(held(equity, pump(10)), held(equity, pump(12))) == ()


class Indexes:
    """Only an index: digests of many records."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def index(self) -> pl.DataFrame:
        return self.frame

    def get_many(self, keys: Any) -> dict[RecordKey, Record]:
        raise AssertionError(f"no payload is needed: {keys}")


def test_the_index_alone_tells_which_of_many_records_differ() -> None:
    size = 100_000
    ids = [str(number) for number in range(size)]
    left = pl.DataFrame(
        {"entity": ["Invoice"] * size, "id": ids, "digest": [number.to_bytes(32) for number in range(size)]}
    )
    right = left.with_columns(
        pl.when(pl.col("id") == "77").then(pl.lit(bytes(32))).otherwise(pl.col("digest")).alias("digest")
    ).filter(pl.col("id") != "99")
    gone, new, moved = changed_keys(Indexes(left), Indexes(right))
    assert (list(gone), list(new), list(moved)) == ([RecordKey("Invoice", "99")], [], [RecordKey("Invoice", "77")])


@given(st.lists(st.tuples(st.sampled_from(["Bill", "Invoice"]), st.text(max_size=3)), max_size=8))
def test_keys_are_a_sequence_like_any_other(rows: list[tuple[str, str]]) -> None:
    keys = Keys(pl.DataFrame(rows, schema={"entity": pl.String, "id": pl.String}, orient="row"))
    plain = [RecordKey(*row) for row in rows]
    assert list(keys) == plain
    assert len(keys) == len(plain)
    assert [keys[place] for place in range(len(plain))] == plain
    assert list(keys[1:]) == plain[1:]
    assert list(reversed(keys)) == plain[::-1]
    for key in (*plain, RecordKey("Bill", "not there")):
        assert (key in keys) == (key in plain)
    assert "Bill:1" not in keys
