"""A clock of a client that nobody waits for: what is slept has passed at once, for all threads that look at it.

Waits between tries and the pace after a refusal are kept in its time to the second; a test does not sit them out.
"""

from __future__ import annotations

import threading
import time

from akika_forensics.quickbooks.limits import SystemClock


class HurriedClock(SystemClock):
    """Runs with the time of this machine, and on by whatever anybody sleeps; ``now`` is this machine's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead = 0.0

    def monotonic(self) -> float:
        with self._lock:
            return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        with self._lock:
            # Who sleeps meanwhile has slept as well: two that wait side by side do not wait twice.
            self._ahead = max(self._ahead, until - time.monotonic())
        time.sleep(0)  # others get their turn
