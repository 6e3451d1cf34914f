"""How documents move tracked stock: which item, how many, at what value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from akika_forensics.books.body import UnreadableError, amount, day, lines, number, part, ref
from akika_forensics.books.chart import Chart
from akika_forensics.books.finding import Finding
from akika_forensics.books.posting import Sheet
from akika_forensics.books.sales import sold_lines
from akika_forensics.model.money import cents
from akika_forensics.model.record import RecordKey


class Move(StrEnum):
    PURCHASE = "purchase"
    SALE = "sale"
    RETURN = "return"
    """From a customer, back into stock."""
    VENDOR_RETURN = "vendor return"
    ADJUSTMENT = "adjustment"
    OPENING = "opening"


class Movement(NamedTuple):
    """One line's effect on the shelf: ``quantity`` in (positive) or out of stock.

    ``value`` is what the document itself posted to the stock account (purchases and returns to vendors), with the
    sign of ``quantity``. ``counter`` is the account an adjustment names.
    """

    item: str
    date: date
    key: RecordKey
    line: str
    kind: Move
    quantity: Decimal
    value: Decimal
    counter: str | None = None


_SALES = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
_PURCHASES = frozenset({"Bill", "Purchase", "VendorCredit"})


def movements(entity: str, body: dict[str, Any], chart: Chart) -> tuple[list[Movement], list[Finding]]:
    """The stock movements of one document; the finding says why a document moves none that should."""
    if not chart.has_stock:
        return [], []
    moves: list[Movement] = []
    try:
        if entity in _SALES:
            moves.extend(_sold(entity, body, chart))
        elif entity in _PURCHASES:
            moves.extend(_bought(entity, body, chart))
        elif entity == "InventoryAdjustment":
            moves.extend(_adjusted(body, chart))
    except UnreadableError as error:
        key = RecordKey(entity, str(body.get("Id", "")))
        return [], [Finding("stock_not_moved", f"{key} moves no stock in the books: {error}.", key)]
    return moves, []


def _sold(entity: str, body: dict[str, Any], chart: Chart) -> Iterator[Movement]:
    key = RecordKey(entity, str(body.get("Id", "")))
    for name, line in sold_lines(body):
        detail = part(line, str(line.get("DetailType", "")))
        item = chart.items.get(ref(detail, "ItemRef") or "")
        if item is None or not item.tracked:
            continue
        quantity = -_SALES[entity] * _quantity(line, detail)
        if quantity:
            kind = Move.SALE if quantity < 0 else Move.RETURN
            yield Movement(item.id, day(body), key, name, kind, quantity, Decimal(0))


def _bought(entity: str, body: dict[str, Any], chart: Chart) -> Iterator[Movement]:
    back = entity == "VendorCredit" or (entity == "Purchase" and body.get("Credit") is True)
    sign = -1 if back else 1
    key = RecordKey(entity, str(body.get("Id", "")))
    rate: Decimal | None = None
    for name, line in lines(body):
        if line.get("DetailType") != "ItemBasedExpenseLineDetail":
            continue
        detail = part(line, "ItemBasedExpenseLineDetail")
        item = chart.items.get(ref(detail, "ItemRef") or "")
        if item is None or not item.tracked:
            continue
        rate = Sheet(entity, body, chart).rate if rate is None else rate
        quantity = sign * _quantity(line, detail)
        value = sign * cents(amount(line) * rate)
        if quantity or value:
            kind = Move.VENDOR_RETURN if quantity < 0 else Move.PURCHASE
            yield Movement(item.id, day(body), key, name, kind, quantity, value)


def _adjusted(body: dict[str, Any], chart: Chart) -> Iterator[Movement]:
    key = RecordKey("InventoryAdjustment", str(body.get("Id", "")))
    counter = ref(body, "AdjustAccountRef")
    for name, line in lines(body):
        detail = part(line, "ItemAdjustmentLineDetail")
        item = chart.items.get(ref(detail, "ItemRef") or "")
        if item is None:
            if detail:
                raise UnreadableError(f"line {name} is for an item that was not captured")
            continue
        if detail.get("QtyDiff") in (None, "") and detail.get("NewQty") not in (None, ""):
            raise UnreadableError(f"line {name} gives a count, not a difference")
        quantity = number(detail, "QtyDiff")
        if quantity:
            yield Movement(item.id, day(body), key, name, Move.ADJUSTMENT, quantity, Decimal(0), counter)


def _quantity(line: dict[str, Any], detail: dict[str, Any]) -> Decimal:
    """``Qty``; a line with an amount and no quantity is one piece, one without either moves nothing."""
    if detail.get("Qty") in (None, ""):
        return Decimal(1 if amount(line) else 0)
    return number(detail, "Qty")
