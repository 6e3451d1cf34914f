"""A watch on a machine whose clock is wrong: captures come as often as they should, and no hint is taken for answered."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.case.hints import Hint
from akika_forensics.case.schedule import At, Every, Manner, read_hours
from akika_forensics.case.watched import VaultDesk
from akika_forensics.case.watching import Watch
from akika_forensics.model.instants import format_instant

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Machine:
    """Its clock lies ``ahead`` of QuickBooks'; its case takes snapshots that are dated by QuickBooks."""

    def __init__(self, ahead: timedelta, hours: int) -> None:
        self.true, self.ahead, self.until = NOW, ahead, NOW + hours * HOUR
        self.taken: list[Any] = [self._snapshot(NOW - HOUR / 2)]
        self.said: list[str] = []

    def _snapshot(self, at: datetime) -> Any:
        number = len(self.taken) if hasattr(self, "taken") else 0
        return SimpleNamespace(
            id=f"s{number}", digest=f"d{number}", taken_at=at, scoped=False, complete=True, records=1, new_versions=0,
            fence={"kind": "full"},
        )  # fmt: skip

    def now(self) -> datetime:
        return self.true + self.ahead

    def wait(self, seconds: float) -> None:
        self.true += timedelta(seconds=seconds)

    def capture(self, **_: Any) -> Any:
        self.true += timedelta(seconds=3)  # a token is renewed before QuickBooks names its time
        self.taken.append(self._snapshot(self.true))
        self.true += timedelta(minutes=4)
        return self.taken[-1]

    def desk(self, schedule: Every | At) -> VaultDesk:
        desk = VaultDesk.__new__(VaultDesk)
        desk._clock, desk._began, desk._schedule = self.now, {}, schedule
        desk.hints = SimpleNamespace(pending=lambda *_: None, answered=lambda *_: 0)  # type: ignore[assignment]
        cost = SimpleNamespace(cost=lambda *_: SimpleNamespace(once=1))
        case = SimpleNamespace(snapshots=lambda: self.taken, capture=self.capture, budget=cost)
        desk._cases, desk._names = {"craig": case}, ("craig",)  # type: ignore[dict-item]
        known = SimpleNamespace(warnings=lambda _: (), names=lambda: ("craig",), sign_in=lambda _: "one")
        desk._companies = known  # type: ignore[assignment]
        desk._budget = SimpleNamespace(cap=None)  # type: ignore[assignment]
        return desk

    def watch(self, schedule: Every | At) -> list[timedelta]:
        """When captures began, since the watch did."""
        said: Callable[[str, str], None] = lambda _name, line: self.said.append(line)  # noqa: E731
        Watch(
            self.desk(schedule),
            schedule,
            Manner(),
            self,
            say=said,
            should_stop=lambda: self.true >= self.until,
        ).run()
        return [one.taken_at - NOW for one in self.taken[1:]]


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=-2), -5 * HOUR, timedelta(days=-3)], ids=str)
def test_a_clock_that_is_behind_puts_no_capture_off_for_ever(ahead: timedelta) -> None:
    """A snapshot that seems to lie ahead was taken at the latest now; by the next one this machine dates its own."""
    machine = Machine(ahead, 10)
    times = machine.watch(Every(3 * HOUR))
    assert len(times) == 3
    assert times[0] <= 3 * HOUR + timedelta(minutes=1)
    assert not [line for line in machine.said if "somebody else" in line]


@pytest.mark.parametrize("ahead", [timedelta(0), -5 * HOUR, timedelta(days=-3)], ids=str)
def test_nor_hours_of_the_day(ahead: timedelta) -> None:
    machine = Machine(ahead, 48)
    assert len(machine.watch(read_hours(["02:00", "14:00"], UTC))) == 4


@given(ahead=st.timedeltas(timedelta(days=-40), timedelta(days=40)), every=st.integers(60, 24 * 60))
def test_whatever_the_clock_says_captures_are_a_period_apart(ahead: timedelta, every: int) -> None:
    period = timedelta(minutes=every)
    machine = Machine(timedelta(seconds=int(ahead.total_seconds())), 60)
    times = machine.watch(Every(period))
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert all(period <= gap + timedelta(seconds=1) <= period + timedelta(minutes=1) for gap in gaps)
    assert times[0] <= period + timedelta(minutes=1)


def test_what_somebody_else_takes_is_still_seen() -> None:
    machine = Machine(-5 * HOUR, 7)
    taken = machine.capture

    def wait(seconds: float) -> None:
        machine.true += timedelta(seconds=seconds)
        if len(machine.taken) == 1 and machine.true >= NOW + 2 * HOUR:
            taken()

    machine.wait = wait  # type: ignore[method-assign]
    machine.watch(Every(3 * HOUR))
    assert any("somebody else has taken a snapshot" in line for line in machine.said)
    assert len(machine.taken) == 3


def test_a_hint_without_a_time_is_held_against_this_machines_clock() -> None:
    began = NOW - 3 * HOUR  # QuickBooks says NOW
    during = Hint("m", format_instant(began + timedelta(minutes=2)), "", "Invoice:130")
    assert not during.answered_by(NOW, began)
    assert replace_came(during, began - timedelta(minutes=2)).answered_by(NOW, began)
    timed = Hint("m", format_instant(began), format_instant(NOW - HOUR), "Invoice:130")
    assert timed.answered_by(NOW, began)


def replace_came(hint: Hint, came: datetime) -> Hint:
    return Hint(hint.mark, format_instant(came), hint.at, hint.what)
