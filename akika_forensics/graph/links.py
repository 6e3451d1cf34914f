"""Which side of a linked pair writes the link; the other side is a mirror that the server makes.

QuickBooks shows a link on both transactions, but accepts it from one of them. Only the writing side *needs* the other:
a Payment needs its Invoice, the Invoice does not need the Payment that its ``LinkedTxn`` shows.

Source: QuickBooks API, manage linked transactions (written at the line: Payment, BillPayment, Deposit; at header or
line: Bill and Purchase to PurchaseOrder, Invoice to Estimate, TimeActivity and ReimburseCharge), and recorded
sandbox payloads. Pairs marked "our reading" follow from those and were not tried against the live service.
"""

from __future__ import annotations

from typing import Final

WRITES: Final[dict[str, frozenset[str]]] = {
    # customer side
    "Invoice": frozenset({"Estimate", "TimeActivity", "ReimburseCharge"}),
    "SalesReceipt": frozenset({"Estimate", "TimeActivity", "ReimburseCharge"}),  # our reading, like Invoice
    "CreditMemo": frozenset({"TimeActivity", "ReimburseCharge"}),  # our reading, like Invoice
    "RefundReceipt": frozenset({"TimeActivity", "ReimburseCharge"}),  # our reading, like Invoice
    "Payment": frozenset({"Invoice", "CreditMemo", "JournalEntry", "Purchase"}),
    # vendor side
    "Bill": frozenset({"PurchaseOrder"}),
    "Purchase": frozenset({"PurchaseOrder"}),
    "VendorCredit": frozenset(),
    "BillPayment": frozenset({"Bill", "VendorCredit", "JournalEntry", "Deposit"}),
    # bank
    "Deposit": frozenset(
        {"Payment", "SalesReceipt", "RefundReceipt", "JournalEntry", "Transfer", "BillPayment", "Purchase"}
    ),
    "Transfer": frozenset(),
    "JournalEntry": frozenset(),
    # made by the server out of a billable expense (our reading): it stands or falls with that, and nothing writes it
    "ReimburseCharge": frozenset({"Bill", "Purchase", "VendorCredit"}),
    # never written from here: Invoice and Bill take them over
    "Estimate": frozenset(),
    "PurchaseOrder": frozenset(),
    "TimeActivity": frozenset(),
}
"""Entity that writes a ``LinkedTxn`` → entities it may name. Every other pair is a mirror."""

PSEUDO_ITEMS: Final = frozenset({"SHIPPING_ITEM_ID", "GRATUITY_ITEM_ID"})
"""Item Ids of sales lines that no Item record stands behind. Source: QuickBooks API, Invoice.Line."""


def is_mirror(source: str, target: str, *, at_line: bool) -> bool:
    """True when a ``LinkedTxn`` of ``source`` that names ``target`` is the server's copy of the other side's link.

    The one pair that can be written from both ends, BillPayment and Deposit, is decided by the place: both write
    at the line, so what stands at the header is the mirror.
    """
    if {source, target} == {"BillPayment", "Deposit"}:
        return not at_line
    return target not in WRITES.get(source, frozenset())
