"""How far a long piece of work is, how fast it goes and how long it will still take, as one line for a person."""

from __future__ import annotations

import time
from collections.abc import Callable

_SETTLED_SECONDS = 1.0
"""Before this nothing is said of speed: the first moments tell of starting up."""


class Pace:
    """Stages come one after the other; those in ``in_bytes`` count bytes, the others count things."""

    def __init__(self, in_bytes: frozenset[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._in_bytes = in_bytes
        self._clock = clock
        self._stage = ""
        self._began = 0.0
        self._first = 0

    def line(self, what: str, done: int, total: int) -> str:
        """``files: 1.2 of 3.4 GB, 310 MB/s, 0:07 left``."""
        now = self._clock()
        if what != self._stage:
            self._stage, self._began, self._first = what, now, done
        counted = what in self._in_bytes
        parts = [f"{what}: {_amount(done, total) if counted else f'{done:,} of {total:,}'}"]
        passed, made = now - self._began, done - self._first
        if passed >= _SETTLED_SECONDS and made > 0 and done < total:
            rate = made / passed
            parts.append(f"{_bytes(rate)}/s" if counted else f"{rate:,.1f}/s")
            parts.append(f"{_time((total - done) / rate)} left")
        return ", ".join(parts)


_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def _scale(value: float) -> int:
    scale = 0
    while value >= 1000 and scale < len(_UNITS) - 1:
        value, scale = value / 1000, scale + 1
    return scale


def _bytes(value: float) -> str:
    scale = _scale(value)
    return f"{_digits(value / 1000**scale, scale)} {_UNITS[scale]}"


def _amount(done: int, total: int) -> str:
    scale = _scale(total)
    return f"{_digits(done / 1000**scale, scale)} of {_bytes(total)}"


def _digits(value: float, scale: int) -> str:
    return f"{value:.0f}" if scale == 0 or value >= 100 else f"{value:.1f}"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
