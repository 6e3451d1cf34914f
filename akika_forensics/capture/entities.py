"""Which entities a capture reads, and how their changes are noticed."""

from __future__ import annotations

from typing import Final

from akika_forensics.model.catalogue import CATALOGUE, Kind

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
"""Entities whose changes nobody was seen to get from the change feed; they are searched by time instead.

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
    """True for what the change feed was seen to carry; what it only may carry is asked for in other ways."""
    return CATALOGUE[entity].change_feed and entity not in FEED_UNCONFIRMED and CATALOGUE[entity].queryable is not False


def searched_by_time(entity: str) -> bool:
    """True for what the change feed leaves out or may leave out."""
    return CATALOGUE[entity].queryable is not False and not in_feed(entity)


def is_name(entity: str) -> bool:
    """True for lists of which nothing is ever deleted: what is gone from one was merged into another name."""
    return CATALOGUE[entity].kind is Kind.NAME_LIST


def can_be_merged(entity: str) -> bool:
    """True for names that QuickBooks' own screens can merge into another of their list.

    Source: QuickBooks API, webhooks: the entities that have a Merge.
    """
    return "merge" in CATALOGUE[entity].webhooks
