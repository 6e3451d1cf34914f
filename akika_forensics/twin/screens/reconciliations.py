"""The table of reconciliations: what was ticked off which statement of which account.

The side of an account is what is reconciled, not the transaction: of a transfer one side may be and the other not.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

TABLES: Final = """
CREATE TABLE IF NOT EXISTS reconciliation (
    number INTEGER PRIMARY KEY, account TEXT NOT NULL, until TEXT NOT NULL, opening INTEGER NOT NULL,
    ending INTEGER NOT NULL, at INTEGER NOT NULL, user TEXT NOT NULL, adjustment TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ticked (
    account TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, cents INTEGER NOT NULL,
    PRIMARY KEY (account, entity, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ticked_record ON ticked (entity, id);
"""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Cents are the account's own, debit positive; ``adjustment`` is the Id of the journal entry that made it fit."""

    number: int
    account: str
    until: str
    opening: int
    ending: int
    at: int
    user: str
    adjustment: str


@dataclass(frozen=True, slots=True)
class Tick:
    """``cents`` as they were when the statement was reconciled."""

    account: str
    entity: str
    id: str
    number: int
    cents: int


class Reconciliations:
    """Writes belong into a transaction of the store."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = db
        self._lock = lock

    def add(self, row: Reconciliation, ticks: Iterable[Tick]) -> int:
        """Keep a reconciliation under the next number, which replaces the one in the rows; gives it."""
        number = int(self._db.execute("SELECT coalesce(max(number), 0) + 1 FROM reconciliation").fetchone()[0])
        values = (number, row.account, row.until, row.opening, row.ending, row.at, row.user, row.adjustment)
        self._db.execute("INSERT INTO reconciliation VALUES (?,?,?,?,?,?,?,?)", values)
        self._db.executemany(
            "INSERT INTO ticked VALUES (?,?,?,?,?)",
            [(tick.account, tick.entity, tick.id, number, tick.cents) for tick in ticks],
        )
        return number

    def of(self, account: str) -> list[Reconciliation]:
        """In the order in which they were made."""
        with self._lock:
            found = self._db.execute("SELECT * FROM reconciliation WHERE account = ? ORDER BY number", (account,))
            return [Reconciliation(*row) for row in found]

    def ticks(self, account: str) -> list[Tick]:
        with self._lock:
            found = self._db.execute("SELECT * FROM ticked WHERE account = ? ORDER BY number, entity, id", (account,))
            return [Tick(*row) for row in found]

    def sides(self, entity: str, record_id: str) -> frozenset[str]:
        """The accounts on whose statements a transaction was ticked off."""
        with self._lock:
            found = self._db.execute("SELECT account FROM ticked WHERE entity = ? AND id = ?", (entity, record_id))
            return frozenset(str(row[0]) for row in found)

    def undo(self, number: int) -> None:
        self._db.execute("DELETE FROM ticked WHERE number = ?", (number,))
        self._db.execute("DELETE FROM reconciliation WHERE number = ?", (number,))

    def untick(self, account: str, entity: str, record_id: str) -> None:
        self._db.execute("DELETE FROM ticked WHERE account = ? AND entity = ? AND id = ?", (account, entity, record_id))

    def merge(self, account: str, into: str) -> None:
        """Two accounts became one: the reports of the one that goes are deleted, its ticks stay.

        Source: Intuit's help on merging accounts.
        """
        self._db.execute("DELETE FROM reconciliation WHERE account = ?", (account,))
        self._db.execute("UPDATE OR IGNORE ticked SET account = ? WHERE account = ?", (into, account))
        self._db.execute("DELETE FROM ticked WHERE account = ?", (account,))
