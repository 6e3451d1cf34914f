"""The BalanceSheet report: what the company has and owes at the end of each column, computed from the postings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from akika_forensics.twin import faults
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import basis, periods, sheet
from akika_forensics.twin.reports.chart import Block, Chart
from akika_forensics.twin.reports.profit_and_loss import dated
from akika_forensics.twin.reports.report import TIME_CUTS, Asked, Report
from akika_forensics.twin.session import Session


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them. Raises QuickBooksFault 2170.

    What was earned since the fiscal year of a column's end began is Net Income; what was earned before is in Retained
    Earnings.
    """
    by, period = asked.by, asked.period
    if by == "Total":
        columns = [(period, sheet.column("TOTAL", "Money", ColKey="total"))]
    elif by in periods.CUTS:
        columns = [(one, dated(one)) for one in periods.cut(session, period, by)]
    else:
        raise faults.malformed("summarize_column_by", "enum", by)
    headings = [sheet.column("", "Account", ColKey="account"), *(heading for _, heading in columns)]
    row = sheet.too_much(session.store.count("Account", inactive=True), len(columns))
    if row is not None:
        return {"Columns": {"Column": headings}, "Rows": {"Row": [row]}}, True
    table = basis.table(session, asked.basis)
    found = [_standing(session, one.end, table) for one, _ in columns]
    everything = {account for standing, _ in found for account in standing}
    known = bool(everything) or any(income is not None for _, income in found)
    retained = accounts.find_system(session, "retained")
    if retained is not None:
        everything.add(retained)
    figures = {account: [standing.get(account) for standing, _ in found] for account in everything}
    chart = Chart(session, figures, len(columns))
    income = [earned for _, earned in found]
    kept = [standing.get("") for standing, _ in found] if retained is None else None
    rows = [_assets(chart), _other_side(chart, income, kept)]
    return {"Columns": {"Column": headings}, "Rows": {"Row": rows}}, known


def _standing(session: Session, end: date, table: str) -> tuple[dict[str, int], int | None]:
    """Cents by balance-sheet account at the end of a day, debit positive, and the result of its year.

    Without an account for retained earnings they stand under the empty Id.
    """
    store = session.store
    year = periods.fiscal_start(session, end)
    balances = store.balances(until=end.isoformat(), table=table)
    earlier = store.balances(until=(year - timedelta(days=1)).isoformat(), table=table)
    this_year = store.balances(since=year.isoformat(), until=end.isoformat(), table=table)
    earning = {one for one in balances if accounts.is_profit_and_loss(basis.account(session, one) or {})}
    standing = {one: cents for one, cents in balances.items() if one not in earning}
    if any(one in earlier for one in earning):
        retained = accounts.find_system(session, "retained") or ""
        standing[retained] = standing.get(retained, 0) + sum(earlier.get(one, 0) for one in earning)
    ours = [this_year[one] for one in earning if one in this_year]
    return standing, -sum(ours) if ours else None


def _assets(chart: Chart) -> dict[str, Any]:
    bank, receivable = chart.block("Bank", 1), chart.block("Accounts Receivable", 1)
    current = _join(
        [
            _part("Bank Accounts", "BankAccounts", bank),
            _part("Accounts Receivable", "AR", receivable),
            _part("Other current assets", "OtherCurrentAssets", chart.block("Other Current Asset", 1)),
        ]
    )
    whole = _join(
        [
            _part("Current Assets", "CurrentAssets", current),
            _part("Fixed Assets", "FixedAssets", chart.block("Fixed Asset", 1)),
            _part("Other Assets", "OtherAssets", chart.block("Other Asset", 1)),
        ]
    )
    return _top("ASSETS", "TotalAssets", whole)


def _other_side(chart: Chart, income: sheet.Figures, kept: sheet.Figures | None) -> dict[str, Any]:
    current = _join(
        [
            _part("Accounts Payable", "AP", chart.block("Accounts Payable", -1)),
            _part("Credit Cards", "CreditCards", chart.block("Credit Card", -1)),
            _part("Other Current Liabilities", "OtherCurrentLiabilities", chart.block("Other Current Liability", -1)),
        ]
    )
    liabilities = _join(
        [
            _part("Current Liabilities", "CurrentLiabilities", current),
            _part("Long-Term Liabilities", "LongTermLiabilities", chart.block("Long Term Liability", -1)),
        ]
    )
    last = [sheet.data("Net Income", income, group="NetIncome")]
    before = [None if cents is None else -cents for cents in kept or [None] * len(income)]
    if kept is not None:
        last.insert(0, sheet.data(accounts.SYSTEM["retained"][0], before))
    own = chart.block("Equity", -1, last=last)
    totals = [sum((a, b or 0, c or 0)) for a, b, c in zip(own.totals, before, income, strict=True)]
    equity = Block(own.rows, totals)
    whole = _join([_part("Liabilities", "Liabilities", liabilities), _part("Equity", "Equity", equity)])
    return _top("LIABILITIES AND EQUITY", "TotalLiabilitiesAndEquity", whole)


def _part(name: str, group: str, block: Block) -> Block:
    """A block as one section; nothing when it has no rows."""
    if not block.rows:
        return block
    header = sheet.cells(name, [None] * len(block.totals))
    return Block([sheet.section(header, block.rows, sheet.cells(f"Total {name}", block.totals), group)], block.totals)


def _join(parts: list[Block]) -> Block:
    rows = [row for part in parts for row in part.rows]
    return Block(rows, [sum(figures) for figures in zip(*(part.totals for part in parts), strict=True)])


def _top(name: str, group: str, block: Block) -> dict[str, Any]:
    header = sheet.cells(name, [None] * len(block.totals))
    return sheet.section(header, block.rows, sheet.cells(f"TOTAL {name}", block.shown), group)


REPORTS: Final = (Report("BalanceSheet", build, by=TIME_CUTS, standard=True, bases=("Accrual", "Cash")),)
