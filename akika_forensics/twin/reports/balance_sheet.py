"""The BalanceSheet report: what the company has and owes at the end of each column, computed from the postings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import figures, periods, sheet
from akika_forensics.twin.reports.chart import Block, Chart
from akika_forensics.twin.reports.figures import CUTS, FILTERS, Figures
from akika_forensics.twin.reports.profit_and_loss import Table, earns, spread
from akika_forensics.twin.reports.report import TIME_CUTS, Asked, Report
from akika_forensics.twin.session import Session

type Standing = tuple[list[dict[str, Any]], Table, list[int | None]]
"""Headings; cents by account of the balance sheet, debit positive; what the year of each column earned.

What was earned before that year is among the accounts: in Retained Earnings, under the empty Id where there is none.
"""


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them.

    What was earned since the fiscal year of a column's end began is Net Income; what was earned before is in Retained
    Earnings. Columns of a list hold what was posted for its records and need not balance by themselves; their sum does.
    """
    headings, table, income = _keyed(session, asked) if asked.by in CUTS else _timed(session, asked)
    known = bool(table) or any(earned is not None for earned in income)
    retained = accounts.find_system(session, "retained")
    if retained is not None:
        table.setdefault(retained, [None] * len(headings))
    kept = None if retained is not None else table.pop("", [None] * len(headings))
    chart = Chart(session, table, len(headings))
    rows = [_assets(chart), _other_side(chart, income, kept)]
    columns = [sheet.column("", "Account", ColKey="account"), *headings]
    return {"Columns": {"Column": columns}, "Rows": {"Row": rows}}, known


def _timed(session: Session, asked: Asked) -> Standing:
    period = asked.period
    if asked.by == "Total":
        headings, ends = [sheet.column("TOTAL", "Money", ColKey="total")], [period.end]
    else:
        spans = list(periods.cut(session, period, asked.by))
        headings, ends = [figures.dated(one) for one in spans], [one.end for one in spans]
    tracks = Figures(session, asked).tracks("", period.end.isoformat())
    earning = figures.together(track for one, track in tracks.items() if earns(session, one))
    table: Table = {one: [track.at(end) for end in ends] for one, track in tracks.items() if not earns(session, one)}
    years = [periods.fiscal_start(session, end) for end in ends]
    before = [earning.at(_eve(year)) for year in years]
    _retain(session, table, before)
    this = [earning.between(year.isoformat(), end.isoformat()) for year, end in zip(years, ends, strict=True)]
    return headings, table, _opposite(this)


def _keyed(session: Session, asked: Asked) -> Standing:
    end, figured = asked.period.end, Figures(session, asked)
    year = periods.fiscal_start(session, end)
    earlier = figured.by_key(asked.by, "", _eve(year).isoformat())
    this = figured.by_key(asked.by, year.isoformat(), end.isoformat())
    columns = figures.keyed(session, asked.by, {key for _, key in (*earlier, *this)})
    keys = [key for key, _ in columns]
    held = {one: cents for one, cents in earlier.items() if not earns(session, one[0])}
    for one, cents in this.items():
        if not earns(session, one[0]):
            held[one] = held.get(one, 0) + cents
    table = spread(held, keys)
    _retain(session, table, _result(session, earlier, keys))
    headings = [*(heading for _, heading in columns), sheet.column("TOTAL", "Money", ColKey="total")]
    return headings, table, _opposite(_result(session, this, keys))


def _result(session: Session, found: Mapping[tuple[str, str], int], keys: list[str]) -> list[int | None]:
    """What was spent less what was earned, a column each key and one for all."""
    sums = {("", key): 0 for account, key in found if earns(session, account)}
    for (account, key), cents in found.items():
        if earns(session, account):
            sums["", key] += cents
    return spread(sums, keys).get("", [None] * (len(keys) + 1))


def _retain(session: Session, table: Table, before: list[int | None]) -> None:
    """Put what earlier years earned to what is in Retained Earnings."""
    if any(cents is not None for cents in before):
        retained = accounts.find_system(session, "retained") or ""
        own = table.get(retained, [None] * len(before))
        table[retained] = [
            None if one is None and cents is None else (one or 0) + (cents or 0)
            for one, cents in zip(own, before, strict=True)
        ]


def _opposite(some: list[int | None]) -> list[int | None]:
    return [None if cents is None else -cents for cents in some]


def _eve(day: date) -> date:
    return day - timedelta(days=1)


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


REPORTS: Final = (
    Report(
        "BalanceSheet",
        build,
        by=(*TIME_CUTS, *CUTS),
        filters=FILTERS,
        bases=("Accrual", "Cash"),
        standard=True,
    ),
)
