"""What QuickBooks does to a body on create and update, entity by entity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from akika_forensics.twin.documents import currency, tax
from akika_forensics.twin.request import Write
from akika_forensics.twin.rules import (
    attachables,
    books,
    lists,
    names,
    purchases,
    required,
    sales,
    settlements,
    small_lists,
)

Rule = Callable[[Write, dict[str, Any]], None]

RULES: Final[dict[str, Rule]] = {
    "Invoice": sales.complete,
    "SalesReceipt": sales.complete,
    "Estimate": sales.complete,
    "CreditMemo": sales.complete,
    "RefundReceipt": sales.complete,
    "Bill": purchases.complete,
    "VendorCredit": purchases.complete,
    "Purchase": purchases.complete,
    "PurchaseOrder": purchases.complete,
    "Payment": settlements.complete_payment,
    "BillPayment": settlements.complete_bill_payment,
    "Deposit": settlements.complete_deposit,
    "JournalEntry": books.complete_journal,
    "Transfer": books.complete_transfer,
    "CreditCardPayment": books.complete_card_payment,
    "InventoryAdjustment": books.complete_adjustment,
    "TimeActivity": books.complete_time,
    "Customer": names.complete,
    "Vendor": names.complete,
    "Employee": names.complete,
    "Account": lists.complete_account,
    "Item": lists.complete_item,
    "Class": lists.complete_tree,
    "Department": lists.complete_tree,
    "Term": lists.complete_term,
    "PaymentMethod": lists.complete_method,
    "TaxAgency": lists.complete_agency,
    "CompanyCurrency": lists.complete_currency,
    "Preferences": currency.of_preferences,
    "Attachable": attachables.complete,
    "Budget": small_lists.complete_budget,
    "JournalCode": small_lists.complete_journal_code,
    "CustomerType": small_lists.complete_placed,
    "TaxCode": small_lists.complete_placed,
    "TaxRate": small_lists.complete_placed,
}


def complete(write: Write, body: dict[str, Any]) -> None:
    """Check a body and fill in what the service fills in. Raises QuickBooksFault."""
    rule = RULES.get(write.entity)
    if rule is not None:
        required.check(write, body)
        currency.choose(write, body)
        tax.check_country(write, body)
        rule(write, body)
        currency.finish(write, body)


def follow(write: Write, body: dict[str, Any]) -> None:
    """Bring along what depends on a changed name: the qualified names below it."""
    trees = {"Account", "Item", "Class", "Department", "Customer"}
    if write.old is None or write.entity not in trees:
        return
    if write.old.get("FullyQualifiedName") != body.get("FullyQualifiedName"):
        lists.requalify(write, body)
