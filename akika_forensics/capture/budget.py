"""What captures cost of the reads that Intuit counts, before and after, and what is left out before the month's reads are used up.

Pure. A read is counted once or, in a batch, by its items: which of the two, nobody outside Intuit is sure, so that every
figure comes as both. What is held against the cap is the larger, unless a profile of the company has settled it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

FREE_READS: Final = 500_000
"""Reads of a month that the free tier answers. Source: QuickBooks API, metering: pooled over a workspace; then 429."""

_CALENDAR: Final = ZoneInfo("America/Los_Angeles")
"""Where Intuit's months are taken to begin; which zone counts is not told."""

_PAGE: Final = 1000
_AROUND_FULL: Final = 110
"""Calls of a full capture beside its pages: counts, passes, controls, what is looked up."""

_AROUND_INCREMENTAL: Final = 40
_AROUND_SCOPED: Final = 60
"""A capture of a few records asks no more often than this for one of them and what belongs to it."""
_CHANGED: Final = 0.005
"""Share of the records that is taken to change between two captures where nothing is known: a busy day."""

_PER_CALL_OF_CHANGES: Final = 500
_ITEMS: Final = 30
_BATCHES_FULL: Final = 4
_BATCHES_INCREMENTAL: Final = 8
_SPARED: Final = 0.5
"""Of the calls beside the pages, the share that the controls are taken for where nothing is known."""

_REMEMBERED: Final = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """Reads if a batch counts once, and if each of its items does."""

    once: int
    by_items: int

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.once + other.once, self.by_items + other.by_items)

    def times(self, number: float) -> Cost:
        return Cost(math.ceil(self.once * number), math.ceil(self.by_items * number))

    def held(self, *, each_item: bool) -> int:
        """The figure that is held against the cap."""
        return self.by_items if each_item else self.once


@dataclass(frozen=True, slots=True)
class Past:
    """A capture that came to its end: its kind (full, incremental, scoped), whether few controls were taken, its cost."""

    kind: str
    sparing: bool
    cost: Cost


@dataclass(frozen=True, slots=True)
class Forecast:
    """``rests_on`` counts the captures it was learned from; 0 where it is reckoned from the number of records alone."""

    cost: Cost
    rests_on: int = 0


def forecast(kind: str, counts: Mapping[str, int], past: Sequence[Past], *, sparing: bool = False) -> Forecast:
    """What a capture will cost. ``counts``: records by entity in the snapshot before; ``past``: oldest first.

    The median of the last five of its kind; a full one never less than its pages.
    """
    alike = [one.cost for one in past if one.kind == kind and one.sparing == sparing][-_REMEMBERED:]
    floor = sum(max(1, math.ceil(count / _PAGE)) for count in counts.values()) if kind == "full" else 0
    if alike:
        once, by_items = median(one.once for one in alike), median(one.by_items for one in alike)
        return Forecast(Cost(max(math.ceil(once), floor), max(math.ceil(by_items), floor)), len(alike))
    if kind == "scoped":
        return Forecast(Cost(_AROUND_SCOPED, _AROUND_SCOPED + _BATCHES_INCREMENTAL * (_ITEMS - 1)))
    around, batches = (_AROUND_FULL, _BATCHES_FULL) if kind == "full" else (_AROUND_INCREMENTAL, _BATCHES_INCREMENTAL)
    if sparing:
        around = math.ceil(around * _SPARED)
    changes = math.ceil(sum(counts.values()) * _CHANGED / _PER_CALL_OF_CHANGES) if kind != "full" else 0
    once = floor + around + changes
    return Forecast(Cost(once, once + batches * (_ITEMS - 1)))


class Measure(StrEnum):
    """What is done so that a month's reads last. Never a part of the records: a capture is whole or it is not taken."""

    WHOLE = "whole"
    FEW_CONTROLS = "few_controls"
    RARER = "rarer"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Demand:
    """What is still wanted of one company until the month ends: captures, and what one costs with all controls and with few."""

    captures: float
    whole: int
    sparing: int


@dataclass(frozen=True, slots=True)
class Decision:
    """``share``: of the captures wanted, how many are taken (1 but for RARER, 0 for NONE)."""

    measure: Measure
    share: float = 1.0

    @property
    def sparing(self) -> bool:
        return self.measure is not Measure.WHOLE


def decide(cap: int | None, used: int, demands: Sequence[Demand], *, reserve: int = 0) -> Decision:
    """What the reads that are left allow. ``reserve`` is kept for the day on which something has happened.

    First fewer controls, then rarer captures with few controls, then none until the month ends.
    """
    if cap is None:
        return Decision(Measure.WHOLE)
    room = cap - used - reserve
    whole = sum(one.captures * one.whole for one in demands)
    sparing = sum(one.captures * one.sparing for one in demands)
    if whole <= room:
        return Decision(Measure.WHOLE)
    if sparing <= room:
        return Decision(Measure.FEW_CONTROLS)
    if room >= min((one.sparing for one in demands if one.captures > 0), default=0):
        return Decision(Measure.RARER, max(room / sparing, 0.0))
    return Decision(Measure.NONE, 0.0)


def spaced(period: timedelta, share: float, left: timedelta) -> timedelta:
    """How far apart captures lie when only a share of them is taken; no farther than what is left of the month."""
    return min(period / share, left) if share > 0 else left


def month_of(moment: datetime) -> str:
    """``2026-11``, by the calendar in which the reads are counted."""
    return moment.astimezone(_CALENDAR).strftime("%Y-%m")


def month_ends(moment: datetime) -> datetime:
    """When the next month begins, aware."""
    local = moment.astimezone(_CALENDAR)
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
    return datetime(year, month, 1, tzinfo=_CALENDAR)
