"""The days of reports: the company's date, its fiscal years, windows. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

_MONTHS: Final = {name: number for number, name in enumerate(calendar.month_name) if name}
_DAY: Final = timedelta(days=1)
MOST_YEARS: Final = 25
"""Fiscal years before this one of which reports by month are asked for. Older days are errors of typing, mostly."""

_AHEAD: Final = 2
"""Fiscal years after this one."""

_YEARS_TOGETHER: Final = (2, 2, 3)
"""Fiscal years in one report by month: in the latest, in the one before, in each earlier one."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Days, both included; one day where a report says how things stand at its end."""

    first: date
    last: date

    @classmethod
    def day(cls, one: date) -> Window:
        return cls(one, one)

    def __str__(self) -> str:
        """``2026-11-23``, or ``2026-01-01..2026-11-23``."""
        return f"{self.last}" if self.first == self.last else f"{self.first}..{self.last}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def halves(self) -> tuple[Window, Window] | None:
        """Two windows that cover the same days: cut at a month's end where there is one; None for a single day."""
        if self.first == self.last:
            return None
        ends = month_ends(self.first, self.last - _DAY)
        cut = ends[len(ends) // 2] if ends else self.first + (self.last - self.first) // 2
        return Window(self.first, cut), Window(cut + _DAY, self.last)


def company_date(info: Mapping[str, Any], at: datetime) -> date:
    """The date at the company: in its own zone when it has named one, else in the zone the server answers in."""
    name = info.get("DefaultTimeZone")
    if isinstance(name, str) and name:
        try:
            return at.astimezone(ZoneInfo(name)).date()
        except (KeyError, ValueError, OSError):
            return at.date()
    return at.date()


def fiscal_month(info: Mapping[str, Any]) -> int:
    """The month in which fiscal years begin; January when the company names none."""
    return _MONTHS.get(str(info.get("FiscalYearStartMonth", "")), 1)


def fiscal_year_start(info: Mapping[str, Any], day: date) -> date:
    """The first day of the fiscal year that ``day`` lies in."""
    return year_start(fiscal_month(info), day)


def year_start(month: int, day: date) -> date:
    """The first day of the fiscal year, beginning in ``month``, that ``day`` lies in."""
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def half_year_start(month: int, day: date) -> date:
    """The first day of the half of such a year that ``day`` lies in."""
    year = year_start(month, day)
    middle = months_on(year, 6)
    return middle if day >= middle else year


def months_on(day: date, months: int) -> date:
    """The first day of the month so many months after that of ``day``, or before."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_ends(first: date, last: date) -> list[date]:
    """Every last day of a month from one day to another, both included."""
    found = []
    end = month_end(first)
    while end <= last:
        found.append(end)
        end = month_end(end + _DAY)
    return found


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days that the reports of a company cover.

    ``month`` is that in which its fiscal years begin; ``first`` and ``last`` are the days of its first and last
    transaction, held within bounds around ``today``: a day of the year 203 is a slip of the keyboard.
    """

    today: date
    month: int
    first: date
    last: date

    @classmethod
    def of(cls, today: date, month: int, first: date | None, last: date | None) -> Horizon:
        """Days that are not known, or not there in an empty company, are today."""
        this = year_start(month, today)
        oldest = months_on(this, -12 * MOST_YEARS)
        newest = months_on(this, 12 * (1 + _AHEAD)) - _DAY
        return cls(today, month, max(min(first or today, today), oldest), min(max(last or today, today), newest))

    @property
    def end(self) -> date:
        """Up to which reports go: today, or the end of the month of the latest transaction after it."""
        return month_end(self.last) if self.last > self.today else self.today

    @property
    def this_year(self) -> date:
        """The first day of the fiscal year of today."""
        return year_start(self.month, self.today)

    def trial_days(self, latest: date | None) -> list[date]:
        """The days of trial balances, most wanted first: today, the end of the month of the ``latest`` transaction where
        that is later, the month ends of this fiscal year so far, the ends of earlier ones; none before the first
        transaction.
        """
        days = [self.today]
        if latest is not None and latest > self.today:
            days.append(month_end(latest))
        days += reversed(month_ends(max(self.this_year, self.first), self.today))
        end = self.this_year - _DAY
        while end >= self.first:
            days.append(end)
            end = year_start(self.month, end) - _DAY
        return list(dict.fromkeys(days))

    def years(self) -> list[Window]:
        """Windows of a few whole fiscal years, from that of the first transaction to the end, newest first.

        So long a report by month is still far from the most cells.
        """
        windows: list[Window] = []
        last, oldest = self.end, year_start(self.month, self.first)
        while last >= oldest:
            years = _YEARS_TOGETHER[min(len(windows), len(_YEARS_TOGETHER) - 1)]
            start = max(months_on(year_start(self.month, last), 12 * (1 - years)), oldest)
            windows.append(Window(start, last))
            last = start - _DAY
        return windows

    def year_so_far(self) -> Window:
        """The fiscal year of today, as far as reports go."""
        return Window(self.this_year, min(months_on(self.this_year, 12) - _DAY, self.end))

    def halves(self) -> list[Window]:
        """Windows of half a fiscal year from that of the first transaction to the end, newest first."""
        windows: list[Window] = []
        last = self.end
        while last >= self.first:
            windows.append(Window(half_year_start(self.month, last), last))
            last = windows[-1].first - _DAY
        return windows
