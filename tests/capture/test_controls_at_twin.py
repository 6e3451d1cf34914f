"""Reports of a local company over HTTP: whole, on both bases, with who wrote what; cut off and refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sample_twin import sample_twin

from akika_forensics import capture
from akika_forensics.capture.controls import ControlName
from akika_forensics.changes import completeness
from akika_forensics.model.instants import now
from akika_forensics.model.record import Record
from akika_forensics.quickbooks import Connection, Limits, MemoryTokenStore, Tokens, open_reader
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, serve
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.reports import sheet


def _captured(twin: Twin, writer: Any, **options: Any) -> Any:
    with serve(twin) as server:
        known = server.credentials
        connection = Connection(
            "twin", server.realm_id, server.base_url, server.token_url, known.client_id, Secret(known.client_secret)
        )
        tokens = Tokens(
            Secret(known.access_token),
            Secret(known.refresh_token),
            now() + timedelta(hours=1),
            now() + timedelta(days=9),
        )
        with open_reader(connection, MemoryTokenStore(tokens), limits=Limits().unpaced()) as reader:
            return capture.run(reader, writer, **options)


def _rows(rows: Any) -> Iterator[list[dict[str, str]]]:
    for row in rows.get("Row", []):
        if "ColData" in row:
            yield row["ColData"]
        yield from _rows(row.get("Rows", {}))


def _some(writer: Any, report: str) -> dict[str, Any]:
    found = {name: json.loads(data) for name, data in writer.controls.items()}
    return {name: one for name, one in found.items() if ControlName.of(name).report == report}


def test_the_records_tie_out_at_every_month_end_that_was_captured(twin: Twin, writer: Any) -> None:
    _captured(twin, writer)
    ends = {ControlName.of(name).days for name in writer.controls if name.startswith("TrialBalance/Accrual/")}
    assert len(ends) > 3
    found = completeness((Record(key, data) for key, data in writer.records.items()), writer.controls)
    assert found.complete, found.findings
    assert {line.period.rpartition("/")[2] for line in found.tie_out} == ends


def test_both_bases_are_there_and_differ(twin: Twin, writer: Any) -> None:
    _captured(twin, writer)
    for report in ("TrialBalance", "BalanceSheet", "ProfitAndLoss"):
        days: dict[str, dict[str, Any]] = {"Accrual": {}, "Cash": {}}
        for name, one in _some(writer, report).items():
            said = ControlName.of(name)
            assert one["Header"]["ReportBasis"] == said.basis
            days[said.basis][said.days] = one["Rows"]
        assert days["Accrual"].keys() == days["Cash"].keys()
        assert days["Accrual"] != days["Cash"]


def test_the_lists_name_every_transaction_and_who_wrote_it(twin: Twin, writer: Any) -> None:
    _captured(twin, writer)
    listed: set[str] = set()
    for one in _some(writer, "TransactionList").values():
        keys = [column["MetaData"][0]["Value"] for column in one["Columns"]["Column"]]
        assert {"create_by", "last_mod_by", "create_date", "last_mod_date", "is_cleared"} <= set(keys)
        for cells in _rows(one["Rows"]):
            listed.add(cells[keys.index("txn_type")]["id"])
            assert cells[keys.index("last_mod_by")]["value"]
    for entity in ("Invoice", "Bill", "Payment", "JournalEntry"):
        assert {key.id for key in writer.records if key.entity == entity} <= listed


def test_what_the_service_cuts_off_is_read_in_parts(
    twin: Twin, writer: Any, writers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _captured(twin, writer)
    whole = [cells for one in _some(writer, "TransactionList").values() for cells in _rows(one["Rows"])]
    monkeypatch.setattr(sheet, "MOST_CELLS", 900)
    parts = writers()
    info = _captured(twin, parts)
    assert info["complete"]
    lists = _some(parts, "TransactionList")
    assert len(lists) > len(_some(writer, "TransactionList"))
    found = [cells for one in lists.values() for cells in _rows(one["Rows"])]
    cut = {name for row in info["findings"] if row["code"] == "control_cut" for name in row["records"]}
    assert cut.isdisjoint(lists)
    assert sorted(map(str, found)) == sorted(map(str, whole))
    kept = sorted(ControlName.of(name).days for name in lists)
    assert len(kept) == len(set(kept))


def test_a_report_that_the_company_does_not_have_is_a_note(writer: Any) -> None:
    twin = sample_twin(Beliefs({"tax_summary_us": "refused"}))
    try:
        info = _captured(twin, writer)
    finally:
        twin.close()
    assert info["complete"]
    assert writer.codes("warning") == set()
    assert writer.finding("control_missing")["severity"] == "note"
    assert _some(writer, "TaxSummary") == {}


def test_the_balance_sheet_of_the_last_month_is_the_trial_balance_of_the_day(twin: Twin, writer: Any) -> None:
    _captured(twin, writer)
    # Those of finished months come while lists are read: the order in which they came says nothing of their days.
    balances = {ControlName.of(name): one for name, one in _some(writer, "TrialBalance").items()}
    balance = balances[max((name for name in balances if name.basis == "Accrual"), key=lambda name: name.days)]
    (sheet_of_months,) = (one for key, one in _some(writer, "BalanceSheet").items() if "/Accrual/" in key)
    checking = next(cells for cells in _rows(balance["Rows"]) if cells[0]["value"] == "Checking")
    month = next(cells for cells in _rows(sheet_of_months["Rows"]) if cells[0]["value"] == "Checking")
    assert Decimal(month[-1]["value"]) == Decimal(checking[1]["value"])


@pytest.mark.parametrize("choice", ["heeded", "ignored"])
def test_an_incremental_capture_lists_what_was_modified_whether_or_not_quickbooks_heeds_it(
    writer: Any, writers: Any, choice: str
) -> None:
    twin = sample_twin(Beliefs({"modified_from_to": choice}))
    try:
        _captured(twin, writer)
        made = twin.create(
            "JournalEntry",
            {
                "TxnDate": f"{now():%Y-%m-%d}",
                "Line": [
                    {
                        "Amount": 5,
                        "DetailType": "JournalEntryLineDetail",
                        "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
                    }
                    for side, account in zip(("Debit", "Credit"), _banks(twin), strict=True)
                ],
            },
        )
        again = writers(writer)
        info = _captured(twin, again, before=writer.snapshot)
    finally:
        twin.close()
    assert info["fence"]["kind"] == "incremental"
    assert len(again.controls) <= 18
    ((name, modified),) = _some(again, "TransactionList").items()
    assert ControlName.of(name).part.startswith("modified since ")
    keys = [column["MetaData"][0]["Value"] for column in modified["Columns"]["Column"]]
    assert made["Id"] in {cells[keys.index("txn_type")]["id"] for cells in _rows(modified["Rows"])}


def _banks(twin: Twin) -> list[str]:
    found = twin.query("select * from Account where AccountType = 'Bank'")["QueryResponse"]["Account"]
    return [str(account["Id"]) for account in found[:2]]
