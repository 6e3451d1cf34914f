"""AgedReceivableDetail and AgedPayableDetail: the open documents, those longest past due first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from akika_forensics.twin import settings
from akika_forensics.twin.reports import ageing, item_columns, open_items, sheet
from akika_forensics.twin.reports.ageing import Aged
from akika_forensics.twin.reports.item_columns import Column
from akika_forensics.twin.reports.open_items import PAYABLE, Side
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session


def _unasked(session: Session, side: Side) -> list[str]:
    """Source: recorded for payables; third parties tell it of receivables. A place where places are kept."""
    keys = ["tx_date", "txn_type", "doc_num"]
    if side is PAYABLE:
        keys += ["vend_name", "due_date", "past_due", "subt_neg_amount", "subt_neg_open_bal"]
        keys += ["subt_neg_home_amount", "subt_neg_home_open_bal"]
    else:
        keys += ["cust_name", "due_date", "subt_amount", "subt_open_bal", "subt_home_amount", "subt_home_open_bal"]
    if settings.preference(session, "AccountingInfoPrefs", "TrackDepartments"):
        keys.insert(4, "dept_name")
    return keys


def _build(side: Side) -> Callable[[Session, Asked], tuple[dict[str, Any], bool]]:
    def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
        """Columns and rows, and whether there are any."""
        known = item_columns.columns(session, side)
        columns = item_columns.chosen(known, asked.columns, _unasked(session, side))
        found = ageing.aged(session, side, asked)
        report: dict[str, Any] = {"Columns": {"Column": [one.heading() for one in columns]}, "Rows": {}}
        if found:
            report["Rows"] = {"Row": _rows(session, side, asked, found, columns)}
        return report, bool(found)

    return build


def _rows(
    session: Session, side: Side, asked: Asked, found: Sequence[Aged], columns: Sequence[Column]
) -> list[dict[str, Any]]:
    shape = ageing.spans(asked)
    made = item_columns.Lines(session, side)
    rows: list[dict[str, Any]] = []
    for number in range(shape.count, -1, -1):
        mine = [one for one in found if one.span == number]
        if mine:
            lines = made.rows(((one.item, one.days) for one in mine), columns)
            rows += _section(shape.section(number), lines, [one.item for one in mine], columns)
    if item_columns.has_total(columns):
        rows.append(sheet.section(None, [], item_columns.total("TOTAL", [one.item for one in found], columns)))
    return rows


def _section(
    title: str, lines: Sequence[dict[str, Any]], items: Sequence[open_items.OpenItem], columns: Sequence[Column]
) -> list[dict[str, Any]]:
    """Without a column that has a total, the total is a section of its own with nothing but a header.

    Source: QuickBooks' sample of the report with the columns due_date and vend_name.
    """
    header = _header(title, columns)
    total = f"Total for {title}"
    if item_columns.has_total(columns):
        return [sheet.section(header, lines, item_columns.total(total, items, columns))]
    plain: dict[str, Any] = {"Header": header, "Rows": {"Row": list(lines)}, "type": "Section"}
    return [plain, {"Header": _header(total, columns), "type": "Section"}]


def _header(title: str, columns: Sequence[Column]) -> dict[str, Any]:
    return {"ColData": [{"value": title}, *({"value": ""} for _ in columns[1:])]}


def _report(name: str, side: Side) -> Report:
    return Report(
        name,
        _build(side),
        filters=frozenset({side.party.lower(), "department"}),
        period="Today",
        columns=item_columns.KEYS[side.party],
        options=ageing.OPTIONS | ageing.UNKEPT,
        bases=(),
        as_of=True,
    )


REPORTS: Final = (
    _report("AgedReceivableDetail", open_items.RECEIVABLE),
    _report("AgedPayableDetail", open_items.PAYABLE),
)
