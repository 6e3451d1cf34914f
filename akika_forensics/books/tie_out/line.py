"""What a tie-out tells, a line a figure and a row a report; and one ledger against another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from akika_forensics.books.chart import id_order
from akika_forensics.books.ledger import Ledger
from akika_forensics.model.money import ZERO, money_text


@dataclass(frozen=True, slots=True)
class TieOutLine:
    """One compared account. ``residual`` is ours less theirs; debit positive throughout."""

    report: str
    account: str
    account_name: str
    period: str
    basis: str
    ours: Decimal
    theirs: Decimal
    residual: Decimal
    measure: str = "balance"
    """What is compared: a balance, a movement, what a customer owes. ``account`` is then the customer's Id."""
    reason: str = ""
    """Why there is a residual, as far as that can be told; empty where there is none."""

    def as_dict(self) -> dict[str, str]:
        """As it is told to programs and kept as evidence; money with two decimals."""
        return {
            "report": self.report,
            "account": self.account,
            "account_name": self.account_name,
            "period": self.period,
            "basis": self.basis,
            "ours": money_text(self.ours),
            "theirs": money_text(self.theirs),
            "residual": money_text(self.residual),
            "measure": self.measure,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class ReportTie:
    """One kind of report on one basis: how many of it were held against the books, how many figures, how many of them differ."""

    report: str
    basis: str
    reports: int
    compared: int
    differing: int
    residual: Decimal
    """The largest, whatever its sign."""

    def as_dict(self) -> dict[str, Any]:
        """As it is told to programs and kept as evidence."""
        return {
            "report": self.report,
            "basis": self.basis,
            "reports": self.reports,
            "compared": self.compared,
            "differing": self.differing,
            "residual": money_text(self.residual),
        }


@dataclass(frozen=True, slots=True)
class AccountEffect:
    account: str
    name: str
    before: Decimal
    after: Decimal
    change: Decimal


def effect(before: Ledger, after: Ledger, as_of: date | None = None) -> tuple[AccountEffect, ...]:
    """The accounts whose balance differs, in order of account Id; the changes sum to zero.

    With ``as_of`` the two trial balances of that day are compared, earlier years' results within Retained Earnings;
    without, all postings whatever their date, and no year is closed.
    """
    left = before.trial_balance(as_of) if as_of else before.balances()
    right = after.trial_balance(as_of) if as_of else after.balances()
    rows = []
    for account in sorted(set(left) | set(right), key=id_order):
        was, now = left.get(account, ZERO), right.get(account, ZERO)
        if was != now:
            name = after.chart.name(account)
            rows.append(
                AccountEffect(account, before.chart.name(account) if name == account else name, was, now, now - was)
            )
    return tuple(rows)
