"""A report is asked for: what is understood, what is refused, and the header that every report has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from akika_forensics.twin import faults, settings, wire
from akika_forensics.twin.reports import periods, sheet
from akika_forensics.twin.reports.catalogue import REPORTS
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session

_CUTS: Final = frozenset({"customers", "vendors", "employees", "departments", "classes", "productsandservices"}).union(
    one.lower() for one in periods.CUTS
)
"""Ways in which QuickBooks can cut a report, whether this one can be or not."""
FILTERS: Final = ("customer", "vendor", "employee", "item", "class", "department", "account")
_OPTIONS: Final = frozenset().union(*(report.options for report in REPORTS.values()))
PARAMETERS: Final = frozenset(
    {
        "start_date",
        "end_date",
        "report_date",
        "date_macro",
        "accounting_method",
        "summarize_column_by",
        "columns",
        *FILTERS,
    }
).union(_OPTIONS)
"""What changes a report. Others, such as ``qzurl``, are taken and change nothing."""


ELSEWHERE: Final = frozenset({"fecreport", "trialbalancefr", "generalledgerfr", "journalreportfr"})
"""Reports of the French edition. Source: QuickBooks API, report entities."""


def run(session: Session, name: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """A report in the recorded form.

    Raises QuickBooksFault 500 for an unknown report, 2170 and 2060 for a parameter that is none, 5030 for what
    QuickBooks can do and this company cannot: it does not answer with other figures than those asked for.
    """
    report = REPORTS.get(name.lower())
    if report is None and name.lower() in ELSEWHERE:
        raise faults.not_offered(f"{name} is a report of the French edition.")
    if report is None:
        raise faults.unsupported(f"report {name}")
    asked = understood(session, report, parameters)
    built, known = report.build(session, asked)
    return {"Header": _header(session, report, asked, parameters, known=known), **sheet.limited(built)}


def understood(session: Session, report: Report, parameters: Mapping[str, str]) -> Asked:
    """What the parameters ask of a report. Raises as ``run``."""
    basis = _basis(session, report, parameters.get("accounting_method"))
    for one in FILTERS:
        if parameters.get(one) and one not in report.filters:
            raise faults.not_offered(f"{report.name} cannot be had for one {one} alone.")
    days = periods.as_of if report.as_of else periods.asked
    return Asked(
        days(session, parameters, report.period),
        basis,
        _cut(report, parameters.get("summarize_column_by") or "Total"),
        {one: _split(parameters[one]) for one in FILTERS if parameters.get(one)},
        _columns(report, parameters.get("columns")),
        {name: parameters[name] for name in sorted(report.options) if name in parameters},
    )


def _split(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _basis(session: Session, report: Report, asked: str | None) -> str:
    """Raises 2170 for what is no method."""
    named = {"accrual": "Accrual", "cash": "Cash"}
    if asked and asked.lower() not in named:
        raise faults.malformed("accounting_method", "enum", asked)
    wanted = named[asked.lower()] if asked else settings.report_basis(session)
    if not report.bases:
        return ""
    if wanted in report.bases:
        return wanted
    if asked:
        raise faults.not_offered(f"{report.name} cannot be had on the {wanted.lower()} basis.")
    return report.bases[0]


def _cut(report: Report, asked: str) -> str:
    if not report.by:
        return "Total"
    for one in report.by:
        if one.lower() == asked.lower():
            return one
    if asked.lower() in _CUTS:
        raise faults.not_offered(f"{report.name} cannot be had by {asked}.")
    raise faults.malformed("summarize_column_by", "enum", asked)


def _columns(report: Report, asked: str | None) -> tuple[str, ...]:
    """The keys in the order in which they were named; what the report does not know is left out without a word."""
    if not asked:
        return ()
    known = {one.lower(): one for one in report.columns}
    wanted = (known.get(part.strip().lower()) for part in asked.split(","))
    return tuple(dict.fromkeys(one for one in wanted if one is not None))


def _header(
    session: Session, report: Report, asked: Asked, parameters: Mapping[str, str], *, known: bool
) -> dict[str, Any]:
    days = asked.period.header() if report.days else {}
    header: dict[str, Any] = {"Time": wire.metadata_time(session.moment), "ReportName": report.name}
    if "DateMacro" in days:
        header["DateMacro"] = days.pop("DateMacro")
    if asked.basis:
        header["ReportBasis"] = asked.basis
    header |= days
    if report.by:
        header["SummarizeColumnsBy"] = asked.by
    header["Currency"] = settings.home_currency(session)["value"]
    header |= {one.capitalize(): parameters[one] for one in FILTERS if parameters.get(one)}
    standard = [{"Name": "AccountingStandard", "Value": "GAAP"}] if report.standard else []
    day = [{"Name": "report_date", "Value": asked.period.end.isoformat()}] if report.as_of else []
    header["Option"] = [*standard, *day, {"Name": "NoReportData", "Value": "false" if known else "true"}]
    return header
