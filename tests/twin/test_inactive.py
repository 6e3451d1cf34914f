"""What making an account or an item inactive posts, and what becoming active again leaves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest


def put_to_sleep(books: Any, entity: str, record_id: str) -> Any:
    return books.twin.update(entity, {**books.get(entity, record_id), "Active": False})


@pytest.mark.parametrize(("kind", "amount"), [("Bank", 70), ("Long Term Liability", 30), ("Fixed Asset", -5)])
def test_an_account_with_a_balance_is_emptied_to_opening_balance_equity(books: Any, kind: str, amount: int) -> None:
    twin = books.twin
    made = twin.create("Account", {"Name": "Old one", "AccountType": kind, "OpeningBalance": amount})
    shown = books.get("Account", made["Id"])["CurrentBalance"]
    equity = books.balances()["Opening Balance Equity"]
    entries = twin.count("JournalEntry")
    gone = put_to_sleep(books, "Account", made["Id"])
    assert (gone["Name"], gone["Active"], gone["CurrentBalance"]) == ("Old one (deleted)", False, 0)
    assert twin.count("JournalEntry") == entries + 1
    entry = twin.query("select * from JournalEntry")["QueryResponse"]["JournalEntry"]
    newest = max(entry, key=lambda row: int(row["Id"]))
    assert newest["PrivateNote"] == "Made inactive: Old one"
    assert {line["Amount"] for line in newest["Line"]} == {abs(Decimal(amount))}
    assert "Old one" not in books.balances()
    assert books.balances()["Opening Balance Equity"] == equity + shown
    again = twin.update("Account", {**gone, "Active": True})
    assert (again["Name"], again["CurrentBalance"]) == ("Old one", 0), "waking it takes nothing back"
    assert twin.count("JournalEntry") == entries + 1
    twin.delete("JournalEntry", newest)
    assert books.get("Account", made["Id"])["CurrentBalance"] == shown
    assert twin.store.out_of_balance() == []


def test_an_empty_account_or_one_of_income_posts_nothing(books: Any) -> None:
    books.made("Invoice", books.sale(books.ann, 10))
    for account in (books.sales, books.card):
        put_to_sleep(books, "Account", account)
    assert books.twin.count("JournalEntry") == 0
    assert books.balances()["Sales (deleted)"] == -10


@pytest.mark.parametrize("shrinkage", [False, True])
def test_stock_of_an_inactive_item_is_adjusted_away(books: Any, shrinkage: bool) -> None:
    twin = books.twin
    target = "Cost of goods"
    if shrinkage:
        target = "Inventory Shrinkage"
        books.made("Account", {"Name": target, "AccountType": "Cost of Goods Sold"})
    gone = put_to_sleep(books, "Item", books.pump)
    assert (gone["Active"], gone["QtyOnHand"], gone["Name"]) == (False, 0, "Pump (deleted)")
    adjustment = twin.query("select * from InventoryAdjustment")["QueryResponse"]["InventoryAdjustment"]
    (line,) = adjustment[0]["Line"]
    assert line["ItemAdjustmentLineDetail"]["QtyDiff"] == -10
    assert books.balances()[target] == 40
    assert "Stock" not in books.balances()
    woken = twin.update("Item", {**gone, "Active": True})
    assert (woken["QtyOnHand"], woken["Name"]) == (0, "Pump")
    twin.delete("InventoryAdjustment", adjustment[0])
    assert books.get("Item", books.pump)["QtyOnHand"] == 10
    assert books.balances()["Stock"] == 40


def test_accounts_that_quickbooks_needs_stay_active(books: Any) -> None:
    books.made("Invoice", books.sale(books.ann, 10))
    for name in ("Accounts Receivable (A/R)", "Opening Balance Equity"):
        account = books.get("Account", books.account(name))
        books.refused("800", books.twin.update, "Account", {**account, "Active": False})


def test_closed_books_hold_the_entry_off(books: Any) -> None:
    made = books.twin.create("Account", {"Name": "Old one", "AccountType": "Bank", "OpeningBalance": 70})
    books.close("2026-12-31")
    books.refused("6200", books.twin.update, "Account", {**books.get("Account", made["Id"]), "Active": False})


def test_opening_balances_are_written_on_create_alone(books: Any) -> None:
    """A naive replay of what was read posts again; an update with the same fields posts nothing."""
    twin = books.twin
    debtor = twin.create("Customer", {"DisplayName": "Old debtor", "Balance": 70, "OpenBalanceDate": "2026-01-01"})
    entries = twin.count("JournalEntry")
    twin.update("Customer", {**debtor, "Balance": 500, "OpenBalanceDate": "2026-01-02", "Notes": "x"})
    assert twin.count("JournalEntry") == entries
    assert books.get("Customer", debtor["Id"])["Balance"] == 70
    read = {k: v for k, v in books.get("Item", books.pump).items() if k not in {"Id", "SyncToken", "MetaData"}}
    equity = books.balances()["Opening Balance Equity"]
    twin.create("Item", {**read, "Name": "Pump again"})
    assert books.balances()["Opening Balance Equity"] == equity - 40
