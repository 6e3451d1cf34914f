"""The oldest version of a record that a vault keeps, over all its snapshots."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from akika_forensics.model.record import RecordKey
from akika_forensics.vault.lifecycle import compaction

ONE, TWO, LATE = (RecordKey("Invoice", number) for number in ("1", "2", "9"))
FIRST = {"1": "100.00", "2": "100.00", "9": "5.00"}


@pytest.fixture
def three_days(kit: ModuleType, empty: Any) -> Any:
    """Invoice 1 changes on each day, invoice 9 comes on the second and changes on the third; the other company has an older invoice 1."""
    kit.take(empty.vault, {ONE: kit.invoice(1, "77.00")}, kit.OTHER)
    days = [kit.books()]
    days.append(days[0] | {ONE: kit.invoice(1, "2.00"), LATE: kit.invoice(9, "5.00")})
    days.append(days[1] | {ONE: kit.invoice(1, "3.00"), LATE: kit.invoice(9, "6.00")})
    for day, records in enumerate(days):
        kit.take(empty.vault, records, day=day)
    return empty


def told(vault: Any) -> dict[str, str]:
    found = vault.snapshot("latest").earliest("Invoice", ["1", "2", "9", "404"])
    assert not found.missing
    return {key.id: str(record.body["TotalAmt"]) for key, record in found.records.items()}


def test_the_oldest_version_is_of_the_first_snapshot_of_the_company_that_has_it(three_days: Any) -> None:
    assert told(three_days.vault) == FIRST


def test_merged_versions_are_told_apart(kit: ModuleType, three_days: Any) -> None:
    vault = three_days.vault
    compaction.compact(vault.workshop(), vault.pseudonym(kit.COMPANY), extent="everything")
    assert told(three_days.open()) == FIRST


def test_what_is_lost_is_named_and_the_rest_is_told(three_days: Any) -> None:
    second = [one for one in three_days.vault._shelf.commits() if one.info.id == "s2"]
    (part,) = second[0].text.parts
    for path in (part.index, part.payload):
        (three_days.root / path).unlink()
    found = three_days.open().snapshot("latest").earliest("Invoice", ["1", "2", "9"])
    assert any(part.index in said for said in found.missing)
    # Of the first company's own snapshots s2 was the first; nothing older is told of invoices 1 and 2.
    assert found.records[LATE].body["TotalAmt"] == 5
