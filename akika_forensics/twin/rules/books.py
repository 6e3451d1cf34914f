"""JournalEntry, Transfer, CreditCardPayment, InventoryAdjustment, TimeActivity."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO, cents, money
from akika_forensics.twin import faults, refusals, settings
from akika_forensics.twin.documents import lines, links, references
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.request import Write, ref_id
from akika_forensics.twin.rules import numbers

_BALANCE_SHEET_CASH: Final = frozenset(
    {"Bank", "Other Current Asset", "Fixed Asset", "Other Asset", "Credit Card", "Other Current Liability",
     "Long Term Liability", "Equity"}
)  # fmt: skip

_MINUTES: Final = 60


def complete_journal(write: Write, body: dict[str, Any]) -> None:
    session = write.session
    rows = body.get("Line", [])
    references.resolve(session, "JournalEntry", body, write.old)
    numbers.complete(write, body)
    body.setdefault("Adjustment", False)
    body.setdefault("CurrencyRef", settings.home_currency(session))
    body["TxnTaxDetail"] = {}
    total, count = ZERO, 0
    for line in rows:
        found = lines.detail(line)
        lines.strip_foreign_details(line)
        line.pop("LineNum", None)
        if line["DetailType"] in lines.TEXT:
            continue
        total += _journal_line(write, line, found)
        count += 1
    if count < 2:
        raise faults.business("Fill out at least two detail lines")
    if total and write.session.beliefs.choice("unbalanced_journal") == "2300":
        raise refusals.unbalanced()
    if total:
        raise faults.business("Please balance debits and credits.")
    lines.number_lines(rows, write.old, first=0)
    _check_settled(write, body)


def _check_settled(write: Write, body: dict[str, Any]) -> None:
    """What payments already took from a journal entry must still be there."""
    if write.old is None:
        return
    for row in write.session.store.links_to("JournalEntry", str(write.old["Id"])):
        if row.source_entity not in links.SETTLING:
            continue
        if abs(links.journal_open(write.session, row.source_entity, body)) * 100 < row.cents:
            raise faults.business("The amount of this transaction cannot be less than what is already applied to it.")


def _journal_line(write: Write, line: dict[str, Any], found: dict[str, Any]) -> Decimal:
    """The line's amount, debit positive. Raises 2020, 2260, 2290, 6000."""
    side = found.get("PostingType")
    if side not in {"Debit", "Credit"}:
        raise refusals.no_posting_type()
    if not ref_id(found, "AccountRef"):
        raise faults.missing("Line.JournalEntryLineDetail.AccountRef")
    if "Amount" not in line:
        raise faults.missing("Line.Amount")
    line["Amount"] = cents(money(line["Amount"]))
    if line["Amount"] < 0:
        raise refusals.negative_amount()
    party = str((found.get("Entity") or {}).get("Type", ""))
    named = ref_id(found.get("Entity"), "EntityRef")
    kind = accounts.account_type(write.session, str(ref_id(found, "AccountRef")))
    if kind == accounts.RECEIVABLE and not (party == "Customer" and named):
        raise faults.business("When you use Accounts Receivable, you must choose a customer in the Name field.")
    if kind == accounts.PAYABLE and not (party == "Vendor" and named):
        raise faults.business("When you use Accounts Payable, you must choose a vendor in the Name field.")
    return Decimal(line["Amount"]) if side == "Debit" else -Decimal(line["Amount"])


def _amount(body: dict[str, Any]) -> None:
    body["Amount"] = cents(money(body.get("Amount")))
    if body["Amount"] < 0:
        raise faults.business("Transaction amount must be 0 or greater.")


def complete_transfer(write: Write, body: dict[str, Any]) -> None:
    _amount(body)
    references.resolve(write.session, "Transfer", body, write.old)
    for field in ("FromAccountRef", "ToAccountRef"):
        accounts.needs_type(write.session, body.get(field), _BALANCE_SHEET_CASH, field)
    if ref_id(body, "FromAccountRef") == ref_id(body, "ToAccountRef"):
        raise faults.business("You cannot transfer money from an account to itself.")
    body.setdefault("TxnDate", write.today.isoformat())
    body.setdefault("CurrencyRef", settings.home_currency(write.session))


def complete_card_payment(write: Write, body: dict[str, Any]) -> None:
    _amount(body)
    references.resolve(write.session, "CreditCardPayment", body, write.old)
    accounts.needs_type(
        write.session, body.get("CreditCardAccountRef"), frozenset({"Credit Card"}), "CreditCardAccountRef"
    )
    accounts.needs_type(write.session, body.get("BankAccountRef"), frozenset({"Bank"}), "BankAccountRef")
    body.setdefault("TxnDate", write.today.isoformat())
    body.setdefault("CurrencyRef", settings.home_currency(write.session))


def complete_adjustment(write: Write, body: dict[str, Any]) -> None:
    rows = body.get("Line", [])
    references.resolve(write.session, "InventoryAdjustment", body, write.old)
    numbers.complete(write, body)
    for line in rows:
        found = lines.detail(line)
        lines.strip_foreign_details(line)
        item_id = ref_id(found, "ItemRef")
        if item_id is None:
            raise faults.missing("Line.ItemAdjustmentLineDetail.ItemRef")
        if "QtyDiff" not in found:
            raise faults.missing("Line.ItemAdjustmentLineDetail.QtyDiff")
        item = write.session.find("Item", item_id) or {}
        if item.get("Type") != "Inventory":
            raise faults.business("Only the quantity of an inventory item can be adjusted.")
    lines.number_lines(rows, write.old)
    body.setdefault("CurrencyRef", settings.home_currency(write.session))


def complete_time(write: Write, body: dict[str, Any]) -> None:
    party = body.get("NameOf")
    if party not in {"Employee", "Vendor"}:
        raise faults.malformed("NameOf", "enum", party)
    if not ref_id(body, f"{party}Ref"):
        raise faults.missing(f"{party}Ref")
    _worked(body)
    references.resolve(write.session, "TimeActivity", body, write.old)
    body.setdefault("TxnDate", write.today.isoformat())
    status = body.setdefault("BillableStatus", "NotBillable")
    if status == "HasBeenBilled" and (write.old or {}).get("BillableStatus") != "HasBeenBilled":
        # Source: QuickBooks API, common errors: the service names the value as its own code does.
        raise faults.malformed("BillableStatus", "enum", "HAS_BEEN_BILLED")
    if status == "Billable":
        for field in ("CustomerRef", "HourlyRate"):
            if body.get(field) is None:
                raise faults.missing(field)
    body.setdefault("Taxable", False)
    body.setdefault("HourlyRate", ZERO)
    if body["HourlyRate"] < 0:
        raise faults.business("The hourly rate must be 0 or greater.")


def _worked(body: dict[str, Any]) -> None:
    """Hours and minutes, or from when to when. Raises 2020, 6000. Source: QuickBooks API, TimeActivity."""
    counted = body.get("Hours") is not None or body.get("Minutes") is not None
    if not counted:
        for field in ("StartTime", "EndTime"):
            if not body.get(field):
                raise faults.missing("Hours" if not body.get("StartTime") else field)
    if body.get("StartTime") and body.get("EndTime"):
        start, end = (datetime.fromisoformat(str(body[field])) for field in ("StartTime", "EndTime"))
        if (start.tzinfo is None) == (end.tzinfo is None) and end < start:
            raise faults.business("The end of a time activity cannot be before its start.")
    if counted:
        body.setdefault("Hours", 0)
        body.setdefault("Minutes", 0)
        if body["Hours"] < 0 or not 0 <= body["Minutes"] < _MINUTES:
            raise faults.business("Give the time in hours and in minutes from 0 to 59.")
