"""Aware times and plain dates in the forms QuickBooks uses."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime


def now() -> datetime:
    return datetime.now(UTC)


def parse_instant(text: str) -> datetime:
    """Read ``2015-10-01T16:48:43-07:00``, ``…Z``, ``…-0700``, with or without fraction; aware.

    Raises ``ValueError`` when the text is no time or carries no zone.
    """
    value = datetime.fromisoformat(text.strip())
    if value.tzinfo is None:
        raise ValueError(f"{text!r} carries no time zone")
    return value


def format_instant(value: datetime) -> str:
    """UTC with ``Z`` and microseconds only when there are any: ``2026-11-23T10:00:00Z``."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be written down")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)", re.ASCII)


def parse_date(text: str) -> date:
    """The date of ``2026-11-23`` or of a text that begins so; ``ValueError`` otherwise."""
    match = _DATE.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a date")
    return date.fromisoformat(match.group())
