"""InventoryValuationSummary: what is in stock on a day and what it is worth, first in first out."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO
from akika_forensics.twin.reports import item_tree, sheet
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session

type Stock = dict[str, tuple[Decimal, int]]
"""By item: quantity, and value in cents."""

_CENT: Final = Decimal("0.01")


def on_hand(session: Session, day: str) -> Stock:
    """Items that had moved by the end of a day."""
    found: dict[str, tuple[Decimal, int]] = {}
    for item, quantity, times, cents in session.store.select(
        "SELECT item, quantity, count(*), sum(cost_cents) FROM movement WHERE date <= ? GROUP BY item, quantity", (day,)
    ):
        before = found.get(item, (ZERO, 0))
        found[item] = before[0] + Decimal(quantity) * times, before[1] + cents
    return found


def quantity_text(quantity: Decimal) -> str:
    """With two digits after the point, more where it has more. Source: QuickBooks' samples."""
    plain = quantity.normalize()
    return f"{plain:f}" if plain.as_tuple().exponent < -2 else f"{quantity:.2f}"  # type: ignore[operator]  # finite


def unit_cost(quantity: Decimal, cents: int) -> str:
    """Of one; nothing when there is none."""
    return str((Decimal(cents) / 100 / quantity).quantize(_CENT, ROUND_HALF_UP)) if quantity else ""


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there are any. An inactive item is there while something of it is left."""
    wanted = asked.only("item")
    stock = {
        item: held
        for item, held in on_hand(session, asked.period.end.isoformat()).items()
        if (not wanted or item in wanted) and (any(held) or _active(session, item))
    }
    columns = [sheet.column("", "ProductsAndService")]
    columns += [sheet.column(title, "Money") for title in ("SKU", "Qty", "Asset Value", "Avg Cost")]
    report: dict[str, Any] = {"Columns": {"Column": columns}, "Rows": {}}
    if stock:
        report["Rows"] = {"Row": _rows(session, stock)}
    return report, bool(stock)


def _active(session: Session, item: str) -> bool:
    body = session.find("Item", item)
    return body is not None and body.get("Active") is not False


def _rows(session: Session, stock: Stock) -> list[dict[str, Any]]:

    def own(item: str) -> list[str]:
        quantity, cents = stock[item]
        body = session.find("Item", item) or {}
        return [str(body.get("Sku") or ""), quantity_text(quantity), sheet.text(cents), unit_cost(quantity, cents)]

    def total(items: list[str]) -> list[str]:
        return ["", "", sheet.text(sum(stock[item][1] for item in items)), ""]

    whole = [{"value": cell} for cell in ("TOTAL", " ", *total(list(stock))[1:])]
    return [*item_tree.rows(session, stock, own, total, 4), {"ColData": whole, "group": "GrandTotal"}]


REPORTS: Final = (
    Report("InventoryValuationSummary", build, filters=frozenset({"item"}), period="Today", bases=(), as_of=True),
)
