"""Sums of postings by account and column: what statements are made of.

One statement of SQL a report, however many columns it has.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, Final

from akika_forensics.twin import naming
from akika_forensics.twin.reports import basis, daily, periods, sheet
from akika_forensics.twin.reports.periods import Period
from akika_forensics.twin.reports.report import Asked
from akika_forensics.twin.session import Session

CUTS: Final = {
    "Customers": "Customer",
    "Vendors": "Vendor",
    "Employees": "Employee",
    "Departments": "Department",
    "Classes": "Class",
    "ProductsAndServices": "Item",
}
"""``summarize_column_by`` by a list, and the list. Source: QuickBooks API, ProfitAndLoss, BalanceSheet, CashFlow."""

FILTERS: Final = frozenset({"customer", "vendor", "employee", "department", "class", "item"})
NONE: Final = ""
"""The key of what belongs to no record of the list."""


def whose(kind: str) -> str:
    """Of a posting ``p`` in nobody's or another's name, the transaction's: of what stock cost, that of the sale.

    A journal entry has a name a line, and what none of them names is nobody's. Source: recorded ProfitAndLoss by
    customer. Transactions are looked up only where they are needed: a join takes ten times as long.
    """
    start = len(kind) + 2
    return (
        f"CASE WHEN p.party LIKE '{kind}:%' THEN substr(p.party, {start}) "  # noqa: S608 - our own text
        f"ELSE coalesce((SELECT substr(d.party, {start}) FROM document AS d WHERE d.entity = p.entity AND d.id = p.id "
        f"AND d.entity <> 'JournalEntry' AND d.party LIKE '{kind}:%'), '{NONE}') END"
    )


_KEYS: Final = {
    "customer": whose("Customer"),
    "vendor": whose("Vendor"),
    "employee": whose("Employee"),
    "department": "p.department",
    "class": "p.class",
    "item": "p.item",
    "account": "p.account",
}


@dataclass(frozen=True, slots=True)
class Track:
    """What one account moved, day by day; ``sums`` are running, one more than there are days."""

    days: Sequence[str]
    sums: Sequence[int]

    def between(self, since: str, until: str) -> int | None:
        """Cents over some days, both included; None when nothing was posted."""
        first, after = bisect_left(self.days, since), bisect_right(self.days, until)
        return self.sums[after] - self.sums[first] if after > first else None

    def at(self, day: date) -> int | None:
        """Cents up to a day; None when nothing was posted."""
        return self.between("", day.isoformat())

    def over(self, period: Period) -> int | None:
        return self.between(period.start.isoformat(), period.end.isoformat())


NOTHING: Final = Track((), (0,))


def together(tracks: Iterable[Track]) -> Track:
    """What several accounts moved as one."""
    moved: dict[str, int] = {}
    for track in tracks:
        for place, day in enumerate(track.days):
            moved[day] = moved.get(day, 0) + track.sums[place + 1] - track.sums[place]
    days = sorted(moved)
    return Track(days, [0, *accumulate(moved[day] for day in days)])


class Figures:
    """The postings of one report: its basis, its filters."""

    def __init__(self, session: Session, asked: Asked) -> None:
        self._store = session.store
        self._table = daily.table(session, asked.basis) if _by_day(asked) else basis.table(session, asked.basis)
        self._where = ""
        self._values: list[str] = []
        for kind, wanted in asked.filters.items():
            self._where += f" AND {_KEYS[kind]} IN ({','.join('?' * len(wanted))})"
            self._values += sorted(wanted)

    def tracks(self, since: str, until: str) -> dict[str, Track]:
        """By account, over some days, both included."""
        found = self._sums("p.date", since, until)
        return {
            account: Track([day for _, day, _ in rows], [0, *accumulate(cents for _, _, cents in rows)])
            for account, rows in ((one, list(some)) for one, some in groupby(found, key=itemgetter(0)))
        }

    def by_key(self, by: str, since: str, until: str) -> dict[tuple[str, str], int]:
        """Cents by account and the Id of a record of the list of ``CUTS``, ``NONE`` for what belongs to none."""
        found = self._sums(_KEYS[CUTS[by].lower()], since, until)
        return {(account, key): cents for account, key, cents in found}

    def _sums(self, key: str, since: str, until: str) -> list[tuple[str, str, int]]:
        sql = (
            f"SELECT p.account, {key}, sum(p.cents) FROM {self._table} AS p "  # noqa: S608 - our own text
            f"WHERE p.date >= ? AND p.date <= ?{self._where} GROUP BY 1, 2 ORDER BY 1, 2"
        )
        return [
            (str(one), str(two), int(cents))
            for one, two, cents in self._store.select(sql, (since, until, *self._values))
        ]


def _by_day(asked: Asked) -> bool:
    """Whether nothing is asked of a posting but its account and its day."""
    return not asked.filters and asked.by not in CUTS


def dated(period: Period) -> dict[str, Any]:
    """The heading of a column of days."""
    title = periods.title(period)
    start, end = period.start.isoformat(), period.end.isoformat()
    return sheet.column(title, "Money", StartDate=start, EndDate=end, ColKey=title)


def keyed(session: Session, by: str, keys: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
    """Keys and headings of the columns of a list, by name; what belongs to none comes last."""
    found = set(keys)
    named = sorted((_name(session, CUTS[by], one), one) for one in found - {NONE})
    columns = [(one, sheet.column(name, "Money", ColKey=one)) for name, one in named]
    if NONE in found:
        columns.append((NONE, sheet.column("Not Specified", "Money", ColKey="not_specified")))
    return columns


def _name(session: Session, entity: str, record_id: str) -> str:
    body = session.find(entity, record_id) or {}
    name = str(body.get("DisplayName") or body.get("FullyQualifiedName") or body.get("Name") or record_id)
    return naming.marked(name) if body.get("Active") is False else name
