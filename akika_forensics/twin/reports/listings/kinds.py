"""Kinds of transactions as a report is asked for them. Source: QuickBooks API, reports, ``transaction_type``."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin import faults
from akika_forensics.twin.session import Session

_ENTITIES: Final[dict[str, tuple[str, ...]]] = {
    "invoice": ("Invoice",),
    "receivepayment": ("Payment",),
    "payment": ("Payment",),
    "journalentry": ("JournalEntry",),
    "bill": ("Bill",),
    "vendorcredit": ("VendorCredit",),
    "transfer": ("Transfer",),
    "deposit": ("Deposit",),
    "billablecharge": ("ReimburseCharge",),
    "timeactivity": ("TimeActivity",),
    "salesreceipt": ("SalesReceipt",),
    "creditmemo": ("CreditMemo",),
    "creditrefund": ("RefundReceipt",),
    "estimate": ("Estimate",),
    "inventoryquantityadjustment": ("InventoryAdjustment",),
    "purchaseorder": ("PurchaseOrder",),
    "creditcardpayment": ("CreditCardPayment",),
    "globaltaxpayment": ("TaxPayment",),
}
_LABELS: Final = {
    "check": ("Check",),
    "creditcardcredit": ("Credit Card Credit",),
    "billpaymentcheck": ("Bill Payment (Check)",),
    "billpaymentcreditcard": ("Bill Payment (Credit Card)",),
}
_SPENT: Final = {"creditcardcharge": True, "cashpurchase": False}
_NEVER: Final = frozenset(
    {
        "credit",
        "charge",
        "statement",
        "globaltaxadjustment",
        "servicetaxrefund",
        "servicetaxgrossadjustment",
        "servicetaxreversal",
        "servicetaxdefer",
        "servicetaxpartialutilisation",
    }
)
"""Kinds that the twin's companies do not have."""


def condition(session: Session, name: str) -> tuple[str, tuple[Any, ...]]:
    """A condition on the table of documents and its values. Raises QuickBooksFault 2170 for an unknown kind."""
    key = name.replace(" ", "").lower()
    if key in _ENTITIES:
        return "d.entity = ?", _ENTITIES[key]
    if key in _LABELS:
        return "d.label = ?", _LABELS[key]
    if key in _NEVER:
        return "0", ()
    if key not in _SPENT:
        raise faults.malformed("transaction_type", "enum", name)
    cards = sorted(str(one["Id"]) for one in session.each("Account") if one.get("AccountType") == "Credit Card")
    among = f"{'' if _SPENT[key] else 'NOT '}d.account IN ({','.join('?' * len(cards))})"
    return f"(d.entity = 'Purchase' AND d.label NOT IN ('Check', 'Credit Card Credit') AND {among})", tuple(cards)
