"""A report of too many cells ends with a row that says so, as a good answer: nothing after it, no total it cuts off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin import Twin
from akika_forensics.twin.reports import request as requests
from akika_forensics.twin.reports import sheet
from akika_forensics.twin.reports.report import Report
from tests.twin.conftest import Books
from tests.twin.served_scene import Company

type Row = dict[str, Any]


def cells(rows: list[Row]) -> Iterator[list[str]]:
    """What a reader sees from top to bottom."""
    for row in rows:
        for part in ("Header", "ColData", "Rows", "Summary"):
            if part == "Rows":
                yield from cells(row.get("Rows", {}).get("Row", []))
            elif part in row:
                found = row[part] if part == "ColData" else row[part]["ColData"]
                yield [cell["value"] for cell in found]


def data(name: str, columns: int) -> Row:
    return {"ColData": [{"value": name}] * columns, "type": "Data"}


def ledger(accounts: int, lines: int, columns: int) -> Row:
    """A report like a general ledger: a section for each account, a line for each posting."""
    rows = [
        {
            "Header": {"ColData": [{"value": f"account {one}"}] * columns},
            "Rows": {"Row": [data(f"{one}.{line}", columns) for line in range(lines)]},
            "Summary": {"ColData": [{"value": f"total {one}"}] * columns},
            "type": "Section",
        }
        for one in range(accounts)
    ]
    return {"Columns": {"Column": [{}] * columns}, "Rows": {"Row": rows}}


def test_a_long_report_is_cut_at_400_000_cells() -> None:
    whole = ledger(7, 9_998, 5)
    assert sheet.limited(whole) == {**whole, "Rows": {"Row": whole["Rows"]["Row"]}}
    longer = ledger(9, 9_998, 5)
    shown = list(cells(sheet.limited(longer)["Rows"]["Row"]))
    assert len(shown) * 5 == sheet.MOST_CELLS + 5
    assert shown[:-1] == list(cells(longer["Rows"]["Row"]))[: len(shown) - 1]
    assert shown[-1] == [sheet.UNABLE, "", "", "", ""]


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(0, 40))
def test_what_is_shown_is_the_beginning_and_is_as_long_as_it_may_be(
    accounts: int, lines: int, columns: int, most: int
) -> None:
    report = ledger(accounts, lines, columns)
    whole = list(cells(report["Rows"]["Row"]))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sheet, "MOST_CELLS", most)
        cut = sheet.limited(report)
        shown = list(cells(cut["Rows"]["Row"]))
        assert sheet.limited(cut) == cut
    if len(whole) * columns <= most:
        assert shown == whole
    else:
        assert shown == [*whole[: most // columns], [sheet.UNABLE, *[""] * (columns - 1)]]


@pytest.mark.parametrize("name", ["ProfitAndLoss", "BalanceSheet", "CashFlow"])
def test_a_wide_statement_is_partial_and_no_error(company: Company, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    books = company.books
    books.made("Invoice", books.sale(books.ann, 10, TxnDate="2026-01-05"))
    ask = {"start_date": "2024-01-01", "end_date": "2026-03-01", "summarize_column_by": "Days"}
    whole = company.get(f"reports/{name}", **ask).json()
    columns = len(whole["Columns"]["Column"])
    monkeypatch.setattr(sheet, "MOST_CELLS", 3 * columns + 1)
    answer = company.get(f"reports/{name}", **ask)
    assert answer.status_code == 200
    shown = list(cells(answer.json()["Rows"]["Row"]))
    assert shown[:3] == list(cells(whole["Rows"]["Row"]))[:3]
    assert [row[0] for row in shown[3:]] == [sheet.UNABLE]
    assert answer.json()["Header"]["Option"][-1] == {"Name": "NoReportData", "Value": "false"}


def test_ten_years_by_day_are_more_than_a_report_may_have() -> None:
    twin = Twin()
    with twin.bulk() as bulk:
        for one in range(130):
            bulk.add(
                "Account", json.dumps({"Id": str(one), "Name": f"Cost {one:03}", "AccountType": "Expense"}).encode()
            )
        lines = [
            {
                "Amount": 1,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": str(one)}},
            }
            for one in range(130)
            for side in ("Debit", "Credit")
        ]
        bulk.add("JournalEntry", json.dumps({"Id": "1", "TxnDate": "2020-02-29", "Line": lines}).encode())
    period = {"start_date": "2016-01-01", "end_date": "2025-12-31"}
    by_year = list(cells(twin.report("ProfitAndLoss", **period, summarize_column_by="Year")["Rows"]["Row"]))
    report = twin.report("ProfitAndLoss", **period, summarize_column_by="Days")
    columns = len(report["Columns"]["Column"])
    assert columns == 3653 + 2
    shown = list(cells(report["Rows"]["Row"]))
    assert len(shown) == sheet.MOST_CELLS // columns + 1
    assert [row[0] for row in shown[:-1]] == [row[0] for row in by_year][: len(shown) - 1]
    assert shown[-1][0] == sheet.UNABLE
    assert "Total Expenses" not in {row[0] for row in shown}
    twin.close()


def test_every_report_is_cut_in_one_place(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ledger(2, 3, 2)
    monkeypatch.setitem(requests.REPORTS, "long", Report("Long", lambda *_: (found, True)))
    monkeypatch.setattr(sheet, "MOST_CELLS", 4)
    assert list(cells(books.twin.report("Long")["Rows"]["Row"])) == [
        ["account 0", "account 0"],
        ["0.0", "0.0"],
        [sheet.UNABLE, ""],
    ]
