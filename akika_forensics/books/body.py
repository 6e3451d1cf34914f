"""Reading a decoded payload without trusting its shape: hostile or odd values read as absent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from akika_forensics.model.instants import parse_date
from akika_forensics.model.money import ZERO


class UnreadableError(ValueError):
    """A field that posting depends on cannot be read; the message names it. Never leaves this package."""


def part(body: Any, name: str) -> dict[str, Any]:
    """The object at ``name``, or an empty one."""
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, dict) else {}


def elements(body: Any, name: str) -> list[dict[str, Any]]:
    """The objects in the list at ``name``."""
    value = body.get(name) if isinstance(body, dict) else None
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list) else []


def ref(body: Any, name: str) -> str | None:
    """The Id that the reference ``name`` holds; a bare Id counts too; None when it holds none."""
    value = body.get(name) if isinstance(body, dict) else None
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, bool) or value is None or value == "":
        return None
    return str(value) if isinstance(value, str | int | Decimal) else None


def number(body: dict[str, Any], name: str) -> Decimal:
    """The number at ``name``; absent and empty are zero. Raises UnreadableError on anything else."""
    value = body.get(name)
    if type(value) is Decimal:
        return value
    if value is None or value == "":
        return ZERO
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise UnreadableError(f"{name} is not an amount")
    try:
        result = Decimal(value)
    except InvalidOperation:
        raise UnreadableError(f"{name} is not an amount") from None
    if not result.is_finite() or abs(result.adjusted()) > _DIGITS:
        raise UnreadableError(f"{name} is not an amount")
    return result


_DIGITS = 15
"""No sum of money in QuickBooks has more digits than this, and cents of it still fit a Decimal's precision."""


def day(body: dict[str, Any], name: str = "TxnDate") -> date:
    """The date at ``name``. Raises UnreadableError."""
    value = body.get(name)
    if not isinstance(value, str):
        raise UnreadableError(f"{name} is missing")
    try:
        return parse_date(value)
    except ValueError:
        raise UnreadableError(f"{name} is not a date") from None
