"""Work that goes on beside the caller: one piece at a time, in one thread, in the order in which it was given.

What changes a medium stays in one order that way, as long as whoever gives work away settles it before changing
something there himself.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Beside:
    """Not for several threads to give work to.

    What a piece of work raises, the next call raises, and each after that: what was to follow it is not done.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._pool: ThreadPoolExecutor | None = None
        self._going: Future[None] | None = None

    def give(self, work: Callable[[], None]) -> None:
        """Begin with it once what was given before is done, for which this waits."""
        self.settle()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix=self._name)
        self._going = self._pool.submit(work)

    def settle(self) -> None:
        """Wait until all is done."""
        if self._going is not None:
            self._going.result()
            self._going = None

    def close(self) -> None:
        """Wait until nothing goes on any more, whatever became of it; then end the thread."""
        if self._pool is not None:
            self._pool.shutdown()
