"""How the Audit Log is cut, so that no export is cut off without a word: pure."""

from __future__ import annotations

import calendar
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

YEARS: Final = 2
"""For which the Audit Log goes back. Source: Intuit's help: events are available for two years."""

MOST: Final = 10_000
"""Rows of one export. Source: exports that were seen have exactly 10,000 rows where there was more."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Days from ``first`` to ``last``, both included.

    ``rows``: of the file that was kept for it, None where none was kept or they could not be counted; ``file``: its name.
    """

    first: date
    last: date
    rows: int | None = None
    file: str = ""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def kept(self) -> bool:
        return bool(self.file)

    @property
    def cut_off(self) -> bool:
        """Whether the kept file may lack rows."""
        return self.rows is not None and self.rows >= MOST

    @property
    def words(self) -> str:
        """What is to be done with it."""
        if self.cut_off:
            return "may be cut off: export it again, one user at a time" if self.days == 1 else "may be cut off"
        if self.kept:
            return "kept" if self.rows is not None else "kept; its rows could not be counted"
        return "to be exported"


def months(first: date, last: date) -> Iterator[Slice]:
    """Whole calendar months, the first and the last shortened to the days that are wanted. Nothing when ``last`` is earlier."""
    at = first
    while at <= last:
        end = date(at.year, at.month, calendar.monthrange(at.year, at.month)[1])
        yield Slice(at, min(end, last))
        at = end + timedelta(days=1)


def every(moment: datetime, first: date | None, last: date | None, kept: Iterable[Slice] = ()) -> tuple[Slice, ...]:
    """`plan` of some days, up to the day of ``moment`` (aware) and from two years before where they are not given."""
    return plan(first or years_later(moment, -YEARS).date(), last or moment.date(), kept)


def plan(first: date, last: date, kept: Iterable[Slice]) -> tuple[Slice, ...]:
    """The slices that cover the days: those that are kept, what is to be exported still, and halves of what may be cut off.

    The oldest first, because it expires first. Kept slices may overlap and lie outside; a day counts as kept by any that is whole.
    """
    have = sorted(kept, key=lambda one: (one.first, one.last))
    whole = [one for one in have if one.kept and not one.cut_off]
    wanted: list[Slice] = []
    for gap in _gaps(first, last, whole):
        wanted.extend(part for month in months(gap.first, gap.last) for part in _halved(month, have))
    return tuple(sorted([*have, *wanted], key=lambda one: (one.first, one.last, not one.kept)))


def _halved(wanted: Slice, have: Iterable[Slice]) -> Iterator[Slice]:
    """A slice no longer than half of one that was cut off and lies over it. A single day is not cut; its words say how to go on."""
    over = [one for one in have if one.cut_off and one.first <= wanted.last and wanted.first <= one.last]
    longest = min((max(1, one.days // 2) for one in over), default=wanted.days)
    alone = {one.first for one in over if one.days == 1}
    at = wanted.first
    while at <= wanted.last:
        end = min(at + timedelta(days=longest - 1), wanted.last)
        if at not in alone:
            yield Slice(at, end)
        at = end + timedelta(days=1)


def _gaps(first: date, last: date, whole: Iterable[Slice]) -> Iterator[Slice]:
    """Days from first to last that no whole slice covers."""
    edges = [(date.min, first - timedelta(days=1))]
    edges += [(one.first, one.last) for one in sorted(whole, key=lambda one: one.first)]
    edges.append((last + timedelta(days=1), date.max))
    reached = edges[0][1]
    for _, (begin, end) in pairwise(edges):
        if begin - timedelta(days=1) > reached and reached < last:
            yield Slice(max(reached + timedelta(days=1), first), min(begin - timedelta(days=1), last))
        reached = max(reached, end)


def read_days(text: str) -> Slice:
    """``2026-10-01..2026-10-31``, or one day. Raises ValueError."""
    begin, dots, end = text.partition("..")
    found = Slice(date.fromisoformat(begin), date.fromisoformat(end if dots else begin))
    if found.last < found.first:
        raise ValueError("the last day is before the first")
    return found


def counted(found: Slice, name: str, data: bytes) -> Slice:
    """The slice with its file and the rows of it; rows are counted in CSV alone, the heading not among them."""
    return replace(found, file=name, rows=count_rows(data) if name.lower().endswith(".csv") else None)


def count_rows(data: bytes) -> int | None:
    """Rows below the heading; None when it is no text. A line break within quotes is part of a row."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "cp1252")
        except UnicodeDecodeError:
            return None
    try:
        rows = sum(bool(row) for row in csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return None
    return max(0, rows - 1)


def years_later(moment: datetime, years: int) -> datetime:
    """The same day some years later; of 29 February the day before, which is never too late."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)
