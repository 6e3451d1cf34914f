"""Reports that can be asked for before all lists are read, and what is left to ask for then. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from akika_forensics.capture.controls.asking import Answer
from akika_forensics.capture.controls.calendar import Horizon, Window, half_year_start
from akika_forensics.capture.controls.catalogue import Rule
from akika_forensics.capture.controls.wanted import Wanted

_DAY: Final = timedelta(days=1)
_DATED: Final = frozenset({Rule.ENDS, Rule.YEARS, Rule.HALVES})


@dataclass(frozen=True, slots=True)
class Ahead:
    """``under_way``: what was asked for and has not come yet. ``moved``: the days on which something changed since the
    capture began, None where any report may be otherwise.
    """

    under_way: tuple[tuple[Wanted, Future[Answer]], ...] = ()
    moved: frozenset[date] | None = None

    def outlived(self, one: Wanted) -> bool:
        """Whether a report that was asked for ahead may tell of another state than the records."""
        return self.moved is None or one.moved_by(self.moved)


NOTHING: Final = Ahead()


def finished(wanted: Iterable[Wanted], horizon: Horizon, known_before: date | None) -> list[Wanted]:
    """Those whose days are over by a month's end, so that what is written while lists are read hardly moves them.

    Before ``known_before`` it is known how many transactions stand on each day; None: on all days. Long reports are cut to
    windows by that, half by half of a fiscal year, so that those of a half that is known wholly are what they will be.
    """
    month = horizon.today.replace(day=1)
    known = month if known_before is None else min(month, half_year_start(horizon.month, known_before))
    return [
        one
        for one in wanted
        if one.control.rule in _DATED and one.window.last < (known if one.control.detail else month)
    ]


def remaining(wanted: Iterable[Wanted], had: Collection[Wanted]) -> Iterator[Wanted]:
    """What is wanted and not had: of long reports the days that no other of the same report covers."""
    names = {one.name for one in had}
    for one in wanted:
        if one.name in names:
            continue
        if not one.control.detail:
            yield one
            continue
        covered = [other.window for other in had if _alike(one, other)]
        for window in _without(one.window, covered):
            yield replace(one, window=window)


def overlap(one: Wanted, other: Wanted) -> bool:
    """Whether two tell of the same days in the same way."""
    return _alike(one, other) and one.window.first <= other.window.last and other.window.first <= one.window.last


def _alike(one: Wanted, other: Wanted) -> bool:
    return (one.control.report, one.basis, one.part) == (other.control.report, other.basis, other.part)


def _without(window: Window, covered: Iterable[Window]) -> Iterator[Window]:
    """What is left of a window, newest first, as plans are."""
    last = window.last
    for one in sorted(covered, key=lambda some: some.last, reverse=True):
        if one.last < window.first or one.first > last:
            continue
        if one.last < last:
            yield Window(one.last + _DAY, last)
        last = one.first - _DAY
    if last >= window.first:
        yield Window(window.first, last)
