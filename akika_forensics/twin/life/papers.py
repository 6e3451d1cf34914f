"""What people get of a company elsewhere than through the API, as files: from its banks and from QuickBooks' own screens."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from akika_forensics.twin.people import audit_log
from akika_forensics.twin.reports.catalogue import REPORTS
from akika_forensics.twin.screens import report_export
from akika_forensics.twin.statements import csv_layouts, ofx
from akika_forensics.twin.statements import statement as statements

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

FOLDER: Final = "papers"
_AT_THE_END: Final = (
    "AgedReceivables",
    "AgedPayables",
    "CustomerBalance",
    "VendorBalance",
    "InventoryValuationSummary",
)
_OF_THE_PERIOD: Final = (
    "TrialBalance",
    "ProfitAndLoss",
    "BalanceSheet",
    "GeneralLedger",
    "TransactionList",
    "TaxSummary",
)


def write(twin: Twin, folder: Path, first: date, last: date) -> list[Path]:
    """Into a new folder: gives the files. The twin's clock says when they were made.

    ``bank/``: an OFX file an account with a statement a month, and all its lines as CSV. ``audit-log.csv`` in the native
    form and ``audit-log-wide.csv``. ``reports/``: what the screens export of the period, and as of its last day.
    """
    (folder / "bank").mkdir(parents=True)
    (folder / "reports").mkdir()
    return [*_bank(twin, folder / "bank"), *_audit_log(twin, folder), *_reports(twin, folder / "reports", first, last)]


def _bank(twin: Twin, folder: Path) -> list[Path]:
    files = []
    for account in twin.store.bank.accounts():
        days = twin.store.bank.days(account)
        assert days is not None  # noqa: S101 - an account of the bank has lines
        monthly = list(statements.monthly(twin.store, account))
        files.append(_kept(folder / f"{account}.ofx", ofx.write(monthly, twin.clock(), "102")))
        whole = statements.of(twin.store, account, *(date.fromisoformat(day) for day in days))
        files.append(_kept(folder / f"{account}.csv", csv_layouts.write(whole, "balance")))
    return files


def _audit_log(twin: Twin, folder: Path) -> list[Path]:
    return [
        _kept(folder / name, audit_log.export(twin.store, twin.clock(), audit_log.Asked(form=form)))
        for name, form in (("audit-log.csv", "native"), ("audit-log-wide.csv", "wide"))
    ]


def _reports(twin: Twin, folder: Path, first: date, last: date) -> list[Path]:
    company = report_export.Company(twin.get("CompanyInfo", "1") or {})
    asked = {name: {"start_date": first.isoformat(), "end_date": last.isoformat()} for name in _OF_THE_PERIOD}
    asked |= {name: {"report_date": last.isoformat(), "end_date": last.isoformat()} for name in _AT_THE_END}
    return [
        _kept(folder / f"{name}.csv", report_export.write(twin.report(name, **parameters), company))
        for name, parameters in asked.items()
        if name.lower() in REPORTS
    ]


def _kept(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
