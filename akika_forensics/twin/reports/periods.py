"""The days that a report covers, and the columns into which they are cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from akika_forensics.model.instants import parse_date
from akika_forensics.twin import faults, settings, wire
from akika_forensics.twin.session import Session

_DAY: Final = timedelta(days=1)
_YEARS: Final = range(1900, 9990)
"""In which a day may lie, so that the years and months around it are in the calendar too. Our choice."""
_SPANS: Final = ("Week", "Month", "Fiscal Quarter", "Fiscal Year", "Calendar Quarter", "Calendar Year")
MACROS: Final = (
    "All",
    "Today",
    "Yesterday",
    *(f"{which} {span}{so_far}" for which in ("This", "Last") for span in _SPANS for so_far in ("", "-to-date")),
    *(f"Next {span}" for span in _SPANS),
    "Next 4 Weeks",
)
"""Source: QuickBooks' public schema of reports, DateMacro."""

CUTS: Final = {
    "Days": "Day",
    "Week": "Week",
    "Month": "Month",
    "Quarter": "Calendar Quarter",
    "Year": "Calendar Year",
    "FiscalQuarter": "Fiscal Quarter",
    "FiscalYear": "Fiscal Year",
}
"""``summarize_column_by`` by time, and the span of a column."""


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included. ``macro`` is the name by which it was asked for; ``everything`` when that was ``all``.

    ``as_of`` says that only the end was asked for.
    """

    start: date
    end: date
    macro: str | None = None
    as_of: bool = False

    @property
    def everything(self) -> bool:
        return self.macro == "all"

    def header(self) -> dict[str, str]:
        """How a report's header tells it. Source: recorded answers; ``all`` has no days of its own."""
        named = {"DateMacro": self.macro} if self.macro else {}
        if self.everything:
            return named
        if self.as_of:
            return {"EndPeriod": self.end.isoformat()}
        return {**named, "StartPeriod": self.start.isoformat(), "EndPeriod": self.end.isoformat()}


def today(session: Session) -> date:
    return session.moment.astimezone(wire.PACIFIC).date()


def fiscal_start(session: Session, day: date) -> date:
    """The first day of the fiscal year that holds ``day``."""
    month = settings.fiscal_start_month(session)
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def asked(session: Session, parameters: Mapping[str, str], default: str = "This Fiscal Year-to-date") -> Period:
    """From ``start_date`` and ``end_date``, else ``date_macro``, else the report's own default, one of ``MACROS``.

    Raises QuickBooksFault 2170 for a macro, 2060 for a day that is none or comes after the end.
    """
    now = today(session)
    start, end = day_of(parameters, "start_date"), day_of(parameters, "end_date")
    macro = parameters.get("date_macro")
    if macro and not (start and end):
        names = {name.lower(): name for name in MACROS}
        if macro.lower() not in names:
            raise faults.malformed("date_macro", "enum", macro)
        return Period(*_days(session, names[macro.lower()], now), macro.lower())
    if start is None and end is None:
        return Period(*_days(session, default, now), default.lower())
    last = end or now
    first = start or fiscal_start(session, last)
    if first > last:
        raise faults.malformed("start_date", "date", first.isoformat())
    return Period(first, last)


def as_of(session: Session, parameters: Mapping[str, str], default: str) -> Period:
    """The day of a report that says how things stand: ``report_date``, else the end of what ``asked`` understands.

    Raises as ``asked``. Source: headers of QuickBooks' own samples; a single ``end_date`` is taken for the day.
    """
    day = day_of(parameters, "report_date")
    if day is None and not parameters.get("start_date") and not parameters.get("date_macro"):
        day = day_of(parameters, "end_date")
    if day is None:
        return asked(session, parameters, default)
    return Period(date.min, day, as_of=True)


def day_of(parameters: Mapping[str, str], name: str) -> date | None:
    """The day that a parameter names, None where it is not there. Raises QuickBooksFault 2060."""
    text = parameters.get(name)
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        raise faults.malformed(name, "date", text) from None
    if day.year not in _YEARS:
        raise faults.malformed(name, "date", text)
    return day


def _days(session: Session, name: str, now: date) -> tuple[date, date]:
    match name:
        case "All":
            oldest = session.store.first_posting()
            return (min(parse_date(oldest), now) if oldest else now), now
        case "Today":
            return now, now
        case "Yesterday":
            return now - _DAY, now - _DAY
        case "Next 4 Weeks":
            _, after = _bounds(session, "Week", now)
            return after, after + timedelta(days=27)
    which, _, span = name.partition(" ")
    so_far = span.endswith("-to-date")
    span = span.removesuffix("-to-date")
    first, after = _bounds(session, span, now)
    passed = now - first
    if which != "This":
        first, after = _bounds(session, span, first - _DAY if which == "Last" else after)
    return first, min(first + passed, after - _DAY) if so_far else after - _DAY


def _bounds(session: Session, span: str, day: date) -> tuple[date, date]:
    """The first day of the span that holds ``day``, and the first day after it. Weeks begin on Sunday."""
    match span:
        case "Day":
            return day, day + _DAY
        case "Week":
            first = day - timedelta(days=(day.weekday() + 1) % 7)
            return first, first + timedelta(days=7)
        case "Month":
            return day.replace(day=1), _months_on(day, 1)
    year = fiscal_start(session, day) if span.startswith("Fiscal") else date(day.year, 1, 1)
    if span.endswith("Year"):
        return year, _months_on(year, 12)
    passed = ((day.year - year.year) * 12 + day.month - year.month) // 3
    return _months_on(year, 3 * passed), _months_on(year, 3 * passed + 3)


def _months_on(day: date, months: int) -> date:
    """The first day of the month so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def cut(session: Session, period: Period, by: str) -> Iterator[Period]:
    """A period's columns, the first and the last as short as the period makes them; ``by`` is one of ``CUTS``."""
    first = period.start
    while first <= period.end:
        _, after = _bounds(session, CUTS[by], first)
        yield Period(first, min(after - _DAY, period.end))
        first = after


def title(period: Period) -> str:
    """``Jan 2015``, ``Jan - Dec 2014``, ``Jul 4 - Dec 31, 2013``: recorded; shorter than a month by analogy."""
    start, end = period.start, period.end
    one, other = settings.MONTHS[start.month - 1][:3], settings.MONTHS[end.month - 1][:3]
    if start == end:
        return f"{one} {start.day}, {start.year}"
    if start.day == 1 and (end + _DAY).day == 1:
        if start.year != end.year:
            return f"{one} {start.year} - {other} {end.year}"
        return f"{one} {end.year}" if start.month == end.month else f"{one} - {other} {end.year}"
    if start.year != end.year:
        return f"{one} {start.day}, {start.year} - {other} {end.day}, {end.year}"
    if start.month == end.month:
        return f"{one} {start.day}-{end.day}, {end.year}"
    return f"{one} {start.day} - {other} {end.day}, {end.year}"
