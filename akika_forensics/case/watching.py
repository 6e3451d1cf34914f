"""Captures on a schedule, sooner where QuickBooks told of changes, for as long as nobody stops it.

`Watch` is the loop: it knows companies by name, and of the world only its `Desk` and its clock. What goes wrong with one company
is said and waited out; what waiting does not mend ends it. Which companies there are, its `Roster` tells anew at each look.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from akika_forensics.case.budget import BudgetSpent
from akika_forensics.case.roster import Register, Roster
from akika_forensics.case.schedule import Manner, Schedule, Standing, Turn, turn, wait_after
from akika_forensics.errors import (
    AkikaError,
    Found,
    Interrupted,
    NewerFormat,
    Refused,
    SignInFailed,
    SignInUncertain,
    VaultLocked,
    WrongKey,
    WrongUse,
)

_log = logging.getLogger(__name__)

_GLANCE: Final = timedelta(seconds=30)
"""The clock on the wall is looked at this often: a machine that slept has lost count of how long it waits."""
_BUSY: Final = timedelta(minutes=1)
_ASK_AGAIN: Final = timedelta(hours=1)
"""What the month's reads allow is asked again this often: somebody may have raised the cap."""
_HOPELESS: Final = (WrongKey, WrongUse, NewerFormat, Found)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the month's reads allow of a company now: few controls, or nothing before a time."""

    sparing: bool = False
    not_before: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot that was taken, in a line for who watches; ``at``: when it began, as `Desk.newest` says it from now on."""

    complete: bool
    line: str
    at: datetime


class Desk(Register, Protocol):
    """What the loop asks of the world."""

    def hinted(self, name: str) -> tuple[datetime, datetime] | None:
        """When the first and the last hint came that no snapshot has answered."""
        ...

    def allowed(self, name: str, now: datetime) -> Allowed: ...

    def capture(self, name: str, *, sparing: bool, should_stop: Callable[[], bool]) -> Taken: ...


class Clock(Protocol):
    def now(self) -> datetime: ...

    def wait(self, seconds: float) -> None:
        """Returns early when somebody rings or wants to stop."""
        ...


class Watch:
    """``say`` is given a line each: a company or nothing, and what happened to it."""

    def __init__(
        self,
        desk: Desk,
        schedule: Schedule,
        manner: Manner,
        clock: Clock,
        *,
        say: Callable[[str, str], None],
        should_stop: Callable[[], bool],
    ) -> None:
        self._desk, self._schedule, self._manner, self._clock = desk, schedule, manner, clock
        self._say, self._should_stop = say, should_stop
        self._roster = Roster(desk, say)
        self._standing = self._roster.standing
        self._announced: dict[str, Turn] = {}
        self.taken = 0
        self.incomplete = 0
        self._put_off: dict[str, Allowed] = {}
        self._failures: dict[str, AkikaError] = {}
        self._unseen = ""
        self._goes_on = False

    @property
    def failed(self) -> AkikaError | None:
        """A failure that no capture of the same company has made good, a dead sign-in among them: what ``--once`` ends with."""
        return next(iter(self._failures.values()), None)

    def run(self) -> None:
        """Until somebody stops it. Raises what waiting does not mend: WrongKey, VaultDamaged, and WrongUse, as when the vault
        knows no company to watch any more. One without a sign-in that lives is waited for.
        """
        self._goes_on = True
        while not self._should_stop():
            now = self._clock.now()
            try:
                found = self._next(now)
            except (*_HOPELESS, Interrupted):
                raise
            except AkikaError as error:
                self._out_of_sight(error)
                continue
            self._unseen = ""
            if found is None:
                self._clock.wait(_GLANCE.total_seconds())
                continue
            name, next_turn = found
            if next_turn.at <= now:
                self._attend(name, next_turn.why)
                continue
            self._announce(name, next_turn, now)
            self._clock.wait(min(next_turn.at - now, _GLANCE).total_seconds())

    def _next(self, now: datetime) -> tuple[str, Turn] | None:
        """The company whose turn comes first; None where no sign-in lives."""
        self._look(now)
        try:
            return self._first(now) if self._standing else None
        except WrongUse:
            if not self._look(now):
                raise
        return self._next(now)

    def _look(self, now: datetime) -> tuple[str, ...]:
        """What the roster finds; a company that went leaves no failure behind."""
        gone = self._roster.look(now)
        for name in gone:
            self._failures.pop(name, None)
            self._put_off.pop(name, None)
        return gone

    def _out_of_sight(self, error: AkikaError) -> None:
        """What is known of the companies could not be read: the vault's medium may be away for a while."""
        if error.what != self._unseen:
            self._say("", f"waits. {error} It is looked again every half minute.")
        self._unseen = error.what
        self._clock.wait(_GLANCE.total_seconds())

    def once(self) -> None:
        """One capture of each company now, whatever the hour. Raises as `run`, and SignInFailed when no company has a sign-in
        that lives; other failures are in ``failed``. That somebody disconnected a company is said, and is no failure.
        """
        self._look(self._clock.now())
        for name in list(self._standing):
            if self._should_stop():
                return
            if name in self._standing:
                self._attend(name, "")
        self._roster.require_some()

    def _first(self, now: datetime) -> tuple[str, Turn]:
        turns = {
            name: turn(self._schedule, self._manner, replace(standing, hinted=self._desk.hinted(name)), now)
            for name, standing in self._standing.items()
        }
        return min(turns.items(), key=lambda one: one[1].at)

    def _announce(self, name: str, next_turn: Turn, now: datetime) -> None:
        if self._announced.get(name) != next_turn and next_turn.at - now > _GLANCE:
            self._announced = {name: next_turn}
            self._say(name, f"the next capture begins at {_hour(next_turn.at)}: {next_turn.why}.")

    def _attend(self, name: str, why: str) -> None:
        """A capture of one company, unless somebody took one meanwhile or the month's reads do not allow it now."""
        began = self._clock.now()
        standing, sign_in = self._standing[name], ""
        try:
            # A sign-in that somebody makes while the capture fails is another one than the dead.
            sign_in = self._desk.sign_in(name)
            if why and self._taken_by_another(name, began):
                return
            allowed = self._desk.allowed(name, began)
            if self._has_to_wait(name, standing, allowed, began):
                return
            self._put_off.pop(name, None)
            self._say(name, f"a capture begins{f': {why}' if why else ''}.{f' {allowed.why}' if allowed.why else ''}")
            taken = self._desk.capture(name, sparing=allowed.sparing, should_stop=self._should_stop)
        except Interrupted:
            if not self._should_stop():
                raise
        except AkikaError as error:
            self._met(error, name, standing, sign_in, began)
        except Exception as error:  # a watch outlives a fault of this software  # noqa: BLE001 -- it is said, and logged
            _log.debug("a capture failed", exc_info=True)
            self._failed(name, standing, AkikaError(f"Something unexpected happened ({type(error).__name__})."))
        else:
            self.taken += 1
            self.incomplete += not taken.complete
            self._failures.pop(name, None)
            self._standing[name] = Standing(last=taken.at)
            self._say(name, taken.line)

    def _met(self, error: AkikaError, name: str, standing: Standing, sign_in: str, began: datetime) -> None:
        """What a capture ended with, of a company whose sign-in had this mark. Raises what waiting does not mend."""
        match error:
            case VaultLocked():
                self._say(name, f"skipped. {error.what}{self._again('in a minute')}")
                self._standing[name] = replace(standing, not_before=began + _BUSY)
                self._failures[name] = error
            case SignInUncertain():
                self._failed(name, standing, error)
            case SignInFailed():
                self._failures[name] = error
                self._roster.lose(name, error, sign_in, began)
            case WrongUse():
                self._unless_gone(name, standing, error)
            case _ if isinstance(error, _HOPELESS):
                raise error
            case BudgetSpent():
                self._turned_out_too_large(name, standing, error)
            case _:
                self._failed(name, standing, error)

    def _has_to_wait(self, name: str, standing: Standing, allowed: Allowed, now: datetime) -> bool:
        """Whether the month's reads allow no capture now; said once, as long as nothing changes."""
        if allowed.not_before is None or allowed.not_before <= now:
            return False
        if self._put_off.get(name) != allowed:
            self._say(name, f"{allowed.why} The next capture begins at {_hour(allowed.not_before)}.")
        self._put_off[name] = allowed
        self._failures[name] = Refused(allowed.why, do="`akika budget` shows the month, and raises the cap.")
        self._standing[name] = replace(standing, not_before=min(allowed.not_before, now + _ASK_AGAIN))
        return True

    def _turned_out_too_large(self, name: str, standing: Standing, error: BudgetSpent) -> None:
        """A capture of what changed had to read everything. Tried again soon, it would use up by its beginnings what it is to leave."""
        now = self._clock.now()
        try:
            waits = self._has_to_wait(name, standing, self._desk.allowed(name, now), now)
        except _HOPELESS:
            raise
        except AkikaError as away:
            self._failed(name, standing, away)
            return
        if not waits:
            self._failed(name, standing, error)

    def _unless_gone(self, name: str, standing: Standing, error: WrongUse) -> None:
        """Raises the error, but where a company was erased since the last look: this one, or another that the month is reckoned with."""
        try:
            gone = self._look(self._clock.now())
        except _HOPELESS:
            raise
        except AkikaError as away:
            self._failed(name, standing, away)
            return
        if not gone:
            raise error

    def _taken_by_another(self, name: str, now: datetime) -> bool:
        """Whether a snapshot that this watch knew nothing of makes the capture unnecessary for now."""
        standing, newest = self._standing[name], self._desk.newest(name)
        if newest is None or (standing.last is not None and newest <= standing.last):
            return False
        met = replace(standing, last=newest)
        again = turn(self._schedule, self._manner, replace(met, hinted=self._desk.hinted(name)), now)
        if again.at <= now:
            return False
        self._standing[name] = met
        self._say(name, "somebody else has taken a snapshot meanwhile.")
        return True

    def _failed(self, name: str, standing: Standing, error: AkikaError) -> None:
        now, failures = self._clock.now(), standing.failures + 1
        self._standing[name] = replace(standing, failures=failures, failed=now)
        self._failures[name] = error
        self._say(name, f"failed. {error}{self._again(f'at {_hour(now + wait_after(failures))}')}")

    def _again(self, when: str) -> str:
        return f" It is tried again {when}." if self._goes_on else ""


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"
