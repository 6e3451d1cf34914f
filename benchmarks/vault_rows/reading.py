"""Rows about reading: two snapshots compared, a record's history, the index of a day."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from vault_rows import table
from vault_rows.company_vault import COMPANY, CompanyVault, take
from vault_rows.days import Days
from vault_rows.others import join
from vault_rows.table import Row

from akika_forensics.changes.compare import changed_keys
from akika_forensics.vault import Vault


def half_a_year(days: Days, folder: Path, apart: int) -> None:
    """The larger company on its first day, and ``apart`` days after it."""
    vault = CompanyVault(folder).create()
    take(vault, 0, days.records())
    for day in range(1, apart + 1):
        take(vault, day, days.changes(day), changes=True)


def comparing(folder: Path, apart: int, note: str) -> None:
    """Two snapshots of the larger company, of neighbouring days and ``apart`` days apart, beside DuckDB on plain files."""
    place = CompanyVault(folder)
    vault = place.open()
    last = apart + 1
    count = vault.snapshots()[-1].records
    for before, what, limit in ((last - 1, "neighbouring days", 0.25), (1, f"{apart} days apart", 2.0)):
        files = [_index_file(vault, number, folder) for number in (before, last)]
        theirs = join(*files)
        expected = theirs()
        ours, others = [], []
        for _ in range(5):
            # As a person who has just opened the vault: nothing of it is in memory but its chain.
            opened = place.open()
            left, right = opened.snapshot(f"s{before}"), opened.snapshot(f"s{last}")
            begun = time.perf_counter()
            found = changed_keys(left, right)
            ours.append(time.perf_counter() - begun)
            others.append(table.seconds(theirs))
            assert sum(map(len, found)) == expected, (what, expected)
        ratio = statistics.median(ours) / statistics.median(others)
        Row(
            f"Compare two snapshots of {count:,} records, {note}, {what}",
            f"{table.duration(statistics.median(ours))} = {ratio:.2f} x",
            f"DuckDB, full join of two plain files: {table.duration(statistics.median(others))}; {expected:,} differ",
            f"{limit} x",
            ratio <= limit,
        ).tell()


def _index_file(vault: Vault, number: int, folder: Path) -> Path:
    path = folder / f"s{number}.parquet"
    vault.snapshot(f"s{number}").index().select("entity", "id", "digest").write_parquet(path)
    return path


def history_and_as_of(days: Days, folder: Path, note: str, *, reach: bool) -> None:
    """One record through all snapshots, and the index as of days all over the year, each freshly opened."""
    place = CompanyVault(folder)
    vault = place.open()
    count = len(vault.snapshots())
    keys = [key for key, _ in days.changes(1)][:40:2]
    first = table.seconds(lambda: vault.history(keys[0], COMPANY))
    taken = [table.seconds(lambda key=key: vault.history(key, COMPANY)) for key in keys[1:]]
    found = statistics.median(taken)
    Row(
        f"One record's history over {count} snapshots{note}",
        table.duration(found),
        f"the first, which checks the files: {table.duration(first)}",
        "20 ms" if reach else "",
        found <= 0.020 if reach else None,
    ).tell()
    taken = []
    for number in sorted({1, count // 4, min(90, count), count // 2, 3 * count // 4, count}):
        opened = place.open()
        snapshot = opened.snapshot(f"s{max(1, number)}")
        taken.append(table.seconds(snapshot.index))
    Row(
        f"As-of index of any day{note}",
        table.duration(max(taken)),
        f"the slowest of {len(taken)} days; the quickest {table.duration(min(taken))}",
        "150 ms" if reach else "",
        max(taken) <= 0.150 if reach else None,
    ).tell()
    record = keys[1]
    taken = [table.seconds(lambda: vault.snapshot("latest").record(record)) for _ in range(5)]
    Row(f"One record as of the last day{note}", table.duration(statistics.median(taken))).tell()
