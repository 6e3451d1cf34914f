"""CustomerBalance and VendorBalance with their details: what each name owes or is owed on a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from akika_forensics.twin import faults
from akika_forensics.twin.reports import ageing, item_columns, open_items, parties, sheet
from akika_forensics.twin.reports.item_columns import Column
from akika_forensics.twin.reports.open_items import PAYABLE, RECEIVABLE, OpenItem, Side
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session

_DAYS: Final = frozenset({"start_duedate", "end_duedate"})
_SORTING: Final = frozenset({"sort_by", "sort_order"})


def _summary(side: Side) -> Callable[[Session, Asked], tuple[dict[str, Any], bool]]:
    def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
        """Columns and rows, and whether there are any; who owes nothing is not there."""
        ageing.refuse_unkept(asked)
        found = open_items.what_is_open(session, side, asked.period.end.isoformat())
        if any(asked.parameters.get(one) for one in _DAYS):
            found = open_items.told(session, side, found)
        found = ageing.kept(session, found, side, asked)
        sums = {one: sum(item.open for item in mine) for one, mine in ageing.grouped(found, side).items()}
        figures: dict[str, list[int | None]] = {one: [cents] for one, cents in sums.items() if cents}
        columns = [sheet.column("", side.party), sheet.column("Total", "Money")]
        report: dict[str, Any] = {"Columns": {"Column": columns}, "Rows": {}}
        if figures:
            report["Rows"] = {"Row": _rows(session, side, figures)}
        return report, bool(figures)

    return build


def _rows(session: Session, side: Side, figures: Mapping[str, list[int | None]]) -> list[dict[str, Any]]:
    tree = parties.Tree(parties.Names(session, side.party), [one for one in figures if one])
    rows, totals = parties.summed(tree, figures, 1)
    if "" in figures:
        rows.append({**sheet.cells(parties.NOBODY, figures[""]), "group": "**"})
        totals[0] += figures[""][0] or 0
    return [*rows, parties.grand_total(totals)]


def _unasked(side: Side) -> tuple[str, ...]:
    sign = "neg_" if side is PAYABLE else ""
    amounts = (f"subt_{sign}amount", f"subt_{sign}home_amount", f"subt_{sign}open_bal", f"subt_{sign}home_open_bal")
    return "tx_date", "txn_type", "doc_num", "due_date", *amounts


def _detail(side: Side) -> Callable[[Session, Asked], tuple[dict[str, Any], bool]]:
    paid = "appaid" if side is PAYABLE else "arpaid"

    def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
        """Columns and rows, and whether there are any. Raises QuickBooksFault 2170 for ``arpaid`` that is none."""
        ageing.refuse_unkept(asked)
        wanted = asked.parameters.get(paid) or "Unpaid"
        if wanted.lower() not in {"all", "paid", "unpaid"}:
            raise faults.malformed(paid, "enum", wanted)
        day = asked.period.end.isoformat()
        found = [
            item
            for item in open_items.all_items(session, side, day)
            if wanted.lower() == "all" or bool(item.open or item.own_open) == (wanted.lower() == "unpaid")
        ]
        found = ageing.kept(session, open_items.told(session, side, found), side, asked)
        known = item_columns.columns(session, side)
        columns = item_columns.chosen(known, asked.columns, _unasked(side))
        report: dict[str, Any] = {"Columns": {"Column": [one.heading() for one in columns]}, "Rows": {}}
        if found:
            report["Rows"] = {"Row": _listed(session, side, _sorted(asked, found), columns)}
        return report, bool(found)

    return build


_SORTS: Final[Mapping[str, Callable[[OpenItem], Any]]] = {
    "tx_date": lambda item: item.date,
    "txn_type": lambda item: item.label,
    "doc_num": lambda item: item.number,
    "due_date": lambda item: item.due,
    "memo": lambda item: item.memo,
}


def _sorted(asked: Asked, found: list[OpenItem]) -> list[OpenItem]:
    """As asked, else by day: what is recorded has them so, though the documentation says txn_type."""
    by = asked.parameters.get("sort_by", "").lower()
    key = _SORTS.get(by, lambda item: item.open if "open_bal" in by else item.amount)
    if not by:
        key = _SORTS["tx_date"]
    return sorted(found, key=key, reverse=asked.parameters.get("sort_order", "").lower() == "descend")


def _listed(session: Session, side: Side, found: Sequence[OpenItem], columns: Sequence[Column]) -> list[dict[str, Any]]:
    made_of = item_columns.Lines(session, side)
    names = made_of.names
    groups = ageing.grouped(found, side)
    tree = parties.Tree(names, [one for one in groups if one])

    def lines(items: Sequence[OpenItem]) -> list[dict[str, Any]]:
        return made_of.rows(((item, None) for item in items), columns)

    def sections(above: str | None) -> tuple[list[dict[str, Any]], list[OpenItem]]:
        made: list[dict[str, Any]] = []
        everything: list[OpenItem] = []
        for one in tree.under(above):
            inner, below = sections(one)
            items = [*groups.get(one, []), *below]
            name = names.plain(one)
            header = {"ColData": [{"value": name, "id": one}, *({"value": ""} for _ in columns[1:])]}
            rows = [*lines(groups.get(one, [])), *inner]
            made.append(sheet.section(header, rows, item_columns.total(f"Total for {name}", items, columns)))
            everything += items
        return made, everything

    rows, items = sections(None)
    nobody = groups.get("", [])
    if nobody:
        header = {"ColData": [{"value": parties.NOBODY}, *({"value": ""} for _ in columns[1:])]}
        total = item_columns.total(f"Total for {parties.NOBODY}", nobody, columns)
        rows.append(sheet.section(header, lines(nobody), total))
    return [*rows, sheet.section(None, [], item_columns.total("TOTAL", [*items, *nobody], columns))]


def _report(name: str, side: Side, *, detail: bool) -> Report:
    """Unasked, all days up to this one. Source: QuickBooks' samples of the customers' reports."""
    return Report(
        name,
        _detail(side) if detail else _summary(side),
        filters=frozenset({side.party.lower(), "department"}),
        period="All",
        columns=item_columns.KEYS[side.party] if detail else (),
        options=_DAYS | {"term"} | ageing.UNKEPT | (_SORTING | {"arpaid", "appaid"} if detail else frozenset()),
        bases=(),
        as_of=True,
    )


REPORTS: Final = (
    _report("CustomerBalance", RECEIVABLE, detail=False),
    _report("CustomerBalanceDetail", RECEIVABLE, detail=True),
    _report("VendorBalance", PAYABLE, detail=False),
    _report("VendorBalanceDetail", PAYABLE, detail=True),
)
