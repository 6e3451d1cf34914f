"""Invoice, SalesReceipt, CreditMemo, RefundReceipt and Payment."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from akika_forensics.books.body import amount, elements, lines, part, party, ref
from akika_forensics.books.chart import SHIPPING_ITEM, Chart
from akika_forensics.books.posting import EXCHANGE, TOTAL, Sheet
from akika_forensics.books.taxlines import post_tax
from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import ZERO, cents
from akika_forensics.model.record import RecordKey

SILENT_LINES: Final = frozenset({"SubTotalLineDetail", "DescriptionOnly", "DescriptionLineDetail", "TaxLineDetail"})
"""Lines that repeat or describe and post nothing. Source: QuickBooks API, Line.DetailType."""

CREDITS: Final = frozenset({"CreditMemo", "VendorCredit", "Deposit"})
"""Documents that a payment's line uses up instead of paying."""

_SIGN: Final = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}


def sale(sheet: Sheet, body: dict[str, Any]) -> None:
    """Customer or bank against income, discount, shipping and tax."""
    entity, chart = sheet.key.entity, sheet.chart
    sign = _SIGN[entity]
    sheet.party = party(body, "CustomerRef", "Customer")
    if entity in ("Invoice", "CreditMemo"):
        into = ref(body, "ARAccountRef") or chart.receivable(sheet.currency)
    else:
        into = ref(body, "DepositToAccountRef") or chart.undeposited
    advance = amount(body, "Deposit") if entity == "Invoice" else ZERO
    sheet.total(body, into, sign, less=advance)
    sheet.put(ref(body, "DepositToAccountRef") or chart.undeposited, advance, TOTAL)
    for name, line in sold_lines(body):
        kind = str(line.get("DetailType", ""))
        value = amount(line)
        if kind == "DiscountLineDetail":
            discount = ref(part(line, kind), "DiscountAccountRef") or chart.discount_account
            sheet.put(discount, sign * value, name)
        elif value:
            sheet.put(income_account(chart, line), -sign * value, name, why=unnamed(chart, line))
    post_tax(sheet, body, -sign)


def sold_lines(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The lines that post, with a bundle replaced by its components where it shows them."""
    for name, line in lines(body):
        kind = line.get("DetailType")
        if kind in SILENT_LINES:
            continue
        inner = part(line, "GroupLineDetail")
        components = list(lines(inner)) if inner else []
        if components:
            yield from ((f"{name}.{own}", component) for own, component in components)
        else:
            yield name, line


def income_account(chart: Chart, line: dict[str, Any]) -> str | None:
    """The account QuickBooks says it used (``ItemAccountRef``), else the item's, else the shipping account."""
    detail = part(line, str(line.get("DetailType", "")))
    named = ref(detail, "ItemAccountRef")
    if named is not None:
        return named
    item_id = ref(detail, "ItemRef")
    if item_id == SHIPPING_ITEM:
        return chart.shipping_account
    item = chart.items.get(item_id or "")
    return item.income if item else None


def unnamed(chart: Chart, line: dict[str, Any]) -> str:
    """Why a line's item names no account."""
    kind = str(line.get("DetailType", ""))
    detail = part(line, kind)
    item_id = ref(detail, "ItemRef")
    if item_id is None:
        return f"a {kind or 'line of no kind'} names no item"
    item = chart.items.get(item_id)
    return f"item {item_id} was not captured" if item is None else f"item {item_id} ({item.name}) names none"


def payment(sheet: Sheet, body: dict[str, Any]) -> None:
    """Bank or Undeposited Funds against receivables, at the rates of the documents paid."""
    sheet.party = party(body, "CustomerRef", "Customer")
    total = amount(body, "TotalAmt")
    sheet.put(ref(body, "DepositToAccountRef") or sheet.chart.undeposited, total, TOTAL)
    owed = settled(sheet, body, total)
    sheet.put_home(ref(body, "ARAccountRef") or sheet.chart.receivable(sheet.currency), -owed, TOTAL)
    close_exchange(sheet)


def settled(sheet: Sheet, body: dict[str, Any], total: Decimal) -> Decimal:
    """What a payment clears in home currency: each document at its own rate, the unapplied rest at the payment's."""
    if not sheet.foreign and not sheet.chart.rates:
        return total
    cleared, applied = ZERO, ZERO
    for target, value in applications(body):
        rate = sheet.chart.rates.get(target, Decimal(1) if not sheet.foreign else sheet.rate)
        applied += value
        cleared += cents(value * rate)
    return cleared + cents((total - applied) * sheet.rate)


def applications(body: dict[str, Any]) -> Iterator[tuple[RecordKey, Decimal]]:
    """What each line of a payment pays (positive) or uses up of a credit (negative)."""
    for line in elements(body, "Line"):
        for link in elements(line, "LinkedTxn"):
            entity = linked_entity(str(link.get("TxnType", "")))
            if entity is None or link.get("TxnId") in (None, ""):
                continue
            value = amount(line)
            yield RecordKey(entity, str(link["TxnId"])), -value if entity in CREDITS else value
            break


def close_exchange(sheet: Sheet) -> None:
    """Gain or loss between the rates of a payment and of what it pays, by name."""
    difference = -sum((one.amount for one in sheet.postings), ZERO)
    if difference:
        sheet.put_home(sheet.chart.exchange_gain, difference, EXCHANGE)
