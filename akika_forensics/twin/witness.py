"""The table of served requests in a company's file: what a killed server still knows of them."""

from __future__ import annotations

import sqlite3
import threading
from typing import Final

TABLES: Final = """
CREATE TABLE IF NOT EXISTS served (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, month TEXT NOT NULL, core INTEGER NOT NULL, coreplus INTEGER NOT NULL,
    entry BLOB NOT NULL);
"""


class Witness:
    """Written within the transaction that it tells of, so that neither is there without the other."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = db
        self._lock = lock

    def note(self, seq: int, kind: str, month: str, charges: tuple[int, int], entry: bytes) -> None:
        """``charges`` are calls counted as writing and as reading."""
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO served VALUES (?,?,?,?,?,?)", (seq, kind, month, *charges, entry))

    def since(self, seq: int, before: int) -> list[bytes]:
        """The entries after ``seq`` and before ``before``, in the order of arrival."""
        with self._lock:
            sql = "SELECT entry FROM served WHERE seq > ? AND seq < ? ORDER BY seq"
            return [bytes(found[0]) for found in self._db.execute(sql, (seq, before))]

    def last(self) -> int:
        with self._lock:
            return int(self._db.execute("SELECT coalesce(max(seq), 0) FROM served").fetchone()[0])

    def by_kind(self) -> dict[str, int]:
        with self._lock:
            return dict(self._db.execute("SELECT kind, count(*) FROM served GROUP BY kind").fetchall())

    def by_month(self) -> dict[str, tuple[int, int]]:
        """Calls counted as writing and as reading."""
        with self._lock:
            rows = self._db.execute("SELECT month, sum(core), sum(coreplus) FROM served GROUP BY month").fetchall()
        return {str(month): (int(core), int(coreplus)) for month, core, coreplus in rows}
