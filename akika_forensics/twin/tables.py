"""The tables of a company's file, and their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
    party TEXT NOT NULL, movement INTEGER, own_cents INTEGER);
CREATE INDEX IF NOT EXISTS posting_source ON posting (entity, id);
CREATE INDEX IF NOT EXISTS posting_account ON posting (account, date, cents);
CREATE TABLE IF NOT EXISTS link (
    source_entity TEXT NOT NULL, source_id TEXT NOT NULL, target_entity TEXT NOT NULL, target_id TEXT NOT NULL,
    cents INTEGER NOT NULL, before TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS link_source ON link (source_entity, source_id);
CREATE INDEX IF NOT EXISTS link_target ON link (target_entity, target_id);
CREATE TABLE IF NOT EXISTS movement (
    number INTEGER PRIMARY KEY, item TEXT NOT NULL, date TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL,
    quantity TEXT NOT NULL, value_cents INTEGER, counter_account TEXT NOT NULL, asset_account TEXT NOT NULL,
    cost_cents INTEGER NOT NULL DEFAULT 0);
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


class OutOfBalanceError(AssertionError):
    """Debits and credits of one transaction differ: a defect of the twin, never of a request."""


@dataclass(frozen=True, slots=True)
class Row:
    """One stored record; times are microseconds since the epoch."""

    entity: str
    id: str
    payload: bytes
    active: bool
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One side of a transaction in cents of the home currency, debit positive; ``party`` is ``Customer:1`` or empty.

    ``own_cents`` is the same in the account's own currency where that is another; None where it is home.
    """

    date: str
    account: str
    cents: int
    party: str = ""
    movement: int | None = None
    own_cents: int | None = None

    @property
    def moved(self) -> int:
        """Cents by which the account's own balance moves."""
        return self.cents if self.own_cents is None else self.own_cents


@dataclass(frozen=True, slots=True)
class LinkRow:
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
