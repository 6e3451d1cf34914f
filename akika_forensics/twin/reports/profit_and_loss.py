"""The ProfitAndLoss report: what was earned and spent in a period, computed from the postings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import basis, figures, periods, sheet
from akika_forensics.twin.reports.chart import Block, Chart
from akika_forensics.twin.reports.figures import CUTS, FILTERS, Figures
from akika_forensics.twin.reports.report import TIME_CUTS, Asked, Report
from akika_forensics.twin.session import Session

type Table = dict[str, list[int | None]]
"""Cents by account, a column each, debit positive; None where nothing was posted."""


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them."""
    headings, table = _keyed(session, asked) if asked.by in CUTS else _timed(session, asked)
    chart = Chart(session, table, len(headings))
    columns = [sheet.column("", "Account", ColKey="account"), *headings]
    return {"Columns": {"Column": columns}, "Rows": {"Row": _rows(chart, bool(table))}}, bool(table)


def _timed(session: Session, asked: Asked) -> tuple[list[dict[str, Any]], Table]:
    period = asked.period
    tracks = Figures(session, asked).tracks(period.start.isoformat(), period.end.isoformat())
    if asked.by == "Total":
        headings, spans = [sheet.column("Total", "Money", ColKey="total")], [period]
    else:
        spans = list(periods.cut(session, period, asked.by))
        headings = [*map(figures.dated, spans), sheet.column("TOTAL", "Money", ColKey="total")]
        spans.append(period)
    earning = {one: track for one, track in tracks.items() if earns(session, one)}
    return headings, {one: [track.over(span) for span in spans] for one, track in earning.items()}


def _keyed(session: Session, asked: Asked) -> tuple[list[dict[str, Any]], Table]:
    period = asked.period
    found = Figures(session, asked).by_key(asked.by, period.start.isoformat(), period.end.isoformat())
    earned = {place: cents for place, cents in found.items() if earns(session, place[0])}
    columns = figures.keyed(session, asked.by, {key for _, key in earned})
    table = spread(earned, [key for key, _ in columns])
    return [*(heading for _, heading in columns), sheet.column("TOTAL", "Money", ColKey="total")], table


def spread(found: Mapping[tuple[str, str], int], keys: list[str]) -> Table:
    """By account, a column each key and one for all of them."""
    table: Table = {}
    for account in {one for one, _ in found}:
        row = [found.get((account, key)) for key in keys]
        table[account] = [*row, sum(cents for cents in row if cents is not None)]
    return table


def earns(session: Session, account_id: str) -> bool:
    """Whether it is an account of income or expense."""
    account = basis.account(session, account_id)
    return account is not None and accounts.is_profit_and_loss(account)


def _rows(chart: Chart, known: bool) -> list[dict[str, Any]]:
    """Income and Expenses are always there, the others when they have something. Source: recorded reports."""
    income, goods = chart.block("Income", -1), chart.block("Cost of Goods Sold", 1)
    spent = chart.block("Expense", 1)
    more, less = chart.block("Other Income", -1), chart.block("Other Expense", 1)

    def result(name: str, group: str, *parts: tuple[Block, int]) -> dict[str, Any]:
        sums = [sum(some) for some in zip(*([sign * n for n in one.totals] for one, sign in parts), strict=True)]
        return sheet.section(None, [], sheet.cells(name, sums if known else [None] * len(sums)), group)

    operating = [(income, 1), (goods, -1), (spent, -1)]
    other = [(more, 1), (less, -1)]
    rows = [_part("Income", "Income", income)]
    if goods.rows:
        rows.append(_part("Cost of Goods Sold", "COGS", goods))
    rows.append(result("Gross Profit", "GrossProfit", (income, 1), (goods, -1)))
    rows.append(_part("Expenses", "Expenses", spent))
    rows.append(result("Net Operating Income", "NetOperatingIncome", *operating))
    if more.rows:
        rows.append(_part("Other Income", "OtherIncome", more))
    if less.rows:
        rows.append(_part("Other Expenses", "OtherExpenses", less))
    if more.rows or less.rows:
        rows.append(result("Net Other Income", "NetOtherIncome", *other))
    rows.append(result("Net Income", "NetIncome", *operating, *other))
    return rows


def _part(name: str, group: str, block: Block) -> dict[str, Any]:
    header = sheet.cells(name, [None] * len(block.totals))
    return sheet.section(header, block.rows, sheet.cells(f"Total {name}", block.shown), group)


REPORTS: Final = (
    Report(
        "ProfitAndLoss",
        build,
        by=(*TIME_CUTS, *CUTS),
        filters=FILTERS,
        bases=("Accrual", "Cash"),
        standard=True,
    ),
)
