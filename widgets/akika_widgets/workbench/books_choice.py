"""What a person has chosen to see of the books, and what the page offers to choose from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from akika_forensics.case.statements import BASES, Books
from akika_forensics.case.statements.asked import COLUMNS, KINDS, OF_A_DAY, Asked, ask
from akika_forensics.errors import WrongUse

NAMES: Final = {
    "trial-balance": "Trial balance",
    "balance-sheet": "Balance sheet",
    "profit-and-loss": "Profit and loss",
    "cash-flow": "Cash flow",
    "receivables": "Receivables",
    "payables": "Payables",
    "register": "Register",
}
BY: Final = {
    "total": "no columns",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
    "class": "class",
    "location": "location",
    "customer": "customer",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """As it was chosen, before it is held against the books. Without ``start`` the period begins with the fiscal year."""

    kind: str = "balance-sheet"
    basis: str = "accrual"
    by: str = "total"
    start: date | None = None
    end: date | None = None
    account: str = ""

    def asked(self, books: Books, day: date) -> Asked:
        """The statement; ``day`` is its last one where none was chosen. Raises WrongUse."""
        by = self.by if self.by in COLUMNS.get(self.kind, ("total",)) else "total"
        basis = "accrual" if self.kind in ("receivables", "payables") else self.basis
        account = self.account or _first_account(books)
        end = self.end or day
        start = self.start if self.start is not None and self.start <= end else None
        return ask(books, self.kind, end, start, basis=basis, by=by, account=account)

    def with_(self, name: str, value: str) -> Wanted:
        """With another choice. Raises WrongUse for one that is not offered."""
        if name == "kind" and value in KINDS:
            return replace(self, kind=value)
        if name == "basis" and value in BASES:
            return replace(self, basis=value)
        if name == "by" and value in BY:
            return replace(self, by=value)
        if name == "account":
            return replace(self, account=value)
        if name in ("start", "end"):
            day = _day(value)
            if name == "start":
                return replace(self, start=day)
            return replace(self, end=day)
        raise WrongUse("There is no such choice.", do="Choose one that is offered.")


def of_a_period(kind: str, by: str) -> bool:
    """Whether a first day says anything: the columns and the pictures of a balance sheet begin with it too."""
    return kind not in OF_A_DAY or kind == "balance-sheet" or by != "total"


def _first_account(books: Books) -> str:
    """A bank account to begin with: a register has to be of one."""
    accounts = books.ledger.chart.accounts.values()
    return next((one.id for one in accounts if one.type == "Bank"), next((one.id for one in accounts), ""))


def _day(value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WrongUse(f"{value!r} is no day.", do="Write it as 2026-11-30.") from None
