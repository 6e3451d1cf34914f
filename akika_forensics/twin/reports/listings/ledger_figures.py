"""What the general ledger shows of each account: its balance when the period begins, and what moved it since."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import basis, daily, periods
from akika_forensics.twin.reports.listings import facts, filters, ordering
from akika_forensics.twin.reports.listings.listing import Found, Listing
from akika_forensics.twin.reports.report import Asked
from akika_forensics.twin.session import Session

FIRST: Final = "id cents account"
"""The facts that every row begins with."""


class Figures:
    """``opening`` are cents by account, debit positive, without those of 0; ``moved`` the accounts with any row."""

    def __init__(self, session: Session, asked: Asked, listing: Listing) -> None:
        self._session = session
        self._asked = asked
        self._listing = listing
        self._table = basis.table(session, asked.basis)
        self._conditions = filters.of(session, asked, sides=True)
        self._days = (asked.period.start.isoformat(), asked.period.end.isoformat())
        self._accounts = _kept(session, asked)
        self.opening = self._opening()
        self.moved = self._moved()

    def body(self, account: str) -> dict[str, Any]:
        """Empty for an account that the company lacks."""
        return basis.account(self._session, account) or {}

    def rows(self, account: str) -> list[Found]:
        """The facts of the rows of an account in their order, one more than may be shown if there are so many."""
        chosen = facts.selected(facts.SIDE, self._listing.facts)
        sort = ordering.of(self._asked, self._listing)
        sql = (
            f"SELECT {chosen} FROM {self._sides(chosen)} "  # noqa: S608 - our text
            f"WHERE p.account = ? AND p.date BETWEEN ? AND ? AND {self._conditions.where()} "
            "ORDER BY p.date, CAST(p.id AS INTEGER), p.entity, p.line, p.rowid LIMIT ?"
        )
        most = -1 if sort else self._listing.left + 1
        rows: list[Found] = list(
            self._session.store.select(sql, (account, *self._days, *self._conditions.values, most))
        )
        return sort(rows) if sort else rows

    def _sides(self, *texts: str) -> str:
        found = f"{self._table} AS p LEFT JOIN document AS d ON d.entity = p.entity AND d.id = p.id"
        return found + facts.joined([*texts, *self._conditions.texts], "p")

    def _opening(self) -> dict[str, int]:
        """Of income and expenses since the fiscal year began; what earlier years earned is in Retained Earnings."""
        start = self._days[0]
        year = periods.fiscal_start(self._session, self._asked.period.start).isoformat()
        found, earlier = self._before(start), self._before(year)
        retained = 0
        for account in found:
            if accounts.is_profit_and_loss(self.body(account)):
                retained += earlier.get(account, 0)
                found[account] -= earlier.get(account, 0)
        home = accounts.find_system(self._session, "retained") or ""
        found[home] = found.get(home, 0) + retained
        return {account: cents for account, cents in found.items() if cents and self._wanted(account)}

    def _before(self, day: str) -> dict[str, int]:
        source = self._days_or_sides()
        sql = f"SELECT p.account, sum(p.cents) FROM {source} WHERE p.date < ? AND {self._conditions.where()} GROUP BY 1"  # noqa: S608 - our text
        return {str(one): int(cents) for one, cents in self._session.store.select(sql, (day, *self._conditions.values))}

    def _moved(self) -> set[str]:
        source = self._days_or_sides()
        sql = f"SELECT DISTINCT p.account FROM {source} WHERE p.date BETWEEN ? AND ? AND {self._conditions.where()}"  # noqa: S608 - our text
        found = self._session.store.select(sql, (*self._days, *self._conditions.values))
        return {str(account) for (account,) in found if self._wanted(str(account))}

    def _days_or_sides(self) -> str:
        """Where nothing is asked of the sides themselves, what each account moved on each day tells the same."""
        return self._sides() if self._conditions.texts else f"{daily.table(self._session, self._asked.basis)} AS p"

    def _wanted(self, account: str) -> bool:
        return self._accounts is None or account in self._accounts


def _kept(session: Session, asked: Asked) -> frozenset[str] | None:
    """The accounts to which the ledger is kept; None for all."""
    kept = asked.only("account") or None
    if asked.parameters.get("account_type"):
        typed = filters.accounts_of(session, asked.parameters["account_type"], "account_type")
        kept = typed if kept is None else kept & typed
    return kept
