"""The payloads of a part: chosen rows, all of them a bounded number of bytes at a time, or to be read piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import polars as pl

from akika_forensics.vault.snapshots import frames, parquet
from akika_forensics.vault.snapshots.parts import Part

if TYPE_CHECKING:
    from akika_forensics.vault.snapshots.shelf import Shelf


def of(
    shelf: Shelf, company: str, part: Part, where: pl.Expr | None = None, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """Columns of `frames.PAYLOAD`, or some, of the rows that meet ``where``. Raises as `Shelf.frame` does."""
    schemas, fill = [frames.PAYLOAD, frames.PAYLOAD_1], {"segment": part.numbers[0]}
    return shelf.frame(company, part.payload, "payload", schemas, where=where, columns=columns, fill=fill)


def in_turn(shelf: Shelf, company: str, part: Part, lengths: pl.Series) -> Iterator[pl.DataFrame]:
    """All rows of a part's payloads in order, a bounded number of bytes at a time; ``lengths``: that of each.

    Fewer or other rows come where the file has not those of its index.
    """
    turns = list(parquet.slices(lengths))
    if len(turns) < 2:
        yield of(shelf, company, part)
        return
    with ExitStack() as held:
        rows = scan(shelf, company, part, held)
        for start, end in turns:
            last = end == len(lengths)
            yield parquet.collected(rows.slice(start, None if last else end - start), part.payload)


def scan(shelf: Shelf, company: str, part: Part, held: ExitStack) -> pl.LazyFrame:
    """The payloads of a part that version 2 wrote, to be collected in pieces by `parquet.collected` until ``held`` closes.
    Whoever collects holds them against their index.
    """
    return parquet.scan(shelf.at_hand(company, part.payload, "payload", held), frames.PAYLOAD)
