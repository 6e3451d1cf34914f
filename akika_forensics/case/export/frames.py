"""The records of one kind as typed polars frames: one for the records, one for each list within them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import polars as pl

from akika_forensics.case.export.shape import rows_of
from akika_forensics.case.export.survey import Column, Kind, Table, tables_of, typed
from akika_forensics.model.record import Record

TIME = pl.Datetime("us", "UTC")


def frames_of(records: Callable[[], Iterable[Record]]) -> dict[str, pl.DataFrame]:
    """By the name of the table, such as ``Invoice`` and ``Invoice.Line``. Held whole; ``records`` is asked twice.

    Amounts are Decimal, days dates, times UTC; a column that holds anything else besides is text. Raises WrongUse.
    """
    tables = {table.place: table for table in tables_of(records())}
    columns: dict[str, list[list[Any]]] = {one.name: [[] for _ in one.headings] for one in tables.values()}
    for record in records():
        for row in rows_of(record):
            table = tables[row.place]
            held = columns[table.name]
            for values, key in zip(held, (record.key.id, *row.at), strict=False):
                values.append(key)
            for values, column in zip(held[len(table.keys) :], table.columns, strict=True):
                values.append(typed(column.kind, row.cells.get(column.path)))
    return {table.name: pl.DataFrame(columns[table.name], schema=_schema(table)) for table in tables.values()}


def _schema(table: Table) -> list[tuple[str, Any]]:
    keys = [(said, pl.Int64 if at else pl.String) for at, said in enumerate(table.keys)]
    return [*keys, *((one.heading, _type(one)) for one in table.columns)]


def _type(column: Column) -> Any:
    match column.kind:
        case Kind.DATE:
            return pl.Date
        case Kind.TIME:
            return TIME
        case Kind.FLAG:
            return pl.Boolean
        case Kind.WHOLE:
            return pl.Int64
        case Kind.AMOUNT | Kind.NUMBER:
            return pl.Decimal(38, column.places)
    return pl.String
