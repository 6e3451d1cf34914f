"""Files that come side by side and are handed on one after another, so that a single writer takes them in.

Each waits in a buffer of its own; whose buffer is full waits for its turn. So memory is bounded, however large the files.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Full, Queue
from typing import Final

from akika_forensics.errors import NetworkFailed, ServiceError
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks.downloads import AddressEnded

SIDE_BY_SIDE: Final = 9
"""Requests at once; each file has one under way, and nothing else is asked meanwhile. Source: QuickBooks API, limits."""

_AHEAD: Final = 24
"""Files that may be under way or wait for their turn."""
_BUFFERED: Final = 24
"""Pieces of 64 KB that wait at most, of one file."""
_TICK: Final = 0.2
_TRIES: Final = 4
_LONGEST_PAUSE: Final = 8.0

Check = Callable[[], None]
Open = Callable[[RecordKey, int], Iterable[bytes]]
"""The bytes of a file; how often it was tried before. Called in other threads."""


class _File:
    """One file on its way: filled by a thread, read by the caller."""

    def __init__(self, key: RecordKey, tries: int) -> None:
        self.key, self.tries = key, tries
        self._queue: Queue[bytes | Exception | None] = Queue(_BUFFERED)

    def fill(self, opened: Open, pause: float, stopped: threading.Event) -> None:
        try:
            if self.tries:
                stopped.wait(random.uniform(0, min(_LONGEST_PAUSE, pause * 4**self.tries)))
            for chunk in opened(self.key, self.tries):
                if not self._put(chunk, stopped):
                    return
        except Exception as error:  # noqa: BLE001 -- raised again where the file is read
            self._put(error, stopped)
        else:
            self._put(None, stopped)

    def chunks(self, check: Check) -> Iterator[bytes]:
        while True:
            check()
            try:
                item = self._queue.get(timeout=_TICK)
            except Empty:
                continue
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield item

    def _put(self, item: bytes | Exception | None, stopped: threading.Event) -> bool:
        while not stopped.is_set():
            try:
                self._queue.put(item, timeout=_TICK)
            except Full:
                continue
            return True
        return False


def each(
    keys: Iterable[RecordKey],
    opened: Open,
    take: Callable[[RecordKey, Iterator[bytes]], None],
    *,
    check: Check,
    pause: float,
) -> Generator[tuple[RecordKey, ServiceError | None]]:
    """Hand the bytes of each file to ``take``; yields every key with the error that its last try ended with, if it did.

    A try that failed for the network, or for an address that ended, is made again, up to four times, after up to
    ``pause`` seconds times four to the power of the tries. What ``take`` and ``check`` raise otherwise is passed on.
    """
    waiting = deque((key, 0) for key in keys)
    under_way: deque[_File] = deque()
    stopped = threading.Event()
    pool = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="files")
    try:
        while waiting or under_way:
            while waiting and len(under_way) < _AHEAD:
                file = _File(*waiting.popleft())
                under_way.append(file)
                pool.submit(file.fill, opened, pause, stopped)
            file = under_way.popleft()
            try:
                take(file.key, file.chunks(check))
            except (NetworkFailed, AddressEnded) as error:
                if file.tries + 1 < _TRIES:
                    waiting.append((file.key, file.tries + 1))
                else:
                    yield file.key, error
            except ServiceError as error:
                yield file.key, error
            else:
                yield file.key, None
    finally:
        stopped.set()
        pool.shutdown(wait=True, cancel_futures=True)
