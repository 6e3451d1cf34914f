"""Opening balances: a create posts them, and a backup replayed as it was read posts them once more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.twin.conftest import Body, Books, ref

EQUITY = "Opening Balance Equity"
DAY = "2026-02-03"


def rest(books: Books) -> dict[str, Decimal]:
    """The trial balance without the ten pumps at 4 that every company here begins with."""
    found = books.balances()
    found["Stock"] = found.get("Stock", Decimal(0)) - 40
    found[EQUITY] += 40
    return {name: value for name, value in found.items() if value}


def only(books: Books, entity: str) -> Body:
    (row,) = books.twin.query(f"select * from {entity}")["QueryResponse"][entity]
    return dict(row)


@pytest.mark.parametrize(
    ("entity", "control", "amount"),
    [("Customer", "Accounts Receivable (A/R)", 70), ("Vendor", "Accounts Payable (A/P)", -70)],
)
def test_a_name_that_opens_with_a_balance(books: Books, entity: str, control: str, amount: int) -> None:
    made = books.twin.create(entity, {"DisplayName": "Old", "Balance": 70, "OpenBalanceDate": DAY})
    assert rest(books) == {control: amount, EQUITY: -amount}
    assert books.get(entity, made["Id"])["Balance"] == 70
    journal = only(books, "JournalEntry")
    assert (journal["TxnDate"], journal["PrivateNote"]) == (DAY, "Opening Balance")
    named = journal["Line"][0]["JournalEntryLineDetail"]["Entity"]
    assert (named["Type"], named["EntityRef"]["value"]) == (entity, made["Id"])
    assert "OpenBalanceDate" not in books.get(entity, made["Id"])


@pytest.mark.parametrize(
    ("kind", "by", "amount"),
    [
        ("Bank", "Deposit", 70),
        ("Fixed Asset", "JournalEntry", 70),
        ("Credit Card", "JournalEntry", -70),
        ("Long Term Liability", "JournalEntry", -70),
        ("Equity", "JournalEntry", -70),
    ],
)
def test_an_account_that_opens_with_a_balance(books: Books, kind: str, by: str, amount: int) -> None:
    opening = {"Name": "Old", "AccountType": kind, "OpeningBalance": 70, "OpeningBalanceDate": DAY}
    made = books.twin.create("Account", opening)
    assert rest(books) == {"Old": amount, EQUITY: -amount}
    assert books.get("Account", made["Id"])["CurrentBalance"] == amount
    assert only(books, by)["TxnDate"] == DAY


def test_income_and_expense_open_with_nothing(books: Books) -> None:
    books.twin.create("Account", {"Name": "Fees", "AccountType": "Income", "OpeningBalance": 70})
    assert rest(books) == {}


def test_an_item_that_opens_with_stock_can_be_sold_from_its_first_day(books: Books) -> None:
    accounts = {"IncomeAccountRef": books.sales, "ExpenseAccountRef": books.cogs, "AssetAccountRef": books.stock}
    item: dict[str, Any] = {"Name": "Hose", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 6}
    item |= {"InvStartDate": DAY, "PurchaseCost": Decimal("2.50"), **{name: ref(one) for name, one in accounts.items()}}
    made = books.twin.create("Item", item)
    assert (made["QtyOnHand"], rest(books)) == (6, {"Stock": 15, EQUITY: -15})
    assert books.twin.count("JournalEntry") == books.twin.count("InventoryAdjustment") == 0
    sale = books.sale(books.ann, 10, item=made["Id"], qty=2)
    assert books.refused("6270", books.twin.create, "Invoice", {**sale, "TxnDate": "2026-02-02"})
    books.twin.create("Invoice", {**sale, "TxnDate": DAY})
    assert rest(books)["Cost of goods"] == 5


def test_a_backup_replayed_as_it_was_read_opens_everything_again(books: Books) -> None:
    """What the program must not do: the balance of a customer who has paid nothing is owed twice."""
    first = books.twin.create("Customer", {"DisplayName": "Old", "Balance": 70, "OpenBalanceDate": DAY})
    books.twin.create("Invoice", books.sale(first["Id"], 30))
    read = books.get("Customer", first["Id"])
    assert read["Balance"] == 100
    again = books.twin.create("Customer", {**read, "Id": None, "DisplayName": "Old again"})
    assert books.get("Customer", again["Id"])["Balance"] == 100
    assert rest(books)["Accounts Receivable (A/R)"] == 200
    assert books.twin.count("JournalEntry") == 2
