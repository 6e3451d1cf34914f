"""Rolls: every so many snapshots one also lists all that it holds, so that what is lost before it hides nothing after it.

A roll repeats what follows from the snapshots before, and is read where these no longer tell. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from akika_forensics.vault.snapshots.frames import KEY, ROLL, STATE

EVERY: Final = 10
"""Fewer snapshots than these are never covered by one more roll."""

_CHANGED: Final = 25
"""A roll is due where one record in so many changed since the last: it then adds a small share to what was stored."""

_RECORDS: Final = 6_000
"""So many records in a roll take as much room as a snapshot in which nothing changed."""


def due(records: int, rows: Sequence[int]) -> bool:
    """Whether a snapshot of so many records is to carry a roll. ``rows``: of each snapshot since the last one that
    carries one or stands on its own, this one included, how many rows it stored.
    """
    return len(rows) >= EVERY and (sum(rows) * _CHANGED >= records or len(rows) * _RECORDS >= records)


def made(kept: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """Columns of `frames.ROLL`, of a snapshot that holds the rows of both."""
    return pl.concat([rows.select(*ROLL) for rows in (kept, fresh)]).sort(KEY)


def state(roll: pl.DataFrame, stored: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Columns of `frames.STATE`, in the order of the roll; ``stored``: rows (`STATE`) of the segments that can be read.

    ``digest`` is null and ``length`` 0 where the row can not.
    """
    rows = pl.concat([pl.DataFrame(schema=STATE), *(one.select(*STATE) for one in stored)])
    found = roll.join(rows, on=list(ROLL), how="left", maintain_order="left")
    return found.with_columns(pl.col("length").fill_null(0)).select(*STATE)
