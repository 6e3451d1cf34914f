"""The ProfitAndLoss report: what was earned and spent in a period, computed from the postings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.twin import faults
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import basis, periods, sheet
from akika_forensics.twin.reports.chart import Block, Chart
from akika_forensics.twin.reports.periods import Period
from akika_forensics.twin.reports.report import TIME_CUTS, Asked, Report
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import PostingRow

NONE: Final = ""
"""The customer of what has none."""


@dataclass(frozen=True, slots=True)
class _Column:
    """``customer`` is an Id, ``NONE``, or None for all."""

    heading: dict[str, Any]
    period: Period
    customer: str | None = None


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them. Raises QuickBooksFault 2170."""
    customers = asked.only("customer")
    columns = _columns(session, asked, customers)
    headings = [sheet.column("", "Account", ColKey="account"), *(one.heading for one in columns)]
    row = sheet.too_much(session.store.count("Account", inactive=True), len(columns))
    if row is not None:
        return {"Columns": {"Column": headings}, "Rows": {"Row": [row]}}, True
    found = [_figures(session, asked, one, customers) for one in columns]
    everything = {account for one in found for account in one}
    table = {account: [one.get(account) for one in found] for account in everything}
    chart = Chart(session, table, len(columns))
    return {"Columns": {"Column": headings}, "Rows": {"Row": _rows(chart, bool(everything))}}, bool(everything)


def _columns(session: Session, asked: Asked, customers: frozenset[str]) -> list[_Column]:
    period, by = asked.period, asked.by
    if by == "Total":
        return [_Column(sheet.column("Total", "Money", ColKey="total"), period)]
    total = _Column(sheet.column("TOTAL", "Money", ColKey="total"), period)
    if by == "Customers":
        return [*_by_customer(session, asked, customers), total]
    if by not in periods.CUTS:
        raise faults.malformed("summarize_column_by", "enum", by)
    cuts = [_Column(dated(one), one) for one in periods.cut(session, period, by)]
    return [*cuts, total]


def dated(period: Period) -> dict[str, Any]:
    """The heading of a column of days."""
    title = periods.title(period)
    start, end = period.start.isoformat(), period.end.isoformat()
    return sheet.column(title, "Money", StartDate=start, EndDate=end, ColKey=title)


def _by_customer(session: Session, asked: Asked, customers: frozenset[str]) -> list[_Column]:
    """A column a customer that has anything, by name; what has no customer comes last."""
    met = {
        _customer(session, row, entity, record_id) for entity, record_id, row in _postings(session, asked, asked.period)
    }
    named = sorted(
        (str((session.find("Customer", one) or {}).get("DisplayName", one)), one)
        for one in met
        if one != NONE and (not customers or one in customers)
    )
    found = [_Column(sheet.column(name, "Money", ColKey=one), asked.period, one) for name, one in named]
    if NONE in met and not customers:
        found.append(_Column(sheet.column("Not Specified", "Money", ColKey="not_specified"), asked.period, NONE))
    return found


def _postings(session: Session, asked: Asked, period: Period) -> list[tuple[str, str, PostingRow]]:
    found = session.store.postings_between(
        period.start.isoformat(), period.end.isoformat(), table=basis.table(session, asked.basis)
    )
    return [one for one in found if _earns(session, one[2].account)]


def _earns(session: Session, account_id: str) -> bool:
    account = basis.account(session, account_id)
    return account is not None and accounts.is_profit_and_loss(account)


def _customer(session: Session, row: PostingRow, entity: str, record_id: str) -> str:
    """Whose income or cost it is: the posting's own, or, of what stock cost, that of the sale."""
    kind, _, party = row.party.partition(":")
    if kind == "Customer":
        return party
    return ref_id(session.find(entity, record_id), "CustomerRef") or NONE


def _figures(session: Session, asked: Asked, column: _Column, customers: frozenset[str]) -> dict[str, int]:
    """Cents by account of what is earned and spent, debit positive."""
    if column.customer is None and not customers:
        first, last = column.period.start.isoformat(), column.period.end.isoformat()
        sums = session.store.balances(since=first, until=last, table=basis.table(session, asked.basis))
        return {account: cents for account, cents in sums.items() if _earns(session, account)}
    found: dict[str, int] = {}
    wanted = customers if column.customer is None else {column.customer}
    for entity, record_id, row in _postings(session, asked, column.period):
        if _customer(session, row, entity, record_id) in wanted:
            found[row.account] = found.get(row.account, 0) + row.cents
    return found


def _rows(chart: Chart, known: bool) -> list[dict[str, Any]]:
    """Income and Expenses are always there, the others when they have something. Source: recorded reports."""
    income, goods = chart.block("Income", -1), chart.block("Cost of Goods Sold", 1)
    spent = chart.block("Expense", 1)
    more, less = chart.block("Other Income", -1), chart.block("Other Expense", 1)

    def result(name: str, group: str, *parts: tuple[Block, int]) -> dict[str, Any]:
        sums = [sum(figures) for figures in zip(*([sign * n for n in one.totals] for one, sign in parts), strict=True)]
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
        by=(*TIME_CUTS, "Customers"),
        filters=frozenset({"customer"}),
        standard=True,
        bases=("Accrual", "Cash"),
    ),
)
