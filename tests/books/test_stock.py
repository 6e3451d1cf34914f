"""Stock is costed first in, first out over an item's whole history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.books import Chart, Ledger
from akika_forensics.books.fifo import replay
from akika_forensics.books.postings.frame import values
from akika_forensics.books.stock import MOVES, Move
from akika_forensics.model.record import Record

COGS, STOCK, EQUITY, FUEL = "80", "81", "34", "56"
Stocked = Callable[..., list[Record]]
Make = Callable[..., Record]


def sale(make: Make, number: int, day: str, quantity: float, entity: str = "Invoice") -> Record:
    detail = {"ItemRef": {"value": "11"}, "Qty": quantity, "UnitPrice": 15}
    line = {"Id": "1", "Amount": 15 * quantity, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    return make(entity, number, TxnDate=day, CustomerRef={"value": "7"}, TotalAmt=15 * quantity, Line=[line])


def purchase(
    make: Make, number: int, day: str, quantity: float, value: float, entity: str = "Bill", **more: Any
) -> Record:
    detail = {"ItemRef": {"value": "11"}, "Qty": quantity}
    line = {
        "Id": "1",
        "Amount": value,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": detail,
    }
    return make(entity, number, TxnDate=day, VendorRef={"value": "40"}, TotalAmt=value, Line=[line], **more)


def test_the_opening_layer_is_what_the_quantity_implies(with_stock: Stocked, make: Make) -> None:
    ledger = Ledger.of([*with_stock(25), sale(make, 9, "2026-02-01", 3)])
    assert ledger.trial_balance(date(2026, 1, 1)) == {STOCK: 280, EQUITY: -280}
    found = ledger.balances()
    assert (found[STOCK], found[COGS], found[EQUITY]) == (250, 30, -280)
    assert [one.line for one in ledger.postings if one.account == COGS] == ["cost 1"]


def test_the_oldest_layer_leaves_first(with_stock: Stocked, make: Make) -> None:
    rows = [
        *with_stock(1),
        purchase(make, 1, "2026-01-10", 2, 40),
        purchase(make, 2, "2026-01-11", 2, 60),
        sale(make, 3, "2026-02-01", 3),
    ]
    ledger = Ledger.of(rows)
    assert ledger.balances()[COGS] == 2 * 20 + 30
    assert ledger.balances()[STOCK] == 30


def test_a_back_dated_purchase_costs_later_sales_anew(with_stock: Stocked, make: Make) -> None:
    rows = [*with_stock(0), purchase(make, 1, "2026-01-10", 1, 20), sale(make, 3, "2026-02-01", 1)]
    assert Ledger.of(rows).balances()[COGS] == 20
    rows = [*with_stock(1), *rows[-2:], purchase(make, 4, "2026-01-05", 1, 7)]
    assert Ledger.of(rows).balances()[COGS] == 7


def test_stock_sold_before_it_was_bought_costs_what_it_is_bought_for(with_stock: Stocked, make: Make) -> None:
    rows = [*with_stock(1), sale(make, 1, "2026-02-01", 2), purchase(make, 2, "2026-02-05", 3, 36)]
    ledger = Ledger.of(rows)
    assert ledger.trial_balance(date(2026, 2, 2))[COGS] == 24
    assert ledger.balances()[STOCK] == 12
    assert [one.code for one in ledger.findings] == ["stock_below_zero"]
    assert not ledger.unposted


def test_what_a_customer_returns_comes_back_at_the_cost_at_which_it_left(with_stock: Stocked, make: Make) -> None:
    rows = [
        *with_stock(1, 99),
        purchase(make, 1, "2026-01-10", 2, 40),
        sale(make, 2, "2026-02-01", 2),
        sale(make, 3, "2026-02-02", 1, "CreditMemo"),
    ]
    assert Ledger.of(rows).balances()[STOCK] == 20
    assert Ledger.of(rows).balances()[COGS] == 20


def test_a_return_to_a_vendor_takes_the_oldest_layer(with_stock: Stocked, make: Make) -> None:
    rows = [
        *with_stock(2),
        purchase(make, 1, "2026-01-10", 3, 60),
        purchase(make, 2, "2026-02-01", 1, 25, "VendorCredit"),
    ]
    found = Ledger.of(rows).balances()
    assert found[STOCK] == 40
    assert found[COGS] == -5


def test_an_adjustment_goes_against_the_account_it_names(with_stock: Stocked, make: Make) -> None:
    def adjusted(difference: float) -> Record:
        line = {
            "DetailType": "ItemAdjustmentLineDetail",
            "ItemAdjustmentLineDetail": {"ItemRef": {"value": "11"}, "QtyDiff": difference},
        }
        return make("InventoryAdjustment", 5, TxnDate="2026-02-01", AdjustAccountRef={"value": FUEL}, Line=[line])

    assert Ledger.of([*with_stock(7), adjusted(-3)]).balances() == {EQUITY: -100, FUEL: 30, STOCK: 70}
    assert Ledger.of([*with_stock(13), adjusted(3)]).balances() == {EQUITY: -100, FUEL: -30, STOCK: 130}


def test_an_adjustment_that_gives_a_count_is_named(with_stock: Stocked, make: Make) -> None:
    line = {"ItemAdjustmentLineDetail": {"ItemRef": {"value": "11"}, "NewQty": 4}}
    body = {"TxnDate": "2026-02-01", "AdjustAccountRef": {"value": FUEL}, "Line": [line]}
    assert [one.code for one in Ledger.of([*with_stock(4), make("InventoryAdjustment", 5, **body)]).unposted] == [
        "stock_not_moved"
    ]


def test_a_history_with_missing_purchases_is_named(with_stock: Stocked, make: Make) -> None:
    ledger = Ledger.of([*with_stock(1), purchase(make, 1, "2026-01-10", 5, 50)])
    assert [one.code for one in ledger.unposted] == ["stock_history_incomplete"]
    assert sum(ledger.balances().values()) == 0


def test_a_price_change_does_not_post_the_opening_again(with_stock: Stocked, make: Make) -> None:
    before = Ledger.of([*with_stock(25), sale(make, 9, "2026-02-01", 3)])
    rows = [*with_stock(25, 12), sale(make, 9, "2026-02-01", 3)]
    assert Ledger.of(rows).balances() != before.balances()
    assert Ledger.of(rows, opening_costs=before.opening_costs).balances() == before.balances()


quantities = st.integers(1, 9).map(Decimal)
moves = st.lists(
    st.tuples(
        st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.sampled_from(list(Move)[:4]), quantities, st.integers(0, 5000)
    ),
    max_size=12,
)


@given(moves=moves, on_hand=st.integers(0, 20), cost=st.decimals(0, 50, places=2))
def test_stock_ends_at_the_value_of_what_is_left(moves: list[Any], on_hand: int, cost: Decimal) -> None:
    """Debits equal credits; an empty shelf is worth nothing; all that went out and is left came in."""
    chart = Chart()
    body = {"QtyOnHand": on_hand, "PurchaseCost": str(cost), "InvStartDate": "2025-12-31", "Type": "Inventory"}
    refs = {"AssetAccountRef": {"value": STOCK}, "ExpenseAccountRef": {"value": COGS}}
    chart._read_items([{"Id": "11", "Name": "Pump", **body, **refs}])
    chart.opening_balance_equity = EQUITY
    rows = []
    for number, (day, kind, quantity, value) in enumerate(moves):
        out = kind in (Move.SALE, Move.VENDOR_RETURN)
        own = Decimal(value) / 100 if kind in (Move.PURCHASE, Move.VENDOR_RETURN) else Decimal(0)
        goes, worth = (-quantity, -own) if out else (quantity, own)
        rows.append(("11", day, "Bill", str(number), "1", kind.value, goes, worth, *[None] * 5))
    moved = pl.DataFrame(rows, schema=MOVES, orient="row")
    postings = values(replay(chart, moved)[0])
    assert sum(one.amount for one in postings) == 0
    by_document = moved["value"].sum()
    asset = by_document + sum((one.amount for one in postings if one.account == STOCK), Decimal(0))
    if on_hand == 0:
        assert asset == 0
    assert all(one.amount == one.amount.quantize(Decimal("0.01")) for one in postings)


def test_one_day_goes_by_ids_as_numbers_and_stock_comes_in_first(with_stock: Stocked, make: Make) -> None:
    """At 10 and 20 apiece: the sale of the lower Id takes the cheaper one, though as a text its Id is the higher."""
    rows = [
        *with_stock(0),
        sale(make, 10, "2026-02-01", 1),
        sale(make, 9, "2026-02-01", 1),
        purchase(make, 12, "2026-02-01", 1, 20),
        purchase(make, 11, "2026-02-01", 1, 10),
    ]
    costs = {one.key.id: one.amount for one in Ledger.of(rows).postings if one.account == COGS}
    assert costs == {"9": 10, "10": 20}


def test_a_line_that_costs_is_of_its_own_class_and_location(with_stock: Stocked, make: Make) -> None:
    detail = {"ItemRef": {"value": "11"}, "Qty": 1}
    line = {"Amount": 15, "DetailType": "SalesItemLineDetail"}
    lines = [
        {**line, "Id": "1", "SalesItemLineDetail": {**detail, "ClassRef": {"value": "5"}}},
        {**line, "Id": "2", "SalesItemLineDetail": detail},
    ]
    more = {"ClassRef": {"value": "6"}, "DepartmentRef": {"value": "3"}, "CustomerRef": {"value": "7"}}
    invoice = make("Invoice", 9, TxnDate="2026-02-01", TotalAmt=30, Line=lines, **more)
    costs = Ledger.of([*with_stock(5), invoice]).frame.filter(pl.col("account") == COGS)
    assert costs.select("line", "class", "department", "party").rows() == [
        ("cost 1", "5", "3", "7"),
        ("cost 2", "6", "3", "7"),
    ]
