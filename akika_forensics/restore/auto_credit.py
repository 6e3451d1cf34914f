"""Invoices that QuickBooks would pay by itself as soon as they are keyed, with credits that are meant for others: pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from akika_forensics.model.money import ZERO, money
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.restore.document import Action
from akika_forensics.restore.work import Item

SENTENCE: Final = (
    "The company applies open credits by itself: keying this invoice anew makes QuickBooks pay it with a credit of the customer, "
    "by a payment of its own. Switch “Automatically apply credits” off on QuickBooks' own screens, make the plan anew, and switch "
    "it on again after the restore."
)
"""Source: QuickBooks API, Preferences, AutoApplyCredit; notes of the payments that it makes."""


def met_by_credits(items: Iterable[Item], now: Iterable[Record]) -> frozenset[RecordKey]:
    """Invoices among the items that are made anew while a credit of their customer is open, or becomes so by the plan."""
    invoices = {item.key: item for item in items if item.action is Action.RECREATE and item.key.entity == "Invoice"}
    if not invoices:
        return frozenset()
    applies, credited = False, {_customer(item.wanted) for item in items if item.key.entity == "CreditMemo"}
    for record in now:
        if record.key.entity == "Preferences":
            prefs = record.body.get("SalesFormsPrefs")
            applies = isinstance(prefs, dict) and prefs.get("AutoApplyCredit") is True
        elif record.key.entity == "CreditMemo" and money(record.body.get("Balance") or 0) > ZERO:
            credited.add(_customer(record.body))
    if not applies:
        return frozenset()
    return frozenset(key for key, item in invoices.items() if _customer(item.wanted) in credited - {""})


def _customer(body: dict[str, Any] | None) -> str:
    reference = (body or {}).get("CustomerRef")
    return str(reference.get("value", "")) if isinstance(reference, dict) else ""
