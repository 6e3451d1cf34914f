"""What really happened at a bank or card account, line by line, whatever the books say of it.

The lines are the bank's. What is done in the books changes none of them; only which transaction a line stands for, and
how far it came in the bank feed, may change, and the account of the books where two were merged.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

TABLES: Final = """
CREATE TABLE IF NOT EXISTS bank_line (
    place INTEGER PRIMARY KEY, account TEXT NOT NULL, date TEXT NOT NULL, cents INTEGER NOT NULL, fitid TEXT NOT NULL,
    payee TEXT NOT NULL, memo TEXT NOT NULL, number TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL,
    state TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS bank_line_fitid ON bank_line (account, fitid);
CREATE INDEX IF NOT EXISTS bank_line_date ON bank_line (account, date, place);
CREATE INDEX IF NOT EXISTS bank_line_source ON bank_line (entity, id);
"""

UNSEEN: Final = ""
REVIEW: Final = "review"
MATCHED: Final = "matched"
ADDED: Final = "added"
EXCLUDED: Final = "excluded"


@dataclass(frozen=True, slots=True)
class BankLine:
    """One line of a bank's or card's account.

    ``cents`` are of the account's own currency, positive for money that came in (on a card: that was paid back).
    ``fitid`` is the bank's own id, unique within the account; an empty one is made when the line is added.
    ``number`` is that of a check. ``entity`` and ``id`` name the transaction that the line stands for, or are empty.
    ``state`` is how far the line came in the bank feed: empty (not downloaded), review, matched, added, excluded.
    """

    account: str
    date: str
    cents: int
    fitid: str = ""
    payee: str = ""
    memo: str = ""
    number: str = ""
    entity: str = ""
    id: str = ""
    state: str = UNSEEN


_COLUMNS: Final = "account, date, cents, fitid, payee, memo, number, entity, id, state"


class BankLines:
    """The lines of all accounts. Writes belong into a transaction of the store."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = db
        self._lock = lock

    def add(self, lines: Iterable[BankLine]) -> list[BankLine]:
        """Keep lines in the order in which the bank booked them; gives them with their ids.

        Raises sqlite3.IntegrityError for an id that the account has already.
        """
        last = int(self._db.execute("SELECT coalesce(max(place), 0) FROM bank_line").fetchone()[0])
        kept = [
            (place, replace(line, fitid=line.fitid or f"{line.date.replace('-', '')}{place:08d}"))
            for place, line in enumerate(lines, last + 1)
        ]
        self._db.executemany(
            f"INSERT INTO bank_line (place, {_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)",  # noqa: S608 - fixed text
            [(place, *_values(line)) for place, line in kept],
        )
        return [line for _, line in kept]

    def find(self, account: str, fitid: str) -> BankLine | None:
        found = self._read("account = ? AND fitid = ?", account, fitid)
        return found[0] if found else None

    def of(self, account: str, since: str = "", until: str = "9999") -> list[BankLine]:
        """Lines of an account on the days ``since`` to ``until``, both included, in the bank's order."""
        return self._read("account = ? AND date >= ? AND date <= ?", account, since, until)

    def standing_for(self, entity: str, record_id: str) -> list[BankLine]:
        """The lines that stand for a transaction: one an account."""
        return self._read("entity = ? AND id = ?", entity, record_id)

    def in_state(self, state: str, account: str) -> list[BankLine]:
        return self._read("state = ? AND account = ?", state, account)

    def _read(self, where: str, *values: Any) -> list[BankLine]:
        sql = f"SELECT {_COLUMNS} FROM bank_line WHERE {where} ORDER BY date, place"  # noqa: S608 - values are bound
        with self._lock:
            return [BankLine(*found) for found in self._db.execute(sql, values)]

    def accounts(self) -> list[str]:
        """Ids of the accounts that have lines."""
        with self._lock:
            found = self._db.execute("SELECT DISTINCT account FROM bank_line")
            return sorted((str(row[0]) for row in found), key=lambda account: (len(account), account))

    def balance(self, account: str, until: str = "9999") -> int:
        """Cents that the bank has at the end of a day."""
        sql = "SELECT coalesce(sum(cents), 0) FROM bank_line WHERE account = ? AND date <= ?"
        with self._lock:
            return int(self._db.execute(sql, (account, until)).fetchone()[0])

    def days(self, account: str) -> tuple[str, str] | None:
        """The first and the last day on which anything happened."""
        sql = "SELECT min(date), max(date) FROM bank_line WHERE account = ?"
        with self._lock:
            first, last = self._db.execute(sql, (account,)).fetchone()
        return (str(first), str(last)) if first else None

    def sums(self, account: str, until: str) -> dict[tuple[str, str], int]:
        """Cents by the transaction that the lines up to a day stand for; ``("", "")`` for those that stand for none."""
        sql = "SELECT entity, id, sum(cents) FROM bank_line WHERE account = ? AND date <= ? GROUP BY entity, id"
        with self._lock:
            return {(str(e), str(i)): int(c) for e, i, c in self._db.execute(sql, (account, until))}

    def assign(self, line: BankLine, entity: str, record_id: str, state: str) -> None:
        """Say which transaction a line stands for, and how far it came in the feed."""
        self._db.execute(
            "UPDATE bank_line SET entity = ?, id = ?, state = ? WHERE account = ? AND fitid = ?",
            (entity, record_id, state, line.account, line.fitid),
        )

    def release(self, entity: str, record_id: str) -> None:
        """Lines that were matched to a transaction, or added as it, stand for nothing any more and are to be reviewed.

        A line that never came through the feed still tells what the transaction was about, and stays.
        """
        self._db.execute(
            "UPDATE bank_line SET entity = '', id = '', state = ? WHERE entity = ? AND id = ? AND state IN (?, ?)",
            (REVIEW, entity, record_id, MATCHED, ADDED),
        )

    def merge(self, account: str, into: str) -> None:
        """Two accounts of the books became one: so do their lines; an id that both have gets a number behind it."""
        self._db.execute(
            "UPDATE bank_line SET fitid = fitid || '-' || place WHERE account = ? "
            "AND fitid IN (SELECT fitid FROM bank_line WHERE account = ?)",
            (account, into),
        )
        self._db.execute("UPDATE bank_line SET account = ? WHERE account = ?", (into, account))


def _values(line: BankLine) -> tuple[Any, ...]:
    return (
        line.account,
        line.date,
        line.cents,
        line.fitid,
        line.payee,
        line.memo,
        line.number,
        line.entity,
        line.id,
        line.state,
    )
