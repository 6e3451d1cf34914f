"""How whole a set of records is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from akika_forensics.changes import completeness
from akika_forensics.model.placeholder import PLACEHOLDER
from akika_forensics.model.record import Record, RecordKey

Make = Callable[..., Record]


def company(make: Make) -> list[Record]:
    sides = [("Debit", "35"), ("Credit", "34")]
    lines = [
        {
            "Amount": 50,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
        }
        for side, account in sides
    ]
    return [
        make("Account", "35", Name="Checking", FullyQualifiedName="Checking", AccountType="Bank"),
        make("Account", "34", Name="Equity", FullyQualifiedName="Equity", AccountType="Equity"),
        make("JournalEntry", "1", TxnDate="2026-02-01", Line=lines),
    ]


def control(checking: str = "50.00", basis: str = "Accrual") -> bytes:
    titles = [{"ColType": "Account", "ColTitle": ""}, {"ColTitle": "Debit"}, {"ColTitle": "Credit"}]
    rows = [
        {"ColData": [{"value": "Checking", "id": "35"}, {"value": checking}, {"value": ""}]},
        {"ColData": [{"value": "Equity", "id": "34"}, {"value": ""}, {"value": "50.00"}]},
    ]
    header = {"ReportName": "TrialBalance", "ReportBasis": basis, "EndPeriod": "2026-11-23"}
    return json.dumps({"Header": header, "Columns": {"Column": titles}, "Rows": {"Row": rows}}).encode()


NAME = "TrialBalance/Accrual/2026-11-23"


def codes(found: Any) -> list[str]:
    return [one.code for one in found.findings]


def test_whole_books_are_complete(make: Make) -> None:
    found = completeness(company(make), {NAME: control()})
    assert found.complete
    assert found.findings == ()
    assert [(one.account, one.residual) for one in found.tie_out] == [("34", 0), ("35", 0)]


def test_a_residual_is_shown_with_all_other_lines(make: Make) -> None:
    found = completeness(company(make), {NAME: control("50.01")})
    assert not found.complete
    assert [str(one.residual) for one in found.tie_out] == ["0.00", "-0.01"]
    assert codes(found) == ["control_unbalanced", "residual"]
    assert "Checking" in found.findings[1].what


def test_without_a_control_books_are_not_whole(make: Make) -> None:
    assert codes(completeness(company(make), {})) == ["no_control"]
    assert codes(completeness(company(make), {"AgedReceivables/2026": b""})) == ["control_found", "no_control"]


def test_a_control_that_cannot_be_read_is_named(make: Make) -> None:
    found = completeness(company(make), {NAME: b"<html>"})
    assert codes(found) == ["control_found", "no_control"]
    assert NAME in found.findings[0].what


def test_a_report_on_the_cash_basis_is_compared_too(make: Make) -> None:
    cash = "TrialBalance/Cash/2026-11-23"
    found = completeness(company(make), {NAME: control(), cash: control(basis="Cash")})
    assert found.complete
    assert [(one.report, one.basis, one.compared, one.differing) for one in found.reports] == [
        ("TrialBalance", "Accrual", 2, 0),
        ("TrialBalance", "Cash", 2, 0),
    ]
    assert not completeness(company(make), {NAME: control(), cash: control("49.00", "Cash")}).complete


def test_the_columns_of_a_trial_balance_may_stand_anywhere(make: Make) -> None:
    report = json.loads(control())
    report["Columns"]["Column"].reverse()
    for row in report["Rows"]["Row"]:
        row["ColData"].reverse()
    assert completeness(company(make), {NAME: json.dumps(report).encode()}).complete


def test_each_missing_record_is_named_with_who_cites_it(make: Make) -> None:
    cited = {"CustomerRef": {"value": "7", "name": "Amy"}}
    rows = [*company(make), *(make("Estimate", str(number), **cited) for number in range(7))]
    found = completeness(rows, {NAME: control()})
    (finding,) = found.findings
    assert finding.key == RecordKey("Customer", "7")
    assert "(Amy)" in finding.what
    assert "Estimate:0 (CustomerRef)" in finding.what
    assert finding.what.endswith("and 2 more.")
    assert not found.complete


def test_what_only_the_server_cites_is_a_note(make: Make) -> None:
    rows = [*company(make), make("Estimate", "5", RecurDataRef={"value": "3"})]
    found = completeness(rows, {NAME: control()})
    assert [(one.code, one.severity) for one in found.findings] == [("dangling_reference", "note")]
    assert found.complete


def test_a_mirrored_link_without_its_other_side_is_a_problem(make: Make) -> None:
    rows = [*company(make), make("Estimate", "5", LinkedTxn=[{"TxnType": "Invoice", "TxnId": "6"}])]
    assert not completeness(rows, {NAME: control()}).complete


def test_each_placeholder_is_listed_with_who_cites_it(make: Make) -> None:
    rows = [
        *company(make),
        make("Vendor", "3", DisplayName="Tim", Notes=f"{PLACEHOLDER} cited by Bill 4"),
        make("PurchaseOrder", "4", VendorRef={"value": "3"}),
        make("Vendor", "5", DisplayName="Tom", Notes=PLACEHOLDER),
    ]
    found = completeness(rows, {NAME: control()})
    assert [(one.code, str(one.key)) for one in found.findings] == [
        ("placeholder", "Vendor:3"),
        ("placeholder", "Vendor:5"),
    ]
    assert "PurchaseOrder:4" in found.findings[0].what
    assert not found.complete


def test_unposted_documents_are_listed(make: Make) -> None:
    found = completeness([*company(make), make("Bill", "2", TxnDate="?", TotalAmt=1)], {NAME: control()})
    assert [(one.code, str(one.key)) for one in found.findings] == [("not_posted", "Bill:2")]


def test_names_that_occur_twice_are_notes(make: Make) -> None:
    rows = [
        *company(make),
        make("Customer", "1", DisplayName="Amy  Lee"),
        make("Vendor", "2", DisplayName="amy lee"),
        make("Item", "1", FullyQualifiedName="Amy Lee"),
    ]
    found = completeness(rows, {NAME: control()})
    (finding,) = found.findings
    assert finding.code == "duplicate_name"
    assert "Customer:1, Vendor:2" in finding.what
    assert found.complete


def test_what_the_capture_found_comes_first(make: Make) -> None:
    said = [
        {"code": "counts_differ", "what": "One invoice fewer than counted.", "record": "Invoice:3"},
        {"code": "slow", "what": "It took long.", "severity": "note", "record": "nonsense"},
    ]
    found = completeness(company(make), {NAME: control()}, said)
    assert [(one.code, one.key, one.severity) for one in found.findings] == [
        ("counts_differ", RecordKey("Invoice", "3"), "problem"),
        ("slow", None, "note"),
    ]
    assert not found.complete


def test_nothing_captured_raises() -> None:
    rows = [
        Record(RecordKey("Invoice", "1"), b"{"),
        Record(RecordKey("Novelty", "1"), b"[]"),
        Record(RecordKey("Customer", "1"), b"x"),
    ]
    found = completeness(rows, {NAME: b""})
    assert not found.complete
    assert RecordKey("Invoice", "1") in {one.key for one in found.findings}
