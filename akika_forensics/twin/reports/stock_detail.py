"""InventoryValuationDetail: every movement of stock with what it cost, and what was there after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO
from akika_forensics.twin.ledger import inventory
from akika_forensics.twin.reports import sheet
from akika_forensics.twin.reports.parties import Names
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.reports.stock_summary import quantity_text, unit_cost
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import DocumentRow, MovementRow

_START: Final = "Inventory Starting Value", "START"
"""Type and number of the stock with which an item begins. Source: QuickBooks' sample of the report."""


@dataclass(frozen=True, slots=True)
class _Line:
    row: MovementRow
    document: DocumentRow | None
    held: Decimal
    worth: int


def _kind(session: Session, line: _Line) -> dict[str, str]:
    del session
    if line.row.entity == inventory.OPENING:
        return {"value": _START[0]}
    return {"value": line.document.label if line.document else line.row.entity, "id": line.row.id}


def _number(session: Session, line: _Line) -> dict[str, str]:
    del session
    if line.row.entity == inventory.OPENING:
        return {"value": _START[1]}
    return {"value": line.document.number if line.document else ""}


def _name(session: Session, line: _Line) -> dict[str, str]:
    """Of nobody the Id is empty too. Source: QuickBooks' sample."""
    entity, _, record_id = (line.document.party if line.document else "").partition(":")
    return {"value": Names(session, entity).full(record_id), "id": record_id} if record_id else {"value": "", "id": ""}


def _sku(session: Session, line: _Line) -> dict[str, str]:
    return {"value": str((session.find("Item", line.row.item) or {}).get("Sku") or "")}


def _plain(of: Callable[[_Line], str]) -> Callable[[Session, _Line], dict[str, str]]:
    return lambda _, line: {"value": of(line)}


type Cell = Callable[[Session, _Line], dict[str, str]]

_COLUMNS: Final[dict[str, tuple[str, Cell]]] = {
    "tx_date": ("Date", _plain(lambda line: line.row.date)),
    "txn_type": ("Transaction Type", _kind),
    "doc_num": ("Num", _number),
    "name": ("Name", _name),
    "item_sku": ("SKU", _sku),
    "memo": ("Memo/Description", _plain(lambda line: line.row.memo)),
    "quantity": ("Qty", _plain(lambda line: quantity_text(Decimal(line.row.quantity)))),
    "rate": ("Rate", _plain(lambda line: unit_cost(Decimal(line.row.quantity), line.row.cost_cents))),
    "home_amount": ("FIFO Cost", _plain(lambda line: sheet.text(line.row.cost_cents))),
    "qty_on_hand": ("Qty On Hand", _plain(lambda line: quantity_text(line.held))),
    "home_asset_value": ("Asset Value", _plain(lambda line: sheet.text(line.worth))),
}
_UNASKED: Final = tuple(key for key in _COLUMNS if key not in {"item_sku", "memo"})


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there are any; items that moved in the period, in the order of their names."""
    keys = asked.columns or _UNASKED
    first, last = asked.period.start.isoformat(), asked.period.end.isoformat()
    found = session.store.select("SELECT DISTINCT item FROM movement WHERE date >= ? AND date <= ?", (first, last))
    columns = [sheet.column(_COLUMNS[key][0], key) for key in keys]
    report: dict[str, Any] = {"Columns": {"Column": columns}, "Rows": {}}
    if found:
        names = Names(session, "Item")
        items = sorted((item for (item,) in found), key=names.place)
        report["Rows"] = {"Row": [_section(session, names.plain(item), item, (first, last), keys) for item in items]}
    return report, bool(found)


def _section(session: Session, name: str, item: str, days: tuple[str, str], keys: Sequence[str]) -> dict[str, Any]:
    lines = _lines(session, item, days)
    moved = sum((Decimal(line.row.quantity) for line in lines), ZERO)
    totals = {
        "quantity": quantity_text(moved),
        "home_amount": sheet.text(sum(line.row.cost_cents for line in lines)),
        "qty_on_hand": quantity_text(lines[-1].held),
        "home_asset_value": sheet.text(lines[-1].worth),
    }
    rows = [{"ColData": [_COLUMNS[key][1](session, line) for key in keys], "type": "Data"} for line in lines]
    header = {"ColData": [{"value": name, "id": item}, *({"value": ""} for _ in keys[1:])]}
    summary = {"ColData": [{"value": f"Total for {name}"}, *({"value": totals.get(key, "")} for key in keys[1:])]}
    return sheet.section(header, rows, summary)


def _lines(session: Session, item: str, days: tuple[str, str]) -> list[_Line]:
    """The movements of a period in the order in which they were costed, each with the stock after it."""
    held, worth = ZERO, 0
    lines: list[_Line] = []
    for row in sorted(session.store.movements_of(item), key=inventory.order):
        held, worth = held + Decimal(row.quantity), worth + row.cost_cents
        if days[0] <= row.date <= days[1]:
            lines.append(_Line(row, session.store.document(row.entity, row.id), held, worth))
    return lines


REPORTS: Final = (
    Report("InventoryValuationDetail", build, period="This Month-to-date", columns=tuple(_COLUMNS), bases=()),
)
