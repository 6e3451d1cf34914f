"""Has someone keyed a lost record again?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from akika_forensics.model.instants import parse_date
from akika_forensics.model.money import money

_PARTY: Final = ("CustomerRef", "VendorRef", "EntityRef", "EmployeeRef")
_APART: Final = timedelta(days=10)


def looks_alike(before: dict[str, Any], other: dict[str, Any]) -> bool:
    """Same party, and the same number or the same total within ten days."""
    parties = [name for name in _PARTY if isinstance(before.get(name), dict)]
    if any((other.get(name) or {}).get("value") != before[name].get("value") for name in parties):
        return False
    number = before.get("DocNumber")
    if number and other.get("DocNumber") == number:
        return True
    if "TotalAmt" not in before or money(before["TotalAmt"]) != money(other.get("TotalAmt")):
        return False
    try:
        apart = abs(parse_date(str(before.get("TxnDate"))) - parse_date(str(other.get("TxnDate"))))
    except ValueError:
        return False
    return apart <= _APART
