"""A whole vault on a disk that loses what was not synced and reorders what was not ordered."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from vault.adversary import SYNC_FILE, SYNC_FOLDER, Crash, Recorder
from vault.storage.failing import TROUBLE, Failing

from akika_forensics.errors import AkikaError, VaultDamaged
from akika_forensics.vault import HeadStore, StorageFailed, Vault, open_vault, verify
from akika_forensics.vault.snapshots import arrivals

STRIDE = 4
"""The quick run looks at each so-manyth call, the soak run at all of them."""


def state(vault: Vault) -> Any:
    """All that can be read of it."""
    return {
        "snapshots": [
            (info.id, sorted((record.key, record.payload) for record in vault.snapshot(info.id).records()))
            for info in vault.snapshots()
        ],
        "custody": [
            (entry.body, [vault.get_document(file.path) for file in entry.files])
            for entry in vault.chain("custody", "akika-custody").entries()
        ],
        "journal": [entry.body for entry in vault.chain("journals/p2", "akika-journal").entries()],
        "slots": {name: vault.slot(name).read() for name in vault.slots()},
    }


def custody(vault: Vault, kit: ModuleType) -> None:
    document = vault.put_document("plan", b"the plan" * 100)
    vault.chain("custody", "akika-custody").append({"act": "planned"}, [document])


ACTS: dict[str, Callable[[Vault, ModuleType], object]] = {
    "a snapshot": lambda vault, kit: kit.take(vault, kit.books(5), day=3),
    "a document and an entry": custody,
    "the first entry of a chain": lambda vault, kit: vault.chain("journals/p2", "akika-journal").append({"step": 1}),
    "a new slot": lambda vault, kit: vault.slot("new").write(b"first"),
    "a slot written again": lambda vault, kit: vault.slot("new").write(b"second"),
    "a slot deleted": lambda vault, kit: vault.slot("new").delete(),
    "a snapshot with removed records": lambda vault, kit: kit.take(vault, kit.books(1), day=4),
}


class Played:
    """One run of all acts: what was noted, and all that could be read before the first and after each."""

    def __init__(self, stage: Any, kit: ModuleType, folder: Path) -> None:
        for name in ("vault", "heads"):
            shutil.copytree(stage.root.parent / name, folder / name)
        heads = HeadStore(folder / "heads")
        vault = open_vault(folder / "vault", kit.PASSPHRASE, heads=heads)
        self.states = [state(vault)]
        self.disk = Recorder(folder)
        with self.disk.recording(), pytest.MonkeyPatch.context() as patched:
            # One record a segment: while the next is added, another thread writes the one before.
            patched.setattr(arrivals, "SEGMENT_ROWS", 1)
            for name, act in ACTS.items():
                act(vault, kit)
                self.disk.acknowledge(name)
                self.states.append(state(vault))

    def problem(self, crash: Crash, kit: ModuleType, folder: Path) -> str:
        """What is wrong after a crash; empty when all is well."""
        crash.write(folder)
        heads = HeadStore(folder / "heads")
        try:
            vault = open_vault(folder / "vault", kit.PASSPHRASE, heads=heads)
            found = state(vault)
        except AkikaError as failed:
            return str(failed)
        done = len(crash.acknowledged)
        if found not in self.states[done : done + 2]:
            return "what is there is neither the state before the act nor the one after it"
        report = verify(folder / "vault", kit.PASSPHRASE, heads=heads)
        return "; ".join(f"{one.path}: {one.what}" for one in report.findings if one.severity == "damage")

    def problems(
        self, points: Collection[tuple[int, int]], kit: ModuleType, folder: Path, **more: Any
    ) -> dict[str, str]:
        return self.disk.problems(points, lambda crash: self.problem(crash, kit, folder), **more)


@pytest.fixture
def played(filled: Any, kit: ModuleType, tmp_path: Path) -> Played:
    return Played(filled, kit, tmp_path / "played")


def test_nothing_acknowledged_is_lost(played: Played, kit: ModuleType, tmp_path: Path) -> None:
    assert played.disk.length > 150
    points = [(at, at) for at in range(0, played.disk.length + 1, STRIDE)]
    assert played.problems(points, kit, tmp_path / "crashed") == {}


def test_the_order_of_calls_is_the_same_each_time(played: Played, filled: Any, kit: ModuleType, tmp_path: Path) -> None:
    """Segments are written by a thread of their own, and still a seed stands for one crash."""
    again = Played(filled, kit, tmp_path / "again")
    told, anew = ([call.name for call in one.disk.calls] for one in (played, again))
    assert told == anew


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_at_any_call(played: Played, kit: ModuleType, tmp_path: Path) -> None:
    points = [(at, seed) for at in range(played.disk.length + 1) for seed in range(5)]
    assert played.problems(points, kit, tmp_path / "crashed") == {}


@pytest.mark.parametrize("call", [SYNC_FILE, SYNC_FOLDER])
def test_without_a_sync_something_is_lost(played: Played, kit: ModuleType, tmp_path: Path, call: str) -> None:
    """The check above has teeth: with one kind of sync left out it finds something."""
    points = [(at, seed) for seed in range(3) for at in range(10, played.disk.length + 1, 25)]
    assert played.problems(points, kit, tmp_path / "crashed", without={call})


def test_after_a_crash_work_goes_on(played: Played, kit: ModuleType, tmp_path: Path) -> None:
    for at in range(20, played.disk.length, played.disk.length // 4):
        played.disk.crash(at, 1).write(tmp_path / "crashed")
        heads = HeadStore(tmp_path / "crashed" / "heads")
        vault = open_vault(tmp_path / "crashed" / "vault", kit.PASSPHRASE, heads=heads)
        for act in ACTS.values():
            act(vault, kit)
        report = verify(tmp_path / "crashed" / "vault", kit.PASSPHRASE, heads=heads)
        assert report.ok, report.findings


def test_what_a_reader_remembers_outlasts_a_crash_of_the_writer(
    played: Played, kit: ModuleType, tmp_path: Path
) -> None:
    """A reader sees an entry that its writer has not made durable yet, and remembers it: after a crash of the machine it
    must be there, or the vault would be taken for one that was put back."""
    lost: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    entries = [
        at
        for at, call in enumerate(played.disk.calls, 1)
        if call.name == "link" and call.other.startswith("vault/") and call.other.endswith(".json")
    ]
    assert len(entries) == 4
    for at in entries:
        seen, readers = tmp_path / "seen", HeadStore(tmp_path / f"reader-{at}")
        played.disk.visible(at).write(seen)
        reading = Recorder(seen)
        with reading.recording():
            open_vault(seen / "vault", kit.PASSPHRASE, heads=readers)
        syncs = [call for call in reading.calls if call.name == SYNC_FOLDER]
        assert {call.name for call in reading.calls} == {SYNC_FOLDER}, "opening writes nothing"
        for seed in range(3):
            for then in (syncs, []):
                shutil.copytree(readers.folder, tmp_path / "memory", dirs_exist_ok=True)
                played.disk.crash(at, seed, then=then).write(tmp_path / "crashed")
                try:
                    open_vault(tmp_path / "crashed" / "vault", kit.PASSPHRASE, heads=HeadStore(tmp_path / "memory"))
                except VaultDamaged:
                    lost[bool(then)].append((at, seed))
                shutil.rmtree(tmp_path / "memory")
    assert lost[True] == []
    assert lost[False], "without what the reader syncs something has to be lost: else nothing is shown here"


@pytest.mark.parametrize("for_good", [True, False], ids=["for good", "once"])
@pytest.mark.parametrize("name", ["a snapshot", "a document and an entry", "a new slot"])
def test_a_disk_that_fails(
    filled: Any, kit: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, for_good: bool
) -> None:
    """Full, over its quota, read-only or broken at any call, and in what this machine remembers as well: the vault is as
    before, or as after; what was acknowledged is there, and work goes on when the disk does."""
    for folder in ("vault", "heads"):
        shutil.copytree(tmp_path / folder, tmp_path / "kept" / folder)
    before = state(filled.open())
    outcomes: set[tuple[bool, bool]] = set()
    at, step = 0, 9 if name == "a snapshot" else 4
    while True:
        for folder in ("vault", "heads"):
            shutil.rmtree(tmp_path / folder)
            shutil.copytree(tmp_path / "kept" / folder, tmp_path / folder)
        vault, failing = filled.open(), Failing(tmp_path, at, TROUBLE[at % len(TROUBLE)], for_good=for_good)
        with monkeypatch.context() as patched:
            failing.install(patched)
            try:
                ACTS[name](vault, kit)
            except StorageFailed:
                acknowledged = False
            else:
                acknowledged = True
        if failing.done <= at:
            break
        found = state(filled.open())
        outcomes.add((acknowledged, found == before))
        assert filled.verify().ok, at
        ACTS["a document and an entry"](filled.open(), kit)
        at += step
    assert (False, True) in outcomes
    assert (True, True) not in outcomes, "what was acknowledged is lost"


def test_reading_and_checking_write_nothing(filled: Any, kit: ModuleType, tmp_path: Path) -> None:
    """So a vault on a medium that cannot be written is read as any other."""
    lock = filled.root / "lock"
    before = lock.stat().st_mtime_ns if lock.exists() else None
    disk = Recorder(filled.root)
    with disk.recording():
        state(filled.open())
        filled.open().history(next(iter(kit.books())))
        assert filled.verify().ok
        assert filled.verify(keys=False).ok
    assert {call.name for call in disk.calls} <= {SYNC_FOLDER}
    assert (lock.stat().st_mtime_ns if lock.exists() else None) == before


def test_a_medium_that_cannot_be_written_is_read(filled: Any, kit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def refused(path: Any, flags: int, *arguments: Any, **more: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and str(path).startswith(str(filled.root)):
            raise OSError(30, "Read-only file system")
        return opened(path, flags, *arguments, **more)

    expected = state(filled.open())
    monkeypatch.setattr(os, "open", refused)
    assert state(filled.open()) == expected
    assert filled.verify().ok
    with pytest.raises(StorageFailed, match="Read-only file system"):
        kit.take(filled.open(), kit.books(9))
    with pytest.raises(StorageFailed, match="Read-only file system"):
        filled.open().slot("x").write(b"x")
