"""The control reports of a snapshot in the making, as a draft keeps them and as the commit stores them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

from akika_forensics.vault import documents
from akika_forensics.vault.snapshots import packing

_AHEAD: Final = 4
"""Reports that wait for it at most: each is held whole, and may be longer than a page of records by far."""


class ControlReports:
    """By name; the last of a name wins. Not for several threads.

    ``kept``: packed, because together they may be longer than all records. What the commit stores is packed harder, which
    takes longer than all else that it does: that goes on beside, from when a report comes, and another may come meanwhile.
    """

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self._ready: dict[str, Future[bytes]] = {}
        self._waiting: deque[Future[bytes]] = deque()
        self._pool: ThreadPoolExecutor | None = None

    def put(self, name: str, data: bytes) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="akika-controls")
        self.drop([name])
        self.kept[name] = packing.pack(data)
        if len(self._waiting) == _AHEAD:
            wait([self._waiting.popleft()])
        ready = self._pool.submit(documents.packed, documents.control_kind(name), data)
        self._ready[name] = ready
        self._waiting.append(ready)

    def drop(self, names: Iterable[str] | None = None) -> None:
        """Those of these names, or all."""
        for name in list(self.kept) if names is None else names:
            self.kept.pop(name, None)
            ready = self._ready.pop(name, None)
            if ready is not None:
                ready.cancel()

    def take_up(self, kept: dict[str, bytes]) -> None:
        """Go on with those of a draft."""
        self.kept = dict(kept)

    def packed(self, name: str) -> bytes:
        """As `documents.put_packed` takes it. Raises DamagedFile where a draft kept it damaged."""
        ready = self._ready.get(name)
        if ready is not None:
            return ready.result()
        return documents.packed(documents.control_kind(name), packing.unpack(self.kept[name], name))

    def close(self) -> None:
        """End what goes on beside."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
