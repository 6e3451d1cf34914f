"""What a condition says of a record: comparing, and the value it compares with.

Text does not heed case; numbers and booleans may stand in quotes; ``' '`` asks for what is not there, ``''`` for
nothing that any record has. Source: QuickBooks API, query language; recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from akika_forensics.twin import faults, wire
from akika_forensics.twin.reading import fields
from akika_forensics.twin.reading.grammar import Condition, Value

type Test = Callable[[dict[str, Any]], bool]

_NULL: Final = " "
_HOLDS: Final[dict[str, Callable[[int], bool]]] = {
    "=": lambda sign: sign == 0,
    "<": lambda sign: sign < 0,
    ">": lambda sign: sign > 0,
    "<=": lambda sign: sign <= 0,
    ">=": lambda sign: sign >= 0,
}
_BOOLEANS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A literal as text, number and boolean, as far as it is one."""

    text: str
    number: Decimal | None
    boolean: bool | None

    def sign(self, value: Any) -> int | None:
        """How a record's value stands to it: -1, 0, 1, or None when the two cannot be compared."""
        if isinstance(value, bool):
            return None if self.boolean is None else value - self.boolean
        if isinstance(value, int | Decimal):
            return None if self.number is None else (value > self.number) - (value < self.number)
        text = str(value).casefold()
        return (text > self.text) - (text < self.text)


def _wanted(value: Value, today: date) -> _Wanted | None:
    """None asks for what is not there."""
    if value.kind == "null" or (value.kind == "text" and value.value == _NULL):
        return None
    text = plain(value, today)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = None
    folded = text.casefold()
    return _Wanted(folded, number if number is not None and number.is_finite() else None, _BOOLEANS.get(folded))


def plain(value: Value, today: date) -> str:
    """A literal as it could stand in quotes."""
    if value.kind == "today":
        return today.isoformat()
    return str(value.value).lower() if value.kind == "boolean" else str(value.value)


def instant(text: Any) -> datetime:
    """A time; without a zone it is the company's, a blank stands for the plus that an address lost. Raises 4001."""
    read = str(text).strip()
    try:
        moment = datetime.fromisoformat(read.replace(" ", "+") if "T" in read else read)
        return moment if moment.tzinfo else moment.replace(tzinfo=wire.PACIFIC)
    except (ValueError, OverflowError):
        raise faults.invalid_query(f"Invalid value {text}, a date and time is expected") from None


def truth(value: Value) -> bool | None:
    """What a literal says of Active; None when it says neither."""
    return value.value if value.kind == "boolean" else _BOOLEANS.get(str(value.value).lower())


def test(entity: str, condition: Condition, today: date) -> Test:
    """A function of a record's body. Raises QuickBooksFault 4001 for a property that cannot be asked for."""
    path = fields.filterable(entity, condition.path)
    wanted = [_wanted(value, today) for value in condition.values]

    def seen(body: dict[str, Any]) -> list[Any]:
        found = fields.values_at(body, path)
        return [True] if not found and path == ("Active",) else found

    if condition.operator == "LIKE":
        pattern = _pattern(plain(condition.values[0], today))
        return lambda body: any(pattern.fullmatch(str(value)) for value in seen(body))
    if condition.operator in {"=", "IN"}:
        return lambda body: _among(seen(body), wanted)
    first, holds = wanted[0], _HOLDS[condition.operator]
    if first is None:
        return lambda _: False
    return lambda body: any((sign := first.sign(value)) is not None and holds(sign) for value in seen(body))


def _among(found: list[Any], wanted: list[_Wanted | None]) -> bool:
    if not found:
        return None in wanted
    return any(one is not None and one.sign(value) == 0 for value in found for one in wanted)


def _pattern(text: str) -> re.Pattern[str]:
    """``%`` stands for any text; there is no other wildcard."""
    return re.compile(".*".join(re.escape(part) for part in text.split("%")), re.IGNORECASE | re.DOTALL)
