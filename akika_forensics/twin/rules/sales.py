"""Invoice, SalesReceipt, Estimate, CreditMemo, RefundReceipt."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO, cents, money
from akika_forensics.twin import faults, settings
from akika_forensics.twin.documents import lines, references, tax
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.request import Write, ref_id
from akika_forensics.twin.rules import numbers

_ONLINE: Final = (
    "AllowIPNPayment",
    "AllowOnlinePayment",
    "AllowOnlineCreditCardPayment",
    "AllowOnlineACHPayment",
)
DEPOSIT_ACCOUNTS: Final = frozenset({"Bank", "Other Current Asset"})


def complete(write: Write, body: dict[str, Any]) -> None:
    session, entity = write.session, write.entity
    if money(body.pop("Deposit", None)):
        raise faults.not_offered("a deposit on an invoice is switched off in the preferences.")
    references.resolve(session, entity, body, write.old)
    numbers.complete(write, body)
    customer = session.find("Customer", ref_id(body, "CustomerRef") or "")
    body.setdefault("CurrencyRef", settings.home_currency(session))
    body.setdefault("ApplyTaxAfterDiscount", False)
    _totals(write, body)
    numbers.custom_fields(write, body)
    if customer is not None:
        numbers.address(write, body, "BillAddr", customer, "BillAddr")
        if entity in {"Invoice", "Estimate", "SalesReceipt"}:
            numbers.address(write, body, "ShipAddr", customer, "ShipAddr")
    body.setdefault("PrintStatus", "NotSet" if entity in {"RefundReceipt", "CreditMemo"} else "NeedToPrint")
    if entity != "RefundReceipt":
        body.setdefault("EmailStatus", "NotSet")
    _own_rules(write, body)


def _totals(write: Write, body: dict[str, Any]) -> None:
    """TotalAmt, tax and open balance. The balance moves by as much as the total; what is applied stays applied."""
    subtotal, taxable, discount = lines.complete_sales(write, body)
    if body["ApplyTaxAfterDiscount"] and subtotal:
        taxable -= cents(discount * taxable / subtotal)
    total = subtotal - discount + tax.complete(write, body, taxable)
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    before = money((write.old or {}).get("TotalAmt"))
    body["TotalAmt"] = total
    if write.entity in {"Invoice", "CreditMemo"}:
        opened = total - before + money((write.old or {}).get("Balance"))
        _check_applied(opened)
        body["Balance"] = opened
        if write.entity == "CreditMemo":
            body["RemainingCredit"] = opened
    elif write.entity != "Estimate":
        body["Balance"] = ZERO


def _check_applied(opened: Decimal) -> None:
    if opened < 0:
        raise faults.business("The amount of this transaction cannot be less than what is already applied to it.")


def _own_rules(write: Write, body: dict[str, Any]) -> None:
    session = write.session
    match write.entity:
        case "Invoice":
            for field in _ONLINE:
                body.setdefault(field, False)
            numbers.due_date(write, body, "Customer", default_terms=True)
            accounts.needs_type(session, body.get("ARAccountRef"), frozenset({accounts.RECEIVABLE}), "ARAccountRef")
        case "Estimate":
            body.setdefault("TxnStatus", "Pending")
        case "SalesReceipt":
            if not ref_id(body, "DepositToAccountRef"):
                account = accounts.system(session, "undeposited")
                named = session.find("Account", account) or {}
                body["DepositToAccountRef"] = {"value": account, "name": str(named.get("FullyQualifiedName", ""))}
            accounts.needs_type(session, body["DepositToAccountRef"], DEPOSIT_ACCOUNTS, "DepositToAccountRef")
        case "RefundReceipt":
            accounts.needs_type(session, body.get("DepositToAccountRef"), DEPOSIT_ACCOUNTS, "DepositToAccountRef")
        case _:
            pass
