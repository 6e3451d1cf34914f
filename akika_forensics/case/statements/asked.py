"""Which statement is wanted, of when, on which basis; and that statement as a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from akika_forensics.books.statements.financial import By, periods, wide
from akika_forensics.case.statements.books import BASES, Books
from akika_forensics.errors import WrongUse

KINDS: Final = (
    "trial-balance",
    "balance-sheet",
    "profit-and-loss",
    "cash-flow",
    "receivables",
    "payables",
    "register",
)
OF_A_DAY: Final = frozenset({"trial-balance", "balance-sheet", "receivables", "payables"})
"""Statements of how things stand at the end of a day; the others are of a period."""
OPEN: Final = ("receivables", "payables")
"""Of what is open: by documents alone, on no basis but the accrual one."""
PERIODS: Final[tuple[By, ...]] = ("month", "quarter", "year")
COLUMNS: Final[dict[str, tuple[By, ...]]] = {
    "balance-sheet": ("total", *PERIODS),
    "profit-and-loss": ("total", *PERIODS, "class", "location", "customer"),
}
"""What the columns of a statement can be by; the others have none to choose."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement of the days from ``start`` to ``end``, both included; `OF_A_DAY` are as of ``end``. ``account``: whose register."""

    kind: str
    start: date
    end: date
    basis: str = "accrual"
    by: By = "total"
    account: str = ""

    @property
    def title(self) -> str:
        """``Profit and loss, 2026-01-01 to 2026-11-30, accrual basis, by month``."""
        by = f", by {self.by}" if self.by != "total" and self.kind in COLUMNS else ""
        day = self.kind in OF_A_DAY and not by
        days = f"as of {self.end}" if day else f"{self.start} to {self.end}"
        return f"{self.kind.replace('-', ' ').capitalize()}, {days}, {self.basis} basis{by}"


def ask(
    books: Books,
    kind: str,
    end: date,
    start: date | None = None,
    *,
    basis: str = "accrual",
    by: str = "total",
    account: str = "",
) -> Asked:
    """What is wanted, looked over. Without ``start`` it begins with the fiscal year. Raises WrongUse where there is no such statement."""
    if kind not in KINDS:
        raise WrongUse(f"There is no statement {kind!r}.", do=f"There are {', '.join(KINDS)}.")
    if basis not in BASES:
        raise WrongUse(f"There is no basis {basis!r}.", do="Say accrual or cash.")
    columns = next((one for one in COLUMNS.get(kind, ("total",)) if one == by), None)
    if columns is None:
        words = kind.replace("-", " ")
        raise WrongUse(
            f"A {words} has no columns by {by!r}.", do=f"There are {', '.join(COLUMNS.get(kind, ('total',)))}."
        )
    first = start or books.ledger.chart.fiscal_year_start(end)
    if end < first:
        raise WrongUse(f"{end} is before {first}.", do="Give the first day first.")
    if kind == "register" and not account:
        raise WrongUse("Of which account?", do="Give its Id with --account, as a trial balance shows it.")
    return Asked(kind, first, end, basis, columns, account)


def frame_of(books: Books, asked: Asked) -> pl.DataFrame:
    """The statement as it is printed and exported: a row a line, amounts as decimals."""
    made = books.on(asked.basis)
    match asked.kind:
        case "trial-balance":
            return made.trial_balance(asked.end)
        case "balance-sheet":
            return wide(made.balance_sheet(days_of(asked))).drop("section")
        case "profit-and-loss":
            return wide(made.profit_and_loss(asked.start, asked.end, asked.by)).drop("section")
        case "cash-flow":
            return made.cash_flow(asked.start, asked.end)
        case "receivables":
            return books.receivables(asked.end)
        case "payables":
            return books.payables(asked.end)
        case _:
            return books.register(asked.account, asked.start, asked.end, asked.basis)


def days_of(asked: Asked) -> Sequence[date]:
    """The days of a balance sheet's columns: the last of each period."""
    return [last for _, _, last in periods(asked.start, asked.end, asked.by)] if asked.by != "total" else [asked.end]
