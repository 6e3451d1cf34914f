"""The digests of many files, read chunk by chunk by a few threads: SHA-256 leaves the interpreter to the others."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final, NamedTuple

from akika_forensics.vault.storage import Backend

_THREADS: Final = max(1, min(4, os.cpu_count() or 1))
_AHEAD: Final = 4 * _THREADS
_TOLD_EVERY_SECONDS: Final = 0.2
_TOGETHER_BYTES: Final = 4 << 20
_TOGETHER_FILES: Final = 64


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


def digests(
    backend: Backend, lengths: Mapping[str, int], told: Callable[[int], None]
) -> Iterator[tuple[str, Digest | None]]:
    """Of the files by their paths, in order. ``lengths``: about how long each is, so that small ones are done together.

    ``told(bytes so far)`` is called in this thread, a few times a second. Stops its threads when the iterator is closed
    or an interruption comes. What one thread would do alone is done in this one.
    """
    read = _Count()
    if len(lengths) <= _TOGETHER_FILES and sum(lengths.values()) <= _TOGETHER_BYTES:
        yield from _in_turn(backend, lengths, read, told)
        return
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="akika-verify") as pool:
        waiting: deque[Future[list[tuple[str, Digest | None]]]] = deque()
        coming = _groups(lengths)
        try:
            while True:
                while len(waiting) < _AHEAD and (group := next(coming, None)) is not None:
                    waiting.append(pool.submit(_all_of, backend, group, read.add))
                if not waiting:
                    return
                yield from _wait(waiting.popleft(), read, told)
        finally:
            read.stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _groups(lengths: Mapping[str, int]) -> Iterator[list[str]]:
    group: list[str] = []
    size = 0
    for path, length in lengths.items():
        if group and (size + length > _TOGETHER_BYTES or len(group) == _TOGETHER_FILES):
            yield group
            group, size = [], 0
        group.append(path)
        size += length
    if group:
        yield group


def _in_turn(
    backend: Backend, paths: Iterable[str], read: _Count, told: Callable[[int], None]
) -> Iterator[tuple[str, Digest | None]]:
    last = time.monotonic()

    def counted(count: int) -> None:
        nonlocal last
        read.add(count)
        if time.monotonic() - last > _TOLD_EVERY_SECONDS:
            last = time.monotonic()
            told(read.bytes)

    for path in paths:
        yield path, digest_of(backend, path, counted)
    told(read.bytes)


def _all_of(backend: Backend, paths: list[str], counted: Callable[[int], None]) -> list[tuple[str, Digest | None]]:
    return [(path, digest_of(backend, path, counted)) for path in paths]


def _wait[T](future: Future[T], read: _Count, told: Callable[[int], None]) -> T:
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
