"""Our balances against QuickBooks' own, and one ledger against another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from akika_forensics.books.chart import BY_NAME, Chart, id_order
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.report import TrialBalance
from akika_forensics.errors import WrongUse
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


def tie_out(ledger: Ledger, control: TrialBalance) -> tuple[TieOutLine, ...]:
    """Every account that either side has a balance for, agreement (0.00) included, in order of account Id.

    Raises WrongUse for a cash-basis report or one without an end date: nothing of ours compares with it.
    """
    if control.basis.lower() != "accrual":
        raise WrongUse(
            f"The books are kept on the accrual basis; the report is on the {control.basis.lower()} basis.",
            do="Compare with an accrual report.",
        )
    if control.end is None:
        raise WrongUse("The report does not say on which day it ends.", do="Capture it again with an end date.")
    ours = ledger.trial_balance(control.end)
    theirs: dict[str, tuple[str, Decimal]] = {}
    for key, (name, value) in control.lines.items():
        account = _account(ledger.chart, key, name)
        theirs[account] = (name, theirs[account][1] + value if account in theirs else value)
    rows = []
    for account in sorted(set(ours) | set(theirs), key=id_order):
        name, value = theirs.get(account, (ledger.chart.name(account), ZERO))
        own = ours.get(account, ZERO)
        rows.append(TieOutLine(control.report, account, name, control.period, control.basis, own, value, own - value))
    return tuple(rows)


def _account(chart: Chart, key: str, name: str) -> str:
    if not key.startswith(BY_NAME):
        return key
    same = [account.id for account in chart.accounts.values() if account.name.casefold() == name.casefold()]
    return same[0] if len(same) == 1 else key


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
