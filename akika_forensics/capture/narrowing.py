"""Which of many records are gone, narrowed down by counting: what to count next, and where that leaves it. Pure.

The records stand in a row, list after list, each in order of creation. A part of the row of which as many are counted
as it holds has lost nobody; one that is short is cut again. A part of few records is counted by their Ids; a longer one by the span of
times in which they were created, so that its ends must lie between two times.
"""

from __future__ import annotations

import heapq
import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

AT_ONCE: Final = 30
"""Counts of one request."""


@dataclass(frozen=True, slots=True)
class Part:
    """Records ``begin`` up to and without ``end`` of the row, of which ``short`` are missing."""

    begin: int
    end: int
    short: int = 0

    @property
    def size(self) -> int:
        return self.end - self.begin


class Narrowing:
    """``times``: when each record of the row was created, in ascending order within each list, equal for those that stand
    in no order. ``lists``: the part of each list, and how many it is short of.

    ``by_ids``: the most records that one count can name; ``few``: so many remaining records of a part can be read.
    Count ``wanted()``, hand the counts to ``counted()``, until nothing is wanted; then ``found`` are the
    parts whose records have to be looked at.
    """

    def __init__(self, times: Sequence[datetime], lists: Sequence[Part], *, by_ids: int, few: int) -> None:
        self._times, self._by_ids, self._few = times, by_ids, min(few, by_ids)
        self.found: list[Part] = []
        self._waiting: list[Part] = []
        self._cut: list[tuple[Part, list[Part]]] = []
        for one in lists:
            self._place(one)

    def wanted(self) -> list[Part]:
        """Parts to be counted. The last part of each that is cut is not among them: it is short of the rest."""
        if self._waiting and self._reading_is_cheaper():
            for part in self._waiting:
                edges = [*range(part.begin, part.end, self._few), part.end]
                self.found += [Part(one, after) for one, after in itertools.pairwise(edges)]
            self._waiting = []
        self._cut = list(self._cuts())
        self._waiting = []
        return [part for _, parts in self._cut for part in parts[:-1]]

    def counted(self, counts: Sequence[int]) -> None:
        """How many records were counted in each part that was wanted, in order."""
        answers = iter(counts)
        for whole, parts in self._cut:
            left = whole.short
            for part in parts[:-1]:
                short = part.size - next(answers)
                left -= short
                self._place(Part(part.begin, part.end, short))
            self._place(Part(parts[-1].begin, parts[-1].end, left))
        self._cut = []

    def by_time(self, part: Part) -> bool:
        """Whether a part is counted by the times of its records, of which none outside it has one."""
        return part.size > self._by_ids

    def _place(self, part: Part) -> None:
        """More than are there can come out of clocks that round otherwise: nobody is missing, as far as it tells."""
        if part.short <= 0 or not part.size:
            return
        ready = part.size <= self._by_ids and part.size - part.short <= self._few
        (self.found if ready else self._waiting).append(part)

    def _reading_is_cheaper(self) -> bool:
        """Whether looking at all that is in question takes no more requests than counting on."""
        parts = len(self._waiting)
        now = len(self.found) + sum(-(-part.size // self._few) for part in self._waiting)
        cut_into = 1 + AT_ONCE * _requests(parts) / parts
        rounds = math.ceil(math.log(max(part.size for part in self._waiting) / self._few, cut_into))
        return _requests(now) <= max(rounds, 1) * _requests(parts) + _requests(len(self.found) + parts)

    def _cuts(self) -> Iterator[tuple[Part, list[Part]]]:
        """Each waiting part in two at least; what room the last request leaves goes to the longest."""
        numbers = [2] * len(self._waiting)
        room = -len(numbers) % AT_ONCE
        longest = [(-part.size / 2, at) for at, part in enumerate(self._waiting)]
        heapq.heapify(longest)
        for _ in range(room if longest else 0):
            at = longest[0][1]
            numbers[at] += 1
            heapq.heapreplace(longest, (-self._waiting[at].size / numbers[at], at))
        for part, number in zip(self._waiting, numbers, strict=True):
            yield part, self._divided(part, min(number, part.size))

    def _divided(self, part: Part, number: int) -> list[Part]:
        edges = [part.begin + part.size * at // number for at in range(number + 1)]
        if part.size > number * self._by_ids:
            edges = sorted({part.begin, *(self._between_times(edge, part) for edge in edges[1:-1]), part.end})
            if len(edges) == 2:  # all of one moment
                edges = [*range(part.begin, part.end, self._by_ids), part.end]
        return [Part(one, after) for one, after in itertools.pairwise(edges)]

    def _between_times(self, edge: int, part: Part) -> int:
        """The nearest place at which another time begins."""
        time = self._times[edge]
        before = bisect_left(self._times, time, part.begin, part.end)
        after = bisect_right(self._times, time, part.begin, part.end)
        return before if edge - before <= after - edge and before > part.begin else after


def _requests(statements: int) -> int:
    return -(-statements // AT_ONCE)
