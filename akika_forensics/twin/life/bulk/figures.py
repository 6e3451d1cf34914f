"""Figures as they stand on the wire, from whole cents, hundredths and millionths; texts as JSON."""

from __future__ import annotations

from functools import lru_cache

import msgspec


def amount(cents: int) -> str:
    """``12.50``, or ``0``."""
    if cents > 0:
        return f"{cents // 100}.{cents % 100:02d}"
    return f"-{-cents // 100}.{-cents % 100:02d}" if cents else "0"


def fixed(cents: int) -> str:
    """``12.50``, and ``0.00``."""
    return f"{cents // 100}.{cents % 100:02d}"


@lru_cache(4096)
def short(hundredths: int) -> str:
    """``12``, ``12.5``, ``12.55``."""
    whole, rest = divmod(hundredths, 100)
    if not rest:
        return str(whole)
    return f"{whole}.{rest // 10}" if rest % 10 == 0 else f"{whole}.{rest:02d}"


@lru_cache(4096)
def rate(millionths: int) -> str:
    whole, rest = divmod(millionths, 1_000_000)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


@lru_cache(65_536)
def text(value: str) -> str:
    """A JSON string, quotes and all."""
    return msgspec.json.encode(value).decode()


def at_home(cents: int, millionths: int) -> int:
    """Cents of home currency, half a cent away from nothing."""
    if not millionths:
        return cents
    value = (abs(cents) * millionths + 500_000) // 1_000_000
    return value if cents >= 0 else -value
