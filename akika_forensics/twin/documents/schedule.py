"""When a recurring transaction is due next. Source: QuickBooks API, RecurringTransaction, ScheduleInfo."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from akika_forensics.model.instants import parse_date

INTERVALS: Final = ("Daily", "Weekly", "Monthly", "Yearly")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST_WEEK: Final = 5
_FURTHEST: Final = 20_000
"""Occurrences that are looked at before a schedule counts as over."""


def next_date(info: dict[str, Any], today: date) -> date | None:
    """The first occurrence from today on; None when there is none any more."""
    end = parse_date(str(info["EndDate"])) if info.get("EndDate") else None
    most = int(info.get("MaxOccurrences") or _FURTHEST)
    for number, day in enumerate(_occurrences(info)):
        if number >= most or (end is not None and day > end):
            return None
        if day >= today:
            return day
    return None


def _occurrences(info: dict[str, Any]) -> Iterator[date]:
    start = parse_date(str(info["StartDate"]))
    step = max(int(info.get("NumInterval") or 1), 1)
    kind = info.get("IntervalType")
    if kind in {"Daily", "Weekly"}:
        days = step if kind == "Daily" else 7 * step
        first = start
        if kind == "Weekly" and info.get("DayOfWeek") in _DAYS:
            first += timedelta(days=(_DAYS.index(info["DayOfWeek"]) - start.weekday()) % 7)
        for number in range(_FURTHEST):
            yield first + timedelta(days=number * days)
        return
    months = step if kind == "Monthly" else 12 * step
    month = start.month
    if kind == "Yearly" and info.get("MonthOfYear"):
        month = list(calendar.month_name).index(str(info["MonthOfYear"]))
    place = start.year * 12 + month - 1
    while place < 9999 * 12:
        day = _day_in(place // 12, place % 12 + 1, info, start)
        if day >= start:
            yield day
        place += months


def _day_in(year: int, month: int, info: dict[str, Any], start: date) -> date:
    """The schedule's day within a month; what the month is too short for falls on its last day."""
    last = calendar.monthrange(year, month)[1]
    week, name = int(info.get("WeekOfMonth") or 0), info.get("DayOfWeek")
    if week and name in _DAYS and not info.get("DayOfMonth"):
        first = 1 + (_DAYS.index(name) - date(year, month, 1).weekday()) % 7
        day = first + 7 * (min(week, _LAST_WEEK) - 1)
        return date(year, month, day if day <= last else day - 7)
    return date(year, month, min(int(info.get("DayOfMonth") or start.day), last))
