"""Which snapshots a retention rule keeps: the rules one by one, and what holds for any of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.vault.lifecycle.holds import Hold
from akika_forensics.vault.lifecycle.policy import EVERY, Policy
from akika_forensics.vault.lifecycle.retention import Candidate, Decision, decide

START = datetime(2024, 1, 1, 12, tzinfo=UTC)
NOW = datetime(2030, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "America/New_York", "Pacific/Apia", "Asia/Kathmandu")


def taken(times: Iterable[datetime], company: str = "a", incomplete: Iterable[int] = ()) -> list[Candidate]:
    missing = set(incomplete)
    return [
        Candidate(f"s{number}", number, company, at, number not in missing) for number, at in enumerate(times, start=1)
    ]


def daily(days: int, hour: int = 12) -> list[Candidate]:
    return taken(START.replace(hour=hour) + timedelta(days=day) for day in range(days))


def kept(snapshots: list[Candidate], text: str, **more: object) -> set[str]:
    decision = decide(snapshots, Policy.parse(text), **({"now": NOW} | more))  # type: ignore[arg-type]
    assert decision.kept.keys() | set(decision.dropped) == {one.id for one in snapshots}
    assert decision.kept.keys().isdisjoint(decision.dropped)
    assert all(decision.kept.values())
    return set(decision.kept)


def test_last_keeps_the_last() -> None:
    assert kept(daily(10), "last=3") == {"s8", "s9", "s10"}


def test_daily_keeps_the_newest_of_each_of_the_last_days_that_have_one() -> None:
    at = [START, START + timedelta(hours=3), START + timedelta(days=4), START + timedelta(days=9)]
    assert kept(taken(at), "daily=2") == {"s3", "s4"}
    assert kept(taken(at), "daily=3") == {"s2", "s3", "s4"}


def test_weeks_are_those_of_iso_8601() -> None:
    # 2024-12-29 is a Sunday; 2024-12-30 to 2025-01-05 is the first week of 2025.
    days = [datetime(2024, 12, 29, 9, tzinfo=UTC) + timedelta(days=day) for day in range(9)]
    assert kept(taken(days), "weekly=3") == {"s1", "s8", "s9"}


def test_years_and_months() -> None:
    months = taken(datetime(2024 + month // 12, month % 12 + 1, 28, tzinfo=UTC) for month in range(30))
    assert kept(months, "yearly=2") == {"s24", "s30"}
    assert kept(months, "monthly=2,yearly=2") == {"s24", "s29", "s30"}


def test_a_day_is_that_of_the_zone() -> None:
    at = [
        datetime(2024, 6, 1, 22, tzinfo=UTC),
        datetime(2024, 6, 2, 2, tzinfo=UTC),
        datetime(2024, 6, 2, 22, tzinfo=UTC),
    ]
    assert kept(taken(at), "daily=2,zone=UTC") == {"s1", "s3"}
    assert kept(taken(at), "daily=2,zone=America/New_York") == {"s2", "s3"}


def test_the_oldest_ages_until_a_later_one_stands_for_its_period() -> None:
    decision = decide(daily(20), Policy(monthly=2), now=NOW)
    assert decision.kept == {"s1": ("oldest of monthly",), "s20": ("monthly", "newest", "newest complete")}
    assert kept(daily(70), "monthly=2") == {"s60", "s70"}


def test_incomplete_ones_never_count_and_stay_only_while_none_complete_followed() -> None:
    days = [one.taken_at for one in daily(6)]
    assert kept(taken(days, incomplete=[2, 5, 6]), "last=2") == {"s3", "s4", "s5", "s6"}
    assert kept(taken(days, incomplete=[2, 5]), "last=2") == {"s4", "s6"}
    assert kept(taken(days, incomplete=range(1, 7)), "last=1") == {f"s{number}" for number in range(1, 7)}


def test_a_wrong_clock_pushes_nothing_out() -> None:
    days = [*(one.taken_at for one in daily(4)), NOW + timedelta(days=3), START + timedelta(days=5)]
    assert kept(taken(days), "last=2") == {"s4", "s5", "s6"}


def test_each_company_is_decided_for_itself() -> None:
    both = daily(4) + [replace(one, id=f"s{one.number + 4}", number=one.number + 4, company="b") for one in daily(4)]
    assert kept(both, "last=1") == {"s4", "s8"}


def test_holds_and_references_keep() -> None:
    holds = [Hold("Smith v. Jones", "a", frozenset({"s2"}), "letter", START), Hold("audit", "b", None, "", START)]
    decision = decide(daily(6), Policy(last=1), holds=holds, protected={"s4"}, now=NOW)
    assert decision.dropped == ("s1", "s3", "s5")
    assert decision.kept["s2"] == ("legal hold Smith v. Jones",)
    assert decision.kept["s4"] == ("referred to by something signed",)
    everywhere = Hold("all", None, None, "", START)
    assert decide(daily(6), Policy(last=1), holds=[everywhere], now=NOW).dropped == ()


def test_a_hold_keeps_a_company_or_its_snapshots_from_being_erased() -> None:
    one = Hold("x", "a", frozenset({"s2"}), "", START)
    assert one.concerns("a", ["s1", "s2"])
    assert not one.concerns("a", ["s1"])
    assert not one.concerns("b", ["s2"])
    assert replace(one, snapshots=None).concerns("a", [])
    assert replace(one, company=None, snapshots=None).concerns("b", ["s9"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no part"),
        ("daily", "no part"),
        ("daily=", "no part"),
        ("daily=0", "keeps nothing"),
        ("zone=UTC", "keeps nothing"),
        ("daily=-1", "no number"),
        ("daily=١", "no number"),
        ("daily=100001", "no number"),
        ("daily=9999999999", "no number"),
        ("hourly=1", "no retention rule"),
        ("daily=1,daily=2", "twice"),
        ("daily=1,zone=UTC,zone=UTC", "twice"),
        ("daily=1,zone=Mars/Olympus", "no time zone"),
        ("daily=1,zone=../etc/passwd", "no time zone"),
        ("daily=1,zone=America", "no time zone"),
    ],
)
def test_what_is_no_rule_is_said(text: str, says: str) -> None:
    with pytest.raises(WrongUse, match=says):
        Policy.parse(text)


NUMBERS = st.sampled_from([0, 1, 2, 3, 5, 12, EVERY])


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    numbers = draw(st.lists(NUMBERS, min_size=5, max_size=5).filter(any))
    return Policy(*numbers, zone=draw(st.sampled_from(ZONES)))


@st.composite
def shelves(draw: st.DrawFn) -> list[Candidate]:
    hours = draw(st.lists(st.sampled_from([0, 1, 5, 11, 24, 25, 170, 800, 9000]), max_size=30))
    found, at = [], START
    for number, step in enumerate(hours, start=1):
        at += timedelta(hours=step)
        # A clock that jumped, now and then; and now and then a capture that was cut off.
        odd = draw(st.integers(0, 19))
        when = at - timedelta(days=40) if odd == 0 else NOW + timedelta(days=1) if odd == 1 else at
        company = draw(st.sampled_from("aab"))
        scoped = draw(st.integers(0, 6)) == 0
        found.append(Candidate(f"s{number}", number, company, when, draw(st.integers(0, 5)) > 0, scoped))
    return found


HOLDS = st.lists(
    st.builds(
        Hold,
        st.just("h"),
        st.sampled_from(["a", "b", None]),
        st.none() | st.frozensets(st.integers(1, 30).map("s{}".format), max_size=3),
        st.just(""),
        st.just(START),
    ),
    max_size=2,
)
PROTECTED = st.frozensets(st.integers(1, 30).map("s{}".format), max_size=3)


def _decide(shelf: list[Candidate], policy: Policy, holds: list[Hold], protected: frozenset[str]) -> Decision:
    return decide(shelf, policy, holds=holds, protected=protected, now=NOW)


@given(policies())
def test_a_policy_is_read_as_it_is_written(policy: Policy) -> None:
    assert Policy.parse(str(policy)) == policy


@given(shelves(), policies(), HOLDS, PROTECTED)
def test_held_protected_and_newest_ones_are_never_dropped(
    shelf: list[Candidate], policy: Policy, holds: list[Hold], protected: frozenset[str]
) -> None:
    dropped = set(_decide(shelf, policy, holds, protected).dropped)
    assert dropped.isdisjoint(protected)
    assert not any(hold.covers(one.company, one.id) for hold in holds for one in shelf if one.id in dropped)
    for _, group in groupby(sorted(shelf, key=lambda one: (one.company, one.number)), key=lambda one: one.company):
        mine = list(group)
        assert mine[-1].id not in dropped
        complete = [one.id for one in mine if one.complete and not one.scoped]
        assert not complete or complete[-1] not in dropped


@given(shelves(), policies(), policies(), HOLDS, PROTECTED)
def test_a_more_generous_policy_keeps_no_less(
    shelf: list[Candidate], policy: Policy, other: Policy, holds: list[Hold], protected: frozenset[str]
) -> None:
    def larger(name: str) -> int:
        pair = getattr(policy, name), getattr(other, name)
        return EVERY if EVERY in pair else max(pair)

    generous = replace(policy, **{name: larger(name) for name in ("last", "daily", "weekly", "monthly", "yearly")})
    less = _decide(shelf, policy, holds, protected).kept.keys()
    assert less <= _decide(shelf, generous, holds, protected).kept.keys()
    assert less <= _decide(shelf, policy, [*holds, Hold("x", "a", None, "", START)], protected | {"s1"}).kept.keys()


@given(shelves(), policies(), HOLDS, PROTECTED)
def test_deciding_again_over_what_is_kept_drops_nothing(
    shelf: list[Candidate], policy: Policy, holds: list[Hold], protected: frozenset[str]
) -> None:
    first = _decide(shelf, policy, holds, protected)
    left = [one for one in shelf if one.id in first.kept]
    again = _decide(left, policy, holds, protected)
    assert again.dropped == ()
    assert again.kept == first.kept


@given(shelves(), st.sampled_from(["daily", "weekly", "monthly", "yearly"]), st.integers(1, 6), st.sampled_from(ZONES))
def test_a_rule_keeps_one_a_period_and_as_many_periods_as_it_says(
    shelf: list[Candidate], rule: str, number: int, zone: str
) -> None:
    form = {"daily": "%Y-%m-%d", "weekly": "%G-%V", "monthly": "%Y-%m", "yearly": "%Y"}[rule]
    decision = decide(shelf, Policy(**{rule: number}, zone=zone), now=NOW)  # type: ignore[arg-type]
    for company in "ab":
        whole = [one for one in shelf if one.company == company and one.complete and not one.scoped]
        counted = [one for one in whole if one.taken_at <= NOW]
        counted.sort(key=lambda one: (one.taken_at, one.number))
        newest = {one.taken_at.astimezone(ZoneInfo(zone)).strftime(form): one.id for one in counted}
        expected = set(list(newest.values())[-number:])
        mine = {one.id for one in counted if rule in decision.kept.get(one.id, ())}
        assert mine == expected


@given(shelves(), policies(), HOLDS, PROTECTED)
def test_a_snapshot_of_some_records_stands_for_no_day_and_goes_with_what_is_older(
    shelf: list[Candidate], policy: Policy, holds: list[Hold], protected: frozenset[str]
) -> None:
    decision = _decide(shelf, policy, holds, protected)
    whole = [one for one in shelf if not one.scoped]
    without = _decide(whole, policy, holds, protected)
    assert {one.id for one in whole} & decision.kept.keys() <= without.kept.keys()
    assert without.kept.keys() - decision.kept.keys() <= {one.id for one in whole[-2:]}, "the newest may be another"
    for one in shelf:
        if one.scoped and one.id in decision.dropped:
            older = [other.id for other in whole if other.company == one.company and other.number < one.number]
            assert older
            assert decision.kept.keys().isdisjoint(older)
