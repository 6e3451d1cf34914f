"""The TrialBalance report, computed from the postings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from akika_forensics.twin import identity
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import basis, chart, daily, periods, sheet
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session

_ORDER: Final = tuple(accounts.CLASSIFICATION)


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them: balances as of the period's end, debit or credit.

    Income and expense accounts show what came since the fiscal year began; the result of earlier years is in Retained
    Earnings.
    """
    columns = [
        sheet.column("", "Account", ColKey="account"),
        sheet.column("Debit", "Money", ColKey="debit"),
        sheet.column("Credit", "Money", ColKey="credit"),
    ]
    report: dict[str, Any] = {"Columns": {"Column": columns}, "Rows": {}}
    rows = _rows(session, asked)
    if not rows:
        return report, False
    debit = sum(cents for _, _, cents in rows if cents > 0)
    credit = -sum(cents for _, _, cents in rows if cents < 0)
    lines: list[dict[str, Any]] = [
        {"ColData": [_first(name, account), *_sides(cents)]} for account, name, cents in rows
    ]
    lines.append(sheet.section(None, [], sheet.cells("TOTAL", [debit, credit]), "GrandTotal"))
    report["Rows"] = {"Row": lines}
    return report, True


def _first(name: str, account: str) -> dict[str, str]:
    shown = basis.shown_id(account)
    return {"value": name, "id": shown} if shown else {"value": name}


def _sides(cents: int) -> list[dict[str, str]]:
    return [{"value": sheet.text(cents) if cents > 0 else ""}, {"value": sheet.text(-cents) if cents < 0 else ""}]


def _rows(session: Session, asked: Asked) -> list[tuple[str, str, int]]:
    """(account Id, name, cents), in the order of the chart; accounts without a balance are left out."""
    end, table = asked.period.end, daily.table(session, asked.basis)
    year = periods.fiscal_start(session, end)
    before = (year - timedelta(days=1)).isoformat()
    balances = session.store.balances(until=end.isoformat(), table=table)
    earlier = session.store.balances(until=before, table=table)
    retained = 0
    for account_id in list(balances):
        account = basis.account(session, account_id)
        if account is not None and accounts.is_profit_and_loss(account):
            rolled = earlier.get(account_id, 0)
            retained += rolled
            balances[account_id] -= rolled
    home = accounts.find_system(session, "retained")
    if home is not None:
        balances[home] = balances.get(home, 0) + retained
    rows = [
        (account_id, chart.full_name(session, account_id), cents) for account_id, cents in balances.items() if cents
    ]
    if home is None and retained:
        rows.append(("", accounts.SYSTEM["retained"][0], retained))
    return sorted(rows, key=lambda row: _position(session, row))


def _position(session: Session, row: tuple[str, str, int]) -> tuple[int, str, int]:
    kind = str((basis.account(session, row[0]) or {}).get("AccountType", ""))
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER), row[1], identity.number_of(row[0])


REPORTS: Final = (Report("TrialBalance", build, period="This Fiscal Year-to-date", bases=("Accrual", "Cash")),)
