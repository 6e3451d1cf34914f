"""A whole vault in a bucket, with trouble at every request: answers that are lost, rights that are taken away midway."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from vault.storage.object_server import Environ, ObjectServer

from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, StorageFailed, Vault, create, open_vault, verify

PASSPHRASE = Secret("a passphrase of this test")
COMPANY = Company("9341453000000017", "Amys Landscaping and Sons", "http://127.0.0.1:8080")
AT = datetime(2026, 11, 24, tzinfo=UTC)


class Trouble:
    """What happens to the request with number ``at``, and to all that come later."""

    def __init__(self, at: int, outcome: str, later: str | None) -> None:
        self.at, self.outcome, self.later = at, outcome, later
        self.count = 0

    def __call__(self, method: str, path: str, environ: Environ) -> str | None:
        number, self.count = self.count, self.count + 1
        return None if number < self.at else self.outcome if number == self.at else self.later


def snapshot(vault: Vault, turn: int) -> None:
    with vault.begin_snapshot(COMPANY) as writer:
        for number in range(3):
            writer.add(RecordKey("Invoice", str(number)), b'{"turn":%d}' % (turn * number))
        writer.commit(taken_at=AT, finished_at=AT, complete=True, counts={}, fence={}, requests=1, findings=[])


def entry_and_slot(vault: Vault, turn: int) -> None:
    document = vault.put_document("plan", b"plan %d" % turn)
    vault.chain("custody", "akika-custody").append({"turn": turn}, [document])
    vault.slot("x").write(b"%d" % turn)


def seen(vault: Vault) -> Any:
    """How many snapshots and entries, with the last of each in full."""
    custody = vault.chain("custody", "akika-custody").entries()
    latest = [(record.key, record.payload) for record in vault.snapshot("latest").records()]
    return (
        (len(vault.snapshots()), latest),
        (len(custody), custody[-1].body, [vault.get_document(file.path) for file in custody[-1].files]),
        vault.slot("x").read(),
    )


def expected(act: str, before: Any, turn: int) -> Any:
    """What is seen after the act."""
    (snapshots, latest), (entries, _, _), slot = before
    if act == "snapshot":
        latest = [(RecordKey("Invoice", str(number)), b'{"turn":%d}' % (turn * number)) for number in range(3)]
        return (snapshots + 1, latest), before[1], slot
    return before[0], (entries + 1, {"turn": turn}, [b"plan %d" % turn]), b"%d" % turn


ACTS: dict[str, Callable[[Vault, int], None]] = {"snapshot": snapshot, "entry and slot": entry_and_slot}


@pytest.mark.parametrize(
    ("outcome", "later"), [("lose answer", None), ("lose answer", "403 AccessDenied")], ids=["once", "for good"]
)
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_trouble_at_every_request(
    bucket: str, server: ObjectServer, tmp_path: Path, act: str, outcome: str, later: str | None, step: int
) -> None:
    place, heads = f"s3://{bucket}/amy", HeadStore(tmp_path / "heads")
    vault = create(place, PASSPHRASE, heads=heads, cost=KdfCost.CHEAP)
    for do in ACTS.values():
        do(vault, 0)
    told: set[bool] = set()
    vault = open_vault(place, PASSPHRASE, heads=heads)
    before = seen(vault)
    for turn in range(1, 120):
        server.trouble = trouble = Trouble((turn - 1) * step, outcome, later)
        try:
            ACTS[act](vault, turn)
        except StorageFailed:
            acknowledged = False
        else:
            acknowledged = True
        finally:
            server.trouble = lambda method, path, environ: None
        if trouble.count <= trouble.at:
            break
        # What could not be given back would be held for two minutes.
        server.client().delete_object(Bucket=bucket, Key="amy/lock")
        told.add(acknowledged)
        # What is looked at here is also what the next turn begins with: nothing happens in between.
        vault = open_vault(place, PASSPHRASE, heads=heads)
        after = seen(vault)
        whole = expected(act, before, turn)
        assert after[0] in ((whole[0],) if acknowledged else (before[0], whole[0])), turn
        assert after[1] in ((whole[1],) if acknowledged else (before[1], whole[1])), turn
        assert after[2] in ((whole[2],) if acknowledged else (before[2], whole[2])), turn
        assert (after[2], after[1]) != (whole[2], before[1]) or act == "snapshot", "one is done after the other"
        before = after
    else:
        pytest.fail("the act never came to its end")
    report = verify(place, PASSPHRASE, heads=heads)
    assert report.ok, report.findings
    # For good, only a lock that cannot be given back any more is no failure.
    assert told == {True} if later is None else False in told
