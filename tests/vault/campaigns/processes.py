"""What runs in processes of their own while they are killed: one that writes, and readers.

Usage: processes.py write|read VAULT HEADS; the passphrase comes on standard input, and so does the end for a reader.

A writer does one act after the other and says so on a line of its own after each: what was said was acknowledged.
A reader says on a line what it saw, and ends with an error when it saw half of something.
"""

from __future__ import annotations

import json
import select
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, Vault, open_vault, verify

COMPANY = Company("9341453000000017", "Amys Landscaping and Sons", "http://127.0.0.1:8080")
RECORDS = 20
NAMESPACE = "akika-custody"


def payload(turn: int, number: int) -> bytes:
    return b'{"Id":"%d","turn":%d,"note":"%s"}' % (number, turn, b"x" * 50 * number)


def snapshot(vault: Vault, turn: int) -> str:
    at = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=turn)
    with vault.begin_snapshot(COMPANY) as writer:
        for number in range(RECORDS):
            writer.add(RecordKey("Invoice", str(number)), payload(turn, number))
        info = writer.commit(taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=0, findings=[])
    return info.id


def entry(vault: Vault, turn: int) -> int:
    document = vault.put_document("plan", b"%d" % turn * 100)
    return vault.chain("custody", NAMESPACE).append({"turn": turn}, [document]).seq


def slot(vault: Vault, turn: int) -> int:
    vault.slot("tokens/1").write(b"%d" % turn)
    return turn


ACTS = {"snapshot": snapshot, "entry": entry, "slot": slot}


def say(value: Any) -> None:
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


def write(vault: Vault, turn: int) -> None:
    while True:
        for name, act in ACTS.items():
            say([name, turn, act(vault, turn)])
        turn += 1


def look(vault: Vault, said: list[tuple[str, int, Any]] = ()) -> dict[str, int]:  # type: ignore[assignment]
    """Raises AssertionError when something is there in part, or something that was said is not."""
    turns = {}
    for info in vault.snapshots():
        records = {record.key.id: record.payload for record in vault.snapshot(info.id).records()}
        turn = json.loads(records["1"])["turn"]
        assert records == {str(number): payload(turn, number) for number in range(RECORDS)}, info.id
        turns[info.id] = turn
    entries = vault.chain("custody", NAMESPACE).entries()
    for one in entries:
        assert vault.get_document(one.files[0].path) == b"%d" % one.body["turn"] * 100
    held = int(vault.slot("tokens/1").read() or -1)
    for name, turn, result in said:
        if name == "snapshot":
            assert turns.get(result) == turn, (name, turn, result)
        elif name == "entry":
            assert entries[result].body["turn"] == turn, (name, turn, result)
        else:
            assert held >= turn, (name, turn, held)
    return {"snapshots": len(turns), "entries": len(entries), "slot": held}


def read(root: Path, secret: Secret, heads: HeadStore) -> None:
    while not select.select([sys.stdin], [], [], 0)[0]:
        say(look(open_vault(root, secret, heads=heads)))
        report = verify(root, secret, heads=heads)
        assert report.ok, report.findings


def main() -> None:
    kind, root, heads = sys.argv[1], Path(sys.argv[2]), HeadStore(Path(sys.argv[3]))
    secret = Secret(sys.stdin.readline().strip())
    if kind == "write":
        vault = open_vault(root, secret, heads=heads)
        write(vault, 1 + max((int(one.body["turn"]) for one in vault.chain("custody", NAMESPACE).entries()), default=0))
    else:
        read(root, secret, heads)


if __name__ == "__main__":
    main()
