"""What documents do to the books, in the company's file: postings, how reports list them, links, stock movements.

And the sequences that number them.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any, Final

from akika_forensics.twin.tables import (
    DocumentRow,
    LinkRow,
    MovementRow,
    OutOfBalanceError,
    PostingRow,
    TaxedRow,
    UnchargedRow,
)

_POSTING = "date, account, cents, party, movement, own_cents, line, class, department, item, quantity, memo"
_MOVEMENT = (
    "number, item, date, entity, id, quantity, value_cents, counter_account, asset_account, cost_cents, line, class, "
    "department, memo"
)
_LINK = "source_entity, source_id, target_entity, target_id, cents, before"

INSERT_POSTING: Final = f"INSERT INTO posting (entity, id, {_POSTING}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608 - fixed text
INSERT_MOVEMENT: Final = f"INSERT INTO movement ({_MOVEMENT}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608 - fixed text
INSERT_LINK: Final = f"INSERT INTO link ({_LINK}) VALUES (?,?,?,?,?,?)"  # noqa: S608 - fixed text
INSERT_DOCUMENT: Final = "INSERT INTO document VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
INSERT_UNCHARGED: Final = "INSERT OR REPLACE INTO uncharged VALUES (?,?,?,?,?,?,?)"
INSERT_TAXED: Final = "INSERT OR REPLACE INTO taxed VALUES (?,?,?,?,?)"

movement_cells: Final = attrgetter(*MovementRow.__slots__)
"""Its values in the order of the columns; the other rows are what they hold."""


def check_balance(entity: str, record_id: str, rows: list[PostingRow]) -> None:
    """Raises OutOfBalanceError."""
    over = sum(row.cents for row in rows)
    if over:
        raise OutOfBalanceError(f"{entity}:{record_id} posts {over} cents more than it offsets")


class Entries:
    """The part of the store that holds them; writes belong into its ``transaction()``."""

    _db: sqlite3.Connection
    _lock: threading.RLock
    _writes = 0

    def age(self) -> tuple[int, ...]:
        """Another one after every write of postings, documents or links; what was made of them before is stale then."""
        with self._lock:
            ends = [self._db.execute(f"SELECT max(rowid) FROM {name}").fetchone()[0] for name in ("posting", "link")]  # noqa: S608 - ours
        return (self._writes, *(int(one or 0) for one in ends))

    def wrote(self) -> None:
        """Rows were written in other ways than one by one."""
        self._writes += 1

    def next_in(self, name: str, first: int = 1) -> int:
        found = self._db.execute("SELECT value FROM sequence WHERE name = ?", (name,)).fetchone()
        value = max(int(found[0]) + 1 if found else first, first)
        self._db.execute("INSERT OR REPLACE INTO sequence VALUES (?,?)", (name, value))
        return value

    # postings

    def postings(self, entity: str, record_id: str) -> list[PostingRow]:
        with self._lock:
            return [
                PostingRow(*found)
                for found in self._db.execute(
                    f"SELECT {_POSTING} FROM posting WHERE entity = ? AND id = ?",  # noqa: S608 - fixed text
                    (entity, record_id),
                )
            ]

    def set_postings(self, entity: str, record_id: str, rows: Iterable[PostingRow]) -> None:
        """Replace the document's own postings; what its stock movements cost is kept apart."""
        self._writes += 1
        rows = list(rows)
        check_balance(entity, record_id, rows)
        self._db.execute("DELETE FROM posting WHERE entity = ? AND id = ? AND movement IS NULL", (entity, record_id))
        self._insert_postings(entity, record_id, rows)

    def set_movement_postings(self, movement: MovementRow, rows: Iterable[PostingRow]) -> None:
        self._writes += 1
        rows = list(rows)
        check_balance(movement.entity, f"{movement.id}, movement {movement.number}", rows)
        self._db.execute(
            "DELETE FROM posting WHERE entity = ? AND id = ? AND movement = ?",
            (movement.entity, movement.id, movement.number),
        )
        self._insert_postings(movement.entity, movement.id, rows)

    def _insert_postings(self, entity: str, record_id: str, rows: list[PostingRow]) -> None:
        self._db.executemany(INSERT_POSTING, [(entity, record_id, *row) for row in rows])

    def balances(self, *, until: str, since: str = "", table: str = "posting") -> dict[str, int]:
        """Cents by account over the dates ``since`` to ``until``, both included; ``table`` is one of postings."""
        with self._lock:
            return {
                str(account): int(cents)
                for account, cents in self._db.execute(
                    f"SELECT account, sum(cents) FROM {table} "  # noqa: S608 - a name of ours
                    "WHERE date >= ? AND date <= ? GROUP BY account",
                    (since, until),
                )
            }

    def moved_by_source(self, account: str, until: str) -> dict[tuple[str, str], int]:
        """Cents of the account's own currency by the transaction that moved it, up to a day."""
        with self._lock:
            return {
                (str(entity), str(record_id)): int(cents)
                for entity, record_id, cents in self._db.execute(
                    "SELECT entity, id, sum(coalesce(own_cents, cents)) FROM posting "
                    "WHERE account = ? AND date <= ? GROUP BY entity, id",
                    (account, until),
                )
            }

    def postings_between(self, since: str, until: str, table: str = "posting") -> list[tuple[str, str, PostingRow]]:
        """Entity, Id and posting, of all dates ``since`` to ``until``."""
        with self._lock:
            return [
                (str(found[0]), str(found[1]), PostingRow(*found[2:]))
                for found in self._db.execute(
                    f"SELECT entity, id, {_POSTING} FROM {table} WHERE date >= ? AND date <= ?",  # noqa: S608 - ours
                    (since, until),
                )
            ]

    def select(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """What a statement of a report finds. ``sql`` is the twin's own text; what comes from outside is in ``values``."""
        with self._lock:
            return self._db.execute(sql, tuple(values)).fetchall()

    def stream(self, sql: str, values: Iterable[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The same row by row, within ``transaction()``; for what is too much to hold."""
        return iter(self._db.execute(sql, tuple(values)))

    def run(self, sql: str, rows: Iterable[Iterable[Any]] = ()) -> None:
        """Make or fill a table of a report's own. ``sql`` is the twin's own text; ``rows`` are values for it."""
        with self._lock:
            found = [tuple(row) for row in rows]
            if found:
                self._db.executemany(sql, found)
            else:
                self._db.execute(sql)

    def first_posting(self) -> str | None:
        """The earliest date on which anything is posted."""
        with self._lock:
            found = self._db.execute("SELECT min(date) FROM posting").fetchone()
        return str(found[0]) if found[0] else None

    def own_balances(self) -> dict[str, int]:
        """Cents by account over all dates, each in the account's own currency."""
        with self._lock:
            return {
                str(account): int(cents)
                for account, cents in self._db.execute(
                    "SELECT account, sum(coalesce(own_cents, cents)) FROM posting GROUP BY account"
                )
            }

    def party_balances(self, accounts: Iterable[str]) -> dict[str, int]:
        """Cents by party over the given accounts, in the accounts' own currency."""
        sums: dict[str, int] = {}
        with self._lock:
            for account in accounts:
                for party, cents in self._db.execute(
                    "SELECT party, sum(coalesce(own_cents, cents)) FROM posting WHERE account = ? GROUP BY party",
                    (account,),
                ):
                    sums[str(party)] = sums.get(str(party), 0) + int(cents)
        return sums

    def out_of_balance(self) -> list[tuple[str, str, int]]:
        """Documents whose postings do not sum to zero; always empty."""
        with self._lock:
            return self._db.execute(
                "SELECT entity, id, sum(cents) FROM posting GROUP BY entity, id HAVING sum(cents) <> 0"
            ).fetchall()

    # documents

    def set_document(self, entity: str, record_id: str, row: DocumentRow | None) -> None:
        """How reports list a transaction; None for one that is gone."""
        self._writes += 1
        if row is None:
            self._db.execute("DELETE FROM document WHERE entity = ? AND id = ?", (entity, record_id))
            self.set_taxed(entity, record_id, [])
            self.set_uncharged(entity, record_id, [])
            return
        self._db.execute(INSERT_DOCUMENT.replace("INSERT", "INSERT OR REPLACE"), row)

    def set_taxed(self, entity: str, record_id: str, rows: Iterable[TaxedRow]) -> None:
        """What the tax lines of a transaction were taken of."""
        self._db.execute("DELETE FROM taxed WHERE entity = ? AND id = ?", (entity, record_id))
        self._db.executemany(INSERT_TAXED, list(rows))

    def set_uncharged(self, entity: str, record_id: str, rows: Iterable[UnchargedRow]) -> None:
        """What its lines count beside what they post."""
        self._db.execute("DELETE FROM uncharged WHERE entity = ? AND id = ?", (entity, record_id))
        self._db.executemany(INSERT_UNCHARGED, list(rows))

    def document(self, entity: str, record_id: str) -> DocumentRow | None:
        with self._lock:
            found = self._db.execute(
                "SELECT * FROM document WHERE entity = ? AND id = ?", (entity, record_id)
            ).fetchone()
        return DocumentRow(*found) if found else None

    # links

    def links_from(self, entity: str, record_id: str) -> list[LinkRow]:
        return self._links("source_entity = ? AND source_id = ?", entity, record_id)

    def links_to(self, entity: str, record_id: str) -> list[LinkRow]:
        return self._links("target_entity = ? AND target_id = ?", entity, record_id)

    def _links(self, where: str, entity: str, record_id: str) -> list[LinkRow]:
        sql = f"SELECT {_LINK} FROM link WHERE {where} ORDER BY rowid"  # noqa: S608 - fixed text
        with self._lock:
            return [LinkRow(*found) for found in self._db.execute(sql, (entity, record_id))]

    def set_links(self, entity: str, record_id: str, rows: Iterable[LinkRow]) -> None:
        self._writes += 1
        self._db.execute("DELETE FROM link WHERE source_entity = ? AND source_id = ?", (entity, record_id))
        self._db.executemany(INSERT_LINK, list(rows))

    # stock

    def movements_of(self, item: str) -> list[MovementRow]:
        return self._movements("item = ?", item)

    def movements_from(self, entity: str, record_id: str) -> list[MovementRow]:
        return self._movements("entity = ? AND id = ?", entity, record_id)

    def _movements(self, where: str, *values: str) -> list[MovementRow]:
        sql = f"SELECT {_MOVEMENT} FROM movement WHERE {where} ORDER BY number"  # noqa: S608 - fixed text
        with self._lock:
            return [MovementRow(*found) for found in self._db.execute(sql, values)]

    def add_movement(self, row: MovementRow) -> None:
        row.number = self.next_in("movement")
        self._db.execute(INSERT_MOVEMENT, movement_cells(row))

    def cost_movement(self, number: int, cost_cents: int) -> None:
        self._db.execute("UPDATE movement SET cost_cents = ? WHERE number = ?", (cost_cents, number))

    def remove_movements(self, entity: str, record_id: str) -> None:
        self._writes += 1
        self._db.execute("DELETE FROM movement WHERE entity = ? AND id = ?", (entity, record_id))
        self._db.execute(
            "DELETE FROM posting WHERE entity = ? AND id = ? AND movement IS NOT NULL", (entity, record_id)
        )
