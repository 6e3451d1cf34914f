"""The rows of a snapshot in the forms that others work with: polars, pandas, Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from akika_forensics.vault.reading.question import SCHEMA, ask
from akika_forensics.vault.reading.scan import scan
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.shelf import Shelf

if TYPE_CHECKING:
    import pyarrow as pa


def lazy(shelf: Shelf, commit: Commit, entities: Iterable[str] | None = None) -> pl.LazyFrame:
    """Columns of `question.SCHEMA`. What is selected and filtered later is taken into account before a file is opened."""
    chosen = None if entities is None else tuple(entities)

    def source(
        columns: list[str] | None, where: pl.Expr | None, rows: int | None, batch: int | None
    ) -> Iterator[pl.DataFrame]:
        question = ask(columns, where)
        given = 0
        for frame in scan(shelf, commit, question, chosen):
            wanted = frame if rows is None else frame.head(rows - given)
            yield from wanted.iter_slices(batch) if batch else iter([wanted])
            given += len(wanted)
            if rows is not None and given >= rows:
                return
        if not given:
            yield _empty(question.columns)

    return register_io_source(
        source, schema=SCHEMA, validate_schema=True, is_pure=True, explain_name=f"snapshot {commit.info.id}"
    )


def reader(
    shelf: Shelf,
    commit: Commit,
    columns: Sequence[str] | None = None,
    where: pl.Expr | None = None,
    entities: Iterable[str] | None = None,
) -> pa.RecordBatchReader:
    """The rows as a stream of Arrow batches, read once and a part at a time. Raises WrongUse for an unknown column."""
    import pyarrow as pa  # noqa: PLC0415 -- heavy, and polars needs it for nothing else here

    question = ask(columns, where)
    schema = _arrow(_empty(question.columns)).schema
    batches = (
        batch for frame in scan(shelf, commit, question, entities) for batch in _arrow(frame).cast(schema).to_batches()
    )
    return pa.RecordBatchReader.from_batches(schema, batches)


def _empty(columns: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(schema={name: SCHEMA[name] for name in columns})


def _arrow(frame: pl.DataFrame) -> pa.Table:
    # Not every reader of Arrow knows the views that are polars' own way to hold text.
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())
