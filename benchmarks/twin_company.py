"""How long a company of 500,000 records takes to be loaded, and its reports.

Usage: python benchmarks/twin_company.py [RECORDS]

The records to load are those of the sample company, keyed anew under other Ids, numbers and years until there are
enough; making them is not measured. Beside the time on the clock stands what the process computed: on a machine with
other work the first grows and the second hardly does. All is taken in a process of its own.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import QuickBooksFault, Twin, loading, sample

RECORDS = 500_000
YEARS = 6
_MARK = re.compile(rb'"@(\d+)@"|(?<=")2026-')

type Record = tuple[str, bytes]


class Template:
    """The bytes of a transaction around what each copy says anew: Ids and numbers, and the year of each day."""

    def __init__(self, entity: str, payload: bytes) -> None:
        self.entity = entity
        body = _marked(payloads.decode(payload))
        body["Id"] = f"@{body['Id']}@"
        if "DocNumber" in body:
            body["DocNumber"] = body["Id"]
        text, end = payloads.encode(body), 0
        self._parts: list[bytes] = []
        self._keys: list[int | None] = []
        for found in _MARK.finditer(text):
            self._parts.append(text[end : found.start()])
            self._keys.append(int(found[1]) if found[1] else None)
            end = found.end()
        self._last = text[end:]

    def copy(self, number: int) -> bytes:
        year = b"%d-" % (2027 - YEARS + number % YEARS)
        rows: list[bytes] = []
        for part, key in zip(self._parts, self._keys, strict=True):
            rows += (part, year if key is None else b'"%d"' % (key + 1000 * number))
        return b"".join((*rows, self._last))


def _marked(value: Any) -> Any:
    """A copy in which the Id of every linked transaction is a mark."""
    if isinstance(value, list):
        return [_marked(row) for row in value]
    if not isinstance(value, dict):
        return value
    return {name: f"@{inner}@" if name == "TxnId" else _marked(inner) for name, inner in value.items()}


class Stream:
    """So many records of one company, lists first; knows how long it took itself."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.clock = self.computed = 0.0
        twin = Twin()
        sample.build(twin)
        self._lists: list[Record] = []
        self._templates: list[Template] = []
        for (entity, _), payload in twin.dump().items():
            row = CATALOGUE[entity]
            if row.is_transaction and entity != "TimeActivity":
                self._templates.append(Template(entity, payload))
            elif entity not in {"TimeActivity", "RecurringTransaction", "Attachable"}:
                self._lists.append((entity, payload))

    def _records(self) -> Iterator[Record]:
        yield from self._lists
        for number in range(self._count):
            for template in self._templates:
                yield template.entity, template.copy(number)

    def __iter__(self) -> Iterator[Record]:
        records = self._records()
        for _ in range(self._count):
            clock, computed = time.perf_counter(), time.process_time()
            record = next(records)
            self.clock += time.perf_counter() - clock
            self.computed += time.process_time() - computed
            yield record


def show(what: str, clock: float, computed: float, goal: str) -> None:
    print(f"{what:<42}{clock:9,.2f} s {computed:9,.2f} s computed   to reach: {goal}", flush=True)


def peak() -> float:
    """Megabytes that this process held at most."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / 1e6 if sys.platform == "darwin" else held / 1e3


def measured(what: str, act: Callable[[], Any], goal: str) -> None:
    clock, computed = time.perf_counter(), time.process_time()
    act()
    show(what, time.perf_counter() - clock, time.process_time() - computed, goal)


def loaded(count: int) -> None:
    """Load that many records, then ask for reports of them."""
    records = Stream(count)
    twin = Twin()
    before = peak()
    clock, computed = time.perf_counter(), time.process_time()
    loading.load_records(twin, records)
    clock, computed = time.perf_counter() - clock, time.process_time() - computed
    show(f"loading {count:,} records", clock - records.clock, computed - records.computed, f"{count * 120e-6:,.0f} s")
    print(f"{'memory at most, the company within':<42}{peak() - before:9,.0f} MB {'':22}to reach: 1,500 MB")
    year, month = (
        {"start_date": "2025-01-01", "end_date": "2025-12-31"},
        {"start_date": "2025-08-01", "end_date": "2025-08-31"},
    )
    days = {"as of a day": {"report_date": "2025-12-31"}, "of a month": month, "of a year": year}
    for name, of, more in (
        ("TrialBalance", "of a year", {}),
        ("ProfitAndLoss", "of a year", {"summarize_column_by": "Month"}),
        ("ProfitAndLoss", "of a year", {"accounting_method": "Cash"}),
        ("BalanceSheet", "of a year", {}),
        ("GeneralLedger", "of a month", {}),
        ("GeneralLedger", "of a year", {}),
        ("JournalReport", "of a month", {}),
        ("TransactionList", "of a month", {}),
        ("AgedReceivables", "as of a day", {}),
        ("CustomerBalance", "as of a day", {}),
        ("InventoryValuationSummary", "as of a day", {}),
        ("CashFlow", "of a year", {}),
    ):
        said = " ".join(("", *more.values())).lower()
        label = f"{name} {of}{',' if said else ''}{said}"
        try:
            measured(label, lambda name=name, of=of, more=more: twin.report(name, **days[of], **more), "5 s")
        except QuickBooksFault as fault:
            print(f"{label:<42}  is not offered: {fault}")


def main() -> None:
    if "--load" in sys.argv:
        loaded(int(sys.argv[-1]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    subprocess.run([sys.executable, str(Path(__file__)), "--load", str(count)], check=True)


if __name__ == "__main__":
    main()
