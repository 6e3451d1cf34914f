"""A snapshot that is saved as a draft, interrupted, taken up and committed, on a disk that loses what was not synced.

Wherever the machine stops, the next one goes on with the last draft that was acknowledged, or a later one, or finds the
snapshot committed; it ends with the same records byte for byte, and nothing of it was to be seen before the commit.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from vault.adversary import SYNC_FILE, SYNC_FOLDER, Crash, Recorder

from akika_forensics.errors import AkikaError
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import HeadStore, Vault, open_vault, verify

STRIDE, SEEDS, SLICES = 9, 4, 8
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
RECEIPT = RecordKey("Attachable", "7")


def records(kit: ModuleType, step: int) -> dict[RecordKey, bytes]:
    """What arrives in each of the three steps of the capture; the third replaces what the first brought."""
    numbers = {1: (1, 2, 21, 22), 2: (31, 32, 33), 3: (21, 41)}[step]
    return {RecordKey("Invoice", str(number)): kit.invoice(number, f"{step}00.00", step) for number in numbers}


def go_on(vault: Vault, kit: ModuleType, done: Any = None, stop_after: int = 3) -> int:
    """The capture from wherever it stands to ``stop_after``, a draft after each step, and the commit after the third.

    Returns the step that it began with.
    """
    with vault.begin_snapshot(kit.COMPANY, draft=True) as writer:
        first = int(writer.taken_up or b"0")
        for step in range(first + 1, stop_after + 1):
            for key, payload in records(kit, step).items():
                writer.add(key, payload)
            if step == 1:
                writer.attach(RECEIPT, [b"two bags of mulch"])
            if step == 2:
                writer.remove(RecordKey("Invoice", "2"))
                writer.control("TrialBalance", b'{"Rows":{}}')
            writer.save_draft(b"%d" % step)
            if done is not None:
                done(("saved", step))
        if stop_after == 3:
            writer.commit(taken_at=NOON, finished_at=NOON, complete=True, counts={}, fence={}, requests=1, findings=[])
            if done is not None:
                done(("committed", 3))
    return first


def shown(vault: Vault) -> Any:
    """The snapshots, each with everything in it."""
    return [
        (
            info.id,
            sorted((record.key, record.payload) for record in snapshot.records()),
            {name: snapshot.control(name) for name in info.controls},
            {key: b"".join(snapshot.attachment(RecordKey(*key))) for key in snapshot.attachments().select("entity", "id").rows()},
        )
        for info in vault.snapshots()
        for snapshot in [vault.snapshot(info.id)]
    ]  # fmt: skip


class Played:
    """One run: stopped after the first step and after the second, taken up each time, committed at the end."""

    def __init__(self, stage: Any, kit: ModuleType, folder: Path) -> None:
        for name in ("vault", "heads"):
            shutil.copytree(stage.root.parent / name, folder / name)
        self.before = shown(open_vault(folder / "vault", kit.PASSPHRASE, heads=HeadStore(folder / "heads")))
        self.disk = Recorder(folder)
        with self.disk.recording():
            for stop_after in (1, 2, 3):
                vault = open_vault(folder / "vault", kit.PASSPHRASE, heads=HeadStore(folder / "heads"))
                go_on(vault, kit, self.disk.acknowledge, stop_after)
        self.after = shown(vault)

    def problem(self, crash: Crash, kit: ModuleType, folder: Path) -> str:
        """What is wrong after a crash; empty when all is well."""
        crash.write(folder)
        heads = HeadStore(folder / "heads")
        promised = max((step for what, step in crash.acknowledged if what == "saved"), default=0)
        try:
            vault = open_vault(folder / "vault", kit.PASSPHRASE, heads=heads)
            found = shown(vault)
            if found not in (self.before, self.after):
                return "what is to be seen is neither the state before the capture nor the one after it"
            if ("committed", 3) in crash.acknowledged and found != self.after:
                return "the snapshot was acknowledged and is not there"
            if found == self.before and (begun := go_on(vault, kit)) < promised:
                return f"step {promised} was acknowledged, and it began after step {begun}"
            if shown(vault) != self.after:
                return "it ends with other records"
        except AkikaError as failed:
            return str(failed)
        report = verify(folder / "vault", kit.PASSPHRASE, heads=heads)
        return "; ".join(f"{one.path}: {one.what}" for one in report.findings if one.severity == "damage")

    def problems(
        self, points: Collection[tuple[int, int]], kit: ModuleType, folder: Path, **more: Any
    ) -> dict[str, str]:
        return self.disk.problems(points, lambda crash: self.problem(crash, kit, folder), **more)


@pytest.fixture
def played(filled: Any, kit: ModuleType, tmp_path: Path) -> Played:
    return Played(filled, kit, tmp_path / "played")


def test_what_was_saved_is_gone_on_with(played: Played, kit: ModuleType, tmp_path: Path) -> None:
    assert played.disk.length > 150
    points = [(at, at) for at in range(0, played.disk.length + 1, STRIDE)]
    assert played.problems(points, kit, tmp_path / "crashed") == {}


@pytest.mark.soak
@pytest.mark.parametrize("part", range(SLICES))
def test_what_was_saved_is_gone_on_with_at_any_call(played: Played, kit: ModuleType, tmp_path: Path, part: int) -> None:
    points = [(at, seed) for at in range(played.disk.length + 1) for seed in range(SEEDS)]
    assert played.problems(points[part::SLICES], kit, tmp_path / "crashed") == {}


@pytest.mark.parametrize("call", [SYNC_FILE, SYNC_FOLDER])
def test_without_syncing_something_is_lost(played: Played, kit: ModuleType, tmp_path: Path, call: str) -> None:
    """Else nothing is shown above."""
    points = ((at, seed) for at in range(played.disk.length, 0, -9) for seed in range(3))
    assert any(played.problems([point], kit, tmp_path / "crashed", without=[call]) for point in points)
