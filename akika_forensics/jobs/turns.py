"""Jobs that must not run side by side take turns, in the order they came."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable


class Turns:
    """Queues by name. The vault's lock is the process's, so two jobs on one vault need turns of their own."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queues: defaultdict[str, deque[str]] = defaultdict(deque)

    def join(self, queue: str, ticket: str) -> None:
        with self._changed:
            self._queues[queue].append(ticket)

    def wait(self, queue: str, ticket: str, *, unless: Callable[[], bool]) -> None:
        """Wait until the ticket is first in its queue, or until ``unless`` comes true (see `nudge`)."""
        with self._changed:
            self._changed.wait_for(lambda: unless() or self._queues[queue][0] == ticket)

    def leave(self, queue: str, ticket: str) -> None:
        with self._changed:
            self._queues[queue].remove(ticket)
            if not self._queues[queue]:
                del self._queues[queue]
            self._changed.notify_all()

    def nudge(self) -> None:
        """Let everyone who waits look again."""
        with self._changed:
            self._changed.notify_all()
