"""What to ask of the change feed about a long time, in few requests, so that each answer fits. Pure.

Source: QuickBooks API, change data capture: 1,000 objects an answer, changed ones first, no pages, and no end of the time asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

ROOM: Final = 900
"""Changed records that are asked for together: deleted ones, of which nobody knows the number, have to fit too."""

_MOST_STEPS: Final = 10


def fitting(sizes: Mapping[str, int], most: int) -> tuple[list[list[str]], list[str]]:
    """Entities in at most so many groups of `ROOM` records each, the small ones first; and those that found no place."""
    groups: list[list[str]] = []
    rooms: list[int] = []
    rest: list[str] = []
    for name in sorted(sizes, key=lambda one: (sizes[one], one)):
        place = next((at for at, room in enumerate(rooms) if room >= sizes[name]), None)
        if place is None and (sizes[name] > ROOM or len(groups) == most):
            rest.append(name)
            continue
        if place is None:
            groups.append([])
            rooms.append(ROOM)
            place = len(groups) - 1
        groups[place].append(name)
        rooms[place] -= sizes[name]
    return groups, rest


def steps(floor: datetime, now: datetime, entities: int, questions: int) -> list[datetime]:
    """Later times to count from, for each of so many entities, in ``questions`` questions together: each halves what is left."""
    number = min(_MOST_STEPS, questions // entities) if entities else 0
    return [now - (now - floor) / 2**step for step in range(1, number + 1)]


def earliest(counts: Mapping[str, Sequence[int]], most: int) -> tuple[int, list[list[str]]] | None:
    """The first step from which all entities fit in so many groups, and these; None where they fit from none.

    ``counts``: of each entity how many changed since each of the `steps`.
    """
    for step in range(min((len(row) for row in counts.values()), default=0)):
        groups, rest = fitting({name: row[step] for name, row in counts.items()}, most)
        if not rest:
            return step, groups
    return None
