"""What stays of rows that were taken out of a segment: their leaves, so that its record root can be computed for ever.

A position counts the rows that the segment had when it was written, in the order of entity and id. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from akika_forensics.vault.snapshots import merkle
from akika_forensics.vault.snapshots.frames import LEAVES


class LeavesError(Exception):
    """The leaves that were kept and the rows that are left do not make up a segment."""


def woven(rows: Sequence[bytes], kept: pl.DataFrame) -> list[bytes]:
    """All leaves of a segment in order. ``rows``: those of the rows that are left; ``kept``: the rest, as `frames.LEAVES`.

    Raises LeavesError where a position comes twice or does not exist.
    """
    total = len(rows) + len(kept)
    by_position = dict(zip(kept["position"], kept["leaf"], strict=True))
    if len(by_position) != len(kept) or any(position >= total for position in by_position):
        raise LeavesError("The leaves that were kept do not fit between the rows that are left.")
    left = iter(rows)
    return [by_position[position] if position in by_position else next(left) for position in range(total)]


def root(rows: Sequence[bytes], kept: pl.DataFrame) -> bytes:
    """The record root of a segment. Raises LeavesError."""
    return merkle.root(woven(rows, kept))


def taken_out(segment: int, rows: Sequence[bytes], gone: Sequence[bool], kept: pl.DataFrame) -> pl.DataFrame:
    """``kept`` and the leaves of the rows that go now (``gone``, one for each row), sorted by position.

    Raises LeavesError.
    """
    before = woven(rows, kept)
    known = set(kept["position"])
    free = (position for position in range(len(before)) if position not in known)
    now = [position for position, goes in zip(free, gone, strict=True) if goes]
    positions = sorted(known.union(now))
    return pl.DataFrame(
        {"segment": [segment] * len(positions), "position": positions, "leaf": [before[at] for at in positions]},
        schema=LEAVES,
    )
