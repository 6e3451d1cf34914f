"""Which parts are merged: how often a row is rewritten, how many parts are left, and that limits hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.vault.lifecycle import tiers
from akika_forensics.vault.lifecycle.tiers import FAN, Limits, PartSize

LIMITS = Limits(rows=20_000, bytes=2_000_000)


class Store:
    """Parts, and how often each row in them was written."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self.parts: dict[str, PartSize] = {}
        self.written: dict[str, int] = {}
        self.made = 0

    def add(self, rows: int, size: int) -> None:
        self._put(PartSize("", self.made, rows, size), 1)

    def _put(self, part: PartSize, written: int) -> None:
        name = f"p{self.made}"
        self.made += 1
        self.parts[name] = PartSize(name, part.first, part.rows, part.bytes)
        self.written[name] = written

    def merge(self, merges: tuple[tiers.Merge, ...]) -> int:
        """Rows that were rewritten."""
        total = 0
        for names in merges:
            assert len(set(names)) == len(names)
            group = [self.parts.pop(name) for name in names]
            whole = PartSize(
                "", min(one.first for one in group), sum(one.rows for one in group), sum(one.bytes for one in group)
            )
            if len(names) > 1:
                assert self.limits.weight(whole) <= 1 + 1e-9
                assert whole.rows <= self.limits.rows
                assert whole.bytes <= self.limits.bytes
            total += whole.rows
            self._put(whole, max(self.written.pop(name) for name in names) + 1)
        return total

    def settle(self) -> None:
        while merges := tiers.worthwhile(self.parts.values(), self.limits):
            self.merge(merges)

    def full(self) -> list[str]:
        return [name for name, part in self.parts.items() if self.limits.weight(part) > 1 / 2]


def test_a_year_of_days_lies_in_few_parts_and_was_written_a_few_times() -> None:
    """500,000 records of about 1.5 KB, half a percent changed a day."""
    store = Store(Limits())
    for _ in range(12):
        store.add(42_000, 42_000 * 240)
    for _ in range(364):
        store.add(2_500, 2_500 * 290)
        store.merge(tiers.worthwhile(store.parts.values(), store.limits, rows=200_000))
    assert len(store.parts) <= 25
    assert max(store.written.values()) <= 4
    store.merge(tiers.everything(store.parts.values(), store.limits))
    assert len(store.parts) <= 6


SIZES = st.tuples(st.integers(1, 12_000), st.integers(500, 1_200_000))


@given(st.lists(SIZES, min_size=1, max_size=120))
def test_after_each_day_there_are_fewer_than_the_fan_a_tier(sizes: list[tuple[int, int]]) -> None:
    store = Store()
    for rows, size in sizes:
        store.add(rows, size)
        store.settle()
        by_tier: dict[int, int] = {}
        for name, part in store.parts.items():
            if name not in store.full():
                tier = math.floor(math.log(LIMITS.weight(part) * 2, FAN) + 1e-9)
                by_tier[tier] = by_tier.get(tier, 0) + 1
        assert all(number < FAN for number in by_tier.values())
    lightest = min(LIMITS.weight(PartSize("", 0, *size)) for size in sizes)
    # Once when it was new, once a tier, and once more from the highest tier into a full part.
    assert max(store.written.values()) <= 2 + math.ceil(math.log(max(1, 1 / (2 * lightest)), FAN)) + 1
    assert sum(part.rows for part in store.parts.values()) == sum(rows for rows, _ in sizes)


@given(st.lists(SIZES, max_size=60))
def test_everything_leaves_full_parts_and_one_more(sizes: list[tuple[int, int]]) -> None:
    store = Store()
    for rows, size in sizes:
        store.add(rows, size)
    store.merge(tiers.everything(store.parts.values(), LIMITS))
    weights = [LIMITS.weight(part) for part in store.parts.values()]
    # Of any two neighbours that were filled one after the other, the two together did not fit.
    assert sum(weight <= 1 / 2 for weight in weights) <= 1 + len(weights) // 2
    total = sum(LIMITS.weight(PartSize("", 0, *size)) for size in sizes)
    heavy = sum(LIMITS.weight(PartSize("", 0, *size)) > 1 / 2 for size in sizes)
    assert len(weights) <= 2 * total + 1 + heavy


@given(st.lists(SIZES, max_size=60))
def test_anew_names_each_part_once(sizes: list[tuple[int, int]]) -> None:
    store = Store()
    for rows, size in sizes:
        store.add(rows, size)
    names = [name for merge in tiers.anew(store.parts.values(), LIMITS) for name in merge]
    assert sorted(names) == sorted(store.parts)


@pytest.mark.parametrize(("budget", "expected"), [(0, 1), (8 * 10, 1), (8 * 110, 2), (None, 2)])
def test_a_run_is_bounded_and_does_the_cheapest_first(budget: int | None, expected: int) -> None:
    store = Store(Limits(rows=1_000_000, bytes=1 << 30))
    for _ in range(FAN):
        store.add(100, 10_000)
    for _ in range(FAN):
        store.add(10, 1_000)
    merges = tiers.worthwhile(store.parts.values(), store.limits, rows=budget)
    assert len(merges) == expected
    assert merges[0] == tuple(f"p{number}" for number in range(FAN, 2 * FAN))


def test_nothing_is_due_for_few_or_full_parts() -> None:
    store = Store()
    for _ in range(FAN - 1):
        store.add(10, 1_000)
    for _ in range(3 * FAN):
        store.add(11_000, 900_000)
    assert tiers.worthwhile(store.parts.values(), LIMITS) == ()
    assert tiers.worthwhile([], LIMITS) == tiers.everything([], LIMITS) == tiers.anew([], LIMITS) == ()
