"""AccountList: the chart of accounts, its columns, what it can be kept to and how it is sorted."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.people.trail import User
from tests.twin.conftest import Books, ref


def rows(books: Books, **asked: str) -> list[list[str]]:
    report = books.twin.report("AccountList", **asked)
    return [[cell["value"] for cell in row["ColData"]] for row in report["Rows"].get("Row", [])]


def test_it_has_the_documented_form(books: Books) -> None:
    books.made("SalesReceipt", books.sale(books.ann, "0.50", DepositToAccountRef=ref(books.checking)))
    report = books.twin.report("AccountList")
    assert list(report["Header"]) == ["Time", "ReportName", "Currency", "Option"]
    assert report["Header"]["Option"] == [{"Name": "NoReportData", "Value": "false"}]
    assert [(one["ColTitle"], one["MetaData"][0]["Value"]) for one in report["Columns"]["Column"]] == [
        ("Account", "account_name"),
        ("Type", "account_type"),
        ("Detail type", "detail_acc_type"),
        ("Description", "account_desc"),
        ("Balance", "account_bal"),
    ]
    assert report["Rows"]["Row"][0] == {
        "ColData": [
            {"value": "Checking", "id": books.checking},
            {"value": "Bank"},
            {"value": "Checking"},
            {"value": ""},
            {"value": "0.50"},
        ],
        "type": "Data",
    }


def test_accounts_come_by_type_and_by_their_full_names(books: Books) -> None:
    books.made("Account", {"Name": "Ponds", "AccountType": "Income", "ParentRef": ref(books.sales)})
    books.made("Account", {"Name": "Petty", "AccountType": "Bank"})
    shown = [(row[0], row[1], row[2], row[4]) for row in rows(books)]
    assert shown == [
        ("Checking", "Bank", "Checking", "0.00"),
        ("Petty", "Bank", "Checking", "0.00"),
        ("Stock", "Other Current Assets", "Inventory", "40.00"),
        ("Card", "Credit Card", "Credit Card", "0.00"),
        ("Opening Balance Equity", "Equity", "Opening Balance Equity", "40.00"),
        ("Sales", "Income", "Sales of Product Income", ""),
        ("Sales:Ponds", "Income", "Sales of Product Income", ""),
        ("Cost of goods", "Cost of Goods Sold", "Supplies Materials Cogs", ""),
        ("Rent", "Expenses", "Rent or Lease of Buildings", ""),
        ("Shrinkage", "Expenses", "Supplies Materials", ""),
    ]


def test_a_debt_is_positive(books: Books) -> None:
    spent = {"PaymentType": "CreditCard", "AccountRef": ref(books.card), "Line": [books.spend(7)]}
    books.made("Purchase", spent)
    assert [row[-1] for row in rows(books, account_type="CreditCard")] == ["7.00"]


def test_it_can_be_kept_to_types_and_to_the_deleted(books: Books) -> None:
    assert [row[0] for row in rows(books, account_type="Income,CostOfGoodsSold")] == ["Sales", "Cost of goods"]
    books.twin.update("Account", {**books.get("Account", books.rent), "Active": False})
    assert "Rent" not in {row[0] for row in rows(books)}
    assert [row[0] for row in rows(books, account_status="Deleted")] == ["Rent (deleted)"]
    report = books.twin.report("AccountList", account_type="FixedAsset")
    assert (report["Rows"], report["Header"]["Option"][0]["Value"]) == ({}, "true")


def test_it_tells_who_made_and_changed_an_account(books: Books) -> None:
    twin = books.twin
    twin.store.trail.put_user(User("1000000000000002", "Ruth Oak", "ruth@example.com", "standard"))
    with twin.acting(Actor("1000000000000002", "Ruth Oak", "person")):
        books.made("Account", {"Name": "Petty", "AccountType": "Bank"})
    keys = "create_by,last_mod_by,account_name,create_date"
    (found,) = [row for row in rows(books, columns=keys, account_type="Bank") if row[0] == "Petty"]
    assert found[2:] == ["Ruth Oak", "Ruth Oak"]
    assert found[1].endswith("-0800")


def test_it_can_be_sorted(books: Books) -> None:
    names = [row[0] for row in rows(books, sort_by="account_name")]
    assert names == sorted(names, key=str.casefold)
    assert [row[0] for row in rows(books, sort_by="account_name", sort_order="descend")] == names[::-1]
    sums = [Decimal(row[-1] or 0) for row in rows(books, sort_by="account_bal")]
    assert sums == sorted(sums)


def test_it_can_be_kept_to_days(books: Books) -> None:
    today = "2026-03-02"
    books.clock.now += timedelta(days=3)
    books.made("Account", {"Name": "Petty", "AccountType": "Bank"})
    assert [row[0] for row in rows(books, start_createdate="2026-03-03")] == ["Petty"]
    assert "Petty" not in {row[0] for row in rows(books, end_createdate=today)}
    assert [row[0] for row in rows(books, moddate_macro="Today")] == ["Petty"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"account_type": "Moon"}, "2170"),
        ({"account_status": "Gone"}, "2170"),
        ({"sort_order": "sideways"}, "2170"),
        ({"start_createdate": "soon"}, "2060"),
        ({"createdate_macro": "soon"}, "2170"),
    ],
)
def test_what_is_no_value_is_refused(books: Books, asked: dict[str, Any], code: str) -> None:
    books.refused(code, books.twin.report, "AccountList", **asked)


def test_types_can_be_as_in_records(books: Books) -> None:
    books.twin.believe(books.twin.beliefs.but(account_list_words="as_in_records"))
    assert rows(books, account_type="Expense")[0][1:3] == ["Expense", "RentOrLeaseOfBuildings"]
