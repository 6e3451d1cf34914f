"""When the next capture of a company begins: the hours asked for, hints that something changed, and what stands against it.

Pure: times in, times out. All instants are aware; a schedule by the clock on the wall knows its zone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from akika_forensics.errors import WrongUse

SCHEDULED: Final = "as scheduled"
MISSED: Final = "a capture was missed and is made up for"
FIRST: Final = "there is no snapshot yet"
HINTED: Final = "QuickBooks told of changes"

_LATE: Final = timedelta(minutes=10)
"""From this much on a scheduled capture counts as one that was missed."""
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=1)
_SHORTEST_PERIOD: Final = timedelta(minutes=1)
_LONGEST_PERIOD: Final = timedelta(days=28)
"""Source: QuickBooks API, change data capture: it reaches 30 days back; beyond, each capture would read everything."""

_PERIOD: Final = re.compile(r"(\d{1,5})\s*([mhd])", re.ASCII | re.IGNORECASE)
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Every:
    """A period, counted from when the capture before began."""

    period: timedelta

    def after(self, moment: datetime) -> datetime:
        return moment + self.period

    def __str__(self) -> str:
        return f"every {_told(self.period)}"


@dataclass(frozen=True, slots=True)
class At:
    """Hours of the day by the clock on the wall; ``zone`` None is this machine's own.

    An hour that the clock skips comes as much later as it skips; one that it shows twice comes the first time alone.
    """

    times: tuple[time, ...]
    zone: tzinfo | None = None

    def after(self, moment: datetime) -> datetime:
        """The first of the hours that is later than ``moment``."""
        today = moment.astimezone(self.zone).date()
        # Clocks were known to skip a whole day.
        near = (today + timedelta(days=days) for days in range(-1, 4))
        slots = (self._instant(datetime.combine(day, hour)) for day in near for hour in self.times)
        return min(slot for slot in slots if slot > moment)

    def _instant(self, wall: datetime) -> datetime:
        aware = wall.replace(tzinfo=self.zone) if self.zone else wall.astimezone()
        return aware.astimezone(UTC)

    def __str__(self) -> str:
        hours = ", ".join(f"{hour:%H:%M}" for hour in self.times)
        return f"daily at {hours}" + (f" ({self.zone})" if self.zone else "")


type Schedule = Every | At


@dataclass(frozen=True, slots=True)
class Manner:
    """How hints are met: after ``quiet`` without another, but no later than ``patience`` after the first, and never
    within ``pause`` of when the capture before began.
    """

    quiet: timedelta = timedelta(minutes=1)
    patience: timedelta = timedelta(minutes=10)
    pause: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one company. ``last``: when the newest capture that came to its end began.

    ``hinted``: when the first and the last hint came that no capture has answered. ``failures`` in a row, the last one
    ``failed``. ``not_before``: somebody else captures, or the budget asks for rarer captures.
    """

    last: datetime | None = None
    hinted: tuple[datetime, datetime] | None = None
    failures: int = 0
    failed: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """When a capture is to begin, at once where that is past, and why."""

    at: datetime
    why: str


def turn(schedule: Schedule, manner: Manner, standing: Standing, now: datetime) -> Turn:
    """The next capture of a company. However many hours were slept through, one capture makes up for them."""
    # A clock that was set back must not put captures off until it has caught up.
    last = min(standing.last, now) if standing.last else None
    if last is None:
        wanted = Turn(now, FIRST)
    else:
        slot = schedule.after(last)
        wanted = Turn(slot, MISSED if now - slot >= _LATE else SCHEDULED)
        if standing.hinted:
            first, newest = standing.hinted
            hint = max(min(newest + manner.quiet, first + manner.patience), last + manner.pause)
            if hint < wanted.at:
                wanted = Turn(hint, HINTED)
    against = [wanted.at]
    if standing.failures and standing.failed:
        against.append(min(standing.failed, now) + wait_after(standing.failures))
    if standing.not_before:
        against.append(standing.not_before)
    return Turn(max(against), wanted.why)


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: a minute, twice as long each time, an hour at most."""
    return min(_FIRST_WAIT * float(2 ** min(failures - 1, 10)), _LONGEST_WAIT)


def read_period(text: str) -> Every:
    """``24h``, ``90m``, ``7d``. Raises WrongUse."""
    match = _PERIOD.fullmatch(text.strip())
    period = timedelta(**{_UNITS[match[2].lower()]: int(match[1])}) if match else timedelta(0)
    if not _SHORTEST_PERIOD <= period <= _LONGEST_PERIOD:
        raise WrongUse(
            f"{text!r} is no period of captures.",
            means="It is between a minute and 28 days: the change feed of QuickBooks reaches 30 days back.",
            do="Write 30m, 24h or 7d.",
        )
    return Every(period)


def read_hours(texts: Sequence[str], zone: tzinfo | None = None) -> At:
    """``02:00``, one or several. Raises WrongUse."""
    hours = set()
    for text in texts:
        match = _TIME.fullmatch(text.strip())
        if match is None or int(match[1]) > 23 or int(match[2]) > 59:
            raise WrongUse(f"{text!r} is no time of the day.", do="Write 02:00 or 14:30.")
        hours.add(time(int(match[1]), int(match[2])))
    if not hours:
        raise WrongUse("No time of the day was given.", do="Write --at 02:00.")
    return At(tuple(sorted(hours)), zone)


def _told(period: timedelta) -> str:
    minutes = int(period.total_seconds()) // 60
    for size, letter in ((24 * 60, "d"), (60, "h")):
        if minutes % size == 0 and (letter == "h" or minutes > size):
            return f"{minutes // size}{letter}"
    return f"{minutes}m"
