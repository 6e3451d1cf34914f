"""The vault in figures: how small, how fast, beside restic and borg on the same days and DuckDB on plain files.

Usage: python benchmarks/vault.py [--records N] [--days D] [--folder FOLDER] [--only PART]

N records (1,000,000) make the larger company, half of them the company whose D days (365) are written. Each part is
measured in a process of its own; figures of one row were taken in one process, in turn where they are compared. With
--folder the generated days and vaults stay there and are used again.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from vault_rows import checking, days, others, reading, table, writing
from vault_rows.days import Days
from vault_rows.table import Row

_APART: Final = 182
_BACKUPS: Final = 5


class Bench:
    def __init__(self, folder: Path, records: int, count: int) -> None:
        self.folder, self.records, self.count = folder, records, count
        self.apart = min(_APART, count)
        self.larger = Days(folder / f"company-{records}")
        self.daily = Days(folder / f"company-{records // 2}")

    def parts(self) -> dict[str, Callable[[], None]]:
        """In the order in which they are measured: what one leaves, later ones read."""
        return {
            "make-larger": lambda: days.make(self.larger.folder, self.records, self.apart),
            "make-daily": lambda: days.make(self.daily.folder, self.records // 2, max(self.count, _BACKUPS)),
            "encryption": lambda: writing.encryption(self.larger),
            "bodies": lambda: writing.bodies(self.larger, self.fresh("bodies"), min(200_000, self.records)),
            "year": lambda: writing.year(self.daily, self.fresh("year"), self.count),
            "backups": lambda: others.backups(self.daily, self.fresh("backups"), _BACKUPS),
            "as-written": lambda: reading.history_and_as_of(
                self.daily, self.folder / "year", ", as written", reach=False
            ),
            "compaction": lambda: writing.compaction(self.folder / "year"),
            "merged": lambda: reading.history_and_as_of(self.daily, self.folder / "year", ", merged", reach=True),
            "whole-day": lambda: writing.whole_day(self.folder / "year", self.count),
            "verify": lambda: checking.verifying(self.daily, self.folder / "year"),
            "make-compared": lambda: reading.half_a_year(self.larger, self.fresh("compare"), self.apart),
            "compare": lambda: reading.comparing(self.folder / "compare", self.apart, "as written"),
            "memory-compare": lambda: checking.memory_of_compare(self.folder / "compare", self.apart, "as written"),
            "memory-merge": lambda: checking.memory_of_merge(self.folder / "compare"),
            "compare-merged": lambda: reading.comparing(self.folder / "compare", self.apart, "merged"),
            "memory-compare-merged": lambda: checking.memory_of_compare(self.folder / "compare", self.apart, "merged"),
            "memory-verify-merged": lambda: checking.memory_of_verify(self.folder / "compare", ", half a year merged"),
            "memory-capture": lambda: checking.memory_of_capture(self.larger, self.fresh("memory")),
            "memory-verify": lambda: checking.memory_of_verify(self.folder / "memory"),
        }

    def fresh(self, name: str) -> Path:
        place = self.folder / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        return place

    def is_made(self, part: str) -> bool:
        """Days that an earlier run left in the folder are not made again."""
        made = {"make-larger": (self.larger, self.apart), "make-daily": (self.daily, max(self.count, _BACKUPS))}
        return part in made and made[part][0].day(made[part][1]).exists()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", action="append", help="parts to measure; all when left out")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    unknown = sorted(set(asked.only or ()) - Bench(Path(), asked.records, asked.days).parts().keys())
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    if asked.part:
        Bench(asked.folder, asked.records, asked.days).parts()[asked.part]()
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = (asked.folder or Path(scratch)).resolve()
        measured(Bench(folder, asked.records, asked.days), asked.only)


def measured(bench: Bench, only: list[str] | None) -> None:
    rows: list[Row] = []
    for part in bench.parts():
        if bench.is_made(part) or (only and part not in only):
            continue
        command = [sys.executable, __file__, "--part", part, "--folder", str(bench.folder)]
        command += ["--records", str(bench.records), "--days", str(bench.count)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit(f"The part {part} failed.")
        found = [row for line in done.stdout.splitlines() if (row := table.read(line))]
        for row in found:
            print("  ".join(cell for cell in row.cells if cell), flush=True)
        rows += found
    print()
    table.show(rows)


if __name__ == "__main__":
    main()
