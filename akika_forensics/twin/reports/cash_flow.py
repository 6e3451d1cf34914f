"""The CashFlow report, by the indirect method: from what was earned to what was received, and the cash at the end.

Cash is what banks hold and Undeposited Funds: in an export of the sample company of 2025 it ends at 4,063.52, of which
2,062.52 are undeposited. Which accounts are operating, investing and financing: QuickBooks' help on the statement of
cash flows. The report has no basis in its header; it is on the accrual basis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from akika_forensics.twin import identity
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import basis, chart, figures, periods, sheet
from akika_forensics.twin.reports.figures import CUTS, FILTERS, Figures
from akika_forensics.twin.reports.profit_and_loss import Table, earns, spread
from akika_forensics.twin.reports.report import TIME_CUTS, Asked, Report
from akika_forensics.twin.session import Session

_ADJUSTMENTS: Final = "Adjustments to reconcile Net Income to Net Cash provided by operations:"
_INVESTING: Final = frozenset({"Fixed Asset", "Other Asset"})
_FINANCING: Final = frozenset({"Long Term Liability", "Equity"})
_USED_UP: Final = frozenset({"AccumulatedDepreciation", "AccumulatedAmortization", "AccumulatedDepletion"})
"""Detail types of fixed assets and others that cost no cash: they adjust the net income."""
_ORDER: Final = tuple(accounts.CLASSIFICATION)


@dataclass(frozen=True, slots=True)
class _Flows:
    """``moved`` is debit positive; ``before`` the cash in front of each column."""

    headings: list[dict[str, Any]]
    moved: Table
    before: list[int]


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them."""
    flows = _keyed(session, asked) if asked.by in CUTS else _timed(session, asked)
    known = bool(flows.moved) or any(flows.before)
    columns = [sheet.column("", "Account", ColKey="account"), *flows.headings]
    return {"Columns": {"Column": columns}, "Rows": {"Row": _rows(session, flows, known)}}, known


def _timed(session: Session, asked: Asked) -> _Flows:
    period = asked.period
    if asked.by == "Total":
        spans, headings = [period], [sheet.column("Total", "Money", ColKey="total")]
    else:
        spans = list(periods.cut(session, period, asked.by))
        headings = [*map(figures.dated, spans), sheet.column("TOTAL", "Money", ColKey="total")]
        spans.append(period)
    tracks = Figures(session, asked).tracks("", period.end.isoformat())
    moved = {one: [track.over(span) for span in spans] for one, track in tracks.items()}
    cash = figures.together(track for one, track in tracks.items() if _part(session, one) == "cash")
    before = [cash.at(span.start - timedelta(days=1)) or 0 for span in spans]
    return _Flows(headings, {one: row for one, row in moved.items() if any(cents is not None for cents in row)}, before)


def _keyed(session: Session, asked: Asked) -> _Flows:
    period, figured = asked.period, Figures(session, asked)
    earlier = figured.by_key(asked.by, "", (period.start - timedelta(days=1)).isoformat())
    found = figured.by_key(asked.by, period.start.isoformat(), period.end.isoformat())
    columns = figures.keyed(session, asked.by, {key for _, key in (*earlier, *found)})
    keys = [key for key, _ in columns]
    headings = [*(heading for _, heading in columns), sheet.column("TOTAL", "Money", ColKey="total")]
    held = spread({one: cents for one, cents in earlier.items() if _part(session, one[0]) == "cash"}, keys)
    return _Flows(headings, spread(found, keys), _sum(held.values(), len(headings)))


def _part(session: Session, account_id: str) -> str:
    """Where an account belongs: cash, income, operating, investing, financing."""
    account = basis.account(session, account_id) or {}
    kind, detail = account.get("AccountType"), account.get("AccountSubType")
    if kind == "Bank" or detail == "UndepositedFunds":
        return "cash"
    if earns(session, account_id):
        return "income"
    if kind in _INVESTING and detail not in _USED_UP:
        return "investing"
    return "financing" if kind in _FINANCING else "operating"


def _sum(rows: Iterable[Sequence[int | None]], width: int) -> list[int]:
    totals = [0] * width
    for row in rows:
        totals = [total + (cents or 0) for total, cents in zip(totals, row, strict=True)]
    return totals


def _rows(session: Session, flows: _Flows, known: bool) -> list[dict[str, Any]]:
    width = len(flows.headings)
    parts: dict[str, list[str]] = {}
    for one in sorted(flows.moved, key=lambda one: _place(session, one)):
        parts.setdefault(_part(session, one), []).append(one)

    def came(part: str) -> list[int]:
        """What came in by the accounts of a part: their debits went out."""
        return [-cents for cents in _sum((flows.moved[one] for one in parts.get(part, [])), width)]

    def told(sums: Sequence[int]) -> sheet.Figures:
        return sums if known else [None] * width

    def of(part: str) -> list[dict[str, Any]]:
        return [_row(session, one, flows.moved[one]) for one in parts.get(part, []) if any(flows.moved[one])]

    def section(name: str, group: str, rows: list[dict[str, Any]], total: str, sums: Sequence[int]) -> dict[str, Any]:
        return sheet.section(sheet.cells(name, [None] * width), rows, sheet.cells(total, told(sums)), group)

    earned, adjusted = came("income"), came("operating")
    operating = [sheet.data("Net Income", told(earned), group="NetIncome")]
    if of("operating"):
        total = f"Total {_ADJUSTMENTS}"
        operating.append(section(_ADJUSTMENTS, "OperatingAdjustments", of("operating"), total, adjusted))
    sums = [one + other for one, other in zip(earned, adjusted, strict=True)]
    rows = [
        section(
            "OPERATING ACTIVITIES", "OperatingActivities", operating, "Net cash provided by operating activities", sums
        )
    ]
    for part in ("investing", "financing"):
        if of(part):
            group, total = f"{part.capitalize()}Activities", f"Net cash provided by {part} activities"
            rows.append(section(f"{part.upper()} ACTIVITIES", group, of(part), total, came(part)))
        sums = [one + other for one, other in zip(sums, came(part), strict=True)]
    rows.append(sheet.section(None, [], sheet.cells("Net cash increase for period", told(sums)), "CashIncrease"))
    if any(flows.before):
        rows.append(sheet.data("Cash at beginning of period", flows.before, group="BeginningCash"))
    ends = [one + other for one, other in zip(flows.before, sums, strict=True)]
    rows.append(sheet.section(None, [], sheet.cells("Cash at end of period", told(ends)), "EndingCash"))
    return rows


def _row(session: Session, account_id: str, moved: Sequence[int | None]) -> dict[str, Any]:
    shown = [None if cents is None else -cents for cents in moved]
    return sheet.data(chart.full_name(session, account_id), shown, basis.shown_id(account_id))


def _place(session: Session, account_id: str) -> tuple[int, str, int]:
    """By type, then by name. Source of the order: a recorded statement of 2014."""
    kind = str((basis.account(session, account_id) or {}).get("AccountType"))
    at = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
    return at, chart.full_name(session, account_id).casefold(), identity.number_of(account_id)


REPORTS: Final = (Report("CashFlow", build, by=(*TIME_CUTS, *CUTS), filters=FILTERS, bases=()),)
