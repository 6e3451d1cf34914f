"""Whatever fails, wherever: afterwards the vault opens, is sound, and holds the whole of it or none of it."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.errors import AkikaError
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import HeadStore, StorageFailed
from akika_forensics.vault.chains import heads

KINDS = ("killed before", "killed after", "failed after", "full")


@dataclass(frozen=True)
class Act:
    """Something done to a vault, and what can be seen of it: () before, a value after."""

    do: Callable[[Any, ModuleType], object]
    seen: Callable[[Any], object]


def _snapshot(vault: Any, kit: ModuleType) -> None:
    kit.take(vault, kit.books(6) | {RecordKey("Invoice", "1"): kit.invoice(1, "77.00")}, day=5)


def _snapshot_seen(vault: Any) -> object:
    info = vault.snapshots()[-1]
    return info.id, {record.key: record.payload for record in vault.snapshot("latest").records()}, info.controls


def _append(vault: Any, kit: ModuleType) -> None:
    document = vault.put_document("plan", b"the plan")
    vault.chain("custody", "akika-custody").append({"act": "planned"}, [document])


def _append_seen(vault: Any) -> object:
    entries = vault.chain("custody", "akika-custody").entries()
    return [(entry.body, [vault.get_document(file.path) for file in entry.files]) for entry in entries]


def _first(vault: Any, kit: ModuleType) -> None:
    vault.chain("journals/new", "akika-journal").append({"step": 1})


def _first_seen(vault: Any) -> object:
    return [entry.body for entry in vault.chain("journals/new", "akika-journal").entries()]


ACTS = {
    "snapshot": Act(_snapshot, _snapshot_seen),
    "document and entry": Act(_append, _append_seen),
    "first entry of a chain": Act(_first, _first_seen),
    "slot write": Act(lambda vault, _: vault.slot("x").write(b"new"), lambda vault: vault.slot("x").read()),
    "slot delete": Act(lambda vault, _: vault.slot("x").delete(), lambda vault: vault.slot("x").read()),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ACTS)
def test_trouble_at_every_operation(kit: ModuleType, in_memory: Any, tmp_path: Path, name: str, kind: str) -> None:
    act = ACTS[name]
    base = kit.MemoryBackend()
    vault = in_memory.create(base)
    kit.take(vault, kit.books())
    vault.chain("custody", "akika-custody").append({"act": "made"})
    vault.slot("x").write(b"old")
    shutil.copytree(in_memory.heads.folder, tmp_path / "kept")
    before = act.seen(in_memory.open(base))

    def fresh() -> Any:
        shutil.rmtree(in_memory.heads.folder)
        shutil.copytree(tmp_path / "kept", in_memory.heads.folder)
        return kit.MemoryBackend(base.content)

    whole = fresh()
    trouble = kit.Trouble(-1, "none")
    act.do(in_memory.open(kit.FaultyBackend(whole, trouble)), kit)
    after = act.seen(in_memory.open(whole))
    assert before != after
    operations = trouble.done
    assert operations >= 2
    seen = []
    for at in range(operations):
        backend = fresh()
        opened = in_memory.open(kit.FaultyBackend(backend, kit.Trouble(at, kind)))
        with contextlib.suppress(kit.Killed, StorageFailed):
            act.do(opened, kit)
        again = in_memory.open(backend)
        seen.append(act.seen(again))
        assert seen[-1] in (before, after), f"{kind} at {at}"
        report = in_memory.verify(backend)
        assert report.ok, (kind, at, report.findings)
        # And the work goes on from there.
        act.do(again, kit)
        kit.take(again, kit.books(2))
        assert in_memory.verify(backend).ok, (kind, at)
    if kind in {"killed before", "full"}:
        assert before in seen
    if kind == "killed after":
        assert after in seen


def test_a_failed_snapshot_leaves_no_files(kit: ModuleType, in_memory: Any) -> None:
    backend = kit.MemoryBackend()
    kit.take(in_memory.create(backend), kit.books())
    before = dict(backend.content)
    for at in range(1, 5):
        vault = in_memory.open(kit.FaultyBackend(backend, kit.Trouble(at, "full")))
        with pytest.raises(StorageFailed, match="disk is full"):
            kit.take(vault, kit.books(9))
        assert backend.content == before


def test_the_snapshot_stays_when_only_the_memory_outside_fails(
    kit: ModuleType, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(HeadStore, "_store", full)
        with pytest.raises(OSError, match="No space"):
            kit.take(filled.vault, kit.books(9))
    assert len(filled.open().snapshots()) == 4
    assert filled.verify().findings == ()


class Calls:
    """Kills at the n-th system call that changes the disk, in the vault or in the memory outside it."""

    def __init__(self, kit: ModuleType, at: int) -> None:
        self.kit = kit
        self.at = at
        self.done = 0

    def wrap(self, action: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            number, self.done = self.done, self.done + 1
            if number == self.at:
                raise self.kit.Killed
            return action(*arguments, **more)

        return call

    def install(self, patched: pytest.MonkeyPatch) -> None:
        for name in ("link", "fsync", "write"):
            patched.setattr(os, name, self.wrap(getattr(os, name)))
        patched.setattr(Path, "replace", self.wrap(Path.replace))
        patched.setattr(Path, "unlink", self.wrap(Path.unlink))


@pytest.mark.parametrize("name", ["document and entry", "slot write", "snapshot"])
def test_killed_at_every_system_call(
    kit: ModuleType, filled: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    act = ACTS[name]
    filled.vault.slot("x").write(b"old")
    for folder in ("vault", "heads"):
        shutil.copytree(tmp_path / folder, tmp_path / "kept" / folder)
    before = act.seen(filled.open())
    act.do(filled.open(), kit)
    after = act.seen(filled.open())
    outcomes = set()
    at, step = 0, 5 if name == "snapshot" else 2
    while True:
        for folder in ("vault", "heads"):
            shutil.rmtree(tmp_path / folder)
            shutil.copytree(tmp_path / "kept" / folder, tmp_path / folder)
        vault, calls = filled.open(), Calls(kit, at)
        with monkeypatch.context() as patched:
            calls.install(patched)
            try:
                act.do(vault, kit)
            except kit.Killed:
                killed = True
            else:
                killed = False
        if not killed:
            break
        seen = act.seen(filled.open())
        outcomes.add(seen == after)
        assert seen in (before, after), f"call {at}"
        report = filled.verify()
        assert report.ok, (at, report.findings)
        at += step
    assert outcomes == {True, False}
    assert at > 10


def test_killed_for_real_while_capturing(kit: ModuleType, filled: Any) -> None:
    """Not simulated: the process is killed while it writes one snapshot after the other."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom datetime import UTC, datetime\n"
        "from akika_forensics.model.company import Company\nfrom akika_forensics.model.record import RecordKey\n"
        "from akika_forensics.settings import Secret\nfrom akika_forensics.vault import HeadStore, open_vault\n"
        "vault = open_vault(Path(sys.argv[1]), Secret(sys.argv[3]), heads=HeadStore(Path(sys.argv[2])))\n"
        "at = datetime(2026, 11, 24, tzinfo=UTC)\n"
        "for turn in range(10_000):\n"
        "    with vault.begin_snapshot(Company('1', 'x', 'http://127.0.0.1')) as writer:\n"
        "        for number in range(20):\n"
        "            writer.add(RecordKey('Invoice', str(number)), b'{\"v\":%d}' % (turn + number))\n"
        "        writer.commit(taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=0, findings=[])\n"
        "    print(turn, flush=True)\n"
    )
    for turns in (1, 2, 4):
        running = subprocess.Popen(
            [sys.executable, "-c", program, filled.root, filled.heads.folder, kit.PASSPHRASE.reveal()],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert running.stdout is not None
        for _ in range(turns):
            assert running.stdout.readline()
        running.kill()
        running.communicate()
        report = filled.verify()
        assert report.ok, report.findings
    assert len(filled.open().snapshots()) >= 3 + 1 + 2 + 4


def test_a_vault_that_was_never_finished_is_said_to_be_damaged(kit: ModuleType, in_memory: Any, tmp_path: Path) -> None:
    whole = kit.Trouble(-1, "none")
    in_memory.create(kit.FaultyBackend(kit.MemoryBackend(), whole))
    for at in range(whole.done):
        backend = kit.MemoryBackend()
        with pytest.raises(kit.Killed):
            in_memory.create(kit.FaultyBackend(backend, kit.Trouble(at, "killed before")))
        with pytest.raises(AkikaError):
            in_memory.open(backend)
    assert heads.HeadStore(tmp_path / "x").remembered("x") is None
