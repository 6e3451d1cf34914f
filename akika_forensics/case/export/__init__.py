"""Readable copies of a snapshot: CSV, XLSX, JSON lines, plain Parquet. Streamed, and whole or not there at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from akika_forensics.case.export import staging
from akika_forensics.case.export.about import FILE as ABOUT
from akika_forensics.case.export.about import statements
from akika_forensics.case.export.attached import FOLDER as ATTACHED
from akika_forensics.case.export.attached import write_attached
from akika_forensics.case.export.parquet_files import ParquetTable
from akika_forensics.case.export.shape import distinct, rows_of
from akika_forensics.case.export.survey import Table, tables_of
from akika_forensics.case.export.text_files import CsvTable, JsonLines
from akika_forensics.case.export.workbook import Workbook
from akika_forensics.errors import WrongUse
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import SnapshotInfo

if TYPE_CHECKING:
    import polars as pl

FORMATS: Final = ("jsonl", "csv", "parquet", "xlsx")

type Progress = Callable[[str, int, int], None]


class Source(Protocol):
    """A snapshot, as far as an export asks it: its description, its records, which are read twice for a table, and attached files."""

    info: SnapshotInfo

    def records(self, entities: Iterable[str] | None = None) -> Iterator[Record]: ...
    def attachments(self) -> pl.DataFrame: ...
    def attachment(self, key: RecordKey) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Written:
    """One file of an export: its length in bytes and SHA-256 in hexadecimal."""

    name: str
    length: int
    sha256: str


@dataclass(frozen=True)
class Exported:
    """An export as it lies there. ``files`` are the data; ``about`` and ``sums`` stand beside them.

    ``rows``: table (of jsonl: entity) → rows. ``notes``: what is not as received, one sentence each.
    """

    form: str
    folder: Path
    files: tuple[Path, ...]
    about: Path
    sums: Path
    written: tuple[Written, ...]
    rows: dict[str, int]
    notes: tuple[str, ...]


@dataclass
class _Result:
    files: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    parts: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def export_snapshot(
    snapshot: Source,
    to: Path,
    form: str,
    *,
    before: Callable[[Exported], None] = lambda _: None,
    progress: Progress | None = None,
) -> Exported:
    """Write a snapshot's records into a new or empty folder, readable to its owner only.

    ``before`` is called when everything is written and durable but not yet at its place: what it raises undoes it.
    Beside the data stand ``ABOUT.txt`` and ``SHA256SUMS``, which ``sha256sum -c`` checks.
    Raises WrongUse for an unknown format, a folder that is not empty, or records that no table can carry; ExportFailed.
    """
    if form not in FORMATS:
        raise WrongUse(f"{form!r} is no format of an export.", do=f"Use one of {', '.join(FORMATS)}.")
    made: list[Exported] = []

    def finish(folder: Path) -> None:
        made.append(_sealed(folder, to, form, result))
        before(made[0])

    with staging.staged(to, finish) as folder:
        result = _WRITERS[form](snapshot, folder, progress)
        attached = write_attached(snapshot, folder, progress)
        if attached:
            result.files.extend(attached)
            result.parts.append(
                (
                    f"{ATTACHED}/",
                    f"{len(attached):,} attached files, ID-NAME each: the Id of its Attachable, and its name there as far as a file can have it",
                )
            )
        said = list(statements(snapshot.info, form, result.parts, tuple(result.notes)))
        with staging.opened(folder / ABOUT) as stream:
            stream.write("".join(f"{title}: {' '.join(text.split())}\n" for title, text in said).encode())
        with staging.opened(folder / staging.SUMS) as stream:
            stream.write(staging.sums({name: staging.sha256(folder / name) for name in [*result.files, ABOUT]}))
    return made[0]


def _sealed(folder: Path, to: Path, form: str, result: _Result) -> Exported:
    names = [*result.files, ABOUT, staging.SUMS]
    written = [Written(name, (folder / name).stat().st_size, staging.sha256(folder / name)) for name in names]
    return Exported(
        form,
        to,
        tuple(to / name for name in result.files),
        to / ABOUT,
        to / staging.SUMS,
        tuple(written),
        result.rows,
        tuple(result.notes),
    )


def _json_lines(snapshot: Source, folder: Path, progress: Progress | None) -> _Result:
    result, lines = _Result(), JsonLines()
    entities = groupby(_told(snapshot, "writing", progress), key=lambda record: record.key.entity)
    for entity, records in entities:
        name = f"{_file_name(entity)}.jsonl"
        with staging.opened(folder / name) as stream:
            result.rows[entity] = 0
            for record in records:
                stream.write(lines.line(record))
                result.rows[entity] += 1
        result.files.append(name)
        result.parts.append((name, f"{result.rows[entity]:,} records"))
    if lines.rewrapped:
        result.notes.append(
            f"{lines.rewrapped:,} payloads came with line breaks between their tokens; each break is a blank here."
        )
    return result


def _tables(kind: type[CsvTable | ParquetTable], suffix: str) -> Callable[[Source, Path, Progress | None], _Result]:
    def write(snapshot: Source, folder: Path, progress: Progress | None) -> _Result:
        result = _Result()
        tables = tables_of(_told(snapshot, "surveying", progress))
        names = dict(zip(tables, distinct(_file_name(table.name) for table in tables), strict=True))
        for entity, records in groupby(_told(snapshot, "writing", progress), key=lambda record: record.key.entity):
            mine = [table for table in tables if table.entity == entity]
            files = {table.place: kind(folder, names[table], table) for table in mine}
            try:
                for table, keys, cells in _rows(mine, records):
                    files[table.place].add(keys, cells)
            finally:
                for file in files.values():
                    file.close()
            for table in mine:
                name = f"{names[table]}.{suffix}"
                result.files.append(name)
                result.rows[table.name] = table.rows
                result.parts.append((name, _size(table)))
        return result

    return write


def _workbook(snapshot: Source, folder: Path, progress: Progress | None) -> _Result:
    result = _Result()
    tables = tables_of(_told(snapshot, "surveying", progress))
    book = Workbook(folder / f"{snapshot.info.id}.xlsx", tables)
    for table, keys, cells in _rows(tables, _told(snapshot, "writing", progress)):
        book.add(table, keys, cells)
    for table in tables:
        result.rows[table.name] = table.rows
        result.parts.append((f"Sheet {', '.join(book.sheets(table))}", f"{table.name}: {_size(table)}"))
    if book.noted:
        result.notes.append(
            f"{book.noted:,} cells do not hold what was received; the sheet 'Not as received' says which."
        )
    book.close(list(statements(snapshot.info, "xlsx", result.parts, tuple(result.notes))))
    result.files.append(book.path.name)
    return result


_WRITERS: Final[dict[str, Callable[[Source, Path, Progress | None], _Result]]] = {
    "jsonl": _json_lines,
    "csv": _tables(CsvTable, "csv"),
    "parquet": _tables(ParquetTable, "parquet"),
    "xlsx": _workbook,
}


def _rows(
    tables: tuple[Table, ...] | list[Table], records: Iterator[Record]
) -> Iterator[tuple[Table, list[str | int], list[Any]]]:
    """Each row with its table: the values of its keys, then those of its columns, None where it has none."""
    by_place = {table.place: (table, [column.path for column in table.columns]) for table in tables}
    for record in records:
        for row in rows_of(record):
            table, paths = by_place[row.place]
            yield table, [record.key.id, *row.at], [row.cells.get(path) for path in paths]


def _told(snapshot: Source, what: str, progress: Progress | None) -> Iterator[Record]:
    for number, record in enumerate(snapshot.records()):
        if progress is not None and number % 500 == 0:
            progress(f"{what} {record.key.entity}", number, snapshot.info.records)
        yield record


def _size(table: Table) -> str:
    return f"{table.rows:,} rows, {len(table.headings)} columns"


def _file_name(said: str) -> str:
    """A name for a file from text of the books: letters, digits, ``. _ -``; anything else as ``%`` and its UTF-8 in hexadecimal."""
    clean = re.sub(r"[^A-Za-z0-9._-]", lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()), said)
    return ("%2E" + clean[1:] if clean.startswith(".") else clean)[:120] or "%"


__all__ = ["FORMATS", "Exported", "Written", "export_snapshot"]
