"""What changes did to the books adds up to the difference of the trial balances, and each cent names the changes that it comes from."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from books.companies import captured
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_twin import sample_twin

from akika_forensics.books import Ledger
from akika_forensics.case.moved import BY, Moved
from akika_forensics.changes import compare, traced
from akika_forensics.changes.effects import FOLLOWS, TRACED
from akika_forensics.errors import WrongUse
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.twin import Twin, life

DAYS = (date(2023, 3, 31), date(2023, 12, 31), date(2024, 12, 31))


class Held:
    """Records as a snapshot that can be compared."""

    def __init__(self, records: Mapping[RecordKey, Record]) -> None:
        self._records = dict(records)

    def index(self) -> pl.DataFrame:
        rows = [(*key, one.payload) for key, one in self._records.items()]
        return pl.DataFrame(rows, schema={"entity": pl.String, "id": pl.String, "digest": pl.Binary}, orient="row")

    def records(self) -> Iterator[Record]:
        return iter(self._records.values())

    def get_many(self, keys: Any) -> dict[RecordKey, Record]:
        return {key: self._records[key] for key in keys if key in self._records}


@pytest.fixture(scope="module")
def company() -> dict[RecordKey, Record]:
    twin = Twin()
    life.fill(twin, life.Wish(400, 5, currency="EUR"))
    records, _ = captured(twin)
    twin.close()
    return {one.key: one for one in records}


def damaged(company: Mapping[RecordKey, Record], chance: random.Random) -> dict[RecordKey, Record]:
    """Some documents removed, moved to another day, class or amount; some items and accounts otherwise; the books closed."""
    found = dict(company)
    for key in chance.sample(sorted(company), 25):
        body = {**company[key].body}
        way = chance.randrange(5)
        if way == 0 and key.entity not in ("Account", "Item"):
            del found[key]
            continue
        if way == 1 and "TxnDate" in body:
            body["TxnDate"] = f"2023-{chance.randrange(1, 13):02}-15"
        elif way == 2 and "Line" in body:
            body["Line"] = [
                {**line, "Amount": line["Amount"] + chance.randrange(1, 500)} if "Amount" in line else line
                for line in body["Line"]
            ]
        elif way == 3 and "ExchangeRate" in body:
            body["ExchangeRate"] = Decimal("1.5")
        else:
            body["DocNumber"] = "=1+1"
        found[key] = Record(key, encode(body))
    for key, one in company.items():
        if key.entity == "Preferences":
            prefs = {**one.body.get("AccountingInfoPrefs", {}), "BookCloseDate": "2023-06-30"}
            found[key] = Record(key, encode({**one.body, "AccountingInfoPrefs": prefs}))
    return found


def assert_adds_up(before: Mapping[RecordKey, Record], after: Mapping[RecordKey, Record]) -> Moved:
    left, right = Held(before), Held(after)
    comparison = compare(left, right)
    effect = traced(left, right, comparison)
    moved = Moved(effect.rows)
    rows = effect.rows
    assert rows.schema == TRACED
    was = Ledger.of(before.values())
    now = Ledger.of(after.values(), opening_costs=was.opening_costs)
    for day in DAYS:
        # Posting by posting, closed as the trial balance closes: nothing of it is taken from the code under test.
        start, earned = now.chart.fiscal_year_start(day), now.chart.retained_earnings
        sums: dict[str, Decimal] = {}
        for account, when, change in rows.select("account", "date", "change").iter_rows():
            if when <= day:
                into = earned if when < start and now.chart.is_profit_and_loss(account) else account
                sums[into] = sums.get(into, Decimal(0)) + change
        balances = was.trial_balance(day), now.trial_balance(day)
        differences = {
            account: value
            for account in {*balances[0], *balances[1]}
            if (value := balances[1].get(account, Decimal(0)) - balances[0].get(account, Decimal(0)))
        }
        assert {account: value for account, value in sums.items() if value} == differences, day
    by_account = {one.account: one.change for one in effect.accounts}
    for what in BY:
        found = moved.by(what).group_by("account").agg(pl.col("change").sum()).filter(pl.col("change") != 0)
        assert dict(found.iter_rows()) == by_account, what
    changed = {str(one.key) for one in comparison.changes}
    for row in rows.iter_rows(named=True):
        assert row["because"], row
        assert set(row["because"]) <= changed
        key = RecordKey(row["entity"], row["id"])
        if row["kind"] != FOLLOWS:
            assert row["because"] == [str(key)]
            assert row["was"] == (before[key].digest.hex() if key in before else None)
            assert row["now"] == (after[key].digest.hex() if key in after else None)
            assert row["was"] != row["now"]
    assert moved.in_closed_periods["date"].max() is None or moved.in_closed_periods["date"].max() <= date(2023, 6, 30)
    early = rows.filter(pl.col("date") <= date(2023, 6, 30))
    assert len(moved.in_closed_periods) == len(early)
    return moved


@settings(max_examples=5)
@given(seed=st.integers(0, 2**32))
def test_effects_add_up_to_the_difference_of_the_trial_balances(company: dict[RecordKey, Record], seed: int) -> None:
    assert_adds_up(company, damaged(company, random.Random(seed)))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(30))
def test_effects_add_up_at_length(company: dict[RecordKey, Record], seed: int) -> None:
    chance = random.Random(seed)
    first = damaged(company, chance)
    assert_adds_up(first, damaged(first, chance))


def test_the_same_books_have_no_effect(company: dict[RecordKey, Record]) -> None:
    held = Held(company)
    effect = traced(held, held, compare(held, held))
    assert effect.accounts == ()
    assert effect.rows.is_empty()
    assert Moved(effect.rows).closed_moved == 0


def test_what_costs_otherwise_names_the_purchase_that_changed() -> None:
    """A bill for stock gets another price: the sale after it was not touched, and its cost is another."""
    twin = sample_twin()
    company = {one.key: one for one in captured(twin)[0]}
    twin.close()
    moved = dict(Ledger.of(company.values()).stock_moved.group_by("item").agg(pl.col("moved").sum()).iter_rows())
    for item, quantity in moved.items():
        # No stock from before: what is sold was bought on a bill.
        key = RecordKey("Item", item)
        company[key] = Record(key, encode({**company[key].body, "QtyOnHand": quantity}))
    after = dict(company)
    for key, one in company.items():
        if key.entity == "Bill" and "ItemBasedExpenseLineDetail" in one.payload.decode():
            lines = [{**line, "Amount": line["Amount"] * 3} for line in one.body["Line"]]
            after[key] = Record(key, encode({**one.body, "Line": lines}))
    left, right = Held(company), Held(after)
    bills = {key for key in after if after[key] is not company[key]}
    rows = traced(left, right, compare(left, right)).rows
    follows = rows.filter(pl.col("kind") == FOLLOWS)
    assert set(follows["entity"]) == {"Invoice"}
    assert {one for row in follows["because"] for one in row} <= set(map(str, bills))
    assert follows["was"].null_count() == len(follows), "nobody changed them"


def test_what_is_paid_at_another_rate_names_the_invoice_that_changed(company: dict[RecordKey, Record]) -> None:
    for key, one in company.items():
        links = [link for line in one.body.get("Line", ()) for link in line.get("LinkedTxn", ())]
        paid = [RecordKey(link["TxnType"], link["TxnId"]) for link in links]
        if key.entity == "Payment" and "ExchangeRate" in one.body and paid and paid[0].entity == "Invoice":
            invoice = company[paid[0]]
            break
    else:
        pytest.fail("no foreign invoice was paid")
    rate = {**invoice.body, "ExchangeRate": Decimal("1.75")}
    after = {**company, invoice.key: Record(invoice.key, encode(rate))}
    left, right = Held(company), Held(after)
    rows = traced(left, right, compare(left, right)).rows
    follows = rows.filter(pl.col("entity") == "Payment")
    assert (key.id, FOLLOWS, [str(invoice.key)]) in follows.select("id", "kind", "because").rows()


def test_another_way_is_refused() -> None:
    with pytest.raises(WrongUse, match="no effect by"):
        Moved().by("moon")


def test_listings_show_what_moved(company: dict[RecordKey, Record]) -> None:
    moved = assert_adds_up(company, damaged(company, random.Random(3)))
    assert len(moved.closed_listing().rows) == len(moved.in_closed_periods) > 0
    assert len(moved.document_listing().rows) == len(moved.rows)
    periods = moved.listing("period")
    assert {row[1].word for row in periods.rows} == {"closed period", "open"}
    for what in ("account", "class", "location", "party"):
        assert len(moved.listing(what).rows) == len(moved.by(what)), what
    assert Moved().closed_listing().rows == ()
