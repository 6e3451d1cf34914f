"""Rows on their way into a company's tables: gathered, and written a few thousand at a time.

The secondary indexes of tables that begin empty are made when all rows are in: one sort of each instead of a search
for each row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin import entries
from akika_forensics.twin.people.trail import Event
from akika_forensics.twin.store import Store
from akika_forensics.twin.tables import DocumentRow, LinkRow, MovementRow, PostingRow, TaxedRow, UnchargedRow

_CHUNK: Final = 4_000
_TABLES: Final = ("record", "posting", "document", "link", "movement", "author", "event")

_RECORD: Final = "INSERT OR REPLACE INTO record VALUES (?,?,?,?,?,?,?,?,?)"
_TOMBSTONE: Final = "DELETE FROM tombstone WHERE entity = ? AND id = ?"
_EVENT: Final = "INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_AUTHOR: Final = "INSERT OR REPLACE INTO author VALUES (?,?,?,?)"

type Key = tuple[str, str]
type _Values = tuple[Any, ...]


class Rows:
    """Everything that one load writes. Belongs into the store's transaction; ``finish`` ends it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fresh = not any(store.select(f"SELECT 1 FROM {name} LIMIT 1") for name in _TABLES[1:5])  # noqa: S608 - ours
        """Whether the company has no books yet: nothing that comes replaces anything but settings."""
        self._dead = bool(store.select("SELECT 1 FROM tombstone LIMIT 1"))
        self._records: dict[Key, _Values] = {}
        self._waiting: dict[str, list[_Values]] = {}
        self._indexes: list[str] = []

    # what comes

    def record(self, key: Key, values: _Values) -> None:
        """``values`` are the columns of a record; of one key the last one counts."""
        self._records[key] = values
        if len(self._records) >= _CHUNK:
            self._drop_indexes()
            self._write_records()

    def payload(self, entity: str, record_id: str) -> bytes | None:
        """The bytes of a record that came, or was there."""
        waiting = self._records.get((entity, record_id))
        if waiting is not None:
            return bytes(waiting[2])
        row = self._store.get(entity, record_id)
        return row.payload if row else None

    def payloads(self, entity: str) -> Iterable[tuple[str, bytes]]:
        """Id and bytes of all records of an entity, in the order of the Ids as text; nothing may come meanwhile."""
        self._write_records()
        return self._store.stream("SELECT id, payload FROM record WHERE entity = ? ORDER BY id", (entity,))

    def postings(self, entity: str, record_id: str, rows: list[PostingRow]) -> None:
        """Raises OutOfBalanceError."""
        entries.check_balance(entity, record_id, rows)
        self._add(entries.INSERT_POSTING, [(entity, record_id, *row) for row in rows])

    def document(self, row: DocumentRow) -> None:
        self._add(entries.INSERT_DOCUMENT, [row])

    def taxed(self, rows: Iterable[TaxedRow]) -> None:
        self._add(entries.INSERT_TAXED, list(rows))

    def uncharged(self, rows: Iterable[UnchargedRow]) -> None:
        self._add(entries.INSERT_UNCHARGED, list(rows))

    def links(self, rows: Iterable[LinkRow]) -> None:
        self._add(entries.INSERT_LINK, list(rows))

    def movement(self, row: MovementRow) -> None:
        self._add(entries.INSERT_MOVEMENT, [entries.movement_cells(row)])

    def author(self, entity: str, record_id: str, created_by: str, modified_by: str) -> None:
        self._add(_AUTHOR, [(entity, record_id, created_by, modified_by)])

    def event(self, row: Event) -> None:
        self._add(_EVENT, [(row.seq or None, *(getattr(row, name) for name in Event.__slots__[1:]))])

    def forget(self, entity: str, record_id: str) -> None:
        """Remove what a document did that is there already, before it does it anew."""
        key = (entity, record_id)
        for table in ("posting", "document", "taxed", "uncharged", "movement"):
            self._store.run(f"DELETE FROM {table} WHERE entity = ? AND id = ?", [key])  # noqa: S608 - ours
        self._store.run("DELETE FROM link WHERE source_entity = ? AND source_id = ?", [key])

    # how it is written

    def _add(self, sql: str, rows: list[_Values]) -> None:
        waiting = self._waiting.setdefault(sql, [])
        waiting += rows
        if len(waiting) >= _CHUNK:
            self._write(sql)

    def _write(self, sql: str) -> None:
        rows = self._waiting.pop(sql, [])
        if not rows:
            return
        if sql == entries.INSERT_DOCUMENT:
            rows.sort()  # its table is kept in this order
        try:
            self._store.run(sql, rows)
        except sqlite3.IntegrityError as error:
            if sql != entries.INSERT_DOCUMENT:
                raise
            raise WrongUse(
                "A transaction came twice in a load that posts each as it comes.",
                do="Let what moved a transaction along come with post=False.",
            ) from error

    def _write_records(self) -> None:
        if not self._records:
            return
        rows = [self._records[key] for key in sorted(self._records)]
        self._store.run(_RECORD, rows)
        if self._dead:
            self._store.run(_TOMBSTONE, [row[:2] for row in rows])
        self._records.clear()

    def _drop_indexes(self) -> None:
        if not self.fresh or self._indexes:
            return
        marks = ",".join("?" * len(_TABLES))
        found = self._store.select(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})",  # noqa: S608 - marks alone
            _TABLES,
        )
        for name, sql in found:
            self._store.run(f"DROP INDEX {name}")
            self._indexes.append(str(sql))

    def finish(self) -> None:
        """All that came is in the tables, and the indexes are there again."""
        self._write_records()
        for sql in list(self._waiting):
            self._write(sql)
        for sql in self._indexes:
            self._store.run(sql)
        self._indexes.clear()
        self._store.wrote()
