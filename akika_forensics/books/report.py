"""QuickBooks' own trial balance, read from the report's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from akika_forensics.books.chart import BY_NAME, DELETED_SUFFIX
from akika_forensics.books.reported import sheet
from akika_forensics.books.reported.sheet import Column, Row, Sheet, amount, unreadable
from akika_forensics.model.money import ZERO

NAME: Final = "TrialBalance"

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
    page = sheet.read(report, NAME)
    sheet.require_whole(page, NAME)
    return balances(page)


def balances(page: Sheet) -> TrialBalance:
    """The same of a report that is read, as far as it goes. Raises Found where it is no trial balance."""
    lines: dict[str, tuple[str, Decimal]] = {}
    if page.rows:
        account, debit, credit = _columns(page.columns)
        for row in page.rows:
            line = _line(row, account, debit, credit)
            if line is not None:
                key, name, value = line
                lines[key] = (name, lines[key][1] + value if key in lines else value)
    return TrialBalance(
        report=page.report,
        basis=page.basis or "Accrual",
        start=page.start,
        end=page.end,
        lines=lines,
        currency=page.currency,
    )


def _columns(columns: tuple[Column, ...]) -> tuple[int, int, int | None]:
    """Places of account, debit and credit; without debit and credit columns one signed amount column serves."""
    keys = [column.key for column in columns]
    debits = [place for place, key in enumerate(keys) if key in _DEBIT]
    credits_ = [place for place, key in enumerate(keys) if key in _CREDIT]
    if len(debits) > 1 or len(credits_) > 1:
        raise unreadable(NAME, "it has several debit or credit columns, so it is split by period or class")
    accounts = [place for place, key in enumerate(keys) if key in ("account", "account_name")]
    account = accounts[0] if accounts else next((p for p, key in enumerate(keys) if not key), 0)
    if debits and credits_:
        return account, debits[0], credits_[0]
    single = [place for place, key in enumerate(keys) if key in _SINGLE]
    if len(single) == 1 and not debits and not credits_:
        return account, single[0], None
    raise unreadable(NAME, "it has no debit and credit columns")


def _line(row: Row, account: int, debit: int, credit: int | None) -> tuple[str, str, Decimal] | None:
    """None for a sum, for the head of a section that is no account, and where there is no figure."""
    if row.role == "sum" or "GrandTotal" in row.groups or account >= len(row.cells):
        return None
    cell = row.cells[account]
    if row.role == "head" and cell.id is None:
        return None
    left, right = (_amount(row, place) for place in (debit, credit))
    name = cell.text.strip()
    if (left is None and right is None) or (cell.id is None and name.upper() in ("TOTAL", "")):
        return None
    name = name.removesuffix(DELETED_SUFFIX)
    return cell.id or f"{BY_NAME}{name}", name, (left or ZERO) - (right or ZERO)


def _amount(row: Row, place: int | None) -> Decimal | None:
    return amount(row.cells[place], NAME) if place is not None and place < len(row.cells) else None
