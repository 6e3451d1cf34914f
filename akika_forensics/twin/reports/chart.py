"""The accounts of a statement as a tree, each with its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.twin import identity, naming
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import basis, sheet
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a statement and what they add up to; no rows, no totals."""

    rows: list[dict[str, Any]]
    totals: list[int]

    @property
    def shown(self) -> sheet.Figures:
        return self.totals if self.rows else [None] * len(self.totals)


def shown_name(account: Mapping[str, Any]) -> str:
    """An account's own name, with the mark of an inactive one."""
    name = str(account.get("Name") or account.get("FullyQualifiedName") or account["Id"])
    return naming.marked(name) if account.get("Active") is False else name


def full_name(session: Session, account_id: str) -> str:
    """An account's name with those above it, and the mark of an inactive one."""
    account = basis.account(session, account_id) or {}
    name = str(account.get("FullyQualifiedName") or account.get("Name") or account_id)
    return naming.marked(name) if account.get("Active") is False else name


_FALLBACK: Final = {
    "Asset": "Other Asset",
    "Liability": "Other Current Liability",
    "Equity": "Equity",
    "Revenue": "Income",
    "Expense": "Expense",
}


def kind_of(account: Mapping[str, Any]) -> str:
    """Its AccountType, or one of its classification: whatever is posted to has its place in a statement."""
    kind = str(account.get("AccountType"))
    return (
        kind
        if kind in accounts.CLASSIFICATION
        else _FALLBACK.get(accounts.classification(dict(account)), "Other Asset")
    )


class Chart:
    """Accounts with anything posted in ``figures``: account Id to cents a column, debit positive."""

    def __init__(self, session: Session, figures: Mapping[str, sheet.Figures], width: int) -> None:
        self._figures = figures
        self._width = width
        self._accounts = {str(body["Id"]): body for body in session.each("Account")}
        for one in figures.keys() - self._accounts.keys():
            lacking = basis.account(session, one)
            if lacking is not None:
                self._accounts[one] = lacking

    def block(self, kind: str, sign: int, *, last: Sequence[dict[str, Any]] = ()) -> Block:
        """The accounts of one AccountType, sub-accounts below their parents, names in order; then ``last``."""
        mine = {one for one, body in self._accounts.items() if kind_of(body) == kind}
        below: dict[str | None, list[str]] = {}
        for one in mine:
            parent = ref_id(self._accounts[one], "ParentRef")
            below.setdefault(parent if parent in mine else None, []).append(one)
        rows, totals = self._rows(below, None, sign)
        return Block([*rows, *last], totals)

    def _place(self, account_id: str) -> tuple[str, int]:
        return shown_name(self._accounts[account_id]).casefold(), identity.number_of(account_id)

    def _rows(
        self, below: Mapping[str | None, list[str]], parent: str | None, sign: int
    ) -> tuple[list[dict[str, Any]], list[int]]:
        rows: list[dict[str, Any]] = []
        totals = [0] * self._width
        for one in sorted(below.get(parent, []), key=self._place):
            name = shown_name(self._accounts[one])
            own = self._figures.get(one)
            figures = [None if cents is None else sign * cents for cents in own or [None] * self._width]
            inner, sums = self._rows(below, one, sign)
            whole = [(cents or 0) + more for cents, more in zip(figures, sums, strict=True)]
            shown = basis.shown_id(one)
            if inner:
                header = sheet.cells(name, figures, shown)
                rows.append(sheet.section(header, inner, sheet.cells(f"Total {name}", whole)))
            elif own is not None:
                rows.append(sheet.data(name, figures, shown))
            totals = [cents + more for cents, more in zip(totals, whole, strict=True)]
        return rows, totals
