"""When an incident's acts fall: each at a local time within its hours, in an order that its file gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from akika_forensics.twin.incidents.description import Description, Step

_APART: Final = {"person": (20, 95), "app": (1, 4)}
"""Seconds between two acts of one sitting, of people and of applications."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The ``n``-th time that a step is done, on a ``day``; ``at`` is aware, None where all is done at once.

    ``i`` is the place of the victim in the step's ``each``; 0 where there is none, and where what is struck is made first.
    """

    step: Step
    place: int
    n: int
    day: date
    at: datetime | None
    i: int = 0


def turns(description: Description, begin: date, zone: ZoneInfo, chance: random.Random, *, live: bool) -> list[Turn]:
    """Every turn, in the order of time.

    ``live``: all is done now, one after the other, and only the dates say what day it would have been.
    """
    taken = {find.name: find.take for find in description.finds}
    kinds = {who.key: who.kind for who in description.actors}
    rows = [
        (step.day + step.every * (n - 1), place, n, i, step)
        for place, step in enumerate(description.steps)
        for n in range(1, step.times + 1)
        for i in (range(1, taken[step.each] + 1) if step.each in taken else (0,))
        if step.only in {"", "at once" if live else "amid"}
    ]
    rows.sort(key=lambda row: row[:4])
    found = []
    sittings: dict[tuple[int, str, tuple[int, int]], Iterator[datetime]] = {}
    schedules: dict[tuple[str, tuple[int, int]], time] = {}
    for offset, place, n, i, step in rows:
        day = begin + timedelta(days=offset)
        at = None
        if not live:
            hours, kind = step.hours or description.hours, kinds[step.actor]
            key = (offset, step.actor, hours)
            if key not in sittings:
                begun = _moment(hours, chance)
                if kind == "app":  # it runs at the same time of every day
                    begun = schedules.setdefault((step.actor, hours), begun)
                sittings[key] = _sitting(datetime.combine(day, begun, zone), _APART[kind], chance)
            at = next(sittings[key])
        found.append(Turn(step, place, n, day, at, i))
    return sorted(found, key=lambda turn: (turn.at or datetime.min.replace(tzinfo=zone), turn.place, turn.n, turn.i))


def _moment(hours: tuple[int, int], chance: random.Random) -> time:
    return time(chance.randint(*hours), chance.randint(0, 59), chance.randint(0, 59))


def _sitting(moment: datetime, apart: tuple[int, int], chance: random.Random) -> Iterator[datetime]:
    """An actor sits down at one moment of a day and works on from there."""
    while True:
        yield moment
        moment += timedelta(seconds=chance.randint(*apart))
