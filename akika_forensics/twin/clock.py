"""The company's clock: the machine's time moved by an offset, or stopped; what takes a year elsewhere takes no time here.

Everything of the twin that knows a time asks it: stamps of records, tokens, windows of the limits, the change feed,
links for a download, the month of the metering.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import format_instant, now, parse_instant

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where the clock stands against the machine's; ``frozen`` is the instant it stopped at, ``floor`` the last stamp."""

    offset: timedelta = timedelta(0)
    frozen: datetime | None = None
    floor: datetime = _BEGINNING

    def as_dict(self) -> dict[str, Any]:
        return {
            "offset_us": self.offset // timedelta(microseconds=1),
            "frozen": format_instant(self.frozen) if self.frozen else None,
            "floor": format_instant(self.floor),
        }

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> Self:
        frozen = found["frozen"]
        return cls(
            timedelta(microseconds=found["offset_us"]),
            parse_instant(frozen) if frozen else None,
            parse_instant(found["floor"]),
        )


class VirtualClock:
    """Callable: the company's time, aware. Thread-safe.

    ``base`` is the time it stands on, the machine's unless a test gives another. The clock may be set back;
    the stamps of records are not: ``stamp`` never gives less than it gave before. ``watchers`` are told when it was
    set, advanced, stopped or released.
    """

    def __init__(self, base: Callable[[], datetime] = now) -> None:
        self._base = base
        self._moved = threading.Condition(threading.RLock())
        # Of its own: stamps are taken inside the company's transactions, and a change of the clock opens one.
        self._stamping = threading.Lock()
        self._state = ClockState()
        self._latest = _BEGINNING
        self.on_change: Callable[[ClockState], None] | None = None
        self.watchers: set[Callable[[], None]] = set()

    def __call__(self) -> datetime:
        state = self._state
        return state.frozen if state.frozen is not None else self._base() + state.offset

    def stamp(self) -> datetime:
        """The time to write on a record."""
        with self._stamping:
            self._latest = max(self(), self._latest)
            return self._latest

    @property
    def frozen(self) -> bool:
        return self._state.frozen is not None

    @property
    def offset(self) -> timedelta:
        """How far it is ahead of what it stands on, to the second."""
        return _SECOND * round((self() - self._base()) / _SECOND)

    def advance(self, by: timedelta) -> None:
        """Raises WrongUse for a negative ``by`` and beyond the last year a calendar has."""
        if by < timedelta(0):
            raise WrongUse("The clock is advanced by no less than 0 seconds.", do="Set it to an instant to go back.")
        try:
            with self._moved:
                state = self._state
                frozen = state.frozen + by if state.frozen is not None else None
                self._base() + state.offset + by
                self._become(ClockState(state.offset + by, frozen, self._latest))
        except OverflowError:
            raise WrongUse("The clock cannot be advanced beyond the year 9999.") from None

    def set(self, instant: datetime) -> None:
        """Go on from ``instant``, or stand at it when the clock is frozen. Raises WrongUse for a time without a zone."""
        if instant.tzinfo is None:
            raise WrongUse("A time without a zone says no instant.", do="Write for example 2026-03-02T09:00:00Z.")
        with self._moved:
            frozen = instant if self.frozen else None
            self._become(ClockState(instant - self._base(), frozen, self._latest))

    def freeze(self) -> None:
        with self._moved:
            self._become(ClockState(self._state.offset, self(), self._latest))

    def release(self) -> None:
        """Go on from where it stands."""
        with self._moved:
            if self._state.frozen is not None:
                self._become(ClockState(self._state.frozen - self._base(), None, self._latest))

    def wait(self, seconds: float) -> None:
        """Until the clock has gone on by ``seconds``: as long in a room without hands on it, and at once when advanced.

        A frozen clock holds nobody longer than the time itself would.
        """
        until = self() + timedelta(seconds=seconds)
        with self._moved:
            self._moved.wait_for(lambda: self() >= until, timeout=seconds)

    def copy(self) -> VirtualClock:
        """Another clock that stands where this one does and goes its own way."""
        other = VirtualClock(self._base)
        other._state, other._latest = self._state, self._latest
        return other

    def restore(self, state: ClockState) -> None:
        """Stand as it stood when the company's file was written."""
        with self._moved:
            self._state = state
            self._latest = max(self._latest, state.floor)

    def _become(self, state: ClockState) -> None:
        self._state = state
        self._moved.notify_all()
        if self.on_change is not None:
            self.on_change(state)
        for watcher in tuple(self.watchers):
            watcher()
