"""Whatever fails while snapshots are merged, dropped, held or erased: afterwards the vault holds what it held, or the whole of it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import HeadStore, StorageFailed
from akika_forensics.vault.lifecycle import compaction, erasing, holding, retiring
from akika_forensics.vault.lifecycle.policy import Policy

KINDS = ("killed before", "killed after", "failed after", "full")
NOW = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Act:
    do: Callable[[Any, ModuleType], object]
    seen: Callable[[Any, ModuleType], object]


def _company(vault: Any, kit: ModuleType) -> str:
    return str(vault.pseudonym(kit.COMPANY))


def _compact(vault: Any, kit: ModuleType) -> None:
    compaction.compact(vault.workshop(), _company(vault, kit), extent="everything")


def _parts(vault: Any, kit: ModuleType) -> object:
    return len(compaction.sizes(vault.workshop().shelf, _company(vault, kit)))


def _retire(vault: Any, kit: ModuleType) -> None:
    retiring.retire(vault.workshop(), _company(vault, kit), Policy(last=1), now=NOW)


def _ids(vault: Any, kit: ModuleType) -> object:
    return [info.id for info in vault.snapshots() if info.company == kit.COMPANY]


def _hold(vault: Any, kit: ModuleType) -> None:
    holding.add(vault.workshop(), "matter", "a letter", company=_company(vault, kit))


def _release(vault: Any, kit: ModuleType) -> None:
    holding.release(vault.workshop(), "old", "closed")


def _holds(vault: Any, kit: ModuleType) -> object:
    return [hold.name for hold in holding.holds_of(vault.workshop())]


def _erase(vault: Any, kit: ModuleType) -> None:
    slot, company = vault.slot("tokens/one"), _company(vault, kit)
    erasing.erase(vault.workshop(), company, "asked for", named="it", documents=_papers(vault), slots=[slot])


def _papers(vault: Any) -> list[str]:
    return list(vault.workshop().shelf.backend.list("documents"))


ACTS = {
    "compaction": Act(_compact, _parts),
    "retention": Act(_retire, _ids),
    "hold": Act(_hold, _holds),
    "release": Act(_release, _holds),
    "erasure": Act(_erase, _ids),
}


def _fill(vault: Any, kit: ModuleType) -> dict[str, dict[RecordKey, bytes]]:
    kept: dict[str, dict[RecordKey, bytes]] = {}
    books = kit.books(4)
    for day in range(3):
        books[RecordKey("Invoice", "1")] = kit.invoice(1, f"{day}.10", day)
        books.pop(RecordKey("Invoice", "2"), None)
        kept[kit.take(vault, books, day=day).id] = dict(books)
    other = kit.take(vault, kit.books(2), kit.OTHER, day=4)
    kept[other.id] = kit.books(2)
    document = vault.put_document("plan", b"the plan", kit.COMPANY)
    vault.chain("journals/p1", "akika-journal", kit.COMPANY).append({"step": 1}, [document])
    vault.slot("tokens/one").write(b"a token")
    holding.add(vault.workshop(), "old", "a letter", snapshots=["s4"])
    return kept


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ACTS)
def test_trouble_at_every_operation(kit: ModuleType, in_memory: Any, tmp_path: Path, name: str, kind: str) -> None:
    act = ACTS[name]
    base = kit.MemoryBackend()
    vault = in_memory.create(base)
    books = _fill(vault, kit)
    shutil.copytree(in_memory.heads.folder, tmp_path / "kept")
    before = act.seen(in_memory.open(base), kit)

    def fresh() -> Any:
        shutil.rmtree(in_memory.heads.folder)
        shutil.copytree(tmp_path / "kept", in_memory.heads.folder)
        return kit.MemoryBackend(base.content)

    whole = fresh()
    trouble = kit.Trouble(-1, "none")
    act.do(in_memory.open(kit.FaultyBackend(whole, trouble)), kit)
    after = act.seen(in_memory.open(whole), kit)
    assert before != after
    assert in_memory.verify(whole).findings == ()
    seen = []
    for at in range(trouble.done):
        backend = fresh()
        opened = in_memory.open(kit.FaultyBackend(backend, kit.Trouble(at, kind)))
        with contextlib.suppress(kit.Killed, StorageFailed):
            act.do(opened, kit)
        again = in_memory.open(backend)
        seen.append(act.seen(again, kit))
        assert seen[-1] in (before, after), f"{kind} at {at}"
        for info in again.snapshots():
            assert {record.key: record.payload for record in again.snapshot(info.id).records()} == books[info.id]
        # Everything was read above; what a check with keys adds is seen at every sixth point.
        report = in_memory.verify(backend, keys=at % 6 == 0)
        assert report.ok, (kind, at, report.findings)
        if at % 6:
            continue
        # What was left over goes with the next act, and the work goes on from there.
        with contextlib.suppress(WrongUse):
            act.do(again, kit)
        assert act.seen(again, kit) == after
        kit.take(again, kit.books(2))
        retired = set(again.workshop().shelf.standing.retired)
        compaction.compact(again.workshop(), _company(again, kit), extent="anew")
        assert retired.isdisjoint(backend.content)
        assert in_memory.verify(backend).ok, (kind, at)
    if kind in {"killed before", "full"}:
        assert before in seen
    if kind == "killed after":
        assert after in seen


def test_a_full_disk_leaves_no_files(kit: ModuleType, in_memory: Any) -> None:
    backend = kit.MemoryBackend()
    _fill(in_memory.create(backend), kit)
    before = dict(backend.content)
    for name in ("compaction", "retention"):
        for at in range(4):
            vault = in_memory.open(kit.FaultyBackend(backend, kit.Trouble(at, "full")))
            with pytest.raises(StorageFailed, match="disk is full"):
                ACTS[name].do(vault, kit)
            assert backend.content == before


def test_the_memory_outside_may_fail(kit: ModuleType, filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(HeadStore, "_store", full)
        with pytest.raises(OSError, match="No space"):
            _retire(filled.vault, kit)
    assert _ids(filled.open(), kit) == ["s3"]
    assert filled.verify().ok
