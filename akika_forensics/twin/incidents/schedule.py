"""When an incident's acts fall: each at a local time within its hours, in an order that its file gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from akika_forensics.twin.incidents.description import Description, Step

_APART: Final = (20, 95)
"""Seconds between two acts of one sitting."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The ``n``-th time that a step is done, on a ``day``; ``at`` is aware, None where all is done at once."""

    step: Step
    place: int
    n: int
    day: date
    at: datetime | None


def turns(description: Description, begin: date, zone: ZoneInfo, chance: random.Random, *, live: bool) -> list[Turn]:
    """Every turn, in the order of time.

    ``live``: all is done now, one after the other, and only the dates say what day it would have been.
    """
    rows = [
        (step.day + step.every * (n - 1), place, n, step)
        for place, step in enumerate(description.steps)
        for n in range(1, step.times + 1)
        if step.only in {"", "at once" if live else "amid"}
    ]
    rows.sort(key=lambda row: row[:3])
    found = []
    sittings: dict[tuple[int, str], Iterator[datetime]] = {}
    for offset, place, n, step in rows:
        day = begin + timedelta(days=offset)
        at = None
        if not live:
            sitting = sittings.setdefault(
                (offset, step.actor), _sitting(day, step.hours or description.hours, zone, chance)
            )
            at = next(sitting)
        found.append(Turn(step, place, n, day, at))
    return sorted(found, key=lambda turn: (turn.at or datetime.min.replace(tzinfo=zone), turn.place, turn.n))


def _sitting(day: date, hours: tuple[int, int], zone: ZoneInfo, chance: random.Random) -> Iterator[datetime]:
    """An actor sits down at one moment of a day and works on from there."""
    first, last = hours
    moment = datetime.combine(
        day, time(chance.randint(first, last), chance.randint(0, 59), chance.randint(0, 59)), zone
    )
    while True:
        yield moment
        moment += timedelta(seconds=chance.randint(*_APART))
