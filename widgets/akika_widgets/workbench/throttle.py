"""A growing pause after wrong passwords, for the name and for the address they came from."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 300.0
_FORGOTTEN_AFTER: Final = 3600.0
_MOST_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Wrong:
    times: int
    last: float

    @property
    def until(self) -> float:
        return self.last + min(LONGEST, 2.0 ** min(self.times - 1, 20))


class Throttle:
    """After the n-th wrong password in a row 2^(n-1) seconds pass before the next is looked at, five minutes at most.

    Names that nobody has are counted like others, so that the pause tells nothing about them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()

    def pause(self, *keys: str) -> float:
        """Seconds until any of the keys may try again; 0 when they may now."""
        ends = [wrong.until for wrong in (self._of(key) for key in keys) if wrong is not None]
        return max([0.0, *(end - self._clock() for end in ends)])

    def wrong(self, *keys: str) -> None:
        for key in keys:
            before = self._of(key)
            self._wrong[key] = _Wrong(before.times + 1 if before else 1, self._clock())
            self._wrong.move_to_end(key)
        while len(self._wrong) > _MOST_KEPT:
            self._wrong.popitem(last=False)

    def right(self, *keys: str) -> None:
        for key in keys:
            self._wrong.pop(key, None)

    def _of(self, key: str) -> _Wrong | None:
        found = self._wrong.get(key)
        return found if found is not None and self._clock() - found.last < _FORGOTTEN_AFTER else None
