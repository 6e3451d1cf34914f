"""Documents whose own figures do not add up: found and said, never changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from akika_forensics.model.money import ZERO, cents, money, money_text

_SALES = frozenset({"Invoice", "Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt"})
_EXPENSES = frozenset({"Bill", "VendorCredit", "Purchase", "PurchaseOrder"})
_UNCOUNTED = frozenset({"SubTotalLineDetail", "DescriptionOnly", "DescriptionLineDetail"})


def disagreement(entity: str, body: dict[str, Any]) -> str | None:
    """One sentence when a document's lines do not make its total; None when they do or it has none."""
    lines = [line for line in body.get("Line") or [] if isinstance(line, dict)]
    try:
        if entity in _SALES or entity in _EXPENSES:
            return _differs("lines and tax", _lines(lines) + _tax(entity, body), money(body.get("TotalAmt")))
        if entity == "JournalEntry":
            sides = [_side(line) for line in lines]
            return None if not sum(sides, ZERO) else f"debits and credits differ by {money_text(abs(sum(sides, ZERO)))}"
        if entity == "Deposit":
            back = money((body.get("CashBack") or {}).get("Amount"))
            total = sum((money(line.get("Amount")) for line in lines), ZERO) - back
            return _differs("lines less cash back", total, money(body.get("TotalAmt")))
    except (TypeError, ValueError) as error:
        return f"an amount cannot be read: {error}"
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
    return money((body.get("TxnTaxDetail") or {}).get("TotalTax")) if entity in _SALES else ZERO


def _side(line: dict[str, Any]) -> Decimal:
    posting = (line.get("JournalEntryLineDetail") or {}).get("PostingType")
    return money(line.get("Amount")) * {"Debit": 1, "Credit": -1}.get(str(posting), 0)


def _differs(what: str, found: Decimal, stated: Decimal) -> str | None:
    if cents(found) == cents(stated):
        return None
    return f"its {what} make {money_text(found)}, its total says {money_text(stated)}"
