"""QuickBooks' own trial balance, read from the report's JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from akika_forensics.books.chart import BY_NAME, DELETED_SUFFIX
from akika_forensics.errors import Fault, Found, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.instants import parse_date
from akika_forensics.model.money import ZERO

TRUNCATED: Final = "unable to display more data"
"""The last row of a report that exceeds 400,000 cells, with HTTP 200. Source: QuickBooks API, report limits."""

_DEBIT: Final = frozenset({"debit", "debt_amt", "debit_amt"})
_CREDIT: Final = frozenset({"credit", "credit_amt"})
_SINGLE: Final = frozenset({"total", "amount", "balance", "subt_nat_amount"})


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """``lines``: account Id → (name, balance), debit positive. A row without an Id stands under ``name:<name>``.

    ``start``, ``end`` and ``currency`` are None where the report's header does not say.
    """

    report: str
    basis: str
    start: date | None
    end: date | None
    lines: dict[str, tuple[str, Decimal]]
    currency: str | None = None

    @property
    def difference(self) -> Decimal:
        """Debits less credits; not zero means that the report itself does not balance."""
        return sum((value for _, value in self.lines.values()), ZERO)

    @property
    def period(self) -> str:
        """``2026-01-01/2026-11-23``, or the end alone."""
        end = self.end.isoformat() if self.end else ""
        return f"{self.start.isoformat()}/{end}" if self.start else end


def read_trial_balance(report: bytes) -> TrialBalance:
    """Read a TrialBalance report; columns by key or title in any order, sections of any depth, sums left out.

    A report with ``NoReportData`` has no lines. Raises Fault where QuickBooks answered with one, Found where the
    report is cut off or is no trial balance.
    """
    try:
        document = payloads.decode(report)
    except WrongUse as error:
        raise Found("The trial balance could not be read: it is not JSON.", do="Capture again.") from error
    if not isinstance(document, dict):
        raise _unreadable("it is not a report")
    fault = _get(document, "Fault")
    if isinstance(fault, dict):
        raise _fault(fault)
    header, rows = _get(document, "Header"), _get(document, "Rows")
    if not isinstance(header, dict):
        raise _unreadable("it has no header")
    lines: dict[str, tuple[str, Decimal]] = {}
    columns = _get(_get(document, "Columns"), "Column")
    if not _no_data(header) and _get(rows, "Row"):
        account, debit, credit = _columns(columns if isinstance(columns, list) else [])
        for cells in _data_rows(rows):
            row = _line(cells, account, debit, credit)
            if row is not None:
                key, name, value = row
                lines[key] = (name, lines[key][1] + value if key in lines else value)
    return TrialBalance(
        report=str(_get(header, "ReportName") or "TrialBalance"),
        basis=str(_get(header, "ReportBasis") or "Accrual"),
        start=_date(_get(header, "StartPeriod")),
        end=_date(_get(header, "EndPeriod")),
        lines=lines,
        currency=str(_get(header, "Currency")) if _get(header, "Currency") else None,
    )


def _get(holder: Any, name: str) -> Any:
    """The value at ``name``; report services have been seen with ``Header`` and with ``header``."""
    if not isinstance(holder, dict):
        return None
    return holder[name] if name in holder else holder.get(name[:1].lower() + name[1:])


def _unreadable(why: str) -> Found:
    return Found(
        f"The trial balance could not be read: {why}.",
        means="The books cannot be compared with QuickBooks' own report.",
        do="Capture again; the report is kept as it came.",
    )


def _fault(fault: dict[str, Any]) -> Fault:
    rows = _get(fault, "Error")
    faults = [
        tuple(str(_get(row, name) or "") for name in ("code", "Message", "Detail", "element"))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    ]
    return Fault(
        "QuickBooks refused the trial balance.",
        faults=[(row[0], row[1], row[2], row[3]) for row in faults],
        do="Capture again; if it stays, look at the fault's own words.",
    )


def _no_data(header: dict[str, Any]) -> bool:
    options = _get(header, "Option")
    return any(
        str(_get(option, "Name")) == "NoReportData" and str(_get(option, "Value")).lower() == "true"
        for option in (options if isinstance(options, list) else [])
    )


def _columns(columns: list[Any]) -> tuple[int, int, int | None]:
    """Places of account, debit and credit; without debit and credit columns one signed amount column serves."""
    keys = [_column_key(column) for column in columns]
    debits = [place for place, key in enumerate(keys) if key in _DEBIT]
    credits_ = [place for place, key in enumerate(keys) if key in _CREDIT]
    if len(debits) > 1 or len(credits_) > 1:
        raise _unreadable("it has several debit or credit columns, so it is split by period or class")
    accounts = [place for place, key in enumerate(keys) if key in ("account", "account_name")]
    account = accounts[0] if accounts else next((p for p, key in enumerate(keys) if not key), 0)
    if debits and credits_:
        return account, debits[0], credits_[0]
    single = [place for place, key in enumerate(keys) if key in _SINGLE]
    if len(single) == 1 and not debits and not credits_:
        return account, single[0], None
    raise _unreadable("it has no debit and credit columns")


def _column_key(column: Any) -> str:
    metadata = _get(column, "MetaData")
    for entry in metadata if isinstance(metadata, list) else []:
        if _get(entry, "Name") == "ColKey" and _get(entry, "Value"):
            return str(_get(entry, "Value")).strip().lower()
    title = str(_get(column, "ColTitle") or "").strip().lower()
    if not title and str(_get(column, "ColType") or "").lower() == "account":
        return "account"
    return title


def _data_rows(rows: Any) -> Iterator[list[Any]]:
    """The cells of every row that is an account, sections opened, headers and sums left out."""
    stack = list(reversed(_get(rows, "Row") or [])) if isinstance(_get(rows, "Row"), list) else []
    while stack:
        row = stack.pop()
        cells = _get(row, "ColData")
        for part in (cells, _get(_get(row, "Summary"), "ColData"), _get(_get(row, "Header"), "ColData")):
            _refuse_truncation(part)
        if isinstance(cells, list) and not _get(row, "group"):
            yield cells
        header = _get(_get(row, "Header"), "ColData")
        if isinstance(header, list) and any(_get(cell, "id") for cell in header):
            yield header
        inner = _get(_get(row, "Rows"), "Row")
        if isinstance(inner, list):
            stack.extend(reversed(inner))


def _refuse_truncation(cells: Any) -> None:
    for cell in cells if isinstance(cells, list) else []:
        if TRUNCATED in str(_get(cell, "value") or "").lower():
            raise Found(
                "QuickBooks cut the trial balance off: it says it is unable to display more data.",
                means="Accounts are missing from it without any other sign.",
                do="Ask for a shorter period.",
            )


def _line(cells: list[Any], account: int, debit: int, credit: int | None) -> tuple[str, str, Decimal] | None:
    def cell(place: int | None) -> Any:
        return cells[place] if place is not None and place < len(cells) else None

    name = str(_get(cell(account), "value") or "").strip()
    found = _get(cell(account), "id")
    left, right = _amount(cell(debit)), _amount(cell(credit))
    if left is None and right is None:
        return None
    if not found and name.upper() in ("TOTAL", ""):
        return None
    name = name.removesuffix(DELETED_SUFFIX)
    return str(found) if found else f"{BY_NAME}{name}", name, (left or ZERO) - (right or ZERO)


def _amount(cell: Any) -> Decimal | None:
    """The number in a cell, None when it is empty. ``225.0`` and ``1,225.00`` have been seen."""
    text = str(_get(cell, "value") or "").replace(",", "").strip()
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise _unreadable(f"{text[:40]!r} is no amount") from None
    if not value.is_finite():
        raise _unreadable(f"{text[:40]!r} is no amount")
    return value


def _date(value: Any) -> date | None:
    try:
        return parse_date(str(value))
    except ValueError:
        return None
