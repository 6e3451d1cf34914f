"""The TrialBalance report, computed from the postings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.instants import parse_date
from akika_forensics.twin import faults, identity, naming, settings, wire
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.session import Session

_ORDER: Final = tuple(accounts.CLASSIFICATION)
_MACROS: Final = [
    "Today",
    "Yesterday",
    "This Week",
    "Last Week",
    "This Week-to-date",
    "This Month",
    "Last Month",
    "This Month-to-date",
    "This Fiscal Quarter",
    "Last Fiscal Quarter",
    "This Fiscal Quarter-to-date",
    "This Fiscal Year",
    "Last Fiscal Year",
    "This Fiscal Year-to-date",
    "This Calendar Year",
    "Last Calendar Year",
    "All",
]


def trial_balance(session: Session, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Balances as of the period's end, debit or credit.

    Income and expense accounts show what came since the fiscal year began; the result of earlier years is in Retained
    Earnings. Accrual basis only. Raises QuickBooksFault 2170, 2060, 5030.
    """
    method = parameters.get("accounting_method") or "Accrual"
    if method.lower() != "accrual":
        if method.lower() == "cash":
            raise faults.not_offered("this company reports on the accrual basis only; the cash basis is not available.")
        raise faults.malformed("accounting_method", "enum", method)
    start, end, macro = _period(session, parameters)
    rows = _rows(session, end)
    debit = sum(cents for _, _, cents in rows if cents > 0)
    credit = -sum(cents for _, _, cents in rows if cents < 0)
    header: dict[str, Any] = {
        "Time": wire.metadata_time(session.moment),
        "ReportName": "TrialBalance",
        "ReportBasis": "Accrual",
        "StartPeriod": start.isoformat(),
        "EndPeriod": end.isoformat(),
        "Currency": settings.home_currency(session)["value"],
        "Option": [{"Name": "NoReportData", "Value": "false" if rows else "true"}],
    }
    if macro:
        header["DateMacro"] = macro
    report: dict[str, Any] = {"Header": header, "Columns": {"Column": _columns()}}
    if not rows:
        report["Rows"] = {}
        return report
    lines: list[dict[str, Any]] = [
        {"ColData": [{"value": name, "id": account}, *_sides(cents)] if account else [{"value": name}, *_sides(cents)]}
        for account, name, cents in rows
    ]
    total = [{"value": "TOTAL"}, {"value": _text(debit)}, {"value": _text(credit)}]
    lines.append({"Summary": {"ColData": total}, "type": "Section", "group": "GrandTotal"})
    report["Rows"] = {"Row": lines}
    return report


def _columns() -> list[dict[str, Any]]:
    return [
        {"ColTitle": title, "ColType": kind, "MetaData": [{"Name": "ColKey", "Value": key}]}
        for title, kind, key in (
            ("", "Account", "account"),
            ("Debit", "Money", "debit"),
            ("Credit", "Money", "credit"),
        )
    ]


def _text(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def _sides(cents: int) -> list[dict[str, str]]:
    return [{"value": _text(cents) if cents > 0 else ""}, {"value": _text(-cents) if cents < 0 else ""}]


def _rows(session: Session, end: date) -> list[tuple[str, str, int]]:
    """(account Id, name, cents), in the order of the chart; accounts without a balance are left out."""
    year = fiscal_start(session, end)
    before = (year - timedelta(days=1)).isoformat()
    balances = session.store.balances(until=end.isoformat())
    earlier = session.store.balances(until=before)
    retained = 0
    for account_id in list(balances):
        account = session.find("Account", account_id)
        if account is not None and accounts.is_profit_and_loss(account):
            rolled = earlier.get(account_id, 0)
            retained += rolled
            balances[account_id] -= rolled
    home = accounts.find_system(session, "retained")
    if home is not None:
        balances[home] = balances.get(home, 0) + retained
    rows = [(account_id, _name(session, account_id), cents) for account_id, cents in balances.items() if cents]
    if home is None and retained:
        rows.append(("", accounts.SYSTEM["retained"][0], retained))
    return sorted(rows, key=lambda row: _position(session, row))


def _name(session: Session, account_id: str) -> str:
    account = session.find("Account", account_id) or {}
    name = str(account.get("FullyQualifiedName") or account.get("Name") or account_id)
    return naming.marked(name) if account.get("Active") is False else name


def _position(session: Session, row: tuple[str, str, int]) -> tuple[int, str, int]:
    kind = accounts.account_type(session, row[0])
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER), row[1], identity.number_of(row[0])


def fiscal_start(session: Session, day: date) -> date:
    """The first day of the fiscal year that holds ``day``."""
    month = settings.fiscal_start_month(session)
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def _period(session: Session, parameters: Mapping[str, str]) -> tuple[date, date, str | None]:
    today = session.moment.astimezone(wire.PACIFIC).date()
    start, end = _date(parameters, "start_date"), _date(parameters, "end_date")
    macro = parameters.get("date_macro")
    if macro and not (start and end):
        names = {name.lower(): name for name in _MACROS}
        if macro.lower() not in names:
            raise faults.malformed("date_macro", "enum", macro)
        return (*_macro(session, names[macro.lower()], today), names[macro.lower()])
    if start is None and end is None:
        return fiscal_start(session, today), today, "This Fiscal Year-to-date"
    last = end or today
    first = start or fiscal_start(session, last)
    if first > last:
        raise faults.malformed("start_date", "date", first.isoformat())
    return first, last, None


def _date(parameters: Mapping[str, str], name: str) -> date | None:
    text = parameters.get(name)
    if not text:
        return None
    try:
        return parse_date(text)
    except ValueError:
        raise faults.malformed(name, "date", text) from None


def _macro(session: Session, name: str, today: date) -> tuple[date, date]:
    if name == "All":
        return date(1900, 1, 1), today
    if name in {"Today", "Yesterday"}:
        day = today - timedelta(days=name == "Yesterday")
        return day, day
    which, _, span = name.partition(" ")
    to_date = span.endswith("-to-date")
    first, length = _span(session, span.removesuffix("-to-date"), today)
    if which == "Last":
        first = _span(session, span, first - timedelta(days=1))[0]
    after = first + timedelta(days=7) if length == 0 else _months_on(first, length)
    return first, today if to_date else after - timedelta(days=1)


def _span(session: Session, span: str, day: date) -> tuple[date, int]:
    """The first day of the week, month, quarter or year that holds ``day``, and its months (0 for a week)."""
    match span:
        case "Week":
            return day - timedelta(days=(day.weekday() + 1) % 7), 0
        case "Month":
            return day.replace(day=1), 1
        case "Calendar Year":
            return date(day.year, 1, 1), 12
        case "Fiscal Quarter":
            year = fiscal_start(session, day)
            passed = ((day.year - year.year) * 12 + day.month - year.month) // 3
            return _months_on(year, 3 * passed), 3
        case _:
            return fiscal_start(session, day), 12


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def run(session: Session, name: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """One of the reports this company offers. Raises QuickBooksFault 500 for any other."""
    if name.lower() != "trialbalance":
        raise faults.unsupported(f"report {name}")
    return trial_balance(session, parameters)
