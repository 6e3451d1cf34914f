"""How fast we may ask, how long we wait, how often we try again; and the clock all of it runs by."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol, Self
from weakref import WeakValueDictionary

from akika_forensics.errors import Interrupted
from akika_forensics.model import instants


class Clock(Protocol):
    def monotonic(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...
    def now(self) -> datetime: ...


class SystemClock:
    """The time of this machine."""

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def now(self) -> datetime:
        return instants.now()


_SYSTEM: Final = SystemClock()

_SLACK: Final = 1.02
"""Our windows are a little longer than QuickBooks': requests bunch up on their way."""

_MOST_EVEN: Final = 0.9
"""Share of the allowance of a second that evenly spaced requests use up; the rest is for bunching."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Pace, patience and retries of one company; a pace of None is no limit.

    Source: QuickBooks API, limits: 500 requests a minute, 10 a second and 10 at once, 40 batches a minute, after a 429
    wait 60 s, the server gives up after 120 s. We keep one fewer at once: ours has ended before the server knows.
    ``read_timeout`` is between two bytes, ``answer_timeout`` for all of an answer: 30 MB over a slow line.
    """

    per_minute: int | None = 500
    per_second: int | None = 10
    batches_per_minute: int | None = 40
    in_flight: int = 9
    attempts: int = 6
    throttle_attempts: int = 8
    throttle_wait: float = 60.0
    throttle_scale: float = 1.0
    backoff: float = 0.5
    backoff_cap: float = 30.0
    read_timeout: float = 130.0
    answer_timeout: float = 900.0
    connect_timeout: float = 15.0
    clock: Clock = _SYSTEM
    after_refusal: Limits | None = None
    """The limits whose pace is kept from the first 429 on; None changes nothing."""

    def unpaced(self) -> Self:
        """The same patience and short waits, without a pace until the first 429: for a server on this machine.

        It may set no limits; where it does set them, it sets QuickBooks'.
        """
        return replace(
            self,
            per_minute=None,
            per_second=None,
            batches_per_minute=None,
            backoff=self.backoff / 10,
            backoff_cap=self.backoff_cap / 10,
            after_refusal=self,
        )


class _Window:
    """At most ``count`` in any ``seconds``."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._seconds = count, seconds * _SLACK
        self._taken: deque[float] = deque()

    def delay(self, now: float) -> float:
        # The very sum that is given back below: two roundings of it would let one more through at the same moment.
        while self._taken and self._taken[0] + self._seconds - now <= 0:
            self._taken.popleft()
        if len(self._taken) < self._count:
            return 0.0
        return self._taken[0] + self._seconds - now

    def take(self, now: float) -> None:
        self._taken.append(now)


class _Spacing:
    """Evenly spaced turns, one of which may be made up for when it came late.

    A burst that leaves within an allowed second may arrive within less than one.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = float("-inf")

    def delay(self, now: float) -> float:
        return self._next - now

    def take(self, now: float) -> None:
        self._next = max(self._next, now - self._seconds) + self._seconds


class Allowance:
    """The turns of one company: all readers and writers of a process share them."""

    def __init__(self, limits: Limits) -> None:
        self.slots = threading.BoundedSemaphore(limits.in_flight)
        self._lock = threading.Lock()
        self._paused_until = float("-inf")
        self._after_refusal = limits.after_refusal
        self._keep(limits)

    def _keep(self, limits: Limits) -> None:
        self._windows: list[_Window | _Spacing] = []
        if limits.per_minute is not None:
            self._windows.append(_Window(limits.per_minute, 60.0))
        if limits.per_second is not None:
            self._windows.append(_Window(limits.per_second, 1.0))
        gaps = [60.0 / limits.per_minute] if limits.per_minute else []
        gaps += [1.0 / limits.per_second / _MOST_EVEN] if limits.per_second else []
        if gaps:
            self._windows.append(_Spacing(max(gaps) * _SLACK))
        self._batches: list[_Window | _Spacing] = []
        if limits.batches_per_minute is not None:
            self._batches.append(_Window(limits.batches_per_minute, 60.0))

    def refused(self, until: float) -> None:
        """The company answered 429: nobody gets a turn before ``until``, and from then on all keep its pace."""
        with self._lock:
            self._paused_until = max(self._paused_until, until)
            if self._after_refusal is not None:
                self._keep(self._after_refusal)
                self._after_refusal = None

    def take(self, clock: Clock, *, batch: bool) -> float:
        """Take a turn and return 0, or return how many seconds to wait before asking again."""
        with self._lock:
            windows = self._windows + self._batches if batch else self._windows
            now = clock.monotonic()
            delay = max([self._paused_until - now, *(window.delay(now) for window in windows)])
            if delay > 0:
                return delay
            for window in windows:
                window.take(now)
            return 0.0


_Key = tuple[str, int | None, int | None, int | None, int, int]
_ALLOWANCES: Final[WeakValueDictionary[_Key, Allowance]] = WeakValueDictionary()
_ALLOWANCES_GUARD: Final = threading.Lock()


def allowance_of(company_url: str, limits: Limits) -> Allowance:
    """The allowance of a company at these limits; the same one for everybody in this process."""
    pace = limits.per_minute, limits.per_second, limits.batches_per_minute, limits.in_flight
    key: _Key = (company_url, *pace, id(limits.clock))
    with _ALLOWANCES_GUARD:
        found = _ALLOWANCES.get(key)
        if found is None:
            found = _ALLOWANCES[key] = Allowance(limits)
        return found


_GLANCE: Final = 0.5
"""A wait is looked up from this often, in seconds, to see whether the user wants to stop."""


class Pace:
    """Hands out turns to all threads of one reader or writer, and the waits between tries; counts the turns.

    After ``stop`` every wait and every turn raises Interrupted.
    """

    def __init__(self, limits: Limits, allowance: Allowance | None = None) -> None:
        self._clock = limits.clock
        self._allowance = allowance or Allowance(limits)
        self._lock = threading.Lock()
        self._turns = 0
        self._stopped = threading.Event()

    @property
    def turns(self) -> int:
        """Requests that left, each try counted."""
        return self._turns

    def refused(self, seconds: float) -> None:
        """The company answered 429: nobody gets a turn before ``seconds`` have passed."""
        self._allowance.refused(self._clock.monotonic() + seconds)

    def stop(self) -> None:
        """End all waits; nothing more leaves."""
        self._stopped.set()

    def wait(self, seconds: float) -> None:
        """Sleep, unless the user wants to stop."""
        until = self._clock.monotonic() + seconds
        while (left := until - self._clock.monotonic()) > 0:
            self._check()
            self._clock.sleep(min(left, _GLANCE))

    @contextmanager
    def turn(self, *, batch: bool = False) -> Iterator[None]:
        """Waits for a slot and a turn; the slot is held until the block ends."""
        with self._allowance.slots:
            self._check()
            while (delay := self._allowance.take(self._clock, batch=batch)) > 0:
                self._clock.sleep(min(delay, _GLANCE))
                self._check()
            with self._lock:
                self._turns += 1
            yield

    def _check(self) -> None:
        if self._stopped.is_set():
            raise Interrupted("The reading was stopped.", means="Nothing was changed.")
