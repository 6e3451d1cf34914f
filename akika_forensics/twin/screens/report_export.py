"""A report as the screens export it to CSV: a title, a header, rows set in by their depth, a foot with time and basis.

Two layouts are about: in ``classic`` the company comes first and the foot reads
``Saturday, Sep 05, 2026 07:30:59 AM GMT-7 - Accrual Basis``; in ``modern`` the title comes first, totals read
``Total for Rent`` and carry the currency's sign, and the foot reads
``Accrual basis Monday, March 4, 2024 10:00 AM GMT-05:00``. Source: exports that other programs read in their tests.
Text is quoted as CSV and not made harmless for a spreadsheet, as the real export.
"""

from __future__ import annotations

import calendar
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import parse_instant
from akika_forensics.twin.people import local_time

LAYOUTS: Final = ("classic", "modern")
TITLES: Final = {
    "ProfitAndLoss": "Profit and Loss",
    "ProfitAndLossDetail": "Profit and Loss Detail",
    "BalanceSheet": "Balance Sheet",
    "TrialBalance": "Trial Balance",
    "CashFlow": "Statement of Cash Flows",
    "GeneralLedger": "General Ledger",
    "JournalReport": "Journal",
    "TransactionList": "Transaction List by Date",
    "AgedReceivables": "A/R Aging Summary",
    "AgedReceivableDetail": "A/R Aging Detail",
    "AgedPayables": "A/P Aging Summary",
    "AgedPayableDetail": "A/P Aging Detail",
    "CustomerBalance": "Customer Balance Summary",
    "CustomerBalanceDetail": "Customer Balance Detail",
    "VendorBalance": "Vendor Balance Summary",
    "VendorBalanceDetail": "Vendor Balance Detail",
    "CustomerIncome": "Income by Customer Summary",
    "VendorExpenses": "Expenses by Vendor Summary",
    "CustomerSales": "Sales by Customer Summary",
    "ItemSales": "Sales by Product/Service Summary",
    "DepartmentSales": "Sales by Location Summary",
    "ClassSales": "Sales by Class Summary",
    "InventoryValuationSummary": "Inventory Valuation Summary",
    "InventoryValuationDetail": "Inventory Valuation Detail",
    "TaxSummary": "Sales Tax Liability Report",
    "AccountList": "Account List",
}
"""By the API's name, the title on the screen."""

_AS_OF: Final = frozenset({"BalanceSheet", "TrialBalance"})
_INDENT: Final = "   "
_SIGNS: Final = {"USD": "$", "CAD": "$", "AUD": "$", "NZD": "$", "GBP": "£", "EUR": "€"}


@dataclass(frozen=True, slots=True)
class Company:
    """What of a company stands on a report; ``info`` is CompanyInfo's body."""

    info: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.info.get("CompanyName", ""))

    @property
    def american(self) -> bool:
        return str(self.info.get("Country") or "US").upper() == "US"

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(local_time.zone_of(dict(self.info)))


def write(report: Mapping[str, Any], company: Company, layout: str = "classic") -> bytes:
    """``report`` is the service's JSON. Raises WrongUse for an unknown layout."""
    if layout not in LAYOUTS:
        raise WrongUse(f"There is no layout {layout!r} of a report.", do=f"Choose {' or '.join(LAYOUTS)}.")
    header = report["Header"]
    above, columns = _flat(report["Columns"].get("Column", []))
    title = TITLES.get(str(header["ReportName"])) or _spaced(str(header["ReportName"]))
    named = [company.name, title] if layout == "classic" else [title, company.name]
    # A report of transactions has the names of its sections in a column of their own.
    aside = bool(columns) and columns[0].get("ColTitle", "") != ""
    cell = _Cells(columns, company.american, _SIGNS.get(str(header.get("Currency")), ""), modern=layout == "modern")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([[line] for line in (*named, _period(header))])
    writer.writerow([])
    if any(above):
        writer.writerow(above)
    writer.writerow([*([""] if aside else []), *(column.get("ColTitle", "") for column in columns)])
    writer.writerows(_rows(report.get("Rows", {}).get("Row", []), 0, cell, aside=aside))
    writer.writerow([])
    foot = _classic_foot if layout == "classic" else _modern_foot
    writer.writerow([foot(company.local(parse_instant(str(header["Time"]))), str(header.get("ReportBasis") or ""))])
    return text.getvalue().encode()


def _flat(columns: list[dict[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """The columns that have cells, and what stands above each: the title of a group above its first."""
    above: list[str] = []
    flat: list[dict[str, Any]] = []
    for column in columns:
        inner = column["Columns"]["Column"] if "Columns" in column else [column]
        above += [column.get("ColTitle", "") if "Columns" in column else "", *[""] * (len(inner) - 1)]
        flat += inner
    return above, flat


@dataclass(frozen=True, slots=True)
class _Cells:
    columns: list[dict[str, Any]]
    american: bool
    sign: str
    modern: bool

    def of(self, data: list[dict[str, Any]], *, total: bool) -> list[str]:
        return [self._one(position, str(found.get("value") or ""), total=total) for position, found in enumerate(data)]

    def _one(self, position: int, value: str, *, total: bool) -> str:
        kind = self.columns[position].get("ColType", "") if position < len(self.columns) else ""
        if kind == "Date" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            day = date.fromisoformat(value)
            return f"{day:%m/%d/%Y}" if self.american else f"{day:%d/%m/%Y}"
        if kind not in {"Money", "Numeric"} or not value:
            return value
        try:
            number = Decimal(value)
        except InvalidOperation:
            return value
        sign = self.sign if kind == "Money" and total and self.modern else ""
        return f"{'-' if number < 0 else ''}{sign}{abs(number):,f}"


def _rows(rows: list[dict[str, Any]], depth: int, cell: _Cells, *, aside: bool) -> Iterator[list[str]]:
    for row in rows:
        if "ColData" in row:
            yield _set_in(cell.of(row["ColData"], total=False), depth, aside=aside, named=not aside)
            continue
        header = row.get("Header", {}).get("ColData", [])
        if any(found.get("value") for found in header):
            yield _set_in(cell.of(header, total=False), depth, aside=aside, named=True)
        yield from _rows(row.get("Rows", {}).get("Row", []), depth + 1 if header else depth, cell, aside=aside)
        summary = row.get("Summary", {}).get("ColData", [])
        if summary:
            said = cell.of(summary, total=True)
            if cell.modern and said[0].startswith("Total ") and not said[0].startswith("Total for "):
                said[0] = f"Total for {said[0].removeprefix('Total ')}"
            yield _set_in(said, depth, aside=aside, named=True)


def _set_in(cells: list[str], depth: int, *, aside: bool, named: bool) -> list[str]:
    """A name stands in the first column, set in; a transaction leaves the column of the names empty."""
    if not aside:
        return [_INDENT * depth + cells[0], *cells[1:]] if cells else []
    if not named:
        return ["", *cells]
    return [_INDENT * depth + cells[0], "", *cells[1:]] if cells else []


def _period(header: Mapping[str, Any]) -> str:
    options = {str(row.get("Name")): str(row.get("Value")) for row in header.get("Option", [])}
    first, last = header.get("StartPeriod"), header.get("EndPeriod") or options.get("report_date")
    if not last:
        return "All Dates"
    end = date.fromisoformat(str(last))
    if "report_date" in options or not first or header.get("ReportName") in _AS_OF:
        return f"As of {_day(end)}"
    start = date.fromisoformat(str(first))
    whole = start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]
    if whole and (start.year, start.month) == (end.year, end.month):
        return f"{start:%B} {start.year}"
    if whole and start.year == end.year:
        return f"{start:%B} - {end:%B} {end.year}"
    if start.year != end.year:
        return f"{_day(start)} - {_day(end)}"
    return f"{start:%B} {start.day} - {_day(end)}"


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _classic_foot(at: datetime, basis: str) -> str:
    minutes = int(at.utcoffset().total_seconds() // 60)  # type: ignore[union-attr]  # it is in the company's zone
    hours, rest = divmod(abs(minutes), 60)
    offset = f"{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"
    said = f"{at:%A, %b %d, %Y %I:%M:%S %p} GMT{offset}"
    return f"{said} - {basis} Basis" if basis else said


def _modern_foot(at: datetime, basis: str) -> str:
    said = f"{at:%A, %B} {at.day}, {at:%Y %I:%M %p} GMT{at:%:z}"
    return f"{basis} basis {said}" if basis else said


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
