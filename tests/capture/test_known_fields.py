from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.known_fields import known_fields, unknown_paths


@pytest.mark.parametrize("entity", list(CATALOGUE))
def test_every_entity_has_its_fields(entity: str) -> None:
    assert {"Id", "SyncToken", "MetaData", "domain", "sparse", "status"} <= known_fields(entity)


@pytest.mark.parametrize(
    ("entity", "body", "unknown"),
    [
        ("Invoice", {"Id": "1", "TotalAmt": 1, "CustomerMemo": {"value": "x"}}, set()),
        ("Invoice", {"Hologram": {"Inner": 1}}, {"Hologram"}),
        (
            "Invoice",
            {"Line": [{"Id": "1", "Glow": 1}, {"SalesItemLineDetail": {"Dim": 1}}]},
            {"Line[].Glow", "Line[].SalesItemLineDetail.Dim"},
        ),
        ("Invoice", {"Line": [{"GroupLineDetail": {"Line": [{"X": 1}]}}]}, {"Line[].GroupLineDetail.Line[].X"}),
        ("Invoice", {"BillAddr": {"Planet": "Earth"}, "MetaData": {"Mood": 1}}, {"BillAddr.Planet", "MetaData.Mood"}),
        ("Invoice", {"Line": "not a list", "BillAddr": [1, None]}, set()),
        ("CreditCardPayment", {"BankAccountRef": {"value": "1"}, "Odd": 1}, {"Odd"}),
        ("RecurringTransaction", {"Bill": {"VendorRef": {}, "RecurringInfo": {"Odd": 1}}}, {"Bill.RecurringInfo.Odd"}),
        ("RecurringTransaction", {"Hologram": {}, "domain": "QBO"}, {"Hologram"}),
        ("Preferences", {"TaxPrefs": {"Odd": 1}}, {"TaxPrefs.Odd"}),
    ],
)
def test_what_is_unknown_is_found_at_any_depth(entity: str, body: dict[str, Any], unknown: set[str]) -> None:
    assert set(unknown_paths(entity, body)) == unknown


def test_real_records_hold_nothing_unknown(shared_data: Path) -> None:
    folder = shared_data / "real_records"
    seen = 0
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text().splitlines():
            seen += 1
            assert list(unknown_paths(file.stem, json.loads(line))) == []
    assert seen > 100
