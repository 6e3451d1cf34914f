"""On which days transactions stand: how far reports must reach, how long they get, what a change can have moved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from akika_forensics.capture.draft import Days
from akika_forensics.model.instants import parse_date
from akika_forensics.model.record import RecordKey

_DAYS: Final = ("TxnDate", "InvStartDate", "OpeningBalanceDate")
"""The fields that date postings. Source: QuickBooks API, Item and Account: opening quantities and balances post."""

_LEAST_POSTINGS: Final = 2


class Dates:
    """What a capture saw of days. ``first`` and ``last`` are None before any was seen.

    Since ``settle``: ``touched`` holds the days of what came, changed or went; ``names`` says that something without a
    day came or changed, such as an account that was renamed; ``anything`` that a change was seen which can show on any
    day, such as that of a name that was merged away.
    """

    def __init__(
        self,
        reach: tuple[date | None, date | None] = (None, None),
        days_before: Callable[[Collection[RecordKey]], Iterable[date | None]] | None = None,
    ) -> None:
        """``reach`` and ``days_before`` are those of the snapshot before, where its records were taken over."""
        self.first, self.last = reach
        self.touched: set[date] = set()
        self.names = False
        self.anything = False
        self._days_before = days_before
        self._left: list[RecordKey] = []
        self._by_day: dict[date, list[int]] = {}
        self._known: dict[date, date] = {}

    def note(self, body: dict[str, Any]) -> date | None:
        """A record as it is now; the day on which it stands, None where it stands on none."""
        day = day_of(body)
        if day is None:
            self.names = True
            return None
        self.reach(day, day)
        self.touched.add(day)
        day = self._known.setdefault(day, day)
        many = self._by_day.setdefault(day, [0, 0])
        lines = body.get("Line")
        many[0] += 1
        many[1] += max(1 + (len(lines) if isinstance(lines, list) else 0), _LEAST_POSTINGS)
        return day

    @property
    def transactions(self) -> dict[date, int]:
        """How many were seen on each day."""
        return {day: one for day, (one, _) in self._by_day.items()}

    @property
    def postings(self) -> dict[date, int]:
        """How many postings those are expected to have made: one a line, and one in the account they are written in."""
        return {day: many for day, (_, many) in self._by_day.items()}

    def reach(self, first: date | None, last: date | None) -> None:
        """There are transactions from one day to another, such as those of the snapshot before."""
        if first is not None and (self.first is None or first < self.first):
            self.first = first
        if last is not None and (self.last is None or last > self.last):
            self.last = last

    def left(self, key: RecordKey, day: date | None, *, gone: bool = False) -> None:
        """A record stands no longer as it did on a day, None where it stood on none or stood in the snapshot before."""
        if day is not None:
            self.touched.add(day)
        elif self._days_before is not None:
            self._left.append(key)
        elif gone:
            self.anything = True

    def changed(self, today: date) -> frozenset[date]:
        """The days on which reports can be otherwise since ``settle``: names show in those of today."""
        if self._left and self._days_before is not None:
            found = set(self._days_before(self._left))
            self.touched |= {day for day in found if day is not None}
            self.names |= None in found
            self._left = []
        return frozenset({*self.touched, today} if self.names or self.anything else self.touched)

    def as_state(self) -> Days:
        """For `take_up`, in another process, which reads all reports."""
        return Days(self.first, self.last, {day: (one, many) for day, (one, many) in self._by_day.items()})

    def take_up(self, state: Days) -> None:
        """Go on from what an earlier capture saw."""
        self.first, self.last = state.first, state.last
        self._by_day = {day: [one, many] for day, (one, many) in state.months.items()}

    def settle(self) -> None:
        """What changed so far is in the reports."""
        self.touched = set()
        self._left = []
        self.names = self.anything = False


def day_of(body: Mapping[str, Any]) -> date | None:
    """The day on which a record stands; None where it stands on none."""
    return next((found for name in _DAYS if (found := _day(body.get(name))) is not None), None)


def _day(text: object) -> date | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        return parse_date(text)
    except ValueError:
        return None
