"""How much of a document counts after each application, side by side, to the cent. Pure; whole cents throughout.

Rules 6 and 8 of docs/design/cash-basis.md.
"""

from __future__ import annotations

from collections.abc import Sequence


def counted(sides: Sequence[int], home: int, total: int, applied: int) -> list[int]:
    """What of each side counts once ``applied`` of ``total`` (in the document's currency) is applied.

    ``home`` is the total in home cents; the sides add up to it. Half a cent of the whole is rounded up; cents that are then missing go, one
    each, to the sides with the largest remainder, the earlier first among equals.
    """
    whole = rounded_up(home * applied, total)
    parts = [divmod(side * whole, home) for side in sides]
    shares = [share for share, _ in parts]
    missing = whole - sum(shares)
    order = sorted(range(len(sides)), key=lambda place: -parts[place][1])
    for place in order[:missing]:
        shares[place] += 1
    return shares


def cost(effect: int, total: int, applied: int) -> int:
    """What of a cost of stock counts: in proportion, half a cent away from zero."""
    value = rounded_up(abs(effect) * applied, total)
    return value if effect >= 0 else -value


def rounded_up(numerator: int, denominator: int) -> int:
    """A quotient of two whole numbers, half up."""
    return (2 * numerator + denominator) // (2 * denominator)
