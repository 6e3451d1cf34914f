"""QuickBooks' trial balance is read as it comes, and refused where it does not say what it seems to."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.books import Ledger, TrialBalance, read_trial_balance, shown, tie
from akika_forensics.errors import Fault, Found
from akika_forensics.model.record import Record

Cell = dict[str, Any]
HEADER = {
    "ReportName": "TrialBalance",
    "ReportBasis": "Accrual",
    "StartPeriod": "2026-01-01",
    "EndPeriod": "2026-11-23",
    "Currency": "USD",
    "Option": [{"Name": "NoReportData", "Value": "false"}],
}
TITLES = [
    {"ColType": "Account", "ColTitle": ""},
    {"ColType": "Money", "ColTitle": "Debit"},
    {"ColType": "Money", "ColTitle": "Credit"},
]


def row(name: str, debit: str, credit: str, account: str | None = None) -> Cell:
    first: Cell = {"value": name} | ({"id": account} if account else {})
    return {"ColData": [first, {"value": debit}, {"value": credit}]}


TOTAL = {"group": "GrandTotal", "type": "Section", "Summary": row("TOTAL", "5", "5")}


def report(*rows: Any, header: Cell = HEADER, columns: Any = TITLES) -> bytes:
    return json.dumps({"Header": header, "Columns": {"Column": columns}, "Rows": {"Row": list(rows)}}).encode()


def test_rows_by_account_id() -> None:
    found = read_trial_balance(
        report(
            row("Checking", "1,201.5", "", "35"),
            row("Fuel (deleted)", "", "225.0", "56"),
            row("Old", "", "", "9"),
            TOTAL,
        )
    )
    assert found == TrialBalance(
        report="TrialBalance",
        basis="Accrual",
        start=date(2026, 1, 1),
        end=date(2026, 11, 23),
        lines={"35": ("Checking", Decimal("1201.5")), "56": ("Fuel", Decimal(-225))},
        currency="USD",
    )
    assert found.difference == Decimal("976.5")
    assert found.period == "2026-01-01/2026-11-23"


def test_columns_are_found_by_key_wherever_they_stand() -> None:
    columns = [
        {"ColTitle": "Haben", "MetaData": [{"Name": "ColKey", "Value": "credit"}]},
        {"ColTitle": "Konto", "MetaData": [{"Name": "ColKey", "Value": "account_name"}]},
        {"ColTitle": "Soll", "MetaData": [{"Name": "ColKey", "Value": "debit"}]},
    ]
    cells = [{"value": ""}, {"value": "Checking", "id": "35"}, {"value": "7.00"}]
    assert read_trial_balance(report({"ColData": cells}, columns=columns)).lines == {
        "35": ("Checking", Decimal("7.00"))
    }


def test_sections_are_opened_and_their_sums_left_out() -> None:
    section = {
        "type": "Section",
        "Header": row("Truck", "10", "", "37"),
        "Rows": {"Row": [row("Truck:Original Cost", "5", "", "38")]},
        "Summary": row("Total Truck", "15", ""),
    }
    assert read_trial_balance(report(section, TOTAL)).lines == {
        "37": ("Truck", Decimal(10)),
        "38": ("Truck:Original Cost", Decimal(5)),
    }


def test_lower_case_envelope() -> None:
    text = report(row("Checking", "7", "", "35"))
    for name in ("Header", "Columns", "Rows"):
        text = text.replace(f'"{name}"'.encode(), f'"{name.lower()}"'.encode())
    assert read_trial_balance(text).lines == {"35": ("Checking", Decimal(7))}


def test_one_signed_amount_column() -> None:
    columns = [{"ColTitle": "", "ColType": "Account"}, {"ColTitle": "Total", "ColType": "Money"}]
    cells = {"ColData": [{"value": "Checking", "id": "35"}, {"value": "-7"}]}
    assert read_trial_balance(report(cells, columns=columns)).lines == {"35": ("Checking", Decimal(-7))}


@pytest.mark.parametrize(
    "empty",
    [
        {"Header": {**HEADER, "Option": [{"Name": "NoReportData", "Value": "true"}]}, "Rows": {}},
        {"Header": HEADER, "Rows": {}},
        {"Header": HEADER, "Columns": {"Column": TITLES}, "Rows": {"Row": []}},
        {"Header": HEADER},
    ],
)
def test_an_empty_report_has_no_lines(empty: Cell) -> None:
    assert read_trial_balance(json.dumps(empty).encode()).lines == {}


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        report(
            row("Checking", "7", "", "35"),
            {"ColData": [{"value": "Unable to display more data. Please reduce the date range."}]},
        ),
        report({"Summary": {"ColData": [{"value": "Unable to display more data. Please reduce the date range."}]}}),
        report(row("Checking", "seven", "", "35")),
        report(row("Checking", "NaN", "", "35")),
        report(row("Checking", "7", "", "35"), columns=[]),
        report(row("Checking", "7", "", "35"), columns=[*TITLES, *TITLES[1:]]),
    ],
)
def test_a_report_that_does_not_say_all_is_refused(bad: bytes) -> None:
    with pytest.raises(Found) as caught:
        read_trial_balance(bad)
    assert caught.value.what
    assert caught.value.do


def test_a_fault_keeps_quickbooks_own_words() -> None:
    body = {
        "Fault": {
            "Error": [{"Message": "Denied", "Detail": "No", "code": "5020", "element": ""}],
            "type": "ValidationFault",
        }
    }
    with pytest.raises(Fault) as caught:
        read_trial_balance(json.dumps(body).encode())
    assert caught.value.fault_codes == {"5020"}


def test_every_account_is_compared(lists: list[Record], make: Callable[..., Record]) -> None:
    lines = [
        {
            "Amount": value,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
        }
        for side, value, account in (("Debit", 50, "35"), ("Credit", 30, "34"), ("Credit", 20, "4"))
    ]
    ledger = Ledger.of([*lists, make("JournalEntry", 1, TxnDate="2026-02-01", Line=lines)])
    control = report(
        row("Checking", "50.00", "", "35"),
        row("Opening Balance Equity", "", "30.00"),
        row("Undeposited Funds", "", "20.01", "4"),
        row("Not ours", "0.01", "", "999"),
    )
    found = shown(tie(ledger, {"TrialBalance/Accrual/2026-11-23": control}))
    assert [(one.account, one.account_name, one.ours, one.theirs, one.residual) for one in found] == [
        ("4", "Undeposited Funds", -20, Decimal("-20.01"), Decimal("0.01")),
        ("34", "Opening Balance Equity", -30, -30, 0),
        ("35", "Checking", 50, 50, 0),
        ("999", "Not ours", 0, Decimal("0.01"), Decimal("-0.01")),
    ]
    assert {(one.report, one.basis, one.period) for one in found} == {("TrialBalance", "Accrual", "2026-11-23")}


def test_a_report_without_its_day_is_compared_with_nothing(lists: list[Record]) -> None:
    control = report(row("Checking", "7", "", "35"), header={**HEADER, "EndPeriod": ""})
    tied = tie(Ledger.of(lists), {"TrialBalance/Accrual/2026-11-23": control})
    assert tied.lines.is_empty()
    assert [one.code for one in tied.findings] == ["control_found"]
