"""The digests of many files, read chunk by chunk by a few threads: SHA-256 leaves the interpreter to the others."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final, NamedTuple

from akika_forensics.vault.storage import Backend

_THREADS: Final = max(1, min(4, os.cpu_count() or 1))
_AHEAD: Final = 4 * _THREADS
_TOLD_EVERY_SECONDS: Final = 0.2


class Digest(NamedTuple):
    length: int
    sha256: str


class _Stopped(Exception):
    """Whoever asked does not wait any more."""


def digest_of(backend: Backend, path: str, counted: Callable[[int], None] = lambda _: None) -> Digest | None:
    """Length and SHA-256 of a file; None when it is not there. Holds one chunk."""
    digest, length = hashlib.sha256(), 0
    try:
        for chunk in backend.chunks(path):
            digest.update(chunk)
            length += len(chunk)
            counted(len(chunk))
    except FileNotFoundError:
        return None
    return Digest(length, digest.hexdigest())


def digests(backend: Backend, paths: Iterable[str], told: Callable[[int], None]) -> Iterator[tuple[str, Digest | None]]:
    """In the order of ``paths``. ``told(bytes so far)`` is called in this thread, a few times a second.

    Stops its threads when the iterator is closed or an interruption comes.
    """
    read = _Count()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="akika-verify") as pool:
        waiting: deque[tuple[str, Future[Digest | None]]] = deque()
        coming = iter(paths)
        try:
            while True:
                while len(waiting) < _AHEAD and (path := next(coming, None)) is not None:
                    waiting.append((path, pool.submit(digest_of, backend, path, read.add)))
                if not waiting:
                    return
                path, future = waiting.popleft()
                yield path, _wait(future, read, told)
        finally:
            read.stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _wait(future: Future[Digest | None], read: _Count, told: Callable[[int], None]) -> Digest | None:
    while not wait([future], timeout=_TOLD_EVERY_SECONDS).done:
        told(read.bytes)
    told(read.bytes)
    return future.result()


class _Count:
    """Bytes that all threads have read."""

    def __init__(self) -> None:
        self.bytes = 0
        self.stopped = threading.Event()
        self._guard = threading.Lock()

    def add(self, count: int) -> None:
        if self.stopped.is_set():
            raise _Stopped
        with self._guard:
            self.bytes += count
