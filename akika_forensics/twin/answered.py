"""What requests with an Id of their own were answered: asked again, they get the same and change nothing.

Source: QuickBooks API, requestid.
"""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime, timedelta
from typing import Final

A_DAY: Final = timedelta(days=1)


class Answered:
    """Of the table ``replay`` in a company's file."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = db
        self._lock = lock

    def find(self, request_id: str, since: datetime | None = None) -> tuple[int, bytes] | None:
        """Status and body; None for what was not asked, or answered before ``since``."""
        forgotten = since.timestamp() if since is not None else 0.0
        with self._lock:
            found = self._db.execute(
                "SELECT status, response FROM replay LEFT JOIN replay_time USING (request_id) "
                "WHERE request_id = ? AND coalesce(moment, ?) >= ?",
                (request_id, forgotten, forgotten),
            ).fetchone()
        return (int(found[0]), bytes(found[1])) if found else None

    def keep(self, request_id: str, status: int, response: bytes, now: datetime) -> None:
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO replay VALUES (?,?,?)", (request_id, status, response))
            self._db.execute("INSERT OR REPLACE INTO replay_time VALUES (?,?)", (request_id, now.timestamp()))
