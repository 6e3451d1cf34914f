"""Document numbers, dates, addresses and custom fields, the same for several kinds of transactions."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any, Final

from akika_forensics.twin import book_faults, faults, identity, refusals, settings
from akika_forensics.twin.request import Write, ref_id, txn_date

SEQUENCES: Final[dict[str, tuple[str, ...]]] = {
    "Invoice": ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"),
    "SalesReceipt": ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"),
    "CreditMemo": ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"),
    "RefundReceipt": ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"),
    "Estimate": ("Estimate",),
    "PurchaseOrder": ("PurchaseOrder",),
    "JournalEntry": ("JournalEntry",),
}
"""Entities that are numbered by the service, and with which others they share the numbers."""

UNIQUE: Final = frozenset({*SEQUENCES, "Bill", "VendorCredit", "InventoryAdjustment"})
LONGEST: Final = 21
_CHECKS: Final = frozenset({"Purchase", "BillPayment"})
_WORDS: Final = {
    "SalesReceipt": "Sales Receipt",
    "CreditMemo": "Credit Memo",
    "RefundReceipt": "Refund",
    "JournalEntry": "Journal Entry",
    "PurchaseOrder": "Purchase Order",
    "VendorCredit": "Vendor Credit",
    "BillPayment": "Bill Payment",
    "InventoryAdjustment": "Inventory Qty Adjust",
}


def complete(write: Write, body: dict[str, Any]) -> None:
    """TxnDate and DocNumber. Raises 2050, 6140."""
    body.setdefault("TxnDate", write.today.isoformat())
    number = body.get("DocNumber")
    if number is None:
        custom = bool(settings.preference(write.session, "SalesFormsPrefs", "CustomTxnNumbers"))
        if write.old is None and write.entity in SEQUENCES and not (custom and write.entity != "JournalEntry"):
            last = write.session.store.last_doc_number(SEQUENCES[write.entity])
            first = 1 if write.entity == "JournalEntry" else 1001
            body["DocNumber"] = str(last + 1 if last is not None else first)
        return
    if len(number) > LONGEST:
        raise faults.length("DocNumber", 0, LONGEST, number)
    if write.old is not None and write.old.get("DocNumber") == number:
        return
    unique = UNIQUE | (_CHECKS if write.session.beliefs.choice("check_numbers") == "refused" else frozenset())
    if write.entity in unique and "allowduplicatedocnum" not in write.include:
        _check_unique(write, body, number)


def _check_unique(write: Write, body: dict[str, Any], number: str) -> None:
    """Bills and vendor credits are numbered by the vendor, so theirs clash within one vendor only."""
    mine = write.old["Id"] if write.old else None
    for record_id in write.session.store.with_doc(write.entity, number):
        if record_id == mine:
            continue
        other = write.session.find(write.entity, record_id)
        if other is None or (
            write.entity in {"Bill", "VendorCredit"} and ref_id(other, "VendorRef") != ref_id(body, "VendorRef")
        ):
            continue
        raise book_faults.duplicate_number(number, _WORDS.get(write.entity, write.entity), record_id)


def due_date(write: Write, body: dict[str, Any], party: str, *, default_terms: bool) -> None:
    """DueDate: as given, else by the terms of the form, of the party, of the company, else the day itself."""
    if "DueDate" in body and not _terms_moved(write, body):
        return
    session = write.session
    party_body = session.find(party, ref_id(body, f"{party}Ref") or "")
    own = ref_id(body, "SalesTermRef") or ref_id(party_body, "SalesTermRef" if party == "Customer" else "TermRef")
    if own is None and default_terms:
        preferred = settings.preference(session, "SalesFormsPrefs", "DefaultTerms")
        own = str(preferred.get("value")) if isinstance(preferred, dict) else None
    term = session.find("Term", own) if own else None
    counted = session.beliefs.choice("due_next_month") == "moves"
    body["DueDate"] = term_date(term, txn_date(body), counted=counted).isoformat()


def _terms_moved(write: Write, body: dict[str, Any]) -> bool:
    """An update that changes date or terms without saying a due date."""
    if write.old is None or "DueDate" in write.sent:
        return False
    return body["TxnDate"] != write.old.get("TxnDate") or ref_id(body, "SalesTermRef") != ref_id(
        write.old, "SalesTermRef"
    )


def term_date(term: dict[str, Any] | None, start: date, *, counted: bool = False) -> date:
    """The day a document of ``start`` is due under a term; without one, the same day.

    Due on a day of the month, it waits for the next month when that day is nearer than DueNextMonthDays; ``counted``
    says whether exactly so many days are near enough. Source: QuickBooks API, Term.
    """
    if term is None:
        return start
    if "DueDays" in term:
        return start + timedelta(days=int(term["DueDays"]))
    day, late = int(term.get("DayOfMonthDue", start.day)), int(term.get("DueNextMonthDays") or 0)
    due = _day_of(start.year, start.month, day)
    left = (due - start).days
    if left < 0 or left < late or (late and counted and left == late):
        due = _day_of(start.year + start.month // 12, start.month % 12 + 1, day)
    return due


def _day_of(year: int, month: int, day: int) -> date:
    """A day of a month; what the month is too short for falls on its last day."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def address(write: Write, body: dict[str, Any], field: str, party: dict[str, Any] | None, source: str) -> None:
    """An address that is sent gets an Id of its own; one that is not is the party's, Id included."""
    sent = body.get(field)
    if isinstance(sent, dict):
        old = (write.old or {}).get(field)
        if not sent.get("Id"):
            kept = old.get("Id") if isinstance(old, dict) else None
            same = isinstance(old, dict) and {k: v for k, v in old.items() if k != "Id"} == sent
            sent["Id"] = kept if same and kept else identity.next_id(write.session.store, "Address")
        return
    if write.old is None and party and isinstance(party.get(source), dict) and party[source]:
        body[field] = dict(party[source])


def custom_fields(write: Write, body: dict[str, Any]) -> None:
    """The company's custom fields, with or without a value; a value for one that does not exist is dropped."""
    if write.old is not None and "CustomField" in body and body["CustomField"] == write.old.get("CustomField"):
        return
    if any(field.get("StringValue") and not field.get("DefinitionId") for field in body.get("CustomField", [])):
        raise refusals.custom_field()
    defined = settings.custom_fields(write.session, write.entity)
    sent = {str(field.get("DefinitionId")): field for field in body.get("CustomField", [])}
    if not defined:
        body["CustomField"] = [field for field in body.get("CustomField", []) if field.get("StringValue")]
        return
    rows = []
    for number, name in defined:
        row: dict[str, Any] = {"DefinitionId": number, "Name": name, "Type": "StringType"}
        if sent.get(number, {}).get("StringValue"):
            row["StringValue"] = sent[number]["StringValue"]
        rows.append(row)
    body["CustomField"] = rows
