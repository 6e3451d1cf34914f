"""AgedReceivables and AgedPayables: what each name owes or is owed, by how long it is past due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from akika_forensics.twin.reports import ageing, open_items, parties, sheet
from akika_forensics.twin.reports.open_items import Side
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session


def _build(side: Side) -> Callable[[Session, Asked], tuple[dict[str, Any], bool]]:
    def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
        """Columns and rows, and whether there are any; names whose documents come to nothing in every span are not."""
        shape = ageing.spans(asked)
        titles = [shape.title(number) for number in range(shape.count + 1)]
        columns = [sheet.column("", side.party), *(sheet.column(title, "Money") for title in (*titles, "Total"))]
        figures: dict[str, list[int | None]] = {}
        for row in ageing.aged(session, side, asked):
            mine = row.item.party_id if row.item.party.startswith(f"{side.party}:") else ""
            spans = figures.setdefault(mine, [None] * (shape.count + 2))
            for column in (row.span, shape.count + 1):
                spans[column] = (spans[column] or 0) + row.item.open
        figures = {one: spans for one, spans in figures.items() if any(spans)}
        report: dict[str, Any] = {"Columns": {"Column": columns}, "Rows": {}}
        if figures:
            report["Rows"] = {"Row": _rows(session, side, figures, shape.count + 2)}
        return report, bool(figures)

    return build


def _rows(session: Session, side: Side, figures: dict[str, list[int | None]], width: int) -> list[dict[str, Any]]:
    shown = {one: [cents or None for cents in spans[:-1]] + [spans[-1] or 0] for one, spans in figures.items()}
    tree = parties.Tree(parties.Names(session, side.party), [one for one in shown if one])
    rows, totals = parties.summed(tree, shown, width, bare=lambda own: [*own[:-1], own[-1] or 0])
    if "" in shown:
        rows.append({**sheet.cells(parties.NOBODY, shown[""]), "group": "**"})
        totals = [a + (b or 0) for a, b in zip(totals, shown[""], strict=True)]
    return [*rows, parties.grand_total(totals)]


def _report(name: str, side: Side) -> Report:
    return Report(
        name,
        _build(side),
        filters=frozenset({side.party.lower(), "department"}),
        period="Today",
        options=ageing.OPTIONS | ageing.UNKEPT,
        bases=(),
        as_of=True,
    )


REPORTS: Final = (
    _report("AgedReceivables", open_items.RECEIVABLE),
    _report("AgedPayables", open_items.PAYABLE),
)
