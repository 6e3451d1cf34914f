"""Every figure of every report, by an implementation of its own: nothing is left over, and what is planted is found where it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from books.companies import Controls, captured
from sample_twin import sample_twin

from akika_forensics.books import Captured, Ledger
from akika_forensics.books.tie_out.tied import Tied, tie
from akika_forensics.books.tie_out.why import DOCUMENTS, UNEXPLAINED
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.twin import Twin, incidents, life

REPORTS = {
    ("TrialBalance", "Accrual"),
    ("TrialBalance", "Cash"),
    ("BalanceSheet", "Accrual"),
    ("BalanceSheet", "Cash"),
    ("ProfitAndLoss", "Accrual"),
    ("ProfitAndLoss", "Cash"),
    ("CashFlow", ""),
    ("AgedReceivables", ""),
    ("AgedPayables", ""),
    ("AgedReceivableDetail", ""),
    ("AgedPayableDetail", ""),
    ("CustomerBalance", ""),
    ("VendorBalance", ""),
    ("InventoryValuationSummary", ""),
    ("TaxSummary", "Accrual"),
    ("TransactionList", ""),
    ("AccountList", ""),
}


def assert_nothing_is_left(tied: Tied) -> None:
    assert tied.residuals.rows() == []
    assert tied.documents.rows() == []
    assert [one for one in tied.findings if one.severity == "problem"] == []


@pytest.fixture(scope="module")
def company() -> Iterator[tuple[list[Record], Controls]]:
    twin = sample_twin()
    yield captured(twin)
    twin.close()


def test_the_sample_company_by_every_report(company: tuple[list[Record], Controls]) -> None:
    tied = tie(Ledger.of(company[0]), company[1], Captured(company[0]))
    assert_nothing_is_left(tied)
    assert set(tied.lines.select("report", "basis").unique().iter_rows()) == REPORTS
    assert tied.lines["theirs"].abs().sum() > 1_000_000
    assert tied.postings > 250
    assert tied.report_only.is_empty()


def of_a_life(seed: int) -> None:
    twin = Twin()
    life.fill(twin, life.Wish(1200 + 40 * (seed % 30), seed, currency=("", "EUR")[seed % 2]))
    records, controls = captured(twin)
    twin.close()
    tied = tie(Ledger.of(records), controls, Captured(records))
    assert_nothing_is_left(tied)
    assert tied.lines.height > 1_000
    assert tied.postings > 1_000


@pytest.mark.parametrize("seed", range(1, 3))
def test_generated_companies_leave_nothing(seed: int) -> None:
    of_a_life(seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3, 203))
def test_two_hundred_generated_companies_leave_nothing(seed: int) -> None:
    of_a_life(seed)


INCIDENTS = sorted(incidents.INCIDENTS.keys() - {"bank-feed"})


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.soak) if at % 5 else name for at, name in enumerate(INCIDENTS)]
)
def test_nothing_is_left_after_each_incident(name: str) -> None:
    """The sample company is at no bank, so its feed cannot be disturbed."""
    twin = sample_twin()
    incidents.run(twin, name)
    records, controls = captured(twin)
    twin.close()
    assert_nothing_is_left(tie(Ledger.of(records), controls, Captured(records)))


def changed(records: list[Record], key: RecordKey, change: Callable[[dict[str, Any]], None]) -> list[Record]:
    body = next(one for one in records if one.key == key).body
    copy = json.loads(json.dumps(body, default=str), parse_float=Decimal)
    change(copy)
    made = Record(key, json.dumps(copy, default=float).encode())
    return [made if one.key == key else one for one in records]


def bill(records: list[Record]) -> Record:
    """One with a line by account, so that no stock hangs on it."""
    return next(
        one
        for one in records
        if one.key.entity == "Bill"
        and [row["DetailType"] for row in one.body["Line"]] == ["AccountBasedExpenseLineDetail"]
    )


def off(tied: Tied) -> set[tuple[str, Decimal]]:
    """Accounts of the trial balances that do not agree on the last day, with what is left."""
    rows = tied.residuals.filter((pl.col("report") == "TrialBalance") & (pl.col("basis") == "Accrual"))
    last = rows.filter(pl.col("end") == rows["end"].max())
    return set(last.select("subject", "residual").iter_rows())


def test_a_wrong_account_is_found_in_its_document(company: tuple[list[Record], Controls]) -> None:
    records, controls = company
    found = bill(records)
    detail = found.body["Line"][0]["AccountBasedExpenseLineDetail"]
    right, amount = detail["AccountRef"]["value"], Decimal(found.body["TotalAmt"])
    wrong = "17" if right != "17" else "13"

    def change(body: dict[str, Any]) -> None:
        body["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"] = {"value": wrong}

    tied = tie(Ledger.of(changed(records, found.key, change)), controls)
    assert off(tied) == {(right, -amount), (wrong, amount)}
    assert [one.key for one in tied.findings if one.code == "postings_differ"] == [found.key]
    assert set(tied.residuals.filter(pl.col("report") == "TrialBalance", pl.col("basis") == "Accrual")["reason"]) == {
        DOCUMENTS
    }
    assert set(tied.documents["account"]) == {right, wrong}


def test_a_changed_amount_is_found_in_its_document(company: tuple[list[Record], Controls]) -> None:
    records, controls = company
    found = bill(records)
    account = found.body["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"]

    def change(body: dict[str, Any]) -> None:
        body["TotalAmt"] = float(body["TotalAmt"]) + 10
        body["Line"][0]["Amount"] = float(body["Line"][0]["Amount"]) + 10

    tied = tie(Ledger.of(changed(records, found.key, change)), controls)
    payable = next(
        one.key.id for one in records if one.key.entity == "Account" and one.body["AccountType"] == "Accounts Payable"
    )
    assert off(tied) == {(account, Decimal(10)), (payable, Decimal(-10))}
    assert [one.key for one in tied.findings if one.code == "postings_differ"] == [found.key]
    owed = tied.residuals.filter(pl.col("report") == "AgedPayables", pl.col("measure") == "owed to vendor")
    assert owed.select("subject", "residual").rows() == [(found.body["VendorRef"]["value"], Decimal(10))]


def test_a_missing_document_is_named(company: tuple[list[Record], Controls]) -> None:
    records, controls = company
    found = bill(records)
    tied = tie(Ledger.of([one for one in records if one.key != found.key]), controls)
    (missing,) = [one for one in tied.findings if one.code == "document_missing"]
    assert missing.key == found.key
    assert "was not captured" in missing.what
    assert {value for _, value in off(tied)} == {Decimal(found.body["TotalAmt"]), -Decimal(found.body["TotalAmt"])}
    assert not [one for one in tied.findings if one.code == "postings_differ"]


@pytest.mark.parametrize("basis", ["Accrual", "Cash"])
def test_a_report_that_is_altered_by_one_is_found_in_that_account(
    company: tuple[list[Record], Controls], basis: str
) -> None:
    records, controls = company
    name = max(one for one in controls if one.startswith(f"TrialBalance/{basis}/"))
    report = json.loads(controls[name])
    row = next(row for row in report["Rows"]["Row"] if row.get("ColData", [{}])[0].get("id") == "35")
    row["ColData"][1]["value"] = f"{Decimal(row['ColData'][1]['value']) + 1:.2f}"
    tied = tie(Ledger.of(records), {**controls, name: json.dumps(report).encode()})
    assert tied.residuals.select("control", "subject", "residual", "reason").rows() == [
        (name, "35", Decimal(-1), UNEXPLAINED)
    ]


@pytest.mark.parametrize(
    "kind", ["BalanceSheet/Accrual", "ProfitAndLoss/Cash", "CashFlow", "AgedReceivables", "InventoryVal"]
)
def test_an_altered_cell_is_found_in_any_report(company: tuple[list[Record], Controls], kind: str) -> None:
    records, controls = company
    name = max(one for one in controls if one.startswith(kind))
    report = json.loads(controls[name])
    cell = next(cells for cells in _cells(report["Rows"]) if cells[0].get("id") and cells[-1]["value"])
    cell[-1]["value"] = f"{Decimal(cell[-1]['value']) + 1:.2f}"
    if kind == "InventoryVal":
        cell[-2]["value"] = f"{Decimal(cell[-2]['value']) + 1:.2f}"
    tied = tie(Ledger.of(records), {**controls, name: json.dumps(report).encode()})
    assert [(control, subject) for control, subject in tied.residuals.select("control", "subject").iter_rows()] == [
        (name, cell[0]["id"])
    ]


@pytest.mark.parametrize("kind", ["ProfitAndLoss/Accrual", "BalanceSheet/Cash", "AgedReceivables", "TrialBalance/Cash"])
def test_a_column_that_was_emptied_is_no_agreement(company: tuple[list[Record], Controls], kind: str) -> None:
    """Where a report shows nothing it says that there is nothing."""
    records, controls = company
    name = max(one for one in controls if one.startswith(kind))
    report = json.loads(controls[name])
    for cells in _cells(report["Rows"]):
        for cell in cells[1:]:
            cell["value"] = ""
    tied = tie(Ledger.of(records), {name: json.dumps(report).encode()})
    assert tied.residuals.height > 5
    assert tied.residuals["theirs"].unique().to_list() == [0]


def _cells(rows: Any) -> Iterator[list[dict[str, Any]]]:
    for row in rows.get("Row", ()):
        if row.get("ColData"):
            yield row["ColData"]
        if "Rows" in row:
            yield from _cells(row["Rows"])


def test_what_only_reports_show_is_named_and_not_absorbed() -> None:
    twin = sample_twin()
    employee = next(key[1] for key in twin.dump() if key[0] == "Employee")
    twin.screens.paycheck(employee, "35", "2026-10-30", 900, withheld=100, employer_taxes=70)
    twin.screens.payroll_tax("35", "2026-11-10", 120, "United States Treasury")
    records, controls = captured(twin)
    twin.close()
    ledger = Ledger.of(records)
    tied = tie(ledger, controls)
    assert_nothing_is_left(tied)
    assert set(tied.report_only["entity"]) == {"Payroll Check", "Tax Payment"}
    assert set(tied.report_only["line"]) == {"report only"}
    assert tied.report_only["amount"].sum() == 0
    assert {one.code for one in tied.findings} == {"report_only"}
    assert not ledger.frame["entity"].is_in(["Payroll Check", "Tax Payment"]).any()
    without = tie(ledger, {name: body for name, body in controls.items() if not name.startswith("GeneralLedger")})
    assert ("35", Decimal(920)) in {(account, value) for account, value in off(without)}


def test_reports_that_cannot_be_read_are_said_and_the_others_are_compared(
    company: tuple[list[Record], Controls],
) -> None:
    records, controls = company
    names = sorted(controls)
    broken = {
        names[0]: b"{",
        names[1]: b'{"Header":{}}',
        "TrialBalance/Accrual/2026-01-31": b'{"Fault":{"Error":[{"code":"5000"}]}}',
    }
    tied = tie(Ledger.of(records), {**controls, **broken})
    assert tied.residuals.is_empty()
    said = [one for one in tied.findings if one.code.startswith("control_")]
    assert len(said) >= 2
    assert all("Traceback" not in one.what for one in said)
