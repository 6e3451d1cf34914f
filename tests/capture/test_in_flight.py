"""Files side by side: every byte in order, bounded memory, tries again, and an end when it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akika_forensics.capture import in_flight
from akika_forensics.errors import Interrupted, NetworkFailed, ServiceError, VaultDamaged
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks.downloads import AddressEnded, FileGone


def _key(number: int) -> RecordKey:
    return RecordKey("Attachable", str(number))


def _fetch(keys: list[RecordKey], opened: Any, take: Any = None, check: Any = lambda: None) -> tuple[Any, Any]:
    taken: dict[RecordKey, bytes] = {}

    def keep(key: RecordKey, chunks: Iterator[bytes]) -> None:
        taken[key] = b"".join(chunks)

    ends = dict(in_flight.each(keys, opened, take or keep, check=check, pause=0.0))
    return taken, ends


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.lists(st.binary(max_size=9), max_size=60), st.integers(0, 5), st.integers(0, 8)), max_size=40)
)
def test_every_file_comes_whole_or_is_told_of(files: list[tuple[list[bytes], int, int]]) -> None:
    """Each file: its pieces, how many tries fail, and after how many pieces they do."""

    def opened(key: RecordKey, tries: int) -> Iterator[bytes]:
        pieces, fails, after = files[int(key.id)]
        for number, piece in enumerate(pieces):
            if tries < fails and number == after:
                raise AddressEnded("ended")
            yield piece
        if tries < fails:
            raise NetworkFailed("cut off")

    taken, ends = _fetch([_key(number) for number in range(len(files))], opened)
    assert set(ends) == {_key(number) for number in range(len(files))}
    for number, (pieces, fails, _) in enumerate(files):
        if fails < 4:
            assert ends[_key(number)] is None
            assert taken[_key(number)] == b"".join(pieces)
        else:
            assert isinstance(ends[_key(number)], NetworkFailed | AddressEnded)


def test_what_is_not_for_the_network_is_not_tried_again() -> None:
    tried = []

    def opened(key: RecordKey, tries: int) -> Iterator[bytes]:
        tried.append(tries)
        raise FileGone("gone")
        yield b""

    _, ends = _fetch([_key(1)], opened)
    assert isinstance(ends[_key(1)], FileGone)
    assert tried == [0]


def test_files_that_nobody_takes_yet_wait_in_a_bounded_buffer() -> None:
    lock, out = threading.Lock(), [0, 0]

    def opened(key: RecordKey, _: int) -> Iterator[bytes]:
        for _ in range(500):
            with lock:
                out[0] += 1
                out[1] = max(out[1], out[0])
            yield b"x"

    def take(key: RecordKey, chunks: Iterator[bytes]) -> None:
        for _ in chunks:
            with lock:
                out[0] -= 1

    _, ends = _fetch([_key(number) for number in range(20)], opened, take)
    assert len(ends) == 20
    assert out[0] == 0
    assert out[1] <= 20 * 26, "of ten thousand pieces"


def test_who_wants_to_stop_is_heard_while_files_are_under_way() -> None:
    started = threading.Event()

    def opened(key: RecordKey, _: int) -> Iterator[bytes]:
        started.set()
        while True:
            yield b"x"

    def check() -> None:
        if started.is_set():
            raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        _fetch([_key(number) for number in range(30)], opened, check=check)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("files")]


@pytest.mark.parametrize("error", [VaultDamaged("the disk is full"), RuntimeError("a fault of the program")])
def test_what_the_taker_raises_is_passed_on(error: Exception) -> None:
    def take(key: RecordKey, chunks: Iterator[bytes]) -> None:
        raise error

    with pytest.raises(type(error)):
        _fetch([_key(1), _key(2)], lambda *_: [b"x"], take)


def test_a_fault_of_the_program_in_a_thread_is_not_taken_for_one_of_the_service() -> None:
    def opened(key: RecordKey, _: int) -> Iterator[bytes]:
        raise ZeroDivisionError
        yield b""

    with pytest.raises(ZeroDivisionError):
        _fetch([_key(1)], opened)
    assert not issubclass(ZeroDivisionError, ServiceError)
