"""What was proved stays proved, by the root of the first day, when files are merged, rows dropped, a company erased."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from disclosure_reader import second_checker

from akika_forensics.errors import WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.vault.chains.attestations import Judgement
from akika_forensics.vault.lifecycle import compaction, erasing, retiring
from akika_forensics.vault.lifecycle.policy import Policy
from akika_forensics.vault.snapshots import disclosure
from akika_forensics.vault.snapshots.disclosure import Proved

RULE = Judgement("check", "completeness", "1", "The snapshot is complete.", {})


def proved(vault: Any, folder: Path) -> dict[tuple[str, RecordKey], Proved]:
    found = {}
    for info in vault.snapshots():
        for record in vault.snapshot(info.id).records():
            proof = vault.disclose(info.id, record.key)
            found[info.id, record.key] = disclosure.prove(proof)
            assert second_checker(proof, folder)[2] == record.payload
    return found


def test_merging_and_dropping_leave_every_proof_as_it_was(kit: ModuleType, empty: Any, tmp_path: Path) -> None:
    books = kit.books(5)
    for day in range(4):
        books[RecordKey("Invoice", "1")] = kit.invoice(1, f"{day}.10", day)
        books.pop(RecordKey("Invoice", str(day + 2)), None)
        kit.take(empty.vault, books, day=day)
    company = empty.vault.pseudonym(kit.COMPANY)
    before = proved(empty.vault, tmp_path)
    compaction.compact(empty.vault.workshop(), company, extent="everything")
    assert proved(empty.vault, tmp_path) == before
    rule = Policy.parse("last=1")
    retiring.retire(empty.vault.workshop(), company, rule, now=datetime(2030, 1, 1, tzinfo=UTC))
    compaction.compact(empty.vault.workshop(), company, extent="anew")
    after = proved(empty.open(), tmp_path)
    assert set(after) == {place for place in before if place[0] == "s4"}
    assert all(before[place] == found for place, found in after.items())
    assert any(found.rows > 1 for found in after.values())
    assert empty.verify().ok


def test_judgements_go_with_their_company_and_with_no_other(kit: ModuleType, empty: Any) -> None:
    vault = empty.vault
    kit.take(vault, kit.books())
    kit.take(vault, kit.books(2), kit.OTHER)
    gone = vault.attest("s1", RULE)
    kept = vault.attest("s2", RULE)
    company = vault.pseudonym(kit.COMPANY)
    (chain,) = (name for name in vault.head["chains"] if name.endswith(company))
    erasing.erase(vault.workshop(), company, "asked for", named="it", chains=[chain])
    assert empty.open().attestations() == (kept,)
    assert empty.verify().ok
    with pytest.raises(WrongUse):
        empty.open().attestations("s1")
    kit.take(vault, kit.books())
    again = vault.attest("latest", RULE)
    assert again.number == gone.number + 1
    assert empty.open().attestations() == (kept, again)
    assert empty.verify().ok
