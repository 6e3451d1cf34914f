"""The books of the snapshots that were read last: each is rebuilt once, for every session of the app."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from akika_forensics.case.statements.reading import ReadBooks

MOST: Final = 2
"""Books that are held: those of a large company take much memory."""


class BookShelf:
    """By the Id of the snapshot; what was looked at longest ago gives way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, ReadBooks] = OrderedDict()

    def get(self, snapshot: str) -> ReadBooks | None:
        with self._lock:
            found = self._held.get(snapshot)
            if found is not None:
                self._held.move_to_end(snapshot)
            return found

    def put(self, read: ReadBooks) -> None:
        with self._lock:
            self._held[read.books.snapshot] = read
            self._held.move_to_end(read.books.snapshot)
            while len(self._held) > MOST:
                self._held.popitem(last=False)
