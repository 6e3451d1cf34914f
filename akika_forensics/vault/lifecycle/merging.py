"""Several parts made into one: rows sorted by entity, id and segment, a bounded number of payloads in memory at a time.

Sources are read and the result is written as encrypted Parquet, wherever they lie; nothing here opens a file.
The result is written by pyarrow, because it takes one group of rows after the other and lets an interruption through.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, Final, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars.exceptions import PolarsError
from pyarrow.parquet import encryption

from akika_forensics.vault.snapshots import parquet
from akika_forensics.vault.snapshots.parquet import ROWS_IN_GROUP

ORDER: Final = ("entity", "id", "segment")
LEVEL: Final = 9
"""Of zstd: written once in a while and kept for years, so the slower and smaller one."""

_PAYLOADS_IN_GROUP: Final = 5_000
"""Whoever reads one record unpacks a group of rows."""

_DIGESTS: Final = frozenset({"digest", "payload_sha256", "was"})
_DIGEST_BYTES: Final = 32

_SOURCE: Final = "__source"
_ROW: Final = "__row"
_GONE: Final = "__gone"


class MergeError(Exception):
    """What was read or written is not what the index says; nothing of it may be used."""


class Source(NamedTuple):
    """A part: its index (``rows``) in memory and its payloads to read from, the same rows in the same order."""

    rows: pl.DataFrame
    payload: pl.LazyFrame


class Sealed(NamedTuple):
    """How one file is encrypted."""

    key: bytes
    associated: bytes


class Order:
    """Which row of which source comes when. ``gone``: rows that are left out, by their `ORDER` columns."""

    def __init__(self, sources: Sequence[Source], gone: pl.DataFrame | None = None) -> None:
        self._payloads = [source.payload for source in sources]
        marked = [
            source.rows.with_columns(pl.lit(number, pl.UInt32).alias(_SOURCE)).with_row_index(_ROW)
            for number, source in enumerate(sources)
        ]
        rows = pl.concat(marked).sort(ORDER)
        if rows.select(ORDER).is_duplicated().any():
            raise MergeError("A version of a record lies in two parts.")
        if gone is None or gone.is_empty():
            self._rows = rows.with_columns(pl.lit(value=False).alias(_GONE))
        else:
            named = gone.select(*ORDER, pl.lit(value=True).alias(_GONE))
            self._rows = rows.join(named, on=ORDER, how="left", maintain_order="left").with_columns(
                pl.col(_GONE).fill_null(value=False)
            )

    @property
    def index(self) -> pl.DataFrame:
        """The index of the result."""
        if not self.gone.any():
            return self.rows
        return self._rows.filter(~pl.col(_GONE)).drop(_SOURCE, _ROW, _GONE)

    @property
    def rows(self) -> pl.DataFrame:
        """The index rows of all sources, sorted."""
        return self._rows.drop(_SOURCE, _ROW, _GONE)

    @property
    def gone(self) -> pl.Series:
        """For each of `rows` whether it is left out."""
        return self._rows[_GONE]

    def payloads(self) -> Iterator[pl.DataFrame]:
        """The payload rows of the result in order, some ten thousand at a time. Raises MergeError."""
        for start, end in parquet.slices(self._rows["length"]):
            piece = self._rows.slice(start, end - start)
            found = [
                self._read(int(str(number)), rows)
                for (number,), rows in piece.filter(~pl.col(_GONE)).group_by(_SOURCE, maintain_order=True)
            ]
            if found:
                yield pl.concat(found).sort(ORDER)

    def _read(self, number: int, rows: pl.DataFrame) -> pl.DataFrame:
        first, last = rows[_ROW][0], rows[_ROW][-1]
        # Both sources and result are sorted alike, so what one source gives to a slice lies together in it.
        try:
            read = self._payloads[number].slice(first, last - first + 1).collect()
        except (PolarsError, OSError) as error:
            raise MergeError("The payloads of a part cannot be read any more.") from error
        if len(read) == last - first + 1:
            read = read.select(pl.all().gather(rows[_ROW] - first))
            if read.select(ORDER).equals(rows.select(ORDER)):
                return read
        raise MergeError("The payloads of a part are not those of its index.")


class FrameFile:
    """One encrypted Parquet file, written frame by frame into ``stream``. All frames have the columns of the first."""

    def __init__(self, stream: BinaryIO, sealed: Sealed, rows_in_group: int) -> None:
        self._sealed = sealed
        self._rows_in_group = rows_in_group
        self._stream = stream
        self._writer: Any = None

    def write(self, frame: pl.DataFrame) -> None:
        table = _fixed(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), frame)
        if self._writer is None:
            self._writer = self._open(table.schema)
        self._writer.write_table(table, row_group_size=self._rows_in_group)

    def close(self) -> None:
        """At least one frame was written; the stream stays open."""
        self._writer.close()

    def _open(self, schema: pa.Schema) -> Any:
        properties = encryption.create_encryption_properties(
            footer_key=self._sealed.key, aad_prefix=self._sealed.associated, store_aad_prefix=False
        )
        # Ids are not delta-encoded: zstd makes them as small, and they are read five times faster.
        packed = {"payload": "DELTA_LENGTH_BYTE_ARRAY"} if "payload" in schema.names else None
        return pq.ParquetWriter(
            self._stream,
            schema,
            compression="zstd",
            compression_level=LEVEL,
            # Plain numbers of eight bytes are read four times slower than their places in a list of some hundreds.
            use_dictionary=["entity", "segment", "length"],
            column_encoding=packed,
            write_page_index=True,
            encryption_properties=properties,
        )


def _fixed(table: pa.Table, frame: pl.DataFrame) -> pa.Table:
    """With digests as values of 32 bytes each, which are read sooner than values with a length before each of them.

    What somebody stored in another length is left as it is: it is verify that names it.
    """
    for at, name in enumerate(frame.columns):
        if name in _DIGESTS and (frame[name].bin.size().drop_nulls() == _DIGEST_BYTES).all():
            table = table.set_column(at, name, table[name].cast(pa.binary(_DIGEST_BYTES)))
    return table


def write_index(index: pl.DataFrame, sealed: Sealed) -> bytes:
    """An index file of a part, or one of the two that make it up."""
    stream = io.BytesIO()
    file = FrameFile(stream, sealed, ROWS_IN_GROUP)
    file.write(index)
    file.close()
    return stream.getvalue()


def write_payloads(
    order: Order, sealed: Sealed, schema: pl.Schema, written: Callable[[int], None], stream: BinaryIO
) -> None:
    """The payload file of a part; ``written`` is told the rows of each step, and may raise to stop it.

    Raises MergeError, and OSError where the stream takes no more.
    """
    file = FrameFile(stream, sealed, _PAYLOADS_IN_GROUP)
    file.write(pl.DataFrame(schema=schema))
    for frame in order.payloads():
        written(len(frame))
        file.write(frame)
    file.close()


def check_payloads(index: pl.DataFrame, payload: pl.LazyFrame) -> None:
    """Hold written payloads against their index, row by row. Raises MergeError."""
    for start, end in parquet.slices(index["length"]):
        rows = index.slice(start, end - start)
        read = payload.slice(start, end - start).collect()
        same = read.select(ORDER).equals(rows.select(ORDER))
        if not same or [hashlib.sha256(data).digest() for data in read["payload"]] != rows["payload_sha256"].to_list():
            raise MergeError("The payloads that were written are not those of the index.")
    if payload.select(pl.len()).collect().item() != len(index):
        raise MergeError("The payloads that were written are not as many as the index has rows.")
