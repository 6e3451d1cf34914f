"""The bytes of attached files, in the company's file, in parts: none is ever whole in memory."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

TABLES: Final = """
CREATE TABLE IF NOT EXISTS file (
    id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
    size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file_part (
    id TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (id, number));
"""

THUMBNAIL: Final = "thumbnail:"
"""Before the attachment's Id: its picture in small."""


@dataclass(frozen=True, slots=True)
class File:
    """A file without its bytes; ``key`` names it in its temporary addresses."""

    id: str
    key: str
    name: str
    kind: str
    size: int


class Shelf:
    """Files by the Id of their Attachable. Writes belong into a transaction of the store."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = db
        self._lock = lock

    def put(self, record_id: str, key: str, name: str, kind: str, content: Iterable[bytes]) -> File:
        """Take the blocks of ``content``, any of them empty; gives the file with its size."""
        size = number = 0
        for block in content:
            if block:
                self._db.execute("INSERT INTO file_part VALUES (?,?,?)", (record_id, number, block))
                size += len(block)
                number += 1
        self._db.execute("INSERT INTO file VALUES (?,?,?,?,?)", (record_id, key, name, kind, size))
        return File(record_id, key, name, kind, size)

    def find(self, record_id: str) -> File | None:
        return self._one("SELECT id, key, name, kind, size FROM file WHERE id = ?", record_id)

    def by_key(self, key: str) -> File | None:
        return self._one("SELECT id, key, name, kind, size FROM file WHERE key = ?", key)

    def _one(self, sql: str, value: str) -> File | None:
        with self._lock:
            found = self._db.execute(sql, (value,)).fetchone()
        return File(*found) if found else None

    def read(self, record_id: str) -> Iterator[bytes]:
        """The bytes in blocks; each is read when it is asked for."""
        number = 0
        while True:
            with self._lock:
                found = self._db.execute(
                    "SELECT bytes FROM file_part WHERE id = ? AND number = ?", (record_id, number)
                ).fetchone()
            if found is None:
                return
            yield bytes(found[0])
            number += 1

    def remove(self, record_id: str) -> None:
        """A file and its thumbnail; nothing where there is none."""
        for one in (record_id, THUMBNAIL + record_id):
            self._db.execute("DELETE FROM file WHERE id = ?", (one,))
            self._db.execute("DELETE FROM file_part WHERE id = ?", (one,))
