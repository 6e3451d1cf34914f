"""How old what is open is: the spans of days past due, and the day that counts.

Source: QuickBooks API, ARAgingDetail and APAgingDetail; titles of sections recorded by third parties.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from akika_forensics.model.instants import parse_date
from akika_forensics.twin import faults, settings
from akika_forensics.twin.reports import item_columns, open_items, periods
from akika_forensics.twin.reports.open_items import OpenItem, Side
from akika_forensics.twin.reports.report import Asked
from akika_forensics.twin.session import Session

OPTIONS: Final = frozenset(
    {"aging_period", "num_periods", "aging_method", "past_due", "start_duedate", "end_duedate", "term"}
)
UNKEPT: Final = frozenset({"shipvia", "custom1", "custom2", "custom3", "duedate_macro"})
"""Documented filters by what the books here do not keep apart."""
_MOST_SPANS: Final = 100
_LONGEST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Spans:
    """So many spans of so many days each; the last one has no end. Span 0 is what is not past due."""

    length: int = 30
    count: int = 4

    def of(self, days: int) -> int:
        return 0 if days <= 0 else min((days - 1) // self.length + 1, self.count)

    def title(self, number: int) -> str:
        """``Current``, ``1 - 30``, ``91 and over``."""
        if number == 0:
            return "Current"
        first = (number - 1) * self.length + 1
        return f"{first} and over" if number == self.count else f"{first} - {number * self.length}"

    def section(self, number: int) -> str:
        """``Current``, ``1 - 30 days past due``, ``91 or more days past due``."""
        if number == 0:
            return "Current"
        first = (number - 1) * self.length + 1
        if number == self.count:
            return f"{first} or more days past due"
        return f"{first} - {number * self.length} days past due"


@dataclass(frozen=True, slots=True)
class Aged:
    """An open item and how many days it is past due, negative before."""

    item: OpenItem
    days: int
    span: int


def spans(asked: Asked) -> Spans:
    """Raises QuickBooksFault 2080 for what is no number of days or spans."""
    return Spans(
        _number(asked.parameters, "aging_period", 30, _LONGEST),
        _number(asked.parameters, "num_periods", 4, _MOST_SPANS),
    )


def _number(parameters: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = parameters.get(name, "").strip()
    if not text:
        return default
    whole = text.removesuffix(".0")
    if not (whole.isascii() and whole.isdigit() and 1 <= int(whole[:9]) <= most):
        raise faults.malformed(name, "integer", text)
    return int(whole)


def aged(session: Session, side: Side, asked: Asked) -> list[Aged]:
    """What is open, each with its age, filters heeded. Raises 2060, 2080, 2170, 5030 for parameters.

    Days are counted from the day due, or from the day of the document where the company says so
    (CalcAgingReportFromTxnDate), to the day of the report. By the method ``Current`` both what is settled and the days
    are counted to this day. Source: what is open by that method is told by a third party, its days are our reading.
    """
    refuse_unkept(asked)
    day = asked.period.end
    method = asked.parameters.get("aging_method") or "Report_Date"
    if method.lower() not in {"report_date", "current"}:
        raise faults.malformed("aging_method", "enum", method)
    counted = day
    if method.lower() == "current":
        counted = max(day, periods.today(session))
    found = open_items.open_items(session, side, day.isoformat(), counted.isoformat())
    from_document = bool(settings.preference(session, "ReportPrefs", "CalcAgingReportFromTxnDate"))
    shape = spans(asked)
    least = _least(asked)
    rows: list[Aged] = []
    for item in kept(session, found, side, asked):
        days = (counted - _day(item.date if from_document else item.due, day)).days
        if least is None or days >= least:
            rows.append(Aged(item, days, shape.of(days)))
    return rows


def refuse_unkept(asked: Asked) -> None:
    """Raises 5030: figures other than those asked for are not given."""
    for name in sorted(UNKEPT):
        if asked.parameters.get(name):
            raise faults.not_offered(f"a report of balances cannot be had by {name}.")


def _least(asked: Asked) -> int | None:
    """The days past due from which on documents are shown."""
    text = asked.parameters.get("past_due", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10):
        raise faults.malformed("past_due", "integer", text)
    return int(text)


def kept(session: Session, found: Sequence[OpenItem], side: Side, asked: Asked) -> list[OpenItem]:
    """Those that the filters by name, place, terms and day due leave."""
    terms = frozenset(filter(None, map(str.strip, asked.parameters.get("term", "").split(","))))
    names, places = asked.only(side.party.lower()), asked.only("department")
    first, last = _bound(asked.parameters, "start_duedate"), _bound(asked.parameters, "end_duedate")
    return [
        item
        for item in found
        if (not names or (item.party.startswith(f"{side.party}:") and item.party_id in names))
        and (not places or item.department in places)
        and (not first or item.due >= first)
        and (not last or item.due <= last)
        and (not terms or item_columns.term_of(session, item) in terms)
    ]


def _bound(parameters: Mapping[str, str], name: str) -> str:
    text = parameters.get(name, "").strip()
    if not text:
        return ""
    try:
        return parse_date(text).isoformat()
    except ValueError:
        raise faults.malformed(name, "date", text) from None


def _day(text: str, default: date) -> date:
    """A day of a document; loaded ones may hold anything."""
    try:
        return parse_date(text)
    except ValueError:
        return default


def grouped(items: Sequence[OpenItem], side: Side) -> dict[str, list[OpenItem]]:
    """By the Id of whose they are, the empty text for nobody of that side."""
    found: dict[str, list[Any]] = {}
    for item in items:
        mine = item.party_id if item.party.startswith(f"{side.party}:") else ""
        found.setdefault(mine, []).append(item)
    return found
