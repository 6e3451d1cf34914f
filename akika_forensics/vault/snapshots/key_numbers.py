"""A number for each key, where most Ids are numbers: to sort and to compare such takes a fraction of what two texts take. Pure."""

from __future__ import annotations

from typing import Final

import polars as pl

from akika_forensics.vault.snapshots.frames import KEY

_BITS: Final = 48
"""Of an Id; those above are of the entity, of which there are far fewer than would fit."""

_DIGITS: Final = 14
"""An Id of more characters is counted among the odd ones."""

_NONE: Final = 1 << 62
_LEAST: Final = pl.Series([_NONE, 0, *(10**more for more in range(1, _DIGITS)), _NONE], dtype=pl.Int64)
_MOST: Final = pl.Series([0, *(10**digits - 1 for digits in range(1, _DIGITS + 1)), 0], dtype=pl.Int64)
"""Between what and what an Id of so many characters lies when each is a digit, and the first of several no zero."""


def numbers(rows: pl.DataFrame) -> pl.Series:
    """For each row a number that rows of its entity and id share and no others do. They are of these rows alone.

    Ids are compared as the texts that they are: ``7`` and ``07`` are two.
    """
    entities, ids = rows["entity"].rechunk(), rows["id"].rechunk()
    value = ids.cast(pl.Int64, strict=False)
    characters = ids.str.len_bytes().clip(upper_bound=_DIGITS + 1)
    plain = (value >= _LEAST.gather(characters)) & (value <= _MOST.gather(characters))
    runs = entities.rle().struct.field("value").rank("dense").cast(pl.Int64)
    found = runs.gather(entities.rle_id()) * (1 << _BITS) + value
    odd = (~plain.fill_null(value=False)).arg_true()
    if odd.is_empty():
        return found
    keys = rows.select(pl.col(KEY).gather(odd))
    told = keys.unique().with_row_index("number")
    own = keys.join(told, on=KEY, how="left", maintain_order="left")["number"].cast(pl.Int64)
    return found.scatter(odd, own + _NONE)
