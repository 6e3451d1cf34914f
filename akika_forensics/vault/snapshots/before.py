"""The state that a snapshot in the making follows, and which of its rows that snapshot keeps. Pure.

A day brings a few thousand records to half a million. So the rows under their keys are looked up once, when the records
come; what becomes of a row is then a matter of its place, and takes no further join.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from akika_forensics.vault.snapshots.frames import KEY, STATE, Schema

ROW: Final[Schema] = {"row": pl.UInt32}
"""The place of a row in a state, from 0."""


class Before:
    """``state``: columns of `frames.STATE`, each key once."""

    def __init__(self, state: pl.DataFrame) -> None:
        self.state = state
        self._numbered = state.with_row_index("row").with_columns(pl.col("row").cast(ROW["row"]))

    def under(self, keys: pl.DataFrame) -> pl.DataFrame:
        """The rows under some keys (columns entity and id): columns of `frames.STATE` and ``row``."""
        # By one column first: half the work of joining by both, and it leaves hardly more rows.
        some = self._numbered.filter(pl.col("id").is_in(keys["id"].implode()))
        return some.join(keys.select(*KEY), on=KEY, how="semi").select(*STATE, *ROW)

    def staying(self, touched: pl.Series, kept: pl.Series, *, carried: bool) -> pl.Series:
        """A mask of the rows that stay: those at the places ``kept``, and with ``carried`` all that are not ``touched``."""
        mask = pl.repeat(value=carried, n=len(self.state), dtype=pl.Boolean, eager=True)
        return mask.scatter(touched, values=False).scatter(kept, values=True)

    def gone(self, stays: pl.Series, replaced: pl.Series) -> pl.DataFrame:
        """The rows that do not stay and that nothing takes the place of; ``replaced``: places of those it does."""
        left = stays.clone().scatter(replaced, values=True)
        return self.state.clear() if left.all() else self.state.filter(~left)
