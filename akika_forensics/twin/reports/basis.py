"""The postings that a report reads: those made when documents were written, or those of the cash basis.

The cash basis is made anew when somebody asks for it and anything was written since; rules in
docs/design/cash-basis.md.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin.reports import cash, cash_accounts
from akika_forensics.twin.session import Session

ACCRUAL: Final = "posting"


def table(session: Session, basis: str) -> str:
    """The table of the company's file from which a report on that basis reads its postings; the columns are the same."""
    if basis != "Cash":
        return ACCRUAL
    named = cash_accounts.of(session)
    stamp = repr((session.store.age(), named))
    if not _made(session, stamp):
        cash.make(session, named)
        session.store.run(f"CREATE TEMP TABLE {cash.STAMP} (stamp TEXT NOT NULL)")
        session.store.run(f"INSERT INTO {cash.STAMP} VALUES (?)", [(stamp,)])  # noqa: S608 - a name of ours
    return cash.TABLE


def _made(session: Session, stamp: str) -> bool:
    """Whether the table is there and fresh. The stamp stands beside it, so that both go when a transaction is undone."""
    store = session.store
    if not store.select("SELECT 1 FROM temp.sqlite_master WHERE name = ?", (cash.STAMP,)):
        return False
    return store.select(f"SELECT stamp FROM temp.{cash.STAMP}") == [(stamp,)]  # noqa: S608 - a name of ours


def account(session: Session, account_id: str) -> dict[str, Any] | None:
    """The account of a posting on either basis. One that the cash basis needs and the company lacks has a body too."""
    return session.find("Account", account_id) or cash_accounts.missing(account_id)


def shown_id(account_id: str) -> str | None:
    """The Id that a cell shows; None for an account that the company lacks."""
    return None if cash_accounts.missing(account_id) else account_id
