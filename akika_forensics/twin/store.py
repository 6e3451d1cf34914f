"""The company's file: SQLite, one writer at a time, one request a transaction."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from akika_forensics.twin import answered, witness
from akika_forensics.twin.attachments import shelf
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.entries import Entries
from akika_forensics.twin.people import trail
from akika_forensics.twin.screens import reconciliations
from akika_forensics.twin.statements import lines
from akika_forensics.twin.tables import LATER, TABLES, Row, require_version
from akika_forensics.twin.webhooks import register

SILENT: Final = -1
"""In place of the moment of a deletion: no change feed tells of it."""


class Store(Entries):
    """All writes go through ``transaction()``; the outermost one commits. ``watchers`` are told when it has."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = self._undone = 0
        self._db = sqlite3.connect(
            str(path) if path else ":memory:", check_same_thread=False, isolation_level=None, cached_statements=256
        )
        # A company that is let go of closes its file; Python 3.13 and later complain where nobody does.
        weakref.finalize(self, self._db.close)
        require_version(self._db)
        # Texts are sorted as the query language sorts them, capitals or not; NULL stays the least of all.
        self._db.create_function("folded", 1, lambda text: text and text.casefold(), deterministic=True)
        # A record of a kilobyte or two does not fit a quarter of a common page and would waste most of a second one.
        self._db.execute(f"PRAGMA page_size={8192 if path else 16384}")
        if path:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(
            TABLES
            + shelf.TABLES
            + witness.TABLES
            + lines.TABLES
            + reconciliations.TABLES
            + trail.TABLES
            + register.TABLES
        )
        self.served = witness.Witness(self._db, self._lock)
        self.trail = trail.Trail(self._db, self._lock)
        self.hooks = register.Register(self._db, self._lock)
        self.answered = answered.Answered(self._db, self._lock)
        self.watchers: set[Callable[[], None]] = set()
        self.files = shelf.Shelf(self._db, self._lock)
        self.bank = lines.BankLines(self._db, self._lock)
        self.reconciliations = reconciliations.Reconciliations(self._db, self._lock)
        self._grow()
        kept = self.setting("beliefs")
        self.beliefs = Beliefs.from_dict(json.loads(kept)) if kept else Beliefs()

    def _grow(self) -> None:
        """Give a file of an earlier version the columns that came later."""
        for table, columns in LATER.items():
            present = {found[1] for found in self._db.execute(f"PRAGMA table_info({table})")}
            for name, kind in columns.items():
                if name not in present:
                    self._db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; one inside another can fail alone."""
        with self._lock:
            begin, commit, undo = "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"
            if self._depth:
                name = f"part{self._depth}"
                begin, commit, undo = f"SAVEPOINT {name}", f"RELEASE {name}", f"ROLLBACK TO {name}"
            self._db.execute(begin)
            self._depth += 1
            try:
                yield
            except BaseException:
                self._db.execute(undo)
                self._undone += 1
                if self._depth > 1:
                    self._db.execute(commit)
                raise
            else:
                self._db.execute(commit)
                if self._depth == 1:
                    for watcher in tuple(self.watchers):
                        watcher()
            finally:
                self._depth -= 1

    def revision(self) -> tuple[int, int, int]:
        """Another one after anything was written here or undone, replaced as a whole, or written by another process."""
        with self._lock:
            (others,) = self._db.execute("PRAGMA data_version").fetchone()
            return self._db.total_changes, self._undone, int(others)

    # records

    def get(self, entity: str, record_id: str) -> Row | None:
        with self._lock:
            found = self._db.execute(
                "SELECT entity, id, payload, active, created, updated FROM record WHERE entity = ? AND id = ?",
                (entity, record_id),
            ).fetchone()
        return _row(found) if found else None

    def put(self, row: Row, *, name: str | None, doc: str | None) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO record VALUES (?,?,?,?,?,?,?,?,?)", record_cells(row, name=name, doc=doc)
        )
        self._db.execute("DELETE FROM tombstone WHERE entity = ? AND id = ?", (row.entity, row.id))

    def repaint(self, entity: str, record_id: str, payload: bytes) -> None:
        """Other bytes of a record, of which nobody is told: no time, no name and no number of it moves."""
        self._db.execute("UPDATE record SET payload = ? WHERE entity = ? AND id = ?", (payload, entity, record_id))

    def naming(self, record_id: str) -> list[tuple[str, str]]:
        """Entity and Id of every record that may cite an Id: it stands there under a name that is none of a record's own."""
        cited = re.compile(rb'"(?!Id"|TxnId"|SyncToken"|DocNumber")\w+"\s*:\s*"' + re.escape(record_id.encode()) + b'"')
        with self._lock:
            self._db.create_function("cites", 1, lambda payload: cited.search(payload) is not None)
            found = self._db.execute(
                "SELECT entity, id FROM record WHERE instr(payload, ?) > 0 AND cites(payload) ORDER BY entity, id",
                (f'"{record_id}"'.encode(),),
            )
            return [(str(row[0]), str(row[1])) for row in found]

    def repoint(self, places: Iterable[tuple[str, str]], old: str, new: str) -> None:
        """In columns of the tables, each a table and a name of ours, one value for another."""
        self.wrote()
        for table, column in places:
            self._db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, old))  # noqa: S608 - ours

    def remove(self, entity: str, record_id: str, deleted: int) -> None:
        self._db.execute("DELETE FROM record WHERE entity = ? AND id = ?", (entity, record_id))
        self._db.execute("INSERT OR REPLACE INTO tombstone VALUES (?,?,?)", (entity, record_id, deleted))

    def rows(self, entity: str, *, since: int | None = None) -> list[Row]:
        sql = "SELECT entity, id, payload, active, created, updated FROM record WHERE entity = ?"
        with self._lock:
            if since is None:
                return [_row(found) for found in self._db.execute(sql, (entity,))]
            return [_row(found) for found in self._db.execute(sql + " AND updated >= ?", (entity, since))]

    def ids(self, entity: str) -> list[str]:
        """In no order that means anything."""
        with self._lock:
            return [found[0] for found in self._db.execute("SELECT id FROM record WHERE entity = ?", (entity,))]

    def records(self, where: str, values: list[Any], order: str, most: int = -1, after: int = 0) -> list[Row]:
        """What a clause over the columns finds, in an order of the columns; ``most`` -1 is no limit.

        The keys are put in order first: a sort that carries the payloads takes four times as long. CROSS JOIN keeps
        SQLite from looping over the records and so from another order.
        """
        with self._lock:
            found = self._db.execute(
                "SELECT r.entity, r.id, r.payload, r.active, r.created, r.updated FROM "  # noqa: S608 - values are bound
                f"(SELECT entity, id FROM record WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?) AS k "
                "CROSS JOIN record AS r ON r.entity = k.entity AND r.id = k.id",
                (*values, most, after),
            )
            return [_row(row) for row in found]

    def matching(self, where: str, values: list[Any]) -> int:
        """How many records a clause over the columns finds."""
        with self._lock:
            found = self._db.execute(f"SELECT count(*) FROM record WHERE {where}", values)  # noqa: S608 - see above
            return int(found.fetchone()[0])

    def all_rows(self) -> list[Row]:
        with self._lock:
            return [
                _row(found)
                for found in self._db.execute(
                    "SELECT entity, id, payload, active, created, updated FROM record ORDER BY entity, id"
                )
            ]

    def count(self, entity: str, *, inactive: bool = False) -> int:
        with self._lock:
            found = self._db.execute(
                "SELECT count(*) FROM record WHERE entity = ? AND (active = 1 OR ?)", (entity, inactive)
            ).fetchone()
        return int(found[0])

    def tombstones(self, entity: str, since: int) -> list[tuple[str, int]]:
        with self._lock:
            return self._db.execute(
                "SELECT id, deleted FROM tombstone WHERE entity = ? AND deleted >= ? ORDER BY deleted, id",
                (entity, since),
            ).fetchall()

    def was_deleted(self, entity: str, record_id: str) -> bool:
        """Whether there was such a record once."""
        row = ("SELECT 1 FROM tombstone WHERE entity = ? AND id = ?", (entity, record_id))
        with self._lock:
            return self._db.execute(*row).fetchone() is not None

    def holder_of_name(self, entities: Iterable[str], name: str) -> tuple[str, str] | None:
        for entity in entities:
            found = self._db.execute(
                "SELECT entity, id FROM record WHERE entity = ? AND name = ? ORDER BY active DESC",
                (entity, name.casefold()),
            ).fetchone()
            if found:
                return str(found[0]), str(found[1])
        return None

    def with_doc(self, entity: str, doc: str) -> list[str]:
        return [
            str(found[0])
            for found in self._db.execute("SELECT id FROM record WHERE entity = ? AND doc = ?", (entity, doc))
        ]

    def last_doc_number(self, entities: Iterable[str]) -> int | None:
        numbers = [
            self._db.execute("SELECT max(doc_number) FROM record WHERE entity = ?", (entity,)).fetchone()[0]
            for entity in entities
        ]
        return max((int(number) for number in numbers if number is not None), default=None)

    # sequences and settings

    def seen_in(self, name: str, value: int) -> None:
        """A number of that sequence was given from outside; the sequence goes on after it."""
        self._db.execute(
            "INSERT INTO sequence VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
            (name, value),
        )

    def keep_pace(self, other: Store) -> None:
        """Both go on from the same numbers: where one has given more, the other leaves a gap."""
        ours, theirs = (dict(one.select("SELECT name, value FROM sequence")) for one in (self, other))
        for store, own, others in ((self, ours, theirs), (other, theirs, ours)):
            for name, value in others.items():
                if value > own.get(name, 0):
                    store.seen_in(name, value)

    def copy_into(self, other: Store) -> None:
        """All of this company in place of what the other file holds."""
        with self._lock, other._lock:
            self._db.backup(other._db)
            other._undone += 1
            other.wrote()
        other.beliefs = self.beliefs

    def setting(self, name: str) -> str | None:
        with self._lock:
            found = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else None

    def set_setting(self, name: str, value: str) -> None:
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO setting VALUES (?,?)", (name, value))

    def believe(self, beliefs: Beliefs) -> None:
        """What is taken for granted from now on; kept in the file."""
        self.set_setting("beliefs", json.dumps(beliefs.as_dict()))
        self.beliefs = beliefs

    # marks of a bank's statement

    def marks(self, entity: str, record_id: str) -> frozenset[str]:
        with self._lock:
            found = self._db.execute("SELECT what FROM mark WHERE entity = ? AND id = ?", (entity, record_id))
            return frozenset(str(row[0]) for row in found)

    def set_mark(self, entity: str, record_id: str, what: str, *, on: bool) -> None:
        if on:
            self._db.execute("INSERT OR IGNORE INTO mark VALUES (?,?,?)", (entity, record_id, what))
        else:
            self._db.execute("DELETE FROM mark WHERE entity = ? AND id = ? AND what = ?", (entity, record_id, what))


def record_cells(row: Row, *, name: str | None, doc: str | None) -> tuple[Any, ...]:
    """The columns of a record in their order."""
    number = int(doc) if doc and doc.isascii() and doc.isdigit() and len(doc) < 10 else None
    return (row.entity, row.id, row.payload, int(row.active), row.created, row.updated, name, doc, number)


def _row(found: tuple[str, str, bytes, int, int, int]) -> Row:
    return Row(found[0], found[1], found[2], bool(found[3]), found[4], found[5])
