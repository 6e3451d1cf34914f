"""How much of a document counts when a part of it is paid: rule 6 and 8 of docs/design/cash-basis.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def counted(sides: Sequence[int], held: int, total: int, applied: int) -> list[int]:
    """What counts of each side after ``applied`` of ``total``, in cents; together ``held * applied / total``, half up.

    ``held`` is what the sides sum to and is positive. Each counts with its floor; the cents that are then missing go,
    one each, to the largest remainders, the earlier side first.
    """
    whole = _half_up(held * applied, total)
    found = [side * whole // held for side in sides]
    missing = whole - sum(found)
    by_rest = sorted(range(len(sides)), key=lambda one: (-(sides[one] * whole % held), one))
    for one in by_rest[:missing]:
        found[one] += 1
    return found


def stock(cents: int, total: int, applied: int) -> int:
    """What counts of a cost of ``cents``, half away from zero."""
    sign = -1 if cents < 0 else 1
    return sign * _half_up(abs(cents) * applied, total)


def steps(sides: Sequence[int], held: int, total: int, parts: Iterable[int]) -> list[list[int]]:
    """What each application posts of each side: what counts after it less what counted before. ``parts`` in their order."""
    before, applied, found = [0] * len(sides), 0, []
    for part in parts:
        applied += part
        after = counted(sides, held, total, applied)
        found.append([one - other for one, other in zip(after, before, strict=True)])
        before = after
    return found


def _half_up(number: int, divisor: int) -> int:
    return (2 * number + divisor) // (2 * divisor)
