"""A transaction as reports list it: its type in their words, whom it is with, its total, its main account."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import settings
from akika_forensics.twin.ledger import accounts, rates, tax_lines, uncharged
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

PURCHASES: Final = {
    "1": "Credit Card Expense",
    "3": "Check",
    "11": "Credit Card Credit",
    "31": "Cash Expense",
    "54": "Expense",
}
"""By the number of the form in PurchaseEx. Source: recorded purchases, and recorded lists and details of the same."""

_OWN_ACCOUNT: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "Invoice": (("ARAccountRef",), "receivable"),
    "CreditMemo": (("ARAccountRef",), "receivable"),
    "SalesReceipt": (("DepositToAccountRef",), "undeposited"),
    "RefundReceipt": (("DepositToAccountRef",), "undeposited"),
    "Payment": (("DepositToAccountRef",), "undeposited"),
    "Bill": (("APAccountRef",), "payable"),
    "VendorCredit": (("APAccountRef",), "payable"),
    "Purchase": (("AccountRef",), ""),
    "BillPayment": (("CheckPayment", "BankAccountRef"), ""),
    "Deposit": (("DepositToAccountRef",), ""),
    "Transfer": (("ToAccountRef",), ""),
    "InventoryAdjustment": (("AdjustAccountRef",), ""),
}
"""Where a document that has no side of its own, such as a void one, would have it: its field, or a role."""

_PARTIES: Final = {
    "CustomerRef": "Customer",
    "VendorRef": "Vendor",
    "EmployeeRef": "Employee",
}


_SETTLING: Final = frozenset({"Payment", "BillPayment"})
"""What moves no money when its total is nothing: credits meet charges, and what that gains is not its amount."""


def write(session: Session, entity: str, body: dict[str, Any], rows: Sequence[PostingRow]) -> None:
    """Keep how reports list a transaction, ``rows`` its own postings; of a record of a list nothing is kept."""
    if CATALOGUE[entity].is_transaction:
        session.store.set_document(entity, str(body["Id"]), row(session, entity, body, rows))
        session.store.set_taxed(entity, str(body["Id"]), tax_lines.of(session, entity, body))
        session.store.set_uncharged(entity, str(body["Id"]), uncharged.of(entity, body))


def row(session: Session, entity: str, body: dict[str, Any], rows: Sequence[PostingRow]) -> DocumentRow:
    value = acts.total(entity, body) or 0
    foreign = settings.multicurrency(session) and rates.code_of(session, body) != settings.home_code(session)
    main = _main(entity, rows) if value or entity not in _SETTLING else None
    day = str(body.get("TxnDate") or body.get("PaymentDate") or "")[:10]
    home = int((value * rates.of(session, body)).quantize(1, rounding=ROUND_HALF_UP)) if foreign else value
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
        main.account if main else _own_account(session, entity, body),
        ref_id(body, "DepartmentRef") or "",
        ref_id(body, "ClassRef") or "",
    )


def _main(entity: str, rows: Sequence[PostingRow]) -> PostingRow | None:
    """The side of the document's own account: of a payment of bills what it is paid from, of an entry its first."""
    whole = [one for one in rows if one.line == 0] or rows
    return whole[1 if entity == "BillPayment" and len(whole) > 1 else 0] if whole else None


def _own_account(session: Session, entity: str, body: dict[str, Any]) -> str:
    if entity == "JournalEntry":
        details = (line.get("JournalEntryLineDetail") for line in body.get("Line", []))
        return next((found for one in details if (found := ref_id(one, "AccountRef"))), "")
    if entity == "BillPayment" and body.get("PayType") == "CreditCard":
        return ref_id(body.get("CreditCardPayment"), "CCAccountRef") or ""
    fields, role = _OWN_ACCOUNT.get(entity, ((), ""))
    holder = body.get(fields[0]) if len(fields) > 1 else body
    found = ref_id(holder, fields[-1]) if fields and isinstance(holder, dict) else None
    return found or (accounts.find_system(session, role) if role else None) or ""


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
        form = PURCHASES.get(_form(body))
        if form is not None or body.get("PaymentType") == "Check":
            return form or "Check"
        card = accounts.account_type(session, ref_id(body, "AccountRef") or "") == "Credit Card"
        return "Credit Card Credit" if card and body.get("Credit") else "Expense"
    return LABELS.get(entity, entity)


def _form(body: dict[str, Any]) -> str:
    extension = body.get("PurchaseEx")
    pairs = extension.get("any") if isinstance(extension, dict) else None
    for pair in pairs if isinstance(pairs, list) else ():
        value = pair.get("value") if isinstance(pair, dict) else None
        if isinstance(value, dict) and value.get("Name") == "TxnType":
            return str(value.get("Value"))
    return ""
