"""The TrialBalance report: its form, its periods, retained earnings, refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest


def test_the_form_is_the_recorded_one(books: Any) -> None:
    books.twin.create("Invoice", books.sale(books.ann, Decimal("1234.5"), TxnDate="2026-01-15"))
    report = books.twin.report("TrialBalance", start_date="2026-01-01", end_date="2026-01-31")
    header = report["Header"]
    assert {name: header[name] for name in ("ReportName", "ReportBasis", "StartPeriod", "EndPeriod", "Currency")} == {
        "ReportName": "TrialBalance",
        "ReportBasis": "Accrual",
        "StartPeriod": "2026-01-01",
        "EndPeriod": "2026-01-31",
        "Currency": "USD",
    }
    assert header["Option"] == [{"Name": "NoReportData", "Value": "false"}]
    assert [column["ColTitle"] for column in report["Columns"]["Column"]] == ["", "Debit", "Credit"]
    *lines, total = report["Rows"]["Row"]
    receivable = books.account("Accounts Receivable (A/R)")
    assert lines[0]["ColData"] == [
        {"value": "Accounts Receivable (A/R)", "id": receivable},
        {"value": "1234.50"},
        {"value": ""},
    ]
    assert total["group"] == "GrandTotal"
    assert [cell["value"] for cell in total["Summary"]["ColData"]] == ["TOTAL", "1274.50", "1274.50"]


def test_an_empty_period_has_no_rows(books: Any) -> None:
    report = books.twin.report("TrialBalance", start_date="2025-01-01", end_date="2025-06-30")
    assert report["Rows"] == {}
    assert report["Header"]["Option"][0]["Value"] == "true"


def test_the_year_starts_anew_and_earlier_results_are_retained(books: Any) -> None:
    twin = books.twin
    books.made("Account", {"Name": "Retained Earnings", "AccountType": "Equity", "AccountSubType": "RetainedEarnings"})
    twin.create("Invoice", books.sale(books.ann, 100, TxnDate="2025-12-31"))
    twin.create("Invoice", books.sale(books.ann, 30, TxnDate="2026-01-01"))
    assert books.balances(end_date="2025-12-31")["Sales"] == -100
    after = books.balances(end_date="2026-01-31")
    assert (after["Sales"], after["Retained Earnings"], after["Accounts Receivable (A/R)"]) == (-30, -100, 130)
    info = books.get("CompanyInfo", "1")
    twin.update("CompanyInfo", {**info, "sparse": True, "FiscalYearStartMonth": "July"})
    assert books.balances(end_date="2026-01-31")["Sales"] == -130
    assert books.balances(end_date="2026-07-01")["Retained Earnings"] == -130


def test_inactive_accounts_stay_with_their_mark(books: Any) -> None:
    twin = books.twin
    bill = {"VendorRef": {"value": books.power}, "Line": [books.spend(10)]}
    twin.create("Bill", bill)
    twin.update("Account", {**books.get("Account", books.rent), "Active": False})
    assert books.balances()["Rent (deleted)"] == 10


@pytest.mark.parametrize(
    ("macro", "start", "end"),
    [
        ("Last Month", "2026-02-01", "2026-02-28"),
        ("this fiscal year-to-date", "2026-01-01", "2026-03-02"),
        ("This Fiscal Quarter", "2026-01-01", "2026-03-31"),
        ("Last Fiscal Quarter", "2025-10-01", "2025-12-31"),
        ("This Week", "2026-03-01", "2026-03-07"),
        ("Last Calendar Year", "2025-01-01", "2025-12-31"),
        ("Yesterday", "2026-03-01", "2026-03-01"),
    ],
)
def test_periods_by_name(books: Any, macro: str, start: str, end: str) -> None:
    header = books.twin.report("TrialBalance", date_macro=macro)["Header"]
    assert (header["StartPeriod"], header["EndPeriod"]) == (start, end)


def test_what_it_cannot_do_it_says(books: Any) -> None:
    report = books.twin.report
    books.refused("2170", report, "TrialBalance", accounting_method="Barter")
    books.refused("2170", report, "TrialBalance", date_macro="Some day")
    books.refused("2060", report, "TrialBalance", end_date="31.12.2026")
    books.refused("500", report, "Shoes")
