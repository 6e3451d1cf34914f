"""Which entities a capture reads, and how their changes are noticed."""

from __future__ import annotations

from typing import Final

from akika_forensics.model.catalogue import CATALOGUE

FEED_UNCONFIRMED: Final = frozenset(
    {
        "Attachable",
        "Budget",
        "CompanyCurrency",
        "CompanyInfo",
        "CreditCardPayment",
        "CustomerType",
        "ExchangeRate",
        "InventoryAdjustment",
        "Preferences",
        "RecurringTransaction",
        "ReimburseCharge",
        "TaxPayment",
    }
)
"""Entities whose changes nobody was seen to get from the change feed; they are searched by time as well.

Source: QuickBooks API, change data capture, names five entities that it leaves out and confirms none of these.
"""

MAY_HAVE_NO_LIST: Final = frozenset({"InventoryAdjustment", "TaxClassification"})
"""Entities for which no documentation promises a list."""

FOREIGN_CURRENCY: Final = frozenset({"CompanyCurrency", "ExchangeRate"})
"""Entities that only a company with several currencies has."""

NOT_READ: Final[dict[str, str]] = {
    "Entitlements": "it is XML outside the API's own path",
    "TaxService": "QuickBooks lets nobody read it",
}
"""What a capture leaves out, and why."""


def readable_entities() -> tuple[str, ...]:
    """Every entity that a capture reads, in the order of the catalogue."""
    return tuple(row.name for row in CATALOGUE.values() if row.can("read") and row.name not in NOT_READ)


def in_feed(entity: str) -> bool:
    return CATALOGUE[entity].change_feed


def searched_by_time(entity: str) -> bool:
    """True for what the change feed leaves out or may leave out."""
    row = CATALOGUE[entity]
    return row.queryable is not False and (not row.change_feed or entity in FEED_UNCONFIRMED)
