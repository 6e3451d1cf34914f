"""Chance from a seed: streams that do not disturb one another, and draws by weight.

A stream is seeded with a text, of which Python makes the same numbers on every machine; no hash and no order of a set is
ever asked.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate


class Chance:
    """One stream of draws."""

    def __init__(self, seed: int, stream: str) -> None:
        self._random = random.Random(f"akika life {seed} {stream}")
        self.unit = self._random.random
        self.pareto = self._random.paretovariate
        self.normal = self._random.gauss

    def between(self, pair: tuple[int, int]) -> int:
        """A whole number of a range, both ends included."""
        low, high = pair
        return low + int(self.unit() * (high - low + 1))

    def one_of[T](self, rows: Sequence[T]) -> T:
        return rows[int(self.unit() * len(rows))]

    def happens(self, share: float) -> bool:
        return self.unit() < share


class Weighted[T]:
    """Rows that are drawn by weight."""

    def __init__(self, rows: Sequence[T], weights: Sequence[Decimal | int | float]) -> None:
        self.rows = rows
        self._sums = list(accumulate(float(weight) for weight in weights))

    def draw(self, chance: Chance) -> T:
        return self.rows[min(bisect(self._sums, chance.unit() * self._sums[-1]), len(self.rows) - 1)]
