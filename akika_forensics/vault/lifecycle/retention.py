"""Which snapshots a policy keeps, and why each one. Pure; a decision about snapshots of any number of companies.

Each rule looks at the complete snapshots of one company, the newest first, and keeps the newest of each of the last N
calendar periods that have one; ``last`` keeps the last N. The rules do not see what others keep. Where a rule of periods
finds fewer than N, it keeps the oldest snapshot too, which so ages until a later one stands for its period.
Source: restic, "Removing backup snapshots" (keep-last … keep-yearly, and the oldest since 0.17); ``borg help prune`` for
the oldest and for incomplete archives, which count for no rule there either. Weeks are those of ISO 8601.

Beyond the rules these stay: the newest snapshot of each company; the newest complete one, and incomplete ones after it;
what a legal hold covers; what is protected, because something signed refers to it; what bears a time after ``now``,
because a clock that was wrong must not push others out: for the same reason it counts for no rule.

A snapshot of some records alone counts for no rule and is never the newest complete one: no day is told by it. It stays
as long as any snapshot of the whole company that is older than it, and where there never was one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from akika_forensics.vault.lifecycle.holds import Hold
from akika_forensics.vault.lifecycle.policy import EVERY, Policy, zone_of

type Bucket = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored snapshot. ``number`` is the place of its commit in the chain: what was committed later is newer."""

    id: str
    number: int
    company: str
    taken_at: datetime
    complete: bool
    scoped: bool = False
    """Of some records alone."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``kept`` names for each snapshot why it stays, at least one reason; ``dropped`` are the others, oldest first."""

    kept: dict[str, tuple[str, ...]]
    dropped: tuple[str, ...]


def decide(
    snapshots: Iterable[Candidate],
    policy: Policy,
    *,
    holds: Collection[Hold] = (),
    protected: Collection[str] = (),
    now: datetime,
) -> Decision:
    """What ``policy`` keeps of each company. ``protected`` are ids that a plan, an approval or the like refers to."""
    ordered = sorted(snapshots, key=lambda one: (one.company, one.number))
    reasons: dict[str, list[str]] = {one.id: [] for one in ordered}
    for _, group in groupby(ordered, key=lambda one: one.company):
        mine = tuple(group)
        for one, reason in (*_by_rule(mine, policy, now), *_always(mine, now)):
            reasons[one.id].append(reason)
    for one in ordered:
        reasons[one.id].extend(f"legal hold {hold.name}" for hold in holds if hold.covers(one.company, one.id))
        if one.id in protected:
            reasons[one.id].append("referred to by something signed")
    for _, group in groupby(ordered, key=lambda one: one.company):
        whole: list[bool] = []
        for one in group:
            if not one.scoped:
                whole.append(bool(reasons[one.id]))
            elif any(whole) or not whole:
                reasons[one.id].append("of some records, as old as what is kept")
    by_number = sorted(ordered, key=lambda one: one.number)
    kept = {one.id: tuple(reasons[one.id]) for one in by_number if reasons[one.id]}
    return Decision(kept, tuple(one.id for one in by_number if one.id not in kept))


def _always(mine: Sequence[Candidate], now: datetime) -> Iterable[tuple[Candidate, str]]:
    yield mine[-1], "newest"
    complete = [one for one in mine if one.complete and not one.scoped]
    if complete:
        yield complete[-1], "newest complete"
    for one in mine:
        if not one.complete and (not complete or one.number > complete[-1].number):
            yield one, "incomplete, with no complete one after it"
        if one.taken_at > now:
            yield one, "dated in the future"


def _by_rule(mine: Sequence[Candidate], policy: Policy, now: datetime) -> Iterable[tuple[Candidate, str]]:
    counted = [one for one in mine if one.complete and not one.scoped and one.taken_at <= now]
    counted.sort(key=lambda one: (one.taken_at, one.number), reverse=True)
    for name, number in policy.rules:
        if name == "last":
            yield from ((one, name) for one in (counted if number == EVERY else counted[:number]))
        else:
            yield from _by_period(counted, name, number, policy.zone)


def _by_period(counted: Sequence[Candidate], name: str, number: int, zone: str) -> Iterable[tuple[Candidate, str]]:
    seen: set[Bucket] = set()
    where = zone_of(zone)
    for one in counted:
        if len(seen) == number:
            return
        bucket = _PERIODS[name](one.taken_at.astimezone(where))
        # A set, because where a zone moved its clocks back over midnight a day can come twice.
        if bucket not in seen:
            seen.add(bucket)
            yield one, name
    if counted and len(seen) != number:
        yield counted[-1], f"oldest of {name}"


def _week(at: datetime) -> Bucket:
    year, week, _ = at.isocalendar()
    return (year, week)


_PERIODS: Final[dict[str, Callable[[datetime], Bucket]]] = {
    "daily": lambda at: (at.year, at.month, at.day),
    "weekly": _week,
    "monthly": lambda at: (at.year, at.month),
    "yearly": lambda at: (at.year,),
}
