"""From one document to its postings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from akika_forensics.books import banking, purchases, sales
from akika_forensics.books.body import UnreadableError
from akika_forensics.books.chart import Chart
from akika_forensics.books.finding import Finding
from akika_forensics.books.posting import Posting, Sheet
from akika_forensics.model.record import RecordKey

_RULES: Final[dict[str, Callable[[Sheet, dict[str, Any]], None]]] = {
    "Invoice": sales.sale,
    "SalesReceipt": sales.sale,
    "CreditMemo": sales.sale,
    "RefundReceipt": sales.sale,
    "Payment": sales.payment,
    "Bill": purchases.purchase,
    "VendorCredit": purchases.purchase,
    "Purchase": purchases.purchase,
    "BillPayment": purchases.bill_payment,
    "JournalEntry": banking.journal_entry,
    "Deposit": banking.deposit,
    "Transfer": banking.transfer,
    "CreditCardPayment": banking.card_payment,
    "TaxPayment": banking.tax_payment,
}

POSTING: Final = frozenset(_RULES) | {"InventoryAdjustment"}
"""Entities that move balances. An InventoryAdjustment posts when the item's whole history is replayed."""

NON_POSTING: Final = frozenset({"Estimate", "PurchaseOrder", "TimeActivity", "RecurringTransaction", "ReimburseCharge"})
"""Transactions that never post. Source: QuickBooks API, entity pages."""


class Posted(NamedTuple):
    postings: tuple[Posting, ...]
    findings: tuple[Finding, ...]


def post(entity: str, body: dict[str, Any], chart: Chart) -> tuple[Posting, ...]:
    """The postings of one document in home currency; debits equal credits; empty when it moves nothing.

    Without the cost of stock sold: that needs the item's whole history, see ``Ledger``. Never raises on a body.
    """
    return post_document(entity, body, chart).postings


def post_document(entity: str, body: dict[str, Any], chart: Chart) -> Posted:
    """The postings of one document and what could not be posted as it should be."""
    rule = _RULES.get(entity)
    if rule is None:
        return Posted((), ())
    key = RecordKey(entity, str(body.get("Id", "")))
    if entity == "TaxPayment":
        body = {**body, "TxnDate": body.get("PaymentDate") or body.get("TxnDate")}
    try:
        sheet = Sheet(entity, body, chart)
        rule(sheet, body)
        sheet.close()
    except UnreadableError as error:
        return Posted((), (Finding("not_posted", f"{key} is not in the books: {error}.", key),))
    return Posted(tuple(sheet.postings), tuple(sheet.findings))
