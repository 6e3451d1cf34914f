"""Rows on their way out of a life: by table, in the order of the columns, handed on in batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from akika_forensics.twin import entries

type Row = tuple[Any, ...]
type Batch = dict[str, list[Row]]

STATEMENTS: Final[dict[str, str]] = {
    "record": "INSERT OR REPLACE INTO record VALUES (?,?,?,?,?,?,?,?,?)",
    "tombstone": "INSERT OR REPLACE INTO tombstone VALUES (?,?,?)",
    "posting": entries.INSERT_POSTING,
    "document": entries.INSERT_DOCUMENT,
    "taxed": entries.INSERT_TAXED,
    "link": entries.INSERT_LINK,
    "movement": entries.INSERT_MOVEMENT,
    "author": "INSERT OR REPLACE INTO author VALUES (?,?,?,?)",
    "event": "INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "mark": "INSERT OR IGNORE INTO mark VALUES (?,?,?)",
    "reconciliation": "INSERT INTO reconciliation VALUES (?,?,?,?,?,?,?,?)",
    "ticked": "INSERT INTO ticked VALUES (?,?,?,?,?)",
    "bank_line": "INSERT INTO bank_line VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    "sequence": "INSERT OR REPLACE INTO sequence VALUES (?,?)",
}
"""How a row of each table is written."""

_MOST: Final = 8_000


class Outlet:
    """``batch`` fills up and is handed to ``take`` when it holds enough records."""

    def __init__(self, take: Callable[[Batch], None]) -> None:
        self._take = take
        self.batch: Batch = {name: [] for name in STATEMENTS}

    def breathe(self) -> None:
        """Hand on what is there if it is much."""
        if len(self.batch["record"]) >= _MOST or len(self.batch["event"]) >= 4 * _MOST:
            self.hand_on()

    def hand_on(self) -> None:
        self._take(self.batch)
        self.batch = {name: [] for name in STATEMENTS}
