"""Money is ``Decimal``; two decimals on paper, exact inside."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

ZERO: Final = Decimal(0)
CENT: Final = Decimal("0.01")
_LARGEST_EXPONENT: Final = 100
_ROUNDED: Final = Context(prec=2 * _LARGEST_EXPONENT, rounding=ROUND_HALF_UP).quantize


def money(value: Any) -> Decimal:
    """A decoded JSON number, a string or nothing as ``Decimal``; absent and empty are zero.

    Raises ``TypeError`` on a binary float and ``ValueError`` on text that is no number or none that could be money.
    """
    if value.__class__ is Decimal:  # nearly always: comparing one with a text takes longer than all the rest
        number: Decimal = value
    elif value is None or value == "":
        return ZERO
    elif isinstance(value, bool | float):
        raise TypeError(f"{value!r} is not money: binary floats and booleans are refused")
    elif isinstance(value, str) and ("_" in value or not value.isascii()):
        raise ValueError(f"{value!r} is not an amount")
    else:
        try:
            number = Decimal(value)
        except ArithmeticError as error:
            raise ValueError(f"{value!r} is not an amount") from error
    if not number.is_finite() or (number and number.adjusted() > _LARGEST_EXPONENT):
        raise ValueError(f"{value!r} is not an amount")
    return number


def cents(value: Decimal) -> Decimal:
    """Rounded to the cent, half away from zero."""
    return _ROUNDED(value, CENT)


def money_text(value: Decimal) -> str:
    """``"1234.50"``: two decimals, no grouping; never ``-0.00``."""
    rounded = cents(value)
    return f"{ZERO if rounded == 0 else rounded:.2f}"
