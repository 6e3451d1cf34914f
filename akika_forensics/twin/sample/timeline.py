"""One step of the company's history, and when it happened.

Creation times are fixed, in -07:00, and rise with the Ids of their sequence, as in every QuickBooks company.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

PACIFIC: Final = timezone(timedelta(hours=-7))
FOUNDED: Final = date(2026, 7, 1)
CLOSED: Final = date(2026, 10, 31)


class Step(NamedTuple):
    """One record to create: ``day`` is the day it was keyed, which is also its TxnDate unless ``body`` names one."""

    entity: str
    id: str
    day: date
    body: dict[str, Any]


def day(text: str) -> date:
    """``"10-09"`` as 2026-10-09."""
    return date.fromisoformat(f"2026-{text}")


def at(on: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=PACIFIC)


def transaction_time(on: date, position: int) -> datetime:
    """When the ``position``-th transaction of a day was keyed: from 09:30 on, about every quarter of an hour."""
    return at(on, 9, 30) + timedelta(minutes=16 * position, seconds=(7 * position + on.day * 3) % 60)
