"""What stands in a loaded body, read without trust: it may hold anything."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from akika_forensics.model.instants import parse_date
from akika_forensics.model.money import ZERO, cents, money

type Body = dict[str, Any]


def lines_of(body: Body) -> list[Body]:
    """The lines of a body, whatever else its ``Line`` may hold."""
    lines = body.get("Line")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def inner(body: Body, field: str) -> Body:
    """The object in a field; empty when there is none."""
    value = body.get(field)
    return value if isinstance(value, dict) else {}


def amount_of(value: Any) -> Decimal:
    """An amount, or nothing where what stands there is none: a loaded record may hold anything."""
    try:
        return money(value)
    except (TypeError, ValueError):
        return ZERO


def is_date(text: str) -> bool:
    """Whether a text is a day of the calendar."""
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, to the cent."""
    return cents(sum(amounts, ZERO))
