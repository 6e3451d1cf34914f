"""A changed purchase price moves nothing of the past: QuickBooks posted an item's first stock once, at the price of that day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from akika_forensics.case.statements import books_of
from akika_forensics.case.statements.reading import read_books

from .conftest import Scene

STOCK, COST, EQUITY = "Inventory Asset", "Cost of Goods Sold", "Opening Balance Equity"


@pytest.fixture
def repriced(scene: Scene) -> Iterator[Scene]:
    """Ten valves are there first, at 7.50. Then their purchase price becomes 9.00, and four are sold."""
    chart = {json.loads(body)["Name"]: key[1] for key, body in scene.twin.dump().items() if key[0] == "Account"}
    names = {"AssetAccountRef": STOCK, "IncomeAccountRef": "Sales of Product Income", "ExpenseAccountRef": COST}
    accounts = {field: {"value": chart[name]} for field, name in names.items()}
    stock = {"Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 10, "InvStartDate": "2026-01-01"}
    valve = scene.twin.create("Item", {"Name": "Valve", "PurchaseCost": 7.5, "UnitPrice": 12, **stock, **accounts})
    scene.good("capture")
    scene.twin.update("Item", {**valve, "PurchaseCost": 9})
    sold = {"ItemRef": {"value": valve["Id"]}, "Qty": 4, "UnitPrice": 12}
    line = {"Amount": 48, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": sold}
    scene.twin.create("Invoice", {"CustomerRef": {"value": "1"}, "Line": [line]})
    scene.good("capture")
    return scene


def balances(scene: Scene, ref: str) -> dict[str, Decimal]:
    rows = scene.good("statement", "trial-balance", ref)["rows"]
    return {row["name"]: Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0) for row in rows}


def test_every_reading_of_the_books_keeps_first_stock_at_what_it_cost(repriced: Scene) -> None:
    assert repriced.good("check", "s2")["complete"]
    was, now = balances(repriced, "s1"), balances(repriced, "s2")
    moved = {name: now[name] - was.get(name, Decimal(0)) for name in now}
    assert (moved[STOCK], moved[COST], moved[EQUITY]) == (-30, 30, 0)
    told = repriced.good("diff", "s1", "s2")["effect"]["accounts"]
    of_stock = {
        row["account_name"]: Decimal(row["change"]) for row in told if row["account_name"] in {STOCK, COST, EQUITY}
    }
    assert of_stock == {STOCK: -30, COST: 30}
    snapshot = repriced.case.snapshot("s2")
    of_statements = books_of(repriced.case.vault, snapshot).ledger.balances()
    assert read_books(repriced.case.vault, snapshot).books.ledger.balances() == of_statements
    assert repriced.case.acquisition("s2").check.complete


def test_a_restored_price_is_predicted_to_move_nothing_of_the_past(repriced: Scene) -> None:
    valve = next(key[1] for key, body in repriced.twin.dump().items() if key[0] == "Item" and b"Valve" in body)
    on_hand = balances(repriced, "s2")[STOCK]
    plan = repriced.planned("--after", "s2", "--record", f"Item:{valve}")
    rehearsed = repriced.good("plan", "rehearse", str(plan))
    assert (rehearsed["ok"], rehearsed["differences"]) == (True, [])
    repriced.good("plan", "execute", str(plan))
    verified = repriced.good("plan", "verify", str(plan))
    told = {row["account_name"]: (row["predicted"], row["actual"]) for row in verified["balances"]}
    assert told[STOCK] == (f"{on_hand:.2f}", f"{on_hand:.2f}")
    assert repriced.good("check", "latest")["complete"]
