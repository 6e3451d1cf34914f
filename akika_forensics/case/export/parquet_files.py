"""Tables as plain Parquet: amounts decimal, days and times as such, everything else as it came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from akika_forensics.case.export import staging
from akika_forensics.case.export.survey import Column, Kind, Table, typed

_ROWS: Final = 20_000
_CHARACTERS: Final = 16 << 20
"""Of text held before a group of rows is written."""


class ParquetTable:
    """One table as a Parquet file, written group by group."""

    def __init__(self, folder: Path, name: str, table: Table) -> None:
        self.path = folder / f"{name}.parquet"
        self._table = table
        keys = [pa.field(table.keys[0], pa.string(), nullable=False)]
        keys += [pa.field(one, pa.int64(), nullable=False) for one in table.keys[1:]]
        self._schema = pa.schema([*keys, *(pa.field(one.heading, _type(one)) for one in table.columns)])
        self._stream: IO[bytes] = staging.opened(self.path)
        self._writer = pq.ParquetWriter(self._stream, self._schema, compression="zstd")
        self._held: list[list[Any]] = [[] for _ in self._schema]
        self._characters = 0

    def add(self, keys: Sequence[str | int], cells: Sequence[Any]) -> None:
        for held, key in zip(self._held, keys, strict=False):
            held.append(key)
        for held, column, value in zip(self._held[len(keys) :], self._table.columns, cells, strict=True):
            held.append(typed(column.kind, value))
            if isinstance(value, str):
                self._characters += len(value)
        if len(self._held[0]) >= _ROWS or self._characters >= _CHARACTERS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()
        self._stream.close()

    def _flush(self) -> None:
        arrays = [pa.array(held, type=one.type) for held, one in zip(self._held, self._schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._held = [[] for _ in self._schema]
        self._characters = 0


def _type(column: Column) -> pa.DataType:
    match column.kind:
        case Kind.DATE:
            return pa.date32()
        case Kind.TIME:
            return pa.timestamp("us", tz="UTC")
        case Kind.FLAG:
            return pa.bool_()
        case Kind.WHOLE:
            return pa.int64()
        case Kind.AMOUNT | Kind.NUMBER:
            return pa.decimal128(38, column.places)
    return pa.string()
