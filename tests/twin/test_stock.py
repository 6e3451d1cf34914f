"""Inventory at FIFO cost: layers, re-costing, openings, adjustments; checked against a count by hand and a plain oracle."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from tests.twin.conftest import Books


def sell(books: Any, qty: Any, day: str) -> dict[str, Any]:
    return books.twin.create("Invoice", books.sale(books.ann, 9 * qty, item=books.pump, qty=qty, TxnDate=day))


def buy(books: Any, qty: Any, amount: Any, day: str) -> dict[str, Any]:
    body = {"VendorRef": {"value": books.lumber}, "Line": [books.stock_up(qty, amount)], "TxnDate": day}
    return books.twin.create("Bill", body)


def stock(books: Any) -> tuple[Decimal, Decimal, Decimal]:
    """(quantity on hand, inventory asset, cost of goods sold)."""
    trial = books.balances()
    quantity = books.get("Item", books.pump)["QtyOnHand"]
    return quantity, trial.get("Stock", Decimal(0)), trial.get("Cost of goods", Decimal(0))


def test_the_opening_quantity_is_posted_at_cost(books: Any) -> None:
    assert stock(books) == (10, 40, 0)
    assert books.balances()["Opening Balance Equity"] == -40
    assert books.get("Account", books.stock)["CurrentBalance"] == 40


def test_the_oldest_layer_leaves_first(books: Any) -> None:
    buy(books, 10, 60, "2026-02-01")
    sell(books, 12, "2026-02-10")
    assert stock(books) == (8, 48, 52)  # ten at 4 and two at 6
    sell(books, 8, "2026-02-11")
    assert stock(books) == (0, 0, 100)


def test_a_back_dated_purchase_re_costs_later_sales(books: Any) -> None:
    sell(books, 10, "2026-01-10")
    sell(books, 2, "2026-02-10")
    assert stock(books) == (-2, -8, 48)  # two sold before they came: at purchase cost for now
    dear = buy(books, 5, 50, "2026-02-20")
    assert stock(books) == (3, 30, 60)  # the two cost ten each after all
    buy(books, 4, 4, "2026-01-05")
    assert stock(books) == (7, Decimal(52), Decimal(42))  # the earlier, cheap layer goes to the February sale
    books.twin.delete("Bill", {"Id": dear["Id"], "SyncToken": "0"})
    assert stock(books) == (2, 2, 42)


def test_deleting_a_sale_hands_its_layer_to_the_next(books: Any) -> None:
    buy(books, 10, 60, "2026-02-01")
    first = sell(books, 10, "2026-02-02")
    sell(books, 5, "2026-02-03")
    assert stock(books) == (5, 30, 70)
    books.twin.delete("Invoice", {"Id": first["Id"], "SyncToken": "0"})
    assert stock(books) == (15, 80, 20)


def test_returns_vendor_credits_and_adjustments(books: Any) -> None:
    twin = books.twin
    sell(books, 4, "2026-02-01")
    twin.create("CreditMemo", books.sale(books.ann, 9, item=books.pump, qty=1, TxnDate="2026-02-02"))
    assert stock(books) == (7, 28, 12)
    body = {"VendorRef": {"value": books.lumber}, "Line": [books.stock_up(2, 10)], "TxnDate": "2026-02-03"}
    twin.create("VendorCredit", body)
    assert stock(books) == (5, 20, 10)  # stock leaves at 8; the vendor gave 10
    detail = {"ItemRef": {"value": books.pump}, "QtyDiff": -3}
    adjust = {
        "AdjustAccountRef": {"value": books.shrinkage},
        "TxnDate": "2026-02-04",
        "Line": [{"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}],
    }
    made = twin.create("InventoryAdjustment", adjust)
    assert (stock(books)[:2], books.balances()["Shrinkage"]) == ((2, 8), 12)
    twin.delete("InventoryAdjustment", {"Id": made["Id"], "SyncToken": "0"})
    assert stock(books) == (5, 20, 10)


def test_no_movement_before_the_stock_begins(books: Any) -> None:
    fault = books.refused(
        "6270",
        books.twin.create,
        "Invoice",
        books.sale(books.ann, 9, item=books.pump, qty=1, TxnDate="2025-12-31"),
    )
    assert "Inventory Start Date" in fault.detail


def test_quantities_in_an_update_are_not_taken(books: Any) -> None:
    pump = books.get("Item", books.pump)
    after = books.twin.update("Item", {**pump, "QtyOnHand": 99, "PurchaseCost": 7})
    assert (after["QtyOnHand"], after["PurchaseCost"]) == (10, 7)
    assert stock(books) == (10, 40, 0)
    books.refused("6000", books.twin.update, "Item", {**after, "Type": "Service"})


def oracle(moves: list[tuple[str, int, int]]) -> list[Decimal]:
    """Cost of each sale, unit by unit, the oldest first; sales beyond the stock are left out by the caller."""
    units = [Decimal(4)] * 10
    costs = []
    for _, quantity, price in sorted(moves, key=lambda move: (move[0], move[1] < 0)):
        if quantity > 0:
            units += [Decimal(price)] * quantity
        else:
            costs.append(sum(units[:-quantity], Decimal(0)))
            del units[:-quantity]
    return [*costs, sum(units, Decimal(0))]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(1, 28).map(lambda day: f"2026-02-{day:02d}"), st.integers(-2, 4), st.integers(1, 9)),
        max_size=8,
    )
)
def test_any_order_of_keying_gives_the_cost_that_a_count_by_hand_gives(moves: list[tuple[str, int, int]]) -> None:
    books = Books()
    kept, on_hand = [], 10
    for day, quantity, price in moves:
        if quantity and on_hand + min(quantity, 0) >= 0:
            kept.append((day, quantity, price))
            on_hand += min(quantity, 0)
    for day, quantity, price in kept:
        if quantity > 0:
            buy(books, quantity, quantity * price, day)
        else:
            sell(books, -quantity, day)
    expected = oracle(kept)
    assert stock(books)[1:] == (expected[-1], sum(expected[:-1]))
    books.twin.close()
