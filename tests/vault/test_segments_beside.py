"""Segments are written beside the records that come in: in one order, by one at a time, and what fails is told."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.model.record import RecordKey
from akika_forensics.vault import StorageFailed, layout
from akika_forensics.vault.snapshots import arrivals
from akika_forensics.vault.snapshots.beside import Beside


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "SEGMENT_ROWS", 2)


class Watched:
    """A backend in memory that notes what comes into being, by whom, and that it is one at a time."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.made: list[tuple[str, bool]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self._one = threading.Lock()

    def create(self, path: str, data: bytes) -> None:
        assert self._one.acquire(blocking=False), "two write at a time"
        try:
            self.made.append((layout.place_of(path).kind, threading.current_thread() is threading.main_thread()))
            self.begun.set()
            assert self.gate.wait(30)
            self.inner.create(path, data)
        finally:
            self._one.release()

    def create_stream(self, path: str, pieces: Iterator[bytes]) -> None:
        self.create(path, b"".join(pieces))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def fill(vault: Any, kit: ModuleType, company: Any, *, stubborn: bool = False) -> None:
    """Nine invoices and a customer, and files beside some; ``stubborn`` goes on in spite of what fails."""
    with vault.begin_snapshot(company) as writer:
        for number, (key, payload) in enumerate(kit.books(9).items()):
            with contextlib.suppress(StorageFailed if stubborn else ()):
                writer.add(key, payload)
                if number % 4 == 3:
                    writer.attach(key, [b"a receipt", bytes([number])])
        at = kit.START
        writer.commit(taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=0, findings=[])


def test_files_come_into_being_in_one_order(kit: ModuleType, in_memory: Any) -> None:
    backend = Watched(kit.MemoryBackend())
    vault = in_memory.create(backend)
    orders = []
    for company in (kit.COMPANY, kit.OTHER):
        backend.made.clear()
        fill(vault, kit, company)
        orders.append(list(backend.made))
        assert {record.key: record.payload for record in vault.snapshot("latest").records()} == kit.books(9)
    assert orders[0] == orders[1]
    by_caller = [caller for kind, caller in orders[0] if kind == "parquet"]
    assert by_caller.count(False) == 2 * 5, "segments are not written beside"
    assert ("blob", True) in orders[0]


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_failure_is_told_and_nothing_of_it_stays(kit: ModuleType, in_memory: Any, stubborn: bool) -> None:
    """Who goes on in spite of it is told again, and does not commit a snapshot with a segment missing."""
    backend = kit.MemoryBackend()
    in_memory.create(backend)
    before = dict(backend.content)
    vault = in_memory.open(kit.FaultyBackend(backend, kit.Trouble(1, "failed after")))
    with pytest.raises(StorageFailed):
        fill(vault, kit, kit.COMPANY, stubborn=stubborn)
    assert in_memory.open(backend).snapshots() == ()
    # What failed after it was done is a left-over that nobody knows of; all else was taken back.
    assert len(backend.content.keys() - before.keys()) == 1
    report = in_memory.verify(backend)
    assert report.ok, report.findings


def give_up(vault: Any, kit: ModuleType, backend: Watched, opening: threading.Timer) -> None:
    with vault.begin_snapshot(kit.COMPANY) as writer:
        for key, payload in list(kit.books(9).items())[:5]:
            writer.add(key, payload)
        assert backend.begun.wait(30)
        opening.start()
        raise KeyboardInterrupt


def test_who_gives_up_waits_for_what_is_being_written(kit: ModuleType, in_memory: Any) -> None:
    backend = Watched(kit.MemoryBackend())
    vault = in_memory.create(backend)
    before = set(backend.inner.content)
    backend.gate.clear()
    backend.begun.clear()
    opening = threading.Timer(0.05, backend.gate.set)
    with pytest.raises(KeyboardInterrupt):
        give_up(vault, kit, backend, opening)
    opening.join()
    assert not [one for one in threading.enumerate() if one.name.startswith("akika-segments")]
    assert set(backend.inner.content) == before
    kit.take(vault, kit.books(9))
    assert vault.snapshot("latest").record(RecordKey("Invoice", "9")).payload == kit.invoice(9)


def _fail() -> None:
    raise LookupError


class TestBeside:
    def test_one_piece_at_a_time_in_order(self) -> None:
        beside, done = Beside("test"), list[int]()
        for number in range(20):
            beside.give(lambda number=number: done.append(number))  # type: ignore[misc]
        beside.settle()
        assert done == list(range(20))
        beside.close()

    def test_what_fails_is_raised_by_every_later_call_and_what_follows_is_not_done(self) -> None:
        beside, done = Beside("test"), list[int]()
        beside.give(_fail)
        for call in (beside.settle, lambda: beside.give(lambda: done.append(1)), beside.settle):
            with pytest.raises(LookupError):
                call()
        beside.close()
        beside.close()
        assert done == []

    def test_closing_without_work(self) -> None:
        Beside("test").close()


def test_what_was_stored_for_a_caller_who_waits_can_still_be_replaced_and_taken_back(
    kit: ModuleType, in_memory: Any
) -> None:
    backend = Watched(kit.MemoryBackend())
    vault = in_memory.create(backend)
    books = kit.books(5)
    first, second, *_ = books
    with vault.begin_snapshot(kit.COMPANY) as writer:
        for key, payload in books.items():
            writer.add(key, payload)
        before = len(backend.made)
        writer.settle()
        writer.settle()
        writer.add(first, b'{"Id": "1", "late": true}')
        writer.remove(second)
        at = kit.START
        writer.commit(taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=0, findings=[])
    assert len(backend.made) > before
    expected = {**books, first: b'{"Id": "1", "late": true}'}
    del expected[second]
    assert {record.key: record.payload for record in vault.snapshot("latest").records()} == expected
