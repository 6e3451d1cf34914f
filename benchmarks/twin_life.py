"""How long a company of a million records takes to be made from a seed.

Usage: python benchmarks/twin_life.py [RECORDS]

The time on the clock is that of two processes side by side, one that plans and writes the life down and one that fills
the tables; beside it stands what each of them computed. On a machine with other work the first grows and the others
hardly do. The company is in memory.
"""

from __future__ import annotations

import resource
import sys
import time

from akika_forensics.twin import Twin, life

RECORDS = 1_000_000


def main(records: int) -> None:
    twin = Twin()
    clock = time.perf_counter()
    made = life.fill(twin, life.Wish(records, 1))
    clock = time.perf_counter() - clock
    tables, life_itself = (
        resource.getrusage(whose).ru_utime + resource.getrusage(whose).ru_stime
        for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    goal = f"to reach: {records * 120e-6:,.0f} s"
    print(f"{f'making {sum(made.counts.values()):,} records':<42}{clock:9,.2f} s {'':20} {goal}")
    print(f"{'  the life':<42}{'':11} {life_itself:9,.2f} s computed")
    print(f"{'  the tables':<42}{'':11} {tables:9,.2f} s computed")
    twin.close()


if __name__ == "__main__":
    main(int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else RECORDS)
