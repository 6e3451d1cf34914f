"""The bars of a timeline: which steps of the calendar divide a stretch of time, and what they are called.

Steps follow the calendar of one zone: a day begins at its midnight there, a week on Monday, whatever the clocks did in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal

type Unit = Literal["seconds", "days", "weeks", "months", "years"]

BARS: Final = 60
"""Bars of one picture, at most."""
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""What is drawn lies between these: books hold nothing else, and every calendar step from them can be worked out."""
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Step:
    """How long a bar lasts: ``number`` of ``unit``, and the words for it."""

    unit: Unit
    number: int
    words: str

    @property
    def each(self) -> str:
        """``one day``, ``15 minutes``."""
        return self.words if self.words[:1].isdigit() else f"one {self.words}"

    @property
    def about(self) -> float:
        """About how many seconds it lasts, never more than it does."""
        return (
            self.number
            * {"seconds": 1, "days": 82_800, "weeks": 601_200, "months": 2_415_600, "years": 31_532_400}[self.unit]
        )


STEPS: Final = (
    Step("seconds", 1, "second"),
    Step("seconds", 5, "5 seconds"),
    Step("seconds", 15, "15 seconds"),
    Step("seconds", 60, "minute"),
    Step("seconds", 300, "5 minutes"),
    Step("seconds", 900, "15 minutes"),
    Step("seconds", 3_600, "hour"),
    Step("seconds", 10_800, "3 hours"),
    Step("seconds", 21_600, "6 hours"),
    Step("days", 1, "day"),
    Step("weeks", 1, "week"),
    Step("months", 1, "month"),
    Step("months", 3, "quarter"),
    Step("years", 1, "year"),
    Step("years", 5, "5 years"),
    Step("years", 10, "10 years"),
)


@dataclass(frozen=True, slots=True)
class Bins:
    """Bars side by side. ``edges``: aware instants, one more than there are bars; each bar begins at its edge and ends before the next."""

    edges: tuple[datetime, ...]
    step: Step
    zone: tzinfo

    def __len__(self) -> int:
        return len(self.edges) - 1

    @property
    def start(self) -> datetime:
        return self.edges[0]

    @property
    def end(self) -> datetime:
        return self.edges[-1]

    def words(self, place: int) -> str:
        """When the bar at ``place`` is: ``21 Nov 2026``, ``21 Nov 2026, 10:00 to 11:00``, ``November 2026``."""
        begin, end = (edge.astimezone(self.zone) for edge in self.edges[place : place + 2])
        if self.step.unit == "seconds":
            form = clock if self.step.number >= 60 else clock_with_seconds
            return f"{day(begin)}, {form(begin)} to {form(end)}"
        last = end - timedelta(seconds=1)
        if self.step.unit == "days":
            return day(begin)
        if self.step.unit == "weeks":
            return f"{day(begin)} to {day(last)}"
        if self.step.unit == "months":
            first = f"{MONTHS[begin.month - 1]} {begin.year}"
            return first if self.step.number == 1 else f"{first} to {MONTHS[last.month - 1]} {last.year}"
        return str(begin.year) if self.step.number == 1 else f"{begin.year} to {last.year}"

    @property
    def whole(self) -> str:
        """All of it in words: ``21 Nov 2026, 10:00 to 23 Nov 2026, 11:00``, ``21 Nov 2026 to 14 Jan 2027``."""
        begin, end = self.start.astimezone(self.zone), self.end.astimezone(self.zone)
        if self.step.unit != "seconds":
            return f"{day(begin)} to {day(end - timedelta(seconds=1))}"
        form = clock if self.step.number >= 60 else clock_with_seconds
        return f"{day(begin)}, {form(begin)} to {day(end)}, {form(end)}"

    def mark(self, place: int) -> tuple[str, str]:
        """What stands below an edge: short words, and above what they belong to (``10:00``, ``21 Nov 2026``)."""
        begin = self.edges[place].astimezone(self.zone)
        if self.step.unit == "seconds":
            return (clock if self.step.number >= 60 else clock_with_seconds)(begin), day(begin)
        if self.step.unit in {"days", "weeks"}:
            return f"{begin.day} {MONTHS[begin.month - 1]}", str(begin.year)
        if self.step.unit == "months":
            return MONTHS[begin.month - 1], str(begin.year)
        return str(begin.year), ""


def bins_of(start: datetime, end: datetime, zone: tzinfo, bars: int = BARS) -> Bins:
    """The finest steps of which at most ``bars`` hold everything from ``start`` to ``end``, both included.

    Raises ValueError for times without a zone, an end before the start, or times outside `EARLIEST` to `LATEST`.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("a time without a zone has no place on a timeline")
    if not EARLIEST <= start <= end < LATEST:
        raise ValueError(f"{start.isoformat()} to {end.isoformat()} is no stretch of a timeline")
    seconds = (end - start).total_seconds()
    for step in STEPS:
        if seconds / step.about > bars * 1.1 + 2 and step is not STEPS[-1]:
            continue
        edges = _edges(start, end, zone, step)
        if len(edges) - 1 <= bars or step is STEPS[-1]:
            return Bins(tuple(edges), step, zone)
    raise AssertionError("the last step always serves")


def _edges(start: datetime, end: datetime, zone: tzinfo, step: Step) -> list[datetime]:
    edges = [_begin(start.astimezone(zone), step).astimezone(UTC)]
    while edges[-1] <= end:
        edges.append(_next(edges[-1], zone, step))
    return edges


def _begin(local: datetime, step: Step) -> datetime:
    """The beginning of the step in which a local time lies."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if step.unit == "seconds":
        # Counted from midnight as time passed, so that a step is never longer or shorter when the clocks are changed.
        passed = (local.astimezone(UTC) - midnight.astimezone(UTC)).total_seconds()
        begin = midnight.astimezone(UTC) + timedelta(seconds=int(passed // step.number) * step.number)
        return begin.astimezone(local.tzinfo)
    if step.unit == "days":
        return midnight
    if step.unit == "weeks":
        return midnight - timedelta(days=midnight.weekday())
    if step.unit == "months":
        return midnight.replace(day=1, month=midnight.month - (midnight.month - 1) % step.number)
    return midnight.replace(day=1, month=1, year=midnight.year - midnight.year % step.number)


def _next(edge: datetime, zone: tzinfo, step: Step) -> datetime:
    """The edge after one. Calendar steps are taken on the calendar of the zone, from a time safely inside the next step."""
    if step.unit == "seconds":
        return edge + timedelta(seconds=step.number)
    local = edge.astimezone(zone)
    if step.unit in {"days", "weeks"}:
        days = step.number * (_WEEK if step.unit == "weeks" else 1)
        inside = local.replace(tzinfo=None) + timedelta(days=days, hours=3)
    elif step.unit == "months":
        inside = (local.replace(tzinfo=None, day=15) + timedelta(days=30 * step.number)).replace(day=15)
    else:
        inside = local.replace(tzinfo=None, month=6, day=15, year=local.year + step.number)
    return _begin(inside.replace(tzinfo=zone), step).astimezone(UTC)


def day(local: datetime) -> str:
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def clock(local: datetime) -> str:
    return f"{local:%H:%M}"


def clock_with_seconds(local: datetime) -> str:
    return f"{local:%H:%M:%S}"


def zone_words(zone: tzinfo) -> str:
    """The name of a zone: ``America/New_York``, ``UTC``."""
    return str(getattr(zone, "key", "")) or str(zone.tzname(datetime(2026, 1, 1, tzinfo=UTC)) or zone)


def marked_places(bins: Bins, number: int = 9) -> Sequence[int]:
    """Which edges carry words: evenly spread, at most about ``number``."""
    every = max(1, -(-len(bins) // number))
    return range(0, len(bins), every)
