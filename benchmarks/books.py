"""How long the postings and a trial balance of 500,000 transactions take, the cash basis of them, and what is asked next.

Usage: python benchmarks/books.py [TRANSACTIONS]

The transactions are those of the sample company, keyed anew under other Ids and years until there are enough; making them is
not measured. They are in memory as QuickBooks sent them. Beside the time on the clock stands what the process computed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date

from twin_company import Stream, peak

from akika_forensics.books import Chart, Ledger
from akika_forensics.books.cash_basis import cash_postings
from akika_forensics.books.documents import fields
from akika_forensics.books.drill import Figure, parts_of
from akika_forensics.books.effects import moved
from akika_forensics.model.record import Record, RecordKey

TRANSACTIONS = 500_000
CHANGED = 1_000
"""One document in so many differs between two snapshots."""


def measured[T](what: str, act: Callable[[], T], goal: str = "") -> T:
    clock, computed = time.perf_counter(), time.process_time()
    found = act()
    took, used = time.perf_counter() - clock, time.process_time() - computed
    tail = f"   to reach: {goal}" if goal else ""
    print(f"{what:<58}{took:8.2f} s {used:8.2f} s computed{tail}", flush=True)
    return found


def drilled(ledger: Ledger) -> None:
    """The account with the most postings, each of them with what it adds."""
    (account,) = ledger.frame["account"].value_counts(sort=True)["account"].head(1)
    end = ledger.frame["date"].max()
    assert isinstance(end, date)
    parts = parts_of(ledger.chart, ledger.frame, Figure(statement="trial-balance", end=end, account=account))
    print(f"  {len(parts):,} postings in it")


def effects_of(ledger: Ledger) -> None:
    """Between these books and the same without one document in a thousand."""
    documents = ledger.frame.select("entity", "id").unique(maintain_order=True)
    gone = documents.gather_every(CHANGED)
    left = ledger.frame.join(gone, on=["entity", "id"], how="anti")
    later = Ledger(ledger.chart, left, ledger.findings, ledger.context, ledger.stock_moved)
    rows = moved(ledger, later, [RecordKey(*key) for key in gone.iter_rows()])
    assert rows["change"].sum() == 0
    assert not rows.is_empty()
    print(f"  {len(gone):,} documents, {len(rows):,} rows")


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else TRANSACTIONS
    records = iter(Stream(10 * wanted))
    lists: list[Record] = []
    transactions: dict[str, list[tuple[str, bytes]]] = {}
    count = 0
    for entity, payload in records:
        if entity not in fields.POSTING:
            if not transactions:
                lists.append(Record(RecordKey(entity, json.loads(payload)["Id"]), payload))
            continue
        transactions.setdefault(entity, []).append((json.loads(payload)["Id"], payload))
        count += 1
        if count == wanted:
            break
    size = sum(len(payload) for rows in transactions.values() for _, payload in rows)
    print(f"{count:,} transactions, {size / 1e6:,.0f} MB of JSON")
    held = peak()

    def books() -> Ledger:
        ledger = Ledger.read(Chart.of(lists), transactions)
        assert sum(ledger.trial_balance(date(2026, 12, 31)).values()) == 0
        return ledger

    ledger = measured("postings and a trial balance", books, "5 s")
    posted = peak()
    measured("another trial balance", lambda: ledger.trial_balance(date(2025, 6, 30)))
    measured("what the largest balance is made of", lambda: drilled(ledger))
    measured("what one changed document in 1,000 did to the books", lambda: effects_of(ledger))
    measured("postings on the cash basis", lambda: cash_postings(ledger))
    print(
        f"{len(ledger.frame):,} postings; {posted:,.0f} MB at most for them, {peak():,.0f} MB with the cash basis, "
        f"{held:,.0f} MB the transactions before"
    )


if __name__ == "__main__":
    main()
