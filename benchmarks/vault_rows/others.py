"""What else could keep the days, on the same days: restic, borg; and DuckDB, which compares plain files."""

from __future__ import annotations

import itertools
import os
import shutil
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import duckdb
import polars as pl
from vault_rows import table
from vault_rows.days import Days
from vault_rows.table import Row

YEAR: Final = 365
_JOIN: Final = """
    SELECT coalesce(a.entity, b.entity) AS entity, coalesce(a.id, b.id) AS id
    FROM '{before}' a FULL JOIN '{after}' b ON a.entity = b.entity AND a.id = b.id
    WHERE a.digest IS DISTINCT FROM b.digest
"""


def backups(days: Days, folder: Path, count: int) -> None:
    """Tells a row for each tool: its own time and what it adds in a day, and a year worked out from ``count`` days."""
    for name, prepare in (("restic", _restic), ("borg", _borg)):
        if shutil.which(name) is None:
            Row(f"the same days by {name}", "not installed").tell()
            continue
        repository = folder / name
        save = prepare(repository, folder)
        books = folder / "books"
        taken, sizes = [], []
        frame = days.frame()
        for day in range(count + 1):
            if day:
                frame = pl.concat([frame, pl.read_parquet(days.day(day))]).unique(["entity", "id"], keep="last")
            _write_lines(frame, books)
            taken.append(table.seconds(lambda save=save, day=day, books=books: save(day, books)))
            sizes.append(_size(repository))
        more = [after - before for before, after in itertools.pairwise(sizes)]
        daily = statistics.median(more)
        Row(
            f"the same days by {name}, a year",
            table.size(sizes[0] + YEAR * daily),
            f"worked out from {count} days: {table.size(sizes[0])}, then {table.size(daily)} and "
            f"{statistics.median(taken[1:]):.1f} s a day",
        ).tell()
        shutil.rmtree(repository)
        shutil.rmtree(books)


def _restic(repository: Path, folder: Path) -> Callable[[int, Path], None]:
    said = {"RESTIC_REPOSITORY": str(repository), "RESTIC_PASSWORD": "benchmark", "RESTIC_CACHE_DIR": str(folder / "c")}
    _run(["restic", "init", "--quiet"], said)
    return lambda _, books: _run(["restic", "backup", "--quiet", "."], said, books)


def _borg(repository: Path, folder: Path) -> Callable[[int, Path], None]:
    said = {"BORG_REPO": str(repository), "BORG_PASSPHRASE": "benchmark", "BORG_BASE_DIR": str(folder / "b")}
    _run(["borg", "init", "--encryption", "repokey-blake2"], said)
    return lambda day, books: _run(["borg", "create", "--compression", "zstd,3", f"::{day}", "."], said, books)


def _run(command: list[str], variables: dict[str, str], where: Path | None = None) -> None:
    subprocess.run(command, check=True, env=os.environ | variables, cwd=where, capture_output=True)


def _write_lines(frame: pl.DataFrame, books: Path) -> None:
    """One file a kind of record, a line a record, in order of Id, so that what stays the same lies where it lay."""
    books.mkdir(exist_ok=True)
    for (entity,), of_entity in frame.group_by("entity"):
        ordered = of_entity.sort(pl.col("id").str.len_bytes(), "id")
        (books / f"{entity}.jsonl").write_bytes(b"\n".join(ordered["payload"].to_list()) + b"\n")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def join(before: Path, after: Path) -> Callable[[], int]:
    """DuckDB's full join of two plain Parquet files (entity, id, digest); gives how many records differ."""
    connection = duckdb.connect()
    query = f"SELECT count(*) FROM ({_JOIN.format(before=before, after=after)})"  # noqa: S608 - files of our own

    def run() -> int:
        found = connection.execute(query).fetchone()
        assert found is not None
        return int(found[0])

    return run
