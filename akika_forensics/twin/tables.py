"""The tables of a company's file, and their rows."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final, NamedTuple

from akika_forensics.errors import NewerFormat

VERSION: Final = 1
"""Of the file, kept in it as SQLite's ``user_version``; 0 in files of before it was."""

TABLES: Final = """
CREATE TABLE IF NOT EXISTS record (
    entity TEXT NOT NULL, id TEXT NOT NULL, payload BLOB NOT NULL, active INTEGER NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, name TEXT, doc TEXT, doc_number INTEGER,
    PRIMARY KEY (entity, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_updated ON record (entity, updated);
CREATE INDEX IF NOT EXISTS record_name ON record (entity, name);
CREATE INDEX IF NOT EXISTS record_doc ON record (entity, doc);
CREATE INDEX IF NOT EXISTS record_number ON record (entity, doc_number);
CREATE TABLE IF NOT EXISTS tombstone (
    entity TEXT NOT NULL, id TEXT NOT NULL, deleted INTEGER NOT NULL, PRIMARY KEY (entity, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS posting (
    entity TEXT NOT NULL, id TEXT NOT NULL, date TEXT NOT NULL, account TEXT NOT NULL, cents INTEGER NOT NULL,
    party TEXT NOT NULL, movement INTEGER, own_cents INTEGER, line INTEGER NOT NULL DEFAULT 0,
    class TEXT NOT NULL DEFAULT '', department TEXT NOT NULL DEFAULT '', item TEXT NOT NULL DEFAULT '', quantity TEXT,
    memo TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS posting_source ON posting (entity, id);
CREATE INDEX IF NOT EXISTS posting_account ON posting (account, date, cents);
CREATE TABLE IF NOT EXISTS document (
    entity TEXT NOT NULL, id TEXT NOT NULL, date TEXT NOT NULL, due TEXT NOT NULL, number TEXT NOT NULL,
    label TEXT NOT NULL, party TEXT NOT NULL, memo TEXT NOT NULL, cents INTEGER NOT NULL, own_cents INTEGER,
    account TEXT NOT NULL, department TEXT NOT NULL, class TEXT NOT NULL, PRIMARY KEY (entity, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS document_date ON document (date);
CREATE INDEX IF NOT EXISTS document_party ON document (party, date);
CREATE TABLE IF NOT EXISTS taxed (
    entity TEXT NOT NULL, id TEXT NOT NULL, line INTEGER NOT NULL, rate TEXT NOT NULL, cents INTEGER NOT NULL,
    PRIMARY KEY (entity, id, line)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uncharged (
    entity TEXT NOT NULL, id TEXT NOT NULL, line INTEGER NOT NULL, item TEXT NOT NULL, quantity TEXT NOT NULL,
    class TEXT NOT NULL, department TEXT NOT NULL, PRIMARY KEY (entity, id, line)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS link (
    source_entity TEXT NOT NULL, source_id TEXT NOT NULL, target_entity TEXT NOT NULL, target_id TEXT NOT NULL,
    cents INTEGER NOT NULL, before TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS link_source ON link (source_entity, source_id);
CREATE INDEX IF NOT EXISTS link_target ON link (target_entity, target_id);
CREATE TABLE IF NOT EXISTS movement (
    number INTEGER PRIMARY KEY, item TEXT NOT NULL, date TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL,
    quantity TEXT NOT NULL, value_cents INTEGER, counter_account TEXT NOT NULL, asset_account TEXT NOT NULL,
    cost_cents INTEGER NOT NULL DEFAULT 0, line INTEGER NOT NULL DEFAULT 0, class TEXT NOT NULL DEFAULT '',
    department TEXT NOT NULL DEFAULT '', memo TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS movement_item ON movement (item);
CREATE INDEX IF NOT EXISTS movement_source ON movement (entity, id);
CREATE TABLE IF NOT EXISTS replay (
    request_id TEXT PRIMARY KEY, status INTEGER NOT NULL, response BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replay_time (request_id TEXT PRIMARY KEY, moment REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mark (
    entity TEXT NOT NULL, id TEXT NOT NULL, what TEXT NOT NULL, PRIMARY KEY (entity, id, what)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


_TEXT: Final = "TEXT NOT NULL DEFAULT ''"
LATER: Final[dict[str, dict[str, str]]] = {
    "posting": {
        "own_cents": "INTEGER",
        "line": "INTEGER NOT NULL DEFAULT 0",
        "class": _TEXT,
        "department": _TEXT,
        "item": _TEXT,
        "quantity": "TEXT",
        "memo": _TEXT,
    },
    "movement": {"line": "INTEGER NOT NULL DEFAULT 0", "class": _TEXT, "department": _TEXT, "memo": _TEXT},
}
"""Columns that a file of an earlier version lacks."""


class OutOfBalanceError(AssertionError):
    """Debits and credits of one transaction differ: a defect of the twin, never of a request."""


class Row(NamedTuple):
    """One stored record; times are microseconds since the epoch."""

    entity: str
    id: str
    payload: bytes
    active: bool
    created: int
    updated: int


class PostingRow(NamedTuple):
    """One side of a transaction in cents of the home currency, debit positive; ``party`` is ``Customer:1`` or empty.

    ``own_cents`` is the same in the account's own currency where that is another; None where it is home. ``line`` is 0
    for the side of the whole document, else the position of the document's line, bundles opened, tax lines last.
    ``quantity`` is that of ``item`` as the document says it.
    """

    date: str
    account: str
    cents: int
    party: str = ""
    movement: int | None = None
    own_cents: int | None = None
    line: int = 0
    klass: str = ""
    department: str = ""
    item: str = ""
    quantity: str | None = None
    memo: str = ""

    @property
    def moved(self) -> int:
        """Cents by which the account's own balance moves."""
        return self.cents if self.own_cents is None else self.own_cents


class DocumentRow(NamedTuple):
    """A transaction as reports list it, posting or not.

    ``label`` is its type as reports call it; ``party`` is ``Customer:1`` or empty; ``cents`` the total in home
    currency, ``own_cents`` in the document's own where that is another; ``account`` that of the whole document.
    """

    entity: str
    id: str
    date: str
    due: str
    number: str
    label: str
    party: str
    memo: str
    cents: int
    own_cents: int | None
    account: str
    department: str
    klass: str


class TaxedRow(NamedTuple):
    """What a tax line was taken of, home cents, returns negative; ``line`` is that of its posting, ``rate`` a TaxRate."""

    entity: str
    id: str
    line: int
    rate: str
    cents: int


class UnchargedRow(NamedTuple):
    """What a line of a sales form counts beside what it posts; without an item, what a discount was taken of."""

    entity: str
    id: str
    line: int
    item: str
    quantity: str
    klass: str
    department: str


class LinkRow(NamedTuple):
    """``source`` settles, deposits or fulfils ``target`` by ``cents``; ``before`` is the target's earlier state."""

    source_entity: str
    source_id: str
    target_entity: str
    target_id: str
    cents: int
    before: str = ""


@dataclass(slots=True)
class MovementRow:
    """A quantity of an item in (positive) or out; ``value_cents`` is the price paid of a receipt, None for an issue."""

    number: int
    item: str
    date: str
    entity: str
    id: str
    quantity: str
    value_cents: int | None
    counter_account: str
    asset_account: str
    cost_cents: int = 0
    line: int = 0
    klass: str = ""
    department: str = ""
    memo: str = ""


def require_version(db: sqlite3.Connection) -> None:
    """Mark a file as of this version. Raises NewerFormat when a newer version of the software wrote it; it stays as it is."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        db.close()
        raise NewerFormat(
            f"This company's file is of version {version}; this version of the software reads version {VERSION}.",
            means="A newer version of the software made it.",
            do="Install that version or a newer one.",
        )
    if version < VERSION:
        db.execute(f"PRAGMA user_version={VERSION}")
