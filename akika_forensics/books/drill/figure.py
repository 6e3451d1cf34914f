"""One figure of a statement, named by its row and its column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from akika_forensics.books.statements.financial import TOTAL
from akika_forensics.errors import WrongUse

OPEN: Final = ("receivables", "payables")
KINDS: Final = ("trial-balance", "balance-sheet", "profit-and-loss", "cash-flow", *OPEN, "register")
"""``register``: the balance of an account with everything before it, no year closed."""

OF_DAY: Final = ("trial-balance", "balance-sheet", "receivables", "payables")
"""Statements of a day; the others are of a period."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """Raises WrongUse where no statement has such a row.

    ``account``: the row, by what its column ``account`` holds: an Id, ``net income``, ``cash at end``. ``line``: or by its
    name, where it is a total or a sum: ``Total Income``, ``Gross Profit``. ``by`` and ``column``: of a profit and loss, which
    column; of a trial balance ``debit`` or ``credit``, or the balance, debit positive. ``start``: the first day of the period,
    that of the fiscal year where None; what stood before it in a balance is its opening.

    ``party``: what is of one name, ``Customer:5``, alone; in receivables and payables its Id does, and nothing is what names
    nobody. ``item``: what is of one item alone. ``bucket`` and ``document``: of receivables and payables, one age, one document.
    """

    statement: str
    end: date
    start: date | None = None
    basis: str = "accrual"
    account: str = ""
    line: str = ""
    by: str = "total"
    column: str = TOTAL
    party: str | None = None
    item: str = ""
    bucket: str = ""
    document: str = ""

    def __post_init__(self) -> None:
        if self.statement not in KINDS:
            raise WrongUse(f"There is no statement {self.statement!r}.", do=f"There are {', '.join(KINDS)}.")
        if self.start is not None and self.end < self.start:
            raise WrongUse(f"{self.end} is before {self.start}.", do="Give the first day first.")
        if self.statement in OPEN:
            self._open()
            return
        if bool(self.account) == bool(self.line):
            raise WrongUse(
                "Which row of the statement?",
                do="Name an account by its Id, or a total by its name, such as Total Income.",
            )
        if self.bucket or self.document:
            raise WrongUse(f"A {self.words} has no ages and no open documents.", do="Receivables and payables have.")
        if self.line and self.statement not in ("balance-sheet", "profit-and-loss"):
            raise WrongUse(f"A {self.words} has no row {self.line!r}.", do="Name an account by its Id.")
        columns = (TOTAL, "debit", "credit") if self.statement == "trial-balance" else (TOTAL,)
        if self.statement != "profit-and-loss" and (self.by != "total" or self.column not in columns):
            raise WrongUse(
                f"A {self.words} has no column {self.column!r} by {self.by}.", do=f"It has {', '.join(columns)}."
            )

    def _open(self) -> None:
        if self.basis != "accrual":
            raise WrongUse("On the cash basis nothing is open.", do="Ask on the accrual basis.")
        if self.line or self.item or self.account or self.by != "total" or self.column != TOTAL:
            raise WrongUse(
                "What is open has customers or vendors, ages and documents, and no other rows and columns.",
                do="Name a customer or vendor by Id, an age, or a document such as Invoice:130.",
            )

    @property
    def words(self) -> str:
        return self.statement.replace("-", " ")

    @property
    def row(self) -> str:
        """What the row is called, as far as the figure itself knows it."""
        named = [self.line, self.account, self.bucket, self.document, self.item and f"item {self.item}"]
        if self.party is not None:
            named.append(self.party or "nobody")
        return ", ".join(one for one in named if one) or "all"
