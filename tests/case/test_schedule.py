"""When captures begin, by a clock that a test moves: zones, summer time, sleep, hints, failures."""

from __future__ import annotations

import os
import time as system_time
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.case.schedule import (
    FIRST,
    HINTED,
    MISSED,
    SCHEDULED,
    At,
    Every,
    Manner,
    Standing,
    read_hours,
    read_period,
    turn,
    wait_after,
)
from akika_forensics.errors import WrongUse

NEW_YORK = ZoneInfo("America/New_York")
ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "UTC",
    "Africa/Cairo",
)
NIGHTLY = At((time(2, 30),), NEW_YORK)
MANNER = Manner()
NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def of(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_the_night_in_which_the_hour_is_skipped_has_its_capture_an_hour_later() -> None:
    found, at = [], of("2026-03-06T12:00")
    for _ in range(4):
        at = NIGHTLY.after(at)
        found.append(at.astimezone(NEW_YORK).strftime("%d %H:%M"))
    assert found == ["07 02:30", "08 03:30", "09 02:30", "10 02:30"]


def test_the_night_in_which_the_hour_comes_twice_has_one_capture() -> None:
    hours = At((time(1, 30),), NEW_YORK)
    first = hours.after(of("2026-10-31T12:00"))
    assert first.astimezone(NEW_YORK).isoformat() == "2026-11-01T01:30:00-04:00"
    assert hours.after(first).astimezone(NEW_YORK).isoformat() == "2026-11-02T01:30:00-05:00"


def test_a_day_that_a_place_never_had_needs_no_capture() -> None:
    apia = ZoneInfo("Pacific/Apia")
    hours = At((time(2, 0),), apia)
    first = hours.after(of("2011-12-29T12:00", apia))
    assert first.astimezone(apia).date() == date(2011, 12, 31)
    assert hours.after(first).astimezone(apia).date() == date(2012, 1, 1)


@given(
    st.sampled_from(ZONES),
    st.lists(st.times().map(lambda t: t.replace(second=0, microsecond=0)), min_size=1, max_size=4, unique=True),
    st.integers(0, 19 * 365 * 24 * 60).map(lambda minutes: datetime(2011, 1, 1, tzinfo=UTC) + minutes * MINUTE),
)
def test_every_day_has_each_of_its_hours_once(zone: str, times: list[time], start: datetime) -> None:
    where = ZoneInfo(zone)
    hours = At(tuple(sorted(times)), where)
    slots, at = [], start
    while at < start + 9 * DAY:
        at = hours.after(at)
        slots.append(at)
    assert all(earlier < later for earlier, later in pairwise(slots))
    # Each slot shows one of the hours, or lies where the clock was put forward; and none is left out.
    expected = set()
    first, last = slots[0].astimezone(where).date(), slots[-1].astimezone(where).date()
    for days in range(-1, (last - first).days + 2):
        for hour in times:
            wall = datetime.combine(first + timedelta(days=days), hour, tzinfo=where)
            expected.add(wall.astimezone(UTC))
    assert [slot for slot in sorted(expected) if slots[0] <= slot <= slots[-1]] == slots
    shown = [(slot.astimezone(where).date(), slot.astimezone(where).time()) for slot in slots]
    assert len(set(shown)) == len(shown)


@pytest.fixture
def in_berlin() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    system_time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    system_time.tzset()


@pytest.mark.usefixtures("in_berlin")
def test_without_a_zone_the_hours_are_those_of_this_machine() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    own, named = At((time(2, 30),)), At((time(2, 30),), berlin)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(400):
        assert own.after(at) == named.after(at)
        at = own.after(at)
    assert at.astimezone(berlin).date() == date(2027, 2, 4)


def test_a_period_counts_from_the_capture_before() -> None:
    found = turn(Every(DAY), MANNER, Standing(last=NOW - 5 * HOUR), NOW)
    assert (found.at, found.why) == (NOW + 19 * HOUR, SCHEDULED)


def test_without_a_snapshot_one_is_taken_at_once() -> None:
    assert turn(NIGHTLY, MANNER, Standing(), NOW).at == NOW
    assert turn(NIGHTLY, MANNER, Standing(), NOW).why == FIRST


@pytest.mark.parametrize("schedule", [Every(DAY), NIGHTLY])
def test_a_week_of_sleep_is_made_up_for_once(schedule: Every | At) -> None:
    standing = Standing(last=NOW - 7 * DAY)
    found = turn(schedule, MANNER, standing, NOW)
    assert found.at <= NOW
    assert found.why == MISSED
    assert turn(schedule, MANNER, Standing(last=NOW), NOW + MINUTE).at > NOW + 5 * HOUR


def test_hints_are_gathered_but_not_for_ever() -> None:
    standing = Standing(last=NOW - HOUR, hinted=(NOW, NOW + 5 * MINUTE))
    assert turn(NIGHTLY, MANNER, standing, NOW + 5 * MINUTE).at == NOW + 6 * MINUTE
    assert turn(NIGHTLY, MANNER, standing, NOW).why == HINTED
    standing = Standing(last=NOW - HOUR, hinted=(NOW, NOW + 9.9 * MINUTE))
    assert turn(NIGHTLY, MANNER, standing, NOW).at == NOW + 10 * MINUTE
    standing = Standing(last=NOW - MINUTE, hinted=(NOW, NOW))
    assert turn(NIGHTLY, MANNER, standing, NOW).at == NOW + 14 * MINUTE


def test_failures_wait_longer_and_longer() -> None:
    waits = [wait_after(failures) for failures in range(1, 10)]
    assert waits[:3] == [MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert waits == sorted(waits)
    assert max(waits) == wait_after(5000) == HOUR
    standing = Standing(last=NOW - 2 * DAY, failures=3, failed=NOW)
    assert turn(NIGHTLY, MANNER, standing, NOW).at == NOW + 4 * MINUTE


def test_nothing_begins_before_it_may() -> None:
    standing = Standing(last=NOW - 2 * DAY, not_before=NOW + 3 * HOUR)
    assert turn(NIGHTLY, MANNER, standing, NOW).at == NOW + 3 * HOUR


def test_a_clock_that_was_set_back_puts_nothing_off() -> None:
    standing = Standing(last=NOW + 400 * DAY, failures=1, failed=NOW + 400 * DAY)
    assert turn(Every(DAY), MANNER, standing, NOW).at == NOW + DAY


@given(
    st.integers(0, 2**32), st.sampled_from([Every(6 * HOUR), Every(DAY), NIGHTLY, At((time(2), time(14)), NEW_YORK)])
)
def test_a_machine_that_sleeps_and_wakes_and_is_told_of_changes(seed: int, schedule: Every | At) -> None:
    """A life of some weeks: each hour has its capture or one that made up for it, and each hint is answered in time."""
    dice = Random(seed)
    now = NOW + dice.random() * 300 * DAY
    last, hinted, begun = now, None, [(now, FIRST)]
    slept: list[tuple[datetime, datetime]] = []
    for _ in range(80):
        found = turn(schedule, MANNER, Standing(last, hinted), now)
        if found.at <= now:
            assert found.why in {SCHEDULED, MISSED, HINTED}
            if found.why == HINTED:
                assert hinted
                assert now - last >= MANNER.pause
                assert now - found.at <= (slept[-1][1] - slept[-1][0] if slept else timedelta(0))
            else:
                assert schedule.after(last) <= now
            last, hinted = now, None
            begun.append((now, found.why))
            continue
        match dice.choice("waits waits told sleeps".split()):
            case "waits":
                now = found.at
            case "told":
                now = min(now + dice.random() * 20 * MINUTE, found.at)
                hinted = (hinted[0], now) if hinted else (now, now)
            case "sleeps":
                gone = dice.random() * 5 * DAY
                slept.append((now, now + gone))
                now += gone
    for (one, _), (other, why) in pairwise(begun):
        slot = schedule.after(one)
        asleep = any(fell <= slot <= woke for fell, woke in slept)
        assert other <= slot or (asleep and why != HINTED) or why == HINTED, (one, other, why)


@pytest.mark.parametrize(
    ("text", "period"), [("24h", DAY), ("90m", 1.5 * HOUR), ("7d", 7 * DAY), (" 1 H ", HOUR), ("28d", 28 * DAY)]
)
def test_periods_are_read(text: str, period: timedelta) -> None:
    assert read_period(text) == Every(period)


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "0m", "29d", "99999d", "1.5h", "٣h", "24hours"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(WrongUse):
        read_period(text)


def test_hours_are_read() -> None:
    assert read_hours(["14:30", "2:00", "02:00"]).times == (time(2), time(14, 30))
    assert str(read_hours(["02:00"], NEW_YORK)) == "daily at 02:00 (America/New_York)"
    for text in ("24:00", "2", "2:5", "02:60", "noon"):
        with pytest.raises(WrongUse):
            read_hours([text])
    with pytest.raises(WrongUse):
        read_hours([])


@pytest.mark.parametrize(
    ("period", "told"), [("24h", "every 24h"), ("60m", "every 1h"), ("90m", "every 90m"), ("7d", "every 7d")]
)
def test_a_period_is_told_as_people_write_it(period: str, told: str) -> None:
    assert str(read_period(period)) == told
