"""The desk of a watch: real companies of a real vault."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from akika_forensics.capture import budget
from akika_forensics.capture.budget import Measure
from akika_forensics.case.budget import Budget, BudgetSpent, captures_left, kind_of
from akika_forensics.case.case import Case
from akika_forensics.case.hints import Hints, Kept, Pending, summed
from akika_forensics.case.plain_words import explained, stored
from akika_forensics.case.schedule import Every, Schedule
from akika_forensics.case.watching import Allowed, Taken
from akika_forensics.model import instants
from akika_forensics.model.instants import parse_instant
from akika_forensics.vault import SnapshotInfo

_LOOK: Final = 0.5
"""Seconds between two looks whether somebody wants to stop; a signal may ring no bell."""
_SETTLED: Final = timedelta(days=1)
"""A month tells nothing of its pace before this."""


class WallClock:
    """The time of this machine. `ring` ends a wait, from any thread."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self._should_stop = should_stop
        self._bell = threading.Event()

    def now(self) -> datetime:
        return instants.now()

    def ring(self) -> None:
        self._bell.set()

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._should_stop() and (left := until - time.monotonic()) > 0:
            if self._bell.wait(min(left, _LOOK)):
                self._bell.clear()
                return


class VaultDesk:
    """What `watching.Watch` asks, answered by a vault. ``names``: the companies that are watched; None for all that the vault knows
    at each look. ``schedule`` says how many captures a month still brings; ``clock``: of the watch.

    A snapshot tells when it began by QuickBooks' clock, and a watch waits by this machine's, which may be wrong: what this desk
    took is dated by this machine, and what others took lies at the latest in the moment in which it was first seen here.
    """

    def __init__(
        self, case: Case, names: Sequence[str] | None, schedule: Schedule, clock: Callable[[], datetime] = instants.now
    ) -> None:
        self._clock = clock
        self._began: dict[str, datetime] = {}
        self._vault = case.vault
        self._names = names
        self._cases: dict[str, Case] = {}
        self._too_large: dict[str, str] = {}
        """After which snapshot the next capture of a company has to read everything, which was more than the month allowed."""
        self._budget: Budget = case.budget
        self._companies = case.companies
        self._schedule = schedule
        self.hints = Hints(case.vault, case.companies)

    def names(self) -> tuple[str, ...]:
        known = self._companies.names()
        return known if self._names is None else tuple(name for name in self._names if name in known)

    def sign_in(self, name: str) -> str:
        return self._companies.sign_in(name)

    def newest(self, name: str) -> datetime | None:
        info = self._newest(name)
        return self._began_at(info) if info else None

    def _began_at(self, info: SnapshotInfo) -> datetime:
        return self._began.setdefault(info.digest, min(info.taken_at, self._clock()))

    def hinted(self, name: str) -> tuple[datetime, datetime] | None:
        found = self._waiting(name)
        return (found.first, found.last) if found else None

    def allowed(self, name: str, now: datetime) -> Allowed:
        if self._budget.cap is None:
            return Allowed()
        wanted = {one: self._to_come(one, now) for one in self._companies.names()}
        ends = budget.month_ends(now)
        if self._too_large.get(name) == self._newest_digest(name):
            try:
                self._budget.allow(name, full=True, reserve=True, now=now)
            except BudgetSpent:
                why = "A capture has to read everything, and the month's reads allow that only with what is kept for the day on which something happens."
                return Allowed(sparing=True, not_before=ends, why=why)
        decision = self._budget.month(now, wanted, reserve=True).decision
        match decision.measure:
            case Measure.WHOLE:
                return Allowed()
            case Measure.FEW_CONTROLS:
                return Allowed(sparing=True, why="It takes few controls, so that the month's reads last.")
            case Measure.RARER:
                last = self.newest(name)
                period = (ends - now) / wanted[name] if wanted[name] else ends - now
                apart = budget.spaced(period, decision.share, ends - now)
                why = f"The month's reads last for {decision.share:.0%} of the captures."
                return Allowed(sparing=True, not_before=last + apart if last else None, why=why)
            case Measure.NONE:
                why = "The month's reads are used up, but for what is kept for the day on which something happens."
                return Allowed(sparing=True, not_before=ends, why=why)

    def capture(self, name: str, *, sparing: bool, should_stop: Callable[[], bool]) -> Taken:
        case = self._case(name)
        waited, began = self._waiting(name), self._clock()
        try:
            info = case.capture(why="by the watch", sparing=sparing, reserve=True, should_stop=should_stop)
        except BudgetSpent:
            self._too_large[name] = self._newest_digest(name)
            raise
        self._began[info.digest] = began
        self.hints.answered(name, info, began)
        cost = case.budget.cost(name, info)
        told = f" QuickBooks had told of {summed(waited.what)}." if waited else ""
        ending = "".join(f" {word}" for word in self._companies.warnings(name))
        whole = "" if info.complete else f" It is NOT complete: {_first_problem(info)}"
        return Taken(
            info.complete,
            f"snapshot {info.id} ({kind_of(info)}): {info.records:,} records, {info.new_versions:,} new versions, {cost.once:,} reads.{told}{whole}{ending}",
            began,
        )

    def _newest_digest(self, name: str) -> str:
        newest = self._newest(name)
        return newest.digest if newest else ""

    def _case(self, name: str) -> Case:
        """Always the same one: what could not be counted of a capture is counted with the next."""
        if name not in self._cases:
            self._cases[name] = Case(self._vault, name)
        return self._cases[name]

    def _waiting(self, name: str) -> Pending | None:
        newest = self._newest(name)
        return self.hints.pending(name, newest, None if newest is None else self._began_at(newest))

    def _to_come(self, name: str, now: datetime) -> float:
        """Captures until the month ends: as many as the schedule brings, or as the month's pace so far if that is faster."""
        left = captures_left(now, period_of(self._schedule))
        month = budget.month_of(now)
        runs = [run for run in self._companies.spending(name).runs() if budget.month_of(parse_instant(run.at)) == month]
        if runs:
            passed = now - parse_instant(runs[0].at)
            if passed >= _SETTLED:
                left = max(left, len(runs) * ((budget.month_ends(now) - now) / passed))
        return left

    def _newest(self, name: str) -> SnapshotInfo | None:
        mine = [info for info in self._case(name).snapshots() if not info.scoped]
        return mine[-1] if mine else None


def period_of(schedule: Schedule) -> timedelta:
    """How far apart captures lie, on the average of a day."""
    return schedule.period if isinstance(schedule, Every) else timedelta(days=1) / len(schedule.times)


def came(kept: Kept) -> str:
    """What a notification told, in a line; empty when all of it was known."""
    told = [f"{number} of {name}" for name, number in sorted(kept.new.items()) if number]
    return f"QuickBooks told of changes: {', '.join(told)}." if told else ""


def _first_problem(info: SnapshotInfo) -> str:
    problems = [explained(stored(one)) for one in info.findings if one.get("severity") == "problem"]
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    if not problems:
        return "it does not say why."
    first = problems[0]
    return " ".join(part for part in (f"{first.what}{more}", first.means, first.do) if part)
