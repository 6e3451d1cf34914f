"""Finding the few that are gone among many, by counts: a row of records, and a service that counts what is left."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.capture import presence
from akika_forensics.capture.narrowing import AT_ONCE, Narrowing, Part
from akika_forensics.errors import Fault
from akika_forensics.model.record import RecordKey

START = datetime(2024, 1, 1, tzinfo=UTC)
FEW = 25


class Counting:
    """Counts what is left of a row of records by their times or their places, as the service does by theirs or by Ids."""

    def __init__(self, times: list[datetime], gone: set[int], by_ids: int) -> None:
        self.times, self.gone, self.by_ids = times, gone, by_ids
        self.requests = 0

    def of(self, narrowing: Narrowing, part: Part) -> int:
        if not narrowing.by_time(part):
            assert part.size <= self.by_ids
            return len(set(range(part.begin, part.end)) - self.gone)
        first, last = self.times[part.begin], self.times[part.end - 1]
        return sum(1 for at, one in enumerate(self.times) if first <= one <= last and at not in self.gone)

    def run(self, short: int, few: int = FEW) -> set[int]:
        narrowing = Narrowing(self.times, [Part(0, len(self.times), short)], by_ids=self.by_ids, few=few)
        while parts := narrowing.wanted():
            self.requests += -(-len(parts) // AT_ONCE)
            narrowing.counted([self.of(narrowing, part) for part in parts])
        self.requests += -(-len(narrowing.found) // AT_ONCE)
        looked_at = [at for part in narrowing.found for at in range(part.begin, part.end)]
        assert len(looked_at) == len(set(looked_at))
        assert all(part.size <= self.by_ids for part in narrowing.found)
        assert all(sum(at not in self.gone for at in range(p.begin, p.end)) <= few for p in narrowing.found)
        return self.gone & set(looked_at)


@st.composite
def rows(draw: Any) -> tuple[list[datetime], set[int]]:
    """Times with runs of one second, and who is gone."""
    steps = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 40)), min_size=1, max_size=40))
    times, at = [], START
    for seconds, run in steps:
        at += timedelta(seconds=seconds)
        times += [at] * run
    return times, draw(st.sets(st.integers(0, len(times) - 1)))


class TestTheSearch:
    @given(rows(), st.integers(2, 60), st.integers(1, 12))
    def test_finds_all_that_are_gone(self, row: tuple[list[datetime], set[int]], by_ids: int, few: int) -> None:
        times, gone = row
        assert Counting(times, gone, by_ids).run(len(gone), few) == gone

    @given(rows(), st.integers(2, 60))
    def test_ends_whatever_is_counted(self, row: tuple[list[datetime], set[int]], by_ids: int) -> None:
        times, gone = row
        rng = random.Random(len(times))
        narrowing = Narrowing(times, [Part(0, len(times), len(gone))], by_ids=by_ids, few=3)
        for _ in range(200):
            parts = narrowing.wanted()
            if not parts:
                return
            narrowing.counted([rng.randrange(0, part.size + 3) for part in parts])
        pytest.fail("it does not end")

    def test_asks_nothing_where_nobody_is_missing(self) -> None:
        assert not Narrowing([START] * 9, [Part(0, 9)], by_ids=3, few=2).wanted()
        assert not Narrowing([], [Part(0, 0, 2)], by_ids=3, few=2).wanted()

    @pytest.mark.parametrize(
        ("many", "missing", "most"), [(170_000, 26, 12), (170_000, 1, 4), (9_000, 1, 3), (500, 2, 1)]
    )
    def test_takes_few_requests(self, many: int, missing: int, most: int) -> None:
        rng = random.Random(7)
        times = [START + timedelta(seconds=9 * at) for at in range(many)]
        counting = _Faster(times, set(rng.sample(range(many), missing)), 300)
        assert len(counting.run(missing)) == missing
        assert counting.requests <= most

    def test_a_long_row_of_one_moment_is_counted_by_ids(self) -> None:
        counting = Counting([START] * 5000, {17, 4999}, 300)
        assert counting.run(2) == {17, 4999}


class _Faster(Counting):
    """For rows whose times are all different."""

    def of(self, narrowing: Narrowing, part: Part) -> int:
        return part.size - sum(part.begin <= at < part.end for at in self.gone)


class Service:
    """Answers what `presence.missing` asks of a reader. ``shift`` seconds lie between what it shows and what it counts by."""

    def __init__(self, created: dict[str, datetime], gone: set[str]) -> None:
        self.created = {one: at for one, at in created.items() if one not in gone}
        self.in_order = sorted(self.created, key=self.created.__getitem__)
        self.times = sorted(self.created.values())
        self.shift, self.refused = timedelta(0), ""
        self.asked: list[str] = []
        self.requests: list[set[str]] = []

    def _meets(self, where: str) -> list[str] | None:
        self.asked.append(where)
        if self.refused and self.refused in where:
            return None
        if where.startswith("Id IN"):
            return [one for one in where.split("'")[1::2] if one in self.created]
        _, first, _, end, _ = where.split("'")
        begin, until = datetime.fromisoformat(first), datetime.fromisoformat(end)
        first, last = (bisect_left(self.times, one - self.shift) for one in (begin, until))
        return self.in_order[first:last]

    def count_many(self, searches: Iterable[tuple[str, str]]) -> list[int | Fault]:
        asked = list(searches)
        self.requests.append({name for name, _ in asked})
        return [_refusal() if (met := self._meets(where)) is None else len(met) for _, where in asked]

    def query_many(self, searches: list[tuple[str, str]]) -> list[Any]:
        found = [self._meets(where) for _, where in searches]
        return [_refusal() if met is None else [_Cut(RecordKey("TimeActivity", one)) for one in met] for met in found]


class _Cut:
    def __init__(self, key: RecordKey) -> None:
        self.key = key


def _refusal() -> Fault:
    return Fault("Refused.", status=400)


MANY = {str(number): START + timedelta(seconds=number // 3) for number in range(1, 12_000)}
GONE = {"17", "18", "2999", "11999"}


def _missing(service: Service, *, known: dict[str, datetime] | None = None, short: int = len(GONE)) -> set[str] | None:
    lists = {"TimeActivity": presence.Short(list(MANY), MANY if known is None else known, short)}
    return presence.missing(service, lists).get("TimeActivity")  # type: ignore[arg-type]


class TestAskingTheService:
    def test_by_times_and_then_by_ids(self) -> None:
        service = Service(MANY, GONE)
        assert _missing(service) == GONE
        assert any("CreateTime" in one for one in service.asked)
        assert len(service.asked) < len(MANY) // 25

    @pytest.mark.parametrize("time", [None, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
    def test_one_whose_time_is_not_known_has_all_asked_for_by_id(self, time: datetime | None) -> None:
        service = Service(MANY, GONE)
        known = {one: at for one, at in MANY.items() if one != "5"} | ({"5": time} if time else {})
        assert _missing(service, known=known) == GONE
        assert not any("CreateTime" in one for one in service.asked)

    @pytest.mark.parametrize("shift", [1, -1, 3600 * 24 * 400])
    def test_a_service_that_counts_by_other_times_than_it_shows(self, shift: int) -> None:
        service = Service(MANY, GONE)
        service.shift = timedelta(seconds=shift)
        assert _missing(service) == GONE

    def test_times_that_are_refused(self) -> None:
        service = Service(MANY, GONE)
        service.refused = "CreateTime"
        assert _missing(service) == GONE

    def test_ids_that_are_refused(self) -> None:
        service = Service(MANY, GONE)
        service.refused = "Id IN"
        assert _missing(service) is None

    def test_ids_that_are_no_numbers(self) -> None:
        assert not presence.missing(Service({}, set()), {"ExchangeRate": presence.Short(["no-id-1"], {}, 1)})  # type: ignore[arg-type]

    @given(st.sets(st.sampled_from(sorted(MANY)), max_size=300), st.integers(0, 3))
    def test_whoever_is_gone(self, gone: set[str], more: int) -> None:
        """``more`` than that are missing by a count that something else has moved."""
        service = Service(MANY, gone)
        assert _missing(service, short=len(gone) + more) == gone

    def test_several_lists_share_their_requests(self) -> None:
        service = Service(MANY, GONE)
        names = ("Invoice", "Payment", "TimeActivity")
        lists = {name: presence.Short(list(MANY), MANY, len(GONE)) for name in names}
        assert presence.missing(service, lists) == dict.fromkeys(names, GONE)  # type: ignore[arg-type]
        assert all(one == set(names) for one in service.requests)
