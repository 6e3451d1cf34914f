"""Which parts of a company to merge, and when it pays: a log-structured merge by tiers of size. Pure.

The weight of a part is the share of the limits that it takes, of rows or of bytes, whichever is larger: so weights can be
added, and a merge up to weight 1 stays within both. A part heavier than one half is full and is left alone. A tier spans
a factor of `FAN`: as soon as a company has so many parts of one tier, they become one of a higher tier. So a row is
rewritten once a tier, that is by the logarithm of what came after it, and a company has fewer than `FAN` parts a tier
besides the full ones.
Source: O'Neil et al., "The Log-Structured Merge-Tree" (1996); size-tiered compaction as in Bigtable and Cassandra.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

FAN: Final = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What one part may hold after a merge: ``rows``, and ``bytes`` of its files together, as they lie there.

    Rows bound what is held in memory: a merge takes about 600 bytes for each, and no payloads but those of one step. Bytes
    bound what is rewritten together, and the room for it. What a snapshot holds is told fastest by one part, because its
    rows are in order: a year of half a million records is one.
    """

    rows: int = 1_750_000
    bytes: int = 1 << 30

    def weight(self, part: PartSize) -> float:
        return max(part.rows / self.rows, part.bytes / self.bytes)


@dataclass(frozen=True, slots=True)
class PartSize:
    """``name`` tells it from other parts; ``first`` is its lowest segment number, ``bytes`` those of its files."""

    name: str
    first: int
    rows: int
    bytes: int


type Merge = tuple[str, ...]
"""Names of the parts that become one."""


def worthwhile(
    parts: Iterable[PartSize], limits: Limits | None = None, *, rows: int | None = None
) -> tuple[Merge, ...]:
    """The merges that are due, the cheapest first; at most so many that about ``rows`` are rewritten, but one at least.

    Empty when nothing is due. What the merges make may make others due: ask again afterwards.
    """
    limits = limits or Limits()
    tiers: dict[int, list[PartSize]] = {}
    for part in _open(parts, limits):
        tiers.setdefault(_tier(limits.weight(part)), []).append(part)
    found: list[list[PartSize]] = []
    for _, members in sorted(tiers.items()):
        waiting = sorted(members, key=_by_age)
        while len(waiting) >= FAN:
            group = _fitting(waiting[:FAN], limits)
            found.append(group)
            waiting = waiting[len(group) :]
    return _within(found, rows)


def everything(parts: Iterable[PartSize], limits: Limits | None = None) -> tuple[Merge, ...]:
    """Merges after which as few parts are left as the limits allow, found by filling one after the other."""
    limits = limits or Limits()
    waiting = sorted(_open(parts, limits), key=_by_age)
    found: list[Merge] = []
    while len(waiting) > 1:
        group = _fitting(waiting, limits)
        found.append(_names(group))
        waiting = waiting[len(group) :]
    return tuple(found)


def anew(parts: Iterable[PartSize], limits: Limits | None = None) -> tuple[Merge, ...]:
    """As `everything`, and what is left alone there is rewritten by itself: afterwards no part has a key of before."""
    parts = tuple(parts)
    merged = everything(parts, limits)
    named = {name for merge in merged for name in merge}
    alone = tuple((part.name,) for part in sorted(parts, key=_by_age) if part.name not in named)
    return (*merged, *alone)


def _open(parts: Iterable[PartSize], limits: Limits) -> list[PartSize]:
    return [part for part in parts if limits.weight(part) <= 1 / 2]


def _tier(weight: float) -> int:
    """0 for the heaviest that are not full, -1 for those an eighth of them, and so on."""
    return math.floor(math.log(max(weight, 1e-12) * 2, FAN) + 1e-9)


def _fitting(parts: Sequence[PartSize], limits: Limits) -> list[PartSize]:
    """The first parts that fit together, at least two: none of them is heavier than one half."""
    group: list[PartSize] = []
    weight = 0.0
    for part in parts:
        weight += limits.weight(part)
        if group and weight > 1:
            break
        group.append(part)
    return group


def _within(found: list[list[PartSize]], rows: int | None) -> tuple[Merge, ...]:
    if rows is None:
        return tuple(_names(group) for group in found)
    chosen: list[Merge] = []
    for group in sorted(found, key=_rows):
        rows -= _rows(group)
        if chosen and rows < 0:
            break
        chosen.append(_names(group))
    return tuple(chosen)


def _rows(group: Sequence[PartSize]) -> int:
    return sum(part.rows for part in group)


def _by_age(part: PartSize) -> tuple[int, str]:
    return (part.first, part.name)


def _names(group: Sequence[PartSize]) -> Merge:
    return tuple(part.name for part in group)
