"""Between two snapshots: every cent that moved, with the document that it comes from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from books.companies import captured
from sample_twin import sample_twin

from akika_forensics.books import Ledger, effect
from akika_forensics.books.effects import by_account, by_class, by_month, by_party, in_closed_periods, moved
from akika_forensics.changes.compare import compare
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.twin import incidents

Make = Callable[..., Record]


class Held:
    """Records as a snapshot that can be compared."""

    def __init__(self, records: list[Record]) -> None:
        self._records = {one.key: one for one in records}

    def index(self) -> pl.DataFrame:
        rows = [(*key, one.payload) for key, one in self._records.items()]
        return pl.DataFrame(rows, schema={"entity": pl.String, "id": pl.String, "digest": pl.Binary}, orient="row")

    def get_many(self, keys: Any) -> dict[RecordKey, Record]:
        return {key: self._records[key] for key in keys if key in self._records}


@pytest.mark.parametrize(
    "name", ["demo", "deleted-customer"] if "deleted-customer" in incidents.INCIDENTS else ["demo"]
)
def test_the_effect_of_an_incident_is_traced_to_its_changes(name: str) -> None:
    twin = sample_twin()
    before, _ = captured(twin)
    incidents.run(twin, name)
    after, _ = captured(twin)
    twin.close()
    left, right = Ledger.of(before), Ledger.of(after)
    keys = [one.key for one in compare(Held(before), Held(after)).changes]
    rows = moved(left, right, keys)
    assert rows["change"].sum() == 0
    expected = {one.account: one.change for one in effect(left, right)}
    assert dict(by_account(rows).select("account", "change").iter_rows()) == expected
    assert expected
    assert rows.filter(pl.col("changed"))["id"].is_in([key.id for key in keys]).all()
    for told in (by_month(rows), by_party(rows), by_class(rows)):
        assert told["change"].sum() == 0
        sums = told.group_by("account").agg(pl.col("change").sum()).filter(pl.col("change") != 0)
        assert dict(sums.iter_rows()) == expected


def test_what_moved_in_a_closed_period_stands_out(lists: list[Record], make: Make) -> None:
    rows = [one for one in lists if one.key.entity != "Preferences"]
    closing = {"BookCloseDate": "2026-01-31"}
    rows.append(make("Preferences", 1, CurrencyPrefs={"HomeCurrency": {"value": "USD"}}, AccountingInfoPrefs=closing))

    def bill(number: int, day: str, value: float) -> Record:
        line = {
            "Id": "1",
            "Amount": value,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "56"}, "ClassRef": {"value": "5"}},
        }
        return make("Bill", number, TxnDate=day, VendorRef={"value": "40"}, TotalAmt=value, Line=[line])

    before = Ledger.of([*rows, bill(1, "2026-01-31", 10), bill(2, "2026-02-01", 20)])
    after = Ledger.of([*rows, bill(1, "2026-01-31", 12), bill(2, "2026-02-01", 25)])
    assert before.chart.closed_until == date(2026, 1, 31)
    found = moved(before, after, [RecordKey("Bill", "1"), RecordKey("Bill", "2")])
    assert in_closed_periods(found).select("id", "account", "change").sort("account").rows() == [
        ("1", "33", Decimal(-2)),
        ("1", "56", Decimal(2)),
    ]
    assert by_class(found).rows() == [("5", "56", Decimal(7), 2), (None, "33", Decimal(-7), 2)]
    assert by_party(found)["party"].to_list() == ["40", "40"]
    assert found["changed"].all()


def test_a_cost_that_follows_from_another_document_is_no_change_of_its_own(
    with_stock: Callable[..., list[Record]], make: Make
) -> None:
    def bought(number: int, day: str, value: float) -> Record:
        line = {
            "Id": "1",
            "Amount": value,
            "DetailType": "ItemBasedExpenseLineDetail",
            "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "11"}, "Qty": 1},
        }
        return make("Bill", number, TxnDate=day, VendorRef={"value": "40"}, TotalAmt=value, Line=[line])

    sold = make(
        "Invoice",
        9,
        TxnDate="2026-02-01",
        CustomerRef={"value": "7"},
        TotalAmt=15,
        Line=[
            {
                "Id": "1",
                "Amount": 15,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "11"}, "Qty": 1},
            }
        ],
    )
    before = Ledger.of([*with_stock(0), bought(1, "2026-01-10", 20), sold])
    after = Ledger.of([*with_stock(0), bought(1, "2026-01-10", 26), sold])
    rows = moved(before, after, [RecordKey("Bill", "1")])
    follows = rows.filter(~pl.col("changed"))
    assert follows.select("entity", "id", "account", "change").rows() == [
        ("Invoice", "9", "80", Decimal(6)),
        ("Invoice", "9", "81", Decimal(-6)),
    ]
