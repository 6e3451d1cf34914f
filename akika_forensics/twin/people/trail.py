"""The tables of the company's people: users, who wrote which record, and the trail of what was done.

The trail is append only. A row tells one act on one record: what, by whom, when, on which request; ``indirect`` marks a
transaction that was changed by an act on another.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import batched
from typing import Any, Final

TABLES: Final = """
CREATE TABLE IF NOT EXISTS user (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL, active INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS author (
    entity TEXT NOT NULL, id TEXT NOT NULL, created_by TEXT NOT NULL, modified_by TEXT NOT NULL,
    PRIMARY KEY (entity, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    verb TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, request INTEGER, doc TEXT NOT NULL, party TEXT NOT NULL,
    date TEXT NOT NULL, cents INTEGER, indirect INTEGER NOT NULL, detail TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS event_record ON event (entity, id);
"""

_PART: Final = 2_000
"""Rows that are read at once."""


@dataclass(frozen=True, slots=True)
class User:
    """``role`` is admin, accountant, standard or reports only, in the screens' words."""

    id: str
    name: str
    email: str
    role: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """``at`` is in microseconds since the epoch; ``party`` a name as it was then; ``detail`` JSON text of what else
    there is to tell; ``seq`` 0 stands for the next one.
    """

    seq: int
    at: int
    user: str
    name: str
    kind: str
    verb: str
    entity: str
    id: str
    request: int | None
    doc: str
    party: str
    date: str
    cents: int | None
    indirect: bool
    detail: str


class Trail:
    """Written within the transaction of the act that it tells of."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = db
        self._lock = lock

    def add(self, events: Iterable[Event]) -> None:
        marks = ",".join("?" * len(Event.__slots__))
        rows = [(event.seq or None, *astuple(event)[1:]) for event in events]
        self._db.executemany(f"INSERT INTO event VALUES ({marks})", rows)  # noqa: S608 - marks alone

    def events(self, after: int = 0, most: int = -1) -> list[Event]:
        """In the order in which they came, from the one behind ``after``."""
        with self._lock:
            found = self._db.execute("SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (after, most))
            return [_event(row) for row in found]

    def newest_first(self, since: int) -> Iterator[Event]:
        """Events from a moment on in microseconds, the last act first; of one moment, the last row first.

        Read in parts: who needs the newest alone does not wait for the rest.
        """
        with self._lock:
            sql = "SELECT seq FROM event WHERE at >= ? ORDER BY at DESC, seq DESC"
            order = [int(row[0]) for row in self._db.execute(sql, (since,))]
        for part in batched(order, _PART):
            with self._lock:
                marks = ",".join("?" * len(part))
                found = self._db.execute(f"SELECT * FROM event WHERE seq IN ({marks})", part)  # noqa: S608 - marks alone
                rows = {int(row[0]): row for row in found}
            yield from (_event(rows[seq]) for seq in part)

    def of(self, entity: str, record_id: str) -> list[Event]:
        """What was done to one record."""
        with self._lock:
            sql = "SELECT * FROM event WHERE entity = ? AND id = ? ORDER BY seq"
            return [_event(row) for row in self._db.execute(sql, (entity, record_id))]

    def done(self, verb: str, entity: str) -> list[Event]:
        """Acts of one kind on records of an entity."""
        with self._lock:
            sql = "SELECT * FROM event WHERE verb = ? AND entity = ? ORDER BY seq"
            return [_event(row) for row in self._db.execute(sql, (verb, entity))]

    def last(self) -> int:
        with self._lock:
            return int(self._db.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0])

    # who wrote which record

    def sign(self, entity: str, record_id: str, user: str) -> None:
        """A user wrote a record: its creator if it has none yet."""
        self._db.execute(
            "INSERT INTO author VALUES (?,?,?,?) ON CONFLICT (entity, id) DO UPDATE SET modified_by = excluded.modified_by",
            (entity, record_id, user, user),
        )

    def authors(self, entity: str, record_id: str) -> tuple[str, str] | None:
        """User Ids: who made a record and who saved it last; None where nobody knows."""
        with self._lock:
            sql = "SELECT created_by, modified_by FROM author WHERE entity = ? AND id = ?"
            found = self._db.execute(sql, (entity, record_id)).fetchone()
        return (str(found[0]), str(found[1])) if found else None

    # users

    def put_user(self, user: User) -> None:
        self._db.execute("INSERT OR REPLACE INTO user VALUES (?,?,?,?,?)", astuple(user))

    def user(self, user_id: str) -> User | None:
        with self._lock:
            found = self._db.execute("SELECT * FROM user WHERE id = ?", (user_id,)).fetchone()
        return _user(found) if found else None

    def users(self) -> list[User]:
        """By Id."""
        with self._lock:
            return [_user(row) for row in self._db.execute("SELECT * FROM user ORDER BY id")]


def _event(row: tuple[Any, ...]) -> Event:
    told: dict[str, Any] = dict(zip(Event.__slots__, row, strict=True))
    return Event(**told | {"indirect": bool(told["indirect"])})


def _user(row: tuple[Any, ...]) -> User:
    told: dict[str, Any] = dict(zip(User.__slots__, row, strict=True))
    return User(**told | {"active": bool(told["active"])})
