"""A transaction as reports list it: its type in their words, whom it is with, its total, its main account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import settings
from akika_forensics.twin.ledger import accounts, rates, tax_lines
from akika_forensics.twin.people import acts
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import DocumentRow, PostingRow

LABELS: Final[dict[str, str]] = {
    "Invoice": "Invoice",
    "SalesReceipt": "Sales Receipt",
    "CreditMemo": "Credit Memo",
    "RefundReceipt": "Refund",
    "Payment": "Payment",
    "Bill": "Bill",
    "VendorCredit": "Vendor Credit",
    "JournalEntry": "Journal Entry",
    "Deposit": "Deposit",
    "Transfer": "Transfer",
    "CreditCardPayment": "Credit Card Payment",
    "TaxPayment": "Sales Tax Payment",
    "InventoryAdjustment": "Inventory Qty Adjust",
    "Estimate": "Estimate",
    "PurchaseOrder": "Purchase Order",
    "TimeActivity": "Time Charge",
    "ReimburseCharge": "Billable Expense Charge",
}
"""Source: recorded general ledgers and lists of transactions for the common ones; Intuit's help for the others."""

_PARTIES: Final = {
    "CustomerRef": "Customer",
    "VendorRef": "Vendor",
    "EmployeeRef": "Employee",
}


def write(session: Session, entity: str, body: dict[str, Any], rows: Sequence[PostingRow]) -> None:
    """Keep how reports list a transaction, ``rows`` its own postings; of a record of a list nothing is kept."""
    if CATALOGUE[entity].is_transaction:
        session.store.set_document(entity, str(body["Id"]), row(session, entity, body, rows))
        session.store.set_taxed(entity, str(body["Id"]), tax_lines.of(session, entity, body))


def row(session: Session, entity: str, body: dict[str, Any], rows: Sequence[PostingRow]) -> DocumentRow:
    value = acts.total(entity, body) or 0
    foreign = settings.multicurrency(session) and rates.code_of(session, body) != settings.home_code(session)
    main = next((one for one in rows if one.line == 0), rows[0] if rows else None)
    day = str(body.get("TxnDate") or body.get("PaymentDate") or "")[:10]
    home = round(value * rates.of(session, body)) if foreign else value
    return DocumentRow(
        entity,
        str(body["Id"]),
        day,
        str(body.get("DueDate") or "")[:10],
        str(body.get("DocNumber") or body.get("PaymentRefNum") or ""),
        label(session, entity, body),
        party(entity, body) or (main.party if main else ""),
        str(body.get("PrivateNote") or body.get("Description") or ""),
        int(home),
        value if foreign else None,
        main.account if main else "",
        ref_id(body, "DepartmentRef") or "",
        ref_id(body, "ClassRef") or "",
    )


def party(entity: str, body: dict[str, Any]) -> str:
    """``Customer:1`` or empty."""
    if entity == "Purchase":
        holder = body.get("EntityRef")
        found = ref_id(body, "EntityRef")
        return f"{(holder or {}).get('type') or 'Vendor'}:{found}" if found else ""
    for field, kind in _PARTIES.items():
        found = ref_id(body, field)
        if found:
            return f"{kind}:{found}"
    return ""


def label(session: Session, entity: str, body: dict[str, Any]) -> str:
    """The type of a transaction as reports call it; of a purchase by how it was paid."""
    if entity == "BillPayment":
        return "Bill Payment (Credit Card)" if body.get("PayType") == "CreditCard" else "Bill Payment (Check)"
    if entity == "Purchase":
        if body.get("PaymentType") == "Check":
            return "Check"
        card = accounts.account_type(session, ref_id(body, "AccountRef") or "") == "Credit Card"
        return "Credit Card Credit" if card and body.get("Credit") else "Expense"
    return LABELS.get(entity, entity)
