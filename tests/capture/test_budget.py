"""The month's reads: what is forecast, and what is left out before they are used up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.capture.budget import (
    Cost,
    Decision,
    Demand,
    Measure,
    Past,
    decide,
    forecast,
    month_ends,
    month_of,
    spaced,
)

DAILY = Demand(captures=20, whole=100, sparing=40)


@pytest.mark.parametrize(
    ("cap", "used", "reserve", "measure", "share"),
    [
        # cap, used, reserve → what is done; 20 captures at 100 reads, or 40 with few controls
        (None, 10**9, 0, Measure.WHOLE, 1.0),
        (10_000, 0, 0, Measure.WHOLE, 1.0),
        (2_000, 0, 0, Measure.WHOLE, 1.0),
        (1_999, 0, 0, Measure.FEW_CONTROLS, 1.0),
        (2_000, 0, 1, Measure.FEW_CONTROLS, 1.0),
        (2_000, 1, 0, Measure.FEW_CONTROLS, 1.0),
        (800, 0, 0, Measure.FEW_CONTROLS, 1.0),
        (799, 0, 0, Measure.RARER, 799 / 800),
        (400, 0, 0, Measure.RARER, 0.5),
        (400, 200, 100, Measure.RARER, 100 / 800),
        (40, 0, 0, Measure.RARER, 0.05),
        (39, 0, 0, Measure.NONE, 0.0),
        (500, 500, 0, Measure.NONE, 0.0),
        (500, 900, 0, Measure.NONE, 0.0),
    ],
)
def test_the_table_of_decisions(cap: int | None, used: int, reserve: int, measure: Measure, share: float) -> None:
    found = decide(cap, used, [DAILY], reserve=reserve)
    assert found == Decision(measure, pytest.approx(share))
    assert found.sparing == (measure is not Measure.WHOLE)


demands = st.lists(
    st.builds(lambda n, s, c: Demand(n, s + c, s), st.integers(0, 700), st.integers(1, 500), st.integers(0, 500)),
    max_size=5,
)


@given(st.integers(0, 10**6), st.integers(0, 10**6), demands, st.integers(0, 5000))
def test_what_is_decided_stays_below_the_cap_and_is_the_least_that_does(
    cap: int, used: int, wanted: list[Demand], reserve: int
) -> None:
    found = decide(cap, used, wanted, reserve=reserve)
    whole = sum(one.captures * one.whole for one in wanted)
    sparing = sum(one.captures * one.sparing for one in wanted)
    spent = {
        Measure.WHOLE: whole,
        Measure.FEW_CONTROLS: sparing,
        Measure.RARER: sparing * found.share,
        Measure.NONE: 0,
    }[found.measure]
    assert not spent or used + spent + reserve <= cap + 1e-6
    if found.measure is not Measure.WHOLE:
        assert used + whole + reserve > cap
    if found.measure in {Measure.RARER, Measure.NONE}:
        assert used + sparing + reserve > cap
        assert found.share < 1


@given(st.integers(0, 10**5), st.integers(0, 10**5), st.integers(0, 10**5), demands)
def test_more_room_never_leads_to_less(cap: int, more: int, used: int, wanted: list[Demand]) -> None:
    order = [Measure.NONE, Measure.RARER, Measure.FEW_CONTROLS, Measure.WHOLE]
    less, greater = decide(cap, used, wanted), decide(cap + more, used, wanted)
    assert (order.index(less.measure), less.share) <= (order.index(greater.measure), greater.share)


def test_a_forecast_is_learned_from_captures_of_its_kind() -> None:
    past = [Past("incremental", False, Cost(n, 10 * n)) for n in (900, 30, 31, 32, 33, 500)]
    past += [Past("full", False, Cost(7000, 7001)), Past("incremental", True, Cost(12, 13))]
    counts = {"Invoice": 2_500_000}
    assert forecast("incremental", counts, past).cost == Cost(32, 320)
    assert forecast("incremental", counts, past).rests_on == 5
    assert forecast("incremental", counts, past, sparing=True).cost == Cost(12, 13)
    assert forecast("full", counts, past).cost == Cost(7000, 7001)
    assert forecast("full", {"Invoice": 9_000_000}, past).cost.once == 9000


def test_without_a_past_a_forecast_comes_from_the_number_of_records() -> None:
    counts = {"Invoice": 2001, "Customer": 3, "Bill": 0}
    full, daily = forecast("full", counts, []), forecast("incremental", {"Invoice": 500_000}, [])
    assert full.rests_on == daily.rests_on == 0
    assert full.cost.once == 3 + 1 + 1 + 110
    # Figures to reach: 40 calls and one for each 500 that changed; half a percent of 500,000 are 2,500.
    assert daily.cost.once == 40 + 5
    assert daily.cost.by_items > daily.cost.once
    assert forecast("full", counts, [], sparing=True).cost.once < full.cost.once


def test_months_are_those_of_the_pacific_calendar() -> None:
    last = datetime(2026, 12, 1, 7, 59, 59, tzinfo=UTC)
    assert month_of(last) == "2026-11"
    assert month_of(last + timedelta(seconds=1)) == "2026-12"
    assert month_ends(last) == last + timedelta(seconds=1)
    assert month_ends(datetime(2026, 12, 31, tzinfo=UTC)) == datetime(2027, 1, 1, 8, tzinfo=UTC)


def test_rarer_captures_lie_farther_apart_but_one_is_taken_when_the_month_is_new() -> None:
    day = timedelta(days=1)
    assert spaced(day, 0.5, 20 * day) == 2 * day
    assert spaced(day, 0.01, 20 * day) == 20 * day
    assert spaced(day, 0.0, 20 * day) == 20 * day
