"""Subscriptions, their notifications and every attempt, in the company's file: a server started anew goes on with them."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from akika_forensics.twin import wire
from akika_forensics.twin.webhooks.line import Line, Waiting
from akika_forensics.twin.webhooks.notice import Wanted, read_wanted, written

TABLES: Final = """
CREATE TABLE IF NOT EXISTS webhook (
    id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, form TEXT NOT NULL, wanted TEXT NOT NULL,
    gather INTEGER NOT NULL, cursor INTEGER NOT NULL, number INTEGER NOT NULL DEFAULT 0,
    blacklisted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS webhook_note (
    webhook INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL, about TEXT NOT NULL,
    due INTEGER, failures INTEGER NOT NULL DEFAULT 0, aside INTEGER NOT NULL DEFAULT 0,
    again INTEGER NOT NULL DEFAULT 0, repeat INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (webhook, number));
CREATE INDEX IF NOT EXISTS webhook_note_due ON webhook_note (webhook, due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS webhook_sent (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, webhook INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,
    status INTEGER NOT NULL, answer TEXT NOT NULL, outcome TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS webhook_sent_of ON webhook_sent (webhook, outcome);
CREATE TABLE IF NOT EXISTS moved_along (seq INTEGER NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS moved_along_with ON moved_along (seq);
"""


@dataclass(frozen=True, slots=True)
class Subscription:
    """``gather`` is how long what happens is gathered before it is cut into a notification.

    ``cursor`` is the last act that was looked at, ``number`` the last notification's.
    """

    id: int
    url: str
    form: str
    wanted: Wanted
    gather: timedelta
    cursor: int
    number: int
    blacklisted: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A notification as it was cut; ``about`` names what it tells, such as ``Create Invoice:130``."""

    number: int
    at: datetime
    body: bytes
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """``status`` 0 is no answer; ``answer`` says what came instead of one."""

    number: int
    at: datetime
    status: int
    answer: str
    outcome: str


class Register:
    """Writes belong into a transaction of the store."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = db
        self._lock = lock

    def subscribe(self, url: str, form: str, wanted: Wanted, gather: timedelta, cursor: int) -> int:
        """From the act after ``cursor`` on; gives the subscription's number."""
        found = self._db.execute(
            "INSERT INTO webhook (url, form, wanted, gather, cursor) VALUES (?,?,?,?,?)",
            (url, form, json.dumps(written(wanted)), gather // _MICROSECOND, cursor),
        )
        return int(found.lastrowid or 0)

    def end(self, webhook: int) -> bool:
        """With all that waits; what was sent stays in the log. Whether there was such a subscription."""
        self._db.execute("UPDATE webhook_note SET due = NULL WHERE webhook = ?", (webhook,))
        return self._db.execute("DELETE FROM webhook WHERE id = ?", (webhook,)).rowcount > 0

    def subscriptions(self) -> list[Subscription]:
        return self._subscriptions("")

    def subscription(self, webhook: int) -> Subscription | None:
        return next(iter(self._subscriptions("WHERE id = ?", webhook)), None)

    def _subscriptions(self, where: str, *values: int) -> list[Subscription]:
        with self._lock:
            rows = self._db.execute(
                f"SELECT id, url, form, wanted, gather, cursor, number, blacklisted FROM webhook {where} ORDER BY id",  # noqa: S608 - fixed text
                values,
            ).fetchall()
        return [
            Subscription(
                row[0],
                row[1],
                row[2],
                read_wanted(json.loads(row[3])),
                row[4] * _MICROSECOND,
                row[5],
                row[6],
                bool(row[7]),
            )
            for row in rows
        ]

    def look(self, webhook: int, cursor: int) -> None:
        """All acts up to ``cursor`` were looked at."""
        self._db.execute("UPDATE webhook SET cursor = ? WHERE id = ?", (cursor, webhook))

    def move(self, seq: int, records: Iterable[tuple[str, str]]) -> None:
        """Records of which only a balance moved along with an act; nothing where nobody subscribes."""
        if self._db.execute("SELECT 1 FROM webhook LIMIT 1").fetchone() is not None:
            self._db.executemany("INSERT INTO moved_along VALUES (?,?,?)", [(seq, *key) for key in records])

    def moved(self, first: int, last: int) -> dict[int, list[tuple[str, str]]]:
        """What moved along with the acts ``first`` to ``last``."""
        found: dict[int, list[tuple[str, str]]] = {}
        with self._lock:
            sql = "SELECT seq, entity, id FROM moved_along WHERE seq BETWEEN ? AND ? ORDER BY seq, entity, id"
            for seq, entity, record_id in self._db.execute(sql, (first, last)):
                found.setdefault(seq, []).append((entity, record_id))
        return found

    # what waits

    def line(self, webhook: int, *, blacklisted: bool) -> Line:
        with self._lock:
            rows = self._db.execute(
                "SELECT number, due, failures, aside, again, repeat FROM webhook_note "
                "WHERE webhook = ? AND due IS NOT NULL ORDER BY number",
                (webhook,),
            ).fetchall()
        return Line(
            tuple(
                Waiting(row[0], wire.moment_of(row[1]), row[2], bool(row[3]), bool(row[4]), bool(row[5]))
                for row in rows
            ),
            blacklisted,
        )

    def cut(self, webhook: int, note: Note) -> None:
        """A new notification; it waits once ``keep`` says so."""
        self._db.execute("UPDATE webhook SET number = ? WHERE id = ?", (note.number, webhook))
        self._db.execute(
            "INSERT INTO webhook_note (webhook, number, at, body, about) VALUES (?,?,?,?,?)",
            (webhook, note.number, wire.microseconds(note.at), note.body, json.dumps(note.about)),
        )

    def keep(self, webhook: int, line: Line) -> None:
        """In place of the line that was there; nothing where the subscription has ended."""
        if self.subscription(webhook) is None:
            return
        self._db.execute("UPDATE webhook SET blacklisted = ? WHERE id = ?", (line.blacklisted, webhook))
        self._db.execute("UPDATE webhook_note SET due = NULL WHERE webhook = ? AND due IS NOT NULL", (webhook,))
        self._db.executemany(
            "UPDATE webhook_note SET due = ?, failures = ?, aside = ?, again = ?, repeat = ? "
            "WHERE webhook = ? AND number = ?",
            [
                (wire.microseconds(note.due), note.failures, note.aside, note.again, note.repeat, webhook, note.number)
                for note in line.waiting
            ],
        )

    def note(self, webhook: int, number: int) -> Note:
        with self._lock:
            row = self._db.execute(
                "SELECT number, at, body, about FROM webhook_note WHERE webhook = ? AND number = ?", (webhook, number)
            ).fetchone()
        return Note(row[0], wire.moment_of(row[1]), bytes(row[2]), tuple(json.loads(row[3])))

    # what was sent

    def sent(self, webhook: int, attempt: Attempt) -> None:
        self._db.execute(
            "INSERT INTO webhook_sent (webhook, number, at, status, answer, outcome) VALUES (?,?,?,?,?,?)",
            (webhook, attempt.number, wire.microseconds(attempt.at), attempt.status, attempt.answer, attempt.outcome),
        )

    def log(self, since: int = 0, most: int = 1000) -> list[dict[str, Any]]:
        """The attempts after number ``since``, of all subscriptions, in their order."""
        with self._lock:
            rows = self._db.execute(
                "SELECT s.seq, s.webhook, s.number, s.at, s.status, s.answer, s.outcome, n.body, n.about "
                "FROM webhook_sent AS s JOIN webhook_note AS n ON n.webhook = s.webhook AND n.number = s.number "
                "WHERE s.seq > ? ORDER BY s.seq LIMIT ?",
                (since, most),
            ).fetchall()
        return [
            {
                "seq": row[0],
                "webhook": row[1],
                **asdict(Attempt(row[2], wire.moment_of(row[3]), row[4], row[5], row[6])),
                "about": json.loads(row[8]),
                "body": bytes(row[7]).decode(),
            }
            for row in rows
        ]

    def counts(self, webhook: int) -> dict[str, int]:
        """How many attempts had which outcome."""
        with self._lock:
            sql = "SELECT outcome, count(*) FROM webhook_sent WHERE webhook = ? GROUP BY outcome ORDER BY outcome"
            return dict(self._db.execute(sql, (webhook,)).fetchall())


_MICROSECOND: Final = timedelta(microseconds=1)
