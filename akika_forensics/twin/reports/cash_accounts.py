"""The accounts that the cash basis needs, whether the company has them or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.session import Session

ROLES: Final = ("unapplied income", "unapplied expense", "exchange")


@dataclass(frozen=True, slots=True)
class Named:
    """``control`` are the accounts of receivables and payables, each with the account that takes their place."""

    income: str
    expense: str
    exchange: str
    control: tuple[tuple[str, str], ...]

    def unapplied(self, payment: str) -> str:
        return self.income if payment == "Payment" else self.expense


def of(session: Session) -> Named:
    """A role without an account is its own Id: no account of a company has such a one."""
    income, expense, exchange = (accounts.find_system(session, role) or role for role in ROLES)
    instead = {accounts.RECEIVABLE: income, accounts.PAYABLE: expense}
    kinds = ((str(body["Id"]), str(body.get("AccountType"))) for body in session.each("Account"))
    control = tuple(sorted((one, instead[kind]) for one, kind in kinds if kind in instead))
    return Named(income, expense, exchange, control)


def missing(account_id: str) -> dict[str, Any] | None:
    """What a report shows for a role that has no account; it has no Id. None for any other Id."""
    if account_id not in ROLES:
        return None
    name, kind, subtype = accounts.SYSTEM[account_id]
    return {
        "Id": account_id,
        "Name": name,
        "FullyQualifiedName": name,
        "AccountType": kind,
        "AccountSubType": subtype,
        "Classification": accounts.CLASSIFICATION[kind],
        "Active": True,
    }
