"""Other programs at the same vault, as processes of their own. Here, because a fresh process must be able to import what it runs: a test's own module has a name that only pytest knows."""

from __future__ import annotations

import multiprocessing
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from akika_forensics.errors import Refused, VaultLocked
from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, Vault, open_vault, verify
from akika_forensics.vault.storage import s3
from akika_forensics.vault.storage.lease import Lease
from akika_forensics.vault.storage.object_store import ObjectStoreBackend

PASSPHRASE = Secret("a passphrase of this test")
COMPANY = Company("9341453000000017", "Amys Landscaping and Sons", "http://127.0.0.1:8080")
AT = datetime(2026, 11, 24, tzinfo=UTC)
FRESH = multiprocessing.get_context("spawn")
PATIENCE = 240
"""Seconds after which a program that lives and says nothing has failed; one that ended early has failed at once."""


@contextmanager
def running(target: Any, arguments: Sequence[tuple[Any, ...]]) -> Iterator[list[SpawnProcess]]:
    """One program for each of the arguments; those that still run at the end are ended."""
    programs = [FRESH.Process(target=target, args=one) for one in arguments]
    try:
        for program in programs:
            program.start()
        yield programs
    finally:
        for program in programs:
            if program.pid is not None:
                program.kill()
                program.join()


def told(results: Any, programs: Sequence[SpawnProcess]) -> list[Any]:
    """What each program puts into the queue before it ends. Raises AssertionError where one ended without."""
    found: list[Any] = []
    until = time.monotonic() + PATIENCE
    while len(found) < len(programs):
        broken = [program.exitcode for program in programs if program.exitcode]
        assert not broken, f"a program ended with {broken}"
        assert time.monotonic() < until, "a program says nothing"
        try:
            found.append(results.get(timeout=0.5))
        except queue.Empty:
            continue
    for program in programs:
        program.join()
    return found


def wait_for(event: Any, program: SpawnProcess) -> None:
    """Until the program has set it. Raises AssertionError where it ended without."""
    until = time.monotonic() + PATIENCE
    while not event.wait(0.5):
        assert program.exitcode is None, f"the program ended with {program.exitcode}"
        assert time.monotonic() < until, "the program says nothing"


def capture(vault: Vault, records: dict[str, bytes]) -> str:
    with vault.begin_snapshot(COMPANY) as writer:
        for number, payload in records.items():
            writer.add(RecordKey("Invoice", number), payload)
        return writer.commit(
            taken_at=AT, finished_at=AT, complete=True, counts={}, fence={}, requests=1, findings=[]
        ).id


def write(place: str, heads: Path, number: int, turns: int, start: Any, results: Any) -> None:
    """One program of several: entries that may interleave, snapshots that may not."""
    vault = open_vault(place, PASSPHRASE, heads=HeadStore(heads))
    start.wait()
    snapshots, entries, refused = [], [], 0
    for turn in range(turns):
        entries.append(vault.chain("custody", "akika-custody").append({"by": number, "turn": turn}).seq)
        vault.slot("shared").write(b"%d %d" % (number, turn))
        while True:
            try:
                snapshots.append(capture(vault, {f"{number}": b'{"turn":%d}' % turn, "0": b"{}"}))
            except (VaultLocked, Refused):
                refused += 1
                time.sleep(0.02)
            else:
                break
    results.put((snapshots, entries, refused))


def read(place: str, heads: Path, stop: Any, results: Any) -> None:
    """Another program that opens, reads and checks the vault again and again."""
    seen: list[tuple[int, list[str]]] = []
    while True:
        last = stop.is_set()
        vault = open_vault(place, PASSPHRASE, heads=HeadStore(heads))
        snapshots = vault.snapshots()
        for info in snapshots:
            records = {record.key.id: record.payload for record in vault.snapshot(info.id).records()}
            assert len(records) == info.records
            assert records["0"] == b'{"turn":%d}' % (int(info.id[1:]) - 1), "each snapshot is the one that was taken"
        report = verify(place, PASSPHRASE, heads=HeadStore(heads))
        seen.append((len(snapshots), [one.what for one in report.findings if one.severity == "damage"]))
        if last:
            break
    results.put(seen)


def hold(bucket: str, ready: Any) -> None:
    """A program that takes the lock and keeps it until it is killed."""
    Lease(ObjectStoreBackend(s3.store(bucket, ""), "s3"), "lock").acquire("capture")
    ready.set()
    threading.Event().wait()


def race(bucket: str, number: int, start: Any, results: Any) -> None:
    """A program that creates the same ten entries as another, at the same time."""
    backend = ObjectStoreBackend(s3.store(bucket, "a/vault"), "s3")
    backend.honours_conditions()
    start.wait()
    won = []
    for entry in range(10):
        try:
            backend.create(f"commits/{entry}", b"%d" % number)
        except FileExistsError:
            continue
        won.append(entry)
    results.put((number, won))
