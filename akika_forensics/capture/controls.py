"""QuickBooks' own figures captured beside the records, to be tied out later."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from akika_forensics.model import payload as payloads
from akika_forensics.quickbooks import Reader

_MONTHS: Final = {name: number for number, name in enumerate(calendar.month_name) if name}


def controls(
    reader: Reader, company_info: bytes, at: datetime, latest: date | None = None
) -> Iterator[tuple[str, bytes]]:
    """(name, report as received) for each control of a capture at the server time ``at``.

    The accrual trial balance on the company's own date and, when transactions are dated later, at the end of the month
    of the latest. Each begins with the fiscal year, so that income and expenses are year to date. Names read
    ``TrialBalance/Accrual/2026-11-23``.
    """
    info = payloads.decode(company_info)
    today = company_date(info, at)
    days = [today]
    if latest is not None and latest > today:
        days.append(latest.replace(day=calendar.monthrange(latest.year, latest.month)[1]))
    for day in days:
        report = reader.report(
            "TrialBalance",
            accounting_method="Accrual",
            start_date=fiscal_year_start(info, day).isoformat(),
            end_date=day.isoformat(),
        )
        yield f"TrialBalance/Accrual/{day.isoformat()}", report


def company_date(info: dict[str, Any], at: datetime) -> date:
    """The date at the company: in its own zone when it has named one, else in the zone the server answers in."""
    name = info.get("DefaultTimeZone")
    if isinstance(name, str) and name:
        try:
            return at.astimezone(ZoneInfo(name)).date()
        except (KeyError, ValueError, OSError):
            return at.date()
    return at.date()


def fiscal_year_start(info: dict[str, Any], day: date) -> date:
    """The first day of the fiscal year that ``day`` lies in; January when the company names no month."""
    month = _MONTHS.get(str(info.get("FiscalYearStartMonth", "")), 1)
    return date(day.year if day.month >= month else day.year - 1, month, 1)
