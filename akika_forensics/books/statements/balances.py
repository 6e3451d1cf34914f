"""Balances and movements of accounts, on either basis, from the sums of each account on each day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

from akika_forensics.books.chart import RETAINED_EARNINGS, UNAPPLIED_EXPENSE, UNAPPLIED_INCOME, Chart
from akika_forensics.books.documents.values import MONEY

DAILY: Final = pl.Schema({"account": pl.String(), "date": pl.Date(), "amount": MONEY})

CASH_TYPES: Final = frozenset({"Bank"})
"""Accounts whose balance is cash. Source: QuickBooks reports, CashFlow; Undeposited Funds counts too."""

RESULT: Final = "net income"
"""Under which the result of the year stands where it is a line of its own."""

BALANCES: Final = pl.Schema({"account": pl.String(), "amount": MONEY})

_TYPES: Final = {
    UNAPPLIED_INCOME: "Income",
    UNAPPLIED_EXPENSE: "Expense",
    RETAINED_EARNINGS: "Equity",
    RESULT: "Equity",
}
"""Of what stands in a statement without being an account of the chart."""


def earned_accounts(chart: Chart) -> list[str]:
    """Accounts of income and costs, whose balance starts anew each fiscal year."""
    return [*(one.id for one in chart.accounts.values() if one.profit_and_loss), UNAPPLIED_INCOME, UNAPPLIED_EXPENSE]


def cash_accounts(chart: Chart) -> list[str]:
    """Accounts whose balance is cash."""
    return [one.id for one in chart.accounts.values() if one.type in CASH_TYPES or one.subtype == "UndepositedFunds"]


def account_type(chart: Chart, account: str) -> str:
    """The type under which an account stands in a statement; empty for one that was not captured."""
    found = chart.accounts.get(account)
    return found.type if found is not None and account != RESULT else _TYPES.get(account, "")


class Balances:
    """Debit positive, home currency, to the cent. Each method gives ``account`` and ``amount``, accounts at 0.00 left out, in no order."""

    def __init__(self, chart: Chart, postings: pl.DataFrame) -> None:
        self._chart = chart
        self._earned = earned_accounts(chart)
        self._cash = cash_accounts(chart)
        self._daily = postings.group_by("account", "date").agg(pl.col("amount").sum())

    def trial_balance(self, as_of: date) -> pl.DataFrame:
        """Income and cost accounts run from the start of the fiscal year; what they held before is in Retained Earnings."""
        start = self._chart.fiscal_year_start(as_of)
        earlier = self._chart.retained_earnings or RETAINED_EARNINGS
        closed = pl.col("account").is_in(self._earned) & (pl.col("date") < start)
        return self._sums(
            self._daily.filter(pl.col("date") <= as_of).with_columns(
                account=pl.when(closed).then(pl.lit(earlier)).otherwise("account")
            )
        )

    def position(self, as_of: date) -> pl.DataFrame:
        """As a balance sheet shows it: the year's result in one line, `RESULT`."""
        rows = self.trial_balance(as_of)
        return self._sums(
            rows.with_columns(
                account=pl.when(pl.col("account").is_in(self._earned)).then(pl.lit(RESULT)).otherwise("account")
            )
        )

    def movement(self, start: date | None, end: date) -> pl.DataFrame:
        """What each account moved by in some days, both included; no year is closed."""
        rows = self._daily.filter(pl.col("date") <= end)
        return self._sums(rows if start is None else rows.filter(pl.col("date") >= start))

    def earned(self, start: date | None, end: date) -> pl.DataFrame:
        """Income and costs alone."""
        return self.movement(start, end).filter(pl.col("account").is_in(self._earned))

    def cash_flow(self, start: date, end: date) -> pl.DataFrame:
        """Where cash came from (positive) and went: the result, what every other account moved by, cash at beginning and end."""
        moved = self.movement(start, end)
        result = -self._total(moved.filter(pl.col("account").is_in(self._earned)))
        others = moved.filter(~pl.col("account").is_in([*self._earned, *self._cash])).with_columns(-pl.col("amount"))
        told = [
            (RESULT, result),
            ("cash at beginning", self._cash_at(start - timedelta(days=1))),
            ("cash at end", self._cash_at(end)),
        ]
        return pl.concat([others.select(*BALANCES), pl.DataFrame(told, schema=BALANCES, orient="row")])

    def _cash_at(self, day: date) -> Decimal:
        return self._total(self.movement(None, day).filter(pl.col("account").is_in(self._cash)))

    @staticmethod
    def _total(rows: pl.DataFrame) -> Decimal:
        found = rows["amount"].sum()
        return found if isinstance(found, Decimal) else Decimal(0)

    @staticmethod
    def _sums(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.group_by("account").agg(pl.col("amount").sum()).filter(pl.col("amount") != 0).select(*BALANCES)
