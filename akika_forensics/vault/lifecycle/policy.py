"""Which snapshots a company keeps, as a value and as a line of text: ``last=3,daily=30,weekly=12,monthly=24,yearly=10``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self
from zoneinfo import ZoneInfo

from akika_forensics.errors import WrongUse

EVERY: Final = -1
"""As a number of a rule: all of them."""

_RULES: Final = ("last", "daily", "weekly", "monthly", "yearly")
_MOST: Final = 100_000
_ALL: Final = "all"
_ZONE: Final = "zone"
_FORM: Final = "Write it like daily=30,weekly=12,monthly=24,yearly=10,zone=America/New_York, or off."


@dataclass(frozen=True, slots=True)
class Policy:
    """How many snapshots each rule keeps; `EVERY` for all. ``zone`` says where a day begins (IANA name).

    A policy that keeps nothing by any rule cannot be made: raises WrongUse, as for an unknown zone or a wrong number.
    """

    last: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0
    yearly: int = 0
    zone: str = "UTC"

    def __post_init__(self) -> None:
        for name in _RULES:
            number = getattr(self, name)
            if number != EVERY and not 0 <= number <= _MOST:
                raise _unclear(f"{name}={number} is no number of snapshots.")
        if not any(getattr(self, name) for name in _RULES):
            raise WrongUse(
                "This retention rule keeps nothing.",
                means="It would drop every snapshot but the newest.",
                do=f"{_FORM} Off keeps everything.",
            )
        zone_of(self.zone)

    @property
    def rules(self) -> tuple[tuple[str, int], ...]:
        """Name and number of each rule that keeps something."""
        return tuple((name, getattr(self, name)) for name in _RULES if getattr(self, name))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises WrongUse."""
        numbers: dict[str, int] = {}
        zone = ""
        for part in text.replace(" ", "").split(","):
            name, separator, value = part.partition("=")
            if not (separator and value):
                raise _unclear(f"{part!r} is no part of a retention rule.")
            if name in numbers or (name == _ZONE and zone):
                raise _unclear(f"{name} stands twice in the retention rule.")
            if name == _ZONE:
                zone = value
            elif name not in _RULES:
                raise _unclear(f"{name!r} is no retention rule.")
            elif value == _ALL:
                numbers[name] = EVERY
            elif value.isascii() and value.isdigit() and len(value) <= len(str(_MOST)):
                numbers[name] = int(value)
            else:
                raise _unclear(f"{value!r} is no number of snapshots.")
        return cls(**numbers, zone=zone or "UTC")

    def __str__(self) -> str:
        """The line that `parse` reads; the zone always stands in it."""
        rules = [f"{name}={_ALL if number == EVERY else number}" for name, number in self.rules]
        return ",".join([*rules, f"{_ZONE}={self.zone}"])


def zone_of(name: str) -> ZoneInfo:
    """Raises WrongUse for a name that is no time zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        # ZoneInfoNotFoundError is a KeyError, names such as ".." a ValueError, folders of the database an OSError.
        raise _unclear(f"{name!r} is no time zone.") from error


def _unclear(what: str) -> WrongUse:
    return WrongUse(what, do=_FORM)
