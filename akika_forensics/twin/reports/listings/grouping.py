"""Rows of a list put into groups: by a name, an account, a kind, a method of payment or a span of time.

Source: QuickBooks API, reports, ``group_by``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from akika_forensics.model.instants import parse_date
from akika_forensics.twin import faults
from akika_forensics.twin.reports import periods
from akika_forensics.twin.reports.listings.listing import Found
from akika_forensics.twin.reports.listings.names import Names
from akika_forensics.twin.session import Session

NOT_SPECIFIED: Final = "Not Specified"
PLACE: Final = 1
"""Where the fact stands by which rows are grouped; see ``first``."""
_RECORDS: Final = {
    "name": ("party", ""),
    "customer": ("customer", ""),
    "vendor": ("vendor", ""),
    "employee": ("employee", ""),
    "account": ("account", "Account"),
    "location": ("department", "Department"),
    "paymentmethod": ("method", "PaymentMethod"),
}
_SPANS: Final = {
    "day": "Days",
    "week": "Week",
    "month": "Month",
    "quarter": "Quarter",
    "year": "Year",
    "fiscalyear": "FiscalYear",
    "fiscalquarter": "FiscalQuarter",
}
_OTHERS: Final = frozenset({"none", "transactiontype"})

type Group = tuple[str, str | None, list[Found]]
"""Its name, the Id that its header shows, its rows."""


def known(name: str, allowed: Iterable[str]) -> str:
    """A way of grouping as it is kept here; empty for none. Raises QuickBooksFault 2170."""
    key = name.replace(" ", "").lower()
    if key not in {*allowed}:
        raise faults.malformed("group_by", "enum", name)
    return "" if key == "none" else key


WAYS: Final = frozenset({*_RECORDS, *_SPANS, *_OTHERS})


def first(by: str) -> str:
    """The facts that a row must begin with to be grouped; ``by`` as ``known`` gives it."""
    return f"id {_RECORDS[by][0] if by in _RECORDS else 'label' if by == 'transactiontype' else 'date'}"


def groups(session: Session, names: Names, rows: Iterable[Found], by: str) -> list[Group]:
    """In order of their names, those of time in order of time; rows without what is grouped by come last."""
    if by in _SPANS:
        return _of_time(session, rows, _SPANS[by])
    show = _record(names, by) if by in _RECORDS else _label
    found: dict[tuple[str, str | None], list[Found]] = {}
    for row in rows:
        found.setdefault(show(row), []).append(row)
    ordered = sorted(found.items(), key=lambda one: (one[0][0] == NOT_SPECIFIED, one[0][0].casefold(), one[0][1] or ""))
    return [(name, record_id, some) for (name, record_id), some in ordered]


def _record(names: Names, by: str) -> Callable[[Found], tuple[str, str | None]]:
    _, entity = _RECORDS[by]

    def show(row: Found) -> tuple[str, str | None]:
        key = row[PLACE]
        if not key:
            return NOT_SPECIFIED, None
        cell = names.of(entity, key) if entity else names.party(key)
        return cell["value"], cell["id"]

    return show


def _label(row: Found) -> tuple[str, str | None]:
    return str(row[PLACE]), None


def _of_time(session: Session, rows: Iterable[Found], cut: str) -> list[Group]:
    known_days: dict[str, date] = {}
    dated = [(known_days.setdefault(str(row[PLACE]), parse_date(str(row[PLACE]))), row) for row in rows]
    if not dated:
        return []
    whole = periods.Period(min(day for day, _ in dated), max(day for day, _ in dated))
    spans = list(periods.cut(session, whole, cut))
    found: list[Group] = [(periods.title(span), None, []) for span in spans]
    starts = [span.start for span in spans]
    for day, row in dated:
        found[bisect_right(starts, day) - 1][2].append(row)
    return [group for group in found if group[2]]
