"""Merging and verifying read long files a piece at a time, wherever they lie, and no file of theirs outlasts them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.errors import VaultDamaged
from akika_forensics.model.record import RecordKey
from akika_forensics.vault.lifecycle import compaction
from akika_forensics.vault.snapshots import parquet, stacks
from akika_forensics.vault.storage import LocalBackend, StorageFailed

DAYS = 4


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "IN_PART", 0)
    monkeypatch.setattr(parquet, "_SLICE_ROWS", 2)


def books(day: int) -> dict[RecordKey, bytes]:
    return {
        RecordKey("Invoice", str(number)): b'{"Id":"%d","day":%d}' % (number, day if number % 3 == day % 3 else 0)
        for number in range(9)
    }


def take(kit: ModuleType, vault: Any) -> None:
    for day in range(DAYS):
        kit.take(vault, books(day), day=day)


def compact(kit: ModuleType, vault: Any) -> compaction.Compacted:
    return compaction.compact(vault.workshop(), vault.pseudonym(kit.COMPANY), extent="everything")


def payload_files(vault: Any) -> set[str]:
    shelf = vault._shelf
    shelf.refresh()
    return {part.payload for parts in shelf.holdings.parts.values() for part in parts.values()}


def is_whole(vault: Any) -> bool:
    return all(
        {record.key: record.payload for record in vault.snapshot(f"s{day + 1}").records()} == books(day)
        for day in range(DAYS)
    )


def test_of_this_machine_no_payload_file_is_held(kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    take(kit, empty.vault)
    vault = empty.open()
    before = payload_files(vault)
    read: list[str] = []
    written: list[str] = []
    for name, seen in (("read", read), ("create", written)):
        original = getattr(LocalBackend, name)

        def told(self: Any, path: str, *given: Any, original: Any = original, seen: list[str] = seen) -> Any:
            seen.append(path)
            return original(self, path, *given)

        monkeypatch.setattr(LocalBackend, name, told)
    assert compact(kit, vault).parts == (DAYS, 1)
    after = payload_files(vault)
    assert len(before) == DAYS
    assert len(after) == 1
    assert not (before | after) & {*read, *written}
    assert read
    assert written
    assert is_whole(empty.open())
    read.clear()
    assert empty.verify().findings == ()
    assert not after & set(read)


@pytest.fixture
def far(kit: ModuleType, tmp_path: Path) -> Any:
    """A vault whose files lie elsewhere."""
    place, backend = kit.MemoryVault(tmp_path), kit.MemoryBackend()
    take(kit, place.create(backend))
    return place, backend


def test_of_another_place_neither(kit: ModuleType, far: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place, backend = far
    made: list[Any] = []
    original = tempfile.TemporaryFile

    def counted(*given: Any, **more: Any) -> Any:
        made.append(original(*given, **more))
        return made[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", counted)
    assert compact(kit, place.open(backend)).parts == (DAYS, 1)
    assert len(made) == DAYS + 1
    assert is_whole(place.open(backend))
    assert place.verify(backend).findings == ()
    assert len(made) == DAYS + 2
    assert all(file.closed for file in made)


def test_what_was_damaged_elsewhere_is_named_and_nothing_is_left_open(kit: ModuleType, far: Any) -> None:
    place, backend = far
    vault = place.open(backend)
    path = max(payload_files(vault))
    content = bytearray(backend.read(path))
    content[len(content) // 2] ^= 1
    backend.delete(path)
    backend.create(path, bytes(content))
    with pytest.raises(VaultDamaged, match="SHA-256"):
        compact(kit, vault)


@pytest.mark.parametrize("after", [0, DAYS])
def test_a_full_disk_of_this_machine_leaves_the_vault_as_it_was(
    kit: ModuleType, far: Any, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    place, backend = far
    vault = place.open(backend)
    files = set(backend.list())
    original, made = tempfile.TemporaryFile, 0

    def full(*given: Any, **more: Any) -> Any:
        nonlocal made
        made += 1
        if made > after:
            raise OSError(28, "No space left on device")
        return original(*given, **more)

    with monkeypatch.context() as patched:
        patched.setattr(tempfile, "TemporaryFile", full)
        with pytest.raises(StorageFailed, match="the disk is full"):
            compact(kit, vault)
    assert set(backend.list()) == files
    assert is_whole(place.open(backend))
