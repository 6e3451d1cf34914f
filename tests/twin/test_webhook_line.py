"""What is sent next and when again, without a thread, a file or a socket."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin import Beliefs
from akika_forensics.twin.webhooks.line import ACKNOWLEDGED, DROPPED, FAILED, GIVEN_UP, REPEATED, Fate, Line
from akika_forensics.twin.webhooks.patience import Patience, Verdict

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOLDING, OLDER = Patience(), Patience(holds=False)
FINE, LATE = Verdict(acknowledged=True), timedelta(seconds=60)


def waits(patience: Patience, status: int, attempts: int) -> list[float | None]:
    """Seconds before the next attempt, after each of so many failures."""
    found = [patience.judge(status, failures).after for failures in range(attempts)]
    return [after.total_seconds() if after is not None else None for after in found]


def test_the_documented_intervals() -> None:
    hours = 3600
    assert waits(HOLDING, 500, 11) == [10, 20, 30, 300, 1200, 2 * hours, 4 * hours, *[6 * hours] * 4]
    assert waits(HOLDING, 410, 1) == waits(HOLDING, 302, 1) == waits(HOLDING, 0, 1) == [10]


def test_the_older_policy_gives_up_and_blacklists() -> None:
    assert waits(OLDER, 503, 4) == [1200, 1800, 3000, None]
    assert OLDER.judge(503, 3).blacklisted
    assert OLDER.judge(410, 0) == Verdict()
    assert not OLDER.judge(404, 3).blacklisted


@pytest.mark.parametrize(
    ("status", "only_200", "any_2xx"), [(200, True, True), (202, False, True), (302, False, False)]
)
def test_which_status_acknowledges(status: int, *, only_200: bool, any_2xx: bool) -> None:
    assert Patience.under(Beliefs()).judge(status, 0).acknowledged is only_200
    takes = Beliefs().but(webhook_acknowledged="any_2xx")
    assert Patience.under(takes).judge(status, 0).acknowledged is any_2xx


def test_later_ones_wait_for_one_that_failed() -> None:
    line = Line().joined(1, NOON, Fate())
    line, outcome = line.answered(1, HOLDING.judge(500, 0), NOON, holds=True)
    assert (outcome, line.open, line.turn(NOON)) == (FAILED, False, None)
    assert line.next_due == NOON + timedelta(seconds=10)
    due = line.turn(NOON + timedelta(seconds=10))
    assert due is not None
    assert due.number == 1
    line, outcome = line.answered(1, FINE, NOON, holds=True)
    assert (outcome, line) == (ACKNOWLEDGED, Line())


def test_under_the_older_policy_others_pass() -> None:
    line, _ = Line().joined(1, NOON, Fate()).answered(1, OLDER.judge(500, 0), NOON, holds=False)
    assert line.open
    turn = line.joined(2, NOON, Fate()).turn(NOON)
    assert turn is not None
    assert turn.number == 2


def test_a_blacklisted_address_gets_nothing_any_more() -> None:
    line = Line().joined(1, NOON, Fate()).joined(2, NOON, Fate())
    line, outcome = line.answered(1, Verdict(blacklisted=True), NOON, holds=False)
    assert (outcome, line.waiting, line.open) == (GIVEN_UP, (), False)


def test_what_happens_on_purpose() -> None:
    assert Line().joined(1, NOON, Fate(drop=True)) == Line()
    late = Line().joined(1, NOON, Fate(late=LATE))
    assert (late.open, late.next_due, late.turn(NOON)) == (True, NOON + LATE, None)
    twice = Line().joined(1, NOON, Fate(twice=True))
    twice, outcome = twice.answered(1, FINE, NOON, holds=True)
    assert (outcome, twice.open) == (ACKNOWLEDGED, True)
    once_more = twice.turn(NOON)
    assert once_more is not None
    assert once_more.repeat
    assert twice.answered(1, HOLDING.judge(500, 0), NOON, holds=True) == (Line(), REPEATED)


def test_an_answer_that_nobody_waits_for_changes_nothing() -> None:
    line = Line().joined(2, NOON, Fate())
    assert line.answered(1, FINE, NOON, holds=True) == (line, DROPPED)


FATES = st.builds(Fate, drop=st.booleans(), twice=st.booleans(), late=st.none() | st.just(LATE))


@given(
    st.lists(st.tuples(FATES, st.lists(st.sampled_from([200, 500, 0, 410, 302]), max_size=5)), min_size=1, max_size=8),
    st.sampled_from([HOLDING, OLDER]),
)
def test_nothing_is_lost_and_nothing_is_sent_again_that_was_acknowledged(
    plan: list[tuple[Fate, list[int]]], patience: Patience
) -> None:
    """A receiver that refuses each notification some times, a clock that goes from due to due."""
    now, line, cut, outcomes = NOON, Line(), 0, []
    answers = {number: list(statuses) for number, (_, statuses) in enumerate(plan, 1)}
    while not line.blacklisted:
        if line.open and cut < len(plan):
            cut += 1
            line = line.joined(cut, now, plan[cut - 1][0])
        turn = line.turn(now)
        if turn is None:
            if line.next_due is None and cut == len(plan):
                break
            now = max(now, line.next_due or now)
            continue
        status = answers[turn.number].pop(0) if answers[turn.number] and not turn.repeat else 200
        line, outcome = line.answered(turn.number, patience.judge(status, turn.failures), now, holds=patience.holds)
        outcomes.append((turn.number, outcome))
    told = Counter(number for number, outcome in outcomes if outcome in {ACKNOWLEDGED, REPEATED})
    first = [number for number, outcome in outcomes if outcome == ACKNOWLEDGED]
    given_up = {number for number, outcome in outcomes if outcome == GIVEN_UP}
    for number, (fate, _) in enumerate(plan[:cut], 1):
        if fate.drop:
            assert told[number] == 0
        elif not line.blacklisted:
            assert told[number] == (0 if number in given_up else 2 if fate.twice else 1)
    assert len(first) == len(set(first))
    if patience.holds:
        assert not given_up
        assert cut == len(plan)
        on_time = [number for number in first if plan[number - 1][0].late is None]
        assert on_time == sorted(on_time)
