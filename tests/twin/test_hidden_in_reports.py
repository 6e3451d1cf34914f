"""Transactions without an entity, and names that were merged, stand in every report like others."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from akika_forensics.twin.reports.catalogue import REPORTS

from .conftest import Books, ref

DATES = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
CASES = [(report.name, basis) for report in REPORTS.values() for basis in report.bases or ("",)]


@pytest.fixture(scope="module")
def lived() -> Books:
    """Payroll, taxes, a revaluation, a reconciliation, and two vendors that became one."""
    books = Books()
    twin, screens = books.twin, books.twin.screens
    worker = books.made("Employee", {"GivenName": "Ed", "FamilyName": "Worker"})
    check = screens.paycheck(worker, books.checking, "2026-02-15", "1000.25", 200, 80, number="2001")
    screens.payroll_tax(books.checking, "2026-03-15", 280, "Treasury")
    screens.payroll_adjustment("2026-03-16", 5)
    screens.revaluation(books.checking, "2026-03-31", 7)
    tax = {"Name": "Tax", "AccountType": "Other Current Liability", "AccountSubType": "SalesTaxPayable"}
    screens.sales_tax_payment(books.checking, books.made("Account", tax), "2026-03-20", 3)
    for vendor in (books.lumber, books.power):
        books.made("Bill", {"VendorRef": ref(vendor), "Line": [books.spend(50)], "TxnDate": "2026-02-03"})
    sold = books.made("Invoice", books.sale(books.ann, 30, TxnDate="2026-02-04"))
    books.made(
        "Payment", {"CustomerRef": ref(books.ann), **books.pays(10, ("Invoice", sold, 10)), "TxnDate": "2026-02-05"}
    )
    screens.merge("Vendor", books.power, books.lumber)
    screens.reconcile(books.checking, "2026-02-28", "-800.25", [(check["entity"], check["id"])])
    assert twin.store.out_of_balance() == []
    return books


@pytest.mark.parametrize(("name", "basis"), CASES)
def test_every_report_can_be_had(lived: Books, name: str, basis: str) -> None:
    asked = {**DATES, "accounting_method": basis} if basis else DATES
    found = lived.twin.report(name, **asked)
    assert found["Header"]["ReportName"] == name
    assert "Power Co" not in json.dumps(found, default=str)


@pytest.mark.parametrize("basis", ["Accrual", "Cash"])
def test_the_books_balance_and_hold_what_is_hidden(lived: Books, basis: str) -> None:
    balances = lived.balances(**DATES, accounting_method=basis)
    assert sum(balances.values()) == 0
    assert balances["Payroll Expenses:Wages"] == Decimal("1000.25")
    assert balances["Payroll Liabilities"] == -5
    assert balances["Checking"] == Decimal("-800.25") - 280 - 3 + 7


@pytest.mark.skipif("generalledger" not in REPORTS, reason="the general ledger is not offered")
def test_lists_name_the_type_and_an_id_that_nobody_can_read(lived: Books) -> None:
    text = json.dumps(lived.twin.report("GeneralLedger", **DATES), default=str)
    for label in ("Payroll Check", "Tax Payment", "Payroll Adjustment", "Sales Tax Payment", "Currency Revaluation"):
        assert label in text
