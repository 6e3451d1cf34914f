"""The service's limits: requests a minute and a second, requests in flight, batches a minute.

Source: QuickBooks API, limits and throttles.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from akika_forensics.twin import faults


@dataclass(frozen=True, slots=True)
class Limits:
    a_minute: int = 500
    a_second: int = 10
    in_flight: int = 10
    batches_a_minute: int = 40


class Throttle:
    """Counts requests; one that is refused counts for nothing. Sliding windows of the company's own clock, in seconds."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._requests: deque[float] = deque()
        self._batches: deque[float] = deque()
        self._flying = 0

    def enter(self, *, batch: bool) -> None:
        """Raises GatewayFault 429; otherwise ``leave`` must follow."""
        with self._lock:
            now = self._clock()
            for window in (self._requests, self._batches):
                while window and not now - 60 < window[0] <= now:
                    window.popleft()
            lately = sum(1 for moment in self._requests if moment > now - 1)
            if (
                len(self._requests) >= self.limits.a_minute
                or lately >= self.limits.a_second
                or self._flying >= self.limits.in_flight
                or (batch and len(self._batches) >= self.limits.batches_a_minute)
            ):
                raise faults.throttled()
            self._requests.append(now)
            if batch:
                self._batches.append(now)
            self._flying += 1

    def leave(self) -> None:
        with self._lock:
            self._flying -= 1
