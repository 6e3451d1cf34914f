"""Trial balance, balance sheet and profit and loss, added up from sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from tests.twin.recount.documents import Company
from tests.twin.recount.posting import Side

EARNING = ("Income", "Other Income", "Cost of Goods Sold", "Expense", "Other Expense")
CREDITED = ("Income", "Other Income", "Accounts Payable", "Credit Card", "Other Current Liability",
            "Long Term Liability", "Equity")  # fmt: skip
"""Types whose figures a statement shows with the sign of a credit."""

type Table = dict[tuple[str, str], int]
"""(account, column) to cents with the sign that a statement shows."""


def kind(company: Company, account: str) -> str:
    found = company.accounts.get(account)
    if found is not None:
        return found.kind
    # An account that a report names and nobody has made yet.
    return {"Unapplied Cash Payment Income": "Income", "Exchange Gain or Loss": "Other Expense"}.get(account, "Expense")


def earns(company: Company, account: str) -> bool:
    return kind(company, account) in EARNING


def natural(company: Company, account: str, cents: int) -> int:
    return -cents if kind(company, account) in CREDITED else cents


def retained(company: Company) -> str:
    """The Id of the account of earlier results, its name where there is none."""
    found = (one.id for one in company.accounts.values() if one.subtype == "RetainedEarnings")
    return next(found, "Retained Earnings")


def trial_balance(company: Company, rows: Iterable[Side], end: str) -> dict[str, int]:
    """Debit positive by account at the end of a day; results of earlier years under ``retained``."""
    sums: dict[str, int] = defaultdict(int)
    for side in rows:
        if side.day <= end:
            old = earns(company, side.account) and side.day < f"{end[:4]}-01-01"
            sums["retained" if old else side.account] += side.cents
    return {account: cents for account, cents in sums.items() if cents}


def balance_sheet(company: Company, rows: Iterable[Side], ends: list[str]) -> Table:
    """Accounts that are neither income nor expense, ``retained`` and ``result``, at the end of each day."""
    found: Table = {}
    kept = list(rows)
    for end in ends:
        result = 0
        for account, cents in trial_balance(company, kept, end).items():
            if account == "retained":
                found["retained", end] = -cents
            elif earns(company, account):
                result -= cents
            else:
                found[account, end] = natural(company, account, cents)
        if result:
            found["result", end] = result
    return found


def profit_and_loss(
    company: Company, rows: Iterable[Side], start: str, end: str, column: Callable[[Side], str]
) -> Table:
    """What was earned and spent in a period, by account and column; the result of each under ``result``."""
    found: Table = defaultdict(int)
    for side in rows:
        if start <= side.day <= end and earns(company, side.account):
            found[side.account, column(side)] += natural(company, side.account, side.cents)
            found["result", column(side)] -= side.cents
    return {key: cents for key, cents in found.items() if cents}


def named(company: Company, side: Side, entity: str) -> str:
    """The Id of the customer or vendor whose income or cost it is: the line's own, else the document's; empty for nobody."""
    doc = company.docs.get(side.key)
    for party in (side.party, doc.party if doc else ""):
        kind, _, record = party.partition(":")
        if kind == entity:
            return record
    return ""
