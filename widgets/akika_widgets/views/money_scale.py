"""A scale of amounts for pictures: round marks from the least to the most, zero always among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from akika_forensics.model.money import ZERO
from akika_widgets.views.wording import MINUS, amount

_MOST: Final = 5
"""Steps that a scale has at most on either side of zero."""
_STEPS: Final = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_SHORT: Final = ((12, "T"), (9, "bn"), (6, "m"))
_FULL: Final = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Scale:
    """From ``low`` to ``high``, which are marks themselves; ``marks`` go upwards and hold zero."""

    low: Decimal
    high: Decimal
    marks: tuple[Decimal, ...]

    def share(self, value: Decimal) -> float:
        """Where a value stands: 0 at the low end, 1 at the high end."""
        return float((min(max(value, self.low), self.high) - self.low) / (self.high - self.low))


def scale_of(values: Iterable[Decimal]) -> Scale:
    """A scale that holds all values and zero. Without any, or with zeros alone, it goes from 0 to 1."""
    held = [ZERO, *values]
    low, high = min(held), max(held)
    if low == high:
        return Scale(ZERO, Decimal(1), (ZERO, Decimal(1)))
    step = _step(max(high, -low))
    first, last = -_up(-low / step), _up(high / step)
    marks = tuple(step * place for place in range(first, last + 1))
    return Scale(marks[0], marks[-1], marks)


def _step(most: Decimal) -> Decimal:
    power = Decimal(1).scaleb(most.adjusted() - 1)
    return next(factor * power for factor in (*_STEPS, *(10 * one for one in _STEPS)) if factor * power * _MOST >= most)


def _up(value: Decimal) -> int:
    whole = int(value)
    return whole + 1 if value > whole else whole


def brief(value: Decimal, *, sign: bool = False) -> str:
    """An amount for a narrow place: whole units, and millions as ``1.25m``. The exact one has to stand elsewhere."""
    size = abs(value)
    before = MINUS if value < 0 else "+" if sign and value > 0 else ""
    if size < _FULL:
        whole = size.quantize(Decimal(1))
        return amount(value, sign=sign) if size and size < 1 else f"{before if whole else ''}{whole:,}"
    if size.adjusted() >= 15:
        return f"{before}{size:.2e}"
    power, word = next((power, word) for power, word in _SHORT if size.adjusted() >= power)
    return f"{before}{_three(size.scaleb(-power))}{word}"


def _three(value: Decimal) -> str:
    """Three digits that count, or more before the point."""
    text = f"{value:.{max(0, 2 - max(value.adjusted(), 0))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
