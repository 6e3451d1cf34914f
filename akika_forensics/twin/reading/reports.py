"""The reports this company offers: what each takes, and the header that all have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.twin import faults, settings, wire
from akika_forensics.twin.reading import balance_sheet, periods, profit_and_loss, trial_balance
from akika_forensics.twin.reading.periods import Period
from akika_forensics.twin.session import Session

_Build = Callable[[Session, Period, Mapping[str, str]], tuple[dict[str, Any], bool]]


@dataclass(frozen=True, slots=True)
class _Report:
    """``by`` are the ways in which its columns can be cut, none when it has fixed ones; ``period`` is its own choice.

    Source for the calendar year: a header recorded in 2025; the documentation speaks of the fiscal year.
    """

    name: str
    build: _Build
    by: tuple[str, ...] = ()
    filters: frozenset[str] = frozenset()
    period: str = "This Calendar Year-to-date"


_TIME: Final = ("Total", *periods.CUTS)
_REPORTS: Final = {
    report.name.lower(): report
    for report in (
        _Report("TrialBalance", trial_balance.build, period="This Fiscal Year-to-date"),
        _Report("ProfitAndLoss", profit_and_loss.build, (*_TIME, "Customers"), frozenset({"customer"})),
        _Report("BalanceSheet", balance_sheet.build, _TIME),
    )
}
_OTHER_CUTS: Final = frozenset({"customers", "vendors", "employees", "departments", "classes", "productsandservices"})
_FILTERS: Final = ("customer", "vendor", "employee", "item", "class", "department", "account")
PARAMETERS: Final = frozenset(
    {"start_date", "end_date", "date_macro", "accounting_method", "summarize_column_by", *_FILTERS}
)
"""What changes a report. Others, such as ``sort_order`` and ``qzurl``, are taken and change nothing."""


def run(session: Session, name: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """A report in the recorded form, on the accrual basis.

    Raises QuickBooksFault 500 for an unknown report, 2170 and 2060 for a parameter that is none, 5030 for what
    QuickBooks can do and this company cannot: it does not answer with other figures than those asked for.
    """
    report = _REPORTS.get(name.lower())
    if report is None:
        raise faults.unsupported(f"report {name}")
    _check_method(parameters.get("accounting_method") or "Accrual")
    given = {one: parameters[one] for one in _FILTERS if parameters.get(one)}
    for one in given:
        if one not in report.filters:
            raise faults.not_offered(f"{report.name} cannot be had for one {one} alone.")
    by = _cut(report, parameters.get("summarize_column_by") or "Total")
    period = periods.asked(session, parameters, report.period)
    built, known = report.build(session, period, {**parameters, "summarize_column_by": by})
    return {"Header": _header(session, report, period, by, given, known=known), **built}


def _check_method(method: str) -> None:
    if method.lower() == "cash":
        raise faults.not_offered("this company reports on the accrual basis only; the cash basis is not available.")
    if method.lower() != "accrual":
        raise faults.malformed("accounting_method", "enum", method)


def _cut(report: _Report, asked: str) -> str:
    if not report.by:
        return "Total"
    for one in report.by:
        if one.lower() == asked.lower():
            return one
    if asked.lower() in _OTHER_CUTS:
        raise faults.not_offered(f"{report.name} cannot be had by {asked}.")
    raise faults.malformed("summarize_column_by", "enum", asked)


def _header(
    session: Session, report: _Report, period: Period, by: str, given: Mapping[str, str], *, known: bool
) -> dict[str, Any]:
    days = period.header()
    header: dict[str, Any] = {"Time": wire.metadata_time(session.moment), "ReportName": report.name}
    if "DateMacro" in days:
        header["DateMacro"] = days.pop("DateMacro")
    header |= {"ReportBasis": "Accrual", **days}
    if report.by:
        header["SummarizeColumnsBy"] = by
    header["Currency"] = settings.home_currency(session)["value"]
    header |= {name.capitalize(): value for name, value in given.items()}
    standard = [{"Name": "AccountingStandard", "Value": "GAAP"}] if report.by else []
    header["Option"] = [*standard, {"Name": "NoReportData", "Value": "false" if known else "true"}]
    return header
