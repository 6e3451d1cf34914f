"""The table of all 43 QuickBooks entities: the one place that knows what each of them allows."""

from __future__ import annotations

from akika_forensics.model.catalogue import company, ledger, lists, masters, purchases, sales
from akika_forensics.model.catalogue.entity import ANY_ENTITY, Delete, EntityType, Kind, Reference

CATALOGUE: dict[str, EntityType] = {
    row.name: row for rows in (sales, purchases, ledger, masters, lists, company) for row in rows.ROWS
}

BY_KEY: dict[str, EntityType] = {row.key: row for row in CATALOGUE.values()}
"""By the JSON key on the wire (``CreditCardPaymentTxn`` for CreditCardPayment)."""

BY_PATH: dict[str, EntityType] = {row.path: row for row in CATALOGUE.values()}
"""By the path segment of the address (``invoice``)."""

LINKED_TXN_ENTITY: dict[str, str] = {
    "BillPaymentCheck": "BillPayment",
    "BillPaymentCreditCard": "BillPayment",
    "Check": "Purchase",
    "Expense": "Purchase",
    "CashPurchase": "Purchase",
    "CreditCardCredit": "Purchase",
    "CreditCardCharge": "Purchase",
    "ReceivePayment": "Payment",
}
"""``LinkedTxn.TxnType`` names that are not entity names.

Source: QuickBooks API, manage linked transactions.
"""

UNREADABLE_LINKED_TXN: frozenset[str] = frozenset({"StatementCharge", "ChargeCredit"})
"""Linked transaction types that no operation of the API can read."""

WRITE_ORDER: tuple[tuple[str, ...], ...] = (
    ("CompanyCurrency",),
    ("ExchangeRate",),
    ("TaxAgency",),
    ("TaxRate", "TaxCode"),
    ("JournalCode",),
    ("PaymentMethod", "Term", "CustomerType"),
    ("Account",),
    ("Class", "Department"),
    ("Vendor", "Employee", "Customer"),
    ("Item",),
    ("Budget",),
    ("Estimate", "PurchaseOrder", "TimeActivity"),
    (
        "Bill",
        "VendorCredit",
        "Purchase",
        "Invoice",
        "CreditMemo",
        "SalesReceipt",
        "RefundReceipt",
        "JournalEntry",
        "Transfer",
        "InventoryAdjustment",
    ),
    ("Payment", "BillPayment", "CreditCardPayment"),
    ("Deposit",),
    ("RecurringTransaction",),
    ("Attachable",),
)
"""Types in the order in which they can be created; types of one row do not need one another."""


def entity_type(name: str) -> EntityType:
    """The row of an entity name; ``KeyError`` when QuickBooks has no such entity."""
    return CATALOGUE[name]


def linked_entity(txn_type: str) -> str | None:
    """The entity behind a ``LinkedTxn.TxnType``, or None when the API cannot read it."""
    if txn_type in UNREADABLE_LINKED_TXN:
        return None
    name = LINKED_TXN_ENTITY.get(txn_type, txn_type)
    return name if name in CATALOGUE else None


__all__ = [
    "ANY_ENTITY",
    "BY_KEY",
    "BY_PATH",
    "CATALOGUE",
    "LINKED_TXN_ENTITY",
    "UNREADABLE_LINKED_TXN",
    "WRITE_ORDER",
    "Delete",
    "EntityType",
    "Kind",
    "Reference",
    "entity_type",
    "linked_entity",
]
