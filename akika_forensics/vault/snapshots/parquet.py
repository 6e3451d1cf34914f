"""Frames as encrypted Parquet: AES_GCM_V1, 256 bit, a key for each file, the whole footer encrypted, and the
associated data (format, company, file) kept outside the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import polars as pl
from polars.exceptions import PolarsError

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.snapshots.frames import Schema

MAGIC: Final = b"PARE"
ROWS_IN_GROUP: Final = 25_000
LEVEL: Final = 3
_CLOSED: Final = "It does not open with its key, or not at this place."
_SLICE_ROWS: Final = 4 * ROWS_IN_GROUP
_SLICE_BYTES: Final = 96 << 20


type Content = bytes | Path | BinaryIO
"""Of a file: its bytes, where on this machine they lie, or a file that stands at its beginning and stays there."""


def associated(company: str, file_id: str) -> bytes:
    """The AAD prefix of a file: format, the company's pseudonym, the file's id."""
    return f"akika/1|{company}|{file_id}".encode()


def write(frame: pl.DataFrame, key: bytes, aad: bytes, *, level: int = LEVEL) -> bytes:
    stream = io.BytesIO()
    frame.write_parquet(
        stream,
        compression="zstd",
        compression_level=level,
        row_group_size=ROWS_IN_GROUP,
        encryption=pl.ParquetEncryptionProperties(footer_key=key, aad_prefix=aad),
    )
    return stream.getvalue()


class Choice(NamedTuple):
    """What is wanted of a file: the rows that meet ``where`` (all without it), of ``columns`` (all without).

    ``fill``: what a column has that the file lacks, null for others. ``numbered``: the name of a column with the place of
    each row in the file. ``span``: the place of the first row that is looked at, and how many are; all without it.
    """

    where: pl.Expr | None = None
    columns: Sequence[str] | None = None
    fill: Mapping[str, object] | None = None
    numbered: str | None = None
    span: tuple[int, int] | None = None


ALL: Final = Choice()


def read(
    content: Content, key: bytes, aad: bytes, *, schemas: Sequence[Schema], path: str, choice: Choice = ALL
) -> pl.DataFrame:
    """What is chosen of a file. Raises DamagedFile.

    ``schemas``: what the file may hold, the newest first, whose columns are given. The reader takes a plain Parquet file in spite of a key, so the magic at both ends
    is checked first.
    """
    if not is_encrypted(_ends(content)):
        raise DamagedFile(path, "It is no encrypted Parquet file.")
    try:
        scan = pl.scan_parquet(
            _readable(content),
            decryption=pl.ParquetDecryptionProperties(footer_key=key, aad_prefix=aad),
            row_index_name=choice.numbered,
        )
        found = {name: kind for name, kind in scan.collect_schema().items() if name != choice.numbered}
        if found not in schemas:
            raise DamagedFile(path, "It has other columns than this kind of file.")
        if found != schemas[0]:
            missing = {name: kind for name, kind in schemas[0].items() if name not in found}
            given = [pl.lit((choice.fill or {}).get(name), dtype=kind).alias(name) for name, kind in missing.items()]
            scan = scan.with_columns(given)
        scan = scan if choice.span is None else scan.slice(*choice.span)
        scan = scan if choice.where is None else scan.filter(choice.where)
        columns = list(schemas[0]) if choice.columns is None else list(choice.columns)
        # Of a short file planning takes longer than reading: a file that is wanted as it stands is not projected.
        as_it_stands = choice.numbered is None and columns == list(found)
        return (scan if as_it_stands else scan.select(columns)).collect()
    except PolarsError as error:
        raise DamagedFile(path, _CLOSED) from error


class Sealed(NamedTuple):
    """A file to read: its content, its key and associated data, and its path, for messages."""

    content: Content
    key: bytes
    aad: bytes
    path: str


def read_all(
    files: Sequence[Sealed],
    schemas: Sequence[Schema],
    columns: Sequence[str] | None = None,
    fills: Sequence[Mapping[str, object]] | None = None,
) -> list[pl.DataFrame]:
    """`read` of many small files, side by side; each has a ``fill`` of its own."""
    wanted = {name: schemas[0][name] for name in (schemas[0] if columns is None else columns)}
    scans = [
        pl.scan_parquet(
            _readable(file.content),
            decryption=pl.ParquetDecryptionProperties(footer_key=file.key, aad_prefix=file.aad),
        ).select(list(wanted))
        for file in files
        if is_encrypted(_ends(file.content))
    ]
    try:
        found = pl.collect_all(scans)
    except PolarsError:
        found = []
    if len(found) == len(files) and all(dict(frame.schema) == wanted for frame in found):
        return found
    given = fills or [{} for _ in files]
    return [  # one by one, which says what is wrong, and knows what an older file lacks
        read(*file[:3], schemas=schemas, path=file.path, choice=Choice(columns=columns, fill=fill))
        for file, fill in zip(files, given, strict=True)
    ]


def scan(file: Sealed, schema: Schema) -> pl.LazyFrame:
    """A file to be read piece by piece with `collected`. Raises DamagedFile where it is none, or has other columns."""
    properties = pl.ParquetDecryptionProperties(footer_key=file.key, aad_prefix=file.aad)
    try:
        if not is_encrypted(_ends(file.content)):
            raise DamagedFile(file.path, "It is no encrypted Parquet file.")
        found = pl.scan_parquet(_readable(file.content), decryption=properties)
        columns = dict(found.collect_schema())
    except (PolarsError, OSError) as error:
        raise DamagedFile(file.path, _CLOSED) from error
    if columns != schema:
        raise DamagedFile(file.path, "It has other columns than this kind of file.")
    return found


def collected(piece: pl.LazyFrame, path: str) -> pl.DataFrame:
    """Raises DamagedFile."""
    try:
        return piece.collect()
    except (PolarsError, OSError) as error:
        raise DamagedFile(path, _CLOSED) from error


def _readable(content: Content) -> Path | BinaryIO:
    return io.BytesIO(content) if isinstance(content, bytes) else content


def _ends(content: Content) -> bytes:
    """All of what is in memory; of a file, the bytes at both ends."""
    if isinstance(content, bytes):
        return content
    if isinstance(content, Path):
        with content.open("rb") as stream:
            return _ends(stream)
    content.seek(-len(MAGIC), io.SEEK_END)
    last = content.read()
    content.seek(0)
    first = content.read(len(MAGIC) + 1)
    content.seek(0)
    return first + last


def is_encrypted(content: bytes) -> bool:
    return len(content) > 2 * len(MAGIC) and content.startswith(MAGIC) and content.endswith(MAGIC)


def slices(lengths: pl.Series) -> Iterator[tuple[int, int]]:
    """Ranges of rows that hold a bounded number of rows and bytes; at least one row each."""
    ends = lengths.cum_sum()
    start, before, total = 0, 0, len(lengths)
    while start < total:
        by_bytes = int(ends.search_sorted(before + _SLICE_BYTES, side="right"))
        end = max(start + 1, min(total, start + _SLICE_ROWS, by_bytes))
        yield start, end
        start, before = end, int(ends[end - 1])
