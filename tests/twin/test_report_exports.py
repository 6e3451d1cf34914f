"""Reports as files of the screens: title, header, rows set in, foot; the figures are those of the report."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.twin.reports.catalogue import REPORTS
from akika_forensics.twin.screens import report_export
from akika_forensics.twin.screens.report_export import Company

from .conftest import Books, ref

AT = "2026-09-05T07:30:59-07:00"
HOSTILE = '=1+1,"x"\ny'


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def made(name: str, columns: list[tuple[str, str]], *found: Any, **header: Any) -> dict[str, Any]:
    return {
        "Header": {"Time": AT, "ReportName": name, "Currency": "USD", **header},
        "Columns": {"Column": [{"ColTitle": title, "ColType": kind} for title, kind in columns]},
        "Rows": {"Row": list(found)},
    }


def cells(*values: str) -> dict[str, Any]:
    return {"ColData": [{"value": value} for value in values]}


def section(header: str, *inner: Any, total: str = "") -> dict[str, Any]:
    return {"Header": cells(header, ""), "Rows": {"Row": list(inner)}, "Summary": cells(f"Total {header}", total)}


COMPANY = Company({"CompanyName": "Acme, Inc.", "Country": "US", "DefaultTimeZone": "America/Los_Angeles"})
STATEMENT = made(
    "ProfitAndLoss",
    [("", "Account"), ("Total", "Money")],
    section("Income", section("Services", cells(HOSTILE, "1234567.50"), total="1234567.50"), total="1234567.50"),
    {"Summary": cells("Net Income", "-0.50")},
    ReportBasis="Cash",
    StartPeriod="2026-01-01",
    EndPeriod="2026-02-28",
)


def test_the_classic_layout() -> None:
    assert rows(report_export.write(STATEMENT, COMPANY)) == [
        ["Acme, Inc."],
        ["Profit and Loss"],
        ["January - February 2026"],
        [],
        ["", "Total"],
        ["Income", ""],
        ["   Services", ""],
        [f"      {HOSTILE}", "1,234,567.50"],
        ["   Total Services", "1,234,567.50"],
        ["Total Income", "1,234,567.50"],
        ["Net Income", "-0.50"],
        [],
        ["Saturday, Sep 05, 2026 07:30:59 AM GMT-7 - Cash Basis"],
    ]


def test_the_modern_layout() -> None:
    found = rows(report_export.write(STATEMENT, COMPANY, "modern"))
    assert found[:2] == [["Profit and Loss"], ["Acme, Inc."]]
    assert found[8:11] == [
        ["   Total for Services", "$1,234,567.50"],
        ["Total for Income", "$1,234,567.50"],
        ["Net Income", "-$0.50"],
    ]
    assert found[-1] == ["Cash basis Saturday, September 5, 2026 07:30 AM GMT-07:00"]


def test_a_report_of_transactions_has_its_sections_in_a_column_of_their_own() -> None:
    columns = [("Date", "Date"), ("Num", "String"), ("Amount", "Money")]
    report = made("GeneralLedger", columns, section("Rent", cells("2026-01-05", "7", "1000.00"), total="1000.00"))
    found = rows(report_export.write(report, COMPANY))
    assert found[2] == ["All Dates"]
    assert found[4:8] == [
        ["", "Date", "Num", "Amount"],
        ["Rent", "", ""],
        ["", "01/05/2026", "7", "1,000.00"],
        ["Total Rent", "", "1000.00"],
    ]
    assert found[-1] == ["Saturday, Sep 05, 2026 07:30:59 AM GMT-7"]
    abroad = Company({"CompanyName": "X", "Country": "GB", "DefaultTimeZone": "Asia/Kolkata"})
    found = rows(report_export.write(report, abroad))
    assert found[6][1] == "05/01/2026"
    assert found[-1] == ["Saturday, Sep 05, 2026 08:00:59 PM GMT+5:30"]


def test_columns_within_a_column_stand_below_its_title(books: Books) -> None:
    books.made("SalesReceipt", books.sale(books.bob, 9000, item=books.pump, qty=3, TxnDate="2026-02-03"))
    report = books.twin.report("ItemSales", start_date="2026-02-01", end_date="2026-02-28")
    found = rows(report_export.write(report, Company(books.get("CompanyInfo", "1"))))
    assert found[4] == ["", "Total", "", "", "", "", "", ""]
    assert found[5][:3] == ["", "Quantity", "Amount"]
    assert found[6][:3] == ["Pump", "3.00", "9,000.00"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"StartPeriod": "2026-03-01", "EndPeriod": "2026-03-31"}, "March 2026"),
        ({"StartPeriod": "2026-01-01", "EndPeriod": "2026-12-31"}, "January - December 2026"),
        ({"StartPeriod": "2026-01-01", "EndPeriod": "2026-11-26"}, "January 1 - November 26, 2026"),
        ({"StartPeriod": "2025-11-01", "EndPeriod": "2026-01-31"}, "November 1, 2025 - January 31, 2026"),
        ({"EndPeriod": "2026-01-31"}, "As of January 31, 2026"),
        ({"Option": [{"Name": "report_date", "Value": "2026-01-31"}]}, "As of January 31, 2026"),
    ],
)
def test_periods_in_words(header: dict[str, Any], said: str) -> None:
    assert rows(report_export.write(made("X", [("", "Account")], **header), COMPANY))[2] == [said]


def test_titles_and_layouts() -> None:
    assert rows(
        report_export.write(
            made("BalanceSheet", [("", "A")], StartPeriod="2026-01-01", EndPeriod="2026-01-31"), COMPANY
        )
    )[1:3] == [["Balance Sheet"], ["As of January 31, 2026"]]
    assert rows(report_export.write(made("SomethingElse", [("", "A")]), COMPANY))[1] == ["Something Else"]
    with pytest.raises(WrongUse, match="no layout"):
        report_export.write(STATEMENT, COMPANY, "fancy")


def test_every_report_is_exported_with_every_figure(books: Books) -> None:
    books.made("Invoice", books.sale(books.ann, "1234.56", TxnDate="2026-02-01"))
    books.made("Bill", {"VendorRef": ref(books.lumber), "Line": [books.spend(78)], "TxnDate": "2026-02-02"})
    books.made("SalesReceipt", books.sale(books.bob, 90, item=books.pump, qty=3, TxnDate="2026-02-03"))
    company = Company(books.get("CompanyInfo", "1"))
    for report in REPORTS.values():
        found = books.twin.report(report.name, start_date="2026-01-01", end_date="2026-12-31")
        table = rows(report_export.write(found, company))
        shown = sorted(number for row in table[5:-1] for cell in row for number in _numbers(cell))
        assert shown == sorted(_figures(found["Rows"]))
        assert shown, report.name


def _numbers(cell: str) -> list[Decimal]:
    try:
        return [Decimal(cell.replace(",", ""))] if cell.strip() else []
    except ArithmeticError:
        return []


def _figures(rows_: Any) -> list[Decimal]:
    found: list[Decimal] = []
    for row in rows_.get("Row", []):
        for part in (row, row.get("Header", {}), row.get("Summary", {})):
            found += [number for cell in part.get("ColData", []) for number in _numbers(str(cell.get("value") or ""))]
        found += _figures(row.get("Rows", {}))
    return found


def test_exports_are_files_at_the_twins_own_door(company: Any) -> None:
    books: Books = company.books
    books.made("Invoice", books.sale(books.ann, 30))
    answer = company.http.get(
        "/twin/exports/ProfitAndLoss.csv", params={"date_macro": "This Fiscal Year", "layout": "modern"}
    )
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert ["Total for Income", "$30.00"] in rows(answer.content)
    for name, wrong in (
        ("ProfitAndLoss", {}),
        ("Ghost.csv", {}),
        ("TrialBalance.csv", {"color": "red"}),
        ("TrialBalance.csv", {"layout": "x"}),
    ):
        assert company.http.get(f"/twin/exports/{name}", params=wrong).status_code == 400
