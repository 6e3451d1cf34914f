"""What an interrupted capture left, where retention dropped a snapshot that had a file of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.model.record import RecordKey
from akika_forensics.vault.lifecycle import retiring
from akika_forensics.vault.lifecycle.policy import Policy

SCAN = RecordKey("Attachable", "1")
SCANNED = b"a scan of one receipt"


def interrupted(stage: Any, kit: ModuleType) -> None:
    """A scan hangs in s1, not in s2, and in what a capture after that left."""
    kit.take(stage.vault, kit.books() | {SCAN: b'{"Id":"1"}'}, attached={SCAN: SCANNED})
    kit.take(stage.vault, kit.books(2), day=1)
    with stage.vault.begin_snapshot(kit.COMPANY) as writer:
        writer.add(SCAN, b'{"Id":"1","SyncToken":"1"}')
        writer.attach(SCAN, [SCANNED])
        writer.save_draft(b"half")


def retire(stage: Any, kit: ModuleType, rule: str) -> list[str]:
    vault = stage.open()
    now = datetime(2030, 1, 1, tzinfo=UTC)
    done = retiring.retire(vault.workshop(), vault.pseudonym(kit.COMPANY), Policy.parse(rule), now=now)
    return [info.id for info in done.dropped]


@pytest.mark.parametrize(("rule", "dropped"), [("last=2", []), ("last=1", ["s1"])])
def test_a_draft_goes_on_only_with_files_that_are_still_there(
    empty: Any, kit: ModuleType, rule: str, dropped: list[str]
) -> None:
    interrupted(empty, kit)
    assert retire(empty, kit, rule) == dropped
    vault = empty.open()
    with vault.begin_snapshot(kit.COMPANY, draft=True) as writer:
        if dropped:
            assert writer.taken_up is None
            assert "a file that it attaches" in writer.dropped.lower()
            writer.add(SCAN, b'{"Id":"1","SyncToken":"1"}')
            writer.attach(SCAN, [SCANNED])
        else:
            assert (writer.taken_up, writer.dropped) == (b"half", "")
        at = kit.START + timedelta(days=2)
        info = writer.commit(
            taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=1, findings=[]
        )  # fmt: skip
    assert b"".join(empty.open().snapshot(info.id).attachment(SCAN)) == SCANNED
    assert empty.verify().findings == ()
