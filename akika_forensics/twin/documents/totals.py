"""Documents whose own figures do not add up: found, said, and posted whole; the record itself is never changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO, cents, money, money_text
from akika_forensics.twin.loading.body_values import inner, lines_of

_SALES: Final = frozenset({"Invoice", "Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt"})
_EXPENSES: Final = frozenset({"Bill", "VendorCredit", "Purchase", "PurchaseOrder"})
_UNCOUNTED: Final = frozenset({"SubTotalLineDetail", "DescriptionOnly", "DescriptionLineDetail"})


def disagreement(entity: str, body: dict[str, Any]) -> str | None:
    """One sentence when a document's lines do not make its total; None when they do or it has none."""
    try:
        found = _figures(entity, body)
    except (TypeError, ValueError) as error:
        return f"an amount cannot be read: {error}"
    if found is None or cents(found[1]) == cents(found[2]):
        return None
    return f"its {found[0]} make {money_text(found[1])}, its total says {money_text(found[2])}"


def completed(entity: str, body: dict[str, Any], accounts: dict[str, str]) -> dict[str, Any] | None:
    """A copy that adds up, so that it can be posted: what is missing stands on one line more.

    ``accounts`` gives the account for it by role: ``income``, ``expense``, ``equity``. None when nothing is missing, or
    an amount cannot be read.
    """
    try:
        found = _figures(entity, body)
    except (TypeError, ValueError):
        return None
    missing = cents(found[2] - found[1]) if found else ZERO
    if not missing:
        return None
    account = {"value": accounts[_ROLE.get(entity, "equity")]}
    match entity:
        case "JournalEntry":
            kind = "JournalEntryLineDetail"
            detail = {"PostingType": "Debit" if missing > 0 else "Credit", "AccountRef": account}
            missing = abs(missing)
        case "Deposit":
            kind, detail = "DepositLineDetail", {"AccountRef": account}
        case _ if entity in _SALES:
            kind, detail = "SalesItemLineDetail", {"ItemAccountRef": account}
        case _:
            kind, detail = "AccountBasedExpenseLineDetail", {"AccountRef": account}
    return {**body, "Line": [*lines_of(body), {"Amount": missing, "DetailType": kind, kind: detail}]}


_ROLE: Final = dict.fromkeys(_SALES, "income") | dict.fromkeys(_EXPENSES, "expense")


def role_of_missing(entity: str, body: dict[str, Any]) -> str | None:
    """The role of the account that takes what is missing; None when nothing is."""
    return role_of(entity) if disagreement(entity, body) else None


def role_of(entity: str) -> str:
    """The same of a document that is known to lack something."""
    return _ROLE.get(entity, "equity")


def _figures(entity: str, body: dict[str, Any]) -> tuple[str, Decimal, Decimal] | None:
    """What is counted, what it makes, and what it should make."""
    lines = lines_of(body)
    if entity in _SALES or entity in _EXPENSES:
        return "lines and tax", _lines(lines) + _tax(entity, body), money(body.get("TotalAmt"))
    if entity == "JournalEntry":
        sides = [_side(line) for line in lines]
        return "debits less credits", sum(sides, ZERO), ZERO
    if entity == "Deposit":
        total = sum((money(line.get("Amount")) for line in lines), ZERO) - money(inner(body, "CashBack").get("Amount"))
        return "lines less cash back", total, money(body.get("TotalAmt"))
    return None


def _lines(lines: list[dict[str, Any]]) -> Decimal:
    total = ZERO
    for line in lines:
        kind = line.get("DetailType")
        if kind in _UNCOUNTED:
            continue
        amount = money(line.get("Amount"))
        total += -amount if kind == "DiscountLineDetail" else amount
    return total


def _tax(entity: str, body: dict[str, Any]) -> Decimal:
    return money(inner(body, "TxnTaxDetail").get("TotalTax")) if entity in _SALES else ZERO


def _side(line: dict[str, Any]) -> Decimal:
    posting = inner(line, "JournalEntryLineDetail").get("PostingType")
    return money(line.get("Amount")) * {"Debit": 1, "Credit": -1}.get(str(posting), 0)
